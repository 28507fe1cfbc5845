"""Settings beyond 1997: the cell with one part cut out, and the stream that needs a forget gate.

One part at a time, as in Greff et al. 2017: on adding, temporal order, the embedded Reber grammar and
copying, each with a small budget. "vanilla" is the six equations with the chrono start; where a variant has
no forget gate or no input gate, that part of the start goes with it. "GRU" has the same horizons in the
bias of its update gate; "update bias" is a GRU with a fixed one there.
"""

import time
from dataclasses import replace
from functools import partial

import numpy as np
from lags_and_streams import read_stream, train_on_stream
from modern import Criterion, Task, of_classes, of_numbers, reber_trial, run_seeds, trial
from settings import Setting
from tasks_1997 import copy, embedded_reber, temporal_order_6a

from lstm_lib.tasks import adding

VARIANTS: dict[str, dict] = {
    "vanilla": {},
    "no input gate": {"input_gate": False},
    "no forget gate": {"forget_gate": False},
    "no output gate": {"output_gate": False},
    "no input activation": {"input_activation": False},
    "no output activation": {"output_activation": False},
    "coupled gates": {"coupled": True},
    "peepholes": {"peepholes": True},
    "full gate recurrence": {},
    "GRU": {},
    "forget bias 0": {"forget_bias": 0.0},
    "forget bias 1": {"forget_bias": 1.0},
    "forget bias 3": {"forget_bias": 3.0},
    "update bias 0": {"forget_bias": 0.0},
    "update bias 1": {"forget_bias": 1.0},
}
KINDS = {"GRU": "gru", "update bias 0": "gru", "update bias 1": "gru", "full gate recurrence": "full gates"}


COPIED = 3


def wrong_symbols(y, batch):
    """Whether each of the symbols to be copied is wrong, (COPIED, B, 1)."""
    return (y[-COPIED:].argmax(-1) != batch.target[-COPIED:])[..., None].astype(float)


def nearly_all(within):
    """Solved when 99 of 100 of the last 512 sequences are right."""
    return {"success": Criterion(512, within, wrong=5)}


TASKS = {
    "adding": Task(partial(adding, 30), 1, of_numbers, nearly_all(0.1), 30, 32_000, rate=0.02),
    "temporal order": Task(temporal_order_6a, 4, of_classes, nearly_all(0.3), 100, 12_800, B=16, pad=110),
    "Reber": Task(embedded_reber, 7, of_classes, {}, 12, 32_000, B=16, rate=0.02),
    "copy": Task(
        partial(copy, 10, n=COPIED, letters=4), 6, wrong_symbols, nearly_all(0.5), 10 + 2 * COPIED,
        32_000, H=32, B=16, rate=0.02,
    ),
}  # fmt: skip


def variant(name, task):
    """The setting of one variant on one task."""
    options = dict(VARIANTS[name])
    bias = options.pop("forget_bias", "chrono")
    cut = replace(TASKS[task], forget_bias=bias, options=tuple(options.items()))
    about = {"task": task, "variant": name, **cut.about()}
    run = partial(run_seeds, cut, KINDS.get(name, "modern"), reber_trial if task == "Reber" else trial)
    return Setting("variants", "modern", run, cut.T, cut.H, about=about)


STREAMS = {
    "with the gate": (True, False),
    "without": (False, False),
    "without, but reset": (False, True),
}


def forgetting(gate, reset, seeds, quick):
    """Learning to forget: the continual embedded Reber grammar (Gers, Schmidhuber & Cummins 2000)."""
    found = []
    for seed in seeds:
        began, cpu = time.perf_counter(), time.process_time()
        model, stopped = train_on_stream(gate, seed, reset, 5 if quick else 3000)
        legal, largest, perfect = read_stream(model, seed, reset, 2 if quick else 100)
        found.append({
            "seed": seed,
            "solved": perfect == 10,
            "sequences": None,
            "error": 1 - float(np.mean(legal)),
            "perfect_streams_of_10": perfect,
            "ended": stopped,
            "legal_by_block": [round(v, 4) for v in legal[::10]],
            "c_by_block": [float(f"{v:.3g}") for v in largest[::10]],
            "seconds": time.perf_counter() - began,
            "cpu_seconds": time.process_time() - cpu,
        })  # fmt: skip
    return found


SETTINGS = {
    f"forgetting-{name.replace(', but ', '-').replace(' the ', '-')}": Setting(
        "forgetting", "modern", partial(forgetting, gate, reset), None, 16,
        about={"variant": name, "criterion": "ten streams of 20,000 symbols without a mistake"},
    )
    for name, (gate, reset) in STREAMS.items()
} | {
    f"variants-{task}-{name}".replace(" ", "-"): variant(name, task) for task in TASKS for name in VARIANTS
}  # fmt: skip
