"""Sphinx extension of the book: puts the explorers on the published pages, and only what the pages need."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .explorers import STATIC, module_text

# What tex-chtml.js asks for while it runs. It is a hundredth of what the package carries.
_MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions")
_ICON = re.compile(r"\bfa-[a-z][a-z-]*\b")
_ICON_SCRIPT = re.compile(r"<script[^>]*/fontawesome\.js[^>]*></script>")
_ICON_FONTS = {"fa-solid-900": ("Font Awesome 6 Free", 900), "fa-brands-400": ("Font Awesome 6 Brands", 400)}
# What is wider than the page scrolls within itself, also for a reader without a pointer; paper is white.
_SCRIPT = """
addEventListener("DOMContentLoaded", async () => {
  const reach = new ResizeObserver((seen) => seen.forEach(({ target }) => {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }));
  await window.MathJax?.startup?.promise;
  await document.fonts.ready; // what grows within a box of one size is not told
  const wide = document.querySelectorAll(".bd-content :is(.math, mjx-container, table)");
  wide.forEach((one) => reach.observe(one));
});
{
  const { dataset } = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => { theme = dataset.theme; dataset.theme = "light"; });
  addEventListener("afterprint", () => { dataset.theme = theme; });
}
"""
_WITHOUT_TEXT = {
    "404": "No such page",
    "genindex": "Index of terms and names",
    "py-modindex": "Index of the library's modules",
    "search": "Search",
}
_NOT_FOUND = """
<section id="no-such-page"><h1>There is no such page</h1>
<p>The address may be mistyped, or the page may have moved. The <a class="reference internal"
href="{start}">first page</a> lists the chapters, and the <a class="reference internal"
href="{search}">search</a> looks through all of them.</p></section>
"""

# Made by tools/offline.py beside the pages
ZIP, PDF = "downloads/lstm-guide.zip", "downloads/lstm-guide.pdf"

_KINDS = re.compile(r'data-explorer="(\w+)"')


def page_parts(body: str) -> tuple[str, str]:
    """Give the style and the script that a page needs for the explorers in its body, if any."""
    kinds = sorted(set(_KINDS.findall(body)))
    if not kinds:
        return "", ""
    renderers = ", ".join(f"{kind}: ${kind}.render" for kind in kinds)
    text = module_text(
        *[f"{kind}.mjs" for kind in kinds], "host.mjs", then=f"$host.mountAll({{ {renderers} }});"
    )
    style = (STATIC / "explorer.css").read_text("utf-8")
    # In the page itself: an external module is dead when the page is opened from disk.
    return f"\n<style>{style}</style>", f'\n<script type="module">\n{text}\n</script>'


def _unused(file: Any) -> bool:
    """Say whether a script or a style serves only what this book does without.

    Thebe would come from another host, and its set-up stands twice on a page, an error in the console.
    The state of widgets is for a widget manager; here each explorer carries its own state.
    """
    attributes = getattr(file, "attributes", {})
    if attributes.get("type") == "application/vnd.jupyter.widget-state+json":
        return True
    return "thebe" in str(getattr(file, "filename", "")) or "THEBE_JS_URL" in attributes.get("body", "")


def _page(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    for files in ("script_files", "css_files"):
        context[files] = [file for file in context[files] if not _unused(file)]
    if not str(app.env.doc2path(page)).endswith(".ipynb"):  # Binder and Colab run notebooks
        buttons = context.get("header_buttons", [])
        context["header_buttons"] = [one for one in buttons if one.get("label") != "launch-buttons"]
    home = app.config.html_baseurl
    for group in context.get("header_buttons", []):
        if home and group.get("label") == "download-buttons":
            group["buttons"] += [
                {"type": "link", "url": home + path, "text": text, "icon": icon, "label": text}
                for path, text, icon in (
                    (PDF, "The whole book, .pdf", "fas fa-file-pdf"),
                    (ZIP, "The whole book, .zip", "fas fa-file-zipper"),
                )
            ]
    style, script = page_parts(context.get("body", ""))
    every_page = (STATIC / "book.css").read_text("utf-8")
    tags = context.get("metatags", "")
    if not home:  # what a link shows elsewhere is asked for by its whole address
        tags = re.sub(r'<meta (?:property="og:(?:url|image)|name="twitter:)[^>]*>\s*', "", tags)
    if 'name="description"' not in tags:
        about = f"{_WITHOUT_TEXT.get(page, page)} · {app.config.project}"
        tags += f'\n<meta name="description" content="{html.escape(about)}" />'
    tags = re.sub(r'[\s,]\S*\.\.\."', '…"', tags)  # a description is cut between words
    if context.get("title") == app.config.project:
        context["docstitle"] = ""  # the title says it already
    context["without_icon_script"] = lambda head: _ICON_SCRIPT.sub("", head)
    context["metatags"] = f"{tags}\n<style>{every_page}</style>{style}"
    # The entries are no list items, and a list of none is an error to a screen reader.
    body = context.get("body", "").replace(
        '<div role="list" class="citation-list">', '<div class="citation-list">'
    )
    context["body"] = f"{body}{script}\n<script>{_SCRIPT}</script>"


def _settings(app: Any, config: Any) -> None:
    config.templates_path.append(str(STATIC))  # layout.html
    config.html_theme_options["logo"] = {"text": config.project}  # of the link home
    # Links to the web: they hold in a local build, and in the zip itself.
    home = config.html_baseurl
    config.myst_substitutions |= {
        "zip_of_the_pages": f"[a zip of its pages]({home}{ZIP})" if home else "a zip of its pages",
        "pdf_for_paper": f"[a PDF]({home}{PDF})" if home else "a PDF",
    }


def _not_found(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    if app.builder.name == "html":
        start, search = app.builder.get_target_uri(app.config.root_doc), app.builder.get_target_uri("search")
        body = _NOT_FOUND.format(start=start, search=search)
        yield "404", {"title": "No such page", "body": body}, "page.html"


def icon_style(text: str, fonts: Path, style: str) -> str:
    """Give the style of the icons named in a text: their few glyphs in place of the whole icon fonts.

    The whole fonts stay behind them: an icon that is not named in the text is fetched from there.
    """
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    wanted = set(_ICON.findall(text))
    codes = {
        int(code, 16)
        for names, code in re.findall(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"', style)
        if wanted & set(_ICON.findall(names))
    } | {
        ord(icon) for icon in re.findall("[\ue000-\uf8ff]", style)
    }  # in the style itself, by its admonitions
    rules = []
    for name, (family, weight) in _ICON_FONTS.items():
        font = TTFont(fonts / f"{name}.ttf", recalcTimestamp=False)
        held = sorted(codes & set(font.getBestCmap()))
        if held:
            subsetter = Subsetter(Options(layout_features=[], notdef_outline=True))
            subsetter.populate(unicodes=held)
            subsetter.subset(font)
            font.flavor = "woff"
            font.save(data := io.BytesIO())
            rules.append(
                f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
                f"unicode-range: {', '.join(f'U+{code:X}' for code in held)}; "
                f"src: url(data:font/woff;base64,{base64.b64encode(data.getvalue()).decode()}) }}"
            )
    return "\n".join(rules) + "\n"


def mathjax() -> Path:
    """Give the folder of the MathJax that is installed."""
    package = find_spec("sphinx-mathjax-offline")
    assert package and package.origin
    return Path(package.origin).parent / "static" / "mathjax"


def _search_from_disk(assets: Path) -> None:
    """Show no lines around what a search found where pages lie on a disk: there none can read another."""
    options = assets / "documentation_options.js"
    from_web = 'location.protocol !== "file:"'
    # Sphinx leaves the file as it is when no page has changed: then it says so already.
    shown = re.sub("(SHOW_SEARCH_SUMMARY: )true", rf"\1{from_web}", options.read_text("utf-8"))
    assert f"SHOW_SEARCH_SUMMARY: {from_web}" in shown
    options.write_text(shown, "utf-8")


def _copy_mathjax(assets: Path) -> None:
    installed = mathjax()
    for name in _MATHJAX:
        source, target = installed / name, assets / "mathjax" / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


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


def _write_icons(out: Path, assets: Path) -> None:
    pages = [*out.glob("*.html"), *out.glob("chapters/*.html"), *assets.glob("scripts/*theme.js")]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    style = (assets / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    icons = icon_style(text, assets / "vendor" / "fontawesome" / "webfonts", style)
    (assets / "icons.css").write_text(icons, "utf-8")


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
    _copy_mathjax(assets)
    _without_run(app, out)
    _write_icons(out, assets)
    if app.builder.name == "html":
        _at_any_depth(out, home)
        _lead_on(app, out)
        if home:
            _write_sitemap(app, out, home)


def joined(outputs: list[Any]) -> list[Any]:
    """Join what a cell printed: a kernel sends it in pieces, cut by the clock, in lines or between them.

    MyST-NB's own joining breaks the line wherever a piece ends.
    """
    kept: list[Any] = []
    streams: dict[str, Any] = {}
    for output in outputs:
        name = output["output_type"] == "stream" and output["name"]
        if name in streams:
            streams[name]["text"] += output["text"]
        else:
            kept.append(output)
            if name:
                streams[name] = output
    return kept


def never_asleep(slice_ms: int = 500) -> None:
    """Let whoever waits for a kernel's message look for it anew every half second.

    An answer to a widget goes out on the socket on which the reply is awaited. Who sends reads the socket's
    state, and the reply's wake-up is gone: all wait, and nothing happens until the cell's time is up
    (nbclient#312; ZeroMQ's file descriptor tells of changes alone, libzmq's zmq_getsockopt, ZMQ_FD).
    """
    from jupyter_client.channels import AsyncZMQSocketChannel

    if hasattr(AsyncZMQSocketChannel.get_msg, "sleepless"):
        return
    get_msg = AsyncZMQSocketChannel.get_msg

    async def sleepless(channel: Any, timeout: float | None = None) -> dict[str, Any]:
        left = float("inf") if timeout is None else 1000 * timeout
        while left > slice_ms and not await channel.socket.poll(slice_ms):
            left -= slice_ms
        return await get_msg(channel, left / 1000 if left < float("inf") else None)

    sleepless.sleepless = True  # type: ignore[attr-defined]
    AsyncZMQSocketChannel.get_msg = sleepless  # type: ignore[method-assign, assignment]


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    from myst_nb.core import render  # type: ignore[import-untyped]

    never_asleep()
    render.coalesce_streams = joined
    app.config.mathjax_path = "mathjax/tex-chtml.js"
    app.add_css_file("icons.css", priority=900)
    app.connect("config-inited", _settings)
    app.connect("html-collect-pages", _not_found)
    app.connect("html-page-context", _page, priority=900)
    app.connect("build-finished", _finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
