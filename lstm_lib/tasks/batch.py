"""What every task hands out, and what the tasks share."""

from typing import Any, NamedTuple

import numpy as np

from ..checks import Array, generator, whole_number

Seed = int | np.random.Generator | None


class Batch(NamedTuple):
    """What a network reads and what it should answer."""

    x: Array  #: (T, B, D), 0 past a sequence's end
    #: Numbers, (B, K) for an answer at the end, (T, B, K) for one at every step; or classes, (B,) or (T, B).
    target: Array
    lengths: Array | None = None  #: the steps in each sequence, (B,), where they differ
    legal: Array | None = None  #: Reber grammars: whether each symbol may come next, (T, B, K)


def drawing(seed: Seed, **sizes: tuple[Any, int]) -> tuple[Any, ...]:
    """Give a generator, another one each time without a seed, and the sizes, checked by their least."""
    rng = np.random.default_rng() if seed is None else generator("seed", seed)
    return rng, *(whole_number(name, *size) for name, size in sizes.items())


def one_hot(symbols: Array, n: int, lengths: Any = np.inf) -> Array:
    """Code whole numbers below n, shape (T, B), as (T, B, n); 0 past a sequence's end."""
    hot: Array = np.eye(n)[symbols]
    return ended(hot, lengths)


def ended(x: Array, lengths: Any) -> Array:
    """Set x to 0 past each sequence's end."""
    x[np.arange(len(x))[:, None] >= np.broadcast_to(lengths, x.shape[1])] = 0
    return x
