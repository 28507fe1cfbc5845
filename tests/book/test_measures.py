"""The settings behind the measurements of the chapters."""

import ast
import json
import sys
from pathlib import Path
from statistics import median

import nbformat
import numpy as np
import pytest

CHAPTERS = Path(__file__).parents[2] / "chapters"
sys.path.insert(0, str(Path(__file__).parents[2] / "experiments"))

import lags  # noqa: E402
import sentences  # noqa: E402
import sweeps  # noqa: E402
import variants  # noqa: E402
from tested import updates_to_pass  # noqa: E402

from lstm_lib import LSTM, RNN  # noqa: E402
from lstm_lib.tasks import adding  # noqa: E402
from lstm_lib.train import Adam, Model, squared_error  # noqa: E402

SETTINGS = {**lags.SETTINGS, **sweeps.SETTINGS, **sentences.SETTINGS}


def test_names_are_each_their_own():
    assert len(SETTINGS) == len(lags.SETTINGS) + len(sweeps.SETTINGS) + len(sentences.SETTINGS)
    assert not any(" " in name for name in SETTINGS)


@pytest.mark.parametrize(
    "name", ["lags-tanh-160", "radius-blind-up-to-1", "peepholes-with", "few-dropout-0", "sentences-pairs"]
)
def test_a_trial_depends_on_its_seed_alone(name):
    trial, rate = SETTINGS[name].trial, SETTINGS[name].rates[0]
    assert trial(3, rate, True) == trial(3, rate, True)
    if name != "sentences-pairs":  # after so few updates it never says the name
        assert trial(3, rate, True)["error"] != trial(4, rate, True)["error"]


def test_a_run_ends_at_the_first_test_that_it_passes():
    def ends_at(passes):
        model, rng = Model(LSTM(2, 3), 1), np.random.default_rng(0)
        return updates_to_pass(passes, 60, model, lambda: adding(5, 4, rng), squared_error, Adam(0.01))

    assert ends_at(lambda update: update.step >= 30) == 50
    assert ends_at(lambda update: update.step >= 51) is None


def test_the_hands_on_U_do_what_they_say():
    for name, least, most in (
        ("U frozen", 0, 0.7), ("U held below 1", 0, lags.HELD), ("U put past 1", 1.05, 9),
    ):  # fmt: skip
        told = lags.radius_trial(0, 0.1, False, **{**lags.RADII[name], "most": 25})["radius"]
        assert least < told["end"] < told["most"] + 0.2 and told["most"] <= most, name


def test_the_first_number_is_not_heard_where_the_loop_is_weak():
    rnn = RNN(1, 4, seed=0)
    model, batch = Model(rnn, 2), lags.recall(10, np.random.default_rng(0))
    rnn.U = 0.1 * np.eye(4)
    assert 1e-11 < lags.heard(model, batch) < 1e-10
    rnn.U = np.zeros((4, 4))
    assert lags.heard(model, batch) == 0


def test_each_name_and_each_adjective_is_missing_once():
    for seed in range(8):
        out = sentences.held_out(True, seed)
        assert out.sum() == 32 and np.all(np.bincount(sentences.FIRST[out]) == 4)
        assert np.all(np.bincount(sentences.DEED[out]) == 4)
        pairs = set(zip(sentences.FIRST[out], sentences.DEED[out], strict=True))
        assert len(pairs) == 8
        assert not pairs & set(zip(sentences.FIRST[~out], sentences.DEED[~out], strict=True))
    assert sum(sentences.held_out(True, seed) for seed in range(8)).tolist() == [1] * 256
    assert sentences.held_out(False, 0).sum() == 32


def test_hands_on_the_output_gates():
    o = np.full((256, 16), 0.9)
    o[:, 3] = 0.1
    o[0, 5] = 0.1
    by_hand = sentences.filters(o)
    assert np.flatnonzero(by_hand["open but the two most often shut"][7] == 0).tolist() == [3, 5]
    assert np.flatnonzero(by_hand["open but its own shut"][0] == 0).tolist() == [3, 5]
    assert np.flatnonzero(by_hand["open but its own shut"][7] == 0).tolist() == [3]


def test_a_louder_gradient_and_a_louder_read_out():
    batch = adding(5, 4, 1)
    plain, louder = (
        kind(LSTM(2, 3, seed=0), np.random.default_rng(0))
        for kind in (lambda *given: Model(given[0], 1, given[1]), lambda *given: sweeps.Louder(7.0, *given))
    )
    (network, readout), (network_7, readout_7) = (m.learn(batch, squared_error)[1] for m in (plain, louder))
    assert np.allclose(7 * network, network_7) and np.array_equal(readout, readout_7)
    told = sweeps.SETTINGS["biases-b_o--3-W_y-louder"].about
    assert told["read_out"] == pytest.approx((1 + np.exp(3)) / 2) and told["gradient"] == 1


RESULTS = {}
for module in "lags", "sweeps", "sentences", "variants":
    text = (Path(lags.__file__).parent / "results" / f"{module}.json").read_text("utf-8")
    RESULTS |= {record["name"]: record for record in json.loads(text)["records"]}


STREAMS = {"with": "forgetting-with-gate", "without": "forgetting-without"}  # as the page calls them


def line(record):
    """What the pages show of a setting: solved, rate; updates: median of all, least and most."""
    updates = record["by_seed"]["updates"]
    done = [n for n in updates if n is not None]
    middle = median(np.inf if n is None else n for n in updates)
    return (
        record["solved"], record["rate"], None if middle == np.inf else middle,
        min(done, default=None), max(done, default=None),
    )  # fmt: skip


def more(name, record):
    """What some show besides."""
    by_seed = record["by_seed"]
    if name.startswith("radius"):
        starts = [told["start"] for told in by_seed["radius"]]
        passed = [n is not None or r > 1 for n, r in zip(by_seed["past_1"], starts, strict=True)]
        return sum(passed), sum(one and other for one, other in zip(passed, by_seed["solved"], strict=True))
    return ()


def tried(record):
    """Solved, at each rate that was tried, of the seeds that choose."""
    return {float(rate): told["solved"] for rate, told in record["rates"].items()}


def wanted(variable, name):
    """What a page must show of a setting, by the name of its variable there."""
    record = RESULTS[STREAMS.get(name, name)]
    by_seed = record["by_seed"]
    if name in STREAMS:
        return {
            "rate": record["rate"],
            "largest": [[float(f"{c:.3g}") for c in run] for run in by_seed["c_by_block"]],
            "recalled": by_seed["recalled"],
            "wrong": by_seed["error"],
            "one_cell": next(c for c in by_seed["cell"] if c),
        }[variable]
    if variable in ("runs", "hands", "sweeps"):
        return line(record) + more(name, record)
    if variable == "doors":
        return (*line(record), tried(record))
    if variable == "few":
        medians = (float(f"{median(by_seed[key]):.3g}") for key in ("seen", "error"))
        return (record["rate"], *medians)
    if variable == "models":
        told = {"rate": record["rate"]}
        told |= {"held out, of 32": by_seed["held_out_right"], "seen, of 224": by_seed["seen_right"]}
        told |= {gates: [one[gates] for one in by_seed["filters"]] for gates in by_seed["filters"][0]}
        names = ("the memory's name", "the gate's name")
        return told | {whose: [one[n] for one in by_seed["exchanged"]] for n, whose in enumerate(names)}
    return {"tried": tried(record), "updates": by_seed.get("updates"), "rate": record["rate"]}[variable]


@pytest.mark.parametrize(
    ("chapter", "settings"),
    [
        ("closer_rnn_limits", ["lags-tanh", "lags-identity", "radius"]),
        ("closer_architecture", ["peepholes"]),
        ("closer_forget_gate", ["lags-tanh", "lags-bias", "lags-chrono", *STREAMS.values()]),
        ("closer_input_gate", ["doors", "choices-as-it-is"]),
        ("closer_output_gate", ["sentences"]),
        ("closer_training", ["rates", "patience", "biases", "choices", "few"]),
    ],
)
def test_a_page_shows_what_is_stored(chapter, settings):
    cells = nbformat.read(CHAPTERS / f"{chapter}.ipynb", as_version=4).cells
    seen = set()
    for cell in cells:
        if not cell.source.startswith("# From: python experiments/run.py "):
            continue
        assert "(seeds 0 to 19)" in cell.source.splitlines()[0]
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
                variable = node.targets[0].id
                for name, shown in ast.literal_eval(node.value).items():
                    assert shown == wanted(variable, name), name
                    seen.add(STREAMS.get(name, name))
            elif isinstance(node, ast.Assign) and node.targets[0].id == "heard":
                every = RESULTS["radius-free"]["by_seed"]["heard_at_start"]
                assert ast.literal_eval(node.value) == max(every)
    ours = {name for name in RESULTS if name.startswith(tuple(settings))}
    assert seen == ours - {"forgetting-without-reset"}


def test_every_setting_has_its_record():
    here = {name: record for name, record in RESULTS.items() if name not in variants.SETTINGS}
    assert here.keys() == SETTINGS.keys()
    assert variants.SETTINGS.keys() <= RESULTS.keys()
    for name, record in RESULTS.items():
        assert record["seeds"] == list(range(20)), name
