"""The simple recurrent network; arrays as in `lstm`, S (T+1, D+1+H, B) holding x_t; 1; h_{t−1}."""

from typing import Any

import numpy as np

from .checks import Array, generator, one_of, quiet, step_arguments
from .memory import Block
from .mends import keywords
from .network import Network, Parameter, flush, register, runs_backward
from .passes import Given, Said
from .trace import Trace


@quiet
def rnn_step(params: Any, x_t: Any, h_prev: Any) -> Array:
    """One time step of a simple RNN, h_t = tanh(W x_t + U h_{t−1} + b) (Elman 1990).

    `params`, an RNN or a mapping, holds W (H, D), U (H, H), b (H,) and perhaps ``activation``, "tanh" or
    "relu". The rest, and errors, as in `lstm_step`.
    """
    p, x_t, h_prev = step_arguments(params, "", x_t, h_prev=h_prev)

    a = x_t @ p.W.T + h_prev @ p.U.T + p.b
    h: Array = np.tanh(a) if p.activation == "tanh" else np.maximum(a, 0)
    return h


@register
class RNN(Network):
    """Simple recurrent network, h_t = tanh(W x_t + U h_{t−1} + b) (Elman 1990).

    Parameters
    ----------
    input_size, hidden_size : int
        D, the numbers a step reads, and H, the units; these, `seed` and `dtype` as for an `LSTM`.
    activation : "tanh" or "relu"
    recurrent_init : "uniform", "orthogonal" or "identity"
        How U starts: uniform in ±1/√H, as W does; a random rotation (Saxe et al. 2014); or the unit matrix,
        which with "relu" is the IRNN of Le, Jaitly & Hinton 2015.

    The parameters W (H, D), U (H, H) and b (H,) are there as an LSTM's are.
    """

    layers = ("",)
    W, U, b = Parameter(), Parameter(), Parameter()

    @keywords()
    def __init__(
        self, input_size: int, hidden_size: int, activation: str = "tanh", recurrent_init: str = "uniform",
        seed: "int | np.random.Generator" = 0, dtype: Any = np.float64,
    ) -> None:  # fmt: skip
        self.activation = one_of("activation", activation, ("tanh", "relu"))
        one_of("recurrent_init", recurrent_init, ("uniform", "orthogonal", "identity"))
        rng = generator("seed", seed)
        super().__init__(input_size, hidden_size, rng, dtype, activation=activation)
        if recurrent_init == "orthogonal":
            Q, R = np.linalg.qr(rng.normal(size=self.U.shape))
            self.U = Q * np.sign(np.diag(R))  # without the signs, not every rotation is as likely
        elif recurrent_init == "identity":
            self.U = np.eye(self.hidden_size)

    def run(self, given: Given, **held: Any) -> tuple[Block, Array, dict[str, Array]]:
        (T, D, B), H = given.x.shape, self.hidden_size
        block, root = self.memory.borrow("forward", (T + 1, D + 1 + H, B))
        (S,) = block.arrays
        h = S[:, D + 1 :]
        S[:T, :D], S[:, D], h[0] = given.x, 1, given.starts[0]
        P_dot, relu = self.P.dot, self.activation == "relu"
        for x1h, h_t in zip(S[:-1], h[1:], strict=True):
            P_dot(x1h, h_t)  # a = W x_t + b + U h_{t−1}
            np.maximum(h_t, 0, out=h_t) if relu else np.tanh(h_t, h_t)
        return block, root, {"x": S[:T, :D], "h": h[1:], "h0": h[0]}

    def run_back(self, trace: Trace, said: Said) -> tuple[Array, Array, dict[str, Array]]:
        (S,), (D, H) = trace._block.arrays, (self.input_size, self.hidden_size)
        T, B = len(S) - 1, S.shape[2]
        runs = runs_backward(T, H * B)
        block, root = self.memory.borrow("backward", (T + 1, H, B), (T, D, B), (len(runs[-1]), H, B))
        DH, DX, dA = block.arrays
        dhs, das = list(DH), list(dA)
        U_T, dvector, h = np.ascontiguousarray(self.U.T), np.zeros_like(self.vector), S[1:, D + 1 :]
        DH[T], DX[...] = 0, 0
        for run in runs:
            now, slope = slice(run.start, run.stop), dA[: len(run)]
            if self.activation == "tanh":
                np.multiply(h[now], h[now], slope)
                np.subtract(1, slope, slope)
            else:
                np.sign(h[now], slope)  # h ≥ 0: 1 where the unit is on
            for t in reversed(run):
                dh, da = dhs[t + 1], das[t - run.start]
                if t in said.h:
                    np.add(dh, said.h[t], dh)
                np.multiply(da, dh, da)
                U_T.dot(da, dhs[t])
                if t % 16 == 0:
                    flush(dhs[t])
            self.sum_run(run, slope, S, slice(None), dvector, DX if said.dx else None)
        return root, dvector, {"x": DX, "h": DH[1:], "h0": DH[0]}
