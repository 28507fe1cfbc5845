"""A memory as the sum of what was written into it."""

import numpy as np
import pytest
from checking import problem
from gru import GRU

from lstm_lib import LSTM, RNN, jacobian, memory_layers

VARIANTS = {
    "plain": {},
    "peepholes": {"peepholes": True},
    "coupled": {"coupled": True, "peepholes": True},
    "1997": {"forget_gate": False},
    "no_input_gate": {"input_gate": False, "input_activation": False},
    "no_output": {"output_gate": False, "output_activation": False},
}
HELD = {
    "free": {},
    "clamped": {"clamp": {"f": 0.5, "g": -0.3}},
    "scaled": {"scale": {"f": 1.5, "i": 0.5}, "clamp": {"o": 0}},
}


@pytest.mark.parametrize("single", [False, True], ids=["batch", "single"])
@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("variant", VARIANTS)
def test_layers_sum_to_c_and_are_what_the_equation_says(variant, held, single):
    net, x, starts, _ = problem(LSTM, VARIANTS[variant], T=7, single=single)
    trace = net.forward(x, **starts, **HELD[held])
    layers = memory_layers(trace)
    assert layers.shape == (7, 8, *trace.c.shape[1:]) and layers.dtype == trace.c.dtype
    np.testing.assert_allclose(layers.sum(1), trace.c, rtol=0, atol=1e-12)
    writes = np.concatenate([trace.c0[None], trace.i * trace.g])
    for t in range(7):
        for k in range(8):
            kept = trace.f[k : t + 1].prod(0)
            wanted = writes[k] * kept if k <= t + 1 else np.zeros_like(kept)
            np.testing.assert_allclose(layers[t, k], wanted, rtol=0, atol=1e-12)


def test_a_layer_over_its_write_is_the_direct_gradient():
    net, x, starts, _ = problem(LSTM, {}, T=8)
    for gate in "figo":
        net.params[f"U_{gate}"][...] = 0  # no other path
    trace = net.forward(x, **starts)
    layers = memory_layers(trace)[:, 1:]
    for k in range(8):
        shares = (layers[7, k] / (trace.i * trace.g)[k])[1]
        np.testing.assert_allclose(np.diag(shares), jacobian(net, trace, 7, k, 1), rtol=0, atol=1e-13)


def test_past_its_end_a_sequence_has_no_layers():
    net, x, starts, _ = problem(LSTM, {}, T=6)
    padded = x.copy()
    padded[2:, 0] = np.nan
    trace = net.forward(padded, **starts, lengths=[2, 6, 1])
    layers = memory_layers(trace)
    np.testing.assert_allclose(layers.sum(1), trace.c, rtol=0, atol=1e-12)
    for b, n in enumerate([2, 6, 1]):
        alone = net.forward(x[:n, b], **{name: start[b] for name, start in starts.items()})
        np.testing.assert_allclose(layers[:n, : n + 1, b], memory_layers(alone), rtol=0, atol=1e-12)
        assert not layers[n:, :, b].any()


def test_the_layers_of_5000_random_cells_sum_to_c():
    """Each unit of these networks hears itself alone; from nearly linear to fully saturated."""
    rng, H = np.random.default_rng(0), 250
    for _ in range(20):
        net, size = LSTM(1, H), 10.0 ** rng.uniform(-2, 1.5, H)
        for name, value in net.params.items():
            own = rng.normal(0, size)
            value[...] = {"W": own[:, None], "U": np.diag(own), "b": own}[name[0]]
        trace = net.forward(rng.normal(size=(40, 1)), c0=rng.normal(size=H))
        np.testing.assert_allclose(memory_layers(trace).sum(1), trace.c, rtol=0, atol=1e-12)


def test_layers_are_in_the_networks_dtype():
    trace = LSTM(2, 3, dtype=np.float32).forward(np.ones((4, 2)))
    assert memory_layers(trace).dtype == np.float32
    np.testing.assert_allclose(memory_layers(trace).sum(1), trace.c, rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", [RNN, GRU])
def test_a_network_without_a_cell_state_is_refused(kind):
    trace = kind(2, 3).forward(np.ones((4, 2)))
    said = f"trace must be an LSTM's, with f, i, g and c; got <Trace of {kind.__name__}"
    with pytest.raises(ValueError, match=said):
        memory_layers(trace)


def test_what_is_no_trace_is_refused():
    with pytest.raises(TypeError, match="trace must be a Trace, what forward returns; got ndarray"):
        memory_layers(np.ones((3, 2)))
