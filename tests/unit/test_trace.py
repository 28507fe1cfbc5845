"""The trace: views that cost nothing and stay as they are; ragged batches; held gates; reprs."""

import numpy as np
import pytest
from gru import GRU

from lstm_lib import LSTM, RNN

NETWORKS = {"lstm": LSTM, "rnn": RNN, "gru": GRU}


def some(T=6, B=3, D=2, seed=0):
    return np.random.default_rng(seed).normal(size=(T, B, D))


@pytest.mark.parametrize("kind", NETWORKS)
def test_what_somebody_holds_is_never_overwritten(kind):
    net = NETWORKS[kind](2, 4)
    trace = net.forward(some())
    alone = net.forward(some(seed=1)).h  # the trace is gone, one of its views is not
    grads = net.backward(trace, np.ones_like(trace.h))
    kept = [trace.h.copy(), alone.copy(), grads.h.copy(), grads.x.copy(), grads.vector.copy()]
    for seed in range(2, 8):
        later = net.forward(some(seed=seed))
        net.backward(later, np.ones_like(later.h))
    now = [trace.h, alone, grads.h, grads.x, grads.vector]
    for before, after in zip(kept, now, strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_slice_of_a_view_keeps_the_trace_as_well():
    net = LSTM(2, 4)
    row = net.forward(some()).c[2, 1, 1:]
    shown = memoryview(net.forward(some(seed=1)).f)
    before = row.copy(), np.array(shown)
    for seed in range(2, 8):
        net.forward(some(seed=seed))
    np.testing.assert_array_equal(row, before[0])
    np.testing.assert_array_equal(np.array(shown), before[1])


def test_memory_nobody_holds_is_used_again():
    net = LSTM(2, 4)

    def where():
        trace = net.forward(some())
        address = trace.c.base.__array_interface__["data"][0]
        grads = net.backward(trace, np.ones_like(trace.h))
        return address, grads.c.base.__array_interface__["data"][0]

    assert len({where() for _ in range(5)}) == 1


def test_buffers_of_another_size_do_not_leak_into_a_pass():
    net = LSTM(2, 4)
    wanted = {T: net.forward(some(T)).h.copy() for T in (1, 4, 9)}
    for T in (9, 1, 4, 9, 4, 1, 1, 9):
        np.testing.assert_array_equal(net.forward(some(T)).h, wanted[T])


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_ragged_batch_is_each_sequence_at_its_own_length(kind):
    net, lengths = NETWORKS[kind](2, 4), [2, 6, 1]
    x, rng = some(), np.random.default_rng(1)
    dh, says = rng.normal(size=(6, 3, 4)), {"dh_last": rng.normal(size=(3, 4))}
    says |= {"dc_last": rng.normal(size=(3, 4))} if kind == "lstm" else {}
    padded = x.copy()
    for b, n in enumerate(lengths):
        padded[n:, b] = np.nan  # past the end anything may stand
    trace = net.forward(padded, lengths=lengths)
    grads = net.backward(trace, dh, **says)
    total = np.zeros_like(net.vector)
    for b, n in enumerate(lengths):
        alone = net.forward(x[:n, b])
        for name in trace.series:
            np.testing.assert_allclose(getattr(trace, name)[:n, b], getattr(alone, name), atol=1e-14)
            assert (getattr(trace, name)[n:, b] == 0).all()
        np.testing.assert_allclose(trace.h_last[b], alone.h[-1], atol=1e-14)
        gradient = net.backward(alone, dh[:n, b], **{name: value[b] for name, value in says.items()})
        for name in ("x", "h", *(["c"] if kind == "lstm" else [])):
            np.testing.assert_allclose(getattr(grads, name)[:n, b], getattr(gradient, name), atol=1e-13)
            assert (getattr(grads, name)[n:, b] == 0).all()
        np.testing.assert_allclose(grads.h0[b], gradient.h0, atol=1e-13)
        total += gradient.vector
    np.testing.assert_allclose(grads.vector, total, atol=1e-12)


def test_held_gates_show_in_the_trace():
    net, x = LSTM(2, 4), some()
    free = net.forward(x)
    np.testing.assert_array_equal(net.forward(x, clamp={"f": 0.5}).f, 0.5)
    one_unit = net.forward(x, clamp={"o": [np.nan, 0, np.nan, np.nan]})
    assert (one_unit.h[..., 1] == 0).all()
    np.testing.assert_allclose(one_unit.o[0, :, [0, 2, 3]], free.o[0, :, [0, 2, 3]], rtol=1e-15)
    np.testing.assert_allclose(net.forward(x, scale={"i": 0.5}).i[0], free.i[0] / 2, rtol=1e-15)
    shut = net.forward(x, clamp={"i": 0, "f": 1}, c0=np.full((3, 4), 2.0))
    np.testing.assert_array_equal(shut.c, 2.0)  # nothing enters, nothing leaves


def test_integers_lists_and_the_other_float_are_taken():
    net = LSTM(2, 4, dtype=np.float32)
    x = [[[1, 0]], [[0, 1]]]
    trace = net.forward(x)
    assert trace.h.dtype == trace.x.dtype == np.float32
    np.testing.assert_array_equal(net.forward(np.array(x, float)).h, trace.h)


def test_repr_says_the_sizes():
    net = LSTM(2, 4, peepholes=True)
    assert repr(net) == "LSTM(input_size=2, hidden_size=4, dtype='float64', peepholes=True): 124 parameters"
    assert repr(net.forward(some())) == "<Trace of LSTM: f, i, g, o, c, h; T=6, B=3, D=2, H=4; float64>"
    assert "T=6, B=1, D=2, H=3" in repr(RNN(2, 3).forward(some()[:, 0]))
    grads = RNN(2, 3).backward(RNN(2, 3).forward(some()), np.ones((6, 3, 3)))
    assert repr(grads) == "<Gradients of W, U, b, x, h, h0; float64>"


def test_names_complete():
    trace = LSTM(2, 4).forward(some())
    assert {"f", "i", "g", "o", "c", "h", "x", "h0", "c0"} <= set(dir(trace))
    assert {"W_f", "U_o", "b_i", "forward"} <= set(dir(LSTM(2, 4)))


def test_an_overflow_is_named_not_nan():
    relu = RNN(1, 2, "relu", recurrent_init="identity", dtype=np.float32)
    relu.U = np.eye(2) * 100
    with pytest.raises(FloatingPointError, match=r"h leaves the range of float32 at step 18 of 50"):
        relu.forward(np.ones((50, 1, 1)), h0=np.full((1, 2), 100.0))
    steep = RNN(1, 1, seed=1)
    steep.W, steep.U, steep.b = [[0.0]], [[1e200]], [0.0]
    trace = steep.forward(np.zeros((4, 1, 1)))
    with pytest.raises(FloatingPointError, match=r"explodes: .* at step 1 of 4"):
        steep.backward(trace, np.ones((4, 1, 1)))
    with pytest.raises(FloatingPointError, match="c leaves the range of float64"):
        LSTM(1, 1, seed=1).forward(np.ones((3, 1, 1)), c0=[[1.7e308]], scale={"f": 2})
