"""The notebooks for Colab: nothing of MyST is left, and they run where the book is not."""

import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from places import BOOK, CHAPTERS, ROOT

from sphinx_ext.colab import Known, for_colab, launched, plain
from sphinx_ext.execution import never_asleep
from sphinx_ext.repository import repository_url

KNOWN = Known(
    book="https://github.com/a/b@v1",
    home="https://a.github.io/b/",
    notebooks="https://colab.research.google.com/github/a/b/blob/colab",
    chapters=("here", "there"),
    titles={"there": "Over there"},
    equations={"eq-one": "3"},
    labels={"claim-1": ("claims", "claim-1", "Claim 1")},
    substitutions={"zip": "a zip"},
    terms={"Cell State": ("glossary", "term-Cell-State")},
    figures={"See {eq}`eq-one`.": 7},
)
PAGE = "https://a.github.io/b/chapters"
NOTEBOOK = "https://colab.research.google.com/github/a/b/blob/colab"
TURNED = {
    "{eq}`eq-one` and {term}`cell state`": (
        f"(3) and [cell state]({PAGE}/glossary.html#term-Cell-State)", "(3) and cell state"
    ),
    "{term}`states <cell state>`": (f"[states]({PAGE}/glossary.html#term-Cell-State)", "states"),
    "{ref}`claim-1`, {ref}`that <claim-1>`": (
        f"[Claim 1]({PAGE}/claims.html#claim-1), [that]({PAGE}/claims.html#claim-1)", "Claim 1, that"
    ),
    "{doc}`there`": (f"[Over there]({NOTEBOOK}/there.ipynb)", "Over there"),
    "$$\na = b\n$$ (eq-one)": ("$$\na = b\n\\tag{3}\n$$",) * 2,
    "[on](there.ipynb), [a claim](claims.md#claim-1), [web](https://x.org/y.ipynb)": (
        f"[on]({NOTEBOOK}/there.ipynb), [a claim]({PAGE}/claims.html#claim-1), [web](https://x.org/y.ipynb)",
        "on, a claim, [web](https://x.org/y.ipynb)",
    ),
    '<a href="#cell?preset=latch&amp;x=1,-0.5" data-about="c">Set it</a>': (
        f"[Set it]({PAGE}/here.html#cell?preset=latch&x=1,-0.5)", "Set it"
    ),
    '<a href="there.html#cell?b_f=2">there</a>': (f"[there]({PAGE}/there.html#cell?b_f=2)", "there"),
    '<span id="old"></span>It is <span data-answer="c@2">0.5</span>.': ("It is 0.5.",) * 2,
    '<div class="lx-after">\n\nThen.\n\n</div>': ("Then.",) * 2,
    "(label-1)=\n## Heading": ("## Heading",) * 2,
    ":::{admonition} Hint\n:class: dropdown\n\nTwo $x$.\n\n- a\n:::\nOn.": (
        "<details>\n<summary>Hint</summary>\n\nTwo $x$.\n\n- a\n\n</details>\nOn.",
    ) * 2,
    "::::{dropdown} All\n:::{note}\nMind.\n:::\n::::": (
        "<details>\n<summary>All</summary>\n\n> **Note**\n>\n> Mind.\n\n</details>",
    ) * 2,
    ":::{only} launch\nA rocket.\n:::": ("A rocket.", ""),
    "Take {{ zip }}, `{term}` and `[a](b.md)`.": ("Take a zip, `{term}` and `[a](b.md)`.",) * 2,
    "```python\nx[0](y.md)  # <span>\n```": ("```python\nx[0](y.md)  # <span>\n```",) * 2,
}  # fmt: skip


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("text", TURNED)
def test_myst_becomes_plain(text, known):
    said = KNOWN if known else KNOWN._replace(book="", home="", notebooks="")
    turned = plain(text, "here", said)
    assert turned == TURNED[text][not known]


@pytest.mark.parametrize(
    "text",
    [
        "{cite}`a`",
        "{eq}`eq-two`",
        "{term}`gate`",
        ":::{note}\nNo end",
        "{{ pdf }}",
        "<a name='x'>",
        "[a](b.md",
    ],
)
def test_what_cannot_be_turned_is_no_notebook(text):
    with pytest.raises((ValueError, KeyError), match=r"cite|eq-two|gate|:::|pdf|<a|\(b\.md"):
        for_colab(notebook(markdown(text)), "here", KNOWN)


def markdown(source, identity="text"):
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": source}


def code(source, *tags, **shown):
    metadata = {"tags": list(tags)} | ({"mystnb": shown} if shown else {})
    return {
        "cell_type": "code", "id": f"c{abs(hash(source))}", "metadata": metadata, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip


def notebook(*cells):
    install = {**code('BOOK = ""  # @param {type: "string"}', "remove-cell"), "id": "colab"}
    first = markdown("Run all.", "run-all"), markdown("# Title\n\nWhat it is.", "title")
    return {"cells": [*first, install, *cells], "metadata": {}}


def test_a_notebook_is_opened_by_its_title_and_folds_what_the_page_folds():
    figure = {"code_prompt_show": "Show how the figure is drawn", "figure": {"caption": "See {eq}`eq-one`."}}
    made = for_colab(notebook(code("draw()", "hide-input", **figure), code("x = 1")), "here", KNOWN)["cells"]
    sources = [cell["source"] for cell in made]
    assert sources[0] == "# Title" and sources[3] == "What it is."
    assert "Runtime, Run all" in sources[1] and f"({PAGE}/here.html)" in sources[1]
    assert 'BOOK = "https://github.com/a/b@v1"' in sources[2]
    assert sources[4:] == ["# @title How the figure is drawn\ndraw()", "*Fig. 7. See (3).*", "x = 1"]
    assert [cell["metadata"].get("cellView") for cell in made if cell["cell_type"] == "code"] == [
        "form",
        "form",
        None,
    ]


def test_a_cell_magic_stays_on_the_first_line():
    made = for_colab(notebook(code("%%check\nassert x", "hide-input")), "here", KNOWN)["cells"]
    assert made[-1]["source"] == "%%check\n# @title The code\nassert x"


def test_the_button_leads_to_the_notebook_made_for_colab():
    there = "https://colab.research.google.com/github/a/b/blob"
    assert launched(f"{there}/main/chapters/one.ipynb") == f"{there}/colab/one.ipynb"
    binder = "https://mybinder.org/v2/gh/a/b/main?urlpath=lab/tree/chapters/one.ipynb"
    assert launched(binder) == binder


# What a build made


def made(chapter):
    return nbformat.read(BOOK / "colab" / f"{chapter}.ipynb", as_version=4)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_myst_is_left(built, chapter):
    ours = made(chapter)
    nbformat.validate(ours)
    prose = [cell.source for cell in ours.cells if cell.cell_type == "markdown"]
    myst = r"\{(?:eq|ref|term|doc|cite\w*)\}`|^:{3,}|^\([\w-]+\)=$|\{\{|^\$\$ *\("
    myst += r"|</?(?:span|div|a)\b|\.html#|\.ipynb\)"
    elsewhere = [re.sub(r"\]\(https?:[^)]*\)", "]", text) for text in prose]
    assert [found for text in elsewhere for found in re.findall(myst, text, re.M)] == []
    ids = [cell.id for cell in ours.cells]
    assert len(ids) == len(set(ids))
    # Captions and equations have the numbers of the page
    page = (BOOK / "chapters" / f"{chapter}.html").read_text("utf-8")
    captions = re.findall(r'<span class="caption-number">(.*?)\s*</span>', page)
    assert [
        found[1].strip() for found in re.finditer(r"^\*(Fig\. [\d.]+)\. ", "\n".join(prose), re.M)
    ] == captions
    equations = re.findall(r'<span class="eqno">\((\d+)\)', page)
    assert re.findall(r"\\tag\{(\d+)\}", "\n".join(prose)) == equations


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_notebook_leads_to_others_and_to_the_pages(built, chapter):
    links = re.findall(r"\]\((https?://[^)\s]*)\)", "\n".join(cell.source for cell in made(chapter).cells))
    names = [
        one.group(1)
        for link in links
        if (one := re.match(r"https://colab\..*/blob/colab/(\w+)\.ipynb$", link))
    ]
    assert set(names) <= {*CHAPTERS}
    assert bool(names) == bool(repository_url(ROOT))


def test_one_runs_whole_where_the_book_is_not(built, tmp_path):
    never_asleep()
    ours = made("forget_gate")
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    NotebookClient(
        ours, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute(env={**os.environ, "PYTHONPATH": path})
    outputs = [output for cell in ours.cells for output in cell.get("outputs", [])]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert {"application/vnd.jupyter.widget-view+json", "image/svg+xml"} <= kinds
    assert not [output for output in outputs if output.output_type == "error"]
    assert list(tmp_path.iterdir()) == []


def test_the_explorers_do_with_the_traitlets_of_colab():
    """Those before 5.8 take no parameters."""
    code = """
import ipywidgets, traitlets

def refuse(cls, parameters):
    raise TypeError("type 'TraitType' is not subscriptable")

traitlets.TraitType.__class_getitem__ = classmethod(refuse)
from lstm_book.explorers import CellExplorer
print(CellExplorer(b_f=2).b_f)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.stdout == "2.0\n", done.stderr


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_name_is_bound_before_it_is_read(built, chapter):
    """Ruff, which knows Python's names; magics are no Python."""
    code = "\n\n".join(cell.source for cell in made(chapter).cells if cell.cell_type == "code")
    code = re.sub(r"^(\s*)[%!].*$", r"\1pass", code, flags=re.M)
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select=F821",
        "--output-format=json",
        "-",
    ]
    done = subprocess.run(command, input=code, capture_output=True, text=True, timeout=60)
    assert [found["message"] for found in json.loads(done.stdout)] == []
