"""The tasks of Hochreiter & Schmidhuber 1997, trained as they were in 1997; and one thing changed at a time.

Sizes, learning rates and biases are the paper's. A setting that asks at the end of a sequence is here; the
paper's experiments 1, 2a and 2b, which ask at every step, are not.
"""

import time
from dataclasses import dataclass, field, replace
from functools import partial

import tasks_1997 as tasks
from algorithm_1997 import Network1997, train
from modern import ORDER, Criterion, latest, noise_stages
from settings import Setting


@dataclass(frozen=True)
class Classic:
    """A task, the network that the paper gives it, and how it is trained."""

    draw: partial
    sizes: tuple[int, int, int, int]  # inputs, blocks, cells in each, outputs
    rate: float
    stages: dict[str, Criterion]
    net: dict
    budget: int
    train: dict = field(default_factory=dict)

    def network(self, trials: int = 10, seed: int = 0) -> Network1997:
        """Make the networks of some trials."""
        return Network1997(*self.sizes, trials, seed=seed, **self.net)

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
            budget=64 if quick else self.budget, test=256 if quick else 2560, **self.train,
        )  # fmt: skip
        share = {
            "seconds": (time.perf_counter() - began) / len(seeds),
            "cpu_seconds": (time.process_time() - cpu) / len(seeds),
        }
        return [{"seed": seed} | trial | share for seed, trial in zip(seeds, found, strict=True)]


# experiment 3: three blocks of one cell, 102 weights; 4: two of two, 93
NOISE_NET = dict(input_bias=(-1, -3, -5), output_bias=(-2, -4, -6), biased="hidden")
PAIR_NET = dict(input_bias=(-3, -6))
ORDER_NET = dict(input_bias=(-2, -4))
LAG_NET = dict(reach=0.2, biased="none")
WATCHED = latest(0.2, window=10_000, watched=True)
TASKS_1997: dict[str, tuple[str, int, int, Classic]] = {
    # name: (experiment, T, sequences in the paper, how); each trial may take twice as many as the paper's
    name: (experiment, T, published, Classic(*how, budget=2 * published))
    for name, experiment, T, published, *how in (
        ("6a", "6a", 100, 31_390, tasks.temporal_order_6a, (8, 2, 2, 4), 0.5, ORDER, ORDER_NET),
        ("3a-T100", "3a", 100, 39_850, partial(tasks.two_sequence, 100, N=3),
         (1, 3, 1, 1), 1.0, noise_stages(0.2, 0.01), NOISE_NET),
        ("3b", "3b", 100, 43_250, partial(tasks.two_sequence_3b, 100, N=3),
         (1, 3, 1, 1), 1.0, noise_stages(0.2, 0.04, 5), NOISE_NET),
        ("2c-q50-p50", "2c", 50, 30_000, partial(tasks.long_lag_2c, 50, 50),
         (54, 2, 1, 2), 0.01, WATCHED, LAG_NET),
        ("2c-q100-p100", "2c", 100, 31_000, partial(tasks.long_lag_2c, 100, 100),
         (104, 2, 1, 2), 0.01, WATCHED, LAG_NET),
        ("4-T100", "4", 100, 74_000, partial(tasks.adding_1997, 100),
         (2, 2, 2, 1), 0.5, latest(0.04, 0.01), PAIR_NET),
    )
}  # fmt: skip


# From 1997 to now in steps, on 6a: each is the one before it with one thing changed. The rate is a change of
# its own after batches, whose mean makes fewer steps of the same size. For Adam it means something else, and
# what suits it may change with each step: so several are tried in each. The last rate is the modern LSTM's.
BATCHES = {"batch": 32}  # what `train` is told, from step to step
ADAM = BATCHES | {"adam": True}
FULL = ADAM | {"full": True}
CHRONO = {"forget_bias": "chrono"}
SOFTMAX = CHRONO | {"softmax": True}
UNGATED = ORDER_NET | {"softmax": True}
NARROW, WIDE = (8, 2, 2, 4), (8, 32, 1, 4)
CHANGES: dict[str, tuple[str, Classic]] = {
    # name: (what is new, how)
    f"{step}-rate-{rate:g}": (
        change,
        replace(TASKS_1997["6a"][3], sizes=sizes, rate=rate, train=how, net=net, budget=100_000),
    )
    for step, change, rates, how, net, sizes in (
        ("1", "batches of 32", (0.5,), BATCHES, ORDER_NET, NARROW),
        ("2", "learning rate times 8", (4.0,), BATCHES, ORDER_NET, NARROW),
        ("3", "Adam", (0.003, 0.01, 0.03, 0.1, 0.3), ADAM, ORDER_NET, NARROW),
        ("4", "full gradient", (0.01, 0.03, 0.1), FULL, ORDER_NET, NARROW),
        ("5", "forget gate, chrono", (0.01, 0.03, 0.1), FULL, CHRONO, NARROW),
        ("6", "softmax, cross-entropy", (0.01, 0.03, 0.1), FULL, SOFTMAX, NARROW),
        ("7", "32 blocks of one cell", (0.005,), FULL, SOFTMAX, WIDE),
        # and step 6 with one thing as it was
        ("without-full-gradient", "step 6 without 4", (0.01,), ADAM, SOFTMAX, NARROW),
        ("without-forget-gate", "step 6 without 5", (0.01,), FULL, UNGATED, NARROW),
    )
    for rate in rates
}


def setting(experiment: str, T: int, published: int | None, task: Classic, **about) -> Setting:
    """A setting whose trials run side by side."""
    return Setting(
        experiment, "1997", task.run, T, task.sizes[1] * task.sizes[2], published, together=True,
        about=about | task.about(),
    )  # fmt: skip


SETTINGS = {f"{name}-1997": setting(*rest) for name, rest in TASKS_1997.items()} | {
    f"changes-{name}": setting("changes", 100, 31_390, task, change=change)
    for name, (change, task) in CHANGES.items()
}
