"""The one-step equations, and the networks held against them."""

import subprocess
import sys

import numpy as np
import pytest
from gru import GRU
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import arrays, batches, dtypes, numbers, seeds, sizes

import lstm_lib
from lstm_lib import LSTM, RNN, lstm_step, rnn_step, sigmoid


def test_sigmoid_known_values():
    np.testing.assert_array_equal(sigmoid([0.0, -np.inf, np.inf]), [0.5, 0.0, 1.0])
    np.testing.assert_allclose(sigmoid(np.log(3.0)), 0.75, rtol=1e-15)
    np.testing.assert_allclose(sigmoid(-700.0), np.exp(-700.0), rtol=1e-13)  # the tail keeps its digits
    assert sigmoid(np.float32(1)).dtype == np.float32
    assert sigmoid(3).dtype == np.float64


@given(dtypes.flatmap(lambda dtype: arrays(5, dtype, np.finfo(dtype).max)))
def test_sigmoid_of_any_finite_number(a):
    s = sigmoid(a)
    assert s.dtype == a.dtype
    assert ((s >= 0) & (s <= 1)).all()
    np.testing.assert_allclose(s + sigmoid(-a), 1, rtol=0, atol=np.finfo(a.dtype).eps)


@pytest.mark.parametrize("shape", [(9, 3, 2), (9, 2)], ids=["batch", "single"])
def test_a_sequence_is_the_step_again_and_again(shape):
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape)
    lstm, rnn, relu = LSTM(2, 4, seed=rng), RNN(2, 4, seed=rng), RNN(2, 4, "relu", seed=rng)
    h, c = rng.normal(size=(2, *shape[1:-1], 4))
    h_tanh = h_relu = h
    traces = lstm.forward(x, h, c), rnn.forward(x, h), relu.forward(x, h)
    for t, x_t in enumerate(x):
        h, c = lstm_step(lstm, x_t, h, c)
        h_tanh, h_relu = rnn_step(rnn, x_t, h_tanh), rnn_step(relu, x_t, h_relu)
        np.testing.assert_allclose(traces[0].h[t], h, rtol=0, atol=1e-14)
        np.testing.assert_allclose(traces[0].c[t], c, rtol=0, atol=1e-14)
        np.testing.assert_allclose(traces[1].h[t], h_tanh, rtol=0, atol=1e-14)
        np.testing.assert_allclose(traces[2].h[t], h_relu, rtol=0, atol=1e-12)


def test_a_step_takes_a_mapping_too():
    lstm = LSTM(1, 2)
    wanted = lstm_step(lstm, [0.3], [0.1, 0.2], [1.0, -1.0])
    np.testing.assert_array_equal(lstm_step(lstm.params, [0.3], [0.1, 0.2], [1.0, -1.0]), wanted)
    plain = {name: value.tolist() for name, value in lstm.params.items()}
    np.testing.assert_array_equal(lstm_step(plain, [0.3], [0.1, 0.2], [1.0, -1.0]), wanted)
    relu = RNN(1, 2, "relu")
    same = rnn_step({**relu.params, "activation": "relu"}, [0.3], [0.1, 0.2])
    np.testing.assert_array_equal(same, rnn_step(relu, [0.3], [0.1, 0.2]))


def test_a_step_by_hand():
    """One unit, all of it on paper: f = σ(1), i = σ(0), g = tanh(2), o = σ(−1)."""
    zero, one = [[0.0]], [[1.0]]
    params = {f"{letter}_{gate}": zero for letter in "WU" for gate in "figo"} | {"W_g": [[2.0]], "U_f": one}
    params |= {"b_f": [0.0], "b_i": [0.0], "b_g": [0.0], "b_o": [-1.0]}
    h, c = lstm_step(params, [1.0], [1.0], [3.0])
    np.testing.assert_allclose(c, 3 / (1 + np.exp(-1)) + 0.5 * np.tanh(2), rtol=1e-15)
    np.testing.assert_allclose(h, np.tanh(c) / (1 + np.e), rtol=1e-15)


@settings(max_examples=60, deadline=None)
@given(x=batches(), H=sizes, seed=seeds, weights=st.sampled_from([1, 1e3, 1e6]), data=st.data())
def test_no_input_makes_nan_or_a_warning(x, H, seed, weights, data):
    """Warnings are errors here. Inputs, states, weights up to 1e6 leave every gate in [0, 1] and |h| ≤ 1."""
    T, B, D = x.shape
    lstm = LSTM(D, H, seed=seed, dtype=x.dtype)
    lstm.vector *= x.dtype.type(weights)
    h0, c0 = (data.draw(arrays((B, H), x.dtype)) for _ in "hc")
    trace = lstm.forward(x, h0, c0)
    for name in "figoch":
        series = getattr(trace, name)
        assert series.shape == (T, B, H)
        assert series.dtype == x.dtype
        assert np.isfinite(series).all()
        low = {"g": -1, "h": -1, "c": -2e6}.get(name, 0)
        assert ((series >= low) & (series <= (2e6 if name == "c" else 1))).all()
    grads = lstm.backward(trace, np.ones_like(trace.h))
    assert grads.x.shape == x.shape
    assert np.isfinite(grads.vector).all()


@settings(max_examples=30, deadline=None)
@given(x=batches(), H=sizes, seed=seeds, kind=st.sampled_from([RNN, GRU]))
def test_the_other_networks_stay_in_range(x, H, seed, kind):
    net = kind(x.shape[2], H, seed=seed, dtype=x.dtype)
    trace = net.forward(x)
    assert trace.h.shape == (*x.shape[:2], H)
    assert trace.h.dtype == x.dtype
    assert (abs(trace.h) <= 1).all()
    assert np.isfinite(net.backward(trace, np.ones_like(trace.h)).vector).all()


@settings(max_examples=30, deadline=None)
@given(scale=numbers(1e6, np.float64), seed=seeds)
def test_a_batch_is_its_sequences_side_by_side(scale, seed):
    rng = np.random.default_rng(seed)
    x, dh = rng.normal(size=(6, 3, 2)) * scale, rng.normal(size=(6, 3, 4))
    for net in (LSTM(2, 4, seed=rng), RNN(2, 4, seed=rng), GRU(2, 4, seed=rng)):
        trace = net.forward(x)
        grads = net.backward(trace, dh)
        total = np.zeros_like(net.vector)
        for b in range(3):
            alone = net.forward(x[:, b])
            np.testing.assert_allclose(alone.h, trace.h[:, b], rtol=0, atol=1e-10)
            gradient = net.backward(alone, dh[:, b])
            np.testing.assert_allclose(gradient.h, grads.h[:, b], rtol=1e-6, atol=1e-10)
            total += gradient.vector
        np.testing.assert_allclose(total, grads.vector, rtol=1e-6, atol=1e-6 * abs(scale) + 1e-9)


def test_the_starts():
    lstm = LSTM(3, 50, forget_bias=2.5, seed=1)
    np.testing.assert_array_equal(lstm.b_f, 2.5)
    np.testing.assert_array_equal([lstm.b_i, lstm.b_g, lstm.b_o], 0)
    assert abs(lstm.U_f).max() <= 50**-0.5
    chrono = LSTM(3, 500, forget_bias="chrono", t_max=100, seed=1)
    assert 0 <= chrono.b_f.min() < 0.5
    assert np.log(90) < chrono.b_f.max() <= np.log(99)
    np.testing.assert_array_equal(chrono.b_i, -chrono.b_f)
    rotation = RNN(3, 20, recurrent_init="orthogonal")
    np.testing.assert_allclose(rotation.U @ rotation.U.T, np.eye(20), atol=1e-14)
    np.testing.assert_array_equal(RNN(3, 20, "relu", recurrent_init="identity").U, np.eye(20))


def test_same_seed_same_numbers():
    for make in (LSTM, RNN, GRU):
        np.testing.assert_array_equal(make(2, 3, seed=5).vector, make(2, 3, seed=5).vector)
        assert not np.array_equal(make(2, 3, seed=5).vector, make(2, 3, seed=6).vector)


def test_parameters_are_views_of_one_vector():
    lstm = LSTM(2, 3, peepholes=True)
    assert list(lstm.params) == [f"{letter}_{gate}" for letter in "WUb" for gate in "figo"] + [
        "p_f",
        "p_i",
        "p_o",
    ]
    lstm.U_o = np.full((3, 3), 7.0)
    lstm.b_f += 1
    assert (lstm.vector == 7).sum() == 9
    lstm.vector[...] = 0
    assert all((value == 0).all() for value in lstm.params.values())
    assert list(LSTM(2, 3, coupled=True).params) == [f"{letter}_{gate}" for letter in "WUb" for gate in "fgo"]


def test_what_a_variant_means():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 3, 2))
    assert (LSTM(2, 4, forget_gate=False).forward(x).f == 1).all()
    assert (LSTM(2, 4, input_gate=False).forward(x).i == 1).all()
    assert (LSTM(2, 4, output_gate=False).forward(x).o == 1).all()
    coupled = LSTM(2, 4, coupled=True).forward(x)
    np.testing.assert_array_equal(coupled.i, 1 - coupled.f)
    linear = LSTM(2, 4, output_activation=False).forward(x)
    np.testing.assert_array_equal(linear.h, linear.o * linear.c)


def test_import_loads_numpy_and_nothing_heavier():
    code = (
        "import sys, numpy; before = set(sys.modules); import lstm_lib;"
        "loaded = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(loaded - set(sys.stdlib_module_names) - {'numpy'}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "['lstm_lib']"


def test_all_is_there():
    assert all(hasattr(lstm_lib, name) for name in lstm_lib.__all__)
    contract = {"LSTM", "RNN", "lstm_step", "rnn_step", "sigmoid", "numerical_gradient"}
    assert contract <= set(lstm_lib.__all__)
