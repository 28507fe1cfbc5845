"""What matters in training an LSTM: sweeps on the adding task: python experiments/training_sweeps.py [part …]

Writes experiments/training_sweeps.json, which the chapter on training shows. Parts: learning_rate,
patience, biases, doors, choices, few; all when none is named. Five seeds a setting, more for doors; the same
numbers on every run. About a quarter of an hour on one core.

A run counts as solved at the first test, one every 25 updates, where the mean squared error on 256 sequences
that are not trained on is below 0.001. What is stored is the update of that test, or null.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sweeps import Dropout

from lstm_lib import LSTM
from lstm_lib.tasks import Batch, adding
from lstm_lib.train import SGD, Adam, Model, TrainingDiverged, squared_error, updates

RESULTS = Path(__file__).with_suffix(".json")
SEEDS = range(5)
EVERY, SOLVED = 25, 0.001


def run(
    seed, T=50, B=32, H=16, rate=0.02, forget_bias=3.0, b_i=None, b_o=None, max_norm=1.0, optimizer=Adam,
    dtype="float32", recurrent="uniform", factor=1.0, drop_x=0.0, drop_h=0.0, few=None, most=1500,
):  # fmt: skip
    """Train once; give the update at which it was solved (None if it was not) and the last test error."""
    rng = np.random.default_rng(seed)
    t_max = T if forget_bias == "chrono" else None
    lstm = LSTM(2, H, forget_bias=forget_bias, seed=rng, dtype=dtype, t_max=t_max)
    for name in lstm.params:
        if name[0] in "WU":
            setattr(lstm, name, factor * lstm.params[name])
        if name[0] == "U" and recurrent == "orthogonal":
            setattr(lstm, name, np.linalg.qr(rng.normal(size=(H, H)))[0])
    if b_i is not None:
        lstm.b_i = np.full(H, b_i)
    if b_o is not None:
        lstm.b_o = np.full(H, b_o)
    model = Dropout(drop_h, lstm, rng) if drop_h else Model(lstm, 1, seed=rng)
    seen = adding(T, few, rng) if few else None

    def batch():
        if seen is None:
            x, target, *_ = adding(T, B, rng)
        else:
            chosen = rng.choice(few, B, replace=False)
            x, target = seen.x[:, chosen], seen.target[chosen]
        if drop_x:
            x = x * (rng.random(x.shape) >= drop_x) / (1 - drop_x)
        return Batch(x.astype(dtype), target.astype(dtype))

    unseen = adding(T, 256, 10_000)
    error = np.inf
    try:
        for update, *_ in updates(model, batch, squared_error, optimizer(rate), max_norm=max_norm):
            if update % EVERY == 0:
                error = squared_error(model.predict(unseen.x), unseen.target)[0]
                if error < SOLVED and few is None:
                    return update, error
                if update >= most:
                    break
    except (TrainingDiverged, FloatingPointError, ValueError):
        return None, None
    if few:
        return round(squared_error(model.predict(seen.x), seen.target)[0], 6), round(error, 6)
    return None, error


def solved(seeds=SEEDS, **setting):
    """Say when each seed was solved."""
    times = [run(seed, **setting)[0] for seed in seeds]
    print(setting, times, flush=True)
    return times


RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]


def learning_rate():
    """Nine rates over four decades, for two starts of the forget bias."""
    return {
        str(b): {str(rate): solved(T=30, rate=rate, forget_bias=b, most=1000) for rate in RATES}
        for b in (0.0, 3.0)
    }


def patience():
    """Rates outside the good region, with eight times the updates."""
    return {str(rate): solved(T=30, rate=rate, most=8000) for rate in (0.0003, 0.001, 0.003, 0.3, 1.0)}


def biases():
    """Where the biases of the gates start."""
    return {
        "b_f": {str(b): solved(forget_bias=b) for b in (-2.0, 0.0, 1.0, 2.0, 3.0, 5.0, 8.0, "chrono")},
        "b_i": {str(b): solved(b_i=b) for b in (-6.0, -3.0, 0.0, 3.0, 6.0)},
        "b_o": {str(b): solved(b_o=b) for b in (-6.0, -3.0, 0.0, 3.0, 6.0)},
    }


def doors():
    """How tightly the input gate may be shut at the start; "chrono" has b_i = −b_f in each cell."""
    shut = {str(b): {"b_i": b} for b in (-4.0, -8.0, -12.0, -16.0, -20.0)}
    return {
        rate: {
            name: solved(range(seeds), forget_bias="chrono", rate=float(rate), most=most, **start)
            for name, start in ({"chrono": {}} | shut).items()
        }
        for rate, seeds, most in (("0.03", 10, 1500), ("0.01", 4, 800))
    }


def choices():
    """One choice changed at a time."""
    settings = {
        "as it is": {},
        "no clipping": {"max_norm": None},
        "clipped at 0.1": {"max_norm": 0.1},
        "clipped at 10": {"max_norm": 10.0},
        "U orthogonal": {"recurrent": "orthogonal"},
        "W, U a tenth": {"factor": 0.1},
        "W, U three times": {"factor": 3.0},
        "SGD, rate 0.1": {"optimizer": SGD, "rate": 0.1},
        "SGD, rate 1": {"optimizer": SGD, "rate": 1.0},
        "64-bit numbers": {"dtype": "float64"},
        "4 units": {"H": 4},
        "64 units": {"H": 64},
        "8 sequences": {"B": 8},
        "128 sequences": {"B": 128},
        "dropout 0.2 on x": {"drop_x": 0.2},
        "dropout 0.2 on h": {"drop_h": 0.2},
    }
    return {name: solved(**setting) for name, setting in settings.items()}


def few():
    """256 sequences, over and over: the error on them and on others, with dropout of the read-out."""
    found = {}
    for drop in (0.0, 0.2, 0.5):
        ends = [run(seed, few=256, drop_h=drop, most=1500) for seed in SEEDS]
        found[str(drop)] = {"seen": [end[0] for end in ends], "unseen": [end[1] for end in ends]}
        print("few", drop, found[str(drop)], flush=True)
    return found


if __name__ == "__main__":
    parts = {part.__name__: part for part in (learning_rate, patience, biases, doors, choices, few)}
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results |= {"made_by": "python experiments/training_sweeps.py", "seeds": list(SEEDS)}
    for name, part in parts.items():
        if len(sys.argv) == 1 or name in sys.argv[1:]:
            results[name] = part()
            order = ["made_by", "seeds", *parts]
            lines = [f"{json.dumps(key)}: {json.dumps(results[key])}" for key in order if key in results]
            RESULTS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
