"""Argument checks: every error names the argument, what came and what was wanted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # float32 or float64; the network's dtype decides


def shape_text(shape: tuple[Any, ...]) -> str:
    """Write a shape as ``(T, B, 2)``, symbols and numbers mixed."""
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def whole_number(name: str, value: object, least: int = 1) -> int:
    """Return `value` as an int of at least `least`."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, got {value!r} ({type(value).__name__})")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return int(value)


def real_number(name: str, value: object, above: float = -np.inf, most: float = np.inf) -> float:
    """Return `value` as a finite float with ``above < value <= most``."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number, got {value!r} ({type(value).__name__})")
    number = float(value)
    if not np.isfinite(number) or not above < number <= most:
        low = "" if above == -np.inf else f" above {above:g}"
        high = "" if most == np.inf else f" and at most {most:g}"
        raise ValueError(f"{name} must be a finite number{low}{high}, got {value!r}")
    return number


def flag(name: str, value: object) -> bool:
    """Return `value`, which has to be True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r} ({type(value).__name__})")
    return bool(value)


def one_of(name: str, value: object, choices: tuple[str, ...]) -> str:
    """Return `value`, which has to be one of the strings `choices`."""
    if not isinstance(value, str) or value not in choices:
        kind = ValueError if isinstance(value, str) else TypeError
        raise kind(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return value


def float_dtype(name: str, value: object) -> np.dtype[Any]:
    """Return `value` as a dtype, float32 or float64."""
    for dtype in (np.dtype(np.float32), np.dtype(np.float64)):
        try:
            if value is not None and dtype == value:
                return dtype
        except TypeError:  # not a dtype at all
            break
    raise TypeError(f"{name} must be float32 or float64, got {value!r}")


def generator(name: str, seed: object) -> np.random.Generator:
    """Return a random generator: `seed` is a whole number from 0, or a generator already."""
    if isinstance(seed, np.random.Generator):
        return seed
    return np.random.default_rng(whole_number(name, seed, least=0))


def numbers(name: str, value: object) -> Array:
    """Return `value` as an array of real numbers, of any shape."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be an array of numbers, got rows of unequal length") from None
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    return array


def finite_array(
    name: str, value: object, dtype: np.dtype[Any] | None = None, shape: tuple[Any, ...] | None = None
) -> Array:
    """Return `value` as an array of real, finite numbers.

    `shape` mixes numbers, which must match, and symbols such as ``"T"``, which stand for any size from 1.
    """
    came = numbers(name, value)
    if shape is not None:
        fits = came.ndim == len(shape) and all(
            n >= 1 if isinstance(want, str) else n == want for n, want in zip(came.shape, shape, strict=True)
        )
        if not fits:
            raise ValueError(f"{name} must have shape {shape_text(shape)}, got {shape_text(came.shape)}")
    wanted = dtype if dtype is not None else (came.dtype if came.dtype.kind == "f" else np.dtype(np.float64))
    with np.errstate(over="ignore"):  # a float64 too large for float32 is reported just below
        array = came.astype(wanted, copy=False)
    if not np.isfinite(array).all():
        first = tuple(int(n) for n in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} must be finite in {wanted}, got {came[first]} at index {first}")
    return array
