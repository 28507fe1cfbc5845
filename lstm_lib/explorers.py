"""Explorers: pictures of an LSTM whose sliders work in JupyterLab, in Colab and on a page without a kernel.

An explorer is an ipywidgets widget (built on anywidget). The browser computes and draws; where a kernel
lives, every slider is a trait. Without one, the published page mounts the same module by itself
(`lstm_lib.book` puts it there), and without JavaScript the first picture stands.
"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from .losses import softmax
from .lstm import LSTM
from .rnn import RNN
from .trace import Trace

STATIC = Path(__file__).parent / "static"
GATES = "figo"
WEIGHTS = tuple(f"{letter}_{gate}" for gate in GATES for letter in "wub")

_IMPORT = re.compile(r'^import\s+(.+?)\s+from\s+"\./([\w.]+)"(?:\s+with\s+\{[^}]*\})?;\n', re.M | re.S)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|class)", re.M)
_UNREAD = re.compile(
    r"^ *//.*\n|^ +|(?<=[;{]) // .*", re.M
)  # comments and indentation: for readers of the files, not of the page
_RECORD = ("made_by", "unseen", "wrong", "right")  # how a network was made and tried: not for the page
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.M)


def module_text(*names: str, then: str = "") -> str:
    """Link modules of `static/` into the text of one, since neither `file://` nor anywidget can import.

    Parameters
    ----------
    names : str
        Module files, such as ``"cell.mjs"``. What they import is linked once, before them.
    then : str
        Text at the end. It reaches the exports of a module as ``$cell.render`` for ``cell.mjs``.

    Returns
    -------
    str
        One ES module without imports: each file in a function of its own, so that no names clash.
    """
    linked: dict[str, str] = {}

    def link(name: str) -> None:
        if name in linked:
            return
        source = (STATIC / name).read_text("utf-8")
        if name.endswith(".json"):
            data = json.loads(source)
            if "made_by" in data:
                data = {key: value for key, value in data.items() if key not in _RECORD}
            text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
            linked[name] = f"const {_identifier(name)} = {text};"
            return
        for _, wanted in _IMPORT.findall(source):
            link(wanted)
        body = _IMPORT.sub(lambda m: f"const {m[1]} = {_identifier(m[2])};\n", source)
        body = _EXPORT.sub("", _UNREAD.sub("", body))
        exported = ", ".join(_EXPORTED.findall(source))
        linked[name] = f"const {_identifier(name)} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"

    for name in names:
        link(name)
    return "\n".join([*linked.values(), then])


def _json(name: str) -> dict[str, Any]:
    return dict(json.loads((STATIC / name).read_text("utf-8")))


def _identifier(name: str) -> str:
    return "$" + name.removesuffix(".mjs").replace(".", "_")


# What every value of every explorer may be: the browser reads the same file.
LIMITS: dict[str, dict[str, dict[str, Any]]] = _json("limits.json")
_ALL = [(name, limit) for values in LIMITS.values() for name, limit in values.items()]
_PLACES = sorted({name for name, limit in _ALL if limit["type"] in ("place", "places")})
_SEQUENCES = sorted({limit["in"] for _, limit in _ALL if "in" in limit})


class Number(traitlets.CFloat):  # type: ignore[type-arg]
    """A finite number between two limits, which a slider moves."""

    def __init__(self, low: float, high: float, default: float) -> None:
        super().__init__(default)
        self.low, self.high = low, high
        self.info_text = f"a number from {low:g} to {high:g}"

    def validate(self, obj: Any, value: Any) -> float:
        """Refuse NaN, infinity and what the slider could not show."""
        number = super().validate(obj, _plain(value))
        if not self.low <= number <= self.high:
            raise traitlets.TraitError(f"{self.name}: came {value!r}, wanted {self.info_text}")
        return float(number)


class Sequence(traitlets.List):  # type: ignore[type-arg]
    """A sequence of numbers between two limits, one a time step."""

    def __init__(self, low: float, high: float, least: int, most: int, default: list[float]) -> None:
        super().__init__(default_value=list(map(float, default)))
        self.low, self.high, self.least, self.most = low, high, least, most
        self.info_text = f"{least} to {most} numbers from {low:g} to {high:g}"

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Turn an array or a list into a list of floats, or say what is wrong with it."""
        try:
            if np.iscomplexobj(value):
                raise TypeError("complex numbers")
            numbers = np.asarray(value, dtype=float)
        except (TypeError, ValueError, OverflowError) as error:
            raise traitlets.TraitError(f"{self.name}: came {value!r}, wanted {self.info_text}") from error
        if numbers.ndim != 1 or not self.least <= numbers.size <= self.most:
            raise traitlets.TraitError(
                f"{self.name}: came an array of shape {numbers.shape}, wanted {self.info_text}"
            )
        if not np.all((self.low <= numbers) & (numbers <= self.high)):
            raise traitlets.TraitError(f"{self.name}: came {value!r}, wanted {self.info_text}")
        return [float(number) for number in numbers]


class Place(traitlets.Int):  # type: ignore[type-arg]
    """A place in a sequence, from 1; `Explorer` compares it with the sequence."""

    def validate(self, obj: Any, value: Any) -> int:
        """Turn NumPy's whole numbers into Python's own; refuse all else, True and 2.0 too."""
        if type(place := _plain(value)) is not int:
            self.error(obj, value)
        return int(place)


class Places(traitlets.List):  # type: ignore[type-arg]
    """Places in a sequence, each at most once, in order."""

    info_text = "a list of whole numbers"

    def validate(self, obj: Any, value: Any) -> list[int]:
        """Turn an array or a list into a list of Python's own whole numbers."""
        places = _plain(value)
        if not isinstance(places, list) or any(type(place) is not int for place in places):
            self.error(obj, value)
        if len(set(places)) < len(places):
            raise traitlets.TraitError(f"{self.name}: came {places}, wanted each step at most once")
        return sorted(places)


class Switch(traitlets.Bool):  # type: ignore[type-arg]
    """On or off."""

    def validate(self, obj: Any, value: Any) -> bool:
        """Turn NumPy's booleans into Python's own."""
        return bool(super().validate(obj, _plain(value)))


class Choice(traitlets.Enum):  # type: ignore[type-arg]
    """One of a few words."""

    def validate(self, obj: Any, value: Any) -> str:
        """Turn NumPy's strings into Python's own."""
        return str(super().validate(obj, _plain(value)))


def _plain(value: Any) -> Any:
    """Turn NumPy's numbers and arrays, and tuples, into what can be sent to the browser."""
    if isinstance(value, np.longdouble | np.clongdouble):  # tolist() gives them back
        return complex(value) if np.iscomplexobj(value) else float(value)
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _trait(kind: str, name: str) -> traitlets.TraitType[Any, Any]:
    """Make the trait of a value that limits.json describes: part of a page's state, sent to the browser."""
    limit = LIMITS[kind][name]
    default = limit["default"]
    match limit["type"]:
        case "number":
            trait: Any = Number(limit["low"], limit["high"], default)
        case "numbers":
            trait = Sequence(limit["low"], limit["high"], limit["least"], limit["most"], default)
        case "place":
            trait = Place(default)
        case "places":
            trait = Places(default_value=default)
        case "boolean":
            trait = Switch(default)
        case "choice":
            trait = Choice(limit["of"], default)
        case "words":
            trait = traitlets.Unicode(default)
    tagged: traitlets.TraitType[Any, Any] = trait.tag(sync=True, explorer=True)
    return tagged


class Explorer(anywidget.AnyWidget):
    """What all explorers share: presets, one module for every place, a first picture where no script runs.

    A subclass names its `kind` (also its module, ``static/<kind>.mjs``), its `presets` (values by trait, by
    preset) and draws `first_picture`. A trait tagged ``explorer=True`` is part of the state of a page.
    """

    kind: str
    presets: dict[str, dict[str, Any]]
    _css = (STATIC / "explorer.css").read_text("utf-8")

    limits: dict[str, dict[str, Any]] = {}

    preset = traitlets.Unicode().tag(sync=True, explorer=True)
    initial = traitlets.Dict(help="The state that Reset brings back.").tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Link the module of a new kind (anywidget subclasses once more, for its traits)."""
        if "kind" in cls.__dict__:
            cls._esm = module_text(
                f"{cls.kind}.mjs", then=f"export default {{ render: ${cls.kind}.render }};"
            )
        super().__init_subclass__(**kwargs)

    def __init__(self, preset: str | None = None, **values: Any) -> None:
        known = self.trait_names(explorer=True)
        if unknown := sorted(set(values) - set(known)):
            raise traitlets.TraitError(
                f"{type(self).__name__}: unknown keyword {unknown[0]!r}; known are {', '.join(known)}"
            )
        if preset is None:
            preset = next(iter(self.presets))
        start = {**self._preset_values(preset), **self._place(values)}
        super().__init__(**{**start, "preset": preset, **values})
        own = {
            name: value for name, value in self._preset_values(preset).items() if name != self._position[0]
        }
        if any(getattr(self, name) != value for name, value in own.items()):
            self.preset = ""
        moved = {"preset"} | {name for name, limit in self.limits.items() if not limit.get("fixed")}
        self.initial = {name: value for name, value in self.state().items() if name in moved}

    def _place(self, values: dict[str, Any]) -> dict[str, Any]:
        """Look at the first step of a sequence given without one: the preset's may lie beyond its end."""
        place, along = self._position
        return {place: 1} if along in values and place not in values else {}

    @property
    def _position(self) -> tuple[str, str]:
        """The trait that is a place, and the trait that it is a place in."""
        places = (
            (name, limit.get("in", "")) for name, limit in self.limits.items() if limit["type"] == "place"
        )
        return next(places, ("", ""))

    def _count(self, sequence: str) -> int:
        value = getattr(self, sequence)
        return len(value.split(" ") if isinstance(value, str) else value)

    @traitlets.validate(*_PLACES)
    def _lies_in_sequence(self, proposal: Any) -> Any:
        """Refuse a step that the sequence has not got."""
        name, value = proposal["trait"].name, proposal["value"]
        limit = self.limits[name]
        last = self._count(limit["in"]) if "in" in limit else limit["high"]
        for place in value if isinstance(value, list) else [value]:
            if not 1 <= place <= last:
                raise traitlets.TraitError(f"{name}: came {place}, wanted 1 to {last}")
        return value

    @traitlets.observe(*_SEQUENCES)
    def _stays_in_sequence(self, change: Any) -> None:
        for name, limit in self.limits.items():
            if limit.get("in") == change["name"]:
                value, last = getattr(self, name), self._count(change["name"])
                inside = (
                    [place for place in value if place <= last]
                    if isinstance(value, list)
                    else min(value, last)
                )
                setattr(self, name, inside)

    def _preset_values(self, preset: str) -> dict[str, Any]:
        if not isinstance(preset, str) or preset not in self.presets:
            raise traitlets.TraitError(f"preset: came {preset!r}, wanted one of {', '.join(self.presets)}")
        return self.presets[preset]

    @traitlets.validate("preset")
    def _known_preset(self, proposal: Any) -> str:
        if proposal["value"]:
            self._preset_values(proposal["value"])
        return str(proposal["value"])

    @traitlets.observe("preset")
    def _apply_preset(self, change: Any) -> None:
        # While the constructor sets values (`initial` still empty), single values win over the preset.
        if change["new"] and self.initial:
            with self.hold_sync():
                for name, value in self._preset_values(change["new"]).items():
                    if name not in self._from_browser:
                        setattr(self, name, value)

    _from_browser: tuple[str, ...] = ()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser sends: a link may look at another place than its preset does."""
        self._from_browser = (*sync_data, self._position[0])
        try:
            super().set_state(sync_data)
        finally:
            self._from_browser = ()

    def state(self) -> dict[str, Any]:
        """Give every value that the reader or the author sets, by name."""
        return {name: getattr(self, name) for name in self.trait_names(explorer=True)}

    def first_picture(self) -> tuple[str, str]:
        """Give an SVG of the present state and a sentence that says what it shows."""
        raise TypeError(f"{type(self).__name__} draws no first picture: write first_picture()")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]  # a widget with a view
        picture, sentence = self.first_picture()
        page_state = json.dumps({**self.state(), "initial": self.initial}, ensure_ascii=False)
        data["text/html"] = (
            f'<div class="lx-place" data-state="{html.escape(page_state)}">'
            f'<figure class="lx lx-still" data-explorer="{self.kind}">{picture}'
            f"<figcaption>{html.escape(sentence)}</figcaption></figure></div>"
        )
        return data, metadata


def _one_unit(weights: dict[str, float]) -> LSTM:
    """Give an LSTM of one input and one unit, float64, from scalars named as on the sliders (w_f … b_o)."""
    lstm = LSTM(input_size=1, hidden_size=1)
    for name, value in weights.items():
        letter, gate = name.split("_")
        parameter = name if letter == "b" else f"{letter.upper()}_{gate}"
        setattr(lstm, parameter, np.full(getattr(lstm, parameter).shape, value))
    return lstm


class CellExplorer(Explorer):
    """A one-unit LSTM whose 12 weights and input sequence the reader moves.

    Parameters
    ----------
    preset : str
        One of `CellExplorer.presets`; sets all weights and the sequence. Single values given beside it win.
    focus : str
        ``""`` shows all gates, ``"forget"``, ``"input"`` or ``"output"`` that gate's weights first.
    w_f, u_f, b_f, … b_o : float
        Weights in the notation of the book, from -10 to 10.
    x : list of float
        The input sequence, 1 to 40 numbers from -2 to 2.
    step : int
        The time step that is looked at, from 1.

    Raises
    ------
    TraitError
        For a value out of its range, a preset or focus that does not exist, a keyword nobody knows.

    Notes
    -----
    `trace()` gives lstm_lib's own numbers for what the reader set.
    """

    kind = "cell"
    presets = {
        name: {**dict(zip(WEIGHTS, map(float, preset["weights"]), strict=True)), "x": preset["x"]}
        for name, preset in _json("cell_presets.json").items()
    }
    limits = LIMITS["cell"]

    focus, x, step = (_trait("cell", name) for name in ("focus", "x", "step"))
    for _name in WEIGHTS:
        locals()[_name] = _trait("cell", _name)
    del _name

    def trace(self) -> Trace:
        """Run lstm_lib's LSTM (one unit, one input, float64) on what the reader set.

        Returns
        -------
        Trace
            With x of shape (T, 1, 1), and so f, i, g, o, c, h of shape (T, 1, 1).
        """
        lstm = _one_unit({name: getattr(self, name) for name in WEIGHTS})
        return lstm.forward(np.reshape(self.x, (-1, 1, 1)))

    def first_picture(self) -> tuple[str, str]:
        """Draw x, the gates, c and h as a still SVG."""
        trace = self.trace()
        series = {name: getattr(trace, name).ravel().tolist() for name in "figoch"}
        largest = max(1.0, *np.abs(series["c"]))
        panels = [
            ("input x", {"x": self.x}, self.limits["x"]["low"], self.limits["x"]["high"]),
            ("gates f, i, o", {name: series[name] for name in "fio"}, 0.0, 1.0),
            ("candidate g, memory c, output h", {name: series[name] for name in "gch"}, -largest, largest),
        ]
        sentence = (
            f"The cell over {len(self.x)} time steps. At the last one "
            f"f = {series['f'][-1]:.2f}, c = {series['c'][-1]:.2f} and h = {series['h'][-1]:.2f}. "
            "With JavaScript the weights and the inputs can be moved here."
        )
        return _still(panels), sentence


class GradientExplorer(Explorer):
    """How much the last state answers to each of the 200 before it: an RNN beside an LSTM, of one unit each.

    Parameters
    ----------
    preset : str
        One of `GradientExplorer.presets`. Single values given beside it win.
    u : float
        Recurrent weight of the RNN, from -4 to 4.
    activation : {"tanh", "relu"}
        Activation of the RNN.
    b_f : float
        Forget bias of the LSTM, from -4 to 10.
    u_figo : float
        Recurrent weight of all four layers of the LSTM, from -8 to 8.
    w : float
        Input weight of both networks, from 0 to 3; the input is a fixed sequence of standard normal numbers.
    clip : bool
        Shrink each network's whole gradient so that its norm is at most 10.
    k : int
        The number of steps back that is read out, 1 to 200.

    Raises
    ------
    TraitError
        For a value out of its range, a preset that does not exist, a keyword nobody knows.

    Notes
    -----
    `reach()` gives lstm_lib's own numbers for what the reader set.
    """

    kind = "gradient"
    presets = {name: preset["values"] for name, preset in _json("gradient_presets.json").items()}
    limits = LIMITS["gradient"]

    u, w, b_f, u_figo = (_trait("gradient", name) for name in ("u", "w", "b_f", "u_figo"))
    activation, clip, k = (_trait("gradient", name) for name in ("activation", "clip", "k"))
    x = traitlets.List(
        np.random.default_rng(0).normal(size=limits["k"]["high"] + 1).round(2).tolist(), read_only=True
    ).tag(sync=True, explorer=True)

    def reach(self) -> dict[str, np.ndarray]:
        """Measure the gradients with lstm_lib, by backpropagation through time.

        Returns
        -------
        dict
            ``rnn``: ∂h_T/∂h_{T−k}; ``full``: ∂c_T/∂c_{T−k}; ``direct``: the product of the forget gates
            between the two. Each of shape (200,), for k = 1 … 200 (Hochreiter 1991; Gers et al. 2000).
        """
        x = np.reshape(self.x, (-1, 1, 1))
        one, zero = np.ones((1, 1)), np.zeros_like(x)
        rnn = RNN(input_size=1, hidden_size=1, activation=self.activation)
        rnn.W, rnn.U, rnn.b = np.full((1, 1), self.w), np.full((1, 1), self.u), np.zeros(1)
        last = zero.copy()
        last[-1] = 1.0
        lstm = _one_unit(
            {
                f"{letter}_{gate}": value
                for gate in GATES
                for letter, value in (("w", self.w), ("u", self.u_figo), ("b", 0.0))
            }
            | {"b_f": self.b_f}
        )
        trace = lstm.forward(x)
        series = {
            "rnn": rnn.backward(rnn.forward(x), last).h.ravel()[-2::-1],
            "direct": np.cumprod(trace.f.ravel()[:0:-1]),
            "full": lstm.backward(trace, zero, dc_last=one).c.ravel()[-2::-1],
        }
        if self.clip:
            for names in (("rnn",), ("full", "direct")):
                norm = self.limits["clip"]["norm"]
                shrink = min(1.0, norm / np.hypot(1.0, np.linalg.norm(series[names[0]])))
                for name in names:
                    series[name] = shrink * series[name]
        return series

    def first_picture(self) -> tuple[str, str]:
        """Draw the three lines, as powers of ten."""
        series = self.reach()
        powers = {
            name: np.log10(np.maximum(np.abs(values), 1e-300)).tolist() for name, values in series.items()
        }
        at = {name: f"{values[self.k - 1]:.1e}" for name, values in series.items()}
        sentence = (
            f"The gradient {self.k} steps back: RNN {at['rnn']}, LSTM {at['full']}, "
            f"its direct path {at['direct']}. With JavaScript the weights can be moved here."
        )
        title = f"gradient, power of ten, 1 to {len(self.x) - 1} steps back"
        return _still([(title, powers, -12.0, 12.0)]), sentence


class NetworkExplorer(Explorer):
    """A trained LSTM whose gates the reader scales, shifts or holds still, in all units at once.

    Parameters
    ----------
    scale_f, scale_i, scale_o : float
        Factor of the gate, from 0 to 2.
    shift_f, shift_i, shift_o : float
        Added to the gate's pre-activation, from -8 to 8.
    held_f, held_i, held_o : bool
        Hold the gate still, at hold_f, hold_i or hold_o (from 0 to 1), in place of all else.
    """

    model: dict[str, Any]
    for _name in LIMITS["network"]:
        locals()[_name] = _trait("network", _name)
    del _name

    def _preset_values(self, preset: str) -> dict[str, Any]:
        untouched = {name: limit["default"] for name, limit in LIMITS["network"].items()}
        return {**untouched, **super()._preset_values(preset)}

    def inputs(self) -> np.ndarray:
        """Give what the network reads, shape (T, D)."""
        raise TypeError(f"{type(self).__name__} has no inputs: write inputs()")

    def trace(self) -> Trace:
        """Run lstm_lib's LSTM with the trained weights and the reader's hands on the gates, in float64.

        Returns
        -------
        Trace
            f, i, g, o, c, h of shape (T, H).
        """
        lstm = LSTM(input_size=len(self.model["W_f"][0]), hidden_size=len(self.model["b_f"]))
        for name in lstm.params:
            setattr(lstm, name, np.array(self.model[name], dtype=float))
        for gate in "fio":
            setattr(lstm, f"b_{gate}", lstm.params[f"b_{gate}"] + getattr(self, f"shift_{gate}"))
        return lstm.forward(
            self.inputs(),
            clamp={gate: getattr(self, f"hold_{gate}") for gate in "fio" if getattr(self, f"held_{gate}")},
            scale={gate: getattr(self, f"scale_{gate}") for gate in "fio"},
        )

    def answers(self) -> np.ndarray:
        """Read the network out after every step: y = W_y h + b_y, shape (T, K)."""
        y: np.ndarray = self.trace().h @ np.array(self.model["W_y"]).T + np.array(self.model["b_y"])
        return y


class SentenceExplorer(NetworkExplorer):
    """A small trained word model that reads a sentence; experiments/explorer_models.py trained it.

    Parameters
    ----------
    preset : str
        One of `SentenceExplorer.presets`. Single values given beside it win.
    words : str
        1 to 40 words of the model's vocabulary, with single spaces.
    at : int
        The word that is looked at, from 1.
    scale_f … held_o
        As for `NetworkExplorer`.

    Raises
    ------
    TraitError
        For a word that the model does not know, a value out of its range, an unknown preset or keyword.
    """

    kind = "sentence"
    presets = {name: preset["values"] for name, preset in _json("sentence_presets.json").items()}
    model = _json("words.json")

    limits = {**LIMITS["network"], **LIMITS["sentence"]}

    words, at = (_trait("sentence", name) for name in ("words", "at"))

    @traitlets.validate("words")
    def _known_words(self, proposal: Any) -> str:
        words = proposal["value"].split(" ")
        if unknown := [word for word in words if word not in self.model["vocabulary"]]:
            raise traitlets.TraitError(f"words: came {unknown[0]!r}, wanted words of the model's vocabulary")
        if len(words) > (most := self.limits["words"]["most"]):
            raise traitlets.TraitError(f"words: came {len(words)} words, wanted 1 to {most}")
        return str(proposal["value"])

    def inputs(self) -> np.ndarray:
        """Give the words one-hot, shape (T, words)."""
        places = [self.model["vocabulary"].index(word) for word in self.words.split(" ")]
        one_hot: np.ndarray = np.eye(len(self.model["vocabulary"]))[places]
        return one_hot

    def chances(self) -> np.ndarray:
        """Give the probability of every next word after each word, shape (T, words), rows summing to 1."""
        return softmax(self.answers())

    def first_picture(self) -> tuple[str, str]:
        """Draw the mean of each gate over the words."""
        trace, words = self.trace(), self.words.split(" ")
        means = {name: getattr(trace, name).mean(-1).tolist() for name in "fio"}
        likely = self.model["vocabulary"][int(self.chances()[self.at - 1].argmax())]
        sentence = (
            f"A word model reads “{self.words}”. After “{words[self.at - 1]}” it expects “{likely}” most. "
            "With JavaScript every unit is shown, and the gates can be moved here."
        )
        return _still([("mean of gates f, i, o over the units", means, 0.0, 1.0)]), sentence


class MemoryExplorer(NetworkExplorer):
    """A network trained to add the two marked numbers; experiments/explorer_models.py trained it.

    Parameters
    ----------
    preset : str
        One of `MemoryExplorer.presets`. Single values given beside it win.
    values : list of float
        2 to 40 numbers from 0 to 1, one a time step.
    marks : list of int
        The steps, from 1, whose numbers are to be added.
    step : int
        The time step that is looked at, from 1.
    scale_f … held_o
        As for `NetworkExplorer`.

    Raises
    ------
    TraitError
        For a value out of its range, an unknown preset or keyword.
    """

    kind = "memory"
    presets = {name: preset["values"] for name, preset in _json("memory_presets.json").items()}
    model = _json("adding.json")

    limits = {**LIMITS["network"], **LIMITS["memory"]}

    values, marks, step = (_trait("memory", name) for name in ("values", "marks", "step"))

    def _place(self, values: dict[str, Any]) -> dict[str, Any]:
        unmarked: dict[str, Any] = {"marks": []} if "values" in values and "marks" not in values else {}
        return {**super()._place(values), **unmarked}

    def inputs(self) -> np.ndarray:
        """Give the numbers and the marks, shape (T, 2)."""
        marked = [float(t + 1 in self.marks) for t in range(len(self.values))]
        return np.column_stack([self.values, marked])

    def first_picture(self) -> tuple[str, str]:
        """Draw the numbers, the answer after every step, and the mean of each gate."""
        trace, answers = self.trace(), self.answers()[:, 0].tolist()
        truth = sum(self.values[mark - 1] for mark in self.marks)
        panels = [
            (
                "numbers",
                {"x": list(self.values)},
                self.limits["values"]["low"],
                self.limits["values"]["high"],
            ),
            ("answer after every step", {"h": answers}, min(0.0, *answers), max(2.0, *answers)),
            (
                "mean of gates f, i, o over the units",
                {k: getattr(trace, k).mean(-1).tolist() for k in "fio"},
                0.0,
                1.0,
            ),
        ]
        marked = ", ".join(map(str, self.marks)) or "none"
        sentence = (
            f"Numbers are marked at steps {marked}; they add to {truth:.3f}, and the network answers "
            f"{answers[-1]:.3f}. With JavaScript all of it can be changed here."
        )
        return _still(panels), sentence


class Quiz(Explorer):
    """Questions with a choice or a number, checked and explained on the spot.

    Parameters
    ----------
    questions : list of dict
        Each with ``ask`` and either ``choices``, a list of (text, why it is right or wrong), with ``right``,
        the place of the right one from 0; or ``number``, ``within`` (how far off still counts) and ``why``,
        and perhaps ``unit``. Text in `backquotes` is set as a symbol: c_t, h_{t−1}.

    Raises
    ------
    TraitError
        If a question lacks a part, or its right answer is not among the choices.
    """

    kind = "quiz"
    presets = {"": {}}

    questions = traitlets.List(traitlets.Dict()).tag(sync=True, explorer=True)
    answers: Any = traitlets.List().tag(sync=True, explorer=True)

    def __init__(self, questions: list[dict[str, Any]]) -> None:
        super().__init__(preset="", questions=questions)

    @traitlets.validate("questions")
    def _complete(self, proposal: Any) -> list[dict[str, Any]]:
        return [_question(_plain(question), place) for place, question in enumerate(proposal["value"], 1)]

    @traitlets.validate("answers")
    def _answerable(self, proposal: Any) -> list[Any]:
        answers: list[Any] = _plain(proposal["value"])
        if len(answers) > len(self.questions):
            raise traitlets.TraitError(
                f"answers: came {len(answers)}, wanted at most {len(self.questions)}, one a question"
            )
        for place, (question, answer) in enumerate(zip(self.questions, answers, strict=False), 1):
            if not (answer is None or _is_answer(question, answer)):
                raise traitlets.TraitError(
                    f"answers: came {answer!r} to question {place}, wanted {_answers_to(question)}, or None"
                )
        return answers

    def first_picture(self) -> tuple[str, str]:
        """Give the questions as they stand; they need no picture."""
        texts = (question["ask"].replace("`", "") for question in self.questions)
        asked = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
        return f"<ol>{asked}</ol>", "With JavaScript the answers are checked here."


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def _is_answer(question: dict[str, Any], answer: Any) -> bool:
    """Say whether it is the place of a choice, or a number, as the question asks for."""
    if "choices" not in question:
        return _is_number(answer)
    return type(answer) is int and 0 <= answer < len(question["choices"])


def _answers_to(question: dict[str, Any]) -> str:
    return f"0 to {len(question['choices']) - 1}" if "choices" in question else "a finite number"


def _question(question: dict[str, Any], place: int) -> dict[str, Any]:
    """Refuse a question that lacks a part, or has one that the browser could not show."""

    def refuse(trouble: str) -> None:
        raise traitlets.TraitError(f"questions: question {place} {trouble}")

    parts = ("choices", "right") if "choices" in question else ("number", "within", "why")
    if missing := [part for part in ("ask", *parts) if part not in question]:
        refuse(f"lacks {missing[0]!r}")
    if unknown := sorted(set(question) - {"ask", *parts, "unit"}):
        refuse(f"has an unknown part {unknown[0]!r}")
    for name in ("ask", "why", "unit"):
        if not isinstance(question.get(name, ""), str):
            refuse(f"has {name}={question[name]!r}, wanted text")
    if "choices" in question:
        choices = question["choices"]
        if not isinstance(choices, list) or not choices:
            refuse(f"has choices={choices!r}, wanted a list of (text, why)")
        for choice in choices:
            if not isinstance(choice, list) or [type(one) for one in choice] != [str, str]:
                refuse("has a choice that is not (text, why)")
        if not _is_answer(question, question["right"]):
            refuse(f"has right={question['right']!r}, wanted {_answers_to(question)}")
    elif not (_is_number(question["number"]) and _is_number(question["within"]) and question["within"] >= 0):
        refuse(
            f"has number={question['number']!r}, within={question['within']!r}, "
            "wanted a finite number and a distance of at least 0"
        )
    return question


def _palette() -> dict[str, str]:
    """Give the colours of the light theme and the dashes of the lines, as the style sheet has them."""
    css = (STATIC / "explorer.css").read_text("utf-8")
    colours = dict(re.findall(r"--lx-(\w+): (#\w+);", css.split("}")[0]))
    dashes = re.findall(r"\.lx-line\.lx-(\w) \{ stroke-dasharray: ([\d ]+);", css)
    return colours | {f"{name} dash": dash for name, dash in dashes}


_TONES = {"x": "soft", "rnn": "i", "direct": "o", "full": "f"}  # of the series that are no gate; gradient.mjs


def _still(panels: list[tuple[str, dict[str, list[float]], float, float]]) -> str:
    """Draw line panels of (title, series by name, low, high) under one another; the last point is named.

    It needs no style sheet, for an e-mail or an exported notebook has none. Where a line leaves
    its panel stands an arrow.
    """
    width, height, left, right = 640, 96, 8, 46
    tall = len(panels) * (height + 28)
    tones = _palette()
    parts = [f'<rect class="lx-paper" width="{width}" height="{tall}" fill="#fff"/>']

    def text(x: float, y: float, words: str, tone: str = "ink") -> str:
        named = "" if tone == "ink" else f'class="lx-tag lx-{tone}" font-style="italic" '
        return f'<text {named}x="{x:.1f}" y="{y:.1f}" fill="{tones[tone]}">{words}</text>'

    for row, (title, series, low, high) in enumerate(panels):
        top = row * (height + 28) + 20
        parts.append(text(left, top - 6, title))
        parts.append(
            f'<path class="lx-frame" d="M{left} {top}h{width - left - right}v{height}H{left}z" '
            f'fill="none" stroke="{tones["edge"]}"/>'
        )
        ends = {}
        for name, values in series.items():
            tone = _TONES.get(name, name)
            across = (width - left - right) / max(1, len(values) - 1)
            seen = next((k for k, v in enumerate(values) if not low <= v <= high), len(values))
            shown = [min(high, max(low, v)) for v in values[: seen + 1]]
            ys = [top + height * (high - v) / (high - low) for v in shown]
            line = " ".join(f"{left + k * across:.1f},{y:.1f}" for k, y in enumerate(ys))
            parts.append(
                f'<polyline class="lx-line lx-{tone}" points="{line}" fill="none" stroke="{tones[tone]}" '
                f'stroke-width="2" stroke-dasharray="{tones.get(f"{tone} dash", "none")}"/>'
            )
            if seen < len(values):
                parts.append(text(left + seen * across + 3, ys[-1] - 3, "↑" if values[seen] > high else "↓"))
            ends[name] = ys[-1]
        room = top + height + 4.0
        for name in sorted(ends, key=lambda name: -ends[name]):  # the names lie apart
            parts.append(text(width - right + 5, min(ends[name] + 4, room), name, _TONES.get(name, name)))
            room = min(ends[name] + 4, room) - 13
    names = "; ".join(title for title, *_ in panels)
    label = f'role="img" aria-label="{names}, step by step"'
    font = 'font-family="system-ui, sans-serif" font-size="13"'
    size = f'viewBox="0 0 {width} {tall}" width="{width}" height="{tall}"'
    return f"<svg {size} {font} {label}>{''.join(parts)}</svg>"
