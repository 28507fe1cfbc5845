"""One time step of an LSTM: the equations, in the notation of the book.

Shapes: x_t is (D,) or (B, D); h_prev and c_prev are (H,) or (B, H); W is (H, D), U is (H, H), b is (H,).
"""

from typing import Any

import numpy as np

from .checks import Array, numbers, quiet, step_arguments


@quiet
def sigmoid(a: Any) -> Array:
    """Logistic function σ(a) = 1 / (1 + exp(−a)), exact in both tails and free of overflow.

    `a` may have any shape; ±inf give the limits 1 and 0, and NaN raises ValueError.
    """
    a = numbers("a", a)
    if np.isnan(a).any():
        raise ValueError("a must hold numbers, got NaN")
    a = a if a.dtype.kind == "f" else a.astype(float)  # −a of an unsigned number is another one
    e = np.exp(-np.abs(a))  # at most 1, whichever the sign of a
    y: Array = np.where(a >= 0, 1, e) / (1 + e)
    return y


@quiet
def lstm_step(params: Any, x_t: Any, h_prev: Any, c_prev: Any) -> tuple[Array, Array]:
    """One time step of an LSTM to the new h and c: the six equations (Gers, Schmidhuber & Cummins 2000).

    A missing parameter, a wrong shape, a number that is not finite: ValueError or TypeError.

    Parameters
    ----------
    params : LSTM or mapping
        Holds W_f, W_i, W_g, W_o of shape (H, D), U_f … U_o of shape (H, H) and b_f … b_o of shape (H,).
    x_t, h_prev, c_prev : array_like, shapes (D,), (H,), (H,), or with B before
        Input of this step; hidden state and cell state of the step before.
    """
    p, x_t, h_prev, c_prev = step_arguments(params, "figo", x_t, h_prev=h_prev, c_prev=c_prev)

    f = sigmoid(x_t @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)  # forget gate: how much of c_prev stays
    i = sigmoid(x_t @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)  # input gate: how much of g enters
    g = np.tanh(x_t @ p.W_g.T + h_prev @ p.U_g.T + p.b_g)  # candidate: what could enter
    o = sigmoid(x_t @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)  # output gate: how much of the state shows
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c
