"""What matters in training an LSTM: sweeps on the adding task.

A run is solved at the first test, one every 25 updates, with a mean squared error below 0.001 on 256
sequences that are not trained on.
"""

from functools import partial
from types import SimpleNamespace

import numpy as np
from lags import named
from settings import Setting
from tested import found, updates_to_pass

from lstm_lib import LSTM, sigmoid
from lstm_lib.tasks import Batch, adding
from lstm_lib.train import SGD, Adam, Model, squared_error

SOLVED = 0.001


class Dropout(Model):
    """A model whose read-out sees each unit of the last h with probability 1 − p only, while it learns."""

    def __init__(self, p, network, rng):
        super().__init__(network, 1, seed=rng)
        self.p, self.rng = p, rng

    def learn(self, batch, loss, **start):
        trace = self.network.forward(batch.x, **start)
        kept = (self.rng.random(trace.h_last.shape) >= self.p) / (1 - self.p)
        kept = kept.astype(self.network.dtype)
        h = trace.h_last * kept
        y = self.read(h)
        value, dy = loss(y, batch.target, None)
        grads = self.network.backward(trace, dh_last=(dy @ self.W_y) * kept)
        readout = np.concatenate([(dy.T @ h).ravel(), dy.sum(0)])
        return value, [grads.vector, readout], trace, y


class Louder(Model):
    """A model whose network, not its read-out, gets its gradient times a factor."""

    def __init__(self, factor, network, rng):
        super().__init__(network, 1, seed=rng)
        self.factor = factor

    def learn(self, batch, loss, **start):
        value, (network, readout), trace, y = super().learn(batch, loss, **start)
        return value, [self.factor * network, readout], trace, y


# Unless changed. read_out is a factor on W_y at the start, gradient one on the gradient of the
# network at each update; drop is the chance of a unit of the last h to be left out; few is the number of
# sequences that are seen again and again.
BASE = {
    "T": 50, "H": 16, "B": 32, "updates": 1500, "sgd": False, "max_norm": 1.0, "dtype": "float32",
    "b_f": "chrono", "b_i": None, "b_o": None, "read_out": 1.0, "gradient": 1.0, "drop": 0.0,
    "few": None,
}  # fmt: skip


def trial(changed, seed, rate, quick):
    """Train once, with something changed."""
    made = SimpleNamespace(**BASE | changed)
    T, dtype, few = made.T, made.dtype, made.few
    rng = np.random.default_rng(seed)
    lstm = LSTM(2, made.H, made.b_f, seed=rng, dtype=dtype, t_max=T if made.b_f == "chrono" else None)
    for name, bias in (("b_i", made.b_i), ("b_o", made.b_o)):
        if bias is not None:
            setattr(lstm, name, np.full(made.H, bias))
    kind = partial(Dropout, made.drop) if made.drop else partial(Louder, made.gradient)
    model = kind(lstm, rng) if made.drop or made.gradient != 1 else Model(lstm, 1, rng)
    model.W_y *= made.read_out
    seen, unseen = few and adding(T, few, rng), adding(T, 256, 10_000)

    def batches():
        x, target, *_ = adding(T, made.B, rng)
        if seen:
            chosen = rng.choice(few, made.B, replace=False)
            x, target = seen.x[:, chosen], seen.target[chosen]
        return Batch(x.astype(dtype), target.astype(dtype))

    def error(test=unseen):
        return float(squared_error(model.predict(test.x), test.target)[0])

    optimizer, most = (SGD if made.sgd else Adam)(rate), 3 if quick else made.updates
    step = updates_to_pass(
        lambda _: few is None and error() < SOLVED, most, model, batches, squared_error, optimizer,
        max_norm=made.max_norm,
    )  # fmt: skip
    if few is None:
        return found(step, made.B, error())
    return {**found(None, made.B, error()), "solved": error() < SOLVED, "seen": float(f"{error(seen):.4g}")}


GRID = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
PAIRED = {-2.0: (0.0,), 1.0: (0.0, -3.0), 3.0: (3.0, 0.0, -3.0, -6.0)}
RATES, SLOW = (0.01, 0.03, 0.1, 0.3), (0.1, 0.3, 1.0, 3.0)  # SLOW: of plain gradient descent


def setting(part, name, rates, **changed):
    """One setting, by what is changed in it."""
    return named(part, name), Setting(
        part, "modern", partial(trial, changed), rates,
        about={"criterion": f"mean squared error below {SOLVED} on 256 fresh sequences", **BASE, **changed},
    )  # fmt: skip


def rates():
    """Eight rates, for three starts; some outside the good region once more, with patience."""
    for name, b_f in (("b_f 0", 0.0), ("b_f 3", 3.0), ("chrono", "chrono")):
        for rate in GRID:
            yield setting("rates", f"{name} {rate:g}", (rate,), T=30, b_f=b_f, updates=1000)
    for rate in (0.001, 0.003, 0.3):
        yield setting("patience", f"{rate:g}", (rate,), T=30, b_f=3.0, updates=8000)


def biases():
    """Where the biases start: those of forget and input gate as a pair, then the output gate's."""
    for b_f in (-2.0, 0.0, 1.0, 3.0, 5.0, 8.0):
        for b_i in PAIRED.get(b_f, (0.0, -3.0, -6.0)):
            yield setting("biases", f"b_f {b_f:g} b_i {b_i:g}", RATES, b_f=b_f, b_i=b_i)
    for b_o in (3.0, -3.0, -6.0):
        yield setting("biases", f"b_o {b_o:g}", RATES, b_o=b_o)
    for b_o in (-3.0, -6.0):
        missing = float(0.5 / sigmoid(b_o))
        yield setting("biases", f"b_o {b_o:g} W_y louder", RATES, b_o=b_o, read_out=missing)
        yield setting("biases", f"b_o {b_o:g} gradient louder", RATES, b_o=b_o, gradient=missing)


def doors():
    """How tightly the input gate may be shut at the start; the chrono start has b_i = −b_f in each cell."""
    for b_i in (-4.0, -8.0, -12.0, -16.0, -20.0):
        yield setting("doors", f"{b_i:g}", RATES, b_i=b_i)


CHOICES = {
    "as it is": {},
    "no clipping": {"max_norm": None},
    "b_f 3 no clipping": {"b_f": 3.0, "max_norm": None},
    "clipped at 0.1": {"max_norm": 0.1},
    "plain gradient descent": {"sgd": True},
    "64-bit numbers": {"dtype": "float64"},
    "4 units": {"H": 4},
    "64 units": {"H": 64},
    "8 sequences": {"B": 8, "updates": 6000},  # as many sequences as 32 have
    "128 sequences": {"B": 128},
    "dropout 0.2": {"drop": 0.2},
}


def choices():
    """One choice changed at a time, from the chrono start."""
    for name, changed in CHOICES.items():
        some = SLOW if changed.get("sgd") else (0.003, *RATES) if changed.get("H") == 64 else RATES
        yield setting("choices", name, some, **changed)
    for drop in (0.0, 0.2):
        yield setting("few", f"dropout {drop:g}", RATES, few=256, drop=drop)


SETTINGS = dict(one for part in (rates, biases, doors, choices) for one in part())
