"""Train small networks over growing lags, on an endless stream, and with peepholes or without.

python experiments/lags_and_streams.py writes experiments/lags_and_streams.json, whose numbers
closer_rnn_limits, closer_architecture and closer_forget_gate show. Ten minutes on one core; the same seeds
give the same file on the same machine.
"""

import contextlib
import json
from itertools import islice
from pathlib import Path

import numpy as np
from lags import LAGS, H, network, recall
from streams import continual_embedded_reber, share_legal
from tasks_1997 import embedded_reber

from lstm_lib import LSTM
from lstm_lib.tasks import Batch
from lstm_lib.train import Adam, Model, TrainingDiverged, cross_entropy, train, updates

OUT = Path(__file__).with_suffix(".json")
SEEDS = range(10)
STREAM_SEEDS = range(3)
SHOWN, SHOWN_SEED = 150, 1  # symbols of the trace, and whose
UPDATES = 400
LOWER_RATE, LOWER_LAG = 0.003, 40  # where the rate decides


def accuracy(kind: str, lag: int, seed: int, rate: float | None = None) -> float:
    """Train one network for one lag; share of 1000 fresh sequences answered rightly."""
    model, rng = Model(network(kind, lag, seed), 2, seed), np.random.default_rng(seed)
    rate = rate or (0.001 if "ReLU" in kind else 0.01)
    with contextlib.suppress(TrainingDiverged):  # the model then has its best parameters back
        train(
            model, lambda: recall(lag, rng), cross_entropy, Adam(rate),
            steps=UPDATES, stop_below=0.02, progress=False,
        )  # fmt: skip
    x, target = recall(lag, np.random.default_rng(1000 + seed), 1000)
    return round(float((model.predict(x).argmax(-1) == target).mean()), 3)


def train_on_stream(
    forget_gate: bool, seed: int, reset: bool = False, steps: int = 3000
) -> tuple[Model, str]:
    """Train on the continual Reber stream, 30 steps at a time; say how it ended.

    With reset, the states are set to zero at the end of each string: as many symbols, one string at a time.
    """
    lstm = LSTM(7, H, seed=seed, dtype=np.float32, forget_gate=forget_gate)
    model, rng = Model(lstm, 7, seed), np.random.default_rng(seed)
    batches = (lambda: embedded_reber(40, rng)) if reset else continual_embedded_reber(30, 16, seed)
    try:
        train(model, batches, cross_entropy, Adam(0.01), steps=steps, carry=not reset, progress=False)
        return model, "trained"
    except TrainingDiverged:
        return model, "diverged"


def read_stream(model: Model, seed: int, reset: bool = False, blocks: int = 100) -> tuple[list, list, int]:
    """Read ten fresh streams of 20,000 symbols, 200 at a time.

    Gives the share of right predictions and the mean of the largest |c| block by block, and how many streams
    were read without a mistake. With reset, a block is 17 strings of a stream.
    """
    rng, state = np.random.default_rng(1000 + seed), {}
    streams = continual_embedded_reber(200, 10, rng)
    if reset:
        streams = (embedded_reber(170, rng) for _ in range(blocks))
    largest, right, perfect = [], [], np.ones(10, bool)
    for batch, _ in zip(streams, range(blocks), strict=False):
        trace = model.network.forward(batch.x, lengths=batch.lengths, **state)
        y = trace.h @ model.W_y.T + model.b_y
        right.append(share_legal(y, batch))
        wrong = [share_legal(y[:, b : b + 1], column(batch, b)) < 1 for b in range(y.shape[1])]
        perfect &= ~np.reshape(wrong, (-1, 10)).any(0)
        largest.append(float(np.abs(trace.c_last if reset else trace.c).max(-1).mean()))
        if not reset:
            state = {"h0": trace.h_last.copy(), "c0": trace.c_last.copy()}
    return right, largest, int(perfect.sum())


def share_recalled(model: Model, seed: int, blocks: int = 100) -> float:
    """Share right at the letter that repeats a string's second one, on the streams of `read_stream`.

    Only there one letter alone is legal and it is T or P; all other steps can do with a shorter memory.
    """
    rng, state, right = np.random.default_rng(1000 + seed), {}, []
    for batch, _ in zip(continual_embedded_reber(200, 10, rng), range(blocks), strict=False):
        trace = model.network.forward(batch.x, **state)
        said = (trace.h @ model.W_y.T + model.b_y).argmax(-1)
        repeats = (batch.legal.sum(-1) == 1) & batch.legal[..., 1:3].any(-1)
        right.append((said == batch.target)[repeats])
        state = {"h0": trace.h_last.copy(), "c0": trace.c_last.copy()}
    return float(np.concatenate(right).mean())


def column(batch: Batch, b: int) -> Batch:
    """One sequence of a batch."""
    return Batch(batch.x[:, b : b + 1], batch.target[:, b : b + 1], None, batch.legal[:, b : b + 1])


def stream(forget_gate: bool, seed: int) -> dict:
    """Train on the continual Reber stream, 30 steps at a time; then read 20,000 symbols."""
    model, stopped = train_on_stream(forget_gate, seed)
    shown = {"trace": one_cell(model.network, seed)} if seed == SHOWN_SEED else {}
    legal, largest, _ = read_stream(model, seed)
    return {
        "stopped": stopped,
        "legal": round(float(np.mean(legal)), 4),
        "recalled": round(share_recalled(model, seed), 4),
        "legal_by_block": [round(v, 3) for v in legal[::10]],
        "c_by_block": [float(f"{v:.3g}") for v in largest[::10]],
        **shown,
    }


def one_cell(lstm: LSTM, seed: int) -> list[float]:
    """Memory of the cell whose memory ends largest, over the first symbols of a stream."""
    x = next(continual_embedded_reber(SHOWN, 1, 1000 + seed)).x
    c = lstm.forward(x).c[:, 0]
    return [round(float(v), 2) for v in c[:, np.abs(c[-20:]).mean(0).argmax()]]


def reber(peepholes: bool, seed: int) -> int | None:
    """Updates, in steps of 25, until all 512 fresh embedded Reber strings are right; None past 2000."""
    lstm = LSTM(7, H, seed=seed, dtype=np.float32, peepholes=peepholes)
    model, adam, rng = Model(lstm, 7, seed), Adam(0.01), np.random.default_rng(seed)
    fresh = embedded_reber(512, 1000 + seed)
    for step, *_ in islice(updates(model, lambda: embedded_reber(16, rng), cross_entropy, adam), 2000):
        if step % 25:
            continue
        if share_legal(model.predict(fresh.x, every_step=True, lengths=fresh.lengths), fresh) == 1:
            return step
    return None


if __name__ == "__main__":
    found: dict = {
        "made_by": "python experiments/lags_and_streams.py",
        "lags": LAGS,
        "accuracy": {},
        "lower_rate": {},
        "stream": {},
        "peepholes": {},
    }
    for name, peepholes in (("without", False), ("with", True)):
        found["peepholes"][name] = [reber(peepholes, seed) for seed in SEEDS]
        print(name, found["peepholes"][name], flush=True)
    for name, gate in (("with", True), ("without", False)):
        found["stream"][name] = [stream(gate, seed) for seed in STREAM_SEEDS]
        print(name, found["stream"][name], flush=True)
    for kind in ("tanh", "identity ReLU", "0", "1", "3", "chrono"):
        found["accuracy"][kind] = [[accuracy(kind, lag, seed) for seed in SEEDS] for lag in LAGS]
        print(kind, found["accuracy"][kind], flush=True)
    for kind in ("tanh", "1"):
        found["lower_rate"][kind] = [accuracy(kind, LOWER_LAG, seed, LOWER_RATE) for seed in SEEDS]
        print(kind, "at the lower rate", found["lower_rate"][kind], flush=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n")
