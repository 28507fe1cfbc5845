"""Where a notebook asks for an answer, the page holds the hint and the solution, closed.

Both come from the package, as `check.hint` and `check.solution` do. The answer cells are a notebook's alone.
"""

from __future__ import annotations

import json
import re
from typing import Any

from lstm_book.exercise import FOLDER, Exercise, exercises

_FOLD = ":::{{admonition}} {title}\n:class: dropdown\n\n{text}\n:::"


def folded(number: str, exercise: Exercise) -> str:
    """Give the hint and the solution of an exercise as two closed boxes."""
    solution = f"{exercise.solution}\n\n```python\n{exercise.code}\n```"
    boxes = ("Hint", exercise.hint), (f"Solution {number}", solution)
    return "\n\n".join(_FOLD.format(title=title, text=text) for title, text in boxes)


def read_for_the_page(notebook: str, chapter: str) -> str:
    """Put the hint and the solution in the place of each answer cell; other answer cells are left out."""
    whole = json.loads(notebook)
    cells = []
    for cell in whole["cells"]:
        if "answer" not in cell["metadata"].get("tags", []):
            cells.append(cell)
        elif number := re.fullmatch(r"answer-(\d+)", cell["id"]):
            text = folded(number[1], exercises(chapter)[number[1]])
            name = f"solution-{number[1]}"
            cells.append({"cell_type": "markdown", "id": name, "metadata": {}, "source": text})
    whole["cells"] = cells
    return json.dumps(whole)


def _read(app: Any, docname: str, source: list[str]) -> None:
    """Change what MyST-NB is to read, before it runs or parses it."""
    if str(app.env.doc2path(docname)).endswith(".ipynb") and '"answer"' in source[0]:
        chapter = docname.rsplit("/", 1)[-1]
        app.env.note_dependency(str(FOLDER / f"{chapter}.md"))
        source[0] = read_for_the_page(source[0], chapter)


def setup(app: Any) -> None:
    """Register with Sphinx."""
    app.connect("source-read", _read)
