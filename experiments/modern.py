"""The tasks of Hochreiter & Schmidhuber 1997 for a modern LSTM, a tanh RNN, and guessing.

The column "cell of 1997" is the modern LSTM with its forget gate held open, one of the things that set that
cell apart.

Adam, the gradient's norm clipped at 1, 32-bit numbers; in a row all columns have the same criterion, budget,
batches and units, and each learns at the best of its rates. Success is what the paper calls success, judged
as the paper does: each sequence by the answer that it got before the network learnt from it. Fresh data in
each batch make that a test as well. `sequences` counts up to the moment the criterion is met, the sequences
it looks back on included. In 2a to 2c the paper watches 10,000 further sequences, and does not count them;
nor are they counted here, nor part of the budget. `experiments/second_reading.md` has each task's sentences.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from typing import Any

import numpy as np
import tasks_1997 as tasks
from full_gates import FullGates
from gru import GRU
from guessing import REACH, guess
from lookup import Lookup
from settings import CHOICE, Setting
from streams import of_grammar, share_legal

from lstm_lib import LSTM, RNN
from lstm_lib.tasks import Batch
from lstm_lib.train import Adam, Model, TrainingDiverged, cross_entropy, softmax, squared_error, updates


@dataclass(frozen=True)
class Criterion:
    """Met when, of the last `window` sequences, at most `wrong` are off by `within` or more.

    And when their mean error is below `mean`. If `watched`, the window is not counted as training.
    """

    window: int
    within: float
    mean: float = np.inf
    wrong: int = 0
    watched: bool = False
    text: str = ""  # what it is called, if that is not what it says

    def met(self, largest, mean) -> bool:
        """Judge the errors of all sequences so far."""
        if len(largest) < self.window or (not self.wrong and largest[-1] >= self.within):
            return False
        off = np.count_nonzero(largest[-self.window :] >= self.within)
        return bool(off <= self.wrong and mean[-self.window :].mean() < self.mean)

    def __str__(self) -> str:
        if self.text:
            return self.text
        if self.within == np.inf:
            return f"mean error of the last {self.window} sequences below {self.mean:g}"
        most = f"at most {self.wrong}" if self.wrong else "none"
        mean = f", mean error below {self.mean:g}" if self.mean < np.inf else ""
        watched = " (not counted as training)" if self.watched else ""
        return f"of the last {self.window} sequences {most} off by {self.within:g} or more{mean}{watched}"


GUESSED = "not tuned; one unit can hold one bit, four units any of the eight classes of 6b"


def with_the_last(weight, y, target, counted=None):
    """Cross-entropy of all steps, plus that of the last one, which else counts for next to nothing."""
    value, dy = cross_entropy(y, target, counted)
    last, dy_last = cross_entropy(y[-1], target[-1])
    dy[-1] += weight * dy_last
    return value + weight * last, dy


def of_numbers(y, batch):
    """Absolute errors (B, 1) of an answer that is a number."""
    return np.abs(y - batch.target)


def of_classes(y, batch):
    """Absolute errors of the probabilities, (…, B, K)."""
    return np.abs(softmax(y) - np.eye(y.shape[-1])[batch.target])


def of_the_last_symbol(y, batch):
    """The same at the last step alone."""
    return of_classes(y[-1], batch._replace(target=batch.target[-1]))


def without_noise(y, batch):
    """Errors of 3c, from the target without its noise: the first number of x is the class."""
    return np.abs(y - np.where(batch.x[0] > 0, 0.2, 0.8))


@dataclass(frozen=True)
class Task:
    """What is drawn, how it is judged, and how the network starts.

    Attributes
    ----------
    draw : callable
        draw(B=, seed=) gives a batch; its x holds whole numbers, (T, B), where `symbols` says how many.
    answers : int
        Numbers in an answer.
    errors : callable
        errors(y, batch) gives absolute errors, sequences on the last axis but one.
    stages : dict of Criterion
        By name; the last one is success.
    T : int
        Steps from what counts to the answer, about; what "chrono" is told.
    budget : int
        Sequences at most, what a criterion watches not counted.
    half_life : float
        Updates after which the learning rate is half as large.
    forget_bias : float or "chrono"
        How b_f starts.
    """

    draw: Callable[..., Batch]
    answers: int
    errors: Callable
    stages: dict[str, Criterion]
    T: int
    budget: int
    H: int = 16
    B: int = 32
    half_life: float = np.inf
    forget_bias: float | str = "chrono"
    symbols: int | None = None
    last: float | None = None  # weight of the last answer's loss, where every step answers
    tested: tuple[int, int] = (20, 128)  # batches of fresh sequences at the end, and their size
    pad: int = 1  # sequences are filled up to a multiple: buffers of the same shape are used again
    options: tuple[tuple[str, object], ...] = ()
    units: int = 4  # of a guessed network
    chosen: str = "all but the rate set beforehand, alike for all columns; the rate on the choice seeds"

    def about(self, column: str = "modern") -> dict[str, Any]:
        """All that decides what comes out."""
        said = {"criterion": {name: str(stage) for name, stage in self.stages.items()}, "budget": self.budget}
        if column == "guessing":
            return said | {
                "hidden_size": self.units,
                "start": f"tanh units, all weights uniform in ±{REACH:g}; numbers by the logistic function",
                "chosen": GUESSED,
            }
        said |= {"hidden_size": self.H, "T": self.T, "batch_size": self.B, "start": self.start(column)}
        if self.half_life < np.inf:
            said["half_life"] = self.half_life
        if self.last:
            said["weight_of_last"] = self.last
        return said | {"chosen": self.chosen}

    def start(self, column: str) -> str:
        """How the network starts, in words."""
        if column == "rnn":
            return "recurrent weights a random rotation"
        chrono, gate = self.forget_bias == "chrono", "b_z" if column == "gru" else "b_f"
        bias = f"{gate} chrono, up to {self.T} steps" if chrono else f"{gate} {self.forget_bias:g}"
        if column == "cell of 1997":
            return f"no forget gate; b_i as with {bias}" if chrono else "no forget gate"
        return bias

    def batch(self, B, rng):
        """Draw a batch, padded."""
        batch = self.draw(B=B, seed=rng)
        missing = -len(batch.x) % self.pad
        return batch._replace(x=np.pad(batch.x, [(0, missing)] + [(0, 0)] * (batch.x.ndim - 1)))

    def network(self, column, inputs, rng):
        """Make an LSTM, one whose gates read all gates, a GRU whose update gate starts so, or an RNN.

        The RNN starts with a rotation.
        """
        if column == "rnn":
            return RNN(inputs, self.H, recurrent_init="orthogonal", seed=rng, dtype=np.float32)
        if column == "gru":
            gru, bias = GRU(inputs, self.H, seed=rng, dtype=np.float32), self.forget_bias
            if bias == "chrono":  # its update gate keeps, as f does
                bias = np.log(rng.uniform(1, self.T - 1, self.H))
            gru.b_z = np.broadcast_to(bias, self.H)
            return gru
        kind, options = FullGates if column == "full gates" else LSTM, dict(self.options)
        t_max = self.T if self.forget_bias == "chrono" else None
        lstm = kind(inputs, self.H, self.forget_bias, seed=rng, dtype=np.float32, t_max=t_max, **options)
        if column == "cell of 1997":
            held_open(lstm)
        return lstm

    def model(self, column, inputs, rng):
        """The network and its read-out."""
        if self.symbols:
            return Lookup(self.network(column, self.symbols, rng), self.answers, rng)
        return Model(self.network(column, inputs, rng), self.answers, rng)


def held_open(lstm):
    """Hold f at 1, as LSTM(forget_gate=False) does at three times the cost.

    With a bias of 60 alone, σ is 1 in 32 bits and its slope 0: so it stays.
    """
    lstm.W_f, lstm.U_f, lstm.b_f = 0 * lstm.W_f, 0 * lstm.U_f, 0 * lstm.b_f + 60


def trial(task, column, seed, rate, quick=False):
    """Train once, until the last criterion is met or the budget is used."""
    if column == "guessing":
        return guess(task, seed, quick)
    rng = np.random.default_rng(seed)
    batch = task.batch(task.B, rng)
    model = task.model(column, batch.x.shape[-1], rng)
    adam, loss = Adam(rate), cross_entropy if batch.target.dtype.kind in "iu" else squared_error
    if task.last:
        loss = partial(with_the_last, task.last)
        loss.classes = True
    name, success = list(task.stages.items())[-1]
    budget = 2 * task.B if quick else -(-task.budget // task.B) * task.B
    most = budget + success.window * success.watched
    largest, mean = np.empty(most + task.B), np.empty(most + task.B)
    reached: dict[str, int] = {}
    seen, stopped = 0, ""
    batches = chain([batch], (task.batch(task.B, rng) for _ in repeat(None)))
    try:
        for update in updates(model, batches, loss, adam):
            errors = np.moveaxis(task.errors(update.y, update.batch), -2, 0).reshape(task.B, -1)
            now = slice(seen, seen + task.B)
            largest[now], mean[now] = errors.max(1), errors.mean(1)
            seen += task.B
            for stage, criterion in task.stages.items():
                if stage not in reached and criterion.met(largest[:seen], mean[:seen]):
                    reached[stage] = seen - criterion.window * criterion.watched
            mistaken = seen >= budget and (largest[budget:seen] >= success.within).any()
            if len(reached) == len(task.stages) or seen >= most or mistaken:
                break
            adam.learning_rate = rate * 0.5 ** (seen / task.B / task.half_life)
    except TrainingDiverged as error:
        stopped = str(error)
    found = {
        "solved": name in reached,
        "sequences": reached.get(name),
        "trained_on": seen,
        "error": float(mean[max(0, seen - min(2000, success.window)) : seen].mean()) if seen else np.inf,
    }
    batches, size = task.tested
    found[f"wrong_of_{batches * size}"] = wrong(model, task, seed, 1 if quick else batches, size)
    if len(task.stages) > 1:
        found["stages"] = {stage: reached.get(stage) for stage in task.stages}
    return found | ({"diverged": stopped} if stopped else {})


def wrong(model, task, seed, batches, size):
    """Of fresh sequences, those that the trained network gets wrong."""
    rng, within = np.random.default_rng([seed, 1]), list(task.stages.values())[-1].within
    count = 0
    for _ in range(batches):
        batch = task.batch(size, rng)
        classes = batch.target.dtype.kind in "iu"
        every_step = batch.target.ndim == 3 - classes
        y = model.predict(batch.x, every_step=every_step, lengths=batch.lengths)
        errors = np.moveaxis(task.errors(y, batch), -2, 0).reshape(size, -1)
        count += int((errors.max(1) >= within).sum())
    return count


def reber_sets(seed):
    """256 random strings to train on, and 256 more that are not among them."""
    rng = np.random.default_rng(seed)

    def text(batch, b):
        return tuple(batch.target[: batch.lengths[b], b])

    seen, more = tasks.embedded_reber(256, rng), tasks.embedded_reber(2048, rng)
    known = {text(seen, b) for b in range(256)}
    others = [b for b in range(2048) if text(more, b) not in known]
    return seen, take(more, others[:256])


def take(batch, chosen):
    """Some sequences of a batch."""
    lengths = batch.lengths[chosen]
    steps = lengths.max()
    return Batch(batch.x[:steps, chosen], batch.target[:steps, chosen], lengths, batch.legal[:steps, chosen])


def reber_trial(task, column, seed, rate, quick=False):
    """Experiment 1: on 256 strings, until these and 256 others are read without a mistake."""
    if column == "guessing":
        return guess(task, seed, quick)
    rng = np.random.default_rng(seed)
    seen, others = reber_sets([seed, 1])
    model = task.model(column, 7, rng)
    adam, steps, every = Adam(rate), task.budget // task.B, 20
    shares, update, stopped = [0.0], 0, ""

    def share(batch):
        return share_legal(model.predict(batch.x, every_step=True, lengths=batch.lengths), batch)

    def batch():
        return take(seen, rng.integers(256, size=task.B))

    try:
        for update, *_ in updates(model, batch, cross_entropy, adam):
            if update % every == 0:
                shares = [share(seen), share(others)]
                if min(shares) == 1 or update >= (every if quick else steps):
                    break
    except TrainingDiverged as error:
        stopped, shares = str(error), [share(seen), share(others)]
    return {
        "solved": min(shares) == 1,
        "sequences": update * task.B if min(shares) == 1 else None,
        "trained_on": update * task.B,
        "error": 1 - float(np.mean(shares)),
    } | ({"diverged": stopped} if stopped else {})


def latest(within, mean=np.inf, window=2000, wrong=0, watched=False):
    """One stage: success."""
    return {"success": Criterion(window, within, mean, wrong, watched)}


def noise_stages(within, mean, wrong=0):
    """Two stages of experiment 3: few of 256 sequences wrong; then a small mean error as well."""
    return {"ST1": Criterion(256, within, wrong=wrong), "ST2": Criterion(256, within, mean, wrong)}


WATCHED = latest(0.25, window=10_000, watched=True)
PRODUCT = {f"n_seq {n}": Criterion(2000, 0.04, wrong=n - 1) for n in (140, 13)}
ORDER = latest(0.3, 0.1)
WITHOUT_A_MISTAKE = (
    "the 256 strings to train on and 256 others read without a mistake (guessed: 512 fresh ones)"
)
STRINGS = {"success": Criterion(512, 0.5, text=WITHOUT_A_MISTAKE)}


def two_sequences(draw, errors, stages, T=100, **settings):
    """A task of experiment 3, three numbers that carry the class."""
    draw = partial(draw, T, N=3)
    return Task(draw, 1, errors, stages, T, pad=T + T // 10, units=1, **settings)


def long_lag(q, p, **settings):
    """A task of experiment 2c."""
    draw, stages = partial(tasks.distracted, q, p), latest(0.2, window=10_000, watched=True)
    return Task(draw, 2, of_classes, stages, q, symbols=p + 4, pad=16, units=1, **settings)


def marked(draw, stages, T, **settings):
    """A task of experiment 4 or 5."""
    return Task(partial(draw, T), 1, of_numbers, stages, T, pad=T + T // 10, **settings)


WEIGHED = (
    "weight of the last answer (10 or 100) and half-life (200 updates or none) with the modern LSTM on seed "
    "1000, then for all columns; the rate on the choice seeds"
)


def every_symbol(draw, errors, **settings):
    """A task of experiment 2a or 2b, 100 steps."""
    draw = partial(draw, 100)
    return Task(draw, 101, errors, WATCHED, 100, 20_000, H=32, B=16, last=10.0, chosen=WEIGHED, **settings)


SMALLER = (
    "batches of 16, after 16,720 sequences in batches of 32 with the modern LSTM on seed 1000, then for all "
    "columns; the rate on the choice seeds"
)
ADDED = latest(0.04, 0.01)
NOISE = noise_stages(0.2, 0.01)
REBER = Task(tasks.embedded_reber, 7, of_grammar, STRINGS, 12, 60_000, B=16, forget_bias=1.0)
ORDER_6A = Task(tasks.temporal_order_6a, 4, of_classes, ORDER, 100, 40_000, H=32, pad=110)
ORDER_6B = Task(tasks.temporal_order_6b, 8, of_classes, ORDER, 100, 80_000, H=48, pad=110)

# the experiment, sequences to success in the paper, and the task
TASKS: dict[str, tuple[str, int, Task]] = {
    "1": ("1", 8440, REBER),
    "2a": ("2a", 5040, every_symbol(tasks.long_lag_2a, of_classes)),
    "2b": ("2b", 5680, every_symbol(tasks.long_lag_2b, of_the_last_symbol, half_life=200)),
    "2c-q50-p50": ("2c", 30_000, long_lag(50, 50, budget=40_000)),
    "2c-q100-p100": ("2c", 31_000, long_lag(100, 100, budget=40_000)),
    "2c-q1000-p1000": ("2c", 49_000, long_lag(1000, 1000, budget=20_000, B=16, chosen=SMALLER)),
    "3a-T100": ("3a", 39_850, two_sequences(tasks.two_sequence, of_numbers, NOISE, budget=40_000)),
    "3a-T1000": ("3a", 452_460, two_sequences(tasks.two_sequence, of_numbers, NOISE, 1000, budget=50_000)),
    "3b": (
        "3b",
        43_250,
        two_sequences(tasks.two_sequence_3b, of_numbers, noise_stages(0.2, 0.04, 5), budget=40_000),
    ),
    "3c": (
        "3c",
        269_650,
        two_sequences(tasks.two_sequence_3c, without_noise, noise_stages(0.1, 0.015), budget=80_000),
    ),
    "4-T100": ("4", 74_000, marked(tasks.adding_1997, ADDED, 100, budget=80_000)),
    "4-T500": ("4", 209_000, marked(tasks.adding_1997, ADDED, 500, budget=50_000)),
    "4-T1000": ("4", 853_000, marked(tasks.adding_1997, ADDED, 1000, budget=50_000)),
    "5": ("5", 1_273_000, marked(tasks.multiplication, PRODUCT, 100, budget=120_000)),
    "6a": ("6a", 31_390, ORDER_6A),
    "6b": ("6b", 571_100, ORDER_6B),
}
COLUMNS = ("modern", "cell of 1997", "rnn", "guessing")
LSTM_RATES = (0.003, 0.01, 0.03, 0.1)
RATES = {
    "modern": LSTM_RATES,
    "cell of 1997": LSTM_RATES,
    "rnn": (0.0003, 0.001, 0.003, 0.01, 0.03),
    "guessing": (),
}


def setting(name, column):
    """The setting of a row for a column."""
    experiment, published, task = TASKS[name]
    run = partial(reber_trial if experiment == "1" else trial, task, column)
    choice = CHOICE[:3] if task.T >= 500 else CHOICE
    about = task.about(column)
    return Setting(experiment, column, run, RATES[column], published, choice=choice, about=about)


SETTINGS = {
    f"{name}-{column.replace(' ', '-')}": setting(name, column) for column in COLUMNS for name in TASKS
}
