"""The 1997 algorithm: its gradient against autograd's, its weights against the paper's counts."""

import sys
from pathlib import Path
from types import SimpleNamespace

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.tracer import getval

sys.path.insert(0, str(Path(__file__).parents[2] / "experiments"))

import tasks_1997 as tasks
from algorithm_1997 import Network1997, Trials, train
from classic import SETTINGS

from lstm_lib.train import Adam

NAMES = ("W", "U", "b", "V", "c")


def loss(parameters, net, x, target, ends, truncated):
    """½ Σ (target − out)², or the cross-entropy, of one trial and one sequence, written out step by step.

    With the truncation, what a gate or a cell reads of the others one step ago is a plain number.
    """
    W, U, b, V, c = parameters
    blocks, cells = net.blocks, net.cells
    y, s, total = anp.zeros(net.n), anp.zeros(net.C), 0.0
    for t in range(len(x)):
        before = getval(y) if truncated else y
        a = 1 / (1 + anp.exp(-(anp.dot(W, x[t]) + anp.dot(U, before) + b)))
        kinds = (net.n - net.C) // blocks
        gates = [anp.repeat(a[i * blocks : (i + 1) * blocks], cells) for i in range(kinds)]
        keep = gates[2] if len(gates) == 3 else 1.0
        s = keep * s + gates[0] * (4 * a[net.n - net.C :] - 2)
        out = gates[1] * (2 / (1 + anp.exp(-s)) - 1)
        y = anp.concatenate([a[: net.n - net.C], out])
        if ends is None or t == ends:
            received, wanted = anp.dot(V, out) + c, target[t if ends is None else 0]
            if net.softmax:
                total = total - anp.sum(wanted * (received - anp.log(anp.sum(anp.exp(received)))))
            else:
                total = total + 0.5 * anp.sum((wanted - 1 / (1 + anp.exp(-received))) ** 2)
    return total


@pytest.mark.parametrize("full", [False, True], ids=["truncated", "full"])
@pytest.mark.parametrize("forget_bias", [None, 1.0], ids=["1997", "forget gate"])
@pytest.mark.parametrize("softmax", [False, True], ids=["squared error", "cross-entropy"])
@pytest.mark.parametrize("at_the_end", [True, False])
def test_gradient(full, forget_bias, softmax, at_the_end):
    R, T, B = 2, 7, 3
    net = Network1997(2, 2, 2, 3, R, reach=1.0, forget_bias=forget_bias, softmax=softmax, seed=1)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(R, T, B, 2))
    ends = np.array([[3, 6, 5], [6, 4, 2]]) if at_the_end else None
    target = rng.uniform(size=(R, 1 if at_the_end else T, B, 3))
    target /= target.sum(-1, keepdims=True)  # for the cross-entropy, whose targets are probabilities
    found = net.gradients(net.forward(x, ends), target, full)
    for r in range(R):
        own = [p[r] for p in net.parameters]
        wanted = [np.zeros_like(p) for p in own]
        for k in range(B):
            end = None if ends is None else ends[r, k]
            of_one = grad(loss)(own, net, x[r, :, k], target[r, :, k], end, not full)
            wanted = [w + g / B for w, g in zip(wanted, of_one, strict=True)]
        for name, gradient, w in zip(NAMES, found, wanted, strict=True):
            np.testing.assert_allclose(gradient[r], w, rtol=1e-10, atol=1e-13, err_msg=name)


def test_weights_are_counted_as_in_the_paper():
    """Table by table: experiment 1 with 4 × 1 and 3 × 2, 2c, 3, 4, 6a and 6b."""
    for weights, biased, sizes in (
        (264, "gates", (7, 4, 1, 7)),
        (276, "gates", (7, 3, 2, 7)),
        (364, "none", (54, 2, 1, 2)),
        (664, "none", (104, 2, 1, 2)),
        (102, "hidden", (1, 3, 1, 1)),
        (93, "all", (2, 2, 2, 1)),
        (156, "all", (8, 2, 2, 4)),
        (308, "all", (8, 3, 2, 8)),
    ):
        net = Network1997(*sizes, trials=1, biased=biased)
        own = [np.ones(p.shape[1:]) for p in net.parameters]
        own[2], own[4] = net.has_bias, net.has_output_bias * own[4]
        assert net.weights == weights == sum(p.sum() for p in own), sizes


def test_start():
    net = Network1997(
        2, 2, 2, 1, 50, input_bias=(-3, -6), output_bias=(-2, -4), forget_bias="chrono", t_max=100
    )
    in_, out_, forget_ = net.b[:, :2], net.b[:, 2:4], net.b[:, 4:6]
    np.testing.assert_array_equal(out_, np.tile([-2, -4], (50, 1)))
    np.testing.assert_array_equal(in_, -forget_)
    assert forget_.min() >= 0 and forget_.max() <= np.log(99) and len(np.unique(forget_)) == 100
    for weights in net.W, net.U, net.V:
        assert 0.09 < np.abs(weights).max() <= 0.1
    np.testing.assert_array_equal(Network1997(2, 2, 2, 1, 5, input_bias=(-3, -6)).b[:, :2], [[-3, -6]] * 5)
    assert (Network1997(2, 2, 2, 1, 5, biased="none").b == 0).all()


class Within(SimpleNamespace):
    """A criterion as `train` reads it."""

    def __init__(self, window, within, mean=np.inf, wrong=0, watched=False):
        super().__init__(window=window, within=within, mean=mean, wrong=wrong, watched=watched)


def draw(B, seed):
    """Say at the end whether the first number was positive."""
    batch = tasks.two_sequence(4, B, 1, seed)
    return batch._replace(x=np.where(np.arange(len(batch.x))[:, None, None] == 0, batch.x, 0))


def test_training_learns_and_stops_each_trial_when_it_has_met_the_criterion():
    stages = {"half": Within(64, 0.5), "success": Within(64, 0.2)}
    net = Network1997(1, 2, 1, 1, 4, seed=0)
    found = train(net, draw, stages, rate=1.0, budget=20_000, seed=0)
    for trial in found:
        assert trial["solved"] and trial["sequences"] == trial["trained_on"] < 20_000
        assert 64 <= trial["stages"]["half"] <= trial["stages"]["success"] == trial["sequences"]
        assert trial["error"] < 0.2 and trial["wrong_of_2560"] == 0
    assert len({trial["sequences"] for trial in found}) > 1
    again = train(Network1997(1, 2, 1, 1, 4, seed=0), draw, stages, rate=1.0, budget=20_000, seed=0)
    assert again == found
    watched = {"success": Within(64, 0.2, watched=True)}
    earlier = train(Network1997(1, 2, 1, 1, 4, seed=0), draw, watched, rate=1.0, budget=20_000, seed=0)
    for trial, other in zip(found, earlier, strict=True):
        assert other["sequences"] == trial["sequences"] - 64


def test_training_says_what_it_did_not_solve():
    never = {"success": Within(10, 0.2, mean=0.0)}
    for options in {}, dict(batch=5), dict(batch=5, adam=True, full=True):
        net = Network1997(1, 2, 1, 1, 3, seed=0)
        before = [p.copy() for p in net.parameters]
        found = train(net, draw, never, rate=0.01, budget=50, seed=0, **options)
        for trial in found:
            assert (trial["solved"], trial["sequences"], trial["trained_on"]) == (False, None, 50)
            assert trial["wrong_of_2560"] > 0
        for p, was in zip(net.parameters, before, strict=True):
            assert p.shape == was.shape and (p != was).any()


def test_a_batch_of_one_is_the_online_update():
    """Two updates written out: all weights less rate × gradient, after each sequence."""
    net, by_hand = (Network1997(1, 2, 1, 1, 1, seed=0) for _ in range(2))
    train(net, draw, {"success": Within(10, 0.2)}, rate=0.7, budget=2, seed=5)
    drawn = draw(B=32, seed=np.random.default_rng(5))
    for k in range(2):
        end = drawn.lengths[k] - 1
        did = by_hand.forward(drawn.x[None, : end + 1, k : k + 1], np.array([[end]]))
        gradients = by_hand.gradients(did, drawn.target[None, None, k : k + 1])
        for p, gradient in zip(by_hand.parameters, gradients, strict=True):
            p -= 0.7 * gradient
    for p, wanted in zip(net.parameters, by_hand.parameters, strict=True):
        np.testing.assert_allclose(p, wanted, rtol=1e-12, atol=1e-15)


def test_the_settings_have_the_papers_sizes():
    wanted = {"6a": 156, "3a-T100": 102, "3b": 102, "2c-q50-p50": 364, "2c-q100-p100": 664, "4-T100": 93}
    assert {name: SETTINGS[f"{name}-1997"].about["weights"] for name in wanted} == wanted
    for name, setting in SETTINGS.items():
        seeds = [3, 4]
        trials = setting.run(seeds, True)
        assert [trial["seed"] for trial in trials] == seeds, name
        for trial in trials:
            assert not trial["solved"] and trial["trained_on"] <= 64 and trial["cpu_seconds"] > 0


def test_an_optimizer_can_keep_some_of_many_trials():
    gradient, theta = np.arange(6.0).reshape(3, 2) + 1, np.zeros((3, 2))
    alone, adam = theta[[0, 2]].copy(), Trials(0.1)
    for _ in range(2):
        adam.step([theta], [gradient])
    adam.keep([0, 2])
    rest = theta[[0, 2]]
    adam.step([rest], [gradient[[0, 2]]])
    other = Adam(0.1)
    for _ in range(3):
        other.step([alone], [gradient[[0, 2]]])
    np.testing.assert_array_equal(rest, alone)
