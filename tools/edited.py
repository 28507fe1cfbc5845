"""Change one number in a chapter, as a reader would, and run all: does anything keep the rest from running?

    edited.py [HOW MANY, of all chapters together [CHAPTER …]]

Each number is one of a cell that a reader sees. The notebook is run as a reader's, the book's own checks not
strict. Every change gets a line: what came of it; the last line counts. Exit 1 if a chapter was stopped.
"""

import copy
import io
import os
import random
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from lstm_book.live import STRICT  # noqa: E402
from sphinx_ext.execution import never_asleep  # noqa: E402


class Number(NamedTuple):
    """A number as it stands in a cell."""

    cell: int
    line: int  # from 0
    start: int
    end: int
    text: str


class Outcome(NamedTuple):
    """What came of a run."""

    stopped: str  # the cell after which nothing ran, if any
    errors: list[tuple[str, str]]  # the cell, the error
    said: int  # lines that the text's numbers are others
    alive: int  # explorers and quizzes


def is_seen(cell: Any) -> bool:
    """Whether a reader in JupyterLab sees the cell's code; a folded figure's too, but no stored results."""
    tags = cell.metadata.get("tags", [])
    apart = cell.id.startswith(("answer", "quiz")) or cell.source.startswith(("%%", "# From:"))
    return cell.cell_type == "code" and "remove-cell" not in tags and not apart


def numbers(notebook: Any) -> Iterator[Number]:
    """Find every number in the code that a reader sees."""
    for place, cell in enumerate(notebook.cells):
        if is_seen(cell) and "\n%" not in cell.source:
            for token in tokenize.generate_tokens(io.StringIO(cell.source).readline):
                if token.type == tokenize.NUMBER:
                    yield Number(place, token.start[0] - 1, token.start[1], token.end[1], token.string)


def changed(notebook: Any, number: Number, to: str) -> Any:
    """Give the notebook with another number in the place of one."""
    other = copy.deepcopy(notebook)
    lines = other.cells[number.cell].source.split("\n")
    line = lines[number.line]
    lines[number.line] = line[: number.start] + to + line[number.end :]
    other.cells[number.cell].source = "\n".join(lines)
    return other


def another(text: str, rng: random.Random) -> str:
    """Give a number that a reader might put there: one more or less, twice, half, nothing, the other sign."""
    value = float(text.replace("_", ""))
    whole = all(sign not in text for sign in ".e")
    choice = rng.choice([value + 1, value - 1, 2 * value, value / 2, 0.0, -value])
    choice = choice if choice != value else value + 1
    return f"({int(choice) if whole else choice!r})"


def run(notebook: Any, timeout: int = 300) -> Outcome:
    """Run a notebook as Run All does for a reader."""
    never_asleep()
    theirs = {name: value for name, value in os.environ.items() if name != STRICT}
    where = {"metadata": {"path": str(ROOT / "chapters")}}
    stopped = ""
    try:
        NotebookClient(notebook, timeout=timeout, resources=where).execute(env=theirs)
    except (CellExecutionError, CellTimeoutError, DeadKernelError):  # an error, no end, no kernel any more
        stopped = next((c.id for c in reversed(notebook.cells) if c.get("outputs")), "the first")
    outputs = [(cell.id, one) for cell in notebook.cells for one in cell.get("outputs", [])]
    errors = [(name, f"{o.ename}: {o.evalue}") for name, o in outputs if o.output_type == "error"]
    said = sum("yours differ" in o.get("text", "") for _, o in outputs)
    widget = "application/vnd.jupyter.widget-view+json"
    return Outcome(stopped, errors, said, sum(widget in o.get("data", {}) for _, o in outputs))


def main(most: int, *names: str) -> int:
    rng, tried, counts = random.Random(0), 0, Counter[str]()
    paths = [p for p in sorted((ROOT / "chapters").glob("*.ipynb")) if p.stem in names or not names]
    for n, path in enumerate(paths):
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        some = list(numbers(notebook))
        whole = run(copy.deepcopy(notebook))
        print(f"{path.stem}: {len(some)} numbers; untouched {whole}", flush=True)
        for number in rng.sample(some, min(len(some), (most - tried) // (len(paths) - n))):
            to = another(number.text, rng)
            came = run(changed(notebook, number, to))
            cell, tried = notebook.cells[number.cell].id, tried + 1
            lost = came.alive - whole.alive
            own = [error for name, error in came.errors if name == cell]
            kind = (
                "stopped" if came.stopped else "an explorer less" if lost < 0 else
                "an error in the cell itself" if own else "errors later" if came.errors else
                "a line" if came.said else "no word"
            )  # fmt: skip
            counts[kind] += 1
            print(f"  {cell}: {number.text} → {to}: {kind}; {came.said} lines; {came.errors}", flush=True)
    print(f"{tried} changed: " + ", ".join(f"{kind} {count}" for kind, count in counts.most_common()))
    return int(counts["stopped"] > 0)


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or ["150"])[0]), *sys.argv[2:]))
