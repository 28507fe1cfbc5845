"""The settings behind the measurements of the chapters."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "experiments"))

import lags  # noqa: E402
import sentences  # noqa: E402
import sweeps  # noqa: E402
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
