"""Wrong calls: each error names the argument, what came and what was wanted."""

import re

import numpy as np
import pytest
from gru import GRU

from lstm_lib import LSTM, RNN, jacobian, lstm_step, numerical_gradient, rnn_step, sigmoid
from lstm_lib.network import register
from lstm_lib.train import History, Model, cross_entropy, squared_error, train

NAN, INF = float("nan"), float("inf")
X = np.zeros((5, 3, 2))
LSTM_, RNN_, GRU_ = LSTM(2, 4), RNN(2, 4), GRU(2, 4)
TRACE, RNN_TRACE = LSTM_.forward(X), RNN_.forward(X)
SINGLE = LSTM_.forward(X[:, 0])
DH = np.zeros((5, 3, 4))
MODEL, BATCH = Model(LSTM_, 1), (X, np.zeros((3, 1)))
READ_ONLY = np.zeros(3)
READ_ONLY.flags.writeable = False


def with_number(array, number):
    array = array.copy()
    array.flat[-1] = number
    return array


def spoilt(name, value):
    """Return an LSTM whose parameter `name` was written into past every check."""
    lstm = LSTM(2, 4)
    lstm.params[name][...] = value
    return lstm


# what is called; the error; what its message must say: the argument, what was wanted, what came
WRONG = {
    # sizes and options
    "input_size_0": (lambda: LSTM(0, 4), ValueError, "input_size", "at least 1", "got 0"),
    "input_size_negative": (lambda: RNN(-3, 4), ValueError, "input_size", "at least 1", "got -3"),
    "input_size_float": (lambda: LSTM(2.0, 4), TypeError, "input_size", "whole number", "2.0 (float)"),
    "hidden_size_0": (lambda: GRU(2, 0), ValueError, "hidden_size", "at least 1", "got 0"),
    "hidden_size_text": (lambda: LSTM(2, "4"), TypeError, "hidden_size", "whole number", "'4' (str)"),
    "hidden_size_bool": (lambda: LSTM(2, True), TypeError, "hidden_size", "whole number", "True (bool)"),
    "hidden_size_none": (lambda: LSTM(2, None), TypeError, "hidden_size", "whole number", "NoneType"),
    "dtype_int": (lambda: LSTM(2, 4, dtype=int), TypeError, "dtype", "float32 or float64", "'int'"),
    "dtype_half": (
        lambda: LSTM(2, 4, dtype="float16"),
        TypeError,
        "dtype",
        "float32 or float64",
        "'float16'",
    ),
    "dtype_none": (lambda: RNN(2, 4, dtype=None), TypeError, "dtype", "float32 or float64", "None"),
    "dtype_nonsense": (lambda: GRU(2, 4, dtype="real"), TypeError, "dtype", "float32 or float64", "'real'"),
    "seed_negative": (lambda: LSTM(2, 4, seed=-1), ValueError, "seed", "at least 0", "got -1"),
    "seed_float": (lambda: LSTM(2, 4, seed=0.5), TypeError, "seed", "whole number", "0.5 (float)"),
    "seed_none": (lambda: RNN(2, 4, seed=None), TypeError, "seed", "whole number", "NoneType"),
    "forget_bias_text": (lambda: LSTM(2, 4, "one"), ValueError, "forget_bias", "'chrono'", "'one'"),
    "forget_bias_nan": (lambda: LSTM(2, 4, NAN), ValueError, "forget_bias", "finite", "nan"),
    "forget_bias_list": (lambda: LSTM(2, 4, [1.0]), TypeError, "forget_bias", "a number", "[1.0] (list)"),
    "chrono_alone": (lambda: LSTM(2, 4, "chrono"), ValueError, "t_max", "must be given", "None"),
    "t_max_small": (lambda: LSTM(2, 4, "chrono", t_max=2), ValueError, "t_max", "at least 3", "got 2"),
    "t_max_float": (lambda: LSTM(2, 4, "chrono", t_max=9.0), TypeError, "t_max", "whole number", "9.0"),
    "t_max_alone": (lambda: LSTM(2, 4, t_max=9), ValueError, "t_max", '"chrono"', "forget_bias=1.0"),
    "peepholes_text": (lambda: LSTM(2, 4, peepholes="no"), TypeError, "peepholes", "True or False", "'no'"),
    "peepholes_1": (lambda: LSTM(2, 4, peepholes=1), TypeError, "peepholes", "True or False", "1 (int)"),
    "coupled_nothing": (
        lambda: LSTM(2, 4, coupled=True, forget_gate=False),
        ValueError,
        "coupled",
        "needs both the forget gate and the input gate",
        "got one of them False",
    ),
    "unknown_keyword": (lambda: LSTM(2, 4, bias=False), TypeError, "bias", "unexpected keyword", "it takes"),
    "activation": (lambda: RNN(2, 4, "sigmoid"), ValueError, "activation", "'tanh', 'relu'", "'sigmoid'"),
    "activation_kind": (lambda: RNN(2, 4, np.tanh), TypeError, "activation", "'tanh', 'relu'", "ufunc"),
    "recurrent_init": (
        lambda: RNN(2, 4, recurrent_init="eye"),
        ValueError,
        "recurrent_init",
        "'uniform', 'orthogonal', 'identity'",
        "'eye'",
    ),
    # parameters
    "set_shape": (lambda: setattr(LSTM_, "W_f", X), ValueError, "W_f", "(4, 2)", "(5, 3, 2)"),
    "set_nan": (
        lambda: setattr(LSTM_, "b_o", [0, 0, NAN, 0]),
        ValueError,
        "b_o",
        "finite",
        "nan at index (2,)",
    ),
    "set_text": (lambda: setattr(LSTM_, "b_o", "abcd"), TypeError, "b_o", "real numbers", "<U4"),
    "set_unknown": (lambda: setattr(LSTM_, "w_f", 1), AttributeError, "'w_f'", "W_f, W_i", "cannot be set"),
    "get_absent": (lambda: LSTM(2, 4, coupled=True).W_i, AttributeError, "'W_i'", "W_f, W_g, W_o", "LSTM"),
    "spoilt": (lambda: spoilt("U_g", INF).forward(X), ValueError, "U_g", "finite", "infinity"),
    # what goes forward
    "x_1d": (lambda: LSTM_.forward([1.0, 2.0]), ValueError, "x", "(T, B, 2)", "(2,)"),
    "x_4d": (lambda: LSTM_.forward(X[None]), ValueError, "x", "(T, B, 2)", "(1, 5, 3, 2)"),
    "x_features": (lambda: LSTM_.forward(DH), ValueError, "x", "(T, B, 2)", "(5, 3, 4)"),
    "x_features_single": (lambda: RNN_.forward(DH[0]), ValueError, "x", "(T, 2)", "(3, 4)"),
    "x_no_steps": (lambda: LSTM_.forward(X[:0]), ValueError, "x", "(T, B, 2)", "(0, 3, 2)"),
    "x_no_batch": (lambda: GRU_.forward(X[:, :0]), ValueError, "x", "(T, B, 2)", "(5, 0, 2)"),
    "x_nan": (
        lambda: LSTM_.forward(with_number(X, NAN)),
        ValueError,
        "x",
        "finite",
        "nan at index (4, 2, 1)",
    ),
    "x_inf": (
        lambda: RNN_.forward(with_number(X, -INF)),
        ValueError,
        "x",
        "finite",
        "-inf at index (4, 2, 1)",
    ),
    "x_complex": (lambda: LSTM_.forward(X + 1j), TypeError, "x", "real numbers", "complex128"),
    "x_text": (lambda: LSTM_.forward("hello"), TypeError, "x", "real numbers", "<U5"),
    "x_none": (lambda: LSTM_.forward(None), TypeError, "x", "real numbers", "object"),
    "x_bool": (lambda: LSTM_.forward(X > 0), TypeError, "x", "real numbers", "bool"),
    "x_ragged": (lambda: LSTM_.forward([[1, 2], [3]]), ValueError, "x", "array of numbers", "unequal length"),
    "x_beyond_float32": (
        lambda: LSTM(2, 4, dtype="float32").forward(X + 1e300),
        ValueError,
        "x",
        "finite in float32",
        "1e+300 at index (0, 0, 0)",
    ),
    "h0_shape": (lambda: LSTM_.forward(X, np.zeros((4, 3))), ValueError, "h0", "(3, 4)", "(4, 3)"),
    "h0_batch": (lambda: LSTM_.forward(X[:, 0], np.zeros((1, 4))), ValueError, "h0", "(4,)", "(1, 4)"),
    "h0_nan": (
        lambda: RNN_.forward(X, np.full((3, 4), NAN)),
        ValueError,
        "h0",
        "finite",
        "nan at index (0, 0)",
    ),
    "c0_shape": (lambda: LSTM_.forward(X, None, np.zeros(4)), ValueError, "c0", "(3, 4)", "(4,)"),
    "c0_text": (lambda: LSTM_.forward(X, c0="zero"), TypeError, "c0", "real numbers", "<U4"),
    "lengths_few": (
        lambda: LSTM_.forward(X, lengths=[5, 5]),
        ValueError,
        "lengths",
        "3 whole numbers",
        "[5, 5]",
    ),
    "lengths_0": (
        lambda: RNN_.forward(X, lengths=[5, 0, 1]),
        ValueError,
        "lengths",
        "1 to T = 5",
        "[5, 0, 1]",
    ),
    "lengths_long": (lambda: GRU_.forward(X, lengths=[6, 1, 1]), ValueError, "lengths", "T = 5", "[6, 1, 1]"),
    "lengths_float": (
        lambda: LSTM_.forward(X, lengths=[5.0, 1.0, 1.0]),
        TypeError,
        "lengths",
        "whole numbers",
        "float64",
    ),
    "lengths_single": (
        lambda: LSTM_.forward(X[:, 0], lengths=[5]),
        ValueError,
        "lengths",
        "(T, B, D)",
        "(5, 2)",
    ),
    "lengths_mask": (
        lambda: LSTM_.forward(X, lengths=np.ones((5, 3), bool)),
        TypeError,
        "lengths",
        "whole numbers",
        "bool",
    ),
    "clamp_list": (lambda: LSTM_.forward(X, clamp=[0.5]), TypeError, "clamp", "f, i, g, o", "[0.5]"),
    "clamp_unknown": (
        lambda: LSTM_.forward(X, clamp={"c": 1}),
        ValueError,
        "clamp",
        "f, i, g, o",
        "{'c': 1}",
    ),
    "clamp_shape": (
        lambda: LSTM_.forward(X, clamp={"f": [1, 2]}),
        ValueError,
        "clamp['f']",
        "(5, 3, 4)",
        "(2,)",
    ),
    "clamp_text": (
        lambda: LSTM_.forward(X, clamp={"f": "0"}),
        TypeError,
        "clamp['f']",
        "real numbers",
        "<U1",
    ),
    "clamp_inf": (lambda: LSTM_.forward(X, clamp={"f": INF}), ValueError, "clamp['f']", "finite", "inf"),
    "scale_nan": (lambda: LSTM_.forward(X, scale={"o": NAN}), ValueError, "scale['o']", "finite", "nan"),
    "scale_number": (lambda: LSTM_.forward(X, scale=2.0), TypeError, "scale", "f, i, g, o", "2.0"),
    # what goes backward
    "trace_kind": (lambda: LSTM_.backward(DH, DH), TypeError, "trace", "what forward returns", "ndarray"),
    "trace_of_rnn": (
        lambda: LSTM_.backward(RNN_TRACE, DH),
        ValueError,
        "trace",
        "LSTM(input_size=2, hidden_size=4, dtype='float64')",
        "RNN(input_size=2",
    ),
    "trace_size": (
        lambda: LSTM(2, 5).backward(TRACE, DH),
        ValueError,
        "trace",
        "hidden_size=5",
        "hidden_size=4",
    ),
    "dh_shape": (lambda: LSTM_.backward(TRACE, DH[1:]), ValueError, "dh", "(5, 3, 4)", "(4, 3, 4)"),
    "dh_single": (lambda: LSTM_.backward(SINGLE, DH), ValueError, "dh", "(5, 4)", "(5, 3, 4)"),
    "dh_nan": (
        lambda: RNN_.backward(RNN_TRACE, DH + NAN),
        ValueError,
        "dh",
        "finite",
        "nan at index (0, 0, 0)",
    ),
    "dh_text": (lambda: LSTM_.backward(TRACE, "dh"), TypeError, "dh", "real numbers", "<U2"),
    "dh_none": (lambda: LSTM_.backward(TRACE), TypeError, "dh, dh_last or dc_last", "must be given", "None"),
    "dh_last_shape": (
        lambda: LSTM_.backward(TRACE, dh_last=DH),
        ValueError,
        "dh_last",
        "(3, 4)",
        "(5, 3, 4)",
    ),
    "dc_last_inf": (
        lambda: LSTM_.backward(TRACE, dc_last=np.full((3, 4), INF)),
        ValueError,
        "dc_last",
        "finite",
        "inf at index (0, 0)",
    ),
    "history_kind": (
        lambda: train(MODEL, [BATCH], squared_error, history=[]),
        TypeError,
        "history",
        "what train returned",
        "list",
    ),
    "carry_kind": (
        lambda: train(MODEL, [BATCH], squared_error, carry="no"),
        TypeError,
        "carry",
        "True or False",
        "'no' (str)",
    ),
    "window_of_history": (lambda: History(window=-3), ValueError, "window", "at least 1", "-3"),
    "running_of_nothing": (lambda: History().running(), ValueError, "loss", "a step", "none"),
    "lengths_text": (
        lambda: LSTM_.forward(X, lengths=["1", "2", "3"]),
        TypeError,
        "lengths",
        "whole numbers",
        "<U1",
    ),
    "lengths_none": (
        lambda: LSTM_.forward(X, lengths=[None, 2, 3]),
        TypeError,
        "lengths",
        "whole numbers",
        "object",
    ),
    "y_0d": (lambda: squared_error(5.0, 3.0), ValueError, "y", "(…, K)", "()"),
    "y_empty": (lambda: cross_entropy(np.zeros((0, 2)), []), ValueError, "y", "(…, K)", "(0, 2)"),
    "classes_uint8": (
        lambda: cross_entropy(np.zeros((1, 4)), np.array([255], np.uint8)),
        ValueError,
        "target",
        "output_size=256 fits",
        "255",
    ),
    "steps_text": (
        lambda: train(MODEL, [BATCH], squared_error, steps="1234567"),
        TypeError,
        "steps",
        "without quotes: 1234567",
        "'1234567'",
    ),
    "kind_of_network": (lambda: register(int), TypeError, "kind", "subclass of Network", "int"),
    "dx_kind": (lambda: LSTM_.backward(TRACE, DH, dx=0), TypeError, "dx", "True or False", "0 (int)"),
    "dc_last_of_rnn": (
        lambda: RNN_.backward(RNN_TRACE, dc_last=DH[0]),
        TypeError,
        "dc_last",
        "unexpected keyword",
        "backward",
    ),
    # one step
    "step_x": (lambda: lstm_step(LSTM_, [1, 2, 3], *DH[:2, 0]), ValueError, "x_t", "(2,)", "(3,)"),
    "step_h": (lambda: lstm_step(LSTM_, [1, 2], [0], DH[0, 0]), ValueError, "h_prev", "(4,)", "(1,)"),
    "step_c": (lambda: lstm_step(LSTM_, X[0], DH[0], DH[0, 0]), ValueError, "c_prev", "(3, 4)", "(4,)"),
    "step_nan": (
        lambda: rnn_step(RNN_, [1, NAN], DH[0, 0]),
        ValueError,
        "x_t",
        "finite",
        "nan at index (1,)",
    ),
    "step_params": (lambda: lstm_step(3, [1, 2], *DH[:2, 0]), ValueError, "params", "W_f, U_f", "missing"),
    "step_missing": (
        lambda: rnn_step({"W": [[1.0]]}, [1], [1]),
        ValueError,
        "params",
        "W, U, b",
        "missing: U, b",
    ),
    "step_U": (
        lambda: rnn_step({"W": [[1.0]], "U": [1.0], "b": [0.0]}, [1], [1]),
        ValueError,
        "U",
        "(1, 1)",
        "(1,)",
    ),
    "step_variant": (
        lambda: lstm_step(LSTM(2, 4, peepholes=True), [1, 2], *DH[:2, 0]),
        ValueError,
        "params",
        "plain LSTM",
        "peepholes=True",
    ),
    "sigmoid_nan": (lambda: sigmoid([1, NAN]), ValueError, "a ", "numbers", "NaN"),
    "sigmoid_text": (lambda: sigmoid("1"), TypeError, "a ", "real numbers", "<U1"),
    # numerical_gradient
    "loss_kind": (lambda: numerical_gradient(3.0, X), TypeError, "loss", "callable", "float"),
    "loss_many": (lambda: numerical_gradient(np.sin, X), TypeError, "loss", "one number", "(5, 3, 2)"),
    "loss_nan": (lambda: numerical_gradient(lambda: NAN, X), ValueError, "loss", "finite", "nan"),
    "jacobian_network": (
        lambda: jacobian(3, TRACE, 4),
        TypeError,
        "network",
        "LSTM, RNN",
        "int",
    ),
    "jacobian_other": (lambda: jacobian(RNN_, TRACE, 4), ValueError, "trace", "RNN(input", "LSTM(input"),
    "jacobian_t": (lambda: jacobian(LSTM_, TRACE, 5), ValueError, "t ", "at most 4", "got 5"),
    "jacobian_k": (lambda: jacobian(LSTM_, TRACE, 2, 3), ValueError, "k ", "at most 2", "got 3"),
    "jacobian_k_negative": (lambda: jacobian(LSTM_, TRACE, 2, -1), ValueError, "k ", "at least 0", "got -1"),
    "jacobian_sequence": (
        lambda: jacobian(LSTM_, TRACE, 2, 1, 3),
        ValueError,
        "sequence",
        "at most 2",
        "got 3",
    ),
    "jacobian_trace": (lambda: jacobian(LSTM_, X, 1), TypeError, "trace", "what forward returns", "ndarray"),
    "jacobian_t_kind": (lambda: jacobian(LSTM_, TRACE, 1.0), TypeError, "t ", "whole number", "1.0 (float)"),
    "array_list": (lambda: numerical_gradient(sum, [1.0]), TypeError, "array", "float32 or float64", "list"),
    "array_int": (lambda: numerical_gradient(sum, np.ones(2, int)), TypeError, "array", "float64", "int64"),
    "array_read_only": (
        lambda: numerical_gradient(sum, READ_ONLY),
        ValueError,
        "array",
        "writable",
        "read-only",
    ),
    "eps_0": (lambda: numerical_gradient(sum, np.ones(2), 0.0), ValueError, "eps", "above 0", "0.0"),
    "eps_text": (
        lambda: numerical_gradient(sum, np.ones(2), "s"),
        TypeError,
        "eps",
        "a number",
        "'s' (str)",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_call_says_what_is_wrong(name):
    call, error, *words = WRONG[name]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    message = str(caught.value)
    for word in words:
        assert word in message
    assert re.match(r"[^\n]{20,300}$", message), "one line, neither curt nor endless"


def test_a_wrong_value_changes_nothing():
    lstm = LSTM(2, 4)
    before = lstm.vector.copy()
    with pytest.raises(ValueError, match="finite"):
        lstm.U_f = np.full((4, 4), np.nan)
    np.testing.assert_array_equal(lstm.vector, before)
