"""Explorers as ipywidgets: traits, presets, clear errors, lstm_lib's numbers."""

import gzip
import json
import re

import numpy as np
import pytest
import traitlets
from places import CHAPTERS, CLOSER, ROOT

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.explorers.cell import WEIGHTS
from lstm_book.explorers.modules import STATIC, module_text
from lstm_book.explorers.traits import LIMITS
from lstm_book.quiz import Quiz
from lstm_lib import lstm_step

PRESETS = CellExplorer.presets


def test_the_old_name_leads_to_the_same_explorers():
    from lstm_book import explorers, quiz
    from lstm_lib import explorers as old

    assert old.__all__ == sorted([*explorers.__all__, "Quiz"])
    assert all(getattr(old, name) is getattr(explorers, name, quiz.Quiz) for name in old.__all__)


def test_trace_is_lstm_lib_for_the_set_weights():
    explorer = CellExplorer(preset="latch", b_f=1.23, x=[1, -1, 0.5])
    trace = explorer.trace()
    params = {}
    for name in WEIGHTS:
        letter, gate = name.split("_")
        params[f"{'b' if letter == 'b' else letter.upper()}_{gate}"] = np.full(
            (1,) if letter == "b" else (1, 1), getattr(explorer, name)
        )
    h = c = np.zeros(1)
    for t, x in enumerate(explorer.x):
        h, c = lstm_step(params, np.array([x]), h, c)
        assert trace.h[t].item() == pytest.approx(h.item(), abs=1e-15)
        assert trace.c[t].item() == pytest.approx(c.item(), abs=1e-15)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_complete_and_do_what_they_say(preset):
    explorer = CellExplorer(preset=preset)
    c = explorer.trace().c.ravel()
    h = explorer.trace().h.ravel()
    promise = {
        "mixed": lambda: np.ptp(c) > 0.5,
        "remember": lambda: c[-1] > 0.9 * c[1] > 0.8,
        "forget": lambda: c[1] > 0.9 and abs(c[2]) < 0.1,
        "count": lambda: round(c[-1]) == sum(explorer.x) and h.max() < 1,
        "latch": lambda: c[4] > 0.9 and abs(c[5]) < 0.1 and c[8] > 0.9,
        "flash": lambda: abs(h[7]) < 0.05 and h[8] > 0.5,
    }
    assert promise[preset]()


def test_an_explorer_says_of_each_value_what_it_may_be():
    said = CellExplorer.__doc__.splitlines()
    assert "    - x: 1 to 40 numbers from -2 to 2" in said
    assert f"    - {', '.join(WEIGHTS)}: a number from -10 to 10" in said
    for kind in KINDS:
        assert all(name in kind.__doc__ for name in (*kind.limits, *kind.presets))


def test_setting_a_preset_sets_weights_and_sequence():
    explorer = CellExplorer(preset="remember")
    explorer.b_f = -1
    explorer.preset = "count"
    assert {name: getattr(explorer, name) for name in (*WEIGHTS, "x")} == PRESETS["count"]


def test_an_array_will_do_as_a_sequence_and_text_as_numbers():
    assert CellExplorer(x=np.array([1, 0])).x == CellExplorer(x=["1", "0.0"]).x == [1.0, 0.0]
    assert CellExplorer(b_f="-3").b_f == -3


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"preset": "memory"}, "preset: came 'memory', wanted one of mixed, remember"),
        ({"focus": "cell"}, r"focus: came 'cell', wanted one of \['', 'forget', 'input', 'output'\]"),
        ({"b_f": float("nan")}, "b_f: came nan, wanted a number from -10 to 10"),
        ({"w_g": float("inf")}, "w_g: came inf, wanted a number from -10 to 10"),
        ({"u_o": 10.5}, "u_o: came 10.5, wanted a number from -10 to 10"),
        ({"u_o": "wide"}, "u_o: came 'wide', wanted a number from -10 to 10"),
        ({"x": []}, r"x: came \[\], wanted 1 to 40 numbers from -2 to 2"),
        ({"x": [0.0] * 41}, r"x: came 41 of them, \[0.0, .*\.\.\.\], wanted 1 to 40 numbers"),
        ({"x": [[1.0]]}, r"x: came \[\[1.0\]\], wanted 1 to 40 numbers"),
        ({"x": [float("nan")]}, r"x: came \[nan\], wanted 1 to 40 numbers from -2 to 2"),
        ({"x": [2.5]}, r"x: came \[2.5\], wanted 1 to 40 numbers from -2 to 2"),
        ({"x": ["a"]}, r"x: came \['a'\], wanted"),
        ({"step": 0}, "step: came 0, wanted 1 to 12"),
        ({"step": 13}, "step: came 13, wanted 1 to 12"),
        ({"weight": 1}, "CellExplorer: unknown keyword 'weight'; known are .*w_f"),
    ],
)
def test_wrong_values_are_refused_by_name(values, said):
    with pytest.raises(traitlets.TraitError, match=said):
        CellExplorer(**values)
    if "weight" not in values:
        explorer = CellExplorer()
        (name, value), before = *values.items(), explorer.state()
        with pytest.raises(traitlets.TraitError, match=said):
            setattr(explorer, name, value)
        assert explorer.state() == before


def test_page_carries_state_and_still_picture_and_no_random_id():
    first, second = (CellExplorer(preset="latch")._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/html"] == second["text/html"]
    assert " id=" not in first["text/html"]
    assert first["text/html"].count("<polyline") == 7


KINDS = [CellExplorer, GradientExplorer, SentenceExplorer, MemoryExplorer]
ENDS = [
    (kind, name, limit)
    for kind in KINDS
    for name, limit in kind.limits.items()
    if limit["type"] not in ("choice", "boolean", "names")
]


def test_every_value_of_every_explorer_is_described():
    described = {(kind, name) for kind in KINDS for name in kind.limits}
    traits = {(kind, name) for kind in KINDS for name in kind.class_trait_names(explorer=True)}
    assert traits - described == {(kind, "preset") for kind in KINDS} | {
        (GradientExplorer, "x")
    }  # a constant
    assert described <= traits
    assert sum(map(len, LIMITS.values())) == 17 + 8 + 12 + 8 + 5


def at_its_ends(limit, steps):
    """Values at the two ends of what is allowed, and just beyond each."""
    match limit["type"]:
        case "number":
            low, high = limit["low"], limit["high"]
            inside, beyond = [low, high], [np.nextafter(low, -np.inf), np.nextafter(high, np.inf)]
        case "numbers" | "words":
            unit = ["."] if limit["type"] == "words" else [limit["low"]]
            inside, beyond = ([unit * limit[end] for end in ends] for ends in (("least", "most"), ()))
            beyond = [unit * (limit["least"] - 1), unit * (limit["most"] + 1)]
            if limit["type"] == "numbers":
                inside.append([limit["high"]] * limit["least"])
                beyond += [
                    [np.nextafter(limit[end], sign * np.inf)] * limit["least"]
                    for end, sign in (("low", -1), ("high", 1))
                ]
            else:
                inside, beyond = ([" ".join(words) for words in some] for some in (inside, beyond))
        case "place":
            last = limit.get("high", steps)
            inside, beyond = [1, last], [0, last + 1]
        case "places":
            last = limit.get("high", steps)
            inside, beyond = [[], [1, last]], [[0], [last + 1], [1, 1]]
        case "forced":
            low, high, cells, most = (limit[name] for name in ("low", "high", "cells", "most"))
            one = ["f", 0, 1, low]
            many = [[gate, cell, 1, high] for gate in "fio" for cell in range(cells + 1)] + [
                ["f", 0, 2, low]
            ] * most
            inside = [[], [one, ["o", cells, steps, high]], many[:51]]
            beyond = [[["g", *one[1:]]], [["f", -1, 1, low]], [["f", cells + 1, 1, low]], [["f", 0, 0, low]]]
            beyond += [
                [["f", 0, steps + 1, low]],
                [["f", 0, 1, np.nextafter(low, -1)]],
                [one, one],
                [one[:3]],
            ]
            beyond += [
                [["f", 0, 1, np.nextafter(high, 2)]],
                [["f", True, 1, low]],
                [["f", 1.0, 1, low]],
                many,
            ]
    return inside, beyond


@pytest.mark.parametrize(("kind", "name", "limit"), ENDS)
def test_python_takes_the_ends_of_every_limit_and_refuses_what_is_beyond(kind, name, limit):
    explorer = kind()
    steps = (
        len(getattr(explorer, limit["in"], "").split(" "))
        if limit.get("in") == "words"
        else len(getattr(explorer, limit.get("in", ""), []))
    )
    inside, beyond = at_its_ends(limit, steps)
    for value in inside:
        setattr(explorer, name, value)
        assert getattr(explorer, name) == value
        explorer = kind()
    for value in beyond:
        before = explorer.state()
        with pytest.raises(traitlets.TraitError, match=f"^{name}: came .*wanted"):
            setattr(explorer, name, value)
        assert explorer.state() == before


NUMBERS = ("float16", "float32", "float64", "longdouble")
WHOLE = ("int8", "uint8", "int16", "int32", "uint32", "int64", "uint64")
DTYPES = [np.dtype(name) for name in (*NUMBERS, *WHOLE)]


def sent(explorer):
    """What goes to the browser, as text that JSON knows: no NaN, no infinity."""
    state = {name: value for name, value in explorer.get_state().items() if name in explorer.state()}
    return json.loads(json.dumps({**state, "initial": explorer.initial}, allow_nan=False))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_numpy_values_are_sent_as_plain_ones(kind, dtype):
    plain, explorer = kind(), kind()
    for name, limit in kind.limits.items():
        whole = dtype.kind in "iu"
        match limit["type"]:
            case "number":
                value = dtype.type(1)
            case "numbers":
                value = np.array([0, 1, 1, 0], dtype=dtype)
            case "place" if whole:
                value = dtype.type(2)
            case "places" if whole:
                value = [dtype.type(3), dtype.type(1)] if dtype.kind == "i" else np.array([3, 1], dtype)
            case "boolean":
                value = np.bool_(True)
            case "choice":
                value = np.str_(limit["of"][-1])
            case "words":
                value = np.str_("bob fought the enemy")
            case _:
                continue
        setattr(explorer, name, value)
        setattr(plain, name, value.tolist() if isinstance(value, np.generic | np.ndarray) else [1, 3])
    assert sent(explorer) == sent(plain) == {**explorer.state(), "initial": explorer.initial}
    again = kind(
        **{name: np.array(value)[()] for name, value in explorer.state().items() if name in kind.limits}
    )
    assert sent(again)["initial"] == {name: sent(explorer)[name] for name in again.initial} | {"preset": ""}
    assert str(explorer.preset) in explorer._repr_mimebundle_()[0]["text/html"]


NOT_PLAIN = [
    np.complex128(1 + 1j),
    np.array([1 + 1j]),
    np.array([[1.0]]),
    np.datetime64("2026-11-26"),
    np.array("lstm"),
    b"\xff",
    None,
    object(),
    {},
    10**400,
    np.float64("nan"),
    np.float32("inf"),
    {1.0},
    [None],
    [[1], [1, 2]],
]


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_sent_is_refused_when_made(kind):
    for name in ("preset", *kind.limits):
        limit = kind.limits.get(name, {})
        beside = {
            "place": (True, np.True_, 1.0, np.float64(1), "1"),
            "places": ([True], [np.True_], [1.0], ["1"]),
        }
        for value in (*NOT_PLAIN, *beside.get(limit.get("type"), ())):
            if name == "preset" and value is None:
                continue  # the first preset
            with pytest.raises(traitlets.TraitError, match=name):
                kind(**{name: value})


def choice(**parts):
    return {"ask": "Which?", "choices": [("this", "Yes."), ("that", "No.")], "right": 0, **parts}


def amount(**parts):
    return {"ask": "How much?", "number": 1.5, "within": 0.1, "why": "So.", **parts}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_quiz_takes_numpy_numbers(dtype):
    questions = [amount(number=dtype.type(2), within=dtype.type(0)), amount(number=np.array(2, dtype))]
    if dtype.kind in "iu":
        questions.append(choice(right=dtype.type(1), choices=np.array([["a", "b"], ["c", "d"]])))
    quiz = Quiz(questions)
    assert sent(quiz)["questions"] == [*quiz.questions]
    assert [question.get("right", question.get("number")) for question in sent(quiz)["questions"]] == [
        2,
        2,
        1,
    ][: len(questions)]
    quiz.answers = [dtype.type(2), None]
    assert sent(quiz)["answers"] == [2, None]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (choice(right=np.bool_(True)), "right=True, wanted the place of one of the choices"),
        (choice(right=True), "right=True, wanted the place of one of the choices"),
        (choice(right=0.5), "right=0.5, wanted the place"),
        (choice(right=np.float64(1)), "right=1.0, wanted the place"),
        (choice(right=-1), "right=-1, wanted the place"),
        (choice(right=2), "right=2, wanted the place of one of the choices, from 0"),
        (choice(right="0"), "right='0', wanted the place"),
        (choice(right=None), "right=None, wanted the place"),
        (choice(choices=[]), r"choices=\[\], wanted a list of \(text, why\)"),
        (choice(choices="ab"), r"choices='ab', wanted a list of \(text, why\)"),
        (choice(choices=["ab", "cd"]), r"choices=\['ab', 'cd'\], wanted a list of \(text, why\)"),
        (choice(choices=[("a", 1)]), r"choices=\[\['a', 1\]\], wanted a list of \(text, why\)"),
        (amount(within=np.nan), "within=nan, wanted"),
        (amount(within=float("inf")), "within=inf, wanted"),
        (amount(within=-1), "within=-1, wanted"),
        (amount(within=True), "within=True, wanted"),
        (amount(number=np.float32("nan")), "number=nan, wanted a finite number"),
        (amount(number=10**400), "wanted a finite number"),
        (amount(number="2"), "number='2'"),
        (amount(number=np.array([1, 2])), r"number=\[1, 2\]"),
        (amount(number=np.clongdouble(1)), "wanted a finite number"),
        (amount(ask=np.int64(1)), "ask=1, wanted text"),
        (amount(why=None), "why=None, wanted text"),
        (amount(unit={"a"}), "unit={'a'}, wanted text"),
        (amount(units="steps"), "unknown part 'units'"),
        ({"ask": "Which?"}, "lacks 'number'"),
    ],
)
def test_a_question_that_could_not_be_asked_is_refused(question, said):
    with pytest.raises(traitlets.TraitError, match=f"questions: question 2 (has|lacks) .*{said}|{said}"):
        Quiz([amount(), question])


@pytest.mark.parametrize("answers", [[2], [True], [0.5], ["0"], [None, "1"], [None, float("nan")], [0, 1, 2]])
def test_an_answer_that_no_reader_could_give_is_refused(answers):
    quiz = Quiz([choice(), amount()])
    with pytest.raises(traitlets.TraitError, match="answers: came"):
        quiz.answers = answers
    assert quiz.answers == []


def test_a_quiz_says_which_answers_are_right():
    quiz = Quiz([choice(), amount(), amount()])
    assert Quiz.made[quiz.questions[0]["ask"]] is quiz and (quiz.judged(), quiz.score()) == ([None] * 3, 0)
    quiz.answers = [0, 1.55]
    assert (quiz.judged(), quiz.score()) == ([True, True, None], 2)
    quiz.answers = [1, 1.65, None]
    assert (quiz.judged(), quiz.score()) == ([False, False, None], 0)
    with pytest.raises(traitlets.TraitError, match="answers: came"):
        quiz.answers[0] = "x"
    quiz.answers[0] = 0
    assert quiz.score() == 1


def test_an_answer_at_the_edge_counts_on_both_sides():
    quiz = Quiz([amount(number=0.35, within=0.05)])
    for answer in (0.3, 0.4):
        quiz.answers = [answer]
        assert quiz.judged() == [True]


def test_a_preset_keeps_its_name_at_another_place_and_loses_it_with_another_value():
    assert SentenceExplorer("bob", at=3).preset == "bob"
    assert MemoryExplorer("add", step=9).preset == "add"
    assert MemoryExplorer("add", marks=[4]).preset == ""
    assert CellExplorer("latch", b_f=1).preset == ""


@pytest.mark.parametrize(
    ("explorer", "name", "value"),
    [
        (CellExplorer("remember"), "b_f", 2),
        (CellExplorer("remember"), "x", [1, 0]),
        (GradientExplorer("bias"), "clip", True),
        (SentenceExplorer("bob"), "words", "bob fought"),
        (SentenceExplorer("forgetful"), "scale_f", 1),
        (MemoryExplorer("add"), "marks", [4]),
        (MemoryExplorer("add"), "values", [0.5, 0.5]),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_value_set_by_hand_takes_the_presets_name_away(explorer, name, value):
    preset, seen = explorer.preset, []
    explorer.observe(lambda change: seen.append(change["new"]), "preset")
    setattr(explorer, name, getattr(explorer, name))
    assert explorer.preset == preset and not seen
    setattr(explorer, name, value)
    assert explorer.preset == "" and seen == [""]
    explorer.preset = preset
    assert (explorer.preset, seen) == (preset, ["", preset])
    own = explorer._preset_values(preset)
    assert {name: getattr(explorer, name) for name in own} == own


MOVABLE = [
    (kind, name, limit) for kind in KINDS for name, limit in kind.limits.items() if not limit.get("fixed")
]


@pytest.mark.parametrize(("kind", "name", "limit"), MOVABLE)
def test_to_look_elsewhere_and_nothing_else_is_no_other_setting_and_no_move(monkeypatch, kind, name, limit):
    now, first = getattr(kind(), name), kind().preset
    of = {"boolean": [True, False], "choice": limit.get("of")}
    values = of.get(limit["type"]) or at_its_ends(limit, 1)[0]
    monkeypatch.setitem(kind.presets[first], name, now)  # even if a preset says so
    explorer = kind()
    setattr(explorer, name, next(value for value in values if value != now))
    looks = bool(limit.get("look"))
    assert (explorer.preset == first, explorer.undo()) == (looks, not looks)


def test_every_place_is_a_look():
    looks = [name for _, name, limit in MOVABLE if limit.get("look")]
    assert looks == ["step", "k", "at", "gate", "cell", "step"]
    assert all(limit.get("look") for _, _, limit in MOVABLE if limit["type"] == "place")


def test_a_preset_is_taken_over_whatever_was_set_before():
    explorer = MemoryExplorer(values=[0.5] * 40, marks=[30, 40], step=39)
    explorer.preset = "early"
    assert explorer.preset == "early"
    assert (explorer.marks, explorer.step) == ([1, 16], 16)


def test_a_preset_that_the_browser_sends_leaves_the_place_that_is_looked_at():
    explorer = SentenceExplorer("wrong", at=4)
    explorer.set_state({"preset": "bob", "words": SentenceExplorer.presets["bob"]["words"]})
    assert (explorer.preset, explorer.at) == ("bob", 4)
    explorer.preset = "wrong"
    assert explorer.at == SentenceExplorer.presets["wrong"]["at"]


def test_a_shorter_sequence_brings_the_step_back():
    explorer = CellExplorer(step=12)
    explorer.x = [1.0] * 4
    assert explorer.step == 4


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"u": 4.5}, "u: came 4.5, wanted a number from -4 to 4"),
        ({"w": -1}, "w: came -1, wanted a number from 0 to 3"),
        ({"b_f": float("nan")}, "b_f: came nan, wanted a number from -4 to 10"),
        ({"activation": "gelu"}, r"activation: came 'gelu', wanted one of \['tanh', 'relu'\]"),
        ({"k": 201}, "k: came 201, wanted 1 to 200"),
        ({"preset": "hold"}, "preset: came 'hold', wanted one of vanish, edge"),
        ({"bf": 1}, "GradientExplorer: unknown keyword 'bf'"),
    ],
)
def test_gradient_explorer_refuses_wrong_values(values, said):
    with pytest.raises(traitlets.TraitError, match=said):
        GradientExplorer(**values)


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        (SentenceExplorer, {"preset": "bobby"}, "preset: came 'bobby', wanted one of bob, forgetful"),
        (SentenceExplorer, {"words": "bob snores"}, "words: came 'snores', wanted words of the model's"),
        (SentenceExplorer, {"words": ""}, "words: came '', wanted words"),
        (SentenceExplorer, {"at": 18}, "at: came 18, wanted 1 to 17"),
        (SentenceExplorer, {"shift_f": float("nan")}, "shift_f: came nan, wanted a number from -8 to 8"),
        (SentenceExplorer, {"held_i": 2}, "held_i: came 2, wanted True or False"),
        (MemoryExplorer, {"preset": "sum"}, "preset: came 'sum', wanted one of add, forget"),
        (MemoryExplorer, {"values": [0.5]}, r"values: came \[0.5\], wanted 2 to 40 numbers from 0 to 1"),
        (MemoryExplorer, {"values": [0.5, float("nan")]}, r"values: came .*nan.*, wanted 2 to 40"),
        (MemoryExplorer, {"marks": [1, 17]}, "marks: came 17, wanted 1 to 16"),
        (MemoryExplorer, {"marks": [3, 3]}, r"marks: came \[3, 3\], wanted .*each step at most once"),
        (MemoryExplorer, {"hold_o": 1.5}, "hold_o: came 1.5, wanted a number from 0 to 1"),
        (MemoryExplorer, {"step": 0}, "step: came 0, wanted 1 to 16"),
    ],
)
def test_explorers_of_networks_refuse_wrong_values(kind, values, said):
    with pytest.raises(traitlets.TraitError, match=said):
        kind(**values)


def test_gradient_presets_do_what_they_say():
    far = {
        preset: {k: abs(v[99]) for k, v in GradientExplorer(preset).reach().items()}
        for preset in GradientExplorer.presets
    }
    assert max(far["vanish"].values()) < 1e-12
    assert far["edge"]["rnn"] == 1.0
    assert far["edge"]["direct"] == far["edge"]["full"] > 0.5
    for u in (0.9, 1.1):
        assert abs(np.log10(GradientExplorer("edge", u=u).reach()["rnn"][99])) > 4
    for b_f in (5, 7, 10):
        assert GradientExplorer("edge", b_f=b_f).reach()["direct"][99] > 0.5
    assert far["explode"]["direct"] < 1e-12 < 1e10 < min(far["explode"]["rnn"], far["explode"]["full"])
    assert all(abs(v).max() <= 10 for v in GradientExplorer("clip").reach().values())
    assert far["bias"]["full"] > 1e12 * far["vanish"]["full"]
    vanish, bias = (GradientExplorer.presets[name] for name in ("vanish", "bias"))
    assert {name for name in vanish if vanish[name] != bias[name]} == {"b_f"}


@pytest.mark.parametrize("name", ["index", *CHAPTERS])
def test_the_script_of_a_page_with_its_weights_is_at_most_60_kb(name):
    (path,) = (ROOT / "chapters").glob(f"{name}.[im]*")
    kinds = [one for one in KINDS if f"{one.__name__}(" in path.read_text("utf-8")]
    assert kinds or name in CLOSER
    text = module_text(*[f"{one.kind}.mjs" for one in kinds], "host.mjs")
    assert len(gzip.compress(text.encode())) <= 60_000


def test_linked_module_has_no_imports_and_each_file_once():
    text = module_text("cell.mjs", "host.mjs", then="$host().mountNear({});")
    assert not re.search(r"^\s*(import|export)\b", text, re.M)
    assert text.count("const $lstm = $once(() => {") == 1
    look = json.loads((STATIC / "cell_presets.json").read_text())["mixed"]["look"]
    assert json.dumps(look, ensure_ascii=False) in text


@pytest.mark.parametrize("kind", [CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer])
def test_undo_and_redo_walk_over_whole_moves(kind):
    explorer = kind()
    first, second = list(kind.presets)[:2]
    number = next(name for name, limit in kind.limits.items() if limit["type"] == "number")
    states = [explorer.state()]
    for value in (0.5, 0.25):  # the same value in a row: one move
        setattr(explorer, number, value)
    states.append(explorer.state())
    explorer.preset = second
    states.append(explorer.state())
    explorer.preset = first
    states.append(explorer.state())
    for state in states[-2::-1]:
        assert explorer.undo()
        assert explorer.state() == state
    assert not explorer.undo() and explorer.state() == states[0]
    for state in states[1:]:
        assert explorer.redo()
        assert explorer.state() == state
    assert not explorer.redo()
    explorer.undo()
    setattr(explorer, number, 0.75)
    assert not explorer.redo()  # another way was taken


@pytest.mark.parametrize(
    ("explorer", "name", "short"),
    [
        (MemoryExplorer("add"), "values", [0.5, 0.5]),
        (SentenceExplorer("opened"), "words", "bob"),
        (CellExplorer("latch", step=9), "x", [1, 0]),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_sequence_and_what_lay_beyond_its_end_are_one_move(explorer, name, short):
    before = explorer.state()
    setattr(explorer, name, short)
    assert explorer.undo() and {**explorer.state(), "preset": before["preset"]} == before
    assert not explorer.undo()
    assert explorer.redo() and getattr(explorer, name) == short


def test_what_the_browser_sends_can_be_undone():
    explorer = CellExplorer("remember")
    before = explorer.state()
    explorer.set_state({"b_f": 1.5, "preset": ""})
    explorer.set_state({"b_f": 1.25, "preset": ""})
    explorer.set_state({"step": 7})  # to look elsewhere is no move
    assert explorer.undo() and explorer.state() == before
    assert not explorer.undo()


@pytest.mark.parametrize("kind", KINDS)
def test_the_call_that_an_explorer_gives_makes_the_same_one_again(kind):
    explorer, rng = kind(), np.random.default_rng(0)
    for preset in kind.presets:
        explorer.preset = preset
        assert explorer.code() == f"{kind.__name__}({preset!r})" == repr(explorer)
    for name, limit in kind.limits.items():
        match limit["type"]:
            case "number":
                value = rng.uniform(limit["low"], limit["high"])
            case "numbers":
                value = rng.uniform(limit["low"], limit["high"], 9)
            case "place" | "places":
                value = 3 if limit["type"] == "place" else [2, 5]
            case "boolean":
                value = True
            case "choice":
                value = limit["of"][-1]
            case "forced":
                value = [["f", 1, 2, 0.5], ["o", 0, 3, 1]]
            case "words":
                value = "bob fought the enemy"
            case "names":
                continue
        setattr(explorer, name, value)
        assert eval(explorer.code()).state() == explorer.state(), explorer.code()
        assert len(repr(explorer)) < 500
    assert eval(explorer.code()).code() == explorer.code()


def test_a_plain_rnn_has_one_layer_and_no_gates():
    explorer = CellExplorer(parts="rnn", w_g=1, b_g=0.5, x=[1, 0])
    assert explorer.code() == "CellExplorer('mixed', w_g=1.0, b_g=0.5, x=[1.0, 0.0], parts='rnn')"
    first = np.tanh(1.5)
    h = explorer.trace().h.ravel()
    np.testing.assert_allclose(h, [first, np.tanh(0.5 * first + 0.5)], rtol=1e-15)
    (series,) = explorer.series(explorer.state()).items()
    assert series[0] == "h" and (series[1] == h).all()
    with pytest.raises(ValueError, match="must be an LSTM's"):
        explorer.layers()


def test_a_quiz_gives_its_call_and_says_in_short_what_it_is():
    quiz = Quiz([choice(), amount()], turn="before")
    quiz.answers = [1]
    assert eval(quiz.code()).questions == quiz.questions
    assert repr(quiz) == "<Quiz of 2 questions, 1 answered>"


def test_a_list_of_an_explorer_is_changed_in_place_through_it():
    explorer = CellExplorer("remember")
    explorer.x[2] = 1.5
    assert explorer.x[2] == explorer.trace().x[2, 0] == 1.5 and explorer.preset == ""
    explorer.x += [1]
    explorer.x.append(-1)
    held = explorer.x
    held[-1] = -2
    held[0] = 2
    assert explorer.x[-3:] == held[-3:] == [0, 1, -2] and explorer.x[0] == held[0] == 2
    with pytest.raises(traitlets.TraitError, match="x: came .* wanted 1 to 40 numbers from -2 to 2"):
        explorer.x[0] = 9
    assert explorer.x[0] == held[0] == 2
    assert explorer.undo() and explorer.x == CellExplorer.presets["remember"]["x"]
    assert explorer.initial["x"] == CellExplorer("remember").x
    reader = SentenceExplorer(forced=[["f", 1, 2, 0.5]])
    reader.forced[0][3] = 1
    assert reader.forced == [["f", 1, 2, 1.0]]
    within = reader.forced
    within[0][3] = 0.25
    within[0][3] = 0.5  # a second time, through the same list
    assert reader.forced[0][3] == 0.5
    with pytest.raises(TypeError, match="does not support item assignment"):
        GradientExplorer().x[2] = 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bf", "; did you mean 'b_f'"), ("B_f", "; did you mean 'b_f'"),
        ("weight", "; its values are w_f, u_f"),
    ],
)
def test_a_name_that_an_explorer_has_not_is_refused(name, said):
    with pytest.raises(AttributeError, match=f"CellExplorer has no {name}{said}"):
        setattr(CellExplorer(), name, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_preset_may_be_called_as_its_button_is(kind):
    for name, label in kind.labels.items():
        for said in label, label.upper():
            explorer = kind(said)
            assert explorer.preset == name
            explorer.preset = said
            assert explorer.preset == name and explorer.state() == kind(name).state()


def test_a_reader_is_shown_first_what_a_reader_uses():
    shown = {kind: dir(kind()) for kind in KINDS}
    for kind, names in shown.items():
        assert {*kind.limits, "preset", "code", "undo", "met"} <= {*names} and len(names) < 40
        assert all(hasattr(kind(), name) for name in names)


def test_the_cell_has_the_shape_of_a_sequence_alone():
    latch = CellExplorer("latch")
    assert latch.trace().c.shape == (12, 1) and latch.layers().shape == (12, 12)
