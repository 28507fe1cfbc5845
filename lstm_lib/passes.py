"""What a pass is given, checked and turned inward: x and the states; on the way back, what a loss says."""

from typing import Any, NamedTuple

import numpy as np

from .checks import Array, finite_array, numbers, shape_text
from .mends import of_lengths
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
    dx: bool  # whether ∂L/∂x is asked for


def given_forward(net: Any, x: Any, starts: dict[str, Any], lengths: Any) -> Given:
    """Check what a forward pass was given."""
    x = numbers("x", x)
    single = x.ndim == 2
    if lengths is not None:
        if x.ndim != 3:
            raise ValueError(f"lengths needs x of shape (T, B, D), got x of shape {shape_text(x.shape)}")
        lengths, (T, B) = np.asarray(lengths), x.shape[:2]
        if lengths.dtype.kind not in "iu":
            mend = of_lengths(lengths, T, B)
            raise TypeError(f"lengths must hold whole numbers, got dtype {lengths.dtype}{mend}")
        if lengths.shape != (B,) or (lengths < 1).any() or (lengths > T).any():
            came = f"{lengths.tolist()}{of_lengths(lengths, T, B)}"
            raise ValueError(f"lengths must hold {B} whole numbers from 1 to T = {T}, got {came}")
        lengths = lengths.astype(np.intp)
        x = np.where(past_end(lengths, len(x))[..., None], 0, x)  # padding may hold anything
    x = finite_array("x", x, net.dtype, (*("T", "B")[: 2 - single], net.input_size))
    shape = (*x.shape[1:-1], net.hidden_size)
    states = [
        np.zeros(shape, net.dtype) if state is None else finite_array(name, state, net.dtype, shape)
        for name, state in starts.items()
    ]
    if not np.isfinite(net._vector).all():
        bad = next((name for name, value in net.params.items() if not np.isfinite(value).all()), "P")
        raise ValueError(f"{bad} must be finite before a forward pass, got NaN or infinity in it")
    return Given(inward(x, single), [inward(state, single) for state in states], lengths, single)


def said_back(net: Any, trace: Trace, says: dict[str, Any], dx: bool) -> Said:
    """Check what the loss says of the states; give it step by step, whoever's step is the last."""
    T, lengths, said = len(trace.h), trace.lengths, Said({}, {}, dx)
    checked: dict[str, Array] = {}
    for name, value in says.items():
        if value is not None:
            value, like = numbers(name, value), trace.h if name == "dh" else trace.h_last
            if name == "dh" and lengths is not None and value.shape == like.shape:
                value = np.where(past_end(lengths, T)[..., None], 0, value)  # padding may hold anything
            checked[name] = inward(finite_array(name, value, net.dtype, like.shape), trace._single)
    if not checked:
        names = " or ".join(", ".join(says).rsplit(", ", 1))
        raise TypeError(f"{names} must be given, for without them there is no loss; got None")
    if "dh" in checked:
        dh = checked["dh"]
        said.h.update((int(t), dh[t]) for t in np.flatnonzero(dh.any(axis=(1, 2))))
    ends = {T - 1: None} if lengths is None else {int(n) - 1: lengths == n for n in np.unique(lengths)}
    for last, at in (("dh_last", said.h), ("dc_last", said.c)):
        for t, columns in ends.items() if last in checked else ():
            value = checked[last] if columns is None else np.where(columns, checked[last], 0)
            at[t] = value + at[t] if t in at else value
    return said


def past_end(lengths: Any, T: int) -> Array:
    """Whether a sequence is over, (T, B)."""
    past: Array = np.arange(T)[:, None] >= lengths
    return past
