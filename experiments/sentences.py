"""Word models on the 256 sentences: whole pairs of a name and an adjective held out, and hands on gates.

Eight of the 64 pairs are held out, so that each name and each adjective is missing once: 32 sentences. Beside
it as many sentences are held out at random, whose name and adjective mostly stand together in others. Each
model is then asked for the name at the end of all 256, with its output gates there as trained and set by
hand.
"""

from functools import partial
from itertools import islice

import numpy as np
from explorer_models import DECAY
from lags import named
from settings import Setting

from lstm_lib import LSTM
from lstm_lib.tasks import Batch, next_word, sentences, vocabulary
from lstm_lib.tasks.words import NAMES
from lstm_lib.train import Adam, Model, TrainingDiverged, cross_entropy, updates

H, B, UPDATES = 16, 32, 4000
RATES = (0.003, 0.01, 0.03, 0.1)
SHUT = 0.15  # a gate below it counts as nearly shut
ENOUGH = 0.9

TEXTS = sentences()
FIRST = np.array([list(NAMES).index(text.split()[0]) for text in TEXTS])
ADJECTIVES = list(dict.fromkeys(text.split()[-3] for text in TEXTS))
DEED = np.array([ADJECTIVES.index(text.split()[-3]) for text in TEXTS])
WORDS = np.array([vocabulary().index(text.split()[0]) for text in TEXTS])


def held_out(pairs, seed):
    """Which of the 256 are kept from training: all four of eight pairs (a Latin square), or any 32."""
    if pairs:
        return seed % 8 == (DEED - FIRST) % 8
    return np.isin(np.arange(len(TEXTS)), np.random.default_rng(seed).permutation(len(TEXTS))[:32])


def read(model):
    """Output gates and memory of all sentences at the adjective, the last word before the second name."""
    batch = next_word(TEXTS)
    trace = model.network.forward(batch.x, lengths=batch.lengths)
    asked = batch.lengths - 2, np.arange(len(TEXTS))
    return trace.o[asked], trace.c[asked]


def said(model, o, c):
    """The word expected most, from gates and memory."""
    return model.read(o * np.tanh(c)).argmax(-1)


def filters(o):
    """The gates at the adjective, as trained and set by hand."""
    often = np.ones(H)
    often[np.argsort((o < SHUT).sum(0))[-2:]] = 0
    return {
        "as trained": o,
        "all open": 0 * o + 1,
        "open but the two most often shut": 0 * o + often,
        "open but its own shut": np.where(o < SHUT, 0.0, 1.0),
        "average": 0 * o + o.mean(axis=0),
        "all shut": 0 * o,
    }


def exchanged(model, o, c):
    """Put gates on the memory of a sentence that tells the same of somebody else: whose name comes out?"""
    same = (DEED[:, None] == DEED) & (np.arange(256) % 4 == np.arange(256)[:, None] % 4)
    gate, memory = np.nonzero(same & (FIRST[:, None] != FIRST))
    names = said(model, o[gate], c[memory])
    return [round(float(np.mean(names == WORDS[whose])), 4) for whose in (memory, gate)]


def trial(pairs, seed, rate, quick):
    """Train one word model; count how often the name is expected most."""
    out, rng = held_out(pairs, seed), np.random.default_rng(seed)
    words = len(vocabulary())
    lstm = LSTM(words, H, forget_bias="chrono", t_max=25, seed=rng, dtype=np.float32)
    model, coded = Model(lstm, words, rng), next_word([TEXTS[n] for n in np.flatnonzero(~out)])

    def batches():
        chosen = rng.choice(np.sum(~out), B, replace=False)
        return Batch(coded.x[:, chosen].astype(np.float32), coded.target[:, chosen], coded.lengths[chosen])

    try:
        training = updates(model, batches, cross_entropy, Adam(rate))
        for step, *_ in islice(training, 3 if quick else UPDATES):
            if step % 10 == 0:
                for value in model.parameters:
                    value *= 1 - DECAY
    except TrainingDiverged:
        pass
    o, c = read(model)
    right = said(model, o, c) == WORDS
    shut = (o < SHUT).sum(axis=1)
    return {
        "solved": bool(right[out].mean() >= ENOUGH),
        "sequences": None,
        "error": 1 - float(right[out].mean()),
        "held_out_right": int(right[out].sum()),
        "seen_right": int(right[~out].sum()),
        "filters": {name: int((said(model, gates, c) == WORDS).sum()) for name, gates in filters(o).items()},
        "one_cell": int(max((said(model, 0 * o + np.eye(H)[j], c) == WORDS).sum() for j in range(H))),
        "exchanged": exchanged(model, o, c),
        "shut": [int(shut.min()), float(np.median(shut)), int(shut.max())],
        "open": int((o > 1 - SHUT).sum(axis=1).min()),
    }


SETTINGS = {
    named("sentences", name): Setting(
        "sentences", "modern", partial(trial, pairs), RATES,
        about={"held out": what, "H": H, "B": B, "updates": UPDATES, "decay every ten": DECAY,
               "criterion": f"the name right in {ENOUGH:.0%} of the 32 sentences held out"},
    )
    for name, pairs, what in (
        ("pairs", True, "all four sentences of eight pairs of name and adjective"),
        ("at random", False, "32 sentences"),
    )
}  # fmt: skip
