"""Experiments 1, 2a and 2b of 1997: what is learnt at every step, against gradients of the whole sequence."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

sys.path.insert(0, str(Path(__file__).parents[2] / "experiments"))

from algorithm_1997 import Network1997
from kernel_1997 import joined, misread
from modern import reber_sets, take
from next_symbol import SETTINGS, Reber, learn_lag, learn_steps

TINY = 1e-7  # a rate with which the weights hardly change from step to step


@pytest.mark.parametrize("sizes", [(7, 3, 2, 7), (7, 4, 1, 7)], ids=["3 × 2", "4 × 1"])
def test_many_small_steps_are_the_gradient_of_the_string(sizes):
    rng = np.random.default_rng(0)
    net = Network1997(*sizes, reach=1.0, biased="gates", seed=1, g_most=3.0, h_most=1.5)
    symbols, target = rng.integers(7, size=(2, 9)), np.eye(7)[rng.integers(7, size=(2, 9))]
    P, V = joined(net)
    mean = np.ones(1)
    learn_steps(
        P,
        V,
        net.has_bias,
        *sizes[1:3],
        3.0,
        1.5,
        TINY,
        symbols,
        np.array([9, 8]),
        target,
        np.array([1]),
        mean,
    )
    did = net.forward(np.eye(7)[symbols[1, :8]][:, None])
    W, U, b, V_, c = net.gradients(did, target[1, :8, None])
    wanted, (P_before, V_before) = (np.vstack([W.T, U.T, b]), np.vstack([V_.T, c])), joined(net)
    for value, before, gradient in zip((P, V), (P_before, V_before), wanted, strict=True):
        np.testing.assert_allclose((before - value) / TINY, gradient, rtol=1e-4, atol=1e-6)
    assert mean[0] == pytest.approx(np.abs(did.out[:, 0] - target[1, :8]).mean(), rel=1e-6)


def lag_loss(parameters, symbols):
    """½ Σ (target − out)² over all steps, written out."""
    W, v, w_in, w_cell = parameters
    s, total = 0.0, 0.0
    for now, following in zip(symbols[:-1], symbols[1:], strict=True):
        s = s + 1 / (1 + anp.exp(-w_in[now])) / (1 + anp.exp(-w_cell[now]))
        out = 1 / (1 + anp.exp(-(W[now] + v * s)))
        total = total + 0.5 * anp.sum((np.eye(len(v))[following] - out) ** 2)
    return total


def test_many_small_steps_are_the_gradient_of_the_lag():
    rng, n = np.random.default_rng(0), 5
    weights = [rng.normal(size=shape) for shape in ((n, n), n, n, n)]
    symbols = rng.integers(n, size=(1, 8))
    wanted = grad(lag_loss)(weights, symbols[0])
    learnt = [w.copy() for w in weights]
    largest, mean = np.empty((2, 1))
    learn_lag(*learnt, True, TINY, symbols, True, largest, mean)
    for before, value, gradient in zip(weights, learnt, wanted, strict=True):
        np.testing.assert_allclose((before - value) / TINY, gradient, rtol=1e-4, atol=1e-6)
    assert mean[0] == pytest.approx(2 * lag_loss(weights, symbols[0]) / (n * 7), rel=1e-6)
    without = [weights[0].copy(), np.zeros(n), weights[2].copy(), weights[3].copy()]
    learn_lag(*without, False, 0.1, symbols, True, largest, mean)
    assert (without[1] == 0).all() and (without[2] == weights[2]).all() and (without[0] != weights[0]).any()


@pytest.mark.parametrize(("everywhere", "worst"), [(True, 0.9), (False, 0.2)])
def test_what_is_watched(everywhere, worst):
    """2a: the largest error of all steps; 2b: that at the end."""
    W = np.log([[0.1, 0.1], [0.2, 0.8]]) - np.log([[0.9, 0.9], [0.8, 0.2]])
    largest, mean = np.empty((2, 1))
    learn_lag(W, *np.zeros((3, 2)), False, 0.0, np.array([[0, 1, 1]]), everywhere, largest, mean)
    assert largest[0] == pytest.approx(worst)


def test_a_string_is_misread_where_one_legal_symbol_is_not_among_the_most_active():
    batch = take(reber_sets(0)[0], range(20))
    symbols, lengths = (batch.x @ np.arange(7)).astype(int).T.copy(), batch.lengths
    legal = batch.legal.swapaxes(0, 1).copy()
    net = Reber(3, 2, 1).network(0)
    P, V = joined(net)
    how = P, V, 3, 2, False, 2.0, 1.0, False, symbols, lengths
    did = net.forward(batch.x)
    most = np.where(batch.legal, -1, did.out).max(-1)
    right = np.where(batch.legal, did.out, 2).min(-1) > most
    wrong = sum(not right[:steps, b].all() for b, steps in enumerate(lengths))
    assert misread(*how, legal, 256) == wrong > 0
    assert misread(*how, legal, 0) == 1
    said = np.zeros_like(legal)
    for b, steps in enumerate(lengths):
        said[b, :steps] = did.out[:steps, b] >= did.out[:steps, b].max(-1, keepdims=True)
    assert misread(*how, said, 256) == 0


def test_the_settings_have_the_papers_weights():
    weights = {name: SETTINGS[name].about["weights"] for name in ("1-1997", "2a-1997", "2b-1997")}
    assert weights == {"1-1997": 276, "2a-1997": 10_504, "2b-1997": 10_504}
    assert SETTINGS["tried-1-4x1-rate-0.1"].about["weights"] == 264
    net = Reber(4, 1, 1).network(0)
    np.testing.assert_array_equal(net.b[net.out_], [-1, -2, -3, -4])


@pytest.mark.parametrize("name", ["1-1997", "tried-1-3x2-update-a-string", "2a-1997", "2b-1997"])
def test_the_settings_train(name):
    setting = SETTINGS[name]
    trial = setting.trial(3, setting.rates[0], True)
    assert (trial["solved"], trial["sequences"], trial["trained_on"]) == (False, None, 2)
    assert np.isfinite(trial["error"])
    assert json.loads(json.dumps(trial)) == setting.trial(3, setting.rates[0], True)


def test_the_cell_is_added_when_the_error_has_stopped_decreasing():
    """Not in the first 200 sequences, whose error falls, unless next to nothing is learnt from them."""
    task = replace(SETTINGS["2a-1997"].trial.__self__, p=4, budget=200)
    assert task.about()["weights"] == 40
    assert task.trial(0, 1.0)["stages"]["cell added"]["sequences"] is None
    assert task.trial(0, 1e-9)["stages"]["cell added"]["sequences"] == 200
