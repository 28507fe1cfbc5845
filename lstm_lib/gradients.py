"""Gradients seen from outside: the numerical one that checks every other."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .checks import Array, real_number


def numerical_gradient(loss: Callable[..., Any], array: Array, step: float | None = None) -> Array:
    """Central differences, (L(a + s) − L(a − s)) / 2s, one element of `array` at a time.

    Parameters
    ----------
    loss : callable
        Called as ``loss(array)``, or as ``loss()`` if it takes no argument; returns a number.
    array : ndarray of float32 or float64
        Where to differentiate. It is nudged in place and put back, so a parameter such as ``lstm.W_f`` may be
        given as it is.
    step : float, optional
        s for elements up to 1 in size, s·|a| for larger ones; the cube root of the dtype's resolution when
        left out.

    Returns
    -------
    ndarray
        ∂L/∂a, of the shape and dtype of `array`; good to about 1e-9 in float64.

    Raises
    ------
    TypeError, ValueError
        If `loss` cannot be called or returns anything but one finite number, or `array` is not a float array.
    """
    if not callable(loss):
        raise TypeError(f"loss must be callable, got {type(loss).__name__}")
    if not isinstance(array, np.ndarray) or array.dtype not in (np.float32, np.float64):
        came = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise TypeError(f"array must be a float32 or float64 ndarray, got {came}")
    if not array.flags.writeable:
        raise ValueError("array must be writable, for it is nudged in place; got one that is read-only")
    s = float(np.finfo(array.dtype).eps) ** (1 / 3) if step is None else real_number("step", step, above=0)
    arguments = (array,) if _takes_argument(loss) else ()

    def value() -> float:
        result = np.asarray(loss(*arguments))
        if result.size != 1 or result.dtype.kind not in "fiu":
            raise TypeError(
                f"loss must return one number, got an array of shape {result.shape}, {result.dtype}"
            )
        if not np.isfinite(result).all():
            raise ValueError(f"loss must return a finite number, got {result.item()}")
        return float(result.item())

    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        here = array[index]
        reach = s * max(1.0, abs(float(here)))
        try:
            array[index] = here + reach
            above, high = value(), float(array[index])
            array[index] = here - reach
            below, low = value(), float(array[index])
        finally:
            array[index] = here
        gradient[index] = (above - below) / (high - low)  # the nudge as it was rounded
    return gradient


def _takes_argument(loss: Callable[..., Any]) -> bool:
    try:
        kinds = [p.kind for p in inspect.signature(loss).parameters.values()]
    except ValueError:  # a built-in without a signature
        return True
    return any(kind is not inspect.Parameter.KEYWORD_ONLY for kind in kinds)
