"""One time step of each cell: the equations, in the notation of the book.

Shapes: x_t is (D,) or (B, D); h_prev and c_prev are (H,) or (B, H); W is (H, D), U is (H, H), b is (H,).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from .checks import Array, finite_array, numbers, one_of

GATES = ("f", "i", "g", "o")


def sigmoid(a: Any) -> Array:
    """Logistic function σ(a) = 1 / (1 + exp(−a)), exact in both tails and free of overflow.

    Parameters
    ----------
    a : array_like
        Pre-activations, of any shape; ±inf give the limits 1 and 0.

    Returns
    -------
    ndarray
        Values in [0, 1], of the shape of `a`.

    Raises
    ------
    ValueError
        If `a` holds a NaN.
    TypeError
        If `a` does not hold real numbers.
    """
    a = numbers("a", a)
    if np.isnan(a).any():
        raise ValueError("a must hold numbers, got NaN")
    e = np.exp(-np.abs(a))  # at most 1, whichever the sign of a
    y: Array = np.where(a >= 0, 1, e) / (1 + e)
    return y


def lstm_step(params: Any, x_t: Any, h_prev: Any, c_prev: Any) -> tuple[Array, Array]:
    """One time step of an LSTM, the six equations (Gers, Schmidhuber & Cummins 2000).

    Parameters
    ----------
    params : LSTM or mapping
        Holds W_f, W_i, W_g, W_o of shape (H, D), U_f … U_o of shape (H, H) and b_f … b_o of shape (H,).
    x_t : array_like, shape (D,) or (B, D)
        Input of this step.
    h_prev, c_prev : array_like, shape (H,) or (B, H)
        Hidden state and cell state of the step before.

    Returns
    -------
    h, c : ndarray
        The new hidden state and cell state, of the shape of `h_prev`.

    Raises
    ------
    ValueError, TypeError
        If a shape does not fit, a number is not finite, a parameter is missing.
    """
    p, x_t, h_prev, c_prev = _step_arguments(params, "figo", x_t, h_prev=h_prev, c_prev=c_prev)

    f = sigmoid(x_t @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)  # forget gate: how much of c_prev stays
    i = sigmoid(x_t @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)  # input gate: how much of g enters
    g = np.tanh(x_t @ p.W_g.T + h_prev @ p.U_g.T + p.b_g)  # candidate: what could enter
    o = sigmoid(x_t @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)  # output gate: how much of the state shows
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c


def rnn_step(params: Any, x_t: Any, h_prev: Any) -> Array:
    """One time step of a simple RNN, h_t = tanh(W x_t + U h_{t−1} + b) (Elman 1990).

    Parameters
    ----------
    params : RNN or mapping
        Holds W (H, D), U (H, H) and b (H,); ``activation`` "tanh" (when absent) or "relu".
    x_t : array_like, shape (D,) or (B, D)
        Input of this step.
    h_prev : array_like, shape (H,) or (B, H)
        Hidden state of the step before.

    Returns
    -------
    h : ndarray
        The new hidden state, of the shape of `h_prev`.

    Raises
    ------
    ValueError, TypeError
        If a shape does not fit, a number is not finite, a parameter is missing.
    """
    p, x_t, h_prev = _step_arguments(params, "", x_t, h_prev=h_prev)

    a = x_t @ p.W.T + h_prev @ p.U.T + p.b
    h: Array = np.tanh(a) if p.activation == "tanh" else np.maximum(a, 0)
    return h


def _step_arguments(params: Any, gates: str, x_t: Any, **states: Any) -> tuple[Any, ...]:
    """Check the arguments of a step; return the parameters as attributes, then x_t and the states."""
    if not getattr(params, "_plain", True):
        raise ValueError(f"params must be a plain LSTM, without variants; got {params!r}")
    names = [f"{letter}_{gate}" for gate in gates for letter in "WUb"] or ["W", "U", "b"]
    if isinstance(params, Mapping):
        held = dict(params)
    else:
        held = {name: getattr(params, name) for name in (*names, "activation") if hasattr(params, name)}
    if absent := [name for name in names if name not in held]:
        raise ValueError(f"params must hold {', '.join(names)}; missing: {', '.join(absent)}")

    p = SimpleNamespace()
    H, D = finite_array(names[0], held[names[0]], shape=("H", "D")).shape
    for name in names:
        shape = {"W": (H, D), "U": (H, H), "b": (H,)}[name[0]]
        setattr(p, name, finite_array(name, held[name], shape=shape))
    p.activation = one_of("activation", held.get("activation", "tanh"), ("tanh", "relu"))

    x_t = numbers("x_t", x_t)
    batch = x_t.shape[:-1] if x_t.ndim == 2 else ()
    x_t = finite_array("x_t", x_t, shape=(*batch, D))
    return p, x_t, *(finite_array(name, state, shape=(*batch, H)) for name, state in states.items())
