"""Sentences that name somebody, and at the end ask for the name again."""

import json
from pathlib import Path

import numpy as np

from .batch import Batch, one_hot

# of which sentences.mjs makes the same sentences
_CORPUS = json.loads(Path(__file__).with_name("corpus.json").read_text("utf-8"))
NAMES: dict[str, str] = _CORPUS["names"]


def sentences() -> list[str]:
    """All sentences of a small corpus: somebody did something, and at the end the name is asked for again.

    Lower-case words and full stops, split by spaces; 8 names, 8 deeds, 4 ways to thank: 256 sentences, among
    them "bob fought the enemy alone and died for his country . for his contributions brave bob .". The name
    stands at the start and just before the last full stop.
    """
    return [
        f"{name} {deed} . {thanks} {praise} {name} .".replace("{his}", his)
        for name, his in NAMES.items()
        for praise, deed in _CORPUS["deeds"].items()
        for thanks in _CORPUS["thanks"]
    ]


def vocabulary() -> list[str]:
    """All words of `sentences`, sorted; a word's place is its class."""
    return sorted({word for sentence in sentences() for word in sentence.split()})


def next_word(texts: list[str] | None = None) -> Batch:
    """Code sentences over `vocabulary`, all of `sentences` when left out, to predict the next word.

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
    words = np.zeros((lengths.max() + 1, len(lines)), np.intp)
    for b, line in enumerate(lines):
        words[: len(line), b] = [place[word] for word in line]
    return Batch(one_hot(words[:-1], len(place), lengths), words[1:], lengths)
