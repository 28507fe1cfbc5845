"""Tell two classes by the first numbers; noise follows."""

from __future__ import annotations

import numpy as np

from .batch import Batch, Seed, drawing, sizes


def two_sequence(T: int = 100, B: int = 64, N: int = 3, seed: Seed = None) -> Batch:
    """Experiment 3a, two sequences: tell the class from the first N numbers, noise follows.

    T, B, N: the least length; sequences; numbers that carry the class, at most T.

    x (·, B, 1): 1 for class 1 or −1 for class 2 at the first N steps, then Gaussian noise of variance 0.2;
    lengths from T to 1.1 T. The target, (B, 1), is 1 for class 1, 0 for class 2.
    """
    rng, (T, B, N) = sizes(seed, T=(T, 1), B=(B, 1), N=(N, 1))
    if N > T:
        raise ValueError(f"N must be at most T = {T}, got {N}")
    lengths = rng.integers(T, T + T // 10 + 1, size=B)
    x = rng.normal(0, np.sqrt(0.2), size=(lengths.max(), B, 1))
    target = rng.integers(2, size=(B, 1))
    x[:N, :, 0] = 2 * target[:, 0] - 1
    x[np.arange(len(x))[:, None] >= lengths] = 0
    return Batch(x, target.astype(float), lengths)


def two_sequence_3b(T: int = 100, B: int = 64, N: int = 3, seed: Seed = None) -> Batch:
    """Experiment 3b, noise on the signal too; as `two_sequence`.

    T, B, N: the least length; sequences; numbers that carry the class, at most T.

    As in `two_sequence`, with Gaussian noise of variance 0.2 added to the first N numbers.
    """
    rng = drawing(seed)
    batch = two_sequence(T, B, N, rng)
    batch.x[:N] += rng.normal(0, np.sqrt(0.2), size=batch.x[:N].shape)
    return batch


def two_sequence_3c(T: int = 100, B: int = 64, N: int = 3, seed: Seed = None) -> Batch:
    """Experiment 3c, noise on the target; as `two_sequence`.

    T, B, N: the least length; sequences; numbers that carry the class, at most T.

    x as in `two_sequence`. The target, (B, 1), is 0.8 for class 1 and 0.2 for class 2, plus Gaussian noise of
    variance 0.1; the best answer is the number without the noise.
    """
    rng = drawing(seed)
    batch = two_sequence(T, B, N, rng)
    noise = rng.normal(0, np.sqrt(0.1), size=batch.target.shape)
    return batch._replace(target=0.2 + 0.6 * batch.target + noise)
