"""Each generator against its description, on many sequences."""

import numpy as np
import pytest

from lstm_lib import tasks


def test_same_seed_same_batch():
    one, same, other = tasks.adding(seed=3), tasks.adding(seed=3), tasks.adding(seed=4)
    for a, b in zip(one[:2], same[:2], strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(one.x, other.x)
    rng = np.random.default_rng(3)
    np.testing.assert_array_equal(tasks.adding(seed=rng).x, one.x)
    assert not np.array_equal(tasks.adding(seed=rng).x, one.x)


def test_adding():
    batch = tasks.adding(50, 4000, seed=0)
    value, mark = batch.x[..., 0], batch.x[..., 1]
    assert batch.x.shape == (50, 4000, 2)
    assert ((value >= 0) & (value < 1)).all()
    assert (mark[:25].sum(0) == 1).all()
    assert (mark[25:].sum(0) == 1).all()
    np.testing.assert_allclose(batch.target[:, 0], (value * mark).sum(0))
    assert np.mean((batch.target - 1) ** 2) == pytest.approx(1 / 6, abs=0.01)
    assert (mark.sum(1) > 0).all()  # every step can carry a mark


def test_sentences():
    texts, words_known = tasks.sentences(), tasks.vocabulary()
    bob = "bob fought the enemy alone and died for his country . for his contributions brave bob ."
    assert bob in texts
    assert len(set(texts)) == len(texts) == 256
    assert all(text.split()[0] == text.split()[-2] for text in texts)
    batch = tasks.next_word([bob])
    assert batch.x.shape == (16, 1, len(words_known))
    assert [words_known[n] for n in batch.x[:, 0].argmax(-1)] == bob.split()[:-1]
    assert [words_known[n] for n in batch.target[:, 0]] == bob.split()[1:]
    whole = tasks.next_word()
    assert whole.x.shape == (whole.lengths.max(), 256, len(words_known))


WRONG = {
    "T": (lambda: tasks.adding(1, seed=0), ValueError, "T must be at least 2, got 1"),
    "T_float": (lambda: tasks.adding(9.0, seed=0), TypeError, "T must be a whole number"),
    "unknown": (lambda: tasks.next_word(["bob likes jazz"]), ValueError, "vocabulary.*got jazz, likes"),
    "one_word": (lambda: tasks.next_word(["bob"]), ValueError, "texts must hold sentences of at least two"),
    "B": (lambda: tasks.adding(5, 0, seed=0), ValueError, "B must be at least 1, got 0"),
    "seed": (lambda: tasks.adding(5, seed="x"), TypeError, "seed must be a whole number, got 'x'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_calls(name):
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()


def test_a_batch_says_its_shapes_and_floods_no_screen():
    assert repr(tasks.adding(50)) == "<Batch x (50, 64, 2), target (64, 1)>"
