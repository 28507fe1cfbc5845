"""What each value of an explorer may be: limits.json says it, for Python as for the browser."""

import reprlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import traitlets

from .modules import read_json

LIMITS: dict[str, dict[str, dict[str, Any]]] = read_json("limits.json")
_ALL = [(name, limit) for values in LIMITS.values() for name, limit in values.items()]
NAMES = sorted({name for name, _ in _ALL})
PLACES = sorted({name for name, limit in _ALL if limit["type"] in ("place", "places", "forced")})
_GOALS = [(name, goal["kind"]) for name, goal in read_json("goals.json").items()]


def is_number(value: Any, limit: dict[str, Any]) -> bool:
    """Whether it is one of Python's own numbers, within its limits."""
    return type(value) in (int, float) and bool(limit["low"] <= value <= limit["high"])


def _are_numbers(value: Any, limit: dict[str, Any]) -> bool:
    fits = isinstance(value, list) and limit["least"] <= len(value) <= limit["most"]
    return fits and all(is_number(one, limit) for one in value)


def _are_places(value: Any, limit: dict[str, Any]) -> bool:
    return isinstance(value, list) and all(type(one) is int for one in value) and len({*value}) == len(value)


def _are_forced(value: Any, limit: dict[str, Any]) -> bool:
    def fits(one: Any) -> bool:
        if not isinstance(one, list) or [type(part) for part in one[:3]] != [str, int, int] or len(one) != 4:
            return False
        return one[0] in limit["of"] and 0 <= one[1] <= limit["cells"] and is_number(one[3], limit)

    several = isinstance(value, list) and len(value) <= limit["most"]
    return several and all(map(fits, value)) and len({(*one[:3],) for one in value}) == len(value)


def _are_words(value: Any, limit: dict[str, Any]) -> bool:
    return isinstance(value, str) and value.count(" ") < limit["most"]


def _are_goals(value: Any, limit: dict[str, Any]) -> bool:
    known = isinstance(value, list) and all((name, limit["of"]) in _GOALS for name in value)
    return known and len({*value}) == len(value)


# Of each type: whether a value is one, and what an error says is wanted. Whether places lie within their
# sequence, and words in a vocabulary, the explorer sees.
TYPES: dict[str, tuple[Any, str]] = {
    "number": (is_number, "a number from {low:g} to {high:g}"),
    "numbers": (_are_numbers, "{least} to {most} numbers from {low:g} to {high:g}"),
    "place": (lambda value, limit: type(value) is int, "a whole number from 1"),
    "places": (_are_places, "whole numbers from 1, each step at most once"),
    "forced": (
        _are_forced,
        "at most {most} lists of a gate of {of}, a cell from 1 to {cells} or 0 for all, a step from 1 and a "
        "value from {low:g} to {high:g}, no gate of a cell twice at a step",
    ),
    "boolean": (lambda value, limit: type(value) is bool, "True or False"),
    "choice": (lambda value, limit: isinstance(value, str) and value in limit["of"], "one of {of}"),
    "names": (_are_goals, "names of goals of kind {of}, each at most once"),
    "words": (_are_words, "words of the model's vocabulary, {least} to {most}, one space between"),
}
MADE: dict[str, Any] = {
    "number": float,
    "numbers": lambda some: [float(one) for one in some],
    "places": sorted,
    "forced": lambda some: sorted([gate, cell, step, float(value)] for gate, cell, step, value in some),
}


def _read(value: Any) -> Any:
    """A number that is written out, as links do it, is that number."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


class Value(traitlets.TraitType):  # type: ignore[type-arg]  # Colab's 5.7 takes no parameters
    """A value that limits.json describes: part of a page's state, sent to the browser."""

    def __init__(self, limit: dict[str, Any]) -> None:
        super().__init__(limit["default"])
        self.limit, (self.fits, wanted) = limit, TYPES[limit["type"]]
        self.info_text = wanted.format(**limit)
        self.tag(sync=True, explorer=True)

    def validate(self, obj: Any, value: Any) -> Any:
        """Make Python's own numbers, lists and text of NumPy's; refuse what the browser could not show."""
        own = plain(value)
        if self.limit["type"] in ("number", "numbers"):
            own = [_read(one) for one in own] if isinstance(own, list) else _read(own)
        if not self.fits(own, self.limit):
            refuse(self.name, value, self.info_text)
        made = MADE.get(self.limit["type"], lambda value: value)(own)
        held = isinstance(made, list)
        return Held(made, partial(setattr, obj, str(self.name))) if held else made


class Held(list[Any]):
    """A list of an explorer: what is done to it goes through the explorer, which checks and shows it."""

    def __init__(self, some: list[Any], put: Callable[[list[Any]], None]) -> None:
        super().__init__(some)
        self._put = put
        self._hold()

    def _hold(self) -> None:
        """What is done to a list within goes through this one."""
        for place, one in enumerate(self):
            if isinstance(one, list):
                list.__setitem__(self, place, Held(one, partial(self.__setitem__, place)))

    def __reduce__(self) -> Any:
        return list, (plain(self),)  # a copy is nobody's


def _through(name: str) -> Any:
    def change(self: Held, *given: Any, **named: Any) -> Any:
        own: list[Any] = plain(self)
        gave = getattr(own, name)(*given, **named)
        self._put(own)
        list.__setitem__(self, slice(None), own)
        self._hold()
        return self if gave is own else gave

    return change


_CHANGES = "__setitem__ __delitem__ __iadd__ __imul__ append clear extend insert pop remove reverse sort"
for _name in _CHANGES.split():
    setattr(Held, _name, _through(_name))


def place_of(one: Any) -> int:
    """Give the place at which a part of a value lies: it is one, or is forced there."""
    place: int = one[2] if isinstance(one, list) else one
    return place


def refuse(name: str | None, came: Any, wanted: str) -> None:
    """Say which value is refused, what came and what was wanted."""
    many = f"{len(came)} of them, " if isinstance(came, list) and len(came) > 6 else ""  # reprlib shows six
    raise traitlets.TraitError(f"{name}: came {many}{reprlib.repr(came)}, wanted {wanted}")


def plain(value: Any) -> Any:
    """Turn NumPy's numbers and arrays, and tuples, into what can be sent to the browser."""
    if isinstance(value, np.longdouble | np.clongdouble):  # tolist() gives them back
        return complex(value) if np.iscomplexobj(value) else float(value)
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple | range) else value
