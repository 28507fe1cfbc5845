"""The tasks the book trains on, each batch drawn from a seed.

Every function returns a `Batch`. A whole number as seed gives the same batch each time; to draw batch after
batch, make one generator, ``rng = numpy.random.default_rng(0)``, and pass that. The numbered experiments are
those of Hochreiter & Schmidhuber 1997.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .checks import Array, generator, numbers, whole_number

Seed = int | np.random.Generator


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


def _sizes(seed: Seed, **sizes: tuple[Any, int]) -> tuple[np.random.Generator, list[int]]:
    """Check the sizes, each with the least it may be, and the seed."""
    return generator("seed", seed), [whole_number(name, *given) for name, given in sizes.items()]


def _one_hot(symbols: Array, n: int) -> Array:
    hot: Array = np.eye(n)[symbols]
    return hot


def adding(T: int = 100, B: int = 64, seed: Seed = 0) -> Batch:
    """Add the two marked numbers, the form of Arjovsky, Shah & Bengio 2016.

    Parameters
    ----------
    T, B : int
        Steps, at least 2; sequences.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        x[..., 0] uniform in [0, 1]; x[..., 1] is 1 at one step of each half, else 0. The target, (B, 1), is
        the sum of the two marked numbers. To answer 1 always costs a mean squared error of 1/6.
    """
    rng, (T, B) = _sizes(seed, T=(T, 2), B=(B, 1))
    x = np.zeros((T, B, 2))
    x[..., 0] = rng.uniform(size=(T, B))
    columns = np.arange(B)
    first, second = rng.integers(T // 2, size=B), rng.integers(T // 2, T, size=B)
    x[first, columns, 1] = x[second, columns, 1] = 1
    return Batch(x, (x[first, columns, 0] + x[second, columns, 0])[:, None])


def _long_lag(rng: np.random.Generator, middle: Array) -> Batch:
    """Put x or y in front of and behind what stands between them, whole numbers of shape (p − 1, B)."""
    p, B = len(middle) + 1, middle.shape[1]
    ends = rng.integers(p - 1, p + 1, size=(1, B))
    symbols = np.concatenate([ends, middle, ends])
    return Batch(_one_hot(symbols[:-1], p + 1), symbols[1:])


def long_lag_2a(p: int = 100, B: int = 64, seed: Seed = 0) -> Batch:
    """Experiment 2a, a long lag without noise: predict the next symbol of (z, a1, …, a_{p−1}, z).

    Parameters
    ----------
    p, B : int
        Steps between the first symbol and its return, at least 2; sequences.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        x (p, B, p + 1) one-hot over a1 to a_{p−1}, x, y: z is x or y with equal chance, then come a1 to
        a_{p−1} in order, so that there are two sequences in all. The target, (p, B), is the index of the next
        symbol; the last one repeats the first.
    """
    rng, (p, B) = _sizes(seed, p=(p, 2), B=(B, 1))
    return _long_lag(rng, np.tile(np.arange(p - 1)[:, None], B))


def long_lag_2b(p: int = 100, B: int = 64, seed: Seed = 0) -> Batch:
    """Experiment 2b, a long lag with nothing regular in between; as `long_lag_2a`.

    Parameters
    ----------
    p, B : int
        Steps between the first symbol and its return, at least 2; sequences.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        As in `long_lag_2a`, but each of the p − 1 symbols in between is drawn from a1 to a_{p−1}. Only the
        last target can be known.
    """
    rng, (p, B) = _sizes(seed, p=(p, 2), B=(B, 1))
    return _long_lag(rng, rng.integers(p - 1, size=(p - 1, B)))


def long_lag_2c(q: int = 50, p: int = 50, B: int = 64, seed: Seed = 0) -> Batch:
    """Experiment 2c, very long lags: which of x and y stood at the start? The lag differs each time.

    Parameters
    ----------
    q, p, B : int
        The least number of distractors in a sequence; distractor symbols; sequences.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        x (·, B, p + 4) one-hot over a1 to ap, x, y, e, b: first b, then x or y, then q + k distractors, each
        drawn from a1 to ap, then e. After the first q each symbol is e with a chance of 1/10, so k has a mean
        of 9. The target, (B,), is the class asked for at the end: x 0, y 1.
    """
    rng, (q, p, B) = _sizes(seed, q=(q, 1), p=(p, 1), B=(B, 1))
    lengths = q + 2 + rng.geometric(0.1, size=B)
    symbols = rng.integers(p, size=(lengths.max(), B))
    target = rng.integers(2, size=B)
    symbols[0], symbols[1], symbols[lengths - 1, np.arange(B)] = p + 3, p + target, p + 2
    x = _one_hot(symbols, p + 4)
    x[np.arange(len(x))[:, None] >= lengths] = 0
    return Batch(x, target, lengths)


def _marked_1997(T: int, B: int, seed: Seed, low: float, neutral: float) -> tuple[Batch, Array]:
    """Pairs (number, marker) of experiments 4 and 5; also the two marked numbers, (2, B)."""
    rng, (T, B) = _sizes(seed, T=(T, 22), B=(B, 1))
    lengths = rng.integers(T, T + T // 10 + 1, size=B)
    x = np.zeros((lengths.max(), B, 2))
    x[..., 0] = rng.uniform(low, 1, size=x.shape[:2])
    x[np.arange(len(x))[:, None] >= lengths] = 0
    columns = np.arange(B)
    first = rng.integers(10, size=B)
    second = rng.integers(T // 2 - 2, size=B)
    second += second >= first  # any of the first T/2 − 1 but the one already marked
    x[0, :, 1] = x[lengths - 1, columns, 1] = -1
    x[first, columns, 1] = x[second, columns, 1] = 1
    marked = np.stack([x[first, columns, 0], x[second, columns, 0]])
    marked[np.stack([first, second]) == 0] = neutral
    return Batch(x, x, lengths), marked


def adding_1997(T: int = 100, B: int = 64, seed: Seed = 0) -> Batch:
    """Experiment 4, adding: lengths from T to 1.1 T, numbers in [−1, 1].

    Parameters
    ----------
    T, B : int
        The least length, at least 22; sequences.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        x[..., 1] is 1 at one of the first 10 steps and at another of the first T/2 − 1, −1 at the first and
        the last step, else 0. The target, (B, 1), is 0.5 + (X1 + X2) / 4; a marked first number counts as 0.
    """
    batch, (first, second) = _marked_1997(T, B, seed, -1, 0)
    return batch._replace(target=(0.5 + (first + second) / 4)[:, None])


def multiplication(T: int = 100, B: int = 64, seed: Seed = 0) -> Batch:
    """Experiment 5, multiplication: as `adding_1997`, with numbers in [0, 1].

    Parameters
    ----------
    T, B : int
        The least length, at least 22; sequences.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        The target, (B, 1), is X1 · X2; a marked first number counts as 1.
    """
    batch, (first, second) = _marked_1997(T, B, seed, 0, 1)
    return batch._replace(target=(first * second)[:, None])


def two_sequence(T: int = 100, B: int = 64, N: int = 3, seed: Seed = 0) -> Batch:
    """Experiment 3a, two sequences: tell the class from the first N numbers, noise follows.

    Parameters
    ----------
    T, B, N : int
        The least length; sequences; numbers that carry the class, at most T.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        x (·, B, 1): 1 for class 1 or −1 for class 2 at the first N steps, then Gaussian noise of variance
        0.2; lengths from T to 1.1 T. The target, (B, 1), is 1 for class 1, 0 for class 2.
    """
    rng, (T, B, N) = _sizes(seed, T=(T, 1), B=(B, 1), N=(N, 1))
    if N > T:
        raise ValueError(f"N must be at most T = {T}, got {N}")
    lengths = rng.integers(T, T + T // 10 + 1, size=B)
    x = rng.normal(0, np.sqrt(0.2), size=(lengths.max(), B, 1))
    target = rng.integers(2, size=(B, 1))
    x[:N, :, 0] = 2 * target[:, 0] - 1
    x[np.arange(len(x))[:, None] >= lengths] = 0
    return Batch(x, target.astype(float), lengths)


def two_sequence_3b(T: int = 100, B: int = 64, N: int = 3, seed: Seed = 0) -> Batch:
    """Experiment 3b, noise on the signal too; as `two_sequence`.

    Parameters
    ----------
    T, B, N : int
        The least length; sequences; numbers that carry the class, at most T.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        As in `two_sequence`, with Gaussian noise of variance 0.2 added to the first N numbers.
    """
    rng = generator("seed", seed)
    batch = two_sequence(T, B, N, rng)
    batch.x[:N] += rng.normal(0, np.sqrt(0.2), size=batch.x[:N].shape)
    return batch


def two_sequence_3c(T: int = 100, B: int = 64, N: int = 3, seed: Seed = 0) -> Batch:
    """Experiment 3c, noise on the target; as `two_sequence`.

    Parameters
    ----------
    T, B, N : int
        The least length; sequences; numbers that carry the class, at most T.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        x as in `two_sequence`. The target, (B, 1), is 0.8 for class 1 and 0.2 for class 2, plus Gaussian
        noise of variance 0.1; the best answer is the number without the noise.
    """
    rng = generator("seed", seed)
    batch = two_sequence(T, B, N, rng)
    noise = rng.normal(0, np.sqrt(0.1), size=batch.target.shape)
    return batch._replace(target=0.2 + 0.6 * batch.target + noise)


TEMPORAL_SYMBOLS = ("E", "B", "a", "b", "c", "d", "X", "Y")


def _temporal_order(B: int, seed: Seed, spans: tuple[tuple[int, int], ...]) -> Batch:
    rng, (B,) = _sizes(seed, B=(B, 1))
    lengths = rng.integers(100, 111, size=B)
    columns = np.arange(B)
    symbols = rng.integers(2, 6, size=(lengths.max(), B))  # distractors a to d
    target = np.zeros(B, np.intp)
    for low, high in spans:
        which = rng.integers(2, size=B)
        symbols[rng.integers(low, high + 1, size=B), columns] = 6 + which
        target = 2 * target + which
    symbols[0], symbols[lengths - 1, columns] = 0, 1
    x = _one_hot(symbols, 8)
    x[np.arange(len(x))[:, None] >= lengths] = 0
    return Batch(x, target, lengths)


def temporal_order_6a(B: int = 64, seed: Seed = 0) -> Batch:
    """Experiment 6a, temporal order: which of X and Y came first, and which second?

    Parameters
    ----------
    B : int
        Sequences, of 100 to 110 steps.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        x one-hot over E, B, a, b, c, d, X, Y (`TEMPORAL_SYMBOLS`): E first, B last, X or Y at one step in
        [10, 20] and one in [50, 60], else a to d. The target, (B,), is the class: XX 0, XY 1, YX 2, YY 3.
    """
    return _temporal_order(B, seed, ((10, 20), (50, 60)))


def temporal_order_6b(B: int = 64, seed: Seed = 0) -> Batch:
    """Experiment 6b, temporal order with three symbols; as `temporal_order_6a`.

    Parameters
    ----------
    B : int
        Sequences, of 100 to 110 steps.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        X or Y at a step in [10, 20], in [33, 43] and in [66, 76]. The target, (B,), counts XXX 0 to YYY 7.
    """
    return _temporal_order(B, seed, ((10, 20), (33, 43), (66, 76)))


REBER_SYMBOLS = ("B", "T", "P", "S", "X", "V", "E")
# state: the symbols that may come, and the state each leads to; 6 is the end
_REBER = (
    {"T": 1, "P": 2},
    {"S": 1, "X": 3},
    {"T": 2, "V": 4},
    {"X": 2, "S": 5},
    {"P": 3, "V": 5},
    {"E": 6},
)


def _embedded_reber_string(rng: np.random.Generator) -> tuple[list[int], Array]:
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


def embedded_reber(B: int = 64, seed: Seed = 0) -> Batch:
    """Experiment 1, the embedded Reber grammar: predict the next symbol at each step.

    Parameters
    ----------
    B : int
        Strings.
    seed : int or numpy.random.Generator

    Returns
    -------
    Batch
        x one-hot over B, T, P, S, X, V, E (`REBER_SYMBOLS`), without the last symbol of each string; the
        target, (T, B), is the index of the next symbol, and `legal`, (T, B, 7), tells all that the grammar
        allows there. The hard one is the last but one: it repeats the second.
    """
    rng, (B,) = _sizes(seed, B=(B, 1))
    strings = [_embedded_reber_string(rng) for _ in range(B)]
    lengths = np.array([len(text) - 1 for text, _ in strings])
    T = int(lengths.max())
    x, target, legal = np.zeros((T, B, 7)), np.zeros((T, B), np.intp), np.zeros((T, B, 7), bool)
    for b, (text, allowed) in enumerate(strings):
        n = len(text) - 1
        x[:n, b], target[:n, b], legal[:n, b] = _one_hot(np.array(text[:-1]), 7), text[1:], allowed[:n]
    return Batch(x, target, lengths, legal)


def continual_embedded_reber(T: int = 30, B: int = 16, seed: Seed = 0) -> Iterator[Batch]:
    """Embedded Reber strings one after another, without an end and without a mark between (Gers et al. 2000).

    Parameters
    ----------
    T, B : int
        Steps in each window; streams side by side.
    seed : int or numpy.random.Generator

    Yields
    ------
    Batch
        The next T steps of all streams, coded as in `embedded_reber`, with every step in use.
    """
    rng, (T, B) = _sizes(seed, T=(T, 1), B=(B, 1))
    waiting: list[list[int]] = [[] for _ in range(B)]
    allowed: list[list[Array]] = [[] for _ in range(B)]
    while True:
        for b in range(B):
            while len(waiting[b]) < T + 1:
                text, table = _embedded_reber_string(rng)
                waiting[b] += text
                allowed[b] += list(table)
        symbols = np.array([text[: T + 1] for text in waiting]).T
        legal = np.array([table[:T] for table in allowed]).swapaxes(0, 1)
        waiting, allowed = [text[T:] for text in waiting], [table[T:] for table in allowed]
        yield Batch(_one_hot(symbols[:-1], 7), symbols[1:], None, legal)


def copy(T: int = 30, B: int = 64, seed: Seed = 0, *, n: int = 10, letters: int = 8) -> Batch:
    """Say n symbols again after T steps (Hochreiter & Schmidhuber 1997; the form of Arjovsky et al. 2016).

    Parameters
    ----------
    T, B : int
        Steps from the last symbol read to the first one asked for; sequences.
    seed : int or numpy.random.Generator
    n, letters : int
        Symbols to say again; how many there are to draw from.

    Returns
    -------
    Batch
        x (T + 2n, B, letters + 2) one-hot: n symbols from 1 to letters, then blanks 0, the mark letters + 1
        n + 1 steps before the end. The target, (T + 2n, B), is 0, and the n symbols at the last n steps.
        Without memory the cross-entropy is n ln(letters) / (T + 2n).
    """
    rng, (T, B, n, letters) = _sizes(seed, T=(T, 1), B=(B, 1), n=(n, 1), letters=(letters, 1))
    symbols, target = np.zeros((2, T + 2 * n, B), np.intp)
    symbols[:n] = target[-n:] = rng.integers(1, letters + 1, size=(n, B))
    symbols[T + n - 1] = letters + 1
    return Batch(_one_hot(symbols, letters + 2), target)


_NAMES = {
    "bob": "his", "carl": "his", "emil": "his", "gus": "his",
    "anna": "her", "dora": "her", "fay": "her", "hana": "her",
}  # fmt: skip
_DEEDS = {
    "brave": "fought the enemy alone and died for {his} country",
    "bold": "crossed the ocean in a small boat and came home in winter",
    "kind": "healed the sick of the village and asked for no money",
    "wise": "taught the children to read and wrote {his} own books",
    "skilled": "built a bridge over the river with {his} own hands",
    "gifted": "painted the old church and gave the work to the town",
    "patient": "found the lost sheep in the storm and carried them home",
    "strong": "climbed the highest mountain and sang at the top",
}
_THANKS = (
    "for {his} contributions {deed}",
    "for all of this the town thanks {deed}",
    "people still sing of {deed}",
    "nobody will forget {deed}",
)


def sentences() -> list[str]:
    """All sentences of a small corpus: somebody did something, and at the end the name is asked for again.

    Returns
    -------
    list of str
        Lower-case words and full stops, split by spaces; 8 names, 8 deeds, 4 ways to thank: 256 sentences,
        among them "bob fought the enemy alone and died for his country . for his contributions brave bob .".
        The name stands at the start and just before the last full stop.
    """
    return [
        f"{name} {deed} . {thanks} {name} .".replace("{deed}", praise).replace("{his}", his)
        for name, his in _NAMES.items()
        for praise, deed in _DEEDS.items()
        for thanks in _THANKS
    ]


def vocabulary() -> list[str]:
    """All words of `sentences`, sorted; a word's place is its class."""
    return sorted({word for sentence in sentences() for word in sentence.split()})


def next_word(texts: list[str] | None = None) -> Batch:
    """Code sentences for a model that predicts the next word.

    Parameters
    ----------
    texts : list of str, optional
        Sentences over `vocabulary`, of at least two words; all of `sentences` when left out.

    Returns
    -------
    Batch
        x (T, B, words) one-hot; the target, (T, B), is the class of the next word; with lengths.
    """
    texts = sentences() if texts is None else texts
    place = {word: n for n, word in enumerate(vocabulary())}
    lines = [text.split() for text in texts]
    if not lines or any(len(line) < 2 for line in lines):
        raise ValueError(f"texts must hold sentences of at least two words, got {texts!r}")
    if unknown := sorted({word for line in lines for word in line} - set(place)):
        raise ValueError(f"texts must keep to the words of vocabulary(), got {', '.join(unknown)}")
    lengths = np.array([len(line) - 1 for line in lines])
    T, B = int(lengths.max()), len(lines)
    x, target = np.zeros((T, B, len(place))), np.zeros((T, B), np.intp)
    for b, line in enumerate(lines):
        coded = [place[word] for word in line]
        x[: len(coded) - 1, b], target[: len(coded) - 1, b] = (
            _one_hot(np.array(coded[:-1]), len(place)),
            coded[1:],
        )
    return Batch(x, target, lengths)


def share_legal(y: Any, batch: Batch) -> float:
    """Share of a Reber batch's steps at which all legal next symbols are more active than the rest.

    Parameters
    ----------
    y : array_like, shape (T, B, 7)
        What a model gave for each symbol.
    batch : Batch
        With `legal`.

    Returns
    -------
    float
        1.0 when no illegal symbol is ever as active as a legal one.
    """
    if batch.legal is None:
        raise ValueError("batch must hold legal symbols, as the Reber batches do; got None")
    y = numbers("y", y)
    if y.shape != batch.legal.shape:
        raise ValueError(f"y must have shape {batch.legal.shape}, got {y.shape}")
    used = batch.legal.any(-1)
    least_legal = np.where(batch.legal, y, np.inf).min(-1)
    most_illegal = np.where(batch.legal, -np.inf, y).max(-1)
    return float((least_legal > most_illegal)[used].mean())
