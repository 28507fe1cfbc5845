"""The endless stream of embedded Reber strings: how it is learnt, read, and judged."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from tasks_1997 import embedded_reber, reber_string

from lstm_lib import LSTM
from lstm_lib.tasks import Batch
from lstm_lib.tasks.batch import Seed, drawing, one_hot
from lstm_lib.train import Adam, Model, TrainingDiverged, cross_entropy, train


def continual_embedded_reber(T: int = 30, B: int = 16, seed: Seed = None) -> Iterator[Batch]:
    """Embedded Reber strings one after another, without an end and without a mark between (Gers et al. 2000).

    The next T steps of all B streams, coded as in `embedded_reber`, with every step in use.
    """
    rng, T, B = drawing(seed, T=(T, 1), B=(B, 1))
    waiting: list[list[int]] = [[] for _ in range(B)]
    allowed: list[list[np.ndarray]] = [[] for _ in range(B)]
    while True:
        for b in range(B):
            while len(waiting[b]) < T + 1:
                text, table = reber_string(rng)
                waiting[b] += text
                allowed[b] += list(table)
        symbols = np.array([text[: T + 1] for text in waiting]).T
        legal = np.array([table[:T] for table in allowed]).swapaxes(0, 1)
        waiting, allowed = [text[T:] for text in waiting], [table[T:] for table in allowed]
        yield Batch(one_hot(symbols[:-1], 7), symbols[1:], None, legal)


def share_legal(y: Any, batch: Batch) -> float:
    """Share of a Reber batch's steps at which all legal next symbols are more active, in y, than the rest.

    1.0 when no illegal symbol is ever as active as a legal one.
    """
    if batch.legal is None:
        raise ValueError("batch must hold legal symbols, as the Reber batches do; got None")
    y = np.asarray(y)
    if y.shape != batch.legal.shape:
        raise ValueError(f"y must have shape {batch.legal.shape}, got {y.shape}")
    used = batch.legal.any(-1)
    least_legal = np.where(batch.legal, y, np.inf).min(-1)
    most_illegal = np.where(batch.legal, -np.inf, y).max(-1)
    return float((least_legal > most_illegal)[used].mean())


H, STEPS, B = 16, 30, 16  # cells; steps that the gradient goes back; streams side by side


def train_on_stream(gate: bool, reset: bool, seed: int, rate: float, updates: int) -> tuple[Model, str]:
    """Train on the stream, 30 steps at a time; say how it ended.

    With reset, the states are set to zero at the end of each string: as many symbols, one string at a time.
    """
    model = Model(LSTM(7, H, seed=seed, dtype=np.float32, forget_gate=gate), 7, seed)
    rng = np.random.default_rng(seed)
    batches = (lambda: embedded_reber(40, rng)) if reset else continual_embedded_reber(STEPS, B, seed)
    try:
        train(model, batches, cross_entropy, Adam(rate), steps=updates, carry=not reset, progress=False)
        return model, "trained"
    except TrainingDiverged:
        return model, "diverged"


def read_stream(model: Model, reset: bool, seed: int, blocks: int) -> dict[str, Any]:
    """Read ten fresh streams, 200 symbols a block; with reset, a block is 17 strings of a stream.

    Gives, block by block, the share of steps with all legal symbols ahead and the mean of the largest |c|;
    how many streams were read without a mistake; and the share right at the letter that `repeats`.
    """
    rng, state = np.random.default_rng(10_000 + seed), {}
    streams = continual_embedded_reber(200, 10, rng)
    if reset:
        streams = (embedded_reber(170, rng) for _ in range(blocks))
    legal, largest, perfect, recalled = [], [], np.ones(10, bool), []
    for batch, _ in zip(streams, range(blocks), strict=False):
        trace = model.network.forward(batch.x, lengths=batch.lengths, **state)
        y = model.read(trace.h)
        legal.append(share_legal(y, batch))
        perfect &= ~of_grammar(y, batch).reshape(-1, 10).any(
            0
        )  # with reset, every tenth string is of a stream
        recalled.append((y.argmax(-1) == batch.target)[repeats(batch)])
        largest.append(float(np.abs(trace.c_last if reset else trace.c).max(-1).mean()))
        if not reset:
            state = {"h0": trace.h_last.copy(), "c0": trace.c_last.copy()}
    return {
        "legal": legal,
        "largest": largest,
        "perfect": int(perfect.sum()),
        "recalled": float(np.concatenate(recalled).mean()),
    }


def repeats(batch: Batch) -> np.ndarray:
    """Where the next letter repeats a string's second one, (T, B): it alone is legal, and is T or P.

    All other steps can do with a shorter memory.
    """
    return (batch.legal.sum(-1) == 1) & batch.legal[..., 1:3].any(-1)


def of_grammar(y: Any, batch: Batch) -> np.ndarray:
    """1 for a sequence in which an illegal symbol is ever as active as a legal one, else 0; (B, 1)."""
    least = np.where(batch.legal, y, np.inf).min(-1)
    most = np.where(batch.legal, -np.inf, y).max(-1)
    return ((least <= most) & batch.legal.any(-1)).any(0)[:, None].astype(float)
