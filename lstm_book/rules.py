"""What the rules of exercises are written with: each takes an answer apart, or raises `NotYet`."""

import reprlib
from collections.abc import Iterable, Mapping
from itertools import islice
from types import SimpleNamespace
from typing import Any

import numpy as np


class NotYet(Exception):
    """An answer is not right yet; its text says what is missing."""


def _came(answer: Any) -> str:
    return f"`{reprlib.repr(answer)}`"


def near(value: float, wanted: float, within: float) -> bool:
    """Whether a number is as near as is wanted; at the edge it is, however it was rounded."""
    return abs(value - wanted) <= within + 1e-9 * abs(wanted)


def number(answer: Any, wanted: float, within: float = 0, slips: Mapping[float, str] | None = None) -> None:
    """Judge a number; `slips` says of wrong ones where they come from."""
    value = one_number(answer)
    if near(value, wanted, within):
        return
    for slip, said in (slips or {}).items():
        if abs(value - slip) <= (within or 1e-3 * abs(slip)):
            raise NotYet(said)
    raise NotYet(f"{value:g} is too {'large' if value > wanted else 'small'}.")


def one_number(answer: Any) -> float:
    """Read one finite number, of an array or a text, too."""
    if answer is None:
        raise NotYet("`None` came: `print` gives nothing back, nor does a function without `return`.")
    if isinstance(answer, bool | np.bool_):
        raise NotYet(f"A number is wanted; what came is {_came(answer)}.")
    try:
        text = answer.replace("\N{MINUS SIGN}", "-") if isinstance(answer, str) else answer
        value = float(np.asarray(text).item())
    except (TypeError, ValueError, AttributeError):
        pair = isinstance(answer, tuple) and len(answer) == 2
        comma = " Decimals have a point: 0.5, not 0,5." if pair or isinstance(answer, str) else ""
        raise NotYet(f"A number is wanted; what came is {_came(answer)}.{comma}") from None
    if not np.isfinite(value):
        raise NotYet(f"A finite number is wanted; what came is {_came(answer)}.")
    return value


def numbers(answer: Any, wanted: Mapping[str, float], within: float = 0) -> None:
    """Judge several numbers, named in the order in which they are asked for."""
    for part, (name, value) in zip(parts(answer, len(wanted)), wanted.items(), strict=True):
        try:
            number(part, value, within)
        except NotYet as missing:
            raise NotYet(f"{name}: {missing}") from None


def parts(answer: Any, count: int) -> list[Any]:
    """Give the parts of an answer that has several."""
    if isinstance(answer, str | Mapping) or not isinstance(answer, Iterable):
        raise NotYet(f"{count} things are wanted, with commas between; what came is {_came(answer)}.")
    listed = list(islice(answer, count + 1))
    if len(listed) != count:
        came = "more" if len(listed) > count else len(listed)
        raise NotYet(f"{count} things are wanted, with commas between; {came} came.")
    return listed


def truth(answer: Any) -> bool:
    """Read True or False."""
    if not isinstance(answer, bool | np.bool_):
        raise NotYet(f"`True` or `False` is wanted; what came is {_came(answer)}.")
    return bool(answer)


def names(answer: Any) -> set[str]:
    """Read one name or several, in a text or in a list."""
    listed = answer.replace(",", " ").split() if isinstance(answer, str) else answer
    if isinstance(listed, Iterable) and not isinstance(listed, Mapping):
        several = list(islice(listed, 100))
        if several and all(isinstance(one, str) for one in several):
            return {one.strip().lower() for one in several}
    raise NotYet(f"Names between quotes are wanted; what came is {_came(answer)}.")


def array(answer: Any) -> Any:
    """Read an array of finite numbers."""
    try:
        value = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise NotYet(f"An array of numbers is wanted; what came is {_came(answer)}.") from None
    if not value.size or not np.isfinite(value).all():
        raise NotYet("The array is empty, or not all of its numbers are finite.")
    return value


def function(answer: Any) -> Any:
    """Read a function."""
    if not callable(answer) or isinstance(answer, type):
        raise NotYet(f"The function itself is wanted, without brackets; what came is {_came(answer)}.")
    return answer


def explorer(answer: Any, kind: str = "cell") -> Any:
    """Read an explorer of a kind, or a dict of its values."""
    from . import explorers

    wanted = getattr(explorers, f"{kind.capitalize()}Explorer")
    if isinstance(answer, dict):
        return wanted(**answer)
    if not isinstance(answer, wanted):
        raise NotYet(f"The {kind} explorer is wanted, by its name; what came is {_came(answer)}.")
    return answer


def cell(answer: Any, x: Any) -> Any:
    """Run a cell explorer over inputs: f, i, g, o, c, h, or an RNN's h alone, each as long as x."""
    own = explorer(answer)
    return SimpleNamespace(**own.series({**own.state(), "x": list(x)}))


def moved(answer: Any, preset: str) -> set[str]:
    """Name the weights of a cell explorer that are not a preset's."""
    from .explorers.cell import WEIGHTS

    own = explorer(answer)
    return {name for name in WEIGHTS if getattr(own, name) != own.presets[preset][name]}
