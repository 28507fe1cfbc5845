"""The exercises as they stand in `exercises/`: a Markdown file a chapter.

Each exercise is a section ``## 1``: what is wanted as an answer, then ``### Hint``, ``### Solution``, whose
last block is code that ends with ``answer = …``, and ``### Rule``, a block of code with ``right(answer)``:
None or True, or what is missing, said or raised as `rules.NotYet`; and ``wrong``, a list of answers that are
not right. In a copy without solutions the second part is missing, and the rule is packed.
"""

import base64
import json
import re
import zlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from . import rules

FOLDER = Path(__file__).parent / "exercises"
GOALS = Path(__file__).parent / "explorers" / "static" / "goals.json"
_CODE = re.compile(r"```(\w+)\n(.*?)\n```", re.DOTALL)
_PARTS = {"Hint", "Solution", "Rule"}


class Exercise(NamedTuple):
    """One exercise: what is wanted, a hint, the solution in words and in code, the rule that judges."""

    name: str
    wanted: str
    hint: str
    solution: str
    code: str
    rule: str

    def given(self) -> dict[str, Any]:
        """Run the rule's block: `right`, which judges an answer, and `wrong`, answers that are not right."""
        space = dict(vars(rules))
        exec(compile(self.rule, f"<rule of {self.name}>", "exec"), space)
        return space


def packed(rule: str) -> str:
    """Give a block of code as text that does not tell what it is."""
    return base64.b64encode(zlib.compress(rule.encode("utf-8"))).decode("ascii")


def without_solutions(text: str) -> str:
    """Take the solutions out of a file, and pack its rules."""
    text = re.sub(r"^### Solution\n.*?(?=^### Rule\n)", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(
        r"(?<=^### Rule\n\n)```python\n(.*?)\n```",
        lambda found: f"```packed\n{packed(found[1])}\n```",
        text,
        flags=re.MULTILINE | re.DOTALL,
    )


def _split(pattern: str, text: str) -> dict[str, str]:
    _, *rest = re.split(pattern, text, flags=re.MULTILINE)
    return dict(zip(rest[::2], map(str.strip, rest[1::2]), strict=True))


def _exercise(name: str, text: str) -> Exercise:
    wanted = text.partition("\n### ")[0].strip()
    parts = _split(r"^### (\w+)\n", text)
    if unknown := set(parts) - _PARTS:
        raise ValueError(f"{name}: unknown part {min(unknown)!r}, wanted {', '.join(sorted(_PARTS))}")
    blocks = list(_CODE.finditer(parts.get("Solution", "")))
    solution, code = parts.get("Solution", ""), ""
    if blocks:
        solution, code = solution[: blocks[-1].start()].strip(), blocks[-1][2]
    ((language, rule),) = _CODE.findall(parts["Rule"])
    if language == "packed":
        rule = zlib.decompress(base64.b64decode(rule)).decode("utf-8")
    return Exercise(name, wanted, parts["Hint"], solution, code, rule)


def chapters() -> list[str]:
    """Name the chapters that have exercises."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


@cache
def exercises(chapter: str) -> dict[str, Exercise]:
    """Give the exercises of a chapter, by their numbers as text."""
    text = (FOLDER / f"{chapter}.md").read_text("utf-8")
    found = _split(r"^## (\d+)\n", text)
    return {number: _exercise(f"{chapter}.{number}", part) for number, part in found.items()}


@cache
def goals(chapter: str) -> dict[str, Exercise]:
    """Give the goals that the explorers of a chapter set, as exercises, by their names."""
    line = re.search(r"^Goals: (.+)$", (FOLDER / f"{chapter}.md").read_text("utf-8"), re.MULTILINE)
    return {name: _goal(chapter, name) for name in line[1].split(", ")} if line else {}


def _goal(chapter: str, name: str) -> Exercise:
    goal = json.loads(GOALS.read_text("utf-8"))[name]
    kind, ask = goal["kind"], goal["ask"]
    rule = f"def right(answer):\n    return explorer(answer, {kind!r}).met({name!r}) or {ask!r}"
    wanted = f"The {kind} explorer, with {', '.join(goal['free']) or 'its inputs'} set."
    found = ", ".join(f"`{value}` at {number}" for value, number in goal["solution"].items())
    return Exercise(f"{chapter}.{name}", wanted, goal["hint"], f"One of several: {found}.", "", rule)
