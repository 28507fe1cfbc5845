"""Add the marked numbers."""

import numpy as np

from ..mends import keywords
from .batch import Batch, Seed, drawing


@keywords()
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
