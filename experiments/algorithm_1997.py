"""The algorithm of Hochreiter & Schmidhuber 1997, "Long Short-Term Memory", in NumPy.

Memory blocks of cells that share an input gate and an output gate; no forget gate; a gradient that is cut
everywhere but in the constant error carousel; the weights changed after each sequence. Letters are those of
the paper's appendix: s the internal states, y what a unit gives, net what it receives, delta the errors.

Several trials run at once, on the leading axis: R trials, T steps, B sequences (1 in the paper), then units.
What has come since can be switched on, one thing at a time: batches, Adam, the full gradient, a forget gate,
softmax outputs with the cross-entropy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_lib.tasks import Batch
from lstm_lib.train import Adam, softmax


def sigmoid(a: np.ndarray) -> np.ndarray:
    """The logistic function f of the paper, from 0 to 1, of gates and output units."""
    return 0.5 * np.tanh(0.5 * a) + 0.5


class Trials(Adam):
    """Adam for many trials at once, of which some are done before the others."""

    def keep(self, rows: Any) -> None:
        """Go on with some rows of each parameter, in new arrays."""
        self._moments = [[array[rows] for array in moments] for moments in self._moments]
        self._parameters = []


@dataclass
class Activity:
    """What all units did in a pass, each (R, T, B, units)."""

    x: np.ndarray
    y: np.ndarray  # gates and cells, as the other units see them
    g: np.ndarray  # the squashed input of each cell, 4 sigmoid − 2; (R, T, B, blocks, cells), like s and h
    s: np.ndarray  # internal states
    h: np.ndarray  # the squashed states, 2 sigmoid − 1
    out: np.ndarray  # output units at the steps asked for, (R, T or 1, B, K)
    ends: np.ndarray | None  # the last step of each sequence, (R, B); None: asked at every step


class Network1997:
    """R networks of memory blocks, one a trial.

    Parameters
    ----------
    inputs, blocks, cells, outputs : int
        D; memory blocks; cells in each; K.
    trials : int
        R.
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
    """

    def __init__(
        self, inputs, blocks, cells, outputs, trials=10, *, reach=0.1, input_bias=None, output_bias=None,
        biased="all", forget_bias=None, softmax=False, seed=0, t_max=100,
    ):  # fmt: skip
        rng = np.random.default_rng(seed)
        self.D, self.K, self.blocks, self.cells, self.R = inputs, outputs, blocks, cells, trials
        gates = blocks * (2 if forget_bias is None else 3)
        self.C = blocks * cells
        self.n = gates + self.C
        # which units are which: input gates, output gates, perhaps forget gates, cells
        self.in_, self.out_ = slice(0, blocks), slice(blocks, 2 * blocks)
        self.forget_ = None if forget_bias is None else slice(2 * blocks, 3 * blocks)
        self.cell_ = slice(gates, self.n)
        self.has_bias = np.zeros(self.n)
        self.has_bias[: {"all": self.n, "hidden": self.n, "gates": gates, "none": 0}[biased]] = 1
        self.has_output_bias = biased == "all"
        self.softmax = softmax
        # Gates and cells see the inputs (W), and each other one step ago (U); the output units see cells (V).
        self.W = rng.uniform(-reach, reach, (trials, self.n, inputs))
        self.U = rng.uniform(-reach, reach, (trials, self.n, self.n))
        self.b = rng.uniform(-reach, reach, (trials, self.n)) * self.has_bias
        self.V = rng.uniform(-reach, reach, (trials, outputs, self.C))
        self.c = rng.uniform(-reach, reach, (trials, outputs)) * self.has_output_bias
        if input_bias is not None:
            self.b[:, self.in_] = input_bias
        if output_bias is not None:
            self.b[:, self.out_] = output_bias
        if forget_bias == "chrono":
            self.b[:, self.forget_] = np.log(rng.uniform(1, t_max - 1, (trials, blocks)))
            self.b[:, self.in_] = -self.b[:, self.forget_]
        elif forget_bias is not None:
            self.b[:, self.forget_] = forget_bias

    @property
    def weights(self) -> int:
        """Weights of one network, counted as the paper counts them."""
        hidden = self.n * (self.D + self.n) + int(self.has_bias.sum())
        return hidden + self.K * self.C + self.K * self.has_output_bias

    @property
    def parameters(self) -> list[np.ndarray]:
        """All weights and biases, live, each with the trials first."""
        return [self.W, self.U, self.b, self.V, self.c]

    def keep(self, trials: np.ndarray) -> None:
        """Go on with some of the trials."""
        self.W, self.U, self.b, self.V, self.c = (p[trials] for p in self.parameters)
        self.R = len(self.W)

    def by_block(self, units: np.ndarray) -> np.ndarray:
        """From (…, cells of all blocks) to (…, blocks, cells of each)."""
        return units.reshape(*units.shape[:-1], self.blocks, self.cells)

    def forward(self, x: np.ndarray, ends: np.ndarray | None = None) -> Activity:
        """Read sequences from a state of zero.

        Parameters
        ----------
        x : ndarray, shape (R, T, B, D)
        ends : ndarray of int, shape (R, B), optional
            The last step of each sequence, where the answer is given; at every step when left out.
        """
        R, T, B, _ = x.shape
        received = x.reshape(R, T * B, self.D) @ self.W.swapaxes(1, 2)
        received += self.b[:, None]
        received = received.reshape(R, T, B, self.n)
        received *= 0.5
        y = np.empty((R, T, B, self.n))
        g, s, h = np.empty((3, R, T, B, self.blocks, self.cells))
        # One array for each step's activities; views of its parts. With sigmoid(a) = (tanh(a / 2) + 1) / 2,
        # g is 2 tanh(a / 2) and h is tanh(s / 2): half the state is kept, so that h is one call away.
        net, now = np.empty((2, R, B, self.n))
        gates, cell = now[..., : self.cell_.start], self.by_block(now[..., self.cell_])
        y_in, y_out = now[..., self.in_, None], now[..., self.out_, None]
        forget = None if self.forget_ is None else now[..., self.forget_, None]
        half, added = np.zeros((2, R, B, self.blocks, self.cells))
        U = np.ascontiguousarray(0.5 * self.U.swapaxes(1, 2))
        now[...] = 0
        for received_t, y_t, g_t, s_t, h_t in zip(
            *(a.swapaxes(0, 1) for a in (received, y, g, s, h)), strict=True
        ):
            np.matmul(now, U, out=net)
            net += received_t
            np.tanh(net, out=now)
            gates *= 0.5
            gates += 0.5
            g_t[...] = cell
            np.multiply(y_in, cell, out=added)
            if forget is not None:
                half *= forget
            half += added
            s_t[...] = half
            np.tanh(half, out=h_t)
            np.multiply(y_out, h_t, out=cell)
            y_t[...] = now
        g *= 2
        s *= 2
        seen = y[..., self.cell_]
        if ends is not None:
            rows, columns = np.arange(R)[:, None], np.arange(B)
            seen = seen[rows, ends, columns][:, None]
        flat = seen.reshape(R, -1, self.C) @ self.V.swapaxes(1, 2) + self.c[:, None]
        out = softmax(flat) if self.softmax else sigmoid(flat)
        return Activity(x, y, g, s, h, out.reshape(*seen.shape[:3], self.K), ends)

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
        R, T, B, _ = did.x.shape
        delta_k = did.out - target  # of the output units; with softmax that is all
        if not self.softmax:
            delta_k = delta_k * did.out * (1 - did.out)
        delta_k = delta_k / B
        seen = did.y[..., self.cell_]
        error = delta_k.reshape(R, -1, self.K) @ self.V  # what the output units say to the cells
        if did.ends is None:
            e = error.reshape(R, T, B, self.C)
        else:
            e = np.zeros((R, T, B, self.C))
            at = np.arange(R)[:, None], did.ends, np.arange(B)
            e[at], seen = error.reshape(R, B, self.C), seen[at]
        dV = delta_k.reshape(R, -1, self.K).swapaxes(1, 2) @ seen.reshape(R, -1, self.C)
        dc = delta_k.sum((1, 2)) * self.has_output_bias

        delta = (self._delta_full if full else self._delta)(did, e)
        delta_flat = delta.reshape(R, T * B, self.n).swapaxes(1, 2)
        y_before = np.zeros_like(did.y)
        y_before[:, 1:] = did.y[:, :-1]
        dW = delta_flat @ did.x.reshape(R, T * B, self.D)
        dU = delta_flat @ y_before.reshape(R, T * B, self.n)
        return [dW, dU, delta_flat.sum(2) * self.has_bias, dV, dc]

    def _parts(self, did: Activity) -> tuple[np.ndarray, ...]:
        """Each factor that does not depend on the error, by block, (R, T, B, blocks, cells or 1)."""
        y_in, y_out = did.y[..., self.in_, None], did.y[..., self.out_, None]
        g, h = did.g, did.h
        return (
            y_in * (1 - y_in) * g,  # ds/dnet of the input gate: f′ g
            y_in * (1 - 0.25 * g**2),  # ds/dnet of the cell: y_in g′
            y_out * (1 - y_out) * h,  # dy/dnet of the output gate: f′ h
            y_out * 0.5 * (1 - h**2),  # dy/ds: y_out h′
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
        e_s = e * by_s
        if self.forget_ is None:
            carried = np.cumsum(e_s[:, ::-1], axis=1)[:, ::-1]
        else:
            carried, forget = e_s, did.y[..., self.forget_, None]
            for t in range(e.shape[1] - 2, -1, -1):
                carried[:, t] += forget[:, t + 1] * carried[:, t + 1]
            delta[..., self.forget_] = self._of_forget(did, carried)
        delta[..., self.in_] = (carried * by_in).sum(-1)
        delta[..., self.cell_] = (carried * by_cell).reshape(e.shape[:3] + (self.C,))
        return delta

    def _of_forget(self, did: Activity, carried: np.ndarray) -> np.ndarray:
        """Errors of the forget gates: f′ times the state before, summed over the cells of the block."""
        y, s_before = did.y[..., self.forget_], np.zeros_like(did.s)
        s_before[:, 1:] = did.s[:, :-1]
        return y * (1 - y) * (carried * s_before).sum(-1)

    def _delta_full(self, did: Activity, e: np.ndarray) -> np.ndarray:
        """Errors of all units by backpropagation through time, no way left out."""
        R, T, B, n = did.y.shape
        by_in, by_cell, by_out, by_s = self._parts(did)
        e = self.by_block(e)
        slope = did.y * (1 - did.y)  # of the gates, which the others see as well
        delta, carried = np.zeros_like(did.y), np.zeros_like(e)
        state, later = np.zeros((R, B, self.blocks, self.cells)), np.zeros((R, B, n))
        s_before = np.zeros_like(e)
        s_before[:, 1:] = did.s[:, :-1]
        for t in range(T - 1, -1, -1):
            to_y = later @ self.U  # from all who read y(t) at t + 1
            to_cell = self.by_block(to_y[..., self.cell_]) + e[:, t]
            if self.forget_ is not None and t < T - 1:
                state *= did.y[:, t + 1, :, self.forget_, None]
            state += to_cell * by_s[:, t]
            carried[:, t] = state
            later = delta[:, t]
            later[..., : self.cell_.start] = (to_y * slope[:, t])[..., : self.cell_.start]
            later[..., self.in_] += (state * by_in[:, t]).sum(-1)
            later[..., self.out_] += (to_cell * by_out[:, t]).sum(-1)
            if self.forget_ is not None:
                y_f = slope[:, t, :, self.forget_]
                later[..., self.forget_] += y_f * (state * s_before[:, t]).sum(-1)
            later[..., self.cell_] = (state * by_cell[:, t]).reshape(R, B, self.C)
        return delta


def as_targets(target: np.ndarray, K: int) -> np.ndarray:
    """Numbers for the output units: classes become one-hot."""
    return np.eye(K)[target] if target.dtype.kind in "iu" else target


def train(
    net: Network1997,
    draw: Callable[..., Batch],
    stages: dict[str, Any],
    *,
    rate: float,
    budget: int,
    seed: int = 0,
    batch: int = 1,
    adam: bool = False,
    full: bool = False,
    test: int = 2560,
) -> list[dict]:
    """Train all trials until each has met the last criterion or used the budget, and test them.

    Parameters
    ----------
    net : Network1997
        Left as each trial's network was when it stopped.
    draw : callable
        draw(B=, seed=) gives a batch with lengths, asked at the end.
    stages : dict of modern.Criterion
        By name, all of one window; the last one is success.
    rate : float
        The learning rate.
    budget : int
        Sequences at most.
    seed : int
        For the sequences.
    batch, adam, full
        1, False and False in the paper: sequences an update, Adam in place of gradient descent, and the full
        in place of the truncated gradient.
    test : int
        Fresh sequences at the end, a multiple of 256.

    Returns
    -------
    list of dict
        A trial each: whether it `solved` the task, `sequences` to success or None, `trained_on`, the mean
        absolute `error` over the last of them, `wrong_of_2560` fresh sequences, and `stages`.
    """
    rng, R, K = np.random.default_rng(seed), net.R, net.K
    *_, success = stages.values()
    final = [p.copy() for p in net.parameters]
    reached: list[dict[str, int]] = [{} for _ in range(R)]
    trained_on, last_error = np.zeros(R, int), np.zeros(R)
    active, seen, optimizer = np.arange(R), 0, Trials(rate)
    window, chunk = success.window, max(1, 32 // batch)
    largest, mean = np.ones((2, R, window))  # errors of the last sequences, as a ring
    while len(active):
        drawn = draw(B=chunk * R * batch, seed=rng)
        shape = (chunk, R, batch)
        x = drawn.x.reshape(-1, *shape, net.D).transpose(1, 2, 0, 3, 4)
        lengths = drawn.lengths.reshape(shape)
        target = as_targets(drawn.target, K).reshape(*shape, K)
        for step in range(chunk):
            ends = lengths[step, active] - 1
            did = net.forward(x[step, active, : ends.max() + 1], ends)
            wanted = target[step, active]
            off = np.abs(did.out[:, 0] - wanted)
            gradients = net.gradients(did, wanted[:, None], full)
            if adam:
                optimizer.step(net.parameters, gradients)
            else:
                for p, gradient in zip(net.parameters, gradients, strict=True):
                    p -= rate * gradient
            at = np.arange(seen, seen + batch) % window
            largest[:, at], mean[:, at] = off.max(-1), off.mean(-1)
            seen += batch
            over = np.full(len(active), seen + batch > budget)
            if seen >= window:
                for name, criterion in stages.items():
                    wrong = np.count_nonzero(largest >= criterion.within, axis=1)
                    for k in np.flatnonzero((wrong <= criterion.wrong) & (mean.mean(1) < criterion.mean)):
                        reached[active[k]].setdefault(name, seen - window * criterion.watched)
                        over[k] |= criterion is success
            if over.any():
                for value, p in zip(final, net.parameters, strict=True):
                    value[active[over]] = p[over]
                trained_on[active[over]], last_error[active[over]] = seen, mean[over].mean(1)
                net.keep(~over)
                optimizer.keep(~over)
                active, largest, mean = active[~over], largest[~over], mean[~over]
                if not len(active):
                    break
    net.W, net.U, net.b, net.V, net.c = final
    net.R = R
    wrong = wrong_answers(net, draw, success.within, rng, test)
    last = list(stages)[-1]
    return [
        {
            "solved": last in reached[r],
            "sequences": reached[r].get(last),
            "trained_on": int(trained_on[r]),
            "error": float(last_error[r]),
            "wrong_of_2560": int(wrong[r]),
            "stages": {name: reached[r].get(name) for name in stages},
        }
        for r in range(R)
    ]


def wrong_answers(net, draw, within, rng, sequences) -> np.ndarray:
    """How many of fresh sequences each trial gets wrong, (R,)."""
    wrong = np.zeros(net.R, int)
    for _ in range(sequences // 256):
        drawn = draw(B=256, seed=rng)
        x = np.broadcast_to(drawn.x, (net.R, *drawn.x.shape))
        did = net.forward(x, np.broadcast_to(drawn.lengths - 1, (net.R, 256)))
        off = np.abs(did.out[:, 0] - as_targets(drawn.target, net.K))
        wrong += (off.max(-1) >= within).sum(1)
    return wrong
