"""Losses, optimizers, the model and the loop."""

import functools
import io
import sys

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from gru import GRU

from lstm_lib import LSTM, RNN, numerical_gradient, tasks
from lstm_lib.train import (
    SGD,
    Adam,
    History,
    Model,
    TrainingDiverged,
    clip_norm,
    cross_entropy,
    softmax,
    squared_error,
    train,
)

RNG = np.random.default_rng(0)
COUNTED = np.array([[True, True, False], [True, False, False]])


def model(kind=LSTM, outputs=1, D=2, H=8, seed=0, **options):
    return Model(kind(D, H, seed=seed, **options), outputs, seed=seed)


def adding_batches(T=10, B=16, seed=0):
    rng = np.random.default_rng(seed)
    return lambda: tasks.adding(T, B, rng)


@pytest.mark.parametrize("counted", [None, COUNTED], ids=["all", "some"])
def test_losses_and_their_gradients(counted):
    y, numbers, classes = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 3, 4)), RNG.integers(4, size=(2, 3))
    used = np.ones((2, 3), bool) if counted is None else counted

    def squared(y):
        return anp.mean((y - numbers)[used] ** 2)

    def crossed(y):
        scores = y[used]
        log_p = scores - anp.log(anp.sum(anp.exp(scores), axis=1, keepdims=True))
        return -anp.mean(log_p[anp.arange(len(scores)), classes[used]])

    for loss, target, wanted in ((squared_error, numbers, squared), (cross_entropy, classes, crossed)):
        value, dy = loss(y, target, counted)
        assert value == pytest.approx(wanted(y), rel=1e-12)
        np.testing.assert_allclose(dy, grad(wanted)(y), rtol=0, atol=1e-12)


def test_cross_entropy_of_huge_scores():
    value, dy = cross_entropy(np.array([[1e4, -1e4, 0.0]]), np.array([1]))
    assert value == 2e4
    np.testing.assert_array_equal(dy, [[1.0, -1.0, 0.0]])
    np.testing.assert_allclose(softmax([[1e4, -1e4], [0, 0]]), [[1, 0], [0.5, 0.5]])


@pytest.mark.parametrize("kind", [LSTM, RNN, GRU])
@pytest.mark.parametrize("task", ["end", "every_step", "ragged", "classes_at_the_end"])
def test_gradients_of_the_whole_model(kind, task):
    T, B = 5, 3
    x, lengths = RNG.normal(size=(T, B, 2)), np.array([2, 5, 4])
    batch, loss = {
        "end": ((x, RNG.normal(size=(B, 4))), squared_error),
        "every_step": ((x, RNG.normal(size=(T, B, 4))), squared_error),
        "ragged": ((x, RNG.integers(4, size=(T, B)), lengths), cross_entropy),
        "classes_at_the_end": ((x, RNG.integers(4, size=B), lengths), cross_entropy),
    }[task]
    whole = model(kind, outputs=4, H=3)
    _, gradients, _ = whole.gradients(batch, loss)
    for value, gradient in zip(whole.parameters, gradients, strict=True):
        wanted = numerical_gradient(lambda: whole.gradients(batch, loss)[0], value)
        np.testing.assert_allclose(gradient, wanted, rtol=0, atol=1e-8)


@pytest.mark.parametrize(("loss", "kind"), [(cross_entropy, int), (squared_error, float)])
def test_past_its_end_a_sequence_does_not_count(loss, kind):
    x, lengths = RNG.normal(size=(5, 3, 2)), np.array([2, 5, 4])
    target = RNG.integers(4, size=(5, 3) if kind is int else (5, 3, 4)).astype(kind)
    whole, used = model(outputs=4), np.arange(5)[:, None] < lengths
    value, gradients, _ = whole.gradients((x, target, lengths), loss)
    y = whole.predict(x, every_step=True, lengths=lengths)
    assert value == pytest.approx(loss(y[used], target[used])[0], rel=1e-12)
    target[~used] = 3
    again = whole.gradients((x, target, lengths), loss)
    assert again[0] == value
    for one, other in zip(gradients, again[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_predict_is_the_read_out_of_the_states():
    whole, batch = model(D=1), tasks.Batch(RNG.normal(size=(24, 5, 1)), None, np.array([22, 24, 23, 24, 22]))
    trace = whole.network.forward(batch.x, lengths=batch.lengths)
    np.testing.assert_allclose(
        whole.predict(batch.x, lengths=batch.lengths), trace.h_last @ whole.W_y.T + whole.b_y
    )
    assert whole.predict(batch.x, every_step=True).shape == (*batch.x.shape[:2], 1)
    assert whole.predict(batch.x[:, 0]).shape == (1,)


def test_adam_and_sgd_by_hand():
    theta, gradient = np.array([1.0, 2.0]), np.array([0.5, -4.0])
    adam, m, v, wanted = Adam(0.1), 0, 0, theta.copy()
    for t in range(1, 4):
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        wanted -= 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        adam.step([theta], [gradient])
        np.testing.assert_allclose(theta, wanted, rtol=1e-12)
    theta, sgd = np.array([1.0]), SGD(0.1)
    for wanted in (0.9, 0.8, 0.7):
        sgd.step([theta], [np.array([1.0])])
        np.testing.assert_allclose(theta, wanted)


def test_clip_norm():
    gradients = [np.array([3.0, 0.0]), np.array([[4.0]])]
    assert clip_norm(gradients, 10.0) == 5
    np.testing.assert_array_equal(gradients[0], [3, 0])
    assert clip_norm(gradients, 1.0) == 5
    np.testing.assert_allclose(np.concatenate([g.ravel() for g in gradients]), [0.6, 0, 0.8])


def test_training_learns_to_add():
    whole = model(H=16, forget_bias="chrono", t_max=20, dtype=np.float32)
    history = train(whole, adding_batches(20, 64), squared_error, Adam(0.02), steps=1500, stop_below=0.005)
    assert history.stopped == "running loss below 0.005"
    fresh = tasks.adding(20, 500, seed=99)
    assert np.mean((whole.predict(fresh.x) - fresh.target) ** 2) < 0.01
    assert len(history.loss) == len(history.gradient_norm) == history.sequences / 64


def test_training_on_sentences_with_cross_entropy():
    batch = tasks.next_word()
    whole = model(outputs=batch.x.shape[2], D=batch.x.shape[2], H=12, dtype=np.float32)
    train(whole, [batch] * 40, cross_entropy, Adam(0.05), steps=40)
    right = whole.predict(batch.x, lengths=batch.lengths, every_step=True).argmax(-1) == batch.target
    assert right[np.arange(len(right))[:, None] < batch.lengths].mean() > 0.5


@pytest.mark.parametrize("kind", [LSTM, RNN, GRU])
def test_an_endless_stream_in_windows(kind):
    """Truncated in windows, the loss is that of the whole stream; only the gradient ends there."""
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(30, 2, 7)), rng.integers(7, size=(30, 2))
    stream = [tasks.Batch(x[t : t + 5], target[t : t + 5]) for t in range(0, 30, 5)]
    whole = model(kind, outputs=7, D=7)
    y = whole.predict(x, every_step=True)
    losses = [cross_entropy(y[5 * n : 5 * n + 5], target[5 * n : 5 * n + 5])[0] for n in range(6)]
    history = train(whole, stream, cross_entropy, SGD(1e-300), steps=6, carry=True)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-12)
    assert history.stopped == "all steps done"


def test_same_seed_same_training():
    runs = [train(model(), adding_batches(), squared_error, steps=20).loss for _ in range(2)]
    assert runs[0] == runs[1]


def test_batches_run_out():
    history = train(model(), [tasks.adding(5, 2)] * 3, squared_error, steps=10)
    assert len(history.loss) == 3
    assert history.stopped == "no more batches"
    assert repr(history).startswith("<History of 3 steps: loss")
    assert repr(History()) == "<History of no step>"


def test_stopping_below_gives_the_best_parameters_back():
    whole, seen = model(), []

    class Worse:
        def step(self, parameters, gradients):
            seen.append([value.copy() for value in parameters])
            parameters[1][...] += 0.5

    batch = [tasks.adding(10, 16)] * 50
    history = train(whole, batch, squared_error, Worse(), window=1, stop_below=1e9)
    assert history.stopped == "running loss below 1e+09"
    assert history.best_step == len(history.loss) == 1
    for value, good in zip(whole.parameters, seen[0], strict=True):
        np.testing.assert_array_equal(value, good)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (lambda parameters: np.multiply(parameters[1], 1e9, out=parameters[1]), "the loss has grown from"),
        (lambda parameters: np.multiply(parameters[1], 1e200, out=parameters[1]), "the loss is inf"),
        (lambda parameters: parameters[1].fill(np.nan), "a parameter that is no number"),
    ],
    ids=["grows", "overflows", "nan"],
)
def test_divergence_stops_and_loses_nothing(how, message):
    whole, good = model(), []

    class Breaking:
        def step(self, parameters, gradients):
            good.append([value.copy() for value in parameters])
            if len(good) < 13:
                SGD(0.05).step(parameters, gradients)
            else:
                how(parameters)

    with pytest.raises(TrainingDiverged, match=message) as caught:
        train(whole, lambda: tasks.adding(10, 16), squared_error, Breaking(), steps=100, window=1)
    error = caught.value
    assert error.step == 14
    assert f"step {error.step}" in str(error)
    assert f"norm {error.gradient_norm:.3g}" in str(error)
    assert "learning rate ten times smaller" in str(error)
    assert len(error.history.loss) == 13
    assert np.isfinite(whole.predict(tasks.adding(10, 2).x)).all()
    assert error.history.best_step == int(np.argmin(error.history.loss)) + 1
    for value, before in zip(whole.parameters, good[error.history.best_step - 1], strict=True):
        np.testing.assert_array_equal(value, before)


def test_an_exploding_state_is_divergence_too():
    whole = model(RNN, activation="relu", H=3)
    whole.network.U = np.eye(3) * 1e60
    with pytest.raises(TrainingDiverged, match=r"at step 1, .* leaves the range of float64"):
        train(whole, adding_batches(), squared_error, steps=3)


@pytest.mark.parametrize(
    "network",
    [
        LSTM(2, 3, peepholes=True, seed=1),
        LSTM(2, 3, coupled=True, dtype=np.float32),
        LSTM(2, 3, "chrono", t_max=9),
        RNN(2, 3, "relu"),
        GRU(2, 3),
    ],
    ids=repr,
)
def test_save_and_load(network, tmp_path):
    whole, x = Model(network, 2, seed=1), tasks.adding(6, 3).x
    whole.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)
    again = Model.load(tmp_path / "model.npz")
    assert repr(again) == repr(whole)
    np.testing.assert_array_equal(again.predict(x), whole.predict(x))
    again.network.vector[...] = 0
    assert whole.network.vector.any()


def test_load_of_something_else(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.ones(2))
    (tmp_path / "text.npz").write_text("not a model")
    for name in ("other.npz", "text.npz"):
        with pytest.raises(ValueError, match=r"path must name a whole file that Model\.save wrote"):
            Model.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        Model.load(tmp_path / "none.npz")


def test_progress_where_somebody_looks_on(monkeypatch):
    quiet, loud = io.StringIO(), io.StringIO()
    loud.isatty = lambda: True
    for stream in (quiet, loud):
        monkeypatch.setattr(sys, "stderr", stream)
        train(model(), adding_batches(), squared_error, steps=5)
    assert quiet.getvalue() == ""
    assert "step 1 of 5, loss" in loud.getvalue()
    assert loud.getvalue().rstrip().endswith("all steps done")


BATCH = tasks.adding(5, 2)
go = functools.partial(train, model(), [BATCH], squared_error)
WRONG = {
    "network": (lambda: Model("LSTM", 1), TypeError, "network must be one of LSTM, RNN.*, got str"),
    "outputs": (lambda: model(outputs=0), ValueError, "output_size must be at least 1, got 0"),
    "model": (
        lambda: train(LSTM(2, 3), [BATCH], squared_error),
        TypeError,
        "model must be a Model, got LSTM",
    ),
    "batches": (lambda: train(model(), 3, squared_error), TypeError, "batches must be .* got int"),
    "batch": (
        lambda: train(model(), [BATCH.x], squared_error),
        TypeError,
        "batch must be a tuple .* ndarray",
    ),
    "target": (
        lambda: train(model(outputs=2), [BATCH], squared_error),
        ValueError,
        r"target must have shape \(2, 2\), that of the answers, got \(2, 1\)",
    ),
    "target_kind": (lambda: train(model(), [BATCH], cross_entropy), TypeError, "target must hold classes"),
    "target_class": (
        lambda: cross_entropy(np.zeros((2, 3)), np.array([0, 3])),
        ValueError,
        "target must hold classes from 0 to 2, got 0 to 3",
    ),
    "target_shape": (
        lambda: cross_entropy(np.zeros((2, 3)), np.array([0])),
        ValueError,
        r"target must have shape \(2,\)",
    ),
    "steps": (lambda: go(steps=0), ValueError, "steps must be at least 1, got 0"),
    "max_norm": (lambda: go(max_norm=0), ValueError, "max_norm must be a finite number above 0, got 0"),
    "stop_below": (lambda: go(stop_below="low"), TypeError, "stop_below must be a number, got 'low'"),
    "rate": (lambda: Adam(0), ValueError, "learning_rate must be a finite number above 0, got 0"),
    "rate_nan": (lambda: SGD(float("nan")), ValueError, "learning_rate must be a finite number above 0"),
    "beta": (lambda: Adam(beta2=1), ValueError, "beta2 must be from 0 to below 1, got 1"),
    "softmax": (lambda: softmax([float("inf")]), ValueError, "y must be finite"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_calls(name):
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()
