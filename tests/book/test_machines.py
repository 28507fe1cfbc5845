"""`make machines`: what fails under one processor's arithmetic alone is found and named."""

import runpy
from pathlib import Path

MACHINES = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "machines.py"))
TESTS = """
import os

def test_good():
    assert os.environ["OPENBLAS_CORETYPE"] == "Haswell"

def test_bad():
    assert os.environ["OPENBLAS_CORETYPE"] != "Haswell"
"""


def failures(*tests):
    return MACHINES["failures"]({"OPENBLAS_CORETYPE": "Haswell"}, [*tests, "-n0"])


def test_names_what_fails_on_a_processor(tmp_path):
    (tmp_path / "test_one.py").write_text(TESTS)
    (failed,) = failures(tmp_path)
    assert failed.startswith("FAILED ") and "test_one.py::test_bad" in failed


def test_that_nothing_was_run_is_a_failure(tmp_path):
    (failed,) = failures(tmp_path)
    assert "no tests ran" in failed


def test_each_processor_is_another_and_the_first_is_the_one_at_hand():
    first, *others = MACHINES["machines"]()
    assert first == {} and len(others) == len(MACHINES["CORES"]) == len(set(MACHINES["CORES"]))
