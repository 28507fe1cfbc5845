"""Sphinx extension of the book: puts the explorers on the published pages, and only what they need."""

from __future__ import annotations

import re
from typing import Any

from .explorers import STATIC, module_text

_KINDS = re.compile(r'data-explorer="(\w+)"')


def _page_scripts(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    kept, bodies = [], set()
    for script in context["script_files"]:
        attributes = getattr(script, "attributes", {})
        body = attributes.get("body")
        # The theme declares THEBE_JS_URL twice, an error in every page's console. The state of widgets
        # is for a widget manager, which this book does without: each explorer carries its own.
        if body in bodies or attributes.get("type") == "application/vnd.jupyter.widget-state+json":
            continue
        if body:
            bodies.add(body)
        kept.append(script)
    context["script_files"] = kept
    kinds = sorted(set(_KINDS.findall(context.get("body", ""))))
    if kinds:
        # In the page itself: an external module is dead when the page is opened from disk.
        renderers = ", ".join(f"{kind}: {kind}.render" for kind in kinds)
        text = module_text(*[f"{kind}.mjs" for kind in kinds], "host.mjs", then=f"host.mountAll({{ {renderers} }});")
        style = (STATIC / "explorer.css").read_text("utf-8")
        context["metatags"] = context.get("metatags", "") + f"\n<style>{style}</style>"
        context["body"] += f'\n<script type="module">\n{text}\n</script>'


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", _page_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
