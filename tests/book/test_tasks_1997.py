"""Each task of 1997 against the description in its paper, on many sequences."""

import sys
from pathlib import Path

import numpy as np
import pytest
from reber import legal_after, words

sys.path.insert(0, str(Path(__file__).parents[2] / "experiments"))

import tasks_1997 as tasks

from lstm_lib import LSTM
from lstm_lib.train import Adam, Model, cross_entropy, train

ALL = [
    tasks.adding_1997,
    tasks.multiplication,
    tasks.long_lag_2a,
    tasks.long_lag_2b,
    tasks.long_lag_2c,
    tasks.two_sequence,
    tasks.two_sequence_3b,
    tasks.two_sequence_3c,
    tasks.temporal_order_6a,
    tasks.temporal_order_6b,
    tasks.embedded_reber,
    tasks.copy,
]


@pytest.mark.parametrize("task", ALL, ids=lambda task: task.__name__)
def test_same_seed_same_batch(task):
    one, same, other = task(seed=3), task(seed=3), task(seed=4)
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.x.shape != other.x.shape or not np.array_equal(one.x, other.x)
    rng = np.random.default_rng(3)
    np.testing.assert_array_equal(task(seed=rng).x, one.x)
    following = task(seed=rng)
    assert following.x.shape != one.x.shape or not np.array_equal(following.x, one.x)
    if one.lengths is not None:
        past = np.arange(len(one.x))[:, None] >= one.lengths
        assert (one.x[past] == 0).all()
        assert one.lengths.max() == len(one.x)


@pytest.mark.parametrize("task", ALL, ids=lambda task: task.__name__)
def test_without_a_seed_every_batch_is_another(task):
    one, other = task(B=8), task(B=8)
    assert one.x.shape != other.x.shape or not np.array_equal(one.x, other.x)


@pytest.mark.parametrize("task", [tasks.adding_1997, tasks.multiplication])
def test_marked_pairs_of_1997(task):
    batch = task(60, 5000, seed=0)
    value, mark, columns = batch.x[..., 0], batch.x[..., 1], np.arange(5000)
    assert batch.lengths.min() == 60
    assert batch.lengths.max() == 66
    assert ((mark == 1).sum(0) == 2).all()
    assert (mark[batch.lengths - 1, columns] == -1).all()
    assert ((mark[0] == -1) | (mark[0] == 1)).all()
    marked = [np.flatnonzero(mark[:, b] == 1) for b in range(5000)]
    assert all(pair[0] < 10 and pair[1] < 30 for pair in marked)
    assert {t for pair in marked for t in pair} == set(range(30))
    late = np.mean([pair[1] == 29 for pair in marked])  # one of the first T/2 - 1 still unmarked pairs
    assert late == pytest.approx(1 / 29, abs=0.01)
    assert value.min() < (-0.99 if task is tasks.adding_1997 else 0.01)
    for b, pair in enumerate(marked):
        numbers = value[pair, b]  # the target follows from what the network sees
        wanted = 0.5 + numbers.sum() / 4 if task is tasks.adding_1997 else numbers.prod()
        assert batch.target[b, 0] == pytest.approx(wanted)
    first = np.array([pair[0] == 0 for pair in marked])
    assert first.mean() == pytest.approx(0.1 + 0.9 / 29, abs=0.02)
    assert set(value[0, first]) == {0.0 if task is tasks.adding_1997 else 1.0}
    assert value[0, ~first].std() > 0.25


def test_two_sequence():
    batch = tasks.two_sequence(100, 500, N=3, seed=0)
    assert batch.lengths.min() == 100
    assert batch.lengths.max() == 110
    assert set(batch.target[:, 0]) == {0.0, 1.0}
    np.testing.assert_array_equal(batch.x[:3, :, 0], np.tile(2 * batch.target[:, 0] - 1, (3, 1)))
    assert batch.x[3:100].var() == pytest.approx(0.2, rel=0.05)


def test_noise_on_the_signal():
    batch, plain = tasks.two_sequence_3b(100, 4000, N=2, seed=0), tasks.two_sequence(100, 4000, N=2, seed=0)
    noise = batch.x[:2, :, 0] - (2 * batch.target[:, 0] - 1)
    assert noise.var() == pytest.approx(0.2, rel=0.1)
    assert abs(noise.mean()) < 0.02
    np.testing.assert_array_equal(batch.x[2:], plain.x[2:])
    np.testing.assert_array_equal(batch.target, plain.target)


def test_noise_on_the_target():
    batch = tasks.two_sequence_3c(100, 4000, N=3, seed=0)
    one = batch.x[0, :, 0] == 1
    assert set(batch.x[:3].ravel()) == {-1.0, 1.0}
    assert batch.target[one].mean() == pytest.approx(0.2, abs=0.03)  # 0.2 for class 1, 0.8 for class 2
    assert batch.target[~one].mean() == pytest.approx(0.8, abs=0.03)
    assert batch.target[one].var() == pytest.approx(0.1, rel=0.1)
    assert batch.target[~one].var() == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize("task", [tasks.long_lag_2a, tasks.long_lag_2b])
def test_long_lags_of_one_length(task):
    p, B = 12, 3000
    batch = task(p, B, seed=0)
    read, wanted = batch.x.argmax(-1), batch.target
    assert batch.x.shape == (p, B, p + 1)
    assert (batch.x.sum(-1) == 1).all()
    np.testing.assert_array_equal(read[1:], wanted[:-1])
    np.testing.assert_array_equal(read[0], wanted[-1])
    assert set(read[0]) == {p - 1, p}  # x and y
    assert (read[0] == p).mean() == pytest.approx(0.5, abs=0.05)
    middle = read[1:]
    assert set(middle.ravel()) == set(range(p - 1))
    if task is tasks.long_lag_2a:
        assert len(np.unique(read, axis=1).T) == 2
        np.testing.assert_array_equal(middle[:, 0], np.arange(p - 1))
    else:
        assert all(set(step) == set(range(p - 1)) for step in middle)


def test_long_lags_of_many_lengths():
    q, p, B = 20, 7, 4000
    batch = tasks.long_lag_2c(q, p, B, seed=0)
    symbols, columns = batch.x.argmax(-1), np.arange(B)
    assert batch.x.shape[2] == p + 4
    assert (symbols[0] == p + 3).all()
    np.testing.assert_array_equal(symbols[1], p + batch.target)
    assert (symbols[batch.lengths - 1, columns] == p + 2).all()
    for b, n in enumerate(batch.lengths):
        assert (symbols[2 : n - 1, b] < p).all()
    k = batch.lengths - 3 - q
    assert k.min() == 0
    assert k.mean() == pytest.approx(9, abs=0.5)
    assert (k == 0).mean() == pytest.approx(0.1, abs=0.02)
    assert batch.target.mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("task", "spans"),
    [
        (tasks.temporal_order_6a, [(10, 20), (50, 60)]),
        (tasks.temporal_order_6b, [(10, 20), (33, 43), (66, 76)]),
    ],
)
def test_temporal_order(task, spans):
    batch = task(3000, seed=0)
    symbols = batch.x.argmax(-1)
    assert batch.lengths.min() == 100
    assert batch.lengths.max() == 110
    seen = [set() for _ in spans]
    for b, n in enumerate(batch.lengths):
        line = symbols[:n, b]
        assert line[0] == tasks.TEMPORAL_SYMBOLS.index("E")
        assert line[-1] == tasks.TEMPORAL_SYMBOLS.index("B")
        places = np.flatnonzero(line >= 6)
        assert len(places) == len(spans)
        for span, place in zip(seen, places, strict=True):
            span.add(int(place) + 1)  # the paper counts positions from 1
        assert batch.target[b] == int("".join(str(line[t] - 6) for t in places), 2)
        assert (line[1:-1] >= 2).all()
    assert seen == [set(range(low, high + 1)) for low, high in spans]
    assert set(batch.target) == set(range(2 ** len(spans)))


def test_embedded_reber():
    batch = tasks.embedded_reber(300, seed=0)
    branches = set()
    for b, n in enumerate(batch.lengths):
        text = words(batch.x[:n, b].argmax(-1)) + words(batch.target[n - 1 : n, b])
        assert words(batch.target[:n, b]) == text[1:]
        assert legal_after(text) == set()
        assert text[1] == text[-2]
        branches.add(text[1])
        for t in range(n):
            assert set(words(np.flatnonzero(batch.legal[t, b]))) == legal_after(text[: t + 1])
    assert branches == {"T", "P"}


@pytest.mark.parametrize(("n", "letters"), [(10, 8), (3, 4), (1, 2)])
def test_copy(n, letters):
    batch = tasks.copy(30, 200, n=n, letters=letters, seed=0)
    symbols = batch.x.argmax(-1)
    assert batch.x.shape == (30 + 2 * n, 200, letters + 2)
    assert set(np.unique(symbols[:n])) == set(range(1, letters + 1))
    assert (symbols[29 + n] == letters + 1).all()
    assert (np.delete(symbols, [*range(n), 29 + n], axis=0) == 0).all()
    np.testing.assert_array_equal(batch.target[-n:], symbols[:n])
    assert (batch.target[:-n] == 0).all()


def test_copy_is_of_ten_symbols_of_eight():
    ten = tasks.copy(5, 4, seed=3)
    np.testing.assert_array_equal(ten.x, tasks.copy(5, 4, seed=3, n=10, letters=8).x)
    assert ten.x.shape == (25, 4, 10)


def test_training_reber_strings_with_cross_entropy():
    whole = Model(LSTM(7, 12, seed=1), 7, seed=1)
    rng = np.random.default_rng(0)
    train(whole, lambda: tasks.embedded_reber(16, rng), cross_entropy, Adam(0.02), steps=300)
    test = tasks.embedded_reber(100, seed=99)
    y = whole.predict(test.x, lengths=test.lengths, every_step=True)
    ahead = np.where(test.legal, y, np.inf).min(-1) > np.where(test.legal, -np.inf, y).max(-1)
    assert ahead[test.legal.any(-1)].mean() > 0.9  # all legal symbols are more likely than the rest


WRONG = {
    "B": (lambda: tasks.copy(5, 0, seed=0), ValueError, "B must be at least 1, got 0"),
    "short": (lambda: tasks.multiplication(10, seed=0), ValueError, "T must be at least 20, got 10"),
    "p": (lambda: tasks.long_lag_2a(1), ValueError, "p must be at least 2, got 1"),
    "p_2b": (lambda: tasks.long_lag_2b("9"), TypeError, "p must be a whole number"),
    "q": (lambda: tasks.long_lag_2c(0, seed=0), ValueError, "q must be at least 1, got 0"),
    "N_3b": (lambda: tasks.two_sequence_3b(5, 1, N=6, seed=0), ValueError, "N must be at most T = 5, got 6"),
    "N_3c": (lambda: tasks.two_sequence_3c(5, 1, N=0, seed=0), ValueError, "N must be at least 1, got 0"),
    "N": (lambda: tasks.two_sequence(5, 1, N=6, seed=0), ValueError, "N must be at most T = 5, got 6"),
    "seed": (lambda: tasks.embedded_reber(5, seed="x"), TypeError, "seed must be a whole number, got 'x'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_calls(name):
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()
