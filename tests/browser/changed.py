"""Each chapter in JupyterLab with a number changed, as by a reader: `make rehearse`. Not part of `make test`.

Another number than the one of tests/book/test_edited.py, which knows the kernel alone, and no page.
"""

import random
import re
import shutil

import nbformat
import pytest
from edited import another, changed, numbers
from places import CHAPTERS, ROOT
from test_lab import ask, run_all, serving, wait_for

SHOWS = re.compile(r"^(explorer|gradient|memory|sentence|mine|interactive\(.*\))$|^Quiz\(", re.M)
LIVES = ".lx:not(.lx-still), .widget-inline-hbox"  # an explorer, a quiz, a slider of ipywidgets
CELLS = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell"
SOLUTION = re.compile(r"### Solution\n(.*?)(?=^### )", re.S | re.M)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a copy of the chapters."""
    home = tmp_path_factory.mktemp("changed")
    shutil.copytree(ROOT / "chapters", home / "chapters", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    (home / "experiments").symlink_to(ROOT / "experiments")  # two chapters import from there
    with serving(home) as answers:
        yield answers


def has_explorer(cell):
    """Whether a cell ends with an explorer, a quiz or a slider of one's own."""
    apart = cell.cell_type != "code" or cell.source.startswith("%%")
    return not apart and bool(SHOWS.search(cell.source.split("\n\n")[-1]))


def solutions(chapter):
    """What is written in the solutions alone: their lines of code."""
    text = (ROOT / f"lstm_book/exercises/{chapter}.md").read_text("utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", "".join(SOLUTION.findall(text)), re.S))
    return [line for line in code.split("\n") if line.startswith(("answer = ", "assert ")) and len(line) > 20]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_changed_number_stops_nothing_in_jupyterlab(lab, browser, chapter):
    notebook = nbformat.read(ROOT / f"chapters/{chapter}.ipynb", as_version=4)
    rng = random.Random(f"{chapter} in JupyterLab")
    some = [one for one in numbers(notebook) if not notebook.cells[one.cell].metadata.get("jupyter")]
    number = rng.choice(some)
    to = another(number.text, rng)
    other = changed(notebook, number, to)
    path = f"chapters/changed_{chapter}.ipynb"
    nbformat.write(other, lab[0] / path)
    code = [cell for cell in other.cells if cell.cell_type == "code"]

    with run_all(lab, browser, path, first=".jp-OutputArea-output") as (page, client):
        # No cell was left out: JupyterLab forgets those after one that stops it.
        assert wait_for(lambda: ask(client, "get_ipython().execution_count") == len(code) + 1)
        cells = page.locator(CELLS)
        assert wait_for(lambda: cells.count() >= len(other.cells))
        page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first.wait_for(state="attached")
        wrong = page.locator(".jp-OutputArea-output", has_text="Traceback (most recent call last)")
        own = cells.nth(number.cell).locator(wrong)
        shown = [place for place, cell in enumerate(other.cells) if has_explorer(cell)]
        if own.count():
            shown = [place for place in shown if place != number.cell]
        for place in shown:
            cells.nth(place).locator(LIVES).first.wait_for()
        said = page.get_by_text("yours differ.").count()
        print(
            f"\n  {chapter}, {notebook.cells[number.cell].id}: {number.text} → {to}: {said} lines, "
            f"{wrong.count()} errors, {own.count()} of them its own; {len(shown)} explorers and quizzes"
        )

        # Nobody asked for a solution.
        text = page.locator(CELLS).all_inner_texts()
        assert not [line for line in solutions(chapter) if any(line in cell for cell in text)]
        for place, cell in enumerate(other.cells):
            if cell.id.startswith("answer"):
                output = cells.nth(place).locator(".jp-OutputArea").first.inner_text()
                assert "o answer yet" in output or "Nothing is answered yet" in output, output
        assert page.locator(".jp-MarkdownCell details[open]").count() == 0
