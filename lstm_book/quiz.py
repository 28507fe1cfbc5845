"""Questions that are checked and explained on the spot."""

import html
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

import traitlets

from .explorers.explorer import Explorer
from .explorers.traits import Held, is_number, plain, refuse
from .rules import near

MAX = sys.float_info.max


def _are_choices(value: Any, question: dict[str, Any]) -> bool:
    some = isinstance(value, list) and value != []
    return some and all(isinstance(pair, list) and [*map(type, pair)] == [str, str] for pair in value)


def _is_choice(value: Any, question: dict[str, Any]) -> bool:
    return type(value) is int and 0 <= value < len(question["choices"])


_PURPOSES = "recall", "explain", "use"
_TEXT: tuple[Any, str] = lambda value, question: isinstance(value, str), "text"
_PARTS: dict[str, tuple[Any, str]] = {  # of a question: what each may be, and how an error says it
    "ask": _TEXT,
    "asks_to": (lambda value, question: value in _PURPOSES, f"one of {', '.join(_PURPOSES)}"),
    "choices": (_are_choices, "a list of (text, why)"),
    "right": (_is_choice, "the place of one of the choices, from 0"),
    "number": (lambda value, question: is_number(value, {"low": -MAX, "high": MAX}), "a finite number"),
    "within": (lambda value, question: is_number(value, {"low": 0, "high": MAX}), "a finite number from 0"),
    "why": _TEXT,
    "unit": _TEXT,
}
_CHOICE, _NUMBER = ("ask", "choices", "right"), ("ask", "number", "within", "why")  # what each kind needs


def _troubles(question: dict[str, Any]) -> Iterator[str]:
    needs, may = (_CHOICE, {"asks_to"}) if "choices" in question else (_NUMBER, {"asks_to", "unit"})
    yield from (f"lacks {name!r}" for name in needs if name not in question)
    yield from (f"has an unknown part {name!r}" for name in sorted(set(question) - {*needs} - may))
    for name, (fits, wanted) in _PARTS.items():
        if name in question and not fits(question[name], question):
            yield f"has {name}={question[name]!r}, wanted {wanted}"


class Quiz(Explorer):
    """Questions with a choice or a number, checked and explained on the spot.

    Parameters
    ----------
    questions : list of dict
        Each with ``ask`` and either ``choices``, a list of (text, why it is right or wrong), with ``right``,
        the place of the right one from 0; or ``number``, ``within`` (how far off still counts) and ``why``,
        and perhaps ``unit``. Text in `backquotes` is set as a symbol: c_t, h_{t−1}. ``asks_to`` says what a
        question is for: one of "recall", "explain", "use".
    turn : {"", "before", "after"}
        The same questions before a course and after it: at first nothing is said of the answers, which the
        browser keeps; the second time they stand beside the new ones.

    Attributes
    ----------
    answers : list
        One a question: the place of the choice from 0, the number, or None. The browser fills it in.
    made : dict
        Of the class: each quiz of this session by its first question; one that is made again replaces itself.

    Raises
    ------
    TraitError
        If a question lacks a part, or its right answer is not among the choices.
    """

    kind = "quiz"
    presets = {"": {}}
    made: ClassVar[dict[str, "Quiz"]] = {}

    questions = traitlets.List(traitlets.Dict()).tag(sync=True, explorer=True)
    answers: Any = traitlets.List().tag(sync=True, explorer=True)
    turn = traitlets.Enum(["", "before", "after"], "").tag(sync=True, explorer=True)

    def __init__(self, questions: list[dict[str, Any]], turn: str = "") -> None:
        super().__init__(preset="", questions=questions, turn=turn)
        for question in self.questions[:1]:
            Quiz.made[question["ask"]] = self

    def judged(self) -> list[bool | None]:
        """Say of each question whether its answer is right; None where there is none."""
        answers = [*self.answers, *[None] * len(self.questions)]
        return [
            None if answer is None
            else answer == question["right"] if "choices" in question
            else near(answer, question["number"], question["within"])
            for question, answer in zip(self.questions, answers, strict=False)
        ]  # fmt: skip

    def score(self) -> int:
        """Count the answers that are right."""
        return self.judged().count(True)

    def _call(self, written: Callable[[Any], str]) -> str:
        turn = f", turn={self.turn!r}" if self.turn else ""
        return f"Quiz({written(plain(self.questions))}{turn})"

    def __repr__(self) -> str:
        done = sum(answer is not None for answer in self.answers)
        return f"<Quiz of {len(self.questions)} questions, {done} answered>"

    @traitlets.validate("questions")
    def _complete(self, proposal: Any) -> list[dict[str, Any]]:
        """Refuse a question that lacks a part, or has one that the browser could not show."""
        questions: list[dict[str, Any]] = plain(proposal["value"])
        for place, question in enumerate(questions, 1):
            for trouble in _troubles(question):
                raise traitlets.TraitError(f"questions: question {place} {trouble}")
        return questions

    @traitlets.validate("answers")
    def _answerable(self, proposal: Any) -> list[Any]:
        answers: list[Any] = plain(proposal["value"])
        if len(answers) > len(self.questions):
            refuse("answers", answers, f"at most {len(self.questions)}, one a question")
        for question, answer in zip(self.questions, answers, strict=False):
            fits, wanted = _PARTS["right" if "choices" in question else "number"]
            if answer is not None and not fits(answer, question):
                refuse("answers", answers, f"{wanted}, or None, where {question['ask']!r} is asked")
        return Held(answers, partial(setattr, self, "answers"))

    def first_picture(self) -> tuple[str, str]:
        """Give the questions as they stand; they need no picture."""
        texts = (question["ask"].replace("`", "") for question in self.questions)
        asked = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
        return f"<ol>{asked}</ol>", "With JavaScript the answers are checked here."
