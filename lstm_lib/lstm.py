"""The LSTM over whole sequences: forward to a trace, backward to gradients.

T steps, B sequences, D inputs, H cells; features on the rows, the batch on the columns, time on axis 0.

P   (4H, D+1+H)       [W b U] of the layers g, o, i, f: one product with [x; 1; h] makes all pre-activations a
S   (T+1, D+1+3H, B)  row t: x_t; 1; h_{t−1}; and of step t − 1: i ⊙ g; f ⊙ c_prev
Z   (T, 5H, B)        tanh(c_t); g; o; i; f
C   (T+1, H, B)       c_{t−1}
DH  (T+1, H, B)       ∂L/∂h_{t−1};  DC the same for c
DX  (T, D, B)         ∂L/∂x_t
A   (n, 5H, B)        of a run of n steps: k = ∂h/∂c; of g, o, i, f first ∂c/∂a or ∂h/∂a, then da = ∂L/∂a

Neighbours there are treated by one call. σ(a) = ½ tanh(½ a) + ½, so that one tanh serves all four layers.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import variants, views
from .checks import Array, forget_bias_start, generator
from .memory import Block
from .mends import keywords
from .network import Network, Parameter, flush, register, runs_backward
from .passes import Given, Said
from .trace import Gradients, Trace

tanh, add, subtract, multiply = np.tanh, np.add, np.subtract, np.multiply  # a step is short: a lookup shows


@register
class LSTM(Network):
    """Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000).

    Each step computes the six equations of `lstm_step`, or a `variants.Variant` of them.

    Parameters
    ----------
    input_size, hidden_size : int
        D, the numbers a step reads, and H, the cells; at least 1.
    forget_bias : float or "chrono"
        Where b_f starts; the other biases start at 0. "chrono" draws b_f = log u with u uniform in
        [1, t_max − 1], and b_i = −b_f: memory horizons up to `t_max` steps (Tallec & Ollivier 2018).
    seed : int or numpy.random.Generator
        W, U (and peepholes) start uniform in ±1/√H.
    dtype : float32 or float64
    t_max : int, optional
        The longest dependency expected, in steps, at least 3; for forget_bias="chrono" alone.
    **variant : bool
        peepholes, forget_gate, input_gate, output_gate, coupled, input_activation, output_activation.

    The parameters W_f … W_o (H, D), U_f … U_o (H, H), b_f … b_o (H,), with peepholes p_f, p_i, p_o (H,), are
    there to read and to write; so are `params`, the same by name, and `vector`, the same in one array.
    """

    layers, rows, states, infinity_stays = ("f", "i", "g", "o"), ("g", "o", "i", "f"), ("h", "c"), True
    W_f, W_i, W_g, W_o = Parameter(), Parameter(), Parameter(), Parameter()
    U_f, U_i, U_g, U_o = Parameter(), Parameter(), Parameter(), Parameter()
    b_f, b_i, b_g, b_o = Parameter(), Parameter(), Parameter(), Parameter()
    p_f, p_i, p_o = Parameter(), Parameter(), Parameter()

    @keywords(variants.Variant)
    def __init__(
        self, input_size: int, hidden_size: int, forget_bias: float | str = 1.0,
        seed: "int | np.random.Generator" = 0, dtype: Any = np.float64, *, t_max: int | None = None,
        **variant: bool,
    ) -> None:  # fmt: skip
        v = self.variant = variants.Variant(**variant)
        self.absent = v.without + "i" * v.coupled
        self.peeping = "".join(gate for gate in "fio" if v.peepholes and gate not in self.absent)
        self.plain = not v.unusual()  # the six equations as they stand
        rng = generator("seed", seed)
        super().__init__(input_size, hidden_size, rng, dtype, **v.unusual())
        start = forget_bias_start(forget_bias, t_max, self.hidden_size, rng)
        if "b_f" in self.params:
            self.b_f = start
        if "b_i" in self.params and forget_bias == "chrono":
            self.b_i = -start

    @keywords()
    def forward(
        self, x: Any, h0: Any = None, c0: Any = None, *, lengths: Any = None,
        clamp: dict[str, Any] | None = None, scale: dict[str, Any] | None = None,
    ) -> Trace:  # fmt: skip
        """Run over whole sequences and keep every gate.

        Parameters
        ----------
        x : array_like, shape (T, B, D), or (T, D) for a single sequence
        h0, c0 : array_like, shape (B, H) or (H,), optional
            The states before the first step; zero when left out.
        lengths : array_like of int, shape (B,), optional
            Steps in each sequence. Past its end, x is not read.
        clamp, scale : dict, optional
            Hold a gate, {"f": 0.5}, or multiply it, {"o": 0.0}; a value broadcasts to (T, B, H) or (T, H).
            Where `clamp` is NaN, the gate is left alone; a clamped gate is not scaled.
        """
        held = {name: value for name, value in (("scale", scale), ("clamp", clamp)) if value is not None}
        return self._forward(x, {"h0": h0, "c0": c0}, lengths, **held)

    def run(self, given: Given, **held: Any) -> tuple[Block, Array, dict[str, Array]]:
        (T, D, B), H, plain = given.x.shape, self.hidden_size, self.plain and not held
        shapes = (T + 1, D + 1 + 3 * H, B), (T, 5 * H, B), (T + 1, H, B), (T, 4, H, B)
        block, root = self.memory.borrow("forward", *shapes[: 4 - plain], steps=views.lines)
        S, Z, C = block.arrays[:3]
        x, h = S[:T, :D], S[:, D + 1 : D + 1 + H]
        x[...], S[:, D], h[0], C[0] = given.x, 1, *given.starts
        self._walk(block) if plain else variants.walk(self, block, given.single, held)
        tanh_c, g, o, i, f = Z.reshape(T, 5, H, B).swapaxes(0, 1)
        shows = {"x": x, "f": f, "i": i, "g": g, "o": o, "c": C[1:], "h": h[1:], "tanh_c": tanh_c}
        return block, root, shows | {"h0": h[0], "c0": C[0]}

    def _walk(self, block: Block) -> None:
        P, H, half = self.P.copy(), self.hidden_size, self.dtype.type(0.5)
        P[H:], P_dot = P[H:] * half, P.dot
        for (x1h, a, oif), (f, c_prev, f_c), (i, g, i_g), (c, tanh_c), (o, h) in block.steps[0]:
            P_dot(x1h, a)  # a = W x_t + b + U h_{t−1}, all four layers; ½ a for the gates
            tanh(a, a)
            multiply(oif, half, oif)
            add(oif, half, oif)
            multiply(f, c_prev, f_c)
            multiply(i, g, i_g)
            add(f_c, i_g, c)  # c_t = f ⊙ c_{t−1} + i ⊙ g
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)  # h_t = o ⊙ tanh(c_t)

    def backward(
        self, trace: Trace, dh: Any = None, *, dh_last: Any = None, dc_last: Any = None, dx: bool = True
    ) -> Gradients:
        """Backpropagation through time, the full gradient (Graves & Schmidhuber 2005).

        A gradient that has vanished below a million times the smallest normal number of the dtype (1e-32 in
        float32, 2e-302 in float64) reads 0 a few steps further on.

        Parameters
        ----------
        trace : Trace
            What `forward` returned; the parameters must not have changed since.
        dh : array_like, shape of trace.h, optional
            What the loss says of each h_t itself, the steps that follow left out; not read past an end.
        dh_last, dc_last : array_like, shape of trace.h_last, optional
            What it says of the last h and c, on top of `dh`. One of the three must be given.
        dx : bool
            Whether to give ∂L/∂x too; training does without.
        """
        return self._backward(trace, {"dh": dh, "dh_last": dh_last, "dc_last": dc_last}, dx)

    def run_back(self, trace: Trace, said: Said) -> tuple[Array, Array, dict[str, Array]]:
        S, Z, _, *slopes = trace._block.arrays
        (T, _, B), (D, H) = Z.shape, (self.input_size, self.hidden_size)
        runs, dvector = runs_backward(T, 4 * H * B), np.zeros_like(self.vector)
        shapes = (T + 1, H, B), (T + 1, H, B), (T, D, B), (len(runs[-1]), 5 * H, B)
        block, root = self.memory.borrow("backward", *shapes, steps=views.lines_back)
        DH, DC, DX, A = block.arrays
        DH[T], DC[0], DX[...] = 0, 0, 0
        walk = variants.walk_back if slopes else LSTM._walk_back
        for run in walk(self, trace, said, block, dvector, runs):
            self.sum_run(run, A[: len(run), H:], S, slice(None), dvector, DX if said.dx else None)
        return root, dvector, {"x": DX, "h": DH[1:], "c": DC[1:], "h0": DH[0], "c0": DC[0]}

    def _walk_back(
        self, trace: Trace, said: Said, block: Block, dvector: Array, runs: list[range]
    ) -> Iterator[range]:
        """Put the da of each run into A."""
        (S, Z, _), f_of = trace._block.arrays, trace._block.steps[1]
        (_, DC, _, A), (states, factors), (dh_said, dc_said, _) = block.arrays, block.steps, said
        D, H, dc_next = self.input_size, self.hidden_size, DC[0]  # f_{t+1} ⊙ ∂L/∂c_{t+1}
        U_T_dot, one = np.ascontiguousarray(self.P[:, D + 1 :].T).dot, self.dtype.type(1)
        tanh_g, o_i, oif, made = Z[:, : 2 * H], Z[:, 2 * H : 4 * H], Z[:, 2 * H :], S[1:, D + 1 :]

        for run in runs:
            now, kg, w = slice(run.start, run.stop), A[: len(run), : 2 * H], A[: len(run), 2 * H :]
            # what does not wait for dh and dc, for the whole run at once
            multiply(made[now, : 2 * H], tanh_g[now], kg)
            subtract(o_i[now], kg, kg)  # k = o − h tanh(c);  i − (i g) g = i (1 − g²)
            subtract(one, oif[now], w)
            multiply(w, made[now], w)  # (1 − o) h;  (1 − i) i g;  (1 − f) f c_{t−1}
            for t in reversed(run):
                (dh, dc, dh_prev), (k, da_g, da_o, da_i, da_f, da) = states[t], factors[t - run.start]
                if t in dh_said:
                    add(dh, dh_said[t], dh)
                if t in dc_said:
                    add(dc_next, dc_said[t], dc_next)
                multiply(k, dh, k)
                add(dc_next, k, dc)  # dc_t = f_{t+1} dc_{t+1} + ∂h/∂c dh_t
                multiply(da_o, dh, da_o)  # da_o = dh (1 − o) o tanh(c), for h = o tanh(c)
                multiply(da_g, dc, da_g)  # da_g = dc i (1 − g²)
                multiply(da_i, dc, da_i)  # da_i = dc g i (1 − i)
                multiply(da_f, dc, da_f)  # da_f = dc c_{t−1} f (1 − f)
                multiply(f_of[t], dc, dc_next)
                U_T_dot(da, dh_prev)  # dh_{t−1} = Uᵀ da, all four layers
                if t % 16 == 0:
                    flush(dh_prev, dc_next)  # or subnormal numbers, ten times as slow, would fill them
            yield run
