"""Add or multiply the marked numbers."""

import numpy as np

from ..checks import Array
from .batch import Batch, Seed, drawing, ended


def adding(T: int = 100, B: int = 64, seed: Seed = None) -> Batch:
    """Add the two marked numbers, the form of Arjovsky, Shah & Bengio 2016.

    x[..., 0] uniform in [0, 1]; x[..., 1] is 1 at one step of each half, else 0. The target, (B, 1), is the
    sum of the two marked numbers. To answer 1 always costs a mean squared error of 1/6. T is at least 2.
    """
    rng, T, B = drawing(seed, T=(T, 2), B=(B, 1))
    x = np.zeros((T, B, 2))
    x[..., 0] = rng.uniform(size=(T, B))
    columns = np.arange(B)
    first, second = rng.integers(T // 2, size=B), rng.integers(T // 2, T, size=B)
    x[first, columns, 1] = x[second, columns, 1] = 1
    return Batch(x, (x[first, columns, 0] + x[second, columns, 0])[:, None])


def _marked_1997(T: int, B: int, seed: Seed, low: float, neutral: float) -> tuple[Batch, Array]:
    """Pairs (number, marker) of experiments 4 and 5; also the two marked numbers, (2, B)."""
    rng, T, B = drawing(seed, T=(T, 22), B=(B, 1))
    lengths = rng.integers(T, T + T // 10 + 1, size=B)
    x = np.zeros((lengths.max(), B, 2))
    x[..., 0] = rng.uniform(low, 1, size=x.shape[:2])
    ended(x, lengths)
    columns = np.arange(B)
    first = rng.integers(10, size=B)
    second = rng.integers(T // 2 - 2, size=B)
    second += second >= first  # any of the first T/2 − 1 but the one already marked
    x[0, :, 1] = x[lengths - 1, columns, 1] = -1
    x[first, columns, 1] = x[second, columns, 1] = 1
    marked = np.stack([x[first, columns, 0], x[second, columns, 0]])
    marked[np.stack([first, second]) == 0] = neutral
    return Batch(x, x, lengths), marked


def adding_1997(T: int = 100, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 4, adding: lengths from T, at least 22, to 1.1 T; numbers in [−1, 1].

    x[..., 1] is 1 at one of the first 10 steps and at another of the first T/2 − 1, −1 at the first and the
    last step, else 0. The target, (B, 1), is 0.5 + (X1 + X2) / 4; a marked first number counts as 0.
    """
    batch, (first, second) = _marked_1997(T, B, seed, -1, 0)
    return batch._replace(target=(0.5 + (first + second) / 4)[:, None])


def multiplication(T: int = 100, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 5, multiplication: as `adding_1997`, with numbers in [0, 1].

    The target, (B, 1), is X1 · X2; a marked first number counts as 1.
    """
    batch, (first, second) = _marked_1997(T, B, seed, 0, 1)
    return batch._replace(target=(first * second)[:, None])
