"""lstm_lib against torch.nn.LSTM and torch.nn.RNN: stored numbers, and live ones where torch is."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from torch_cases import CASES, inputs, our_parameters, torch_numbers

from lstm_lib import LSTM, RNN

STORED = np.load(Path(__file__).with_name("torch_reference.npz"), allow_pickle=False)
TOLERANCE = {"float64": 1e-10, "float32": 1e-5}


def our_numbers(case, dtype, given):
    kind, _, _, D, H, lengths = CASES[case]
    given = {name: value.astype(dtype) for name, value in given.items()}
    net = LSTM(D, H, dtype=dtype) if kind == "lstm" else RNN(D, H, activation=kind, dtype=dtype)
    bias = given["bias_ih"] + given["bias_hh"]
    for name, value in our_parameters(case, given["weight_ih"], given["weight_hh"], bias).items():
        setattr(net, name, value)
    start, says = {"h0": given["h0"]}, {"dh_last": given["say_h_last"]}
    if kind == "lstm":
        start |= {"c0": given["c0"]}
        says |= {"dc_last": given["say_c_last"]}
    trace = net.forward(given["x"], **start, lengths=lengths)
    grads = net.backward(trace, given["say_h"], **says)
    found = {"h": trace.h, "h_last": trace.h_last, "grad_x": grads.x, "grad_h0": grads.h0}
    if kind == "lstm":
        found |= {"c_last": trace.c_last, "grad_c0": grads.c0}
    return found | {f"grad_{name}": value for name, value in grads.params.items()}


def check(ours, theirs, dtype):
    assert set(ours) == set(theirs)
    for name, value in theirs.items():
        assert ours[name].dtype == dtype
        np.testing.assert_allclose(ours[name], value, rtol=0, atol=TOLERANCE[dtype], err_msg=name)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("case", CASES)
def test_equals_the_stored_numbers_of_torch(case, dtype):
    def part(kind):
        prefix = f"{case}/{kind}/"
        return {name.removeprefix(prefix): STORED[name] for name in STORED.files if name.startswith(prefix)}

    check(our_numbers(case, dtype, part("given")), part(dtype), dtype)


def test_the_stored_numbers_say_where_they_come_from():
    assert str(STORED["torch_version"]).startswith("2.")
    assert str(STORED["command"]) == "python tests/unit/make_torch_reference.py"


@pytest.mark.skipif(
    find_spec("torch") is None, reason="torch is not installed; the stored numbers are compared"
)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("case", CASES)
def test_equals_torch_itself(case, dtype):
    check(our_numbers(case, dtype, inputs(case)), torch_numbers(case, dtype), dtype)
