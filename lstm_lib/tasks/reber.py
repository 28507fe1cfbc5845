"""Predict the next symbol of strings of the embedded Reber grammar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..checks import Array, numbers
from .batch import Batch, Seed, one_hot, sizes

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


def embedded_reber(B: int = 64, seed: Seed = None) -> Batch:
    """Experiment 1, the embedded Reber grammar: predict the next symbol at each step.

    B: strings.

    x one-hot over B, T, P, S, X, V, E (`REBER_SYMBOLS`), without the last symbol of each string; the target,
    (T, B), is the index of the next symbol, and `legal`, (T, B, 7), tells all that the grammar allows there.
    The hard one is the last but one: it repeats the second.
    """
    rng, (B,) = sizes(seed, B=(B, 1))
    strings = [_embedded_reber_string(rng) for _ in range(B)]
    lengths = np.array([len(text) - 1 for text, _ in strings])
    T = int(lengths.max())
    x, target, legal = np.zeros((T, B, 7)), np.zeros((T, B), np.intp), np.zeros((T, B, 7), bool)
    for b, (text, allowed) in enumerate(strings):
        n = len(text) - 1
        x[:n, b], target[:n, b], legal[:n, b] = one_hot(np.array(text[:-1]), 7), text[1:], allowed[:n]
    return Batch(x, target, lengths, legal)


def continual_embedded_reber(T: int = 30, B: int = 16, seed: Seed = None) -> Iterator[Batch]:
    """Embedded Reber strings one after another, without an end and without a mark between (Gers et al. 2000).

    T, B: steps in each window; streams side by side.

    The next T steps of all streams, coded as in `embedded_reber`, with every step in use.
    """
    rng, (T, B) = sizes(seed, T=(T, 1), B=(B, 1))
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
        yield Batch(one_hot(symbols[:-1], 7), symbols[1:], None, legal)


def share_legal(y: Any, batch: Batch) -> float:
    """Share of a Reber batch's steps at which all legal next symbols are more active than the rest.

    y: what a model gave for each symbol.
    batch: with `legal`.

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
