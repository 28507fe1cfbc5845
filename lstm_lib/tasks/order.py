"""Tell in which order symbols came."""

from __future__ import annotations

import numpy as np

from .batch import Batch, Seed, one_hot, sizes

TEMPORAL_SYMBOLS = ("E", "B", "a", "b", "c", "d", "X", "Y")


def _temporal_order(B: int, seed: Seed, spans: tuple[tuple[int, int], ...]) -> Batch:
    rng, (B,) = sizes(seed, B=(B, 1))
    lengths = rng.integers(100, 111, size=B)
    columns = np.arange(B)
    symbols = rng.integers(2, 6, size=(lengths.max(), B))  # distractors a to d
    target = np.zeros(B, np.intp)
    for low, high in spans:
        which = rng.integers(2, size=B)
        symbols[rng.integers(low, high + 1, size=B), columns] = 6 + which
        target = 2 * target + which
    symbols[0], symbols[lengths - 1, columns] = 0, 1
    x = one_hot(symbols, 8)
    x[np.arange(len(x))[:, None] >= lengths] = 0
    return Batch(x, target, lengths)


def temporal_order_6a(B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 6a, temporal order: which of X and Y came first, and which second?

    B: sequences, of 100 to 110 steps.

    x one-hot over E, B, a, b, c, d, X, Y (`TEMPORAL_SYMBOLS`): E first, B last, X or Y at one step in [10,
    20] and one in [50, 60], else a to d. The target, (B,), is the class: XX 0, XY 1, YX 2, YY 3.
    """
    return _temporal_order(B, seed, ((10, 20), (50, 60)))


def temporal_order_6b(B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 6b, temporal order with three symbols; as `temporal_order_6a`.

    B: sequences, of 100 to 110 steps.

    X or Y at a step in [10, 20], in [33, 43] and in [66, 76]. The target, (B,), counts XXX 0 to YYY 7.
    """
    return _temporal_order(B, seed, ((10, 20), (33, 43), (66, 76)))
