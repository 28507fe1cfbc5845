"""What every task hands out, and what the tasks share."""

from typing import Any, NamedTuple

import numpy as np

from ..checks import Array, generator, shape_text, whole_number
from ..passes import past_end

Seed = int | np.random.Generator | None


class Batch(NamedTuple):
    """What a network reads and what it should answer."""

    x: Array  #: (T, B, D), 0 past a sequence's end
    #: Numbers, (B, K) for an answer at the end, (T, B, K) for one at every step; or classes, (B,) or (T, B).
    target: Array
    lengths: Array | None = None  #: the steps in each sequence, (B,), where they differ
    legal: Array | None = None  #: Reber grammars: whether each symbol may come next, (T, B, K)

    def __repr__(self) -> str:
        there = {name: array for name, array in self._asdict().items() if array is not None}
        return f"<Batch {', '.join(f'{name} {shape_text(array.shape)}' for name, array in there.items())}>"


def drawing(seed: Seed, **sizes: tuple[Any, int]) -> tuple[Any, ...]:
    """Give a generator, another one each time without a seed, and the sizes, checked by their least."""
    rng = np.random.default_rng() if seed is None else generator("seed", seed)
    return rng, *(whole_number(name, *size) for name, size in sizes.items())


def one_hot(symbols: Array, n: int, lengths: Array | None = None) -> Array:
    """Code whole numbers below n, shape (T, B), as (T, B, n); 0 past a sequence's end."""
    hot: Array = np.eye(n)[symbols]
    if lengths is not None:
        hot[past_end(lengths, len(hot))] = 0
    return hot
