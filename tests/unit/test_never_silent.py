"""What used to go wrong without a word, each as a class."""

import copy
import functools
import pickle
import weakref

import numpy as np
import pytest
from gru import GRU
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lib import LSTM, RNN, jacobian, lstm_step, memory, network, sigmoid, tasks
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
    updates,
)

KINDS = [LSTM, RNN, GRU, functools.partial(LSTM, peepholes=True)]
JUNK = st.sampled_from([np.nan, np.inf, -np.inf, 1e30, -1.0, 7.0])


def some(T=6, B=3, D=2, seed=0):
    return np.random.default_rng(seed).normal(size=(T, B, D))


# ---- no write is half heard


def by_attribute(net, name, value):
    setattr(net, name, value)


def by_name(net, name, value):
    net.params[name] = value


def by_update(net, name, value):
    net.params.update({name: value})


def in_place(net, name, value):
    net.params[name][...] = value


WAYS = [by_attribute, by_name, by_update, in_place]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_write_a_parameter_is_heard_everywhere(kind, way):
    x = some()
    for name in kind(2, 4).params:
        net, other = kind(2, 4), kind(2, 4)
        value = np.random.default_rng(1).normal(size=net.params[name].shape)
        way(net, name, value)
        np.testing.assert_array_equal(getattr(net, name), value)
        np.testing.assert_array_equal(net.params[name], value)
        other.vector = net.vector
        np.testing.assert_array_equal(other.forward(x).h, net.forward(x).h)
        assert not np.array_equal(net.forward(x).h, kind(2, 4).forward(x).h)


@pytest.mark.parametrize("way", WAYS)
def test_the_read_out_hears_as_the_network_does(way, tmp_path):
    model, batch = Model(LSTM(2, 4), 1), (some(), np.ones((3, 1)))
    way(model, "W_y", np.full((1, 4), 0.5))
    way(model, "b_y", [2.0])
    np.testing.assert_array_equal(model.parameters[1], [0.5, 0.5, 0.5, 0.5, 2.0])
    train(model, [batch], squared_error, SGD(0.1))
    model.save(tmp_path / "model")
    again = Model.load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(batch[0]), model.predict(batch[0]))
    assert model.b_y[0] != 2 and again.b_y[0] == model.b_y[0]


def test_what_cannot_be_heard_is_refused():
    net, model = LSTM(2, 4), Model(LSTM(2, 4), 1)
    trace = net.forward(some())
    wrong = [
        (AttributeError, lambda: setattr(net, "hidden_size", 5)),
        (AttributeError, lambda: setattr(net, "w_f", 5)),
        (AttributeError, lambda: setattr(net, "P", np.zeros((16, 7)))),
        (AttributeError, lambda: setattr(net, "params", {})),
        (AttributeError, lambda: setattr(LSTM(2, 4, coupled=True), "W_i", np.zeros((4, 2)))),
        (AttributeError, lambda: setattr(trace, "f", 0)),
        (AttributeError, lambda: setattr(model, "parameters", [])),
        (KeyError, lambda: net.params.update(w_f=1)),
        (TypeError, lambda: net.params.pop("W_f")),
        (TypeError, lambda: operator_set(model.parameters, 0, net.vector)),
        (ValueError, lambda: operator_set(trace.h, 0, 0.0)),
        (ValueError, lambda: setattr(trace.c.flags, "writeable", True)),
    ]
    before = net.vector.copy()
    for error, write in wrong:
        with pytest.raises(error):
            write()
    np.testing.assert_array_equal(net.vector, before)


def operator_set(sequence, index, value):
    sequence[index] = value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lengths", [None, [2, 6, 1]])
def test_a_trace_is_read_only_and_shows_itself_by_name(kind, lengths):
    trace = kind(2, 4).forward(some(), lengths=lengths)
    for name in (*trace.series, "x", "h0", "h_last"):
        assert not trace[name].flags.writeable
        assert trace[name] is getattr(trace, name)
    with pytest.raises(KeyError, match="Trace has no 'q'; it holds"):
        trace["q"]


# ---- no trace of another network


def test_a_trace_of_another_network_is_refused():
    net, x = LSTM(2, 4), some()
    others = [LSTM(2, 4, peepholes=True), LSTM(2, 4, coupled=True), LSTM(2, 4, seed=1), RNN(2, 4), GRU(2, 4)]
    others += [LSTM(2, 4, dtype=np.float32), LSTM(2, 5)]
    for other in others:
        for ask in (lambda o=other: net.backward(o.forward(x), dh_last=np.ones((3, 4))),
                    lambda o=other: jacobian(net, o.forward(x), 3)):  # fmt: skip
            with pytest.raises(ValueError, match="trace must come from"):
                ask()
    trace = net.forward(x)
    twin = copy.deepcopy(net)
    twin.backward(trace, np.ones_like(trace.h))  # the same numbers: the same network
    net.b_f += 1e-9
    with pytest.raises(ValueError, match="trace must come from this network as it is now"):
        net.backward(trace, np.ones_like(trace.h))


# ---- no state lost in a copy


def copies(thing):
    return copy.copy(thing), copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))


@pytest.mark.parametrize("kind", KINDS)
def test_copies_of_a_model_learn_alike_and_apart(kind):
    model, batches = Model(kind(2, 4), 1), [tasks.adding(8, 16, seed) for seed in range(20)]
    for twin in copies(model):
        before = model.predict(batches[0].x)
        losses = train(twin, batches, squared_error, Adam(0.05), steps=20).loss
        np.testing.assert_array_equal(model.predict(batches[0].x), before)
        fresh = Model(kind(2, 4), 1)
        assert losses == train(fresh, batches, squared_error, Adam(0.05), steps=20).loss
        np.testing.assert_array_equal(twin.predict(batches[0].x), fresh.predict(batches[0].x))


@pytest.mark.parametrize("make", [lambda: Adam(0.05), lambda: SGD(0.1)])
def test_a_training_goes_on_in_a_copy(make):
    batches = [tasks.adding(8, 16, seed) for seed in range(20)]
    model, optimizer = Model(LSTM(2, 4), 1), make()
    history = train(model, batches[:10], squared_error, optimizer)
    model2, optimizer2, history2 = pickle.loads(pickle.dumps((model, optimizer, history)))
    rest = train(model, batches[10:], squared_error, optimizer, history=history).loss
    assert train(model2, batches[10:], squared_error, optimizer2, history=history2).loss == rest
    np.testing.assert_array_equal(model.parameters[0], model2.parameters[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_trace_survives_copying(kind):
    net = kind(2, 4)
    trace = net.forward(some())
    wanted = net.backward(trace, np.ones_like(trace.h)).vector
    for twin in copies(trace):
        for seed in range(3):
            net.forward(some(seed=seed))
        np.testing.assert_array_equal(net.backward(twin, np.ones_like(twin.h)).vector, wanted)
        assert not any(twin[name].flags.writeable for name in twin.series)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_survive_copying(kind):
    net = kind(2, 4)
    trace = net.forward(some())
    for twin in copies(net.backward(trace, np.ones_like(trace.h))):
        wanted = net.backward(trace, np.ones_like(trace.h))
        for name in (*net.params, "x", "h", "h0"):
            np.testing.assert_array_equal(twin[name], wanted[name])


# ---- the loss decides what targets are; padding is never read; a bad target is named


@settings(max_examples=25, deadline=None)
@given(dtype=st.sampled_from([np.int8, np.int64, np.uint8, np.float32, np.float64]), T=st.integers(1, 4))
def test_the_loss_decides_not_the_dtype(dtype, T):
    x, model = some(T), Model(LSTM(2, 4), 1)
    for target in (np.array([[0], [1], [1]]), np.ones((T, 3, 1))):
        losses = [model.gradients((x, target.astype(kind)), squared_error)[0] for kind in (dtype, float)]
        assert losses[0] == losses[1]


def test_a_loss_that_does_not_say_is_told_by_the_shapes():
    model, x = Model(LSTM(2, 4), 2), some(5)

    def own(y, target, counted):
        loss = squared_error if target.shape == y.shape else cross_entropy
        return loss(y, target, counted)

    for target, loss in (
        (np.ones((3, 2)), squared_error), (np.ones((5, 3, 2)), squared_error),
        (np.ones(3, int), cross_entropy), (np.ones((5, 3), int), cross_entropy),
    ):  # fmt: skip
        assert model.gradients((x, target), own)[0] == model.gradients((x, target), loss)[0]
    with pytest.raises(ValueError, match=r"target must have one of the shapes \(5, 3, 2\).*got \(5, 2\)"):
        model.gradients((x, np.ones((5, 2))), own)
    with pytest.raises(ValueError, match=r"to tell them apart, set loss\.classes"):
        model.gradients((some(2, 2), np.ones((2, 2), int)), own)
    own.classes = True
    assert np.isfinite(model.gradients((some(2, 2), np.ones((2, 2), int)), own)[0])


@settings(max_examples=40, deadline=None)
@given(junk=JUNK, loss=st.sampled_from([squared_error, cross_entropy]), kind=st.sampled_from(KINDS))
def test_padding_is_never_read(junk, loss, kind):
    rng, lengths = np.random.default_rng(0), np.array([2, 6, 1])
    past = np.arange(6)[:, None] >= lengths
    x, model = some(), Model(kind(2, 4), 3)
    target = rng.integers(3, size=(6, 3)) if loss is cross_entropy else rng.normal(size=(6, 3, 3))
    dh = rng.normal(size=(6, 3, 4))
    wanted = model.gradients((x, target, lengths), loss)
    grads = model.network.backward(model.network.forward(x, lengths=lengths), dh)
    x[past], dh[past] = junk, junk
    target[past] = (int(junk) if abs(junk) < 1e9 else -99) if loss is cross_entropy else junk
    found = model.gradients((x, target, lengths), loss)
    assert found[0] == wanted[0]
    for one, other in zip(found[1], wanted[1], strict=True):
        np.testing.assert_array_equal(one, other)
    again = model.network.backward(model.network.forward(x, lengths=lengths), dh)
    np.testing.assert_array_equal(again.vector, grads.vector)
    np.testing.assert_array_equal(again.x, grads.x)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_target_is_named(bad):
    target = np.ones((3, 1))
    target[1] = bad
    with pytest.raises(ValueError, match=r"target must be finite .* at index \(1, 0\)"):
        train(Model(LSTM(2, 4), 1), [(some(), target)], squared_error)


# ---- errors name the argument


class Stubborn:
    """An array of another library that will not be NumPy's, as a tensor that needs its gradient."""

    def __array__(self, *_, **__):
        raise RuntimeError("call detach() first")


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("x", lambda: LSTM(2, 4).forward(Stubborn())),
        ("b_f", lambda: setattr(LSTM(2, 4), "b_f", Stubborn())),
        ("dh", lambda: LSTM_.backward(LSTM_.forward(some()), Stubborn())),
        ("a", lambda: sigmoid(Stubborn())),
        ("y", lambda: softmax(Stubborn())),
        ("target", lambda: squared_error(np.ones((2, 1)), Stubborn())),
        ("target", lambda: train(Model(LSTM(2, 4), 1), [(some(), Stubborn())], squared_error)),
    ],
)
def test_what_will_not_become_an_array_is_named(name, call):
    with pytest.raises(TypeError, match=rf"^{name} must be an array of numbers, got Stubborn: call detach"):
        call()


LSTM_ = LSTM(2, 4)


def test_losses_take_lists():
    assert squared_error([[1.0], [2.0]], [[1], [0]])[0] == 2
    assert cross_entropy([[0.0, 0.0]], [1])[0] == pytest.approx(np.log(2))
    assert squared_error([[1.0], [2.0]], [[1], [0]], [True, False])[0] == 0
    for counted, words in (([1, 0], "counted must hold True or False"), ([False, False], "at least one")):
        with pytest.raises(ValueError, match=words):
            squared_error([[1.0], [2.0]], [[1], [0]], counted)


# ---- the caller's NumPy settings do not matter


def everything():
    """Numbers from all over the library, with overflow and underflow on the way."""
    rng, found = np.random.default_rng(0), [sigmoid([800.0, -800.0]), softmax([[1e4, -1e4]])]
    for kind in KINDS:
        net = kind(2, 4, seed=rng, dtype=np.float32)
        net.vector *= 30
        trace = net.forward(1e3 * some(200), lengths=[200, 3, 100])
        grads = net.backward(trace, dh_last=np.full((3, 4), 1e-30))
        found += [trace.h, grads.h, grads.vector, jacobian(net, trace, 199)]
    found += lstm_step(LSTM(2, 4), [1e4, -1e4], np.zeros(4), np.zeros(4))
    for loss, target in ((squared_error, [[0.0], [1e-200]]), (cross_entropy, [0, 1])):
        found += loss(np.array([[900.0], [0.0]]) if loss is squared_error else 1e3 * np.eye(2), target)
    model = Model(LSTM(2, 4), 1)
    train(model, [tasks.adding(300, 4, 0)] * 5, squared_error, Adam(1e-200))
    gradients = [np.full(3, 1e-200)]
    found += [model.predict(some()), *model.parameters, clip_norm(gradients, 1e-250), *gradients]
    return found


def test_the_callers_error_settings_change_nothing():
    wanted = everything()
    with np.errstate(all="raise"):
        found = everything()
        assert np.geterr()["over"] == "raise"
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


# ---- an optimizer notices other parameters


def test_adam_serves_one_model():
    optimizer, batch = Adam(0.01), [tasks.adding(5, 4, 0)]
    train(Model(LSTM(2, 4), 1), batch, squared_error, optimizer)
    for other in (Model(LSTM(2, 4), 1), Model(LSTM(2, 5), 1), Model(RNN(2, 4), 1)):
        before = other.parameters[0].copy()
        with pytest.raises(ValueError, match="parameters must be those of the steps before"):
            train(other, batch, squared_error, optimizer)
        np.testing.assert_array_equal(other.parameters[0], before)


# ---- a training goes on with its own model alone, and from where it was


def test_a_history_serves_one_model():
    batches, one = [tasks.adding(5, 4, 0)] * 12, Model(LSTM(2, 4), 1)
    history = train(one, batches, squared_error, Adam(0.01))
    other = Model(LSTM(2, 4), 1)
    before = other.parameters[0].copy()
    with pytest.raises(ValueError, match="history must be that of a training of this model"):
        train(other, batches, squared_error, Adam(0.01), history=history)
    np.testing.assert_array_equal(other.parameters[0], before)
    one, history = pickle.loads(pickle.dumps((one, history)))
    assert len(train(one, batches, squared_error, Adam(0.01), history=history).loss) == 24


def test_carried_states_last_from_chunk_to_chunk():
    batches, losses = [tasks.adding(5, 4, seed) for seed in range(4)], []
    for chunks in ([batches], [batches[:2], batches[2:]]):
        model, adam, history = Model(LSTM(2, 4), 1), Adam(0.05), History()
        for chunk in chunks:
            train(model, chunk, squared_error, adam, carry=True, history=history)
        losses.append(history.loss)
    assert losses[0] == losses[1]


def test_one_easy_batch_is_not_the_best_for_ever():
    easy, batch = (np.zeros((4, 8, 2)), np.full((8, 1), 0.05)), tasks.adding(4, 8, 0)
    model = Model(LSTM(2, 4), 1)
    start = model.parameters[0].copy()
    history = train(model, [easy] + [batch] * 400, squared_error, Adam(0.02), steps=400, stop_below=0.01)
    assert history.stopped.startswith("running loss below") and history.best_step > 10
    assert not np.array_equal(model.parameters[0], start)


# ---- no number leaves its range unseen


def test_sigmoid_of_whole_numbers():
    for kind in (np.int8, np.uint8, np.int64, np.uint64):
        given = np.array([0, 1, 5], kind)
        np.testing.assert_array_equal(sigmoid(given), sigmoid(given.astype(float)))


@pytest.mark.parametrize(
    ("size", "dtype"), [(1e20, np.float32), (1e200, float), (1e-23, np.float32), (1e-200, float)]
)
def test_clipping_holds_wherever_squares_leave_the_range(size, dtype):
    gradients = [np.array([3, 0], dtype) * dtype(size), np.array([4], dtype) * dtype(size)]
    assert clip_norm(gradients, size / 10) == pytest.approx(5 * size)
    np.testing.assert_allclose(np.concatenate(gradients) / (size / 10), [0.6, 0, 0.8], rtol=1e-5)


def test_a_norm_beyond_numbers_changes_no_gradient():
    gradients = [np.array([np.inf, 1.0])]
    assert clip_norm(gradients, 1.0) == np.inf
    np.testing.assert_array_equal(gradients[0], [np.inf, 1.0])


def test_what_the_optimizer_spoils_is_divergence():
    model, (x, target, *_) = Model(LSTM(2, 3), 1), tasks.adding(4, 8, 0)
    x[..., 1] = 0

    class WithoutEps:
        def step(self, parameters, gradients):
            for value, gradient in zip(parameters, gradients, strict=True):
                value -= 0.01 * gradient / np.sqrt(gradient**2)

    with np.errstate(all="ignore"), pytest.raises(TrainingDiverged, match="a parameter that is no number"):
        train(model, [(x, target)], squared_error, WithoutEps())
    assert all(np.isfinite(value).all() for value in model.parameters)


def test_an_answer_beyond_numbers_is_told():
    model = Model(LSTM(2, 3), 1)
    model.b_y[...] = np.nan
    with pytest.raises(FloatingPointError, match="some answers are no finite numbers"):
        model.predict(some())


def test_a_gradient_beyond_numbers_is_told():
    lstm = LSTM(1, 1, dtype=np.float32)
    lstm.W_g = [[100]]
    trace = lstm.forward(np.zeros((1, 1, 1)))
    with pytest.raises(FloatingPointError, match="the gradient explodes"):
        lstm.backward(trace, dh_last=[[3e37]])
    trace = lstm.forward(np.zeros((2, 1)), scale={"f": [[1e30], [1]]})
    with pytest.raises(FloatingPointError, match="the gradient explodes"):
        lstm.backward(trace, dc_last=[1e10])


def test_a_state_between_that_is_infinite_is_told():
    lstm = LSTM(1, 1, output_activation=False)
    lstm.vector = np.ones_like(lstm.vector)
    with pytest.raises(FloatingPointError, match="h leaves the range of float64 at step 1"):
        lstm.forward(np.zeros((4, 1)), c0=[1e300], scale={"o": [[1], [1e300], [1], [1]]})


def test_what_does_not_count_is_not_read():
    loss, dy = cross_entropy([[-1e308, 1e308], [0, 0]], [0, 0], [False, True])
    assert loss == pytest.approx(np.log(2)) and (dy[0] == 0).all()


def test_what_is_masked_is_not_lost():
    masked = np.ma.array(some(), mask=some() > 1)
    for call in (
        lambda: LSTM_.forward(masked),
        lambda: squared_error(np.zeros((1, 1)), np.ma.array([[1e6]], mask=[[True]])),
    ):
        with pytest.raises(TypeError, match="must be whole, got a masked array"):
            call()
    LSTM_.forward(np.ma.array(some()))


def test_a_jacobian_does_not_read_what_the_caller_changes():
    held = np.full((6, 4), 0.5)
    clamp = {"f": held}
    trace = LSTM_.forward(some()[:, 0], clamp=clamp)
    before = jacobian(LSTM_, trace, 5, 0)
    held[...] = 0
    del clamp["f"]
    np.testing.assert_array_equal(jacobian(LSTM_, trace, 5, 0), before)


# ---- files whole or not at all


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model.npz"
    model = Model(LSTM(2, 3, peepholes=True), 1)
    model.save(path)
    return model, path.read_bytes()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read_rightly(stored, tmp_path_factory, data):
    model, whole = stored
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    if data.draw(st.booleans()):
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    else:
        at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
    try:
        again = Model.load(path)
    except ValueError as error:
        said = str(error)
        assert said == f"path must name a whole file that Model.save wrote, got {path}"  # noqa: PT017
    else:
        assert repr(again) == repr(model)
        for one, other in zip(again.parameters, model.parameters, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["plain", "model.npz", "a.b", "model.npz.old"])
def test_load_finds_what_save_wrote(name, tmp_path):
    model = Model(RNN(2, 3), 1)
    model.save(tmp_path / name)
    model.save(str(tmp_path / name))  # over the old one
    assert len(list(tmp_path.iterdir())) == 1
    np.testing.assert_array_equal(Model.load(str(tmp_path / name)).parameters[0], model.parameters[0])


def test_load_takes_the_file_of_save_before_one_beside_it(tmp_path):
    Model(RNN(2, 3, seed=1), 1).save(tmp_path / "m")
    (tmp_path / "m.npz").rename(tmp_path / "m")
    model = Model(RNN(2, 3, seed=2), 1)
    model.save(tmp_path / "m")
    np.testing.assert_array_equal(Model.load(tmp_path / "m").parameters[0], model.parameters[0])


def test_a_file_of_a_kind_that_is_not_registered_says_so(tmp_path, monkeypatch):
    Model(GRU(2, 3), 1).save(tmp_path / "m")
    monkeypatch.delitem(network.KINDS, "GRU")
    with pytest.raises(ValueError, match="network must be of a registered kind, .*; got 'GRU': import what"):
        Model.load(tmp_path / "m")


def test_what_fails_half_way_leaves_the_old_file(tmp_path, monkeypatch):
    path, old = tmp_path / "model.npz", Model(RNN(2, 3), 1)
    old.save(path)

    def half(file, **arrays):
        file.write(b"PK")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(OSError, match="no space left"):
        Model(RNN(2, 4), 1).save(path)
    assert list(tmp_path.iterdir()) == [path]
    assert repr(Model.load(path)) == repr(old)


# ---- an interrupted training keeps model and history


def test_an_interrupted_training_keeps_what_it_has(capsys):
    model, rng = Model(LSTM(2, 4), 1), np.random.default_rng(0)

    def batches():
        yield from (tasks.adding(5, 4, rng) for _ in range(7))
        raise KeyboardInterrupt

    history = train(model, batches(), squared_error, Adam(0.01), progress=True)
    assert len(history.loss) == 7 and history.stopped == "interrupted after step 7"
    fresh, rng = Model(LSTM(2, 4), 1), np.random.default_rng(0)
    train(fresh, lambda: tasks.adding(5, 4, rng), squared_error, Adam(0.01), steps=7)
    np.testing.assert_array_equal(model.parameters[0], fresh.parameters[0])
    assert "interrupted after step 7" in capsys.readouterr().err


# ---- batches


def test_without_a_seed_every_batch_is_another():
    assert not np.array_equal(tasks.adding(B=8).x, tasks.adding(B=8).x)
    losses = train(Model(LSTM(2, 4), 1), lambda: tasks.adding(5, 4), squared_error, SGD(1e-300), steps=5).loss
    assert len(set(losses)) == 5


BATCH = tasks.adding(5, 4, 0)


@pytest.mark.parametrize(
    ("batches", "error", "words"),
    [
        (iter([]), ValueError, "batches must give at least one batch, got none"),
        ([], ValueError, "batches must give at least one batch, got none"),
        (BATCH, TypeError, r"got a single one; for one alone, give \[batch\]"),
        (tuple(BATCH[:2]), TypeError, "got a single one"),
        (lambda: BATCH.x, TypeError, "batch must be a tuple"),
    ],
)
def test_what_gives_no_batches_is_told(batches, error, words):
    with pytest.raises(error, match=words):
        train(Model(LSTM(2, 4), 1), batches, squared_error)


# ---- a training in chunks is one training


def test_chunks_are_one_training():
    batches = [tasks.adding(8, 16, seed) for seed in range(30)]
    model, adam, history = Model(LSTM(2, 4), 1), Adam(0.05), History(window=3)
    for first in range(0, 30, 5):
        train(model, batches[first : first + 5], squared_error, adam, history=history)
    one = Model(LSTM(2, 4), 1)
    whole = train(one, batches, squared_error, Adam(0.05), window=3)
    assert history.loss == whole.loss
    assert (history.best_step, history.best_loss) == (whole.best_step, whole.best_loss)
    by_hand = Model(LSTM(2, 4), 1)
    seen = [update.loss for update in updates(by_hand, batches, squared_error, Adam(0.05))]
    assert seen == whole.loss
    np.testing.assert_array_equal(by_hand.parameters[0], one.parameters[0])


def test_a_slow_divergence_is_seen_across_chunks():
    model, rng, history = Model(LSTM(2, 4), 1), np.random.default_rng(0), History(window=1)

    class Growing:
        def step(self, parameters, gradients):
            parameters[1][...] *= 1.5

    def in_chunks():
        for _ in range(100):
            train(model, lambda: tasks.adding(8, 16, rng), squared_error, Growing(), steps=2, history=history)

    with pytest.raises(TrainingDiverged, match="the loss has grown from"):
        in_chunks()
    assert history.best_step < 10


def test_between_updates_the_caller_decides():
    model, rng, adam = Model(LSTM(2, 4), 1), np.random.default_rng(0), Adam(0.05)
    seen = []
    for update in updates(model, lambda: tasks.adding(5, 4, rng), squared_error, adam):
        assert squared_error(update.y, update.batch.target)[0] == update.loss
        adam.learning_rate *= 0.5
        seen.append(model.parameters[1].copy())
        if update.step == 6:
            break
    steps = [np.abs(b - a).max() for a, b in zip(seen[:-1], seen[1:], strict=True)]
    assert steps[-1] < steps[0] / 8
    assert update.history.sequences == 24


# ---- a vanished gradient is 0, not subnormal


@pytest.mark.parametrize("bias", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("kind", KINDS)
def test_no_gradient_is_subnormal(kind, bias):
    net = kind(2, 16, dtype=np.float32)
    if "b_f" in net.params:
        net.b_f = np.full(16, bias)
    trace = net.forward(some(1000, 8))
    dh = np.ones((8, 16))
    grads = net.backward(trace, dh_last=dh)
    for name in net.states:
        size = np.abs(grads[name])
        assert np.mean((size > 0) & (size < np.finfo(np.float32).tiny)) < 1e-4
    whole = kind(2, 16)
    whole.vector = net.vector.astype(float)
    wanted = whole.backward(whole.forward(some(1000, 8)), dh_last=dh)
    off = np.abs(grads.h - wanted.h).max((1, 2))
    assert (off <= 0.01 * np.abs(wanted.h).max((1, 2)) + 1e-31).all()


# ---- memory is lent, bounded, and comes back


def test_memory_comes_back_however_it_was_held_and_is_bounded(monkeypatch):
    net = LSTM(2, 4)
    held = [net.forward(some(seed=seed)) for seed in range(5)]
    size = held[0]._block.whole.nbytes
    assert net.memory._spare == []
    part = held[2].f[1:3, 0]
    del held
    assert len(net.memory._spare) == 4
    monkeypatch.setattr(memory, "MOST", 2 * size)
    kept = part.copy()
    for seed in range(5):
        net.forward(some(seed=seed))
    np.testing.assert_array_equal(part, kept)
    del part
    assert len(net.memory._spare) <= 2
    monkeypatch.setattr(memory, "MOST", 0)
    net.forward(some())
    assert net.memory._spare == []


def test_memory_of_a_pass_that_fails_comes_back():
    net = RNN(1, 2, "relu")
    net.W, net.U = np.ones((2, 1)), 1e200 * np.eye(2)
    with pytest.raises(FloatingPointError):
        net.forward(np.ones((9, 1, 1)))
    assert len(net.memory._spare) == 1


def test_a_network_takes_its_memory_along():
    net = LSTM(2, 4)
    trace = net.forward(some())
    gone, h = weakref.ref(net), trace.h.copy()
    del net
    assert gone() is None
    np.testing.assert_array_equal(trace.h, h)
