"""What each value of an explorer may be, and the traits that refuse all else."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from .modules import read_json

# What every value of every explorer may be: the browser reads the same file.
LIMITS: dict[str, dict[str, dict[str, Any]]] = read_json("limits.json")
_ALL = [(name, limit) for values in LIMITS.values() for name, limit in values.items()]
PLACES = sorted({name for name, limit in _ALL if limit["type"] in ("place", "places")})
SEQUENCES = sorted({limit["in"] for _, limit in _ALL if "in" in limit})


class Number(traitlets.CFloat):  # type: ignore[type-arg]
    """A finite number between two limits, which a slider moves."""

    def __init__(self, low: float, high: float, default: float) -> None:
        super().__init__(default)
        self.low, self.high = low, high
        self.info_text = f"a number from {low:g} to {high:g}"

    def validate(self, obj: Any, value: Any) -> float:
        """Refuse NaN, infinity and what the slider could not show."""
        number = super().validate(obj, plain(value))
        if not self.low <= number <= self.high:
            raise traitlets.TraitError(f"{self.name}: came {value!r}, wanted {self.info_text}")
        return float(number)


class Sequence(traitlets.List):  # type: ignore[type-arg]
    """A sequence of numbers between two limits, one a time step."""

    def __init__(self, low: float, high: float, least: int, most: int, default: list[float]) -> None:
        super().__init__(default_value=list(map(float, default)))
        self.low, self.high, self.least, self.most = low, high, least, most
        self.info_text = f"{least} to {most} numbers from {low:g} to {high:g}"

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Turn an array or a list into a list of floats, or say what is wrong with it."""
        try:
            if np.iscomplexobj(value):
                raise TypeError("complex numbers")
            numbers = np.asarray(value, dtype=float)
        except (TypeError, ValueError, OverflowError) as error:
            raise traitlets.TraitError(f"{self.name}: came {value!r}, wanted {self.info_text}") from error
        if numbers.ndim != 1 or not self.least <= numbers.size <= self.most:
            raise traitlets.TraitError(
                f"{self.name}: came an array of shape {numbers.shape}, wanted {self.info_text}"
            )
        if not np.all((self.low <= numbers) & (numbers <= self.high)):
            raise traitlets.TraitError(f"{self.name}: came {value!r}, wanted {self.info_text}")
        return [float(number) for number in numbers]


class Place(traitlets.Int):  # type: ignore[type-arg]
    """A place in a sequence, from 1; `Explorer` compares it with the sequence."""

    def validate(self, obj: Any, value: Any) -> int:
        """Turn NumPy's whole numbers into Python's own; refuse all else, True and 2.0 too."""
        if type(place := plain(value)) is not int:
            self.error(obj, value)
        return int(place)


class Places(traitlets.List):  # type: ignore[type-arg]
    """Places in a sequence, each at most once, in order."""

    info_text = "a list of whole numbers"

    def validate(self, obj: Any, value: Any) -> list[int]:
        """Turn an array or a list into a list of Python's own whole numbers."""
        places = plain(value)
        if not isinstance(places, list) or any(type(place) is not int for place in places):
            self.error(obj, value)
        if len(set(places)) < len(places):
            raise traitlets.TraitError(f"{self.name}: came {places}, wanted each step at most once")
        return sorted(places)


class Switch(traitlets.Bool):  # type: ignore[type-arg]
    """On or off."""

    def validate(self, obj: Any, value: Any) -> bool:
        """Turn NumPy's booleans into Python's own."""
        return bool(super().validate(obj, plain(value)))


class Choice(traitlets.Enum):  # type: ignore[type-arg]
    """One of a few words."""

    def validate(self, obj: Any, value: Any) -> str:
        """Turn NumPy's strings into Python's own."""
        return str(super().validate(obj, plain(value)))


def plain(value: Any) -> Any:
    """Turn NumPy's numbers and arrays, and tuples, into what can be sent to the browser."""
    if isinstance(value, np.longdouble | np.clongdouble):  # tolist() gives them back
        return complex(value) if np.iscomplexobj(value) else float(value)
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def trait(kind: str, name: str) -> traitlets.TraitType[Any, Any]:
    """Make the trait of a value that limits.json describes: part of a page's state, sent to the browser."""
    limit = LIMITS[kind][name]
    default = limit["default"]
    match limit["type"]:
        case "number":
            made: Any = Number(limit["low"], limit["high"], default)
        case "numbers":
            made = Sequence(limit["low"], limit["high"], limit["least"], limit["most"], default)
        case "place":
            made = Place(default)
        case "places":
            made = Places(default_value=default)
        case "boolean":
            made = Switch(default)
        case "choice":
            made = Choice(limit["of"], default)
        case "words":
            made = traitlets.Unicode(default)
    tagged: traitlets.TraitType[Any, Any] = made.tag(sync=True, explorer=True)
    return tagged
