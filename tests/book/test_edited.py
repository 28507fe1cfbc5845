"""A number that a reader changes keeps nothing else from running: one in each chapter of the guide."""

import random

import nbformat
import pytest
from edited import another, changed, numbers, run
from places import GUIDE, ROOT

SHOWS = "explorer", "memory", "sentence", "gradient", "])"  # how a cell with an explorer or a quiz ends


@pytest.mark.parametrize("name", GUIDE)
def test_a_changed_number_stops_nothing(name):
    notebook, rng = nbformat.read(ROOT / f"chapters/{name}.ipynb", as_version=4), random.Random(name)
    cells = notebook.cells
    number = rng.choice([n for n in numbers(notebook) if not cells[n.cell].metadata.get("jupyter")])
    shown = {c.id for c in cells if c.cell_type == "code" and c.source.split("\n")[-1] in SHOWS}
    came = run(changed(notebook, number, another(number.text, rng)))
    failed = {cell for cell, _ in came.errors}
    assert not came.stopped and failed <= {cells[number.cell].id}, came
    assert len(shown) >= 2 and came.alive == len(shown - failed)
