"""The published pages: the explorers in them, and only what they need."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from lstm_book.explorers.modules import STATIC as EXPLORERS
from lstm_book.explorers.modules import module_text

from .colab import launched
from .icons import without_script
from .images import images_that_wait

STATIC = Path(__file__).parent / "static"
_WITHOUT_TEXT = {
    "404": "No such page",
    "genindex": "Index of terms and names",
    "py-modindex": "Index of the library's modules",
    "search": "Search",
}
# Made by tools/offline.py beside the pages
ZIP, PDF = "downloads/lstm-guide.zip", "downloads/lstm-guide.pdf"

_KINDS = re.compile(r'data-explorer="(\w+)"')
_FIRST_PLACE = re.compile(r'<div class="lx-place".*?</figure></div>', re.DOTALL)


def page_parts(body: str) -> tuple[str, str]:
    """Give the style and the script that a page needs for the explorers in its body, if any."""
    kinds = sorted(set(_KINDS.findall(body)))
    if not kinds:
        return "", ""
    renderers = ", ".join(f"{kind}: (given) => ${kind}().render(given)" for kind in kinds)
    text = module_text(
        *[f"{kind}.mjs" for kind in kinds], "host.mjs", then=f"$host().mountNear({{ {renderers} }});"
    )
    style = (EXPLORERS / "explorer.css").read_text("utf-8")
    # In the page itself, and no module: that would be dead from disk, or would wait for the whole page.
    # Before the page is laid out; what follows a question is closed as soon as it is read
    mark = _STAGED if set(kinds) - {"quiz"} else ""
    return f"\n<style>{style}</style>{mark}", f'\n<script>(() => {{\n"use strict";\n{text}\n}})();</script>'


def with_parts(body: str) -> tuple[str, str]:
    """Give the style that a page needs, and its body with the script right behind the first explorer.

    So the first can be moved while the browser still reads what follows.
    """
    style, script = page_parts(body)
    return style, _FIRST_PLACE.sub(lambda place: place[0] + script, body, count=1)


_STAGED = """<script>{
const { classList } = document.documentElement;
classList.add("lx-staged", "lx-loading");
addEventListener("DOMContentLoaded", () => setTimeout(() => classList.remove("lx-loading")));
}</script>"""

_NAMES = ("thebe", "design-tabs", "sphinx-design")
_TEXTS = ("THEBE_JS_URL", "DOCUMENTATION_OPTIONS.")


def _unused(file: Any) -> bool:
    """Say whether a script or a style serves only what this book does without.

    Thebe would come from another host, and its set-up stands twice on a page, an error in the console.
    No page has tabs, cards or grids, or versions to choose from.
    The state of widgets is for a widget manager; here each explorer carries its own state.
    """
    attributes = getattr(file, "attributes", {})
    if attributes.get("type") == "application/vnd.jupyter.widget-state+json":
        return True
    name, text = str(getattr(file, "filename", "")), attributes.get("body") or ""
    return any(word in name for word in _NAMES) or any(word in text for word in _TEXTS)


def _deferred(file: Any) -> Any:
    """Let the reading of the page not wait for a script."""
    if not file.filename:
        return file
    return type(file)(file.filename, priority=file.priority, **{**file.attributes, "defer": "defer"})


def _page(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    for files in ("script_files", "css_files"):
        context[files] = [file for file in context[files] if not _unused(file)]
    if page != "search":  # whose own scripts come between
        context["script_files"] = [_deferred(file) for file in context["script_files"]]
    if not str(app.env.doc2path(page)).endswith(".ipynb"):  # Binder and Colab run notebooks
        buttons = context.get("header_buttons", [])
        context["header_buttons"] = [one for one in buttons if one.get("label") != "launch-buttons"]
    home = app.config.html_baseurl
    for group in context.get("header_buttons", []):
        if group.get("label") == "launch-buttons":
            group["buttons"] = [{**one, "url": launched(one["url"])} for one in group["buttons"]]
        if home and group.get("label") == "download-buttons":
            group["buttons"] += [
                {"type": "link", "url": home + path, "text": text, "icon": icon, "label": text}
                for path, text, icon in (
                    (PDF, "The whole book, .pdf", "fas fa-file-pdf"),
                    (ZIP, "The whole book, .zip", "fas fa-file-zipper"),
                )
            ]
    style, body = with_parts(images_that_wait(context.get("body", ""), app.builder.images))
    every_page = (STATIC / "book.css").read_text("utf-8")
    script_of_every_page = (STATIC / "page.js").read_text("utf-8")
    tags = context.get("metatags", "")
    if not home:  # what a link shows elsewhere is asked for by its whole address
        tags = re.sub(r'<meta (?:property="og:(?:url|image)|name="twitter:)[^>]*>\s*', "", tags)
    if 'name="description"' not in tags:
        about = f"{_WITHOUT_TEXT.get(page, page)} · {app.config.project}"
        tags += f'\n<meta name="description" content="{html.escape(about)}" />'
    tags = re.sub(r'[\s,]\S*\.\.\."', '…"', tags)  # a description is cut between words
    if context.get("title") == app.config.project:
        context["docstitle"] = ""  # the title says it already
    context["without_icon_script"] = without_script
    context["metatags"] = f"{tags}\n<style>{every_page}</style>{style}"
    # The entries are no list items, and a list of none is an error to a screen reader.
    body = body.replace('<div role="list" class="citation-list">', '<div class="citation-list">')
    context["body"] = f"{body}\n<script>\n{script_of_every_page}</script>"


def _settings(app: Any, config: Any) -> None:
    config.templates_path.append(str(STATIC))  # layout.html
    config.html_theme_options["logo"] = {"text": config.project}  # of the link home
    # Links to the web: they hold in a local build, and in the zip itself.
    home = config.html_baseurl
    config.myst_substitutions |= {
        "zip_of_the_pages": f"[a zip of its pages]({home}{ZIP})" if home else "a zip of its pages",
        "pdf_for_paper": f"[a PDF]({home}{PDF})" if home else "a PDF",
    }


def setup(app: Any) -> None:
    """Register with Sphinx."""
    app.add_css_file("icons.css", priority=900)
    app.connect("config-inited", _settings)
    app.connect("html-page-context", _page, priority=900)
