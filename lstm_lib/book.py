"""Sphinx extension of the book: puts the explorers on the published pages, and only what they need."""

from __future__ import annotations

import re
from typing import Any

from .explorers import STATIC, module_text

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


def _unused(script: Any) -> bool:
    """Say whether a script serves only what this book does without.

    Thebe would come from another host, and its set-up stands twice on a page, an error in the console.
    The state of widgets is for a widget manager; here each explorer carries its own state.
    """
    attributes = getattr(script, "attributes", {})
    if attributes.get("type") == "application/vnd.jupyter.widget-state+json":
        return True
    return "thebe" in str(getattr(script, "filename", "")) or "THEBE_JS_URL" in attributes.get("body", "")


def _page_scripts(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    context["script_files"] = [script for script in context["script_files"] if not _unused(script)]
    if not str(app.env.doc2path(page)).endswith(".ipynb"):  # Binder and Colab run notebooks
        buttons = context.get("header_buttons", [])
        context["header_buttons"] = [one for one in buttons if one.get("label") != "launch-buttons"]
    style, script = page_parts(context.get("body", ""))
    every_page = (STATIC / "book.css").read_text("utf-8")
    context["metatags"] = context.get("metatags", "") + f"\n<style>{every_page}</style>" + style
    if script:
        context["body"] += script


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", _page_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
