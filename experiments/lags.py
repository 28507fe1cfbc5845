"""Which start learns which lag, what makes a lag of 160 learnable for a tanh RNN, and peepholes.

The task of the lags: the first number is +1 or −1, then comes noise; which of the two was it? A run has
solved it at the first test, one every 25 updates, with 99 of 100 of 1000 fresh sequences right.
"""

from functools import partial

import numpy as np
from settings import TEN, Setting
from streams import share_legal
from tasks_1997 import embedded_reber
from tested import found, updates_to_pass

from lstm_lib import LSTM, RNN
from lstm_lib.train import Adam, Model, cross_entropy

LAGS = (5, 10, 20, 40, 80, 160)
H, B, UPDATES = 16, 32, 600
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
RIGHT = 0.99


def recall(lag, rng, size=B):
    """One batch: the sequences, and whether the first number is +1."""
    x = 0.2 * rng.normal(size=(lag + 1, size, 1))
    target = rng.integers(2, size=size)
    x[0, :, 0] = 2 * target - 1
    return x.astype(np.float32), target


def network(start, lag, seed):
    """Make a new network of a start; "chrono" alone is told the lag."""
    if start == "tanh":
        return RNN(1, H, seed=seed, dtype=np.float32)
    if start == "identity ReLU":
        rnn = RNN(1, H, "relu", "identity", seed=seed, dtype=np.float32)
        rnn.W *= 0.1
        return rnn
    if start == "chrono":
        return LSTM(1, H, "chrono", seed=seed, dtype=np.float32, t_max=max(3, lag))
    return LSTM(1, H, float(start.removeprefix("bias ")), seed=seed, dtype=np.float32)


def judge(model, lag, seed):
    """Give two functions: the share of 1000 fresh sequences that is wrong, and whether that is little."""
    x, target = recall(lag, np.random.default_rng(10_000 + seed), 1000)

    def error():
        return float((model.predict(x).argmax(-1) != target).mean())

    def passes(update):  # a test takes as long as many updates: none while the network guesses
        return update.loss < 0.3 and error() <= 1 - RIGHT

    return error, passes


def lag_trial(start, lag, seed, rate, quick):
    """Train one network for one lag."""
    model, rng = Model(network(start, lag, seed), 2, seed), np.random.default_rng(seed)
    error, passes = judge(model, lag, seed)
    batches, most = partial(recall, lag, rng), 3 if quick else UPDATES
    step = updates_to_pass(passes, most, model, batches, cross_entropy, Adam(rate))
    return found(step, B, error())


def radius(rnn):
    """By what U stretches a vector in the long run."""
    return float(np.abs(np.linalg.eigvals(rnn.U.astype(float))).max())


def heard(model, batch):
    """The gradient on the first state as a share of that on the last, each the largest of a batch."""
    x, target = batch
    trace = model.network.forward(x)
    dy = cross_entropy(model.read(trace.h_last), target, None)[1]
    sizes = np.abs(model.network.backward(trace, dh_last=dy @ model.W_y).h).max(axis=(1, 2))
    return float(f"{sizes[0] / sizes[-1]:.1e}")


LONG, HELD, PUT = 160, 0.95, 1.1
RADII = {
    "free": {},
    "U frozen": {"frozen": True},
    "U held below 1": {"held": HELD},
    "U put past 1": {"put": PUT},
    "blind up to 1": {"blind": True},
    "a third of the rate": {"most": 3 * UPDATES},
    "a tenth of the rate": {"most": 10 * UPDATES},
}
ONE_RATE = {"a third of the rate": 0.01 / 3, "a tenth of the rate": 0.001}


def radius_trial(seed, rate, quick, frozen=False, held=None, put=None, blind=False, most=UPDATES):
    """Train a tanh RNN for a lag of 160, with or without a hand on U, and follow its spectral radius.

    frozen: U stays as it is. held: U is scaled back whenever its radius passes this. put: U is scaled to this
    radius before training. blind: the targets are drawn by lot until the radius has passed 1.
    """
    rnn = RNN(1, H, seed=seed, dtype=np.float32)
    model, rng, lot = Model(rnn, 2, seed), np.random.default_rng(seed), np.random.default_rng(20_000 + seed)
    if put is not None:
        rnn.U *= put / radius(rnn)
    first, radii = rnn.U.copy(), [radius(rnn)]
    at_start = heard(model, recall(LONG, np.random.default_rng(30_000 + seed)))
    error, passes = judge(model, LONG, seed)

    def batches():  # after each update
        if frozen:
            rnn.U = first
        radii.append(radius(rnn))
        if held is not None and radii[-1] > held:
            rnn.U *= held / radii[-1]
            radii[-1] = held
        x, target = recall(LONG, rng)
        return x, lot.integers(2, size=B) if blind and max(radii) <= 1 else target

    step = updates_to_pass(passes, 3 if quick else most, model, batches, cross_entropy, Adam(rate))
    past = [n for n, value in enumerate(radii) if value > 1]
    return found(
        step, B, error(),
        heard_at_start=at_start, past_1=past[0] - 1 if past and not put else None,
        radius={"start": round(radii[0], 3), "most": round(max(radii), 3), "end": round(radius(rnn), 3)},
    )  # fmt: skip


MOST_REBER, B_REBER = 2000, 16


def peephole_trial(peepholes, seed, rate, quick):
    """Train on the embedded Reber grammar until 512 fresh strings are right at every symbol."""
    lstm = LSTM(7, H, seed=seed, dtype=np.float32, peepholes=peepholes)
    model, rng = Model(lstm, 7, seed), np.random.default_rng(seed)
    fresh = embedded_reber(512, 10_000 + seed)

    def share(_=None):
        return share_legal(model.predict(fresh.x, every_step=True, lengths=fresh.lengths), fresh)

    step = updates_to_pass(
        lambda update: share() == 1, 3 if quick else MOST_REBER, model, lambda: embedded_reber(B_REBER, rng),
        cross_entropy, Adam(rate),
    )  # fmt: skip
    return found(step, B_REBER, 1 - share())


TASK = {"H": H, "B": B, "updates": UPDATES, "criterion": "99 % of 1000 fresh sequences right"}
STARTS = ("tanh", "identity ReLU", "bias 0", "bias 1", "bias 3", "chrono")
RELU_RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)


def named(*parts):
    """The name of a setting."""
    return "-".join(parts).replace(" ", "-")


SETTINGS = (
    {
        named("lags", start, str(lag)): Setting(
            "lags", "rnn" if start in STARTS[:2] else "modern", partial(lag_trial, start, lag),
            RELU_RATES if start == "identity ReLU" else RATES, choice=TEN,
            about={"start": start, "lag": lag, **TASK},
        )
        for start in STARTS for lag in LAGS
    }
    | {
        named("radius", name): Setting(
            "radius", "rnn", partial(radius_trial, **hands), (ONE_RATE[name],) if name in ONE_RATE else RATES,
            choice=TEN,
            about={"hands": name, "lag": LONG, **TASK, **hands},
        )
        for name, hands in RADII.items()
    }
    | {
        named("peepholes", name): Setting(
            "peepholes", "modern", partial(peephole_trial, peepholes), RATES, choice=TEN,
            about={"task": "Reber", "H": H, "B": B_REBER, "updates": MOST_REBER,
                   "criterion": "512 fresh strings right at every symbol"},
        )
        for name, peepholes in (("with", True), ("without", False))
    }
)  # fmt: skip
