"""The tasks of Hochreiter & Schmidhuber 1997 for a modern LSTM, and for a tanh RNN on the same data.

Adam, the gradient's norm clipped at 1, 32-bit numbers. Success is what the paper calls success, judged as
the paper does: each sequence by the answer that it got before the network learnt from it. Fresh data in each
batch make that a test as well. `sequences` counts up to the moment the criterion is met, the sequences it
looks back on included. In 2a to 2c the paper watches 10,000 further sequences, and does not count them; here
these are 2000, not counted either.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, repeat

import numpy as np
import tasks_1997 as tasks
from full_gates import FullGates
from gru import GRU
from settings import Setting
from streams import share_legal

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

    def met(self, largest, mean) -> bool:
        """Judge the errors of all sequences so far."""
        if len(largest) < self.window or (not self.wrong and largest[-1] >= self.within):
            return False
        off = np.count_nonzero(largest[-self.window :] >= self.within)
        return bool(off <= self.wrong and mean[-self.window :].mean() < self.mean)

    def __str__(self) -> str:
        if self.within == np.inf:
            return f"mean error of the last {self.window} sequences below {self.mean:g}"
        most = f"at most {self.wrong}" if self.wrong else "none"
        mean = f", mean error below {self.mean:g}" if self.mean < np.inf else ""
        watched = " (not counted as training)" if self.watched else ""
        return f"of the last {self.window} sequences {most} off by {self.within:g} or more{mean}{watched}"


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
        draw(B=, seed=) gives a batch.
    answers : int
        Numbers in an answer.
    errors : callable
        errors(y, batch) gives absolute errors, sequences on the last axis but one.
    stages : dict of Criterion
        By name; the last one is success.
    budget : int
        Sequences at most.
    forget_bias, t_max : how b_f starts
    rate, half_life : float
        Adam's learning rate, and the updates after which it is half as large.
    """

    draw: Callable[..., Batch]
    answers: int
    errors: Callable
    stages: dict[str, Criterion]
    T: int
    budget: int
    rnn_budget: int | None = None  # a smaller one for the RNN, where the same would take many minutes
    H: int = 16
    B: int = 32
    rate: float = 0.01
    half_life: float = np.inf
    forget_bias: float | str = "chrono"
    t_max: int | None = None
    last: float | None = None  # weight of the last answer's loss, where every step answers
    tested: tuple[int, int] = (40, 64)  # batches of fresh sequences at the end, and their size
    pad: int = 1  # sequences are filled up to a multiple: buffers of the same shape are used again
    options: tuple[tuple[str, object], ...] = ()

    def about(self):
        """The facts of a record."""
        return {
            "criterion": str(list(self.stages.values())[-1])
            if self.stages
            else "all strings read without a mistake",
            "budget": self.budget,
            "batch_size": self.B,
            "learning_rate": self.rate,
            "half_life": None if self.half_life == np.inf else self.half_life,
            "forget_bias": self.forget_bias,
            "t_max": (self.t_max or self.T) if self.forget_bias == "chrono" else None,
            **({"weight_of_last": self.last} if self.last else {}),
        }

    def batch(self, B, rng):
        """Draw a batch, padded."""
        batch = self.draw(B=B, seed=rng)
        missing = -len(batch.x) % self.pad
        return batch._replace(x=np.pad(batch.x, ((0, missing), (0, 0), (0, 0)))) if missing else batch

    def network(self, algorithm, inputs, rng):
        """Make an LSTM, one whose gates read all gates, a GRU whose update gate starts so, or an RNN.

        The RNN starts with a rotation.
        """
        if algorithm == "rnn":
            return RNN(inputs, self.H, recurrent_init="orthogonal", seed=rng, dtype=np.float32)
        if algorithm == "gru":
            gru, bias = GRU(inputs, self.H, seed=rng, dtype=np.float32), self.forget_bias
            if bias == "chrono":  # its update gate keeps, as f does
                bias = np.log(rng.uniform(1, self.T - 1, self.H))
            gru.b_z = np.broadcast_to(bias, self.H)
            return gru
        t_max = (self.t_max or self.T) if self.forget_bias == "chrono" else None
        kind = FullGates if algorithm == "full gates" else LSTM
        options = {"t_max": t_max, **dict(self.options)}
        return kind(inputs, self.H, self.forget_bias, seed=rng, dtype=np.float32, **options)


def trial(task, algorithm, seed, quick=False):
    """Train once, until the last criterion is met or the budget is used."""
    began, cpu = time.perf_counter(), time.process_time()
    rng = np.random.default_rng(seed)
    batch = task.batch(task.B, rng)
    classes = batch.target.dtype.kind in "iu"
    model = Model(task.network(algorithm, batch.x.shape[-1], rng), task.answers, seed=rng)
    adam, loss = Adam(task.rate), cross_entropy if classes else squared_error
    if task.last:
        loss = partial(with_the_last, task.last)
        loss.classes = True
    budget = 2 * task.B if quick else task.budget // task.B * task.B
    largest, mean = np.empty(budget), np.empty(budget)
    reached: dict[str, int] = {}
    seen, stopped = 0, ""
    batches = chain([batch], (task.batch(task.B, rng) for _ in repeat(None)))
    try:
        for update in updates(model, batches, loss, adam):
            errors = np.moveaxis(task.errors(update.y, update.batch), -2, 0).reshape(task.B, -1)
            now = slice(seen, seen + task.B)
            largest[now], mean[now] = errors.max(1), errors.mean(1)
            seen += task.B
            for name, criterion in task.stages.items():
                if name not in reached and criterion.met(largest[:seen], mean[:seen]):
                    reached[name] = seen - criterion.window * criterion.watched
            if seen >= budget or len(reached) == len(task.stages):
                break
            adam.learning_rate = task.rate * 0.5 ** (seen / task.B / task.half_life)
    except TrainingDiverged as error:
        stopped = str(error)
    success = list(task.stages)[-1]
    window, (batches, size) = task.stages[success].window, task.tested
    found = {
        "seed": seed,
        "solved": success in reached,
        "sequences": reached.get(success),
        "trained_on": seen,
        "error": float(mean[max(0, seen - window) : seen].mean()),
    }
    if task.stages[success].within < np.inf:
        found[f"wrong_of_{batches * size}"] = wrong(model, task, seed, 1 if quick else batches, size)
    if len(task.stages) > 1:
        found["stages"] = {name: reached.get(name) for name in task.stages}
    took = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}
    return found | took | ({"diverged": stopped} if stopped else {})


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


def reber_trial(task, algorithm, seed, quick=False):
    """Experiment 1: on 256 strings, until these and 256 others are read without a mistake."""
    began, cpu = time.perf_counter(), time.process_time()
    rng = np.random.default_rng(seed)
    seen, others = reber_sets([seed, 1])
    model = Model(task.network(algorithm, 7, rng), 7, seed=rng)
    adam, steps, every = Adam(task.rate), task.budget // task.B, 20
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
        "seed": seed,
        "solved": min(shares) == 1,
        "sequences": update * task.B if min(shares) == 1 else None,
        "trained_on": update * task.B,
        "error": 1 - float(np.mean(shares)),
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
    } | ({"diverged": stopped} if stopped else {})


def latest(within, mean=np.inf, window=2000, wrong=0, watched=False):
    """One stage: success."""
    return {"success": Criterion(window, within, mean, wrong, watched)}


def noise_stages(within, mean, wrong=0):
    """Two stages of experiment 3: few of 256 sequences wrong; then a small mean error as well."""
    return {"ST1": Criterion(256, within, wrong=wrong), "ST2": Criterion(256, within, mean, wrong)}


WATCHED = latest(0.25, watched=True)
PRODUCT = {f"n_seq {n}": Criterion(2000, 0.04, wrong=n - 1) for n in (140, 13)}
ORDER = latest(0.3, 0.1)


def two_sequences(draw, errors, stages, T=100, **settings):
    """A task of experiment 3, three numbers that carry the class."""
    draw = partial(draw, T, N=3)
    return Task(draw, 1, errors, stages, T, pad=T + T // 10, **settings)


def long_lag(q, p, **settings):
    """A task of experiment 2c."""
    draw = partial(tasks.long_lag_2c, q, p)
    return Task(draw, 2, of_classes, latest(0.2, watched=True), q, pad=16, **settings)


def marked(draw, stages, T, **settings):
    """A task of experiment 4 or 5."""
    return Task(partial(draw, T), 1, of_numbers, stages, T, rate=0.02, pad=T + T // 10, **settings)


def every_symbol(draw, errors, **settings):
    """A task of experiment 2a or 2b, 100 steps."""
    return Task(partial(draw, 100), 101, errors, WATCHED, 100, 15_000, 10_000, H=32, B=8, **settings)


ADDED = latest(0.04, 0.01)
NOISE = noise_stages(0.2, 0.01)
LEAST = {"budget": 40_000, "rnn_budget": 20_000}
LONG = {"budget": 40_000, "rnn_budget": 5000}
REBER = Task(tasks.embedded_reber, 7, of_classes, {}, 12, 60_000, 20_000, B=16, forget_bias=1.0)
ORDER_6A = Task(tasks.temporal_order_6a, 4, of_classes, ORDER, 100, 40_000, 20_000, H=32, rate=0.005, pad=110)
ORDER_6B = Task(tasks.temporal_order_6b, 8, of_classes, ORDER, 100, 80_000, 20_000, H=48, rate=0.005, pad=110)

# the experiment, sequences to success in the paper, and the task
TASKS: dict[str, tuple[str, int, Task]] = {
    "1": ("1", 8440, REBER),
    "2a": ("2a", 5040, every_symbol(tasks.long_lag_2a, of_classes, last=10.0, rate=0.02)),
    "2b": ("2b", 5680, every_symbol(tasks.long_lag_2b, of_the_last_symbol, last=100.0, half_life=200)),
    "2c-q50-p50": ("2c", 30_000, long_lag(50, 50, **LEAST)),
    "2c-q100-p100": ("2c", 31_000, long_lag(100, 100, **LEAST)),
    "2c-q1000-p1000": ("2c", 49_000, long_lag(1000, 1000, budget=8000, rnn_budget=1000, B=8, tested=(32, 8))),
    "3a-T100": ("3a", 39_850, two_sequences(tasks.two_sequence, of_numbers, NOISE, **LEAST)),
    "3a-T1000": ("3a", 452_460, two_sequences(tasks.two_sequence, of_numbers, NOISE, 1000, **LONG)),
    "3b": (
        "3b",
        43_250,
        two_sequences(tasks.two_sequence_3b, of_numbers, noise_stages(0.2, 0.04, 5), **LEAST),
    ),
    "3c": (
        "3c",
        269_650,
        two_sequences(
            tasks.two_sequence_3c, without_noise, noise_stages(0.1, 0.015), budget=80_000, rnn_budget=20_000
        ),
    ),
    "4-T100": ("4", 74_000, marked(tasks.adding_1997, ADDED, 100, budget=100_000, rnn_budget=40_000)),
    "4-T500": ("4", 209_000, marked(tasks.adding_1997, ADDED, 500, budget=150_000, rnn_budget=5000, B=64)),
    "4-T1000": ("4", 853_000, marked(tasks.adding_1997, ADDED, 1000, budget=150_000, rnn_budget=5000, B=64)),
    "5": ("5", 1_273_000, marked(tasks.multiplication, PRODUCT, 100, budget=200_000, rnn_budget=40_000)),
    "6a": ("6a", 31_390, ORDER_6A),
    "6b": ("6b", 571_100, ORDER_6B),
}


def run_seeds(task, algorithm, once, seeds, quick):
    """Trials one after the other."""
    return [once(task, algorithm, seed, quick) for seed in seeds]


def setting(name, algorithm):
    """The setting of a task for an LSTM or an RNN."""
    experiment, published, task = TASKS[name]
    if algorithm == "rnn":
        task = replace(task, budget=task.rnn_budget or task.budget)
    about = task.about()
    if algorithm == "rnn":
        about = {**about, "forget_bias": None, "t_max": None}
    run = partial(run_seeds, task, algorithm, reber_trial if experiment == "1" else trial)
    return Setting(experiment, algorithm, run, task.T, task.H, published, about=about)


SETTINGS = {
    f"{name}-{algorithm}": setting(name, algorithm) for algorithm in ("modern", "rnn") for name in TASKS
}
