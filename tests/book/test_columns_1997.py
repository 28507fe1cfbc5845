"""The columns of the tasks of 1997: who learns, who guesses, and by what they are judged."""

import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "experiments"
sys.path.insert(0, str(FOLDER))

import guessing  # noqa: E402
import modern  # noqa: E402
import tasks_1997 as tasks  # noqa: E402
from lookup import Lookup  # noqa: E402

from lstm_lib import LSTM, RNN  # noqa: E402
from lstm_lib.tasks import Batch  # noqa: E402
from lstm_lib.train import Adam, Model, cross_entropy, updates  # noqa: E402


def test_a_row_is_one_task_with_one_criterion_and_one_budget():
    assert len(modern.SETTINGS) == 4 * len(modern.TASKS) == 64
    for name in modern.TASKS:
        row = [modern.SETTINGS[f"{name}-{who}"] for who in ("modern", "cell-of-1997", "rnn", "guessing")]
        for shared in ("criterion", "budget"):
            assert len({str(setting.about[shared]) for setting in row}) == 1
        for shared in ("batch_size", "hidden_size", "weight_of_last", "half_life", "T"):
            assert len({setting.about.get(shared) for setting in row[:3]}) == 1
        assert [len(setting.rates) for setting in row] == [4, 4, 5, 0]
        for setting in row:
            assert setting.about["chosen"]
            assert len(set(setting.seeds)) == 20 and not set(setting.seeds) & set(setting.choice)
            assert json.loads(json.dumps(setting.about)) == setting.about


@pytest.mark.parametrize("name", ["1", "2a", "2c-q50-p50", "3c", "5"])
@pytest.mark.parametrize("column", ["modern", "cell-of-1997", "rnn", "guessing"])
def test_a_trial_comes_out_the_same_again(name, column):
    setting = modern.SETTINGS[f"{name}-{column}"]
    rate = setting.rates[0] if setting.rates else None
    found = setting.trial(3, rate, True)
    assert found == json.loads(json.dumps(setting.trial(3, rate, True)))
    assert not found["solved"] and found["sequences"] is None and 0 < found["error"] < 10
    assert found["trained_on"] > 0


def scripted(right_from, B=4):
    """A trial whose answers are right from some batch on; the criterion watches three batches."""
    calls = iter(range(1000))

    def errors(y, batch):
        return np.full(y.shape, 0.0 if next(calls) >= right_from else 1.0)

    criterion = modern.Criterion(3 * B, 0.5, watched=True)
    draw = partial(tasks.two_sequence, 5, N=2)
    task = modern.Task(draw, 1, errors, {"success": criterion}, 5, 4 * B, H=2, B=B, tested=(1, 4))
    return modern.trial(task, "modern", 1, 0.01)


def test_what_is_watched_is_neither_counted_nor_part_of_the_budget():
    assert (scripted(1)["sequences"], scripted(1)["trained_on"]) == (4, 16)
    assert (scripted(4)["sequences"], scripted(4)["trained_on"]) == (16, 28)
    late = scripted(5)
    assert (late["solved"], late["sequences"], late["trained_on"]) == (False, None, 20)


KINDS = {
    "LSTM": lambda D: LSTM(D, 3, "chrono", 5, t_max=20),
    "cell of 1997": lambda D: LSTM(D, 3, "chrono", 5, t_max=20),
    "RNN": lambda D: RNN(D, 3, recurrent_init="orthogonal", seed=5),
}


@pytest.mark.parametrize("kind", KINDS)
def test_to_look_up_is_to_multiply_by_one_hot(kind):
    q, p = 8, 6
    networks = [KINDS[kind](p + 4) for _ in range(2)]
    if kind == "cell of 1997":
        for network in networks:
            modern.held_open(network)
    dense, looked = Model(networks[0], 2, 7), Lookup(networks[1], 2, 7)
    dense_data, symbols = np.random.default_rng(1), np.random.default_rng(1)
    one = updates(dense, lambda: tasks.long_lag_2c(q, p, 5, dense_data), cross_entropy, Adam(0.05))
    other = updates(looked, lambda: tasks.distracted(q, p, 5, symbols), cross_entropy, Adam(0.05))
    start = looked.table.copy()
    for _ in range(6):
        a, b = next(one), next(other)
        np.testing.assert_allclose(a.y, b.y, rtol=0, atol=1e-10)
        assert a.loss == pytest.approx(b.loss, abs=1e-10)
    assert np.abs(looked.table - start).max() > 0.05
    rows = looked.table.shape[1]
    np.testing.assert_array_equal(looked.network.P[:, :rows], np.eye(rows))


def test_a_gate_held_open_is_the_cell_without_it():
    held, without = LSTM(2, 3, seed=1, dtype=np.float32), LSTM(2, 3, dtype=np.float32, forget_gate=False)
    modern.held_open(held)
    for name in without.params:
        without.params[name] = held.params[name]
    x = np.random.default_rng(0).normal(size=(9, 4, 2)).astype(np.float32)
    one, other = held.forward(x), without.forward(x)
    assert (one.f == 1).all()
    np.testing.assert_allclose(one.h, other.h, atol=1e-6)
    wanted = np.random.default_rng(2).normal(size=one.h.shape)
    grads, plain = held.backward(one, wanted), without.backward(other, wanted)
    for name in without.params:
        np.testing.assert_allclose(grads[name], plain[name], atol=1e-5)
    assert not grads.W_f.any() and not grads.U_f.any() and not grads.b_f.any()


@pytest.mark.parametrize("every_step", [False, True])
@pytest.mark.parametrize("units", [1, 3])
def test_guessed_networks_are_tanh_networks(every_step, units):
    rng = np.random.default_rng(0)
    batch = tasks.embedded_reber(4, 1)
    guesses = guessing.Guesses(2, 7, units, 5, rng)
    which = np.array([0, 1, 1, 0])
    found = guesses.answers(which, batch, every_step)
    for n in (0, 1):
        rnn = RNN(7, units)
        rnn.W, rnn.U, rnn.b = guesses.W[n].T, guesses.U[n], guesses.b[n]
        model = Model(rnn, 5)
        model.W_y, model.b_y = guesses.V[n], guesses.c[n]
        wanted = model.predict(batch.x, every_step=every_step, lengths=batch.lengths)
        used = np.arange(len(batch.x))[:, None] < batch.lengths
        for b in np.flatnonzero(which == n):
            steps = (used[:, b], b) if every_step else b
            np.testing.assert_allclose(found[steps], wanted[steps], rtol=1e-3, atol=1e-2)


def test_a_guessed_network_looks_symbols_up():
    guesses = guessing.Guesses(3, 10, 2, 2, np.random.default_rng(0))
    one, other = tasks.long_lag_2c(5, 6, 3, 1), tasks.distracted(5, 6, 3, 1)
    which = np.arange(3)
    np.testing.assert_array_equal(guesses.answers(which, one, False), guesses.answers(which, other, False))


def constant(errors, wrong=0, mean=np.inf, window=5, watched=False, budget=10_000):
    """Every sequence is the same, so that a network is right always or never."""

    def draw(B, seed):
        return Batch(np.ones((2, B, 1)), np.ones((B, 1)))

    criterion = modern.Criterion(window, 0.5, mean, wrong, watched)
    return modern.Task(draw, 1, errors, {"success": criterion}, 5, budget, units=1)


@pytest.mark.parametrize(
    ("wrong", "mean", "window", "if_bad"),
    [(0, np.inf, 5, 1), (2, np.inf, 5, 3), (4, 0.39, 5, 2), (0, np.inf, 37, 1)],
)
def test_guesses_are_counted_as_if_one_came_after_another(wrong, mean, window, if_bad):
    task = constant(modern.of_numbers, wrong, mean, window)
    guesses = guessing.Guesses(60, 1, 1, 1, np.random.default_rng(4))
    used, met, _ = guessing.read_until_out(task, task.stages["success"], guesses, np.random.default_rng(0))
    largest, _ = guessing.judge(task, guesses, np.arange(60), task.draw(B=60, seed=0))
    assert 10 < (largest < 0.5).sum() < 50
    np.testing.assert_array_equal(met, largest < min(0.5, mean))
    np.testing.assert_array_equal(used[~met & (largest > 0.99)], if_bad)
    np.testing.assert_array_equal(used[met], window)


def test_a_network_is_dropped_in_the_middle_of_what_it_reads_at_once():
    drawn = iter(range(100))

    def draw(B, seed):
        return Batch(np.ones((1, B, 1)), np.array([[next(drawn)] for _ in range(B)]) * 1.0)

    def errors(y, batch):  # of the first eight sequences the fourth is right, of the next ones all but 12
        return np.isin(batch.target, [0, 1, 2, 4, 5, 6, 7, 12]).astype(float)

    task = modern.Task(draw, 1, errors, {"success": modern.Criterion(20, 0.5)}, 1, 100, units=1)
    guesses = guessing.Guesses(8, 1, 1, 1, np.random.default_rng(0))
    used, met, _ = guessing.read_until_out(task, task.stages["success"], guesses, np.random.default_rng(0))
    np.testing.assert_array_equal(used, [1, 1, 1, 6, 1, 1, 1, 1])  # after 3, it reads 8 and 9, then 10 to 13
    assert not met.any()


def test_the_guess_that_counts_is_the_first():
    plain = guessing.guess(constant(modern.of_numbers), 1)
    assert plain["solved"] and plain["wrong_of_2560"] == 0
    assert plain["sequences"] == plain["trained_on"] == plain["networks"] - 1 + 5
    watched = guessing.guess(constant(modern.of_numbers, watched=True), 1)
    assert watched["sequences"] == plain["sequences"] - 5
    never = guessing.guess(constant(lambda y, batch: np.ones_like(y), budget=700), 1)
    assert never == {"solved": False, "sequences": None, "trained_on": 700, "error": 1.0, "networks": 700}


def test_the_grammar_is_judged_string_by_string():
    batch = tasks.embedded_reber(5, 0)
    y = batch.legal.astype(float)
    assert not modern.of_grammar(y, batch).any()
    y[2, 3] = 1 - y[2, 3]
    np.testing.assert_array_equal(modern.of_grammar(y, batch)[:, 0], np.eye(5)[3])


def test_one_hot_and_symbols_say_the_same():
    one, other = tasks.long_lag_2c(20, 7, 50, 3), tasks.distracted(20, 7, 50, 3)
    past = np.arange(len(one.x))[:, None] >= one.lengths
    np.testing.assert_array_equal(np.where(past, 0, one.x.argmax(-1)), other.x)
    np.testing.assert_array_equal(one.target, other.target)


def test_a_padded_batch_is_the_batch():
    task = replace(modern.TASKS["2c-q50-p50"][2], pad=16)
    one, other = task.batch(3, np.random.default_rng(0)), task.draw(B=3, seed=np.random.default_rng(0))
    assert len(one.x) % 16 == 0
    np.testing.assert_array_equal(one.x[: len(other.x)], other.x)
    assert not one.x[len(other.x) :].any()
