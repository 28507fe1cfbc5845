"""The chapters as notebooks for Colab, which knows no MyST; each build writes them into colab/.

The workflow puts that folder on a branch of its own, `BRANCH`, for Colab opens notebooks from git alone.
"""

from __future__ import annotations

import html
import json
import re
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from docutils import nodes  # type: ignore[import-untyped]

from lstm_book.figures import numbers

from .repository import filled_in

BRANCH = "colab"
COLAB = "https://colab.research.google.com"

_FENCE = re.compile(r"^(:{3,})\{([\w-]+)\}[ ]*([^\n]*)\n((?::[\w-]+:[^\n]*\n)*)(.*?)\n?^\1[ ]*$", re.M | re.S)
_LABEL = re.compile(r"^\([\w-]+\)=\n", re.M)
_EQUATION = re.compile(r"^\$\$[ ]*\(([\w-]+)\)[ ]*$", re.M)
_TARGET = re.compile(r"(.*?)\s*<([^<>]*)>", re.S)
_ANCHOR = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.S)
_LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\(((?!\w+:)[^()\s]*)\)")
_SPAN = re.compile(r"</?span\b[^>]*>")
_AFTER = re.compile(r'<div class="lx-after">\n*(.*?)\n*</div>', re.S)
_SUBSTITUTION = re.compile(r"\{\{[ ]*(\w+)[ ]*\}\}")
# Code, in which nothing is MyST; or a role
_CODE = re.compile(
    r"^(`{3,})(?!\{).*?^\1[ ]*$|\{(?P<role>[\w:]+)\}`(?P<content>[^`]*)`|(?<!`)(`+)(?!`).*?(?<!`)\4(?!`)",
    re.M | re.S,
)
# What must not be left of MyST, or of the pages, in what a reader of Colab sees
LEFT = re.compile(
    r"\{[\w:]+\}`|^:{3,}|^`{3,}\{|^\([\w-]+\)=|\{\{|^\$\$[ ]*\(|<(?:span|div|a)\b|\]\([\w-]+\.(?:ipynb|md)",
    re.M,
)


class Known(NamedTuple):
    """What only a whole book knows. A place is the name of a page and of an anchor in it."""

    book: str = ""  #: address@revision that the library is installed from; empty where nobody knows it
    home: str = ""  #: the address of the pages, likewise
    notebooks: str = ""  #: the address in Colab that the notebooks have, likewise
    chapters: tuple[str, ...] = ()  #: those that are notebooks
    titles: dict[str, str] = {}  # noqa: RUF012  #: of pages
    equations: dict[str, str] = {}  # noqa: RUF012  #: the number by the label
    labels: dict[str, tuple[str, str, str]] = {}  # noqa: RUF012  #: the place, and what it is called
    substitutions: dict[str, str] = {}  # noqa: RUF012
    terms: dict[str, tuple[str, str]] = {}  # noqa: RUF012
    figures: dict[str, int] = {}  # noqa: RUF012  #: the number by the caption


def _linked(text: str, url: str) -> str:
    return f"[{text}]({url})" if url else text


def _page(known: Known, page: str, anchor: str = "") -> str:
    """The address of a page, or of a chapter's notebook where no place in it is meant."""
    if page in known.chapters and not anchor and known.notebooks:
        return f"{known.notebooks}/{page}.ipynb"
    return known.home and f"{known.home}chapters/{page}.html" + (f"#{anchor}" if anchor else "")


def _role(known: Known, name: str, content: str) -> str:
    named = _TARGET.fullmatch(content)
    text, target = (named[1], named[2]) if named else (content, content)
    if name == "eq":
        return f"({known.equations[target]})"
    if name == "term":
        terms = {term.lower(): place for term, place in known.terms.items()}
        return _linked(text, _page(known, *terms[target.lower()]))
    if name == "ref":
        page, anchor, title = known.labels[target]
        return _linked(text if named else title, _page(known, page, anchor))
    if name == "doc":
        return _linked(text if named else known.titles[target], _page(known, target))
    raise ValueError(f"no notebook for Colab can be made of the role {name!r}: {content}")


def _fence(known: Known, found: re.Match[str]) -> str:
    name, title, inside = found[2], found[3].strip(), found[5].strip()
    inside = _FENCE.sub(partial(_fence, known), inside)
    if name == "only":  # with a `launch`, which is where the repository is known
        return inside if known.book else ""
    if name == "dropdown" or "dropdown" in found[4]:
        return f"<details>\n<summary>{title}</summary>\n\n{inside}\n\n</details>"
    lines = f"**{title or name.capitalize()}**\n\n{inside}".splitlines()
    return "\n".join(f"> {line}".rstrip() for line in lines)


def plain(text: str, page: str, known: Known) -> str:
    """Turn the MyST of a text cell into what Colab draws; a link into an explorer leads to the page's own."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        if found["role"]:
            return _role(known, found["role"], found["content"])
        kept.append(found[0])
        return f"\0{len(kept) - 1}\0"

    def anchor(found: re.Match[str]) -> str:
        to, _, place = html.unescape(found[1]).partition("#")
        where = to.removesuffix(".html") or page
        return _linked(found[2], _page(known, where, quote(place, safe="?&=,-._@|")))

    def link(found: re.Match[str]) -> str:
        to, _, place = found[2].partition("#")
        return _linked(found[1], _page(known, re.sub(r"\.(ipynb|md|html)$", "", to) or page, place))

    text = _SUBSTITUTION.sub(lambda found: known.substitutions[found[1]], text)
    text = _CODE.sub(keep, text)
    text = _AFTER.sub(r"\1", _FENCE.sub(partial(_fence, known), _LABEL.sub("", text)))
    text = _EQUATION.sub(lambda found: rf"\tag{{{known.equations[found[1]]}}}" + "\n$$", text)
    text = _LINK.sub(link, _ANCHOR.sub(anchor, _SPAN.sub("", text)))
    return re.sub("\0(\\d+)\0", lambda found: kept[int(found[1])], text).strip()


def _form(cell: dict[str, Any], code: str, title: str) -> dict[str, Any]:
    """A code cell of which Colab shows the title and what it prints, and the code at a press."""
    magic, line, rest = code.partition("\n") if code.startswith("%%") else ("", "", code)
    return {**cell, "metadata": {"cellView": "form"}, "source": f"{magic}{line}# @title {title}\n{rest}"}


def _text(identity: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": source}


def for_colab(notebook: dict[str, Any], page: str, known: Known) -> dict[str, Any]:
    """Give a chapter's notebook as Colab can show it; what cannot be turned raises ValueError or KeyError."""
    install = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cells = [cell for cell in notebook["cells"] if cell is not install and cell["id"] != "run-all"]
    made: list[dict[str, Any]] = []
    for cell in cells:
        source, metadata = "".join(cell["source"]), cell["metadata"]
        if cell["cell_type"] == "markdown":
            made.append(_text(cell["id"], plain(source, page, known)))
            continue
        shown = metadata.get("mystnb", {})
        if {"hide-input", "hide-cell", "remove-cell", "remove-input"} & {*metadata.get("tags", [])}:
            title = shown.get("code_prompt_show", "Show the code").removeprefix("Show ")
            made.append(_form(cell, source, title[0].upper() + title[1:]))
        else:
            made.append({**cell, "metadata": {}, "source": source})
        if caption := shown.get("figure", {}).get("caption"):
            text = f"*Fig. {known.figures[caption]}. {plain(caption, page, known)}*"
            made.append(_text(f"{cell['id']}-caption", text))
    title, _, below = made[0]["source"].partition("\n")
    code = filled_in("".join(install["source"]), known.book)
    page_itself = _linked("a page of the book", known.home and f"{known.home}chapters/{page}.html")
    about = (
        f"*A copy of {page_itself} for Colab. Press* Runtime, Run all*: its first cell installs the book's "
    )
    about += "library. You can change everything."
    about += " A link into an explorer opens the page's own, in another tab.*" if known.home else "*"
    start = [
        _text(made[0]["id"], title),
        _text("colab-about", about),
        _form(install, code, "The book's library"),
        *([_text(f"{made[0]['id']}-text", below.strip())] if below.strip() else []),
    ]
    for cell in made:
        prose = _CODE.sub("", cell["source"]) if cell["cell_type"] == "markdown" else ""
        if left := LEFT.search(prose):
            raise ValueError(f"{page}: {left[0]!r} is left in what is made for Colab, cell {cell['id']}")
    return {
        "cells": start + made[1:],
        "metadata": {**notebook["metadata"], "colab": {"name": f"{page}.ipynb", "provenance": []}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _known(app: Any, book: str) -> Known:
    """Read what the pages were numbered and named by."""
    env, home = app.env, app.config.html_baseurl
    standard = env.get_domain("std")

    def name(doc: str) -> str:
        return str(doc).removeprefix("chapters/")

    equations = {
        label: ".".join(map(str, env.toc_fignumbers[doc]["displaymath"][nodes.make_id(f"equation-{label}")]))
        for label, (doc, _) in env.get_domain("math").equations.items()
    }
    repository = book.rpartition("@")[0]
    slug = "/".join(repository.split("/")[-2:])
    return Known(
        book=book,
        home=home,
        notebooks=f"{COLAB}/github/{slug}/blob/{BRANCH}" if book else "",
        chapters=tuple(name(doc) for doc in env.found_docs if str(env.doc2path(doc)).endswith(".ipynb")),
        titles={name(doc): title.astext() for doc, title in env.titles.items()},
        equations=equations,
        labels={label: (name(doc), anchor, title) for label, (doc, anchor, title) in standard.labels.items()},
        substitutions=app.config.myst_substitutions,
        terms={
            term: (name(doc), at) for (kind, term), (doc, at) in standard.objects.items() if kind == "term"
        },
        figures=numbers(Path(app.srcdir)),
    )


def launched(url: str) -> str:
    """The address that a page's button for Colab leads to: the notebook that was made for it."""
    return re.sub(
        rf"^({re.escape(COLAB)}/github/[^/]+/[^/]+/blob)/.*?/([\w-]+\.ipynb)$", rf"\1/{BRANCH}/\2", url
    )


def _write(app: Any, error: Exception | None) -> None:
    if error or app.builder.name != "html":
        return
    known, out = _known(app, app.config.html_context.get("installed_from", "")), Path(app.outdir) / "colab"
    out.mkdir(exist_ok=True)
    for page in known.chapters:
        stored = json.loads(Path(app.env.doc2path(f"chapters/{page}")).read_text("utf-8"))
        text = json.dumps(for_colab(stored, page, known), indent=1, ensure_ascii=False)
        (out / f"{page}.ipynb").write_text(text + "\n", "utf-8")


def setup(app: Any) -> None:
    """Register with Sphinx."""
    app.connect("build-finished", _write)
