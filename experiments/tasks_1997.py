"""The tasks of Hochreiter & Schmidhuber 1997, by the numbers of their experiments.

Every function returns a `Batch`, and takes a seed, as those of `lstm_lib.tasks` do.
"""

import numpy as np

from lstm_lib.checks import Array
from lstm_lib.passes import past_end
from lstm_lib.tasks import Batch
from lstm_lib.tasks.batch import Seed, drawing, one_hot

REBER_SYMBOLS = ("B", "T", "P", "S", "X", "V", "E")
# of the grammar, for each state: the symbols that may come, and the state each leads to; 6 is the end
_REBER = (
    {"T": 1, "P": 2}, {"S": 1, "X": 3}, {"T": 2, "V": 4}, {"X": 2, "S": 5}, {"P": 3, "V": 5}, {"E": 6},
)  # fmt: skip
TEMPORAL_SYMBOLS = ("E", "B", "a", "b", "c", "d", "X", "Y")


def reber_string(rng: np.random.Generator) -> tuple[list[int], Array]:
    """One string as indices, and the symbols that may follow each of its symbols, (steps, 7)."""
    branch = "TP"[rng.integers(2)]
    text, legal, state = ["B", branch, "B"], [{"T", "P"}, {"B"}], 0
    while state != 6:
        legal.append(set(_REBER[state]))
        symbol = list(_REBER[state])[rng.integers(len(_REBER[state]))]
        text.append(symbol)
        state = _REBER[state][symbol]
    text += [branch, "E"]
    legal += [{branch}, {"E"}, {"B"}]  # after E, a stream goes on with B
    table = np.array([[symbol in allowed for symbol in REBER_SYMBOLS] for allowed in legal])
    return [REBER_SYMBOLS.index(symbol) for symbol in text], table


def embedded_reber(B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 1, B strings of the embedded Reber grammar: predict the next symbol at each step.

    x one-hot over B, T, P, S, X, V, E (`REBER_SYMBOLS`), without the last symbol of each string; the target,
    (T, B), is the index of the next symbol, and `legal`, (T, B, 7), tells all that the grammar allows there.
    The hard one is the last but one: it repeats the second.
    """
    rng, B = drawing(seed, B=(B, 1))
    strings = [reber_string(rng) for _ in range(B)]
    lengths = np.array([len(text) - 1 for text, _ in strings])
    symbols, legal = np.zeros((lengths.max() + 1, B), np.intp), np.zeros((lengths.max(), B, 7), bool)
    for b, (text, allowed) in enumerate(strings):
        symbols[: len(text), b], legal[: len(text) - 1, b] = text, allowed[:-1]
    return Batch(one_hot(symbols[:-1], 7, lengths), symbols[1:], lengths, legal)


def _long_lag(rng: np.random.Generator, middle: Array) -> Batch:
    """Put x or y in front of and behind what stands between them, whole numbers of shape (p − 1, B)."""
    p, B = len(middle) + 1, middle.shape[1]
    ends = rng.integers(p - 1, p + 1, size=(1, B))
    symbols = np.concatenate([ends, middle, ends])
    return Batch(one_hot(symbols[:-1], p + 1), symbols[1:])


def long_lag_2a(p: int = 100, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 2a, a long lag without noise: predict the next symbol of (z, a1, …, a_{p−1}, z), p ≥ 2.

    x (p, B, p + 1) one-hot over a1 to a_{p−1}, x, y: z is x or y with equal chance, then come a1 to a_{p−1}
    in order, so that there are two sequences in all. The target, (p, B), is the index of the next symbol; the
    last one repeats the first.
    """
    rng, p, B = drawing(seed, p=(p, 2), B=(B, 1))
    return _long_lag(rng, np.tile(np.arange(p - 1)[:, None], B))


def long_lag_2b(p: int = 100, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 2b, a long lag with nothing regular in between.

    As in `long_lag_2a`, but each of the p − 1 symbols in between is drawn from a1 to a_{p−1}. Only the last
    target can be known.
    """
    rng, p, B = drawing(seed, p=(p, 2), B=(B, 1))
    return _long_lag(rng, rng.integers(p - 1, size=(p - 1, B)))


def distracted(q: int = 50, p: int = 50, B: int = 64, seed: Seed = None) -> Batch:
    """`long_lag_2c` with each step's symbol as a whole number: x (·, B), 0 past the end."""
    rng, q, p, B = drawing(seed, q=(q, 1), p=(p, 1), B=(B, 1))
    lengths = q + 2 + rng.geometric(0.1, size=B)
    symbols = rng.integers(p, size=(lengths.max(), B))
    target = rng.integers(2, size=B)
    symbols[0], symbols[1], symbols[lengths - 1, np.arange(B)] = p + 3, p + target, p + 2
    symbols[past_end(lengths, len(symbols))] = 0
    return Batch(symbols, target, lengths)


def long_lag_2c(q: int = 50, p: int = 50, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 2c, very long lags: which of x and y stood at the start? The lag differs each time.

    x (·, B, p + 4) one-hot over a1 to ap, x, y, e, b: first b, then x or y, then q + k distractors, each
    drawn from a1 to ap, then e. After the first q each symbol is e with a chance of 1/10, so k has a mean of
    9. The target, (B,), is the class asked for at the end: x 0, y 1.
    """
    batch = distracted(q, p, B, seed)
    return batch._replace(x=one_hot(batch.x, p + 4, batch.lengths))


def two_sequence(T: int = 100, B: int = 64, N: int = 3, seed: Seed = None) -> Batch:
    """Experiment 3a, two sequences: tell the class from the first N numbers, at most T; noise follows.

    x (·, B, 1): 1 for class 1 or −1 for class 2 at the first N steps, then Gaussian noise of variance 0.2;
    lengths from T to 1.1 T. The target, (B, 1), is 1 for class 1, 0 for class 2.
    """
    rng, T, B, N = drawing(seed, T=(T, 1), B=(B, 1), N=(N, 1))
    if N > T:
        raise ValueError(f"N must be at most T = {T}, got {N}")
    lengths = rng.integers(T, T + T // 10 + 1, size=B)
    x = rng.normal(0, np.sqrt(0.2), size=(lengths.max(), B, 1))
    target = rng.integers(2, size=(B, 1))
    x[:N, :, 0] = 2 * target[:, 0] - 1
    x[past_end(lengths, len(x))] = 0
    return Batch(x, target.astype(float), lengths)


def two_sequence_3b(T: int = 100, B: int = 64, N: int = 3, seed: Seed = None) -> Batch:
    """Experiment 3b: `two_sequence` with Gaussian noise of variance 0.2 added to the first N numbers."""
    (rng,) = drawing(seed)
    batch = two_sequence(T, B, N, rng)
    batch.x[:N] += rng.normal(0, np.sqrt(0.2), size=batch.x[:N].shape)
    return batch


def two_sequence_3c(T: int = 100, B: int = 64, N: int = 3, seed: Seed = None) -> Batch:
    """Experiment 3c: `two_sequence` with noise on the target.

    The target, (B, 1), is 0.2 for class 1 and 0.8 for class 2, the other way round than in 3a, plus Gaussian
    noise of variance 0.1; the best answer is the number without the noise.
    """
    (rng,) = drawing(seed)
    batch = two_sequence(T, B, N, rng)
    noise = rng.normal(0, np.sqrt(0.1), size=batch.target.shape)
    return batch._replace(target=0.8 - 0.6 * batch.target + noise)


def _marked_1997(T: int, B: int, seed: Seed, low: float, neutral: float) -> tuple[Batch, Array]:
    """Pairs (number, marker) of experiments 4 and 5; also the two marked numbers, (2, B)."""
    rng, T, B = drawing(seed, T=(T, 20), B=(B, 1))
    lengths = rng.integers(T, T + T // 10 + 1, size=B)
    x = np.zeros((lengths.max(), B, 2))
    x[..., 0] = rng.uniform(low, 1, size=x.shape[:2])
    x[past_end(lengths, len(x))] = 0
    columns = np.arange(B)
    first = rng.integers(10, size=B)
    second = rng.integers(T // 2 - 1, size=B)
    second += second >= first  # one of the first T/2 − 1 that are still unmarked
    x[0, (first == 0) | (second == 0), 0] = neutral
    x[0, :, 1] = x[lengths - 1, columns, 1] = -1
    x[first, columns, 1] = x[second, columns, 1] = 1
    return Batch(x, x, lengths), np.stack([x[first, columns, 0], x[second, columns, 0]])


def adding_1997(T: int = 100, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 4, adding: lengths from T, at least 20, to 1.1 T; numbers in [−1, 1].

    x[..., 1] is 1 at one of the first 10 steps and at one of the first T/2 − 1 others, −1 at the first and
    the last step, else 0. Where the first step is marked, its number is 0. The target, (B, 1), is
    0.5 + (X1 + X2) / 4, of the two marked numbers.
    """
    batch, (first, second) = _marked_1997(T, B, seed, -1, 0)
    return batch._replace(target=(0.5 + (first + second) / 4)[:, None])


def multiplication(T: int = 100, B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 5, multiplication: as `adding_1997`, with numbers in [0, 1].

    Where the first step is marked, its number is 1. The target, (B, 1), is X1 · X2.
    """
    batch, (first, second) = _marked_1997(T, B, seed, 0, 1)
    return batch._replace(target=(first * second)[:, None])


def _temporal_order(B: int, seed: Seed, spans: tuple[tuple[int, int], ...]) -> Batch:
    rng, B = drawing(seed, B=(B, 1))
    lengths = rng.integers(100, 111, size=B)
    columns = np.arange(B)
    symbols = rng.integers(2, 6, size=(lengths.max(), B))  # distractors a to d
    target = np.zeros(B, np.intp)
    for low, high in spans:
        which = rng.integers(2, size=B)
        symbols[rng.integers(low - 1, high, size=B), columns] = 6 + which  # the first step is position 1
        target = 2 * target + which
    symbols[0], symbols[lengths - 1, columns] = 0, 1
    return Batch(one_hot(symbols, 8, lengths), target, lengths)


def temporal_order_6a(B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 6a, temporal order: which of X and Y came first, and which second? 100 to 110 steps.

    x one-hot over E, B, a, b, c, d, X, Y (`TEMPORAL_SYMBOLS`): E first, B last, X or Y at one position in
    [10, 20] and one in [50, 60], else a to d; the first step is position 1. The target, (B,), is the class:
    XX 0, XY 1, YX 2, YY 3.
    """
    return _temporal_order(B, seed, ((10, 20), (50, 60)))


def temporal_order_6b(B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 6b, temporal order with three symbols; as `temporal_order_6a`.

    X or Y at a position in [10, 20], in [33, 43] and in [66, 76]. The target, (B,), counts XXX 0 to YYY 7.
    """
    return _temporal_order(B, seed, ((10, 20), (33, 43), (66, 76)))


def copy(T: int = 30, B: int = 64, seed: Seed = None, *, n: int = 10, letters: int = 8) -> Batch:
    """Say n symbols again after T steps (Hochreiter & Schmidhuber 1997; the form of Arjovsky et al. 2016).

    x (T + 2n, B, letters + 2) one-hot: n symbols from 1 to letters, then blanks 0, the mark letters + 1 n + 1
    steps before the end. The target, (T + 2n, B), is 0, and the n symbols at the last n steps. Without memory
    the cross-entropy is n ln(letters) / (T + 2n).
    """
    rng, T, B, n, letters = drawing(seed, T=(T, 1), B=(B, 1), n=(n, 1), letters=(letters, 1))
    symbols, target = np.zeros((2, T + 2 * n, B), np.intp)
    symbols[:n] = target[-n:] = rng.integers(1, letters + 1, size=(n, B))
    symbols[T + n - 1] = letters + 1
    return Batch(one_hot(symbols, letters + 2), target)
