"""Explorers as ipywidgets: traits, presets, clear errors, lstm_lib's numbers."""

import gzip
import json
import re

import numpy as np
import pytest
import traitlets

from lstm_lib import lstm_step
from lstm_lib.explorers import (
    MOST_STEPS,
    NORM,
    STATIC,
    WEIGHT_LIMIT,
    WEIGHTS,
    X_LIMIT,
    CellExplorer,
    GradientExplorer,
    MemoryExplorer,
    SentenceExplorer,
    module_text,
)

PRESETS = CellExplorer.presets


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


def test_setting_a_preset_sets_weights_and_sequence():
    explorer = CellExplorer(preset="remember")
    explorer.b_f = -1
    explorer.preset = "count"
    assert {name: getattr(explorer, name) for name in (*WEIGHTS, "x")} == PRESETS["count"]


def test_an_array_will_do_as_a_sequence():
    assert CellExplorer(x=np.array([1, 0])).x == [1.0, 0.0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"preset": "memory"}, "preset: came 'memory', wanted one of mixed, remember"),
        ({"focus": "cell"}, "'focus'.*'forget', 'input', 'output'.*'cell'"),
        ({"b_f": float("nan")}, "b_f: came nan, wanted a number from -10 to 10"),
        ({"w_g": float("inf")}, "w_g: came inf, wanted a number from -10 to 10"),
        ({"u_o": 10.5}, "u_o: came 10.5, wanted a number from -10 to 10"),
        ({"u_o": "wide"}, "'u_o'.*a number from -10 to 10.*'wide'"),
        ({"x": []}, r"x: came an array of shape \(0,\), wanted 1 to 40 numbers"),
        ({"x": [0.0] * 41}, r"x: came an array of shape \(41,\), wanted 1 to 40 numbers"),
        ({"x": [[1.0]]}, r"x: came an array of shape \(1, 1\)"),
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


def test_browser_and_python_share_their_limits():
    cell, gradient = ((STATIC / f"{kind}.mjs").read_text() for kind in ("cell", "gradient"))
    for source, name, value in (
        (cell, "LIMIT", WEIGHT_LIMIT),
        (cell, "X_LIMIT", X_LIMIT),
        (cell, "MOST_STEPS", MOST_STEPS),
        (gradient, "NORM", NORM),
    ):
        assert float(re.search(rf"^const {name} = ([\d.]+);", source, re.M)[1]) == value
    sliders = re.findall(r"^  (\w+): \{.*min: (-?\d+), max: (\d+) \}", gradient, re.M)
    assert len(sliders) == 4
    for name, low, high in sliders:
        trait = GradientExplorer.class_traits()[name]
        assert (trait.low, trait.high) == (float(low), float(high))


def test_a_shorter_sequence_brings_the_step_back():
    explorer = CellExplorer(step=12)
    explorer.x = [1.0] * (MOST_STEPS // 10)
    assert explorer.step == 4


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"u": 4.5}, "u: came 4.5, wanted a number from -4 to 4"),
        ({"w": -1}, "w: came -1, wanted a number from 0 to 3"),
        ({"b_f": float("nan")}, "b_f: came nan, wanted a number from -4 to 10"),
        ({"activation": "gelu"}, "'activation'.*'tanh', 'relu'.*'gelu'"),
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
        (SentenceExplorer, {"held_i": 2}, "'held_i'.*boolean.*int 2"),
        (MemoryExplorer, {"preset": "sum"}, "preset: came 'sum', wanted one of add, forget"),
        (MemoryExplorer, {"values": [0.5]}, r"values: came an array of shape \(1,\), wanted 2 to 40 numbers"),
        (MemoryExplorer, {"values": [0.5, float("nan")]}, r"values: came .*nan.*, wanted 2 to 40"),
        (MemoryExplorer, {"marks": [1, 17]}, "marks: came 17, wanted 1 to 16"),
        (MemoryExplorer, {"marks": [3, 3]}, r"marks: came \[3, 3\], wanted each step at most once"),
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
    assert all(abs(v).max() <= NORM for v in GradientExplorer("clip").reach().values())
    assert far["bias"]["full"] > 1e12 * far["vanish"]["full"]
    vanish, bias = (GradientExplorer.presets[name] for name in ("vanish", "bias"))
    assert {name for name in vanish if vanish[name] != bias[name]} == {"b_f"}


def test_all_explorers_and_their_trained_networks_weigh_at_most_40_kb():
    text = module_text("cell.mjs", "gradient.mjs", "sentence.mjs", "memory.mjs", "quiz.mjs", "host.mjs")
    assert all(
        f"const ${name} = " in text
        for name in ("cell", "gradient", "sentence", "memory", "quiz", "words_json")
    )
    assert len(gzip.compress(text.encode())) <= 40_000


def test_linked_module_has_no_imports_and_each_file_once():
    text = module_text("cell.mjs", "host.mjs", then="$host.mountAll();")
    assert not re.search(r"^\s*(import|export)\b", text, re.M)
    assert text.count("const $lstm = (() => {") == 1
    look = json.loads((STATIC / "cell_presets.json").read_text())["mixed"]["look"]
    assert json.dumps(look, ensure_ascii=False) in text
