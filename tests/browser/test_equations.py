"""The browser's copy of the equations against lstm_lib's, in the browser itself."""

import json

import numpy as np
import pytest
from places import STATIC

from lstm_lib import lstm_step, rnn_step, sigmoid

CELLS = 5000


@pytest.fixture
def equations(page, serve):
    """Open a page that has the module, and call its functions."""
    page.goto(serve(STATIC) + "lstm.mjs")

    def call(name, *arguments):
        found = page.evaluate(  # as text: to hand over so many numbers one by one takes long
            """async ([name, rows]) => {
                const module = await import("/lstm.mjs");
                return JSON.stringify(JSON.parse(rows).map((row) => module[name](...row)));
            }""",
            [name, json.dumps(list(zip(*arguments, strict=True)))],
        )
        return json.loads(found)

    return call


def test_random_cells_agree_to_1e_12(equations):
    rng = np.random.default_rng(0)
    names = [f"{letter}_{gate}" for gate in "figo" for letter in "wub"]
    size = 10.0 ** rng.uniform(-2, 1.5, (CELLS, 1))  # from nearly linear to fully saturated
    p = rng.normal(0, size, (CELLS, 12))
    x, h_prev, c_prev = rng.normal(0, 1, (3, CELLS))
    cells = [dict(zip(names, row, strict=True)) for row in p.tolist()]
    browser = equations("lstmStep", cells, x.tolist(), h_prev.tolist(), c_prev.tolist())
    plain = equations("rnnStep", cells, x.tolist(), h_prev.tolist())
    for k, (ours, rnn) in enumerate(zip(browser, plain, strict=True)):
        params = {
            {"w": "W", "u": "U", "b": "b"}[name[0]] + name[1:]: np.full(
                (1,) if name[0] == "b" else (1, 1), value
            )
            for name, value in cells[k].items()
        }
        h, c = lstm_step(params, x[k : k + 1], h_prev[k : k + 1], c_prev[k : k + 1])
        assert abs(ours["h"] - h[0]) <= 1e-12
        assert abs(ours["c"] - c[0]) <= 1e-12
        for gate in "fio":
            assert abs(ours[gate] - sigmoid(ours[f"a_{gate}"])) <= 1e-12
        assert abs(ours["g"] - np.tanh(ours["a_g"])) <= 1e-12
        own = {name[0]: parameter for name, parameter in params.items() if name.endswith("_g")}
        assert abs(rnn["h"] - rnn_step(own, x[k : k + 1], h_prev[k : k + 1])[0]) <= 1e-12


def test_sigmoid_at_the_ends(equations):
    a = [-1e308, -800.0, -40.0, -0.0, 0.0, 40.0, 800.0, 1e308]
    np.testing.assert_allclose(equations("sigmoid", a), sigmoid(np.array(a)), rtol=1e-14, atol=0)
