"""Usual mistakes, those of tests/mistakes.py: each error names what mends it."""

import re
from typing import Any

import numpy as np
import pytest
from mistakes import NAMES, START, M

from lstm_lib import LSTM
from lstm_lib.train import Model

GITHUB = "https://github.com/"


def tried(code: str) -> dict[str, Any]:
    names = dict(NAMES)
    exec(START, names)
    exec(code, names)
    return names


@pytest.mark.parametrize("name", [name for name, one in M.items() if one.mend])
def test_the_error_names_what_mends_it(name):
    mistake = M[name]
    with pytest.raises(mistake.error) as caught:
        tried(mistake.code)
    said = str(caught.value)
    assert re.search(mistake.mend, said), said
    assert re.search(r"\b(got|came|no|cannot|expected|missing|not)\b|nan|diverged", said), "what came"
    assert len(said) < 330 and "\n" not in said


@pytest.mark.parametrize("name", [name for name, one in M.items() if not one.mend])
def test_what_others_refuse_works_here(name):
    tried(M[name].code)


def test_forty_of_them_were_made_in_public():
    public = {name: one for name, one in M.items() if one.source}
    assert len(public) >= 40 and all(one.seen for one in public.values())
    assert not any(one.seen for one in M.values() if not one.source)
    for one in public.values():
        assert re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+/(issues|pull)/\d+", GITHUB + one.source)


# What an error advises, done: it holds


@pytest.mark.parametrize(
    "code",
    [
        "one.forward(np.reshape([1, 2, 3], (-1, 1, 1)))",
        "lstm.forward(np.reshape([1, 2], (1, 1, 2)))",
        "assert one.forward(np.transpose(np.zeros((100, 9)))[..., None]).h.shape == (9, 100, 4)",
        "X4 = np.zeros((3, 5, 2, 2)); LSTM(4, 4).forward(np.reshape(X4, (*X4.shape[:2], -1)))",
        "lstm.forward(np.moveaxis(np.zeros((2, 5, 3)), 0, -1))",
        "lstm.forward(np.nan_to_num(np.full((5, 3, 2), np.nan)))",
        "h0 = np.zeros((1, 3, 4)); lstm.forward(x, h0[0])",
        "h0 = np.zeros((3, 4)), np.zeros((3, 4)); lstm.forward(x, *h0)",
        "lstm.forward(x, np.tile(np.zeros(4), (3, 1)))",
        "lstm.forward(x, lengths=np.minimum([9, 1, 1], 5))",
        "mask = np.ones((5, 3), bool); lstm.forward(x, lengths=mask.sum(0))",
        "target = np.zeros(3); train(model, [(x, target[..., None])], squared_error)",
        "target = np.eye(6)[classes]; train(words, [(x, target.argmax(-1))], cross_entropy)",
        "target = classes; train(words, [(x, np.eye(6)[target])], squared_error)",
        "lstm.W_f = np.full((4, 2), 3)",
        "train(model, lambda: adding(100, 64), squared_error, Adam(0.01), steps=1)",
        "LSTM(4, 4).forward(trace.h)",
    ],
)
def test_what_is_advised_works(code):
    tried(code)


def test_a_number_fills_biases_and_peepholes():
    lstm = LSTM(2, 4, peepholes=True)
    lstm.b_f, lstm.params["p_i"] = 3, np.float32(0.5)
    np.testing.assert_array_equal(lstm.b_f, [3] * 4)
    np.testing.assert_array_equal(lstm.p_i, [0.5] * 4)
    model = Model(lstm, 2)
    model.b_y = -1
    np.testing.assert_array_equal(model.b_y, [-1, -1])
    for wrong, error in ((np.nan, ValueError), (True, TypeError), ("3", TypeError), ([3.0], ValueError)):
        with pytest.raises(error, match="b_f must"):
            lstm.b_f = wrong
    with pytest.raises(ValueError, match=r"U_f must have shape \(4, 4\), got \(\)"):
        lstm.U_f = 3
