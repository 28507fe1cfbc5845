"""Mathematics as MathML, made when the book is built, and the font that it is set in: no script draws it."""

from __future__ import annotations

import html
import re
import shutil
import unicodedata
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from docutils import nodes  # type: ignore[import-untyped]
from docutils.utils import get_source_line  # type: ignore[import-untyped]
from math_core import LatexError, LatexToMathML
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from .fonts import part

FAMILY = "STIX Two Math"
LICENCE = "STIX-Two-Math-OFL.txt"

_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_TEX = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\begin\{(\w+\*?)\}(?:(?!\\begin\b).)*?\\end\{\1\}", re.DOTALL)
_NUMBERED = re.compile(r"\\begin\{(\w+)\}(.*)\\end\{\1\}", re.DOTALL)
_MENDED = (
    ("&ApplyFunction;", "\N{FUNCTION APPLICATION}"),
    ("\N{COMBINING LOW LINE}", "\N{OVERLINE}"),  # which browsers stretch
    # Letters that lean over what stands below: browsers do not read the font's own table of it.
    (r"(<msub(?:sup)?><mi>[FPTVWYf]</mi><\w+)", r'\1 class="under"'),
)
# A browser breaks a line on both sides of mathematics, be it before a comma.
_STUCK = re.compile(
    r'(?<![^ \n<>])([^ \n<>]*)(<span class="math [^>]*>)(<math\b.*?</math>)</span>([^ \n<>]*)', re.DOTALL
)
_converter = LatexToMathML(annotation=True, fancy_error=False)
_logger = logging.getLogger(__name__)

# A browser sets a letter alone in <mi> as its italic form, another character.
_ITALIC = {
    chr(int(unicodedata.decomposition(italic).split()[1], 16)): italic
    for italic in ["ℎ", *map(chr, range(0x1D434, 0x1D7CC))]
    if re.match("MATHEMATICAL ITALIC|PLANCK", unicodedata.name(italic, ""))
}


def to_mathml(tex: str, display: bool, environment: bool = False) -> str:
    """Convert a formula to MathML, which holds the TeX as an annotation.

    A formula of several lines that names no environment is aligned at its `&`. One that is an environment of
    amsmath gets no numbers from the converter: Sphinx numbers it as a whole. Raises LatexError where it can
    not be converted.
    """
    tex = tex.strip()
    outside = tex
    while outside != (shorter := _ENVIRONMENT.sub("", outside)):
        outside = shorter
    if environment:
        tex = _NUMBERED.sub(r"\\begin{\1*}\2\\end{\1*}", tex)
    elif r"\\" in outside:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    mathml = _converter.convert_with_local_state(tex, displaystyle=display)
    for written, wanted in _MENDED:
        mathml = re.sub(written, wanted, mathml)
    return mathml


def _place(node: nodes.Element) -> str:
    source, line = get_source_line(node)
    if str(source).endswith(".ipynb") and line:  # MyST-NB counts 10,000 lines a cell
        cell, line = divmod(line, 10_000)
        return f"{source}: cell {cell}, line {line - 1}"
    return f"{source}:{line}"


def _converted(node: nodes.Element, display: bool) -> str:
    tex = node.astext()
    try:
        return to_mathml(tex, display, bool(node.get("nowrap")))
    except LatexError as error:  # a warning, and so an error of the build: all such formulas are named
        short = " ".join(tex.split())
        _logger.warning("No MathML can be made of the formula %s: %s", short, error, location=_place(node))
        return html.escape(tex)


def _visit_inline(translator: Any, node: nodes.math) -> None:
    start = translator.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    translator.body.append(f"{start}{_converted(node, display=False)}</span>")
    raise nodes.SkipNode


def _visit_block(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(f"{_converted(node, display=True)}</div>\n")
    raise nodes.SkipNode


def without_tex(page: str) -> str:
    """Leave the TeX out of the mathematics, where no style hides it."""
    return _TEX.sub("", page)


def characters(pages: Iterable[str]) -> set[str]:
    """Give the characters that the mathematics of pages is drawn with."""
    formulas = without_tex("".join(found for page in pages for found in _MATH.findall(page)))
    used = set(html.unescape(re.sub("<[^>]+>", "", formulas)))
    used |= set("√" if re.search("<msqrt|<mroot", formulas) else "")
    letters = re.findall(r"<mi[^>]*>(.)</mi>", formulas)
    return {one for one in used if one.isprintable() or one == "\N{NO-BREAK SPACE}"} | {
        _ITALIC[one] for one in letters if one in _ITALIC
    }


def font_style(used: set[str], font: Path) -> str:
    """Give the style of a mathematics font that holds no other characters than those used."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    whole = TTFont(font, recalcTimestamp=False)
    if lacking := sorted(used - {chr(code) for code in whole.getBestCmap()}):
        raise ValueError(f"{font.name} lacks {' '.join(lacking)}, which a formula uses")
    return (
        f"/* A part of {FAMILY}, {whole['name'].getDebugName(0)}. Licence: {LICENCE} */\n"
        f'@font-face {{ font-family: "{FAMILY}"; '
        f"src: {part(whole, used, 'woff2', hinting=False)} }}\n"
    )


def whole_font() -> Path:
    """Give the file of the whole font."""
    package = find_spec("ziamath")
    assert package and package.origin
    return Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"


def stuck_together(body: str) -> str:
    """Keep what is joined to a formula, such as a bracket or a comma, on its line: it moves into its span."""
    return _STUCK.sub(r"\2\1\3\4</span>", body)


def _page(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    context["body"] = stuck_together(context.get("body", ""))
    if "title" in context:  # of the window, as text
        context["title"] = without_tex(context["title"])


def _write_font(app: Any, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = [page.read_text("utf-8") for page in sorted(out.rglob("*.html"))]
    (out / "_static" / "mathematics.css").write_text(font_style(characters(pages), whole_font()), "utf-8")
    shutil.copyfile(Path(__file__).parent / "static" / LICENCE, out / "_static" / LICENCE)


def setup(app: Any) -> None:
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    app.config.html_math_renderer = "mathml"
    app.add_css_file("mathematics.css", priority=900)
    app.connect("html-page-context", _page)
    app.connect("build-finished", _write_font)
