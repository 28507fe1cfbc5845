"""The 1997 algorithm: its gradient against autograd's, the kernel against it, the counts of weights."""

import json
import sys
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.tracer import getval

sys.path.insert(0, str(Path(__file__).parents[2] / "experiments"))

import kernel_1997 as kernel
import tasks_1997 as tasks
from algorithm_1997 import Network1997
from classic import SETTINGS, TASKS_1997, as_symbols
from kernel_1997 import Examined, train
from modern import Criterion

from lstm_lib.train import SGD

NAMES = ("W", "U", "b", "V", "c")


def loss(parameters, net, x, target, ends, truncated):
    """½ Σ (target − out)², or the cross-entropy, of one sequence, written out step by step.

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
        s = keep * s + gates[0] * net.g_most * (2 * a[net.n - net.C :] - 1)
        out = gates[1] * net.h_most * (2 / (1 + anp.exp(-s)) - 1)
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
    T, B, ranges = 7, 3, dict(g_most=1.0, h_most=3.0) if full else {}
    net = Network1997(2, 2, 2, 3, reach=1.0, forget_bias=forget_bias, softmax=softmax, seed=1, **ranges)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(T, B, 2))
    ends = np.array([3, 6, 5]) if at_the_end else None
    target = rng.uniform(size=(1 if at_the_end else T, B, 3))
    target /= target.sum(-1, keepdims=True)  # for the cross-entropy, whose targets are probabilities
    found = net.gradients(net.forward(x, ends), target, full)
    wanted = [np.zeros_like(p) for p in net.parameters]
    for k in range(B):
        end = ends[k] if at_the_end else None
        of_one = grad(loss)(net.parameters, net, x[:, k], target[:, k], end, not full)
        wanted = [w + g / B for w, g in zip(wanted, of_one, strict=True)]
    for name, gradient, w in zip(NAMES, found, wanted, strict=True):
        np.testing.assert_allclose(gradient, w, rtol=1e-10, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("how", list(kernel.all_ways()), ids=str)
def test_kernel(how):
    """The loops of the kernel give the weights that NumPy gives, after 20 updates, and the same errors."""
    assert kernel.difference(*how) < 1e-12


def test_weights_are_counted_as_in_the_paper():
    """Table by table: experiment 1 with 4 × 1 and 3 × 2, 2c, 3, 4, 6a and 6b."""
    for weights, biased, sizes in (
        (264, "gates", (7, 4, 1, 7)),
        (276, "gates", (7, 3, 2, 7)),
        (364, "none", (54, 2, 1, 2)),
        (664, "none", (104, 2, 1, 2)),
        (6064, "none", (1004, 2, 1, 2)),
        (102, "hidden", (1, 3, 1, 1)),
        (93, "all", (2, 2, 2, 1)),
        (156, "all", (8, 2, 2, 4)),
        (308, "all", (8, 3, 2, 8)),
    ):
        net = Network1997(*sizes, biased=biased)
        own = [np.ones(p.shape) for p in net.parameters]
        own[2], own[4] = net.has_bias, net.has_output_bias * own[4]
        assert net.weights == weights == sum(p.sum() for p in own), sizes


def test_start():
    how = dict(input_bias=(-3, -6), output_bias=(-2, -4), forget_bias="chrono", t_max=100)
    nets = [Network1997(2, 2, 2, 1, **how, seed=seed) for seed in range(50)]
    b = np.array([net.b for net in nets])
    in_, out_, forget_ = b[:, :2], b[:, 2:4], b[:, 4:6]
    np.testing.assert_array_equal(out_, np.tile([-2, -4], (50, 1)))
    np.testing.assert_array_equal(in_, -forget_)
    assert forget_.min() >= 0 and forget_.max() <= np.log(99) and len(np.unique(forget_)) == 100
    for name in "WUV":
        assert 0.09 < max(np.abs(getattr(net, name)).max() for net in nets) <= 0.1
    np.testing.assert_array_equal(Network1997(2, 2, 2, 1, input_bias=(-3, -6)).b[:2], [-3, -6])
    assert (Network1997(2, 2, 2, 1, biased="none").b == 0).all()


def draw(B, seed):
    """Say at the end whether the first number was positive."""
    batch = tasks.two_sequence(4, B, 1, seed)
    return batch._replace(x=np.where(np.arange(len(batch.x))[:, None, None] == 0, batch.x, 0))


def trained(stages, seed=0, rate=3.0, budget=3000, **how):
    """Train a small network on that, and what came out."""
    net = Network1997(1, 2, 1, 1, seed=seed)
    return train(net, draw, stages, rate=rate, budget=budget, seed=seed, test=64, chunk=50, **how)


def test_training_learns_and_stops_when_it_has_met_the_criterion():
    stages = {"half": Criterion(64, 0.5), "success": Criterion(64, 0.2)}
    first = trained(stages)
    assert first["solved"] and first["sequences"] == first["trained_on"] < 3000
    half, success = (first["stages"][name]["sequences"] for name in stages)
    assert 64 <= half <= success == first["sequences"]
    assert first["error"] < 0.2 and first["off"] < 0.2 and first["wrong_of_64"] == 0
    assert trained(stages) == first != trained(stages, seed=1)
    watched = trained({"success": Criterion(64, 0.2, watched=True)})
    assert watched["sequences"] == first["sequences"] - 64 and watched["trained_on"] == first["trained_on"]


def test_a_criterion_is_judged_after_each_sequence():
    """By hand: the first time that the last 64 sequences, each before learning from it, are right."""
    net, rng = Network1997(1, 2, 1, 1, seed=0), np.random.default_rng([0, 1])
    off, stage = [], Criterion(64, 0.2, 0.15, wrong=2)
    while not stage.met(np.array(off), np.array(off)):
        if len(off) % 50 == 0:
            drawn = draw(50, rng)
        k = len(off) % 50
        did = net.forward(drawn.x[:, k : k + 1], drawn.lengths[k : k + 1] - 1)
        off.append(abs(did.out[0, 0, 0] - drawn.target[k, 0]))
        SGD(3.0).step(net.parameters, net.gradients(did, drawn.target[None, k : k + 1]))
    found = trained({"success": stage})
    assert found["sequences"] == len(off)
    assert found["error"] == pytest.approx(np.mean(off[-64:]), rel=1e-9)


def test_training_by_a_test_set():
    """It is looked at after each 40 sequences; what is learnt does not depend on it."""
    stages = {"ST1": Examined(0.5, size=16, every=40), "ST2": Examined(0.2, 0.15, size=16, every=40)}
    found = trained(stages)
    one, two = (found["stages"][name]["sequences"] for name in stages)
    assert one <= two == found["sequences"] == found["trained_on"] and one % 40 == two % 40 == 0
    assert found["solved"] and found["off"] < 0.2
    beside = trained({"online": Criterion(256, 1e-6), **stages}, budget=200)  # never met in so few
    assert beside["stages"] == found["stages"] and beside["trained_on"] == 200
    assert (beside["solved"], beside["sequences"]) == (True, found["sequences"])


def test_training_says_what_it_did_not_solve():
    never = {"success": Criterion(10, 0.2, mean=0.0)}
    for options in {}, dict(batch=5), dict(batch=5, adam=True, full=True):
        found = trained(never, rate=0.01, budget=52, **options)
        assert (found["solved"], found["sequences"], found["stages"]) == (False, None, {})
        assert found["trained_on"] == (50 if options else 52) and found["wrong_of_64"] > 0


def test_an_error_that_is_no_number_is_wrong():
    found = trained({"success": Criterion(10, 0.2)}, rate=np.nan, budget=100)
    assert not found["solved"] and found["wrong_of_64"] == 64


def test_symbols_are_those_of_the_tasks():
    for B, seed in ((1, 0), (30, 5)):
        drawn, wanted = tasks.distracted(50, 20, B, seed), tasks.long_lag_2c(50, 20, B, seed)
        np.testing.assert_array_equal(drawn.lengths, wanted.lengths)
        np.testing.assert_array_equal(drawn.target, wanted.target)
        for b, steps in enumerate(wanted.lengths):
            np.testing.assert_array_equal(np.eye(24)[drawn.x[:steps, b]], wanted.x[:steps, b])
        drawn, wanted = as_symbols(tasks.temporal_order_6a, B, seed), tasks.temporal_order_6a(B, seed)
        for b, steps in enumerate(wanted.lengths):
            np.testing.assert_array_equal(np.eye(8)[drawn.x[:steps, b]], wanted.x[:steps, b])


def test_the_settings_have_the_papers_sizes():
    wanted = {
        "2c-q50-p50": 364, "2c-q100-p100": 664, "2c-q1000-p1000": 6064, "3a-T100": 102, "3a-T1000": 102,
        "3b": 102, "3c": 102, "4-T100": 93, "4-T500": 93, "4-T1000": 93, "5": 93, "6a": 156, "6b": 308,
    }  # fmt: skip
    assert {name: SETTINGS[f"{name}-1997"].about["weights"] for name in TASKS_1997} == wanted


@pytest.mark.parametrize(
    "name", ["2c-q50-p50-1997", "3c-1997", "5-1997", "6b-1997", "changes-entropy-adam-full-chrono-1"]
)
def test_the_settings_train(name):
    setting = SETTINGS[name]
    trial = setting.trial(3, setting.rates[0], True)
    assert not trial["solved"] and trial["trained_on"] == 2
    assert np.isfinite(trial["error"])
    assert json.loads(json.dumps(trial)) == setting.trial(3, setting.rates[0], True)
