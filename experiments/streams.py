"""The endless stream of embedded Reber strings, and how predictions of its symbols are judged."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from tasks_1997 import reber_string

from lstm_lib.tasks import Batch
from lstm_lib.tasks.batch import Seed, drawing, one_hot


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
