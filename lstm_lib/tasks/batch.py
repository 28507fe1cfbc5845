"""What every task hands out, and how its sizes and its seed are checked."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..checks import Array, generator, whole_number

Seed = int | np.random.Generator | None


class Batch(NamedTuple):
    """What a network reads and what it should answer.

    Attributes
    ----------
    x : ndarray, shape (T, B, D)
        The input; 0 past a sequence's end.
    target : ndarray
        Numbers, (B, K) for an answer at the end, (T, B, K) for one at every step; or classes, whole numbers
        of shape (B,) or (T, B).
    lengths : ndarray of int, shape (B,), or None
        Steps in each sequence, where they differ.
    legal : ndarray of bool, shape (T, B, K), or None
        Reber grammars: the symbols that may come next.
    """

    x: Array
    target: Array
    lengths: Array | None = None
    legal: Array | None = None


def drawing(seed: Seed) -> np.random.Generator:
    """Return a generator; without a seed, one that draws something else each time."""
    return np.random.default_rng() if seed is None else generator("seed", seed)


def sizes(seed: Seed, **given: tuple[Any, int]) -> tuple[np.random.Generator, list[int]]:
    """Check the sizes, each with the least it may be, and the seed."""
    return drawing(seed), [whole_number(name, *size) for name, size in given.items()]


def one_hot(symbols: Array, n: int) -> Array:
    """Code whole numbers below n."""
    hot: Array = np.eye(n)[symbols]
    return hot
