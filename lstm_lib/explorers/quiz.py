"""Questions that are checked and explained on the spot."""

from __future__ import annotations

import html
import sys
from typing import Any

import traitlets

from .explorer import Explorer
from .traits import plain


class Quiz(Explorer):
    """Questions with a choice or a number, checked and explained on the spot.

    Parameters
    ----------
    questions : list of dict
        Each with ``ask`` and either ``choices``, a list of (text, why it is right or wrong), with ``right``,
        the place of the right one from 0; or ``number``, ``within`` (how far off still counts) and ``why``,
        and perhaps ``unit``. Text in `backquotes` is set as a symbol: c_t, h_{t−1}.

    Raises
    ------
    TraitError
        If a question lacks a part, or its right answer is not among the choices.
    """

    kind = "quiz"
    presets = {"": {}}

    questions = traitlets.List(traitlets.Dict()).tag(sync=True, explorer=True)
    answers: Any = traitlets.List().tag(sync=True, explorer=True)

    def __init__(self, questions: list[dict[str, Any]]) -> None:
        super().__init__(preset="", questions=questions)

    @traitlets.validate("questions")
    def _complete(self, proposal: Any) -> list[dict[str, Any]]:
        return [_question(plain(question), place) for place, question in enumerate(proposal["value"], 1)]

    @traitlets.validate("answers")
    def _answerable(self, proposal: Any) -> list[Any]:
        answers: list[Any] = plain(proposal["value"])
        if len(answers) > len(self.questions):
            raise traitlets.TraitError(
                f"answers: came {len(answers)}, wanted at most {len(self.questions)}, one a question"
            )
        for place, (question, answer) in enumerate(zip(self.questions, answers, strict=False), 1):
            if not (answer is None or _is_answer(question, answer)):
                raise traitlets.TraitError(
                    f"answers: came {answer!r} to question {place}, wanted {_answers_to(question)}, or None"
                )
        return answers

    def first_picture(self) -> tuple[str, str]:
        """Give the questions as they stand; they need no picture."""
        texts = (question["ask"].replace("`", "") for question in self.questions)
        asked = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
        return f"<ol>{asked}</ol>", "With JavaScript the answers are checked here."


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def _is_answer(question: dict[str, Any], answer: Any) -> bool:
    """Say whether it is the place of a choice, or a number, as the question asks for."""
    if "choices" not in question:
        return _is_number(answer)
    return type(answer) is int and 0 <= answer < len(question["choices"])


def _answers_to(question: dict[str, Any]) -> str:
    return f"0 to {len(question['choices']) - 1}" if "choices" in question else "a finite number"


def _question(question: dict[str, Any], place: int) -> dict[str, Any]:
    """Refuse a question that lacks a part, or has one that the browser could not show."""

    def refuse(trouble: str) -> None:
        raise traitlets.TraitError(f"questions: question {place} {trouble}")

    parts = ("choices", "right") if "choices" in question else ("number", "within", "why")
    if missing := [part for part in ("ask", *parts) if part not in question]:
        refuse(f"lacks {missing[0]!r}")
    if unknown := sorted(set(question) - {"ask", *parts, "unit"}):
        refuse(f"has an unknown part {unknown[0]!r}")
    for name in ("ask", "why", "unit"):
        if not isinstance(question.get(name, ""), str):
            refuse(f"has {name}={question[name]!r}, wanted text")
    if "choices" in question:
        choices = question["choices"]
        if not isinstance(choices, list) or not choices:
            refuse(f"has choices={choices!r}, wanted a list of (text, why)")
        for choice in choices:
            if not isinstance(choice, list) or [type(one) for one in choice] != [str, str]:
                refuse("has a choice that is not (text, why)")
        if not _is_answer(question, question["right"]):
            refuse(f"has right={question['right']!r}, wanted {_answers_to(question)}")
    elif not (_is_number(question["number"]) and _is_number(question["within"]) and question["within"] >= 0):
        refuse(
            f"has number={question['number']!r}, within={question['within']!r}, "
            "wanted a finite number and a distance of at least 0"
        )
    return question
