"""What training makes small: a number, and its gradient for every answer."""

from typing import Any, Protocol

import numpy as np

from .checks import Array, finite_array, numbers, quiet, shape_text
from .mends import kind_of, of_target
from .trace import Trace


class Loss(Protocol):
    """A loss: of the answers y (…, K), the target, and which answers count (…,), or None if all do.

    One with an attribute `classes` says with it what its targets are: classes, shape (…,), if True, else
    numbers, (…, K). Without, the shape of a target has to tell.
    """

    def __call__(self, y: Array, target: Array, counted: Array | None) -> tuple[float, Array]:
        """Give the loss and ∂loss/∂y."""


@quiet
def squared_error(y: Any, target: Any, counted: Any = None) -> tuple[float, Array]:
    """Mean of (y − target)², over all numbers that count; and ∂loss/∂y, shape (…, K).

    Parameters
    ----------
    y, target : array_like, shape (…, K)
        What the model answers and what it should.
    counted : array_like of bool, shape (…,), optional
        The answers that count; all when left out. What stands in the others is not read.
    """
    y, target, count, mask = _asked(y, target, counted, classes=False)
    error = y - finite_array("target", target, y.dtype)
    if mask is not None:
        error = np.where(mask[..., None], error, 0)
    n = y.shape[-1] * count
    return float(np.vdot(error, error)) / n, error * y.dtype.type(2 / n)


@quiet
def cross_entropy(y: Any, target: Any, counted: Any = None) -> tuple[float, Array]:
    """Mean of −log softmax(y)[target], in nats, over all answers that count; and ∂loss/∂y, shape (…, K).

    Parameters
    ----------
    y : array_like, shape (…, K)
        A score for each class.
    target : array_like of int, shape (…,)
        The right class, from 0 to K − 1.
    counted : array_like of bool, shape (…,), optional
        As in `squared_error`.
    """
    y, target, count, mask = _asked(y, target, counted, classes=True)
    if target.min() < 0 or target.max() >= y.shape[-1]:
        K, least, most = y.shape[-1], int(target.min()), int(target.max())
        fits = f"output_size={most + 1} fits" if least >= 0 else "give lengths where you filled up"
        mend = "they count from 0: target - 1" if (least, most) == (1, K) else fits
        raise ValueError(f"target must hold classes from 0 to {K - 1}, got {least} to {most}; {mend}")
    above = y - y.max(-1, keepdims=True)  # exp cannot overflow
    log_p = above - np.log(np.exp(above).sum(-1, keepdims=True))
    right = np.take_along_axis(log_p, target[..., None], -1)[..., 0]
    weight = np.full(target.shape, 1 / count, y.dtype) if mask is None else mask.astype(y.dtype) / count
    dy = np.exp(log_p)
    np.put_along_axis(dy, target[..., None], np.exp(right)[..., None] - 1, -1)
    counting = right if mask is None else np.where(mask, right, 0)  # −∞ where nobody looks times 0 is NaN
    return -float((weight * counting).sum()), dy * weight[..., None]


setattr(squared_error, "classes", False)  # noqa: B010
setattr(cross_entropy, "classes", True)  # noqa: B010


def asks_every_step(loss: Any, target: tuple[int, ...], K: int, trace: Trace) -> bool:
    """Whether a target asks at every step: the loss says what it holds, or else its shape does."""
    classes = getattr(loss, "classes", None)
    if classes is not None:
        (T, *B), every_step = trace.h.shape[:-1], len(target) == trace.h.ndim - classes
        if not every_step and B and target[:1] == (T,) != tuple(B):
            raise ValueError(
                f"target must hold an answer for each of {B[0]} sequences, got {T}, one for each step; "
                "time comes first in x: np.swapaxes(x, 0, 1)"
            )
        return bool(every_step)
    steps, end = trace.h.shape[:-1], trace.h_last.shape[:-1]
    fits = [every_step for every_step, lead in ((True, steps), (False, end)) if target in (lead, (*lead, K))]
    if len(fits) != 1:
        raise ValueError(
            f"target must have one of the shapes {(*steps, K)}, {(*end, K)} for numbers or {steps}, {end} "
            f"for classes, got {target}" + "; to tell them apart, set loss.classes" * bool(fits)
        )
    return fits[0]


def judged(loss: Any, y: Array, target: Array, counted: Array | None) -> tuple[float, Array]:
    """What a loss gives, which is a number and its gradient for y."""
    given = loss(y, target, counted)
    if not (isinstance(given, tuple) and len(given) == 2 and np.shape(given[1]) == y.shape):
        raise TypeError(
            f"loss must return a number and its gradient for y, of shape {y.shape}, got {kind_of(given)}; "
            "squared_error is one to go by: return value, gradient"
        )
    return given[0], given[1]


def _asked(y: Any, target: Any, counted: Any, classes: bool) -> tuple[Array, Array, int, Array | None]:
    """The answers; the target, 0 where it does not count; how many answers count, and which, if not all."""
    y, target = finite_array("y", y), numbers("target", target)
    if not (y.ndim and y.size):
        raise ValueError(f"y must have shape (…, K), with an answer at least, got {shape_text(y.shape)}")
    if classes and target.dtype.kind not in "iu":
        mend = of_target(target.shape, y.shape[:-1], y.shape[-1], True) or "; target.astype(int)"
        raise TypeError(f"target must hold classes, whole numbers, got dtype {target.dtype}{mend}")
    if target.shape != (shape := y.shape[: y.ndim - classes]):
        kind = "a class for each answer" if classes else "that of the answers"
        mend = of_target(target.shape, shape, y.shape[-1], classes)
        raise ValueError(f"target must have shape {shape}, {kind}, got {target.shape}{mend}")
    if counted is None:
        return y, target, y.size // y.shape[-1], None
    mask = np.asarray(counted)
    if mask.dtype != bool or mask.shape != y.shape[:-1]:
        raise ValueError(
            f"counted must hold True or False, shape {y.shape[:-1]}, got {mask.dtype}, {mask.shape}"
        )
    if not mask.any():
        raise ValueError("counted must be True for at least one answer, got none")
    return y, np.where(mask if classes else mask[..., None], target, 0), int(np.count_nonzero(mask)), mask


@quiet
def softmax(y: Any) -> Array:
    """Turn scores, shape (…, K), into probabilities that sum to 1 along the last axis."""
    y = finite_array("y", y)
    e = np.exp(y - y.max(-1, keepdims=True))
    p: Array = e / e.sum(-1, keepdims=True)
    return p
