"""Keep one symbol over a long lag, or say many again."""

from __future__ import annotations

import numpy as np

from ..checks import Array
from .batch import Batch, Seed, one_hot, sizes


def _long_lag(rng: np.random.Generator, middle: Array) -> Batch:
    """Put x or y in front of and behind what stands between them, whole numbers of shape (p − 1, B)."""
    p, B = len(middle) + 1, middle.shape[1]
    ends = rng.integers(p - 1, p + 1, size=(1, B))
    symbols = np.concatenate([ends, middle, ends])
    return Batch(one_hot(symbols[:-1], p + 1), symbols[1:])


def long_lag_2a(p: int = 100, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 2a, a long lag without noise: predict the next symbol of (z, a1, …, a_{p−1}, z).

    p, B: steps between the first symbol and its return, at least 2; sequences.

    x (p, B, p + 1) one-hot over a1 to a_{p−1}, x, y: z is x or y with equal chance, then come a1 to a_{p−1}
    in order, so that there are two sequences in all. The target, (p, B), is the index of the next symbol; the
    last one repeats the first.
    """
    rng, (p, B) = sizes(seed, p=(p, 2), B=(B, 1))
    return _long_lag(rng, np.tile(np.arange(p - 1)[:, None], B))


def long_lag_2b(p: int = 100, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 2b, a long lag with nothing regular in between; as `long_lag_2a`.

    p, B: steps between the first symbol and its return, at least 2; sequences.

    As in `long_lag_2a`, but each of the p − 1 symbols in between is drawn from a1 to a_{p−1}. Only the last
    target can be known.
    """
    rng, (p, B) = sizes(seed, p=(p, 2), B=(B, 1))
    return _long_lag(rng, rng.integers(p - 1, size=(p - 1, B)))


def long_lag_2c(q: int = 50, p: int = 50, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 2c, very long lags: which of x and y stood at the start? The lag differs each time.

    q, p, B: the least number of distractors in a sequence; distractor symbols; sequences.

    x (·, B, p + 4) one-hot over a1 to ap, x, y, e, b: first b, then x or y, then q + k distractors, each
    drawn from a1 to ap, then e. After the first q each symbol is e with a chance of 1/10, so k has a mean of
    9. The target, (B,), is the class asked for at the end: x 0, y 1.
    """
    rng, (q, p, B) = sizes(seed, q=(q, 1), p=(p, 1), B=(B, 1))
    lengths = q + 2 + rng.geometric(0.1, size=B)
    symbols = rng.integers(p, size=(lengths.max(), B))
    target = rng.integers(2, size=B)
    symbols[0], symbols[1], symbols[lengths - 1, np.arange(B)] = p + 3, p + target, p + 2
    x = one_hot(symbols, p + 4)
    x[np.arange(len(x))[:, None] >= lengths] = 0
    return Batch(x, target, lengths)


def copy(T: int = 30, B: int = 64, seed: Seed = None, *, n: int = 10, letters: int = 8) -> Batch:
    """Say n symbols again after T steps (Hochreiter & Schmidhuber 1997; the form of Arjovsky et al. 2016).

    T, B: steps from the last symbol read to the first one asked for; sequences.
    n, letters: symbols to say again; how many there are to draw from.

    x (T + 2n, B, letters + 2) one-hot: n symbols from 1 to letters, then blanks 0, the mark letters + 1 n + 1
    steps before the end. The target, (T + 2n, B), is 0, and the n symbols at the last n steps. Without memory
    the cross-entropy is n ln(letters) / (T + 2n).
    """
    rng, (T, B, n, letters) = sizes(seed, T=(T, 1), B=(B, 1), n=(n, 1), letters=(letters, 1))
    symbols, target = np.zeros((2, T + 2 * n, B), np.intp)
    symbols[:n] = target[-n:] = rng.integers(1, letters + 1, size=(n, B))
    symbols[T + n - 1] = letters + 1
    return Batch(one_hot(symbols, letters + 2), target)
