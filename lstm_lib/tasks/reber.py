"""Predict the next symbol of strings of the embedded Reber grammar."""

import numpy as np

from ..checks import Array
from .batch import Batch, Seed, drawing, one_hot

REBER_SYMBOLS = ("B", "T", "P", "S", "X", "V", "E")
# state: the symbols that may come, and the state each leads to; 6 is the end
_REBER = (
    {"T": 1, "P": 2}, {"S": 1, "X": 3}, {"T": 2, "V": 4}, {"X": 2, "S": 5}, {"P": 3, "V": 5}, {"E": 6},
)  # fmt: skip


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
