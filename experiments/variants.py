"""Settings beyond 1997: the cell with one part cut out, and the stream that needs a forget gate.

One part at a time, as in Greff et al. 2017: on adding, temporal order, the embedded Reber grammar and
copying, each with a small budget. "vanilla" is the six equations with the chrono start; where a variant has
no forget gate or no input gate, that part of the start goes with it. "GRU" has the same horizons in the
bias of its update gate; "update bias" is a GRU with a fixed one there.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from modern import STRINGS, Criterion, Task, of_classes, of_numbers, reber_trial, trial
from settings import TEN, Setting
from streams import STEPS, B, H, continual_embedded_reber, of_grammar, read_stream, train_on_stream
from tasks_1997 import copy, embedded_reber, temporal_order_6a

from lstm_lib.tasks import adding

VARIANTS: dict[str, dict] = {
    "vanilla": {},
    "no input gate": {"input_gate": False},
    "no forget gate": {},
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
KINDS = {  # all others are LSTMs
    "no forget gate": "cell of 1997",
    "full gate recurrence": "full gates",
    "GRU": "gru",
    "update bias 0": "gru",
    "update bias 1": "gru",
}


COPIED = 3


def wrong_symbols(y, batch):
    """Whether each of the symbols to be copied is wrong, (COPIED, B, 1)."""
    return (y[-COPIED:].argmax(-1) != batch.target[-COPIED:])[..., None].astype(float)


def nearly_all(within):
    """Solved when 99 of 100 of the last 512 sequences are right."""
    return {"success": Criterion(512, within, wrong=5)}


TASKS = {
    "adding": Task(partial(adding, 30), 1, of_numbers, nearly_all(0.1), 30, 32_000),
    "temporal order": Task(temporal_order_6a, 4, of_classes, nearly_all(0.3), 100, 12_800, B=16, pad=110),
    "Reber": Task(embedded_reber, 7, of_grammar, STRINGS, 12, 32_000, B=16),
    "copy": Task(
        partial(copy, 10, n=COPIED, letters=4), 6, wrong_symbols, nearly_all(0.5), 10 + 2 * COPIED,
        32_000, H=32, B=16,
    ),
}  # fmt: skip
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
RATES_OF = {"temporal order": (0.001, 0.003, 0.01, 0.03, 0.1)}  # one step slower
STREAM_RATES = (0.003, 0.01, 0.03, 0.1)


def variant(name, task):
    """The setting of one variant on one task."""
    options = dict(VARIANTS[name])
    bias = options.pop("forget_bias", "chrono")
    cut = replace(TASKS[task], forget_bias=bias, options=tuple(options.items()))
    kind = KINDS.get(name, "modern")
    run = partial(reber_trial if task == "Reber" else trial, cut, kind)
    about = {"task": task, "variant": name, **cut.about(kind)}
    return Setting("variants", name, run, RATES_OF.get(task, RATES), about=about)


STREAMS = {
    "with the gate": (True, False),
    "without": (False, False),
    "without, but reset": (False, True),
}
SHOWN, SHOWN_SEED = 150, 1  # symbols of the trace that is kept, and whose


def forgetting(gate, reset, seed, rate, quick=False):
    """Learning to forget: the continual embedded Reber grammar (Gers, Schmidhuber & Cummins 2000)."""
    updates, blocks = (5, 2) if quick else (3000, 100)
    model, ended = train_on_stream(gate, reset, seed, rate, updates)
    read = read_stream(model, reset, seed, blocks)
    found = {
        "solved": read["perfect"] == 10,
        "sequences": None,
        "error": 1 - float(np.mean(read["legal"])),
        "recalled": read["recalled"],
        "perfect_streams_of_10": read["perfect"],
        "ended": ended,
        "legal_by_block": read["legal"][::10],
        "c_by_block": read["largest"][::10],
    }
    return found | ({"cell": one_cell(model.network, seed)} if seed == SHOWN_SEED else {})


def one_cell(lstm, seed):
    """Memory of the cell whose memory ends largest, over the first symbols of a stream."""
    x = next(continual_embedded_reber(SHOWN, 1, 10_000 + seed)).x
    c = lstm.forward(x).c[:, 0]
    return [round(float(v), 2) for v in c[:, np.abs(c[-20:]).mean(0).argmax()]]


def stream(name):
    """The setting of one network on the stream."""
    gate, reset = STREAMS[name]
    about = {
        "variant": name,
        "criterion": {"success": "ten streams of 20,000 symbols without a mistake"},
        "symbols": 3000 * STEPS * B,
        "hidden_size": H,
        "batch_size": B,
        "start": "b_f 1" if gate else "no forget gate",
        "chosen": "all but the rate set beforehand; the rate on the choice seeds",
    }
    run = partial(forgetting, gate, reset)
    return Setting("forgetting", name, run, STREAM_RATES, choice=TEN, about=about)


SETTINGS = {
    f"forgetting-{name.replace(', but ', '-').replace(' the ', '-')}": stream(name) for name in STREAMS
} | {f"variants-{task}-{name}".replace(" ", "-"): variant(name, task) for task in TASKS for name in VARIANTS}
