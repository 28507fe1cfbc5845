"""The tasks of Hochreiter & Schmidhuber 1997, trained as they were in 1997; and one thing changed at a time.

Sizes, learning rates and biases are the paper's. A setting that asks at the end of a sequence is here; the
paper's experiments 1, 2a and 2b, which ask at every step, are not.
"""

import time
from dataclasses import dataclass, field, replace
from functools import partial

from algorithm_1997 import Network1997, train
from modern import ORDER, Criterion, latest, noise_stages
from settings import Setting

from lstm_lib import tasks


@dataclass(frozen=True)
class Classic:
    """A task, the network that the paper gives it, and how it is trained."""

    draw: partial
    inputs: int
    blocks: int
    cells: int
    outputs: int
    rate: float
    budget: int
    stages: dict[str, Criterion]
    net: dict = field(default_factory=dict)
    train: dict = field(default_factory=dict)

    def network(self, trials: int = 10, seed: int = 0) -> Network1997:
        """Make the networks of some trials."""
        return Network1997(self.inputs, self.blocks, self.cells, self.outputs, trials, seed=seed, **self.net)

    def about(self) -> dict:
        """All that decides what comes out, as JSON can hold it."""
        return {
            "weights": self.network(1).weights,
            "rate": self.rate,
            "budget": self.budget,
            "criterion": {name: str(stage) for name, stage in self.stages.items()},
            "network": {name: list(v) if isinstance(v, tuple) else v for name, v in self.net.items()},
            "training": self.train,
        }

    def run(self, seeds: list[int], quick: bool = False) -> list[dict]:
        """Train a trial a seed, all at once: the first seed makes all their weights and sequences."""
        began, cpu = time.perf_counter(), time.process_time()
        found = train(
            self.network(len(seeds), seeds[0]), self.draw, self.stages, rate=self.rate, seed=seeds[0],
            budget=64 if quick else self.budget, **self.train,
        )  # fmt: skip
        share = {
            "seconds": (time.perf_counter() - began) / len(seeds),
            "cpu_seconds": (time.process_time() - cpu) / len(seeds),
        }
        return [{"seed": seed} | trial | share for seed, trial in zip(seeds, found, strict=True)]


# experiment 3: three blocks of one cell, 102 weights; 4: two of two, 93
NOISE_NET = dict(input_bias=(-1, -3, -5), output_bias=(-2, -4, -6), biased="hidden")
PAIR_NET = dict(input_bias=(-3, -6))


def lag(q: int, p: int) -> Classic:
    """Experiment 2c."""
    return Classic(
        partial(tasks.long_lag_2c, q, p), p + 4, 2, 1, 2, 0.01, 80_000,
        latest(0.2, window=10_000, watched=True), dict(reach=0.2, biased="none"),
    )  # fmt: skip


def noise(draw, N: int, budget: int, stages) -> Classic:
    """Experiment 3."""
    return Classic(partial(draw, 100, N=N), 1, 3, 1, 1, 1.0, budget, stages, NOISE_NET)


BIASES_6A = dict(input_bias=(-2, -4))
TASKS_1997: dict[str, tuple[str, int, int, Classic]] = {
    # name: (experiment, T, sequences in the paper, how)
    "6a": ("6a", 100, 31_390, Classic(tasks.temporal_order_6a, 8, 2, 2, 4, 0.5, 100_000, ORDER, BIASES_6A)),
    "3a-T100": ("3a", 100, 39_850, noise(tasks.two_sequence, 3, 100_000, noise_stages(0.2, 0.01))),
    "2c-q50-p50": ("2c", 50, 30_000, lag(50, 50)),
    "2c-q100-p100": ("2c", 100, 31_000, lag(100, 100)),
    "4-T100": ("4", 100, 74_000, Classic(
        partial(tasks.adding_1997, 100), 2, 2, 2, 1, 0.5, 150_000, latest(0.04, 0.01), PAIR_NET)),
    "3b": ("3b", 100, 43_250, noise(tasks.two_sequence_3b, 3, 100_000, noise_stages(0.2, 0.04, 5))),
}  # fmt: skip


# From 1997 to now in steps, on 6a: each is the one before it with one thing changed. A mean over 32 sequences
# makes a steadier and a smaller step, so that the rate had to be found anew, as for Adam.
CHANGES: dict[str, Classic] = {
    name: replace(TASKS_1997["6a"][3], rate=rate, **options)
    for name, rate, options in (
        ("batches of 32", 4.0, dict(train=dict(batch=32))),
        ("Adam", 0.01, dict(train=dict(batch=32, adam=True))),
        ("full gradient", 0.01, dict(train=dict(batch=32, adam=True, full=True))),
        (
            "forget gate, chrono",
            0.01,
            dict(train=dict(batch=32, adam=True, full=True), net=dict(forget_bias="chrono")),
        ),
    )
}


def setting(experiment: str, T: int, published: int | None, task: Classic, **about) -> Setting:
    """A setting whose trials run side by side."""
    return Setting(
        experiment, "1997", task.run, T, task.blocks * task.cells, published, together=True,
        about=about | task.about(),
    )  # fmt: skip


SETTINGS = {f"{name}-1997": setting(*rest) for name, rest in TASKS_1997.items()} | {
    f"changes-{k}": setting("changes", 100, 31_390, task, change=name)
    for k, (name, task) in enumerate(CHANGES.items(), start=1)
}
