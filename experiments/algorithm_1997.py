"""The algorithm of Hochreiter & Schmidhuber 1997, "Long Short-Term Memory", in NumPy.

Memory blocks of cells that share an input gate and an output gate; no forget gate; a gradient that is cut
everywhere but in the constant error carousel; the weights changed after each sequence. Letters are those of
the paper's appendix: s the internal states, y what a unit gives, net what it receives, delta the errors.

This is the version to read; `kernel_1997` says the same in compiled loops, and trains. What has come since
can be switched on, one thing at a time: batches, the full gradient, a forget gate, softmax outputs with the
cross-entropy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_lib.losses import softmax


def sigmoid(a: np.ndarray) -> np.ndarray:
    """The logistic function f of the paper, from 0 to 1, of gates and output units."""
    return 0.5 * np.tanh(0.5 * a) + 0.5


@dataclass
class Activity:
    """What all units did in a pass, each (T, B, units)."""

    x: np.ndarray
    y: np.ndarray  # gates and cells, as the other units see them
    g: (
        np.ndarray
    )  # the squashed input of each cell, 4 sigmoid − 2 in the paper; (T, B, blocks, cells), like s and h
    s: np.ndarray  # internal states
    h: np.ndarray  # the squashed states, 2 sigmoid − 1 in the paper
    out: np.ndarray  # output units at the steps asked for, (T or 1, B, K)
    ends: np.ndarray | None  # the last step of each sequence, (B,); None: asked at every step


class Network1997:
    """Memory blocks between inputs and output units.

    Parameters
    ----------
    inputs, blocks, cells, outputs : int
        D; memory blocks; cells in each; K.
    reach : float
        Weights, and biases that are not given, start uniform in ±reach.
    input_bias, output_bias : sequence of float, optional
        Where the biases of the input gates and of the output gates start, one a block.
    biased : str
        Who has a bias: "all" units, "hidden" ones (gates and cells), the "gates", or "none".
    forget_bias : float or "chrono", optional
        Gives each block a forget gate, whose bias starts there (Gers, Schmidhuber & Cummins 2000); "chrono"
        draws it from log U[1, t_max − 1] and starts the input gate's at minus that (Tallec & Ollivier 2018).
        1997 had none.
    softmax : bool
        Probabilities as outputs, and the cross-entropy as what is made small.
    seed : int
    t_max : int
        For "chrono".
    g_most, h_most : float
        g gives numbers from −g_most to g_most, h from −h_most to h_most.
    """

    def __init__(
        self,
        inputs: int,
        blocks: int,
        cells: int,
        outputs: int,
        *,
        reach: float = 0.1,
        input_bias=None,
        output_bias=None,
        biased: str = "all",
        forget_bias: float | str | None = None,
        softmax: bool = False,
        seed: int = 0,
        t_max: int = 100,
        g_most: float = 2.0,
        h_most: float = 1.0,
    ) -> None:
        rng = np.random.default_rng(seed)
        gates = blocks * (2 if forget_bias is None else 3)
        self.D, self.K = inputs, outputs
        self.blocks, self.cells, self.C = blocks, cells, blocks * cells
        self.n = gates + self.C
        # which units are which: input gates, output gates, perhaps forget gates, cells
        self.in_, self.out_ = slice(0, blocks), slice(blocks, 2 * blocks)
        self.forget_ = None if forget_bias is None else slice(2 * blocks, 3 * blocks)
        self.cell_ = slice(gates, self.n)
        self.has_bias = np.zeros(self.n)
        self.has_bias[: {"all": self.n, "hidden": self.n, "gates": gates, "none": 0}[biased]] = 1
        self.has_output_bias = biased == "all"
        self.softmax, self.g_most, self.h_most = softmax, g_most, h_most
        # Gates and cells see the inputs (W), and each other one step ago (U); the output units see cells (V).
        self.W = rng.uniform(-reach, reach, (self.n, inputs))
        self.U = rng.uniform(-reach, reach, (self.n, self.n))
        self.b = rng.uniform(-reach, reach, self.n) * self.has_bias
        self.V = rng.uniform(-reach, reach, (outputs, self.C))
        self.c = rng.uniform(-reach, reach, outputs) * self.has_output_bias
        if input_bias is not None:
            self.b[self.in_] = input_bias
        if output_bias is not None:
            self.b[self.out_] = output_bias
        if forget_bias == "chrono":
            self.b[self.forget_] = np.log(rng.uniform(1, t_max - 1, blocks))
            self.b[self.in_] = -self.b[self.forget_]
        elif forget_bias is not None:
            self.b[self.forget_] = forget_bias

    @property
    def weights(self) -> int:
        """Weights, counted as the paper counts them."""
        hidden = self.n * (self.D + self.n) + int(self.has_bias.sum())
        return hidden + self.K * self.C + self.K * self.has_output_bias

    @property
    def parameters(self) -> list[np.ndarray]:
        """All weights and biases, live."""
        return [self.W, self.U, self.b, self.V, self.c]

    def by_block(self, units: np.ndarray) -> np.ndarray:
        """From (…, cells of all blocks) to (…, blocks, cells of each)."""
        return units.reshape(*units.shape[:-1], self.blocks, self.cells)

    def forward(self, x: np.ndarray, ends: np.ndarray | None = None) -> Activity:
        """Read sequences from a state of zero.

        Parameters
        ----------
        x : ndarray, shape (T, B, D)
        ends : ndarray of int, shape (B,), optional
            The last step of each sequence, where the answer is given; at every step when left out.
        """
        T, B, _ = x.shape
        y = np.zeros((T, B, self.n))
        g, s, h = np.zeros((3, T, B, self.blocks, self.cells))
        before, state = np.zeros((B, self.n)), np.zeros((B, self.blocks, self.cells))
        for t in range(T):
            now = y[t]
            now[...] = sigmoid(x[t] @ self.W.T + before @ self.U.T + self.b)
            g[t] = self.g_most * (2 * self.by_block(now[:, self.cell_]) - 1)
            if self.forget_ is not None:
                state = now[:, self.forget_, None] * state
            s[t] = state = state + now[:, self.in_, None] * g[t]
            h[t] = self.h_most * (2 * sigmoid(state) - 1)
            now[:, self.cell_] = (now[:, self.out_, None] * h[t]).reshape(B, self.C)
            before = now
        seen = y[..., self.cell_]
        if ends is not None:
            seen = seen[ends, np.arange(B)][None]
        net = seen @ self.V.T + self.c
        return Activity(x, y, g, s, h, softmax(net) if self.softmax else sigmoid(net), ends)

    def gradients(self, did: Activity, target: np.ndarray, full: bool = False) -> list[np.ndarray]:
        """Gradient of ½ Σ (target − out)², summed over steps and outputs, the mean over the B sequences.

        With `softmax` that of −Σ target · log out.

        Parameters
        ----------
        did : Activity
        target : ndarray, like `did.out`
        full : bool
            Also through what gates and cells read of each other one step ago. The paper cuts these ways.

        Returns
        -------
        list of ndarray
            Like `parameters`.
        """
        T, B, _ = did.x.shape
        delta_k = did.out - target  # of the output units; with softmax that is all
        if not self.softmax:
            delta_k = delta_k * did.out * (1 - did.out)
        delta_k = delta_k / B
        seen, e = did.y[..., self.cell_], delta_k @ self.V  # e: what the output units say to the cells
        if did.ends is not None:
            at = did.ends, np.arange(B)
            seen, last = seen[at][None], e[0]
            e = np.zeros((T, B, self.C))
            e[at] = last
        delta = (self._delta_full if full else self._delta)(did, e)
        y_before = np.zeros_like(did.y)
        y_before[1:] = did.y[:-1]
        dW, dU = (np.einsum("tbi,tbj->ij", delta, read) for read in (did.x, y_before))
        dV = np.einsum("tbk,tbc->kc", delta_k, seen)
        db, dc = delta.sum((0, 1)) * self.has_bias, delta_k.sum((0, 1)) * self.has_output_bias
        return [dW, dU, db, dV, dc]

    def _parts(self, did: Activity) -> tuple[np.ndarray, ...]:
        """Each factor that does not depend on the error, by block, (T, B, blocks, cells or 1)."""
        y_in, y_out = did.y[..., self.in_, None], did.y[..., self.out_, None]
        g, h = did.g, did.h
        return (
            y_in * (1 - y_in) * g,  # ds/dnet of the input gate: f′ g
            y_in * 0.5 * (self.g_most - g**2 / self.g_most),  # ds/dnet of the cell: y_in g′
            y_out * (1 - y_out) * h,  # dy/dnet of the output gate: f′ h
            y_out * 0.5 * (self.h_most - h**2 / self.h_most),  # dy/ds: y_out h′
        )

    def _delta(self, did: Activity, e: np.ndarray) -> np.ndarray:
        """Errors of all units with the truncated gradient (the paper's appendix A.1).

        The paper keeps ds/dw for each weight, a sum over all steps so far, since the state's weight to itself
        is 1: ds(t)/dw = ds(t − 1)/dw + (what this step adds). The error then multiplies it. Summed the other
        way round, the error of a state goes back unchanged to all steps before: the constant error carousel.
        """
        by_in, by_cell, by_out, by_s = self._parts(did)
        e = self.by_block(e)
        delta = np.empty_like(did.y)
        delta[..., self.out_] = (e * by_out).sum(-1)
        carried = e * by_s
        for t in range(len(e) - 2, -1, -1):
            keep = 1 if self.forget_ is None else did.y[t + 1, :, self.forget_, None]
            carried[t] += keep * carried[t + 1]
        if self.forget_ is not None:
            delta[..., self.forget_] = (carried * self._by_forget(did)).sum(-1)
        delta[..., self.in_] = (carried * by_in).sum(-1)
        delta[..., self.cell_] = (carried * by_cell).reshape(*did.y.shape[:2], self.C)
        return delta

    def _by_forget(self, did: Activity) -> np.ndarray:
        """ds/dnet of the forget gates: f′ times the state before."""
        y, s_before = did.y[..., self.forget_, None], np.zeros_like(did.s)
        s_before[1:] = did.s[:-1]
        return y * (1 - y) * s_before

    def _delta_full(self, did: Activity, e: np.ndarray) -> np.ndarray:
        """Errors of all units by backpropagation through time, no way left out."""
        T, B, n = did.y.shape
        by_in, by_cell, by_out, by_s = self._parts(did)
        by_forget = None if self.forget_ is None else self._by_forget(did)
        e, slope, gates = self.by_block(e), did.y * (1 - did.y), self.cell_.start
        delta, later = np.zeros_like(did.y), np.zeros((B, n))
        state = np.zeros((B, self.blocks, self.cells))
        for t in range(T - 1, -1, -1):
            to_y = later @ self.U  # from all who read y(t) at t + 1
            to_cell = self.by_block(to_y[:, self.cell_]) + e[t]
            if self.forget_ is not None and t < T - 1:
                state = state * did.y[t + 1, :, self.forget_, None]
            state = state + to_cell * by_s[t]
            later = delta[t]
            later[:, :gates] = (to_y * slope[t])[:, :gates]  # the gates, which the others see as well
            later[:, self.in_] += (state * by_in[t]).sum(-1)
            later[:, self.out_] += (to_cell * by_out[t]).sum(-1)
            if by_forget is not None:
                later[:, self.forget_] += (state * by_forget[t]).sum(-1)
            later[:, self.cell_] = (state * by_cell[t]).reshape(B, self.C)
        return delta


def as_targets(target: np.ndarray, K: int) -> np.ndarray:
    """Numbers for the output units: classes become one-hot."""
    return np.eye(K)[target] if target.dtype.kind in "iu" else target
