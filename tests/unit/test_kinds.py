"""A new kind of cell is one class and one registration; all that asks the kinds then has it."""

import copy
import pickle

import numpy as np
import pytest
from checking import check, loss_of, numerical_gradients, problem
from gru import GRU

from lstm_lib import LSTM, RNN, jacobian, register, tasks
from lstm_lib.network import KINDS, Network, Parameter, flush
from lstm_lib.train import Adam, Model, squared_error, train


@register
class Leaky(Network):
    """h_t = ½ h_{t−1} + ½ tanh(W x_t + U h_{t−1} + b)."""

    layers = ("",)
    W, U, b = Parameter(), Parameter(), Parameter()

    def run(self, given):
        (T, D, B), H = given.x.shape, self.hidden_size
        block, root = self.memory.borrow("forward", (T + 1, D + 1 + H, B), (T, H, B))
        S, N = block.arrays
        h = S[:, D + 1 :]
        S[:T, :D], S[:, D], h[0] = given.x, 1, given.starts[0]
        for t in range(T):
            N[t] = np.tanh(self.P @ S[t])
            h[t + 1] = 0.5 * h[t] + 0.5 * N[t]
        return block, root, {"x": S[:T, :D], "n": N, "h": h[1:], "h0": h[0]}

    def run_back(self, trace, said):
        S, N = trace._block.arrays
        (T, H, B), D = N.shape, self.input_size
        block, root = self.memory.borrow("backward", (T + 1, H, B), (T, D, B), (T, H, B))
        DH, DX, dA = block.arrays
        DH[T], DX[...], dvector = 0, 0, np.zeros_like(self.vector)
        for t in reversed(range(T)):
            DH[t + 1] += said.h.get(t, 0)
            dA[t] = 0.5 * DH[t + 1] * (1 - N[t] ** 2)
            DH[t] = 0.5 * DH[t + 1] + self.U.T @ dA[t]
            flush(DH[t])
        self.sum_run(range(T), dA, S, slice(None), dvector, DX)
        return root, dvector, {"x": DX, "h": DH[1:], "h0": DH[0]}


# Those of the experiments, registered where these are collected too, have tests of their own.
OURS = [kind for kind in KINDS.values() if kind.__module__.startswith(("lstm_lib.", "gru", __name__))]


@pytest.mark.parametrize("lengths", [None, [2, 5, 1]])
@pytest.mark.parametrize("kind", OURS)
def test_every_kind_has_its_gradients_checked(kind, lengths):
    net, x, starts, says = problem(kind, {})
    held = {} if lengths is None else {"lengths": lengths}
    grads = net.backward(net.forward(x, **starts, **held), **says)
    check(grads, numerical_gradients(net, x, starts, says, **held), 2e-8)


def test_the_toy_is_one_of_them():
    assert {"LSTM", "RNN", "GRU", "Leaky"} <= set(KINDS)
    with pytest.raises(ValueError, match=r"name of its own, got 'LSTM', as in lstm_lib\.lstm"):
        register(type("LSTM", (Leaky,), {"__module__": "mine"}))
    assert KINDS["LSTM"] is LSTM


def test_a_new_kind_has_a_jacobian():
    net, x, starts, _ = problem(Leaky, {}, T=4)
    trace = net.forward(x, **starts)
    wanted = np.eye(4)
    for n in trace.n[2:4, 1]:
        wanted = (0.5 * np.eye(4) + 0.5 * (1 - n**2)[:, None] * net.U) @ wanted
    np.testing.assert_allclose(jacobian(net, trace, 3, 1, 1), wanted, rtol=0, atol=1e-14)


def test_a_new_kind_says_what_it_is():
    net = Leaky(2, 4)
    assert repr(net) == "Leaky(input_size=2, hidden_size=4, dtype='float64'): 28 parameters"
    assert repr(net.forward(np.zeros((5, 3, 2)))) == "<Trace of Leaky: n, h; T=5, B=3, D=2, H=4; float64>"
    with pytest.raises(TypeError, match=r"one of .*Leaky.*, got int"):
        Model(3, 1)


def test_a_new_kind_trains_is_copied_and_saved(tmp_path):
    model, rng = Model(Leaky(2, 12, seed=0), 1), np.random.default_rng(0)
    twin = copy.deepcopy(model)
    history = train(model, lambda: tasks.adding(4, 32, rng), squared_error, Adam(0.02), steps=400)
    assert history.running() < 0.05 < np.mean(history.loss[:10])
    x = tasks.adding(4, 5, seed=1).x
    assert not np.allclose(twin.predict(x), model.predict(x))
    model.save(tmp_path / "leaky")
    for again in (Model.load(tmp_path / "leaky"), pickle.loads(pickle.dumps(model)), copy.copy(model)):
        np.testing.assert_array_equal(again.predict(x), model.predict(x))
        assert repr(again) == repr(model)


def test_what_is_not_registered_is_not_saved(tmp_path):
    class Unknown(Leaky):
        """A kind that nobody could load."""

    with pytest.raises(ValueError, match="registered kind to be saved, .*got Unknown"):
        Model(Unknown(2, 3), 1).save(tmp_path / "unknown")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [LSTM, RNN, GRU, Leaky])
def test_a_kind_computes_what_its_losses_say(kind):
    """The helpers that check kinds tell a wrong gradient from a right one."""
    net, x, starts, says = problem(kind, {})
    grads = net.backward(net.forward(x, **starts), **says)
    before = loss_of(net, x, starts, says)
    net.vector -= 1e-7 * grads.vector
    assert loss_of(net, x, starts, says) < before
