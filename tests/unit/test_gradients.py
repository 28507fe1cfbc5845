"""Every gradient against central differences and against HIPS autograd, for the cell and all its variants."""

import copy
import pickle
from types import SimpleNamespace

import independent
import numpy as np
import pytest
from checking import check, loss_of, numerical_gradients, problem
from gru import GRU
from hypothesis import given, settings
from strategies import seeds, sizes

from lstm_lib import LSTM, RNN, jacobian, numerical_gradient

VARIANTS = {
    "plain": {},
    "peepholes": {"peepholes": True},
    "no_forget_gate": {"forget_gate": False},
    "no_input_gate": {"input_gate": False},
    "no_output_gate": {"output_gate": False},
    "no_input_activation": {"input_activation": False},
    "no_output_activation": {"output_activation": False},
    "coupled": {"coupled": True},
    "coupled_peepholes": {"coupled": True, "peepholes": True},
    "1997_peepholes": {"forget_gate": False, "peepholes": True},
    "bare": {"forget_gate": False, "input_gate": False, "output_gate": False, "input_activation": False},
}
NETWORKS = {
    **{f"lstm_{name}": (LSTM, options) for name, options in VARIANTS.items()},
    "rnn_tanh": (RNN, {"activation": "tanh"}),
    "rnn_relu": (RNN, {"activation": "relu"}),
    "gru": (GRU, {}),
}
HALF_CLAMPED = np.where(np.arange(5)[:, None, None] % 2, np.nan, 0.5)
HELD = {
    "clamp_f": {"clamp": {"f": 0.5}},
    "clamp_some_steps": {"clamp": {"i": HALF_CLAMPED}},
    "clamp_some_units": {"clamp": {"o": [np.nan, 0.25, np.nan, 1.0]}},
    "clamp_g": {"clamp": {"g": -0.3}},
    "scale": {"scale": {"f": 0.5, "o": 2.0}},
    "scale_g_and_clamp_i": {"scale": {"g": [1.0, 0.0, 3.0, -1.0]}, "clamp": {"i": HALF_CLAMPED}},
    "clamp_beats_scale": {"scale": {"i": 0.1}, "clamp": {"i": HALF_CLAMPED}},
}


@pytest.mark.parametrize("single", [False, True], ids=["batch", "single"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_gradient_equals_central_differences(name, single):
    net, x, starts, says = problem(*NETWORKS[name], single=single)
    grads = net.backward(net.forward(x, **starts), **says)
    check(grads, numerical_gradients(net, x, starts, says), 2e-8)


@pytest.mark.parametrize("name", HELD)
def test_gradients_with_a_held_gate(name):
    net, x, starts, says = problem(LSTM, {})
    grads = net.backward(net.forward(x, **starts, **HELD[name]), **says)
    check(grads, numerical_gradients(net, x, starts, says, **HELD[name]), 2e-8)


@pytest.mark.parametrize("variant", ["peepholes", "coupled", "no_forget_gate"])
def test_gradients_with_a_held_gate_in_a_variant(variant):
    held = {"clamp": {"f": HALF_CLAMPED}, "scale": {"i": 0.7}}
    net, x, starts, says = problem(LSTM, VARIANTS[variant])
    grads = net.backward(net.forward(x, **starts, **held), **says)
    check(grads, numerical_gradients(net, x, starts, says, **held), 2e-8)


def test_a_gradient_made_wrong_on_purpose_is_caught():
    net, x, starts, says = problem(LSTM, {})
    grads = net.backward(net.forward(x, **starts), **says)
    wanted = numerical_gradients(net, x, starts, says)
    for name in net.params:
        wrong = copy.copy(grads.params) | {name: grads.params[name] * 2.001}
        with pytest.raises(AssertionError, match=name):
            check(SimpleNamespace(**wrong), {key: wanted[key] for key in wrong}, 2e-8)


def autograd_results(net, kind, options, x, starts, says, **held):
    def run(values):
        p = {name: values[name] for name in net.params}
        if kind is LSTM:
            return independent.lstm(p, values["x"], values["h0"], values["c0"], options=options, **held)
        if kind is RNN:
            return independent.rnn(p, values["x"], values["h0"], **options)
        return independent.gru(p, values["x"], values["h0"])

    def loss(values):
        seen = run(values)
        total = (seen["h"] * says["dh"]).sum() + (seen["h"][-1] * says["dh_last"]).sum()
        return total + ((seen["c"][-1] * says["dc_last"]).sum() if "dc_last" in says else 0)

    values = {**{name: value.copy() for name, value in net.params.items()}, "x": x, **starts}
    return run(values), independent.gradients(loss, values)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_series_and_gradient_equals_autograd(name):
    kind, options = NETWORKS[name]
    net, x, starts, says = problem(kind, options, T=12, seed=1)
    series, wanted = autograd_results(net, kind, options, x, starts, says)
    trace = net.forward(x, **starts)
    check(trace, series, 1e-12)
    check(net.backward(trace, **says), wanted, 1e-10)


@pytest.mark.parametrize("name", HELD)
def test_held_gates_equal_autograd(name):
    net, x, starts, says = problem(LSTM, {}, seed=2)
    series, wanted = autograd_results(net, LSTM, {}, x, starts, says, **HELD[name])
    trace = net.forward(x, **starts, **HELD[name])
    check(trace, series, 1e-12)
    check(net.backward(trace, **says), wanted, 1e-10)


@settings(max_examples=30, deadline=None)
@given(T=sizes, B=sizes, D=sizes, H=sizes, seed=seeds)
def test_gradients_at_any_size(T, B, D, H, seed):
    net, x, starts, says = problem(LSTM, {}, T, B, D, H, seed)
    _, wanted = autograd_results(net, LSTM, {}, x, starts, says)
    check(net.backward(net.forward(x, **starts), **says), wanted, 1e-10)


@pytest.mark.parametrize(("kind", "B"), [(LSTM, 1), (LSTM, 70), (RNN, 3), (GRU, 3)])
def test_gradients_over_many_runs_of_steps(kind, B):
    """Long enough that the weights' gradient is summed in several runs, the first of them shorter."""
    net, x, starts, says = problem(kind, {}, T=150, B=B, seed=3)
    net.vector *= 0.5
    options = {"activation": "tanh"} if kind is RNN else {}
    _, wanted = autograd_results(net, kind, options, x, starts, says)
    check(net.backward(net.forward(x, **starts), **says), wanted, 1e-9)


def test_state_gradients_are_whole():
    """grads.h and grads.c are how the loss changes when a state is nudged and the rest of the run follows."""
    net, x, starts, says = problem(LSTM, {})
    trace = net.forward(x, **starts)
    grads = net.backward(trace, **says)
    for t in range(4):
        h, c = trace.h[t].copy(), trace.c[t].copy()
        later = {**says, "dh": says["dh"][t + 1 :]}

        def loss(h=h, c=c, t=t, later=later):
            return loss_of(net, x[t + 1 :], {"h0": h, "c0": c}, later) + (h * says["dh"][t]).sum()

        np.testing.assert_allclose(
            grads.h[t], numerical_gradient(lambda h=h, loss=loss: loss(), h), atol=2e-8
        )
        along_c = numerical_gradient(lambda c=c, loss=loss: loss(), c)  # h_t held: the path through c alone
        through_h = grads.h[t] * trace.o[t] * (1 - trace.tanh_c[t] ** 2)
        np.testing.assert_allclose(grads.c[t], along_c + through_h, atol=2e-8)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_copy_shares_nothing_and_computes_the_same(name):
    net, x, starts, _ = problem(*NETWORKS[name])
    h = net.forward(x, **starts).h.copy()
    for twin in (copy.copy(net), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        np.testing.assert_array_equal(twin.forward(x, **starts).h, h)
        first = next(iter(twin.params))
        setattr(twin, first, twin.params[first] + 1)
        assert not np.array_equal(twin.forward(x, **starts).h, h)
    np.testing.assert_array_equal(net.forward(x, **starts).h, h)


def test_dh_alone_and_dh_last_say_the_same():
    net, x, _, says = problem(LSTM, {})
    trace = net.forward(x)
    dh = np.zeros_like(trace.h)
    dh[-1] = says["dh_last"]
    sparse, dense = net.backward(trace, dh_last=says["dh_last"]), net.backward(trace, dh)
    np.testing.assert_array_equal(sparse.vector, dense.vector)
    np.testing.assert_array_equal(sparse.x, dense.x)
    np.testing.assert_array_equal(sparse.c, dense.c)


@pytest.mark.parametrize("name", NETWORKS)
def test_without_dx_all_else_is_the_same(name):
    net, x, starts, says = problem(*NETWORKS[name])
    trace = net.forward(x, **starts)
    whole, less = net.backward(trace, **says), net.backward(trace, **says, dx=False)
    np.testing.assert_array_equal(less.vector, whole.vector)
    np.testing.assert_array_equal(less.h, whole.h)
    with pytest.raises(AttributeError, match="Gradients has no 'x'; it holds .*, h"):
        _ = less.x


def test_numerical_gradient_of_a_known_function():
    a = np.array([[1.0, -2.0], [30.0, 0.0]])
    np.testing.assert_allclose(numerical_gradient(lambda a: (a**2).sum(), a), 2 * a, rtol=0, atol=1e-7)
    np.testing.assert_array_equal(a, [[1.0, -2.0], [30.0, 0.0]])
    single = a.astype(np.float32)
    slope = numerical_gradient(lambda: (single.astype(float) ** 2).sum(), single)
    np.testing.assert_allclose(slope, 2 * single, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("single", [False, True], ids=["batch", "single"])
@pytest.mark.parametrize("name", [*NETWORKS, "held"])
def test_jacobian_equals_central_differences(name, single):
    kind, options = NETWORKS.get(name, (LSTM, {"peepholes": True}))
    net, x, starts, _ = problem(kind, options, T=6, single=single)
    half = HALF_CLAMPED[[0, 1, 2, 3, 4, 0]]
    clamped = half[:, 0] if single else half
    held = {"clamp": {"f": clamped}, "scale": {"o": 0.5}} if name == "held" else {}
    trace = net.forward(x, **starts, **held)
    row = () if single else (2,)
    state, t, k = "c" if kind is LSTM else "h", 4, 1
    found = jacobian(net, trace, t, k, *row)
    wanted = np.zeros((4, 4))
    for j in range(4):
        # nudge unit j at step k: whatever else step k makes of it follows, as do all later steps
        ends = []
        for nudge in (1e-5, -1e-5):
            h, c = trace.h[k][row].copy(), trace.c[k][row].copy() if kind is LSTM else None
            if kind is LSTM:
                c[j] += nudge
                o = trace.o[k][row]
                if name in ("lstm_peepholes", "lstm_coupled_peepholes", "lstm_1997_peepholes", "held"):
                    factor = 0.5 if name == "held" else 1.0
                    a = np.log(o / factor / (1 - o / factor)) + net.p_o * (c - trace.c[k][row])
                    o = factor / (1 + np.exp(-a))
                h = o * (np.tanh(c) if options.get("output_activation", True) else c)
            else:
                h[j] += nudge
            later = {"clamp": {"f": half[k + 1 :, 0]}, "scale": held["scale"]} if held else {}
            start = {"h0": h} | ({"c0": c} if kind is LSTM else {})
            ends.append(getattr(net.forward(x[k + 1 :][:, *row], **start, **later), state)[t - k - 1])
        wanted[:, j] = (ends[0] - ends[1]) / 2e-5
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-8)
    everything = jacobian(net, trace, t, sequence=row[0] if row else 0)
    assert everything.shape == (t + 1, 4, 4)
    np.testing.assert_allclose(everything[k], found, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(everything[t], np.eye(4))


def test_the_direct_path_is_the_jacobian_of_a_cell_that_hears_nothing_of_itself():
    net, x, starts, _ = problem(LSTM, {}, T=8)
    for gate in "figo":
        net.params[f"U_{gate}"][...] = 0
    trace = net.forward(x, **starts)
    for k in range(8):
        direct = trace.f[k + 1 : 8, 1].prod(0)
        np.testing.assert_allclose(np.diag(direct), jacobian(net, trace, 7, k, 1), rtol=0, atol=1e-15)
