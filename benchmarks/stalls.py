"""Run cells with an `interact` as `make build` runs them, both cores busy, and count those that stand still.

    python benchmarks/stalls.py [--cells 1000] [--unmended]

A cell whose wake-up is lost waits until its time is up: here 10 s, in the book ten minutes. One that takes as
long counts as stalled. --unmended leaves out the remedy (sphinx_ext/execution.py).
"""

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import time
from pathlib import Path

import nbformat
from jupyter_cache.executors.utils import single_nb_execution

sys.path.append(str(Path(__file__).resolve().parent.parent))
from sphinx_ext.execution import never_asleep

PATIENCE = 10  # seconds for a cell
EACH = 50  # cells in a notebook
RESULTS = Path(__file__).with_name("stalls.json")
CELL = "interact(lambda k: print('k', k), k=(0, 10));"


def burn():
    while True:
        sum(range(100_000))


def notebook(cells):
    first = nbformat.v4.new_code_cell("from ipywidgets import interact")
    return nbformat.v4.new_notebook(cells=[first, *(nbformat.v4.new_code_cell(CELL) for _ in range(cells))])


def run(cells):
    """Seconds that each cell took, from its start to what its reply let go on."""
    took, started = [], 0.0

    def begin(**_):
        nonlocal started
        started = time.monotonic()

    def end(**_):
        took.append(time.monotonic() - started)

    for first in range(0, cells, EACH):
        part = notebook(min(EACH, cells - first))
        hooks = {"on_cell_execute": begin, "on_cell_executed": end}
        done = single_nb_execution(part, cwd=None, timeout=PATIENCE, allow_errors=False, **hooks)
        if done.err:
            raise done.err
        took = took[: -len(part.cells)] + took[-len(part.cells) + 1 :]  # without the import
        print(f"{len(took)} cells, {stalled(took)} stalled", flush=True)
    return took


def stalled(took):
    return sum(seconds >= PATIENCE for seconds in took)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--unmended", action="store_true")
    asked = parser.parse_args()
    if not asked.unmended:
        never_asleep()
    fires = [multiprocessing.Process(target=burn, daemon=True) for _ in range(os.cpu_count() or 1)]
    for fire in fires:
        fire.start()
    try:
        took = run(asked.cells)
    finally:
        for fire in fires:
            fire.terminate()
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept["unmended" if asked.unmended else "mended"] = {
        "command": f"python benchmarks/stalls.py --cells {asked.cells}" + " --unmended" * asked.unmended,
        "cells": len(took),
        "stalled": stalled(took),
        "median_s": round(statistics.median(took), 3),
        "longest_s": round(max(took), 3),
        "busy_processes_beside": len(fires),
    }
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    print(json.dumps(kept, indent=1))


if __name__ == "__main__":
    main()
