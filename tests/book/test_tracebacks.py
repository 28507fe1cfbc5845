"""In a notebook, an error that the library raises on purpose shows the reader's lines and what it says."""

import os
import re

import nbformat
import pytest
from mistakes import NAMES, START, M
from nbclient import NotebookClient
from places import ROOT

from sphinx_ext.execution import never_asleep

SET_UP = f"""
from lstm_book.style import use_style
use_style("mistakes")
import numpy as np
from lstm_lib import LSTM, RNN, numerical_gradient, tasks
from lstm_lib.tasks import adding
from lstm_lib.train import *
{START}
"""
DEEP = """\
def first():
    return second()


def second():
    return adding("5")


train(model, first, squared_error)
"""
NOT_ON_PURPOSE = {
    "of the reader, called by the library": "numerical_gradient(lambda: [][1], np.ones(2))",
    "of another package": "np.linalg.inv(np.zeros((2, 2)))",
    "inside the library": "lstm.memory.borrow = None\nlstm.forward(x)",
}
WRONG = {name: one.code for name, one in M.items() if one.mend}


@pytest.fixture(scope="module")
def said():
    """What a notebook shows of each mistake, without its colours."""
    never_asleep()
    cells = {"": SET_UP, **WRONG, "deep": DEEP, "explorer": "", **NOT_ON_PURPOSE}
    cells["explorer"] = "from lstm_book.explorers import CellExplorer\nCellExplorer(b_f=1000)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells.values()])
    path = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    NotebookClient(notebook, timeout=120, allow_errors=True, kernel_name="python3").execute(
        env={**os.environ, "PYTHONPATH": path}
    )
    found = {}
    for name, cell in zip(cells, notebook.cells, strict=True):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        found[name] = [re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(one.traceback)) for one in errors]
    assert found.pop("") == []
    assert {name for name, one in found.items() if len(one) != 1} == set()
    return {name: one for name, (one,) in found.items()}


def test_the_notebook_knows_what_the_table_knows():
    for name in NAMES:
        assert re.search(rf"\b{name}\b|train import \*", SET_UP), name


@pytest.mark.parametrize("name", [*WRONG, "explorer"])
def test_a_usual_mistake_takes_few_lines(said, name):
    shown = said[name]
    assert len(shown.splitlines()) <= 12
    assert "Cell In[" in shown and "lstm_lib/" not in shown and "site-packages" not in shown
    assert shown.count("Traceback (most recent call last)") == 1
    if name in M:
        assert re.search(M[name].mend, shown.splitlines()[-1])


def test_every_function_of_the_reader_is_shown(said):
    shown = said["deep"]
    assert [shown.count(f"-> {n} ") for n in (9, 2, 6)] == [1, 1, 1]
    assert "lstm_lib/" not in shown
    assert shown.endswith("T must be a whole number, got '5' (str); write it without quotes: 5")


@pytest.mark.parametrize("name", NOT_ON_PURPOSE)
def test_all_else_is_shown_whole(said, name):
    assert "lstm_lib/" in said[name] or "site-packages/numpy" in said[name]
