"""The stored benchmark results are told alike in numbers and in the table."""

import json
import runpy

from places import ROOT

FOLDER = ROOT / "benchmarks"


def test_the_table_says_what_was_measured():
    results = json.loads((FOLDER / "results.json").read_text("utf-8"))
    table = runpy.run_path(str(FOLDER / "run.py"))["table"](results)
    assert (FOLDER / "results.md").read_text("utf-8").startswith(table)
