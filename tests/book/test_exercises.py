"""Every exercise has a solution that a test runs, and that says so itself when it is wrong."""

import ast
import re
import tomllib

import nbformat
import pytest
from places import CHAPTERS, CLOSER, ROOT

EXERCISE = re.compile(r"^\*\*Exercise (\d+)\.\*\*", re.M)
NOT_RUN = {"nbval-skip", "raises-exception", "skip-execution"}


def exercises_with_cells(name):
    """Number of each exercise, with the code cells that follow it before the next one or the next heading."""
    found, number = {}, None
    for cell in nbformat.read(ROOT / f"chapters/{name}.ipynb", as_version=4).cells:
        if cell.cell_type == "markdown":
            if begun := EXERCISE.findall(cell.source):
                (number,) = begun
                found[number] = []
            elif re.search(r"^## ", cell.source, re.M):
                number = None
        elif number is not None:
            found[number].append(cell)
    return found


def checks_itself(cell):
    """Whether the cell asserts something, or its output is compared with what is stored."""
    plain = re.sub(r"^\s*[%!].*$", "", cell.source, flags=re.M)  # IPython's own lines
    asserts = any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(plain)))
    return asserts or ("nbval-check-output" in cell.metadata.get("tags", []) and bool(cell.outputs))


def test_the_chapters_are_run_by_pytest():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert "chapters" in options["testpaths"]
    assert "--nbval-lax" in options["addopts"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_solution_is_run_and_checks_itself(name):
    exercises = exercises_with_cells(name)
    assert exercises or name in CLOSER
    for number, cells in exercises.items():
        assert any(map(checks_itself, cells)), f"exercise {number} has no solution that checks itself"
        for cell in cells:
            assert not NOT_RUN & set(cell.metadata.get("tags", [])), f"{cell.id} is not run"
