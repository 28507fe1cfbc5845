"""Places that plain Markdown links reach: ``[Adam](glossary.md#term-adam)``, which JupyterLab opens, too.

MyST knows headings so. Here are terms of the glossary, and whatever has a name: figures, equations.
"""

from __future__ import annotations

from typing import Any


def _know(app: Any, doctree: Any) -> None:
    from docutils import nodes  # type: ignore[import-untyped]

    known = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for term in doctree.findall(nodes.term):
        known |= {one.lower(): (term.line, one, term.astext()) for one in term["ids"]}
    for name, explicit in doctree.nametypes.items():
        if explicit and doctree.nameids.get(name):
            known.setdefault(name, (None, doctree.nameids[name], name))


def setup(app: Any) -> None:
    """Register with Sphinx."""
    app.connect("doctree-read", _know)
