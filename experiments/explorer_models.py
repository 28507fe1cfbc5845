"""Train the two small networks that the explorers run: python experiments/explorer_models.py [words] [adding]

Writes words.json and adding.json of the explorers: the weights, rounded as the browser gets them, the command
that made them, and what the rounded network gets right. A minute each on one core; same seed, same file.
"""

import json
import sys
from itertools import islice
from pathlib import Path

import numpy as np

from lstm_lib import LSTM
from lstm_lib.losses import Loss
from lstm_lib.tasks import Batch, adding, next_word, sentences, vocabulary
from lstm_lib.train import Adam, Model, cross_entropy, squared_error, updates

STATIC = Path(__file__).parent.parent / "lstm_book" / "explorers" / "static"
BOB = "bob fought the enemy alone and died for his country . for his contributions brave bob ."
DECAY = 0.005  # of the weights, every ten steps: without it the names are learnt by heart and not carried


def split(seed: int = 1) -> tuple[list[str], list[str]]:
    """Sentences to train on, and sentences that the model never sees, the one about Bob first."""
    rest = [sentence for sentence in sentences() if sentence != BOB]
    order = np.random.default_rng(seed).permutation(len(rest))
    unseen = sorted(rest[k] for k in order[:50])
    return sorted(set(rest) - set(unseen)), [BOB, *unseen]


def rounded(model: Model, digits: int) -> dict[str, list]:
    """Round a model in place, so that what is tested is what is written; gives the weights by name."""
    for value in model.parameters:
        value[...] = np.round(value, digits)
    weights = {**model.network.params, "W_y": model.W_y, "b_y": model.b_y}
    return {name: np.round(value.astype(float), digits).tolist() for name, value in weights.items()}


def answers(model: Model, batch: Batch) -> np.ndarray:
    """Say for each sentence whether the name before the last full stop is the word expected most."""
    y = model.predict(batch.x, every_step=True, lengths=batch.lengths)
    place = batch.lengths - 2
    each = np.arange(len(place))
    return y[place, each].argmax(-1) == batch.target[place, each]


def train_decaying(model: Model, batch, loss: Loss, rate: float, steps: int, decay: float) -> None:
    """Train with weights that decay a little, apart from the gradient (Loshchilov & Hutter 2019)."""
    for step, *_ in islice(updates(model, batch, loss, Adam(rate)), steps):
        if step % 10 == 0:
            for value in model.parameters:
                value *= 1 - decay


def words() -> dict:
    """A word model of 16 units on the sentences of lstm_lib.tasks."""
    seen, unseen = split()
    names = vocabulary()
    model = Model(
        LSTM(len(names), 16, forget_bias="chrono", t_max=25, seed=0, dtype=np.float32), len(names), seed=0
    )
    coded, rng = next_word(seen), np.random.default_rng(0)

    def batch() -> Batch:
        chosen = rng.choice(len(seen), 32, replace=False)
        return Batch(coded.x[:, chosen].astype(np.float32), coded.target[:, chosen], coded.lengths[chosen])

    train_decaying(model, batch, cross_entropy, 0.01, 4000, DECAY)
    weights = rounded(model, 2)
    right_seen, right_unseen = answers(model, next_word(seen)), answers(model, next_word(unseen))
    wrong = [sentence for sentence, right in zip(unseen, right_unseen, strict=True) if not right]
    return {
        "vocabulary": names,
        "unseen": unseen,
        "wrong": wrong,
        "right": {"seen": round(float(right_seen.mean()), 4), "unseen": round(float(right_unseen.mean()), 4)},
        **weights,
    }


def adding_network() -> dict:
    """A network of 8 units on the adding task, 6 to 24 steps."""
    model = Model(LSTM(2, 8, forget_bias="chrono", t_max=24, seed=3, dtype=np.float32), 1, seed=3)
    rng = np.random.default_rng(3)

    def batch() -> Batch:
        return adding(int(rng.integers(6, 25)), 64, rng)

    for rate, steps in ((0.01, 4000), (0.003, 2000), (0.001, 1000)):
        train_decaying(model, batch, squared_error, rate, steps, 0.0)
    weights = rounded(model, 3)
    test = np.random.default_rng(4)
    off = {}
    for T in (8, 12, 16, 24, 32, 40):
        fresh = adding(T, 1000, test)
        off[str(T)] = round(float((np.abs(model.predict(fresh.x) - fresh.target) < 0.04).mean()), 3)
    return {"right": off, **weights}


if __name__ == "__main__":
    for name, make in {"words": words, "adding": adding_network}.items():
        if len(sys.argv) == 1 or name in sys.argv[1:]:
            path = STATIC / f"{name}.json"
            made = {"made_by": f"python experiments/explorer_models.py {name}", **make()}
            lines = (
                f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}"
                for key, value in made.items()
            )
            path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
            print(name, made["right"])
