"""The stored benchmark results: complete, fast enough, and told alike in numbers and in the table."""

import json
import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
RESULTS = json.loads((FOLDER / "results.json").read_text())
RUN = runpy.run_path(str(FOLDER / "run.py"))


def test_the_table_says_what_was_measured():
    assert (FOLDER / "results.md").read_text().startswith(RUN["table"](RESULTS))


def test_faster_than_torch_at_every_size():
    steps = {(found["T"], found["H"]): found for found in RESULTS["training_step"]}
    assert list(steps) == RUN["SIZES"]
    for found in steps.values():
        assert (found["B"], found["threads"]) == (64, 1)
        assert found["ratio"] == pytest.approx(found["torch_ms"] / found["lstm_lib_ms"], abs=0.01)
        assert found["ratio"] >= 1.1


def test_adding_over_1000_steps_was_solved_in_time():
    solved = RESULTS["solve"]
    assert (solved["T"], solved["H"], solved["error"]) == (1000, 16, 0.001)
    assert solved["lstm_lib"]["solved"]
    assert solved["lstm_lib"]["seconds"] < min(90, solved["torch"]["seconds"])


def test_cost_per_weight_and_time_step_does_not_grow_with_the_sequence():
    each = RESULTS["scaling"]["T"]["ns_per_weight_and_time_step"]
    assert max(each) < 1.25 * min(each)
