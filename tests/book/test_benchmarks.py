"""The stored benchmark results: complete, fast enough, and told alike in numbers and in the table."""

import json
import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
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


def test_the_browser_s_results_are_complete():
    found = RESULTS["browser"]
    kinds = {"cell", "gradient", "sentence", "memory"}
    moves = ("slider_move", "slider_move_in_chapter", "slider_move_not_held")
    for name in (*moves, "memory_1000_moves", "navigation_to_slider_ms"):
        assert set(found[name]) == kinds
    assert set(found["bare_slider_move"]) == {"median_ms", "p95_ms"}
    assert set(found["in_jupyterlab"]) == {"interact", "explorer"}
    assert set(found["stock_path_gzipped_kB"]) == {"require.js", "embed-amd.js"}
    scripts = found["javascript_gzipped_kB"]
    assert scripts["heaviest_page"] <= scripts["all_explorers_with_trained_weights"] <= 40
    pages = found["pages"]
    assert max(page["gzipped_kB"] for page in pages["chapters"].values()) <= 900
    assert pages["stock"]["gzipped_kB"] > 2 * pages["chapters"][pages["stock"]["chapter"]]["gzipped_kB"]
    assert found["cpu_slowdown"] == 4
    assert "# Explorers in the browser" in (FOLDER / "results.md").read_text()
