"""What is done once all pages stand: files beside them, and pages that no text makes."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .icons import write_icons

_NOT_FOUND = """
<section id="no-such-page"><h1>There is no such page</h1>
<p>The address may be mistyped, or the page may have moved. The <a class="reference internal"
href="{start}">first page</a> lists the chapters, and the <a class="reference internal"
href="{search}">search</a> looks through all of them.</p></section>
"""


def _not_found(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    if app.builder.name == "html":
        start, search = app.builder.get_target_uri(app.config.root_doc), app.builder.get_target_uri("search")
        body = _NOT_FOUND.format(start=start, search=search)
        yield "404", {"title": "No such page", "body": body}, "page.html"


def _search_from_disk(assets: Path) -> None:
    """Show no lines around what a search found where pages lie on a disk: there none can read another."""
    options = assets / "documentation_options.js"
    from_web = 'location.protocol !== "file:"'
    # Sphinx leaves the file as it is when no page has changed: then it says so already.
    shown = re.sub("(SHOW_SEARCH_SUMMARY: )true", rf"\1{from_web}", options.read_text("utf-8"))
    assert f"SHOW_SEARCH_SUMMARY: {from_web}" in shown
    options.write_text(shown, "utf-8")


def _search_without_tex(assets: Path) -> None:
    """Show no TeX around what a search found: it stands in the mathematics beside what is drawn."""
    tools = assets / "searchtools.js"
    left_out = '[".headerlink", "script", "style"'
    text = tools.read_text("utf-8")
    assert left_out in text
    tools.write_text(text.replace(f"{left_out}]", f'{left_out}, "annotation"]'), "utf-8")


def _without_run(app: Any, out: Path) -> None:
    """Take the run out of the notebooks of pages written as text: ids are drawn at random there."""
    for doc in app.env.found_docs:
        path = out / "_sources" / f"{doc}.ipynb"
        if path.is_file() and not str(app.env.doc2path(doc)).endswith(".ipynb"):
            notebook = json.loads(path.read_text("utf-8"))
            notebook["metadata"].pop("widgets", None)
            for number, cell in enumerate(notebook["cells"]):
                cell["id"] = f"cell-{number}"
                if cell["cell_type"] == "code":
                    cell |= {"execution_count": None, "outputs": []}
            path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _at_any_depth(out: Path, home: str) -> None:
    """Let the links of 404.html hold at any depth, for it is shown in place of any page."""
    page = out / "404.html"
    root = urlsplit(home).path or "/"
    relative = r'\b(href|src|action|data-content_root)="(?!\w+:|[#/])(?:\./)?'
    page.write_text(re.sub(relative, rf'\1="{root}', page.read_text("utf-8")), "utf-8")


def _lead_on(app: Any, out: Path) -> None:
    """Let the address without a page's name lead on, and say to who only reads its head what is there."""
    first = app.builder.get_target_uri(app.config.root_doc)
    head = re.findall(
        r'<title>.*?</title>|<meta (?:property|name)="(?:og|twitter|descr).*?>|<link rel="canonical".*?>',
        (out / first).read_text("utf-8"),
        re.DOTALL,
    )
    (out / "index.html").write_text(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8" />'
        f'<meta http-equiv="refresh" content="0; url={first}" />\n'
        + "\n".join(head)
        + f'\n</head><body><a href="{first}">{html.escape(app.config.project)}</a></body></html>\n',
        "utf-8",
    )


def _write_sitemap(app: Any, out: Path, home: str) -> None:
    docs = sorted(app.env.found_docs)
    urls = (f"<url><loc>{home}{app.builder.get_target_uri(doc)}</loc></url>" for doc in docs)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    sitemap = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{namespace}">\n'
    (out / "sitemap.xml").write_text(sitemap + "\n".join(urls) + "\n</urlset>\n", "utf-8")


def _finish(app: Any, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    out, home = Path(app.outdir), app.config.html_baseurl
    assets = out / "_static"
    _search_from_disk(assets)
    _search_without_tex(assets)
    _without_run(app, out)
    write_icons(out, assets)
    if app.builder.name == "html":
        _at_any_depth(out, home)
        _lead_on(app, out)
        if home:
            _write_sitemap(app, out, home)


def setup(app: Any) -> None:
    """Register with Sphinx."""
    app.connect("html-collect-pages", _not_found)
    app.connect("build-finished", _finish, priority=900)
