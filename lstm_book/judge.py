"""Judge answers, and note what was tried."""

import html
import inspect
import json
import re
import reprlib
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import MethodType
from typing import Any

from lstm_lib import __version__
from lstm_lib.mends import meant

from . import live
from .exercise import Exercise, chapters, exercises, goals
from .rules import NotYet

RIGHT, NOT_YET, NO_ANSWER = "right", "not yet", "no answer yet"
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 300
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 20
# What usually lies behind an error in a reader's answer
_USUAL = (
    (NameError, "A name in it is not known here: run the cells above, and look for a slip of the pen."),
    (RecursionError, "A function calls itself without an end."),
    (NotImplementedError, "A part of it is not written yet."),
    (KeyError, "It looks up a name that is not there; weights are called `W_f`, `U_f`, `b_f` and so on."),
    (IndexError, "It looks beyond the end of an array; steps count from 0 in Python."),
    (AttributeError, "It asks something for a part that it has not got. Did a function return nothing?"),
    (ZeroDivisionError, "It divides by 0."),
    (TypeError, "Usually a function takes other arguments than asked for, or returns nothing."),
    (ValueError, "Usually shapes do not fit: print the `.shape` of what you multiply."),
)


class Check:
    """Judge the answers to the book's exercises: ``check("architecture.3", 1.5)``.

    It says *right*, *not yet* and what is missing, or *no answer yet* where the answer is ``...``. Nothing
    that comes raises an error. ``check.hint(name)`` and ``check.solution(name)`` tell more only when asked,
    and ``check.report()`` shows what is done and writes it into a file to hand in. A goal of a chapter's
    explorer has a name, too: ``check("forget_gate.half-gone", explorer)``.
    """

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, Any]] = {}

    def __repr__(self) -> str:
        return 'check("chapter.number", answer), check.hint(…), check.solution(…), check.report()'

    def __call__(self, name: str, answer: Any = ...) -> None:
        """Judge an answer and say how it stands."""
        _say(self.judge(name, answer)[1])

    def judge(self, name: Any, answer: Any = ...) -> tuple[str, str]:
        """Give the state of an answer, and the message in Markdown; the state is "" for an unknown name."""
        exercise = _find(name)
        if isinstance(exercise, str):
            return "", exercise
        noted = self._note(exercise)
        if answer is ...:
            wanted = f"no answer yet. Wanted in place of `...`: {_lower(exercise.wanted)}"
            return NO_ANSWER, f"**{exercise.name}**: {wanted}\n\n{_more(exercise.name)}"
        missing = _missing(exercise, answer)
        state = NOT_YET if missing else RIGHT
        written = _safe(_written, answer)
        if (state, written) != (noted["state"], noted["answer"]):  # to run a cell again is no other try
            noted |= {"state": state, "tries": noted["tries"] + 1, "answer": written, "time": _now()}
        if not missing:
            return RIGHT, f"**{exercise.name}**: ✓ right."
        return NOT_YET, f"**{exercise.name}**: not yet. {missing}\n\n{_more(exercise.name)}"

    def hint(self, name: str) -> None:
        """Show the hint of an exercise."""
        self._tell(name, "hint", lambda exercise: exercise.hint)

    def solution(self, name: str) -> None:
        """Show the solution of an exercise, with code to run."""
        self._tell(name, "solution", _solution)

    def report(self, who: Any = "") -> None:
        """Show what is done, and write it into a file for each chapter, here, to hand in.

        `who` is the name that the files bear; with ``...`` in its place none is written. What an earlier file
        says of exercises not answered since, the new one says, too.
        """
        try:
            _say(self._report(None if who is ... else _safe(str, who)))
        except OSError as error:
            _say(f"The file to hand in cannot be written here: {error}.")

    def _note(self, exercise: Exercise) -> dict[str, Any]:
        fresh = {"state": NO_ANSWER, "tries": 0, "hint": False, "solution": False, "answer": "", "time": ""}
        return self._seen.setdefault(exercise.name, fresh)

    def _tell(self, name: str, what: str, text: Callable[[Exercise], str]) -> None:
        exercise = _find(name)
        if isinstance(exercise, str):
            return _say(exercise)
        self._note(exercise)[what] = True
        _say(f"**{exercise.name}**, {what}\n\n{_for_notebook(text(exercise))}")

    def _report(self, who: str | None) -> str:
        if not self._seen:
            return 'Nothing is answered yet: `check("architecture.1", …)` judges an answer.'
        said = []
        for chapter in sorted({name.split(".")[0] for name in self._seen}):
            own = re.sub(r"[^\w-]+", "-", who or "").strip("-").lower()
            path = Path("-".join(filter(None, ["answers", chapter, own])) + ".json")
            before = {} if who is None else _read(path)
            asked = {exercise.name: exercise for exercise in exercises(chapter).values()}
            tried = [name for name in self._seen if name.startswith(f"{chapter}.")]
            names = list(dict.fromkeys([*asked, *tried, *before]))
            lines = {}
            for name in names:
                now = self._seen.get(name) or self._note(_known(name))
                earlier = before.get(name, now)
                seen = {what: now[what] or bool(earlier.get(what)) for what in ("hint", "solution")}
                lines[name] = (now if now["tries"] else earlier) | seen
            quiz, listed = _quiz(), [{"exercise": name, **line} for name, line in lines.items()]
            said.append(_table(lines, quiz))
            if who is None:
                said.append('`check.report("Your Name")` writes this into a file to hand in.')
                continue
            whole = {
                "chapter": chapter, "who": who, "written": _now(), "lstm_lib": __version__,
                "exercises": listed, "quiz": quiz,
            }  # fmt: skip
            there = path.exists()
            path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
            kept = [name for name in before if not self._seen[name]["tries"]]
            said.append(
                f"Written to `{path}`, in {Path.cwd().name}: the file to hand in."
                + (" It replaces the earlier one." if there else "")
                + (f" From there it keeps {', '.join(kept)}." if kept else "")
            )
        return "\n\n".join(said)


def _known(name: str) -> Exercise:
    exercise = _find(name)
    return exercise if isinstance(exercise, Exercise) else Exercise(name, "", "", "", "", "")


def _find(name: Any) -> Exercise | str:
    """Give the exercise of a name, or say which there are."""
    chapter, _, number = name.partition(".") if isinstance(name, str) else ("", "", "")
    if chapter in chapters():
        here = exercises(chapter) | goals(chapter)
        if number in here:
            return here[number]
        there_are = ", ".join(f"{chapter}.{one}" for one in here)
        return f"There is no exercise {name!r}. There are {there_are}."
    mend = meant(chapter, chapters()) or "."
    return (
        f"{reprlib.repr(name)} names no exercise{mend} A name is a chapter and a number, such as "
        f'"architecture.1"; the chapters are {", ".join(chapters())}.'
    )


def _missing(exercise: Exercise, answer: Any) -> str:
    """Say what an answer lacks; nothing if it is right."""
    try:
        said = exercise.given()["right"](answer)
    except NotYet as missing:
        return str(missing)
    except (Exception, SystemExit) as error:
        usual = next((text for kind, text in _USUAL if isinstance(error, kind)), "")
        what = f"{type(error).__name__}: {_safe(str, error)}"
        return f"Looking at your answer ended with {what}. {usual}".strip()
    if said is None or said is True:
        return ""
    return said if isinstance(said, str) else f"Wanted: {_lower(exercise.wanted)}"


def _more(name: str) -> str:
    return f'Stuck? `check.hint("{name}")`, then `check.solution("{name}")`.'


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _safe(write: Callable[[Any], str], value: Any) -> str:
    """Write something down, whatever its own methods do."""
    try:
        return write(value)
    except Exception:
        return f"<{type(value).__name__}>"


def _written(answer: Any) -> str:
    """Write an answer down for who reads the report: a function as its source, an explorer as its values."""
    if inspect.isfunction(answer):
        return inspect.getsource(answer)[:2000]
    if isinstance(state := getattr(answer, "state", None), MethodType):
        return f"{type(answer).__name__}: {json.dumps(state())}"[:2000]
    return _SHORT.repr(answer)


def _solution(exercise: Exercise) -> str:
    if not exercise.solution:
        return "The solutions are not part of this copy; whoever gave it to you has them."
    return exercise.solution + (f"\n\n```python\n{exercise.code}\n```" if exercise.code else "")


def _quiz() -> list[dict[str, Any]]:
    """Say how the questions were answered that the notebook asks, in the text and at its end."""
    module = sys.modules.get("lstm_book.quiz")
    return [
        {"ask": question["ask"], "answer": answer, "right": right}
        for quiz in (module.Quiz.made.values() if module else ())
        for question, answer, right in zip(
            quiz.questions, [*quiz.answers, *[None] * len(quiz.questions)], quiz.judged(), strict=False
        )
    ]


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """Give what an earlier file says of each exercise; nothing if it is not one of these."""
    try:
        lines = json.loads(path.read_text("utf-8"))["exercises"]
        return {line.pop("exercise"): line for line in lines}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _table(lines: dict[str, dict[str, Any]], quiz: list[dict[str, Any]]) -> str:
    rows = ["| Exercise | State | Tries | Seen |", "|---|---|--:|---|"]
    for name, line in lines.items():
        seen = ", ".join(what for what in ("hint", "solution") if line.get(what))
        rows.append(f"| {name} | {line.get('state', '')} | {line.get('tries', 0)} | {seen} |")
    if quiz:
        right, tried = (sum(one["right"] in kinds for one in quiz) for kinds in ([True], [True, False]))
        rows.append(f"| quiz | {right} of {len(quiz)} right | {tried} | |")
    return "\n".join(rows)


def _for_notebook(text: str) -> str:
    """Resolve what only the book's pages know."""
    text = re.sub(r"\{eq\}`eq-([\w-]+)`", lambda found: f"the equation “{found[1].replace('-', ' ')}”", text)
    return re.sub(r"\{\w+\}`(?:([^`<]+?) *<[^`>]*>|([^`]*))`", lambda found: found[1] or found[2], text)


def _say(markdown: str) -> None:
    """Show Markdown in a notebook, plain text elsewhere."""
    plain = html.unescape(re.sub(r"<[^>]+>|\*\*|`(?=[^`])|(?<=[^`])`", "", markdown))
    if live.shell() is None:
        return print(plain)
    from IPython.display import display

    display({"text/markdown": markdown, "text/plain": plain}, raw=True)  # type: ignore[no-untyped-call]
