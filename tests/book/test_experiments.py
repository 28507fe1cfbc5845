"""The experiments: the whole path in small, and the stored results complete and consistent."""

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from reber import legal_after, words

FOLDER = Path(__file__).parents[2] / "experiments"
sys.path.insert(0, str(FOLDER))

import modern  # noqa: E402
import run  # noqa: E402
import tasks_1997 as tasks  # noqa: E402
import variants  # noqa: E402
from full_gates import FullGates  # noqa: E402
from streams import continual_embedded_reber, read_stream, repeats, share_legal  # noqa: E402

from lstm_lib import LSTM, numerical_gradient  # noqa: E402
from lstm_lib.train import Model  # noqa: E402

RECORDS = run.records()


def test_every_record_has_its_setting():
    settings = run.settings()
    assert list(RECORDS) == [name for name in settings if name in RECORDS]
    for name, record in RECORDS.items():
        said = run.said(settings[name])
        assert {key: record[key] for key in said} == said, f"{name} has changed; run it again"
        assert record["command"] == f"python experiments/run.py {name}"


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_agrees_with_its_trials(name):
    record = RECORDS[name]
    times = [n for n in record["by_seed"]["sequences"] if n is not None]
    assert record["seeds"] == list(run.settings()[name].seeds) and record["trials"] == len(record["seeds"])
    assert record["solved"] == sum(record["by_seed"]["solved"])
    if times:
        assert record["sequences"]["median"] == pytest.approx(np.median(times), abs=1)
        assert record["sequences"]["least"] == min(times) <= max(times) == record["sequences"]["most"]
        most = record.get("budget") or record.get("most", record.get("updates")) * record["B"]
        assert max(times) <= most
    else:
        assert record["sequences"] is None
    if record["rates"]:
        solved = [tried["solved"] for tried in record["rates"].values()]
        assert record["rates"][f"{record['rate']:g}"]["solved"] == max(solved)


def test_the_whole_path_in_small(monkeypatch, tmp_path):
    monkeypatch.setattr(run.tempfile, "mkdtemp", lambda **_: str(tmp_path))
    names = [
        "1-modern", "2b-rnn", "3a-T100-guessing", "5-cell-of-1997", "6a-1997",
        "changes-squared-adam-full-none-32", "variants-copy-GRU", "forgetting-with-gate", "lags-chrono-5",
        "choices-4-units",
    ]  # fmt: skip
    before = {path: path.read_bytes() for path in run.RESULTS.glob("*")}
    folder = run.main(["--quick", "--jobs", "2", *names])
    assert folder == tmp_path / "results"
    assert {path: path.read_bytes() for path in run.RESULTS.glob("*")} == before
    files = [json.loads(path.read_text("utf-8")) for path in folder.iterdir()]
    records = {record["name"]: record for file in files for record in file["records"]}
    assert set(records) == set(names)
    for record in records.values():
        assert record["solved"] == 0 and record["trials"] == 1


def test_criterion_looks_back_so_far_and_no_farther():
    strict = modern.Criterion(4, 0.2, 0.1)
    good, bad = np.full(4, 0.05), np.full(4, 0.3)
    assert not strict.met(good[:3], good[:3])
    assert strict.met(np.r_[bad, good], np.r_[bad, good])
    assert not strict.met(np.r_[good[:3], 0.2], good)
    assert not strict.met(np.r_[good[:3], 0.19], np.full(4, 0.1))
    loose = modern.Criterion(4, 0.2, wrong=2)
    assert loose.met(np.r_[good[:2], bad[:2]], good)
    assert not loose.met(np.r_[good[:1], bad[:3]], good)


def test_errors_are_those_of_the_paper():
    batch = tasks.long_lag_2a(5, 3)
    perfect = 100 * np.eye(6)[batch.target]
    assert modern.of_classes(perfect, batch).max() < 1e-12
    wrong = np.roll(perfect, 1, -1)
    assert modern.of_classes(wrong, batch).max(-1).min() == pytest.approx(1)
    wrong[-1] = perfect[-1]
    assert modern.of_the_last_symbol(wrong, batch).max() < 1e-12
    noisy = tasks.two_sequence_3c(20, 500)
    clean = np.where(noisy.x[0] > 0, 0.2, 0.8)
    np.testing.assert_array_equal(modern.without_noise(clean + 0.1, noisy).round(12), 0.1)


def test_no_test_string_of_the_grammar_is_trained_on():
    seen, others = modern.reber_sets(0)
    texts = [{tuple(b.target[:n, k]) for k, n in enumerate(b.lengths)} for b in (seen, others)]
    assert len(seen.lengths) == len(others.lengths) == 256
    assert not texts[0] & texts[1]


@pytest.mark.parametrize("said", ["dh", "dh_last"])
@pytest.mark.parametrize("lengths", [None, [5, 2, 3]])
def test_full_gate_recurrence_has_the_right_gradient(lengths, said):
    network = FullGates(2, 3, "chrono", t_max=6)
    x = np.random.default_rng(1).normal(size=(5, 3, 2))

    def states():
        trace = network.forward(x, lengths=lengths)
        return trace, trace.h if said == "dh" else trace.h_last

    trace, h = states()
    wanted = np.random.default_rng(2).normal(size=h.shape)
    grads = network.backward(trace, **{said: wanted})
    numeric = numerical_gradient(lambda: np.sum(wanted * states()[1]), network.vector)
    numeric.reshape(network.P.shape)[:3, 6:] = 0
    assert not network.U_g[:, 3:].any() and network.U_f[:, 3:].all()
    np.testing.assert_allclose(grads.vector, numeric, rtol=1e-6, atol=1e-9)
    dx = numerical_gradient(lambda: np.sum(wanted * states()[1]), x)
    np.testing.assert_allclose(grads.x, dx, rtol=1e-6, atol=1e-9)


def test_full_gate_recurrence_without_its_weights_is_the_cell():
    full, plain = FullGates(2, 3, 1.0, seed=4), LSTM(2, 3)
    for U in (full.U_o, full.U_i, full.U_f):
        U[:, 3:] = 0
    for name in plain.params:
        setattr(plain, name, getattr(full, name)[..., :3])
    x = np.random.default_rng(1).normal(size=(7, 4, 2))
    one, other = full.forward(x), plain.forward(x)
    for name in "figoch":
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=0, atol=1e-14)


def test_continual_embedded_reber():
    windows = list(itertools.islice(continual_embedded_reber(7, 3, seed=1), 60))
    for b in range(3):
        stream = "".join(words(batch.x[:, b].argmax(-1)) for batch in windows)
        assert words(windows[0].target[:-1, b]) == stream[1:7]
        assert words(windows[0].target[-1:, b]) == stream[7]
        legal = np.concatenate([batch.legal[:, b] for batch in windows])
        start = 0
        for t in range(len(stream)):
            allowed = legal_after(stream[start : t + 1])
            if allowed == set():
                start, allowed = t + 1, {"B"}
            assert set(words(np.flatnonzero(legal[t]))) == allowed
        assert start > 100


def test_the_letter_that_repeats_is_one_of_each_string():
    batch = tasks.embedded_reber(200, seed=0)
    here = repeats(batch)
    assert (here.sum(0) == 1).all()
    np.testing.assert_array_equal(here.argmax(0), batch.lengths - 2)
    np.testing.assert_array_equal(batch.target[here], batch.x.argmax(-1)[1][np.nonzero(here)[1]])


@pytest.mark.parametrize("reset", [False, True])
def test_a_stream_is_read_to_its_end(reset):
    model = Model(LSTM(7, 2, seed=0), 7)
    read = read_stream(model, reset, 0, 3)
    assert len(read["legal"]) == len(read["largest"]) == 3 and max(read["legal"]) < 0.9
    assert read["perfect"] == 0 and 0 <= read["recalled"] < 0.9
    model.read = lambda h: LEGAL.pop(0)
    rng = np.random.default_rng(10_000)
    batches = continual_embedded_reber(200, 10, rng)
    if reset:
        batches = (tasks.embedded_reber(170, rng) for _ in range(3))
    LEGAL = [batch.legal.astype(float) for batch in itertools.islice(batches, 3)]
    LEGAL[1][5, 4] = 1 - LEGAL[1][5, 4]
    read = read_stream(model, reset, 0, 3)
    assert read["perfect"] == 9 and read["recalled"] == 1
    assert read["legal"][0] == read["legal"][2] == 1 > read["legal"][1]


def test_every_variant_is_tried_on_every_task():
    assert (
        len(variants.TASKS) * len(variants.VARIANTS) + len(variants.STREAMS) == len(variants.SETTINGS) == 63
    )
    for setting in variants.SETTINGS.values():
        assert len(setting.rates) >= 3 and len(setting.seeds) == 20 and len(setting.choice) >= 5


@pytest.mark.parametrize(
    "name", ["variants-copy-GRU", "variants-adding-peepholes", "variants-Reber-full-gate-recurrence",
             "forgetting-with-gate", "forgetting-without-reset"],
)  # fmt: skip
def test_a_variant_comes_out_the_same_again(name):
    setting = variants.SETTINGS[name]
    found = setting.trial(1, setting.rates[0], True)
    assert found == setting.trial(1, setting.rates[0], True)
    assert not found["solved"] and found["sequences"] is None and 0 < found["error"] <= 1
    assert json.dumps(found | setting.about)


def test_share_legal():
    batch = tasks.embedded_reber(5, seed=0)
    assert share_legal(batch.legal.astype(float), batch) == 1
    assert share_legal(np.zeros(batch.legal.shape), batch) == 0
    steps = batch.lengths.sum()
    one_wrong = batch.legal.astype(float)
    one_wrong[2, 3] = 1 - one_wrong[2, 3]
    assert share_legal(one_wrong, batch) == pytest.approx(1 - 1 / steps)
    with pytest.raises(ValueError, match="batch must hold legal symbols"):
        share_legal(0, tasks.copy(5, seed=0))
    with pytest.raises(ValueError, match=r"y must have shape .*got \(1,\)"):
        share_legal([0], batch)
    with pytest.raises(ValueError, match="T must be at least 1, got 0"):
        next(continual_embedded_reber(0))
