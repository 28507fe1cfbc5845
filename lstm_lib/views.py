"""The views that each step of the LSTM treats, made once for a block; the arrays are those of `lstm`."""

from typing import Any

from .checks import Array


def lines(S: Array, Z: Array, C: Array, *_: Array) -> Any:
    """Forward, as the lines of a step use them together; and f alone, for the way back."""
    (T, _, B), H = Z.shape, C.shape[1]
    a, oif, (tanh_c, g, o, i, f) = Z[:, H:], Z[:, 2 * H :], Z.reshape(T, 5, H, B).swapaxes(0, 1)
    x1h, h, i_g, f_c = S[:-1, : -2 * H], S[1:, -3 * H : -2 * H], S[1:, -2 * H : -H], S[1:, -H:]
    lines = (x1h, a, oif), (f, C[:-1], f_c), (i, g, i_g), (C[1:], tanh_c), (o, h)
    return list(zip(*(zip(*line, strict=True) for line in lines), strict=True)), list(f)


def lines_back(DH: Array, DC: Array, DX: Array, A: Array) -> Any:
    """Backward: dh, dc, the dh before, of each step; k, da_g, da_o, da_i, da_f, da, of each step of a run."""
    (n, _, B), H = A.shape, DH.shape[1]
    states, layers = zip(DH[1:], DC[1:], DH[:-1], strict=True), A.reshape(n, 5, H, B).swapaxes(0, 1)
    return list(states), list(zip(*layers, A[:, H:], strict=True))
