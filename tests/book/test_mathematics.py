"""Mathematics as MathML: what is converted, what fails, and what stands on the built pages."""

import base64
import html
import io
import json
import re
import subprocess
import sys
from functools import cache

import nbformat
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from math_core import LatexError
from places import BOOK, PAGES, ROOT
from published import READ

from sphinx_ext.exercises import read_for_the_page
from sphinx_ext.mathematics import (
    FAMILY,
    LICENCE,
    characters,
    font_style,
    stuck_together,
    to_mathml,
    whole_font,
)


@cache
def soup(name):
    return BeautifulSoup((BOOK / name).read_text("utf-8"), "html.parser")


def shown(mathml):
    """The cells of a formula's table, as text."""
    table = BeautifulSoup(mathml, "html.parser").select_one("mtable")
    rows = [[cell.get_text() for cell in row.select("mtd")] for row in table.select("mtr")]
    return [[text for text in row if text] for row in rows]


@pytest.mark.parametrize(
    "tex",
    [
        "a &= b \\\\ c &= d",  # what Sphinx aligns
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
    ],
)
def test_lines_are_aligned_at_their_signs(tex):
    assert shown(to_mathml(tex, display=True)) == [["a", "=b"], ["c", "=d"]]


def test_lines_within_an_environment_are_its_own():
    mathml = to_mathml(r"U = \begin{pmatrix} 1 \\ 2 \end{pmatrix}", display=True)
    assert mathml.count("<mtable") == 1 and shown(mathml) == [["1"], ["2"]]


@pytest.mark.parametrize("name", ["align", "align*"])
def test_an_environment_of_amsmath_is_not_numbered_by_line(name):
    tex = rf"\begin{{{name}}} a &= b \\ c &= d \end{{{name}}}"
    assert shown(to_mathml(tex, display=True, environment=True)) == [["a", "=b"], ["c", "=d"]]


@pytest.mark.parametrize("tex", [r"\nosuch x", r"\frac{1", "a & b", r"\label{a} x", r"\begin{no}\end{no}"])
def test_what_cannot_be_converted_raises(tex):
    with pytest.raises(LatexError):
        to_mathml(tex, display=True)


def test_the_tex_is_kept_and_a_browser_can_draw_the_rest():
    mathml = to_mathml(r"\overline{x y} < \ln f", display=False)
    assert r'<annotation encoding="application/x-tex">\overline{x y} &lt; \ln f</annotation>' in mathml
    assert "\N{OVERLINE}" in mathml and "\N{COMBINING LOW LINE}" not in mathml
    assert set(re.findall(r"&(\w+);", mathml)) == {"lt"}


def test_what_is_joined_to_a_formula_stays_on_its_line():
    formula = '<span class="math notranslate nohighlight">{}<math><mi>x</mi></math>{}</span>'
    plain = formula.format("", "")
    assert stuck_together(f"<p>an ({plain}), {plain} or\n{plain}</p>") == (
        f"<p>an {formula.format('(', '),')} {plain} or\n{plain}</p>"
    )


CONFIG = """
import sys
sys.path.insert(0, {root!r})
extensions = ["myst_nb", "sphinx_ext.mathematics"]
myst_enable_extensions = ["amsmath", "dollarmath"]
nb_execution_mode = "off"
"""
PAGE = r"""# The value $x_t$

Here $a$ is fine.

$$
a = b
$$ (one)

\begin{align}
c &= d \\
e &= f
\end{align}

See {eq}`one`.
"""


def build(folder, *formulas):
    """Build a page and a notebook that hold formulas, as `make build` does: warnings are errors."""
    (folder / "conf.py").write_text(CONFIG.format(root=str(ROOT)))
    (folder / "index.md").write_text(f"{PAGE}\n- {formulas[0]}\n\n```{{toctree}}\nnotebook\n```\n")
    texts = ["# A title", f"One line\n\nand {formulas[1]}"]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(text) for text in texts],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, folder / "notebook.ipynb")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", folder / "trees", folder]
    return subprocess.run([*command, folder / "out"], capture_output=True, text=True)


def test_a_formula_that_cannot_be_converted_fails_the_build_and_is_named(tmp_path):
    done = build(tmp_path, r"$\nosuch x$", r"$\frac{1$")
    assert done.returncode == 1
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stderr)
    page, notebook = [line for line in said.splitlines() if "No MathML" in line]
    line = PAGE.count("\n") + 2
    assert page.startswith(f"{tmp_path}/index.md:{line}: WARNING: ") and r"\nosuch x: " in page
    assert notebook.startswith(f"{tmp_path}/notebook.ipynb: cell 2, line 3: WARNING: ")
    assert r"formula \frac{1: " in notebook


def test_titles_numbers_and_links_of_a_page(tmp_path):
    done = build(tmp_path, "$b$", "$c$")
    assert (done.returncode, done.stderr) == (0, "")
    page = BeautifulSoup((tmp_path / "out" / "index.html").read_text("utf-8"), "html.parser")
    assert page.title.get_text().startswith("The value xt ")
    assert page.select_one("h1 math msub") and not re.search(r"\\\(|\$", page.get_text())
    numbers = page.select(".eqno")
    assert [one.get_text()[:3] for one in numbers] == ["(1)", "(2)"]
    assert [page.select_one(one.a["href"]) is not None for one in numbers] == [True, True]
    link = page.select_one('a.reference[href="#equation-one"]')
    assert link.get_text() == "(1)"


def formulas(text):
    """How many formulas a text in MyST holds: in lines, and on lines of their own."""
    fence = re.compile(r"^(`{3,})(\{math\})?(\{)?[^\n]*\n(.*?)^\1$", re.M | re.S)
    text = fence.sub(lambda found: "$$x$$" if found[2] else found[4] if found[3] else "", text)
    text = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)
    blocks = re.findall(r"\$\$.+?\$\$", text, flags=re.S)
    text = re.sub(r"\$\$.+?\$\$", "", text, flags=re.S)
    return len(re.findall(r"(?<!\\)\$[^$]+(?<!\\)\$", text)), len(blocks)


def source(page):
    """The text of a page's source, with the captions of its figures."""
    text = ROOT / "chapters" / f"{page}.md"
    if text.exists():
        return text.read_text("utf-8")
    notebook = json.loads(
        read_for_the_page((ROOT / "chapters" / f"{page}.ipynb").read_text("utf-8"), page)
    )
    texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    shown = [cell["metadata"].get("mystnb", {}).get("figure", {}) for cell in notebook["cells"]]
    return "\n\n".join([*texts, *(figure.get("caption", "") for figure in shown)])


@pytest.mark.parametrize("page", PAGES)
def test_every_formula_of_a_source_is_mathml_on_its_page(built, page):
    article = soup(f"chapters/{page}.html").select_one("article")
    blocks = article.select('div.math > math[display="block"]')
    lines = article.select("span.math > math:not([display])")
    assert (len(lines), len(blocks)) == formulas(source(page))
    assert len(lines) + len(blocks) == len(article.select("math")) == len(article.select(".math"))


@pytest.mark.parametrize("name", READ)
def test_no_formula_is_left_as_it_was_written(built, name):
    page = BeautifulSoup((BOOK / name).read_text("utf-8"), "html.parser")
    head = [str(tag.get("content", "")) for tag in page.select("meta")] + [page.title.get_text()]
    about = [tag["alt"] for tag in page.select("[alt]")]
    for aside in page.select("pre, code, script, style, annotation, [data-explorer]"):
        aside.decompose()
    assert [text for text in [*head, *about] if re.search(r"\\|\$|[_^]\{", text)] == []
    assert re.findall(r"\\[a-zA-Z(\[].*|\$\S.*", page.get_text()) == []


def test_equations_are_numbered_through_the_book_and_links_to_them_say_their_numbers(built):
    numbers = {}
    for page in PAGES:
        for one in soup(f"chapters/{page}.html").select(".eqno"):
            numbers[page, one.a["href"]] = one.get_text().removesuffix("#")
    assert list(numbers.values()) == [f"({k})" for k in range(1, len(numbers) + 1)]
    assert len(numbers) > 30
    links = 0
    for page in PAGES:
        for link in soup(f"chapters/{page}.html").select('article a.reference[href*="#equation-"]'):
            file, _, place = link["href"].partition("#")
            led = file.removesuffix(".html") or page
            assert link.get_text() == numbers[led, f"#{place}"]
            links += 1
    assert links > 20


def test_no_page_has_a_script_for_mathematics(built):
    assert [path.name for path in BOOK.rglob("*athjax*") if path.is_file()] == []
    for name in READ:
        assert not [tag for tag in soup(name).select("script") if "mathjax" in str(tag).lower()], name
        assert not re.search("mathjax|mjx", (BOOK / name).read_text("utf-8"), re.I), name


def held(style):
    data = re.search(r"base64,([^)]+)\)", style)[1]
    font = TTFont(io.BytesIO(base64.b64decode(data)))
    return {chr(code) for code in font.getBestCmap()}, font


def test_the_font_holds_what_the_formulas_use_and_little_else(built):
    style = (BOOK / "_static" / "mathematics.css").read_text("utf-8")
    found, font = held(style)
    assert "MATH" in font and font["name"].getDebugName(1) == FAMILY
    used = set("√")
    for page in PAGES:
        for part in soup(f"chapters/{page}.html").select("math :is(mi, mo, mn, mtext)"):
            used |= set(part.get_text()) - set(" \N{FUNCTION APPLICATION}\N{INVISIBLE SEPARATOR}")
    assert used - found == set()
    assert len(found) < 2 * len(used) + 5
    assert len(style) < 30_000
    assert LICENCE in style and "SIL OPEN FONT LICENSE" in (BOOK / "_static" / LICENCE).read_text("utf-8")


def test_a_letter_alone_is_italic_and_a_root_has_its_sign():
    page = to_mathml(r"\sqrt{h} + \sigma_\text{max}", display=False)
    assert {"h", "ℎ", "√", "𝜎", "m"} <= characters([page])
    assert characters([f"x{html.escape('<')}y {page}"]) == characters([page])


def test_a_character_that_the_font_lacks_is_named():
    with pytest.raises(ValueError, match="lacks 漢"):
        font_style({"a", "漢"}, whole_font())
