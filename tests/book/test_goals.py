"""Goals: each can be met, not by doing nothing, and hardly by chance."""

from types import SimpleNamespace

import numpy as np
import pytest
import traitlets
from solved import solution_of

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.explorers.goals import GOALS, inputs_of, limits_of, meets, start_of
from lstm_book.quiz import Quiz
from lstm_lib import LSTM, RNN
from lstm_lib.losses import softmax

KINDS = {kind.kind: kind for kind in (CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer)}
SETTINGS, BY_CHANCE = 1000, 10  # of so many random settings, at most so many may meet a goal


def test_there_are_enough_from_one_slider_to_an_evening_over_all_gates():
    cell = [goal for goal in GOALS.values() if goal["kind"] == "cell"]
    assert len(cell) >= 15 and {goal["kind"] for goal in GOALS.values()} == {*KINDS}
    assert [len(goal["free"]) for goal in cell if goal["level"] == 1] == [1] * 4
    assert {goal["level"] for goal in cell} == {1, 2, 3, 4, 5}
    levels = [goal["level"] for goal in cell]
    assert levels == sorted(levels)
    assert {name[-1] for goal in cell for name in goal["free"]} == {*"figox"}
    assert len({goal["ask"] for goal in GOALS.values()}) == len(GOALS)


@pytest.mark.parametrize("name", GOALS)
def test_a_goal_is_complete(name):
    goal = GOALS[name]
    parts = {"kind", "level", "ask", "start", "free", "trials", "hint", "solution"}
    assert {*goal} - {"slip"} == parts
    assert all(goal[part].strip().endswith(".") for part in ("ask", "hint"))
    assert len(goal["ask"]) <= 160 and goal["level"] in range(1, 6)
    limits, inputs = limits_of(goal["kind"]), {*inputs_of(goal["trials"][0])}
    assert goal["free"] and {*goal["free"]} <= {*limits} - inputs
    assert {*goal["solution"]} == {*goal["free"]}
    assert {*goal["start"]} <= {*limits} - inputs
    assert all({*inputs_of(trial)} == inputs for trial in goal["trials"])
    for trial in goal["trials"]:
        series = KINDS[goal["kind"]].series({**start_of(goal), **inputs_of(trial)})
        assert trial["hold"]
        for which, at, low, high in trial["hold"]:
            first, last = at if isinstance(at, list) else (at, at)
            assert low < high
            assert at == "last" or 1 <= first <= last <= len(series[which])


@pytest.mark.parametrize("name", GOALS)
def test_the_solution_meets_it_and_the_start_does_not(name):
    goal = GOALS[name]
    kind = KINDS[goal["kind"]]
    assert kind(**solution_of(goal)).met(name)
    explorer = kind(**start_of(goal))
    assert not explorer.met(name)
    for value in goal["solution"]:
        setattr(explorer, value, goal["solution"][value])
    assert explorer.met(name)


@pytest.mark.parametrize("name", GOALS)
def test_what_is_to_stay_must_not_move(name):
    goal = GOALS[name]
    kind, solution = KINDS[goal["kind"]], solution_of(goal)
    for value, limit in limits_of(goal["kind"]).items():
        if limit["type"] == "number" and value not in goal["free"]:
            nudged = min(limit["high"], solution[value] + 1e-9) - (solution[value] == limit["high"]) * 1e-9
            assert not meets(goal, {**solution, value: nudged}, kind.series)
        if limit["type"] == "boolean":
            assert not meets(goal, {**solution, value: not solution[value]}, kind.series)
        if limit.get("look"):
            elsewhere = "f" if limit["type"] == "choice" else 1
            assert meets(goal, {**solution, value: elsewhere}, kind.series)


def test_inputs_that_a_goal_tries_itself_may_be_what_they_like():
    for name, x in (("count", [0.5]), ("draw", [0.5] * 12)):
        goal = GOALS[name]
        assert CellExplorer(**{**solution_of(goal), "x": x, "step": 1}).met(name) == (name == "count")
    assert not CellExplorer(**{**solution_of(GOALS["draw"]), "x": [0, 1], "step": 1}).met("draw")  # no step 4


def drawn(goal, count):
    """Random values of what a goal leaves free, uniform within its limits: by name, one array each."""
    rng, limits, start = np.random.default_rng(0), limits_of(goal["kind"]), start_of(goal)
    sizes = {name: len(start[name]) if limits[name]["type"] == "numbers" else 1 for name in goal["free"]}
    return {
        name: rng.uniform(limits[name]["low"], limits[name]["high"], (count, size)).squeeze()
        for name, size in sizes.items()
    }


# Each runs the trials of a goal with many settings at once: series by name, (T, settings).


def cells(goal, values):
    """Give c and h of as many units, which hear only themselves."""
    start = start_of(goal)
    for trial in goal["trials"]:
        x = np.array({**start, **values, **inputs_of(trial)}["x"], dtype=float)
        net = LSTM(1, SETTINGS if x.ndim == 1 else 1)
        for name, value in net.params.items():
            own = np.broadcast_to({**start, **values}[f"{name[0].lower()}_{name[-1]}"], net.hidden_size)
            value[...] = {"W": own[:, None], "U": np.diag(own), "b": own}[name[0]]
        trace = net.forward(x[:, None] if x.ndim == 1 else x.T[:, :, None])
        yield trial, {name: trace[name].reshape(len(trace.c), -1) for name in "ch"}


def reaches(goal, values):
    """Give the gradients of as many units, 100 at a time, which hear only themselves."""
    x, found = np.reshape(GradientExplorer().x, (-1, 1)), []
    for first in range(0, SETTINGS, 100):
        some = {name: value[first : first + 100] for name, value in values.items()}
        given = {**start_of(goal), **some}
        assert not given["clip"]
        w, u, b_f, u_figo = (given[name] + np.zeros(100) for name in ("w", "u", "b_f", "u_figo"))
        rnn, lstm = RNN(1, 100, activation=given["activation"]), LSTM(1, 100)
        rnn.W, rnn.U, rnn.b = w[:, None], np.diag(u), np.zeros(100)
        for gate in "figo":
            own = {"W": w[:, None], "U": np.diag(u_figo), "b": b_f if gate == "f" else np.zeros(100)}
            for letter, value in own.items():
                setattr(lstm, f"{letter}_{gate}", value)
        trace = lstm.forward(x)
        one = np.ones(100)
        found.append(
            {
                "rnn": rnn.backward(rnn.forward(x), dh_last=one).h[-2::-1],
                "direct": np.cumprod(trace.f[:0:-1], axis=0),
                "full": lstm.backward(trace, dc_last=one).c[-2::-1],
            }
        )
    series = {name: np.concatenate([one[name] for one in found], axis=1) for name in found[0]}
    assert all({*trial} == {"hold"} for trial in goal["trials"])  # no inputs of their own
    yield from ((trial, series) for trial in goal["trials"])


def networks(goal, values):
    """Give what a trained network answers in a batch, each sequence of which has other hands on it."""
    kind = KINDS[goal["kind"]]
    for trial in goal["trials"]:
        given = {**start_of(goal), **inputs_of(trial)}
        assert not given.get("forced") and not given.get("gates_of")
        hands = SimpleNamespace(
            model=kind.model, **{**given, **{name: value[:, None] for name, value in values.items()}}
        )
        x = np.repeat(kind(**given).inputs()[:, None], SETTINGS, axis=1)
        y = kind._run(hands, x).h @ np.transpose(kind.model["W_y"]) + kind.model["b_y"]
        of = {"y": y[..., 0]} if kind is MemoryExplorer else {}
        yield trial, of or dict(zip(kind.model["vocabulary"], np.moveaxis(softmax(y), -1, 0), strict=True))


RUNS = {"cell": cells, "gradient": reaches, "memory": networks, "sentence": networks}


@pytest.mark.parametrize("name", GOALS)
def test_of_1000_random_settings_hardly_any_meets_it(name):
    goal = GOALS[name]
    values, met = drawn(goal, SETTINGS), np.full(SETTINGS, True)
    for trial, series in RUNS[goal["kind"]](goal, values):
        for which, at, low, high in trial["hold"]:
            first, last = (0, 0) if at == "last" else at if isinstance(at, list) else (at, at)
            seen = series[which][first - 1 : last or None]
            met &= ((low <= seen) & (seen <= high)).all(0)
    print(f"{name}: {met.sum()} of {SETTINGS}")
    assert met.sum() <= BY_CHANCE
    for k in {*np.flatnonzero(met).tolist(), *range(20)}:  # the library's own judgement is the same
        one = {which: value[k].tolist() for which, value in values.items()}
        assert meets(goal, {**start_of(goal), **one}, KINDS[goal["kind"]].series) == met[k]


def test_a_goal_of_another_kind_or_none_is_refused():
    for goal in ("rnn-edge", "half", 3, None):
        with pytest.raises(traitlets.TraitError, match=r"goal: came .*, wanted one of half-gone, "):
            CellExplorer().met(goal)
    with pytest.raises(traitlets.TraitError, match="goal: came 'count', wanted none, for this kind has no"):
        Quiz([]).met("count")


@pytest.mark.parametrize("kind", KINDS.values())
def test_an_explorer_offers_goals_of_its_own_kind(kind):
    own = [name for name, goal in GOALS.items() if goal["kind"] == kind.kind]
    assert kind().goals == [] and "goals" not in kind().initial
    explorer = kind(goals=own[::-1])
    assert explorer.goals == own[::-1] and explorer.state()["goals"] == own[::-1]
    other = next(name for name, goal in GOALS.items() if goal["kind"] != kind.kind)
    said = f"goals: came .*, wanted names of goals of kind {kind.kind}, each at most once"
    for wrong in ([other], ["none"], own[:1] * 2, own[0], [1], None):
        with pytest.raises(traitlets.TraitError, match=said):
            kind(goals=wrong)
        with pytest.raises(traitlets.TraitError, match=said):
            explorer.goals = wrong


def test_layers_of_an_explorer_sum_to_its_memory():
    for explorer in (CellExplorer("count"), MemoryExplorer("add"), SentenceExplorer("forgetful")):
        c = explorer.trace().c
        c = c.reshape(len(c), -1).squeeze()
        layers = explorer.layers()
        assert layers.shape == (len(c), *c.shape)
        np.testing.assert_allclose(layers.sum(1), c, rtol=0, atol=1e-12)
        assert not layers[np.triu_indices(len(c), 1)].any()
