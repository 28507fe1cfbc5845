"""What a pass is given, checked and turned inward: x and the states; on the way back, what a loss says."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .checks import Array, finite_array, numbers, shape_text
from .trace import Trace, inward


class Given(NamedTuple):
    """What a forward pass was given, checked and turned to (…, rows, B)."""

    x: Array
    starts: list[Array]  # h0, or h0 and c0
    lengths: Array | None
    single: bool


class Said(NamedTuple):
    """What a loss says of the states themselves, at the steps where it says anything; each (H, B)."""

    h: dict[int, Array]
    c: dict[int, Array]


def given_forward(net: Any, x: Any, starts: dict[str, Any], lengths: Any) -> Given:
    """Check what a forward pass was given."""
    x = numbers("x", x)
    single = x.ndim == 2
    if lengths is not None:
        if x.ndim != 3:
            raise ValueError(f"lengths needs x of shape (T, B, D), got x of shape {shape_text(x.shape)}")
        lengths = _checked_lengths(lengths, *x.shape[:2])
        x = np.where(past_end(lengths, len(x))[..., None], 0, x)  # padding may hold anything
    D = net.input_size
    x = finite_array("x", x, net.dtype, ("T", D) if single else ("T", "B", D))
    shape = (*x.shape[1:-1], net.hidden_size)
    states = [
        np.zeros(shape, net.dtype) if state is None else finite_array(name, state, net.dtype, shape)
        for name, state in starts.items()
    ]
    if not np.isfinite(net._vector).all():
        bad = next(name for name, value in net.params.items() if not np.isfinite(value).all())
        raise ValueError(f"{bad} must be finite before a forward pass, got NaN or infinity in it")
    return Given(inward(x, single), [inward(state, single) for state in states], lengths, single)


def said_back(net: Any, trace: Trace, says: dict[str, Any]) -> Said:
    """Check what the loss says of the states; give it step by step, whoever's step is the last."""
    if all(value is None for value in says.values()):
        names = " or ".join(", ".join(says).rsplit(", ", 1))
        raise TypeError(f"{names} must be given, for without them there is no loss; got None")
    T, lengths, single = len(trace.h), trace.lengths, trace._single
    past = None if lengths is None else past_end(lengths, T)
    like = {"dh": trace.h}
    checked: dict[str, Array] = {}
    for name, value in says.items():
        if value is not None:
            value = numbers(name, value)
            if name == "dh" and past is not None and value.shape == trace.h.shape:
                value = np.where(past[..., None], 0, value)  # padding may hold anything
            value = finite_array(name, value, net.dtype, like.get(name, trace.h_last).shape)
            checked[name] = inward(value, single)
    ends = {T - 1: None} if lengths is None else {int(n) - 1: lengths == n for n in np.unique(lengths)}
    said = Said({}, {})
    if "dh" in checked:
        dh = checked["dh"]
        said.h.update((int(t), dh[t]) for t in np.flatnonzero(dh.any(axis=(1, 2))))
    for last, at in (("dh_last", said.h), ("dc_last", said.c)):
        for t, columns in ends.items() if last in checked else ():
            value = checked[last] if columns is None else np.where(columns, checked[last], 0)
            at[t] = value + at[t] if t in at else value
    return said


def past_end(lengths: Any, T: int) -> Array:
    """Whether a sequence is over, (T, B)."""
    past: Array = np.arange(T)[:, None] >= lengths
    return past


def _checked_lengths(lengths: Any, T: int, B: int) -> Array:
    """Return the steps in each sequence: B whole numbers from 1 to T, or what a mask (T, B) says."""
    array = np.asarray(lengths)
    if array.dtype == bool:
        steps: Array = array.sum(0) if array.ndim else array
        if array.shape != (T, B) or not (array == (np.arange(T)[:, None] < steps)).all():
            raise ValueError(
                f"lengths as a mask must have shape {shape_text((T, B))} and be True up to each sequence's "
                f"end; got shape {shape_text(array.shape)}"
            )
        array = steps
    if array.dtype.kind not in "iu":
        raise TypeError(f"lengths must hold whole numbers or be a boolean mask, got dtype {array.dtype}")
    if array.shape != (B,) or (array < 1).any() or (array > T).any():
        raise ValueError(f"lengths must hold {B} whole numbers from 1 to T = {T}, got {array.tolist()}")
    return array.astype(np.intp)
