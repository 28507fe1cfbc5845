"""Explorers: pictures of an LSTM whose sliders work in JupyterLab, in Colab and on a page without a kernel.

An explorer is an ipywidgets widget (built on anywidget). The browser computes and draws; where a kernel
lives, every slider is a trait. Without one, the published page mounts the same module by itself
(`lstm_lib.book` puts it there), and without JavaScript the first picture stands.
"""

from __future__ import annotations

import html
import json
import math
import re
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from .sequence import LSTM, Trace

STATIC = Path(__file__).parent / "static"
GATES = "figo"
WEIGHTS = tuple(f"{letter}_{gate}" for gate in GATES for letter in "wub")
WEIGHT_LIMIT = 10.0  # sliders run from -10 to 10, as in static/cell.mjs
X_LIMIT = 2.0
MOST_STEPS = 40
PRESETS: dict[str, dict[str, Any]] = json.loads((STATIC / "cell_presets.json").read_text("utf-8"))

_IMPORT = re.compile(r'^import\s+(.+?)\s+from\s+"\./([\w.]+)"(?:\s+with\s+\{[^}]*\})?;\n', re.M | re.S)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|class)", re.M)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.M)


def module_text(*names: str, then: str = "") -> str:
    """Link modules of `static/` into the text of one, since neither `file://` nor anywidget can import.

    Parameters
    ----------
    names : str
        Module files, such as ``"cell.mjs"``. What they import is linked once, before them.
    then : str
        Text at the end. It reaches the exports of a module as ``cell.render`` for ``cell.mjs``.

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
            linked[name] = f"const {_identifier(name)} = {json.dumps(json.loads(source), ensure_ascii=False)};"
            return
        for _, wanted in _IMPORT.findall(source):
            link(wanted)
        body = _IMPORT.sub(lambda m: f"const {m[1]} = {_identifier(m[2])};\n", source)
        body = _EXPORT.sub("", body)
        exported = ", ".join(_EXPORTED.findall(source))
        linked[name] = f"const {_identifier(name)} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"

    for name in names:
        link(name)
    return "\n".join([*linked.values(), then])


def _identifier(name: str) -> str:
    return name.removesuffix(".mjs").replace(".", "_")


class Weight(traitlets.CFloat):
    """A weight that a slider moves: a finite number from -10 to 10."""

    info_text = f"a number from {-WEIGHT_LIMIT:g} to {WEIGHT_LIMIT:g}"

    def validate(self, obj: Any, value: Any) -> float:
        """Refuse NaN, infinity and what the slider could not show."""
        number = super().validate(obj, value)
        if not math.isfinite(number) or abs(number) > WEIGHT_LIMIT:
            raise traitlets.TraitError(f"{self.name}: came {value!r}, wanted {self.info_text}")
        return float(number)


class Sequence(traitlets.List):  # type: ignore[type-arg]
    """An input sequence: 1 to 40 numbers from -2 to 2, one a time step."""

    info_text = f"1 to {MOST_STEPS} numbers from {-X_LIMIT:g} to {X_LIMIT:g}"

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Turn an array or a list into a list of floats, or say what is wrong with it."""
        try:
            numbers = np.asarray(value, dtype=float)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(f"{self.name}: came {value!r}, wanted {self.info_text}") from error
        if numbers.ndim != 1 or not 1 <= numbers.size <= MOST_STEPS:
            raise traitlets.TraitError(
                f"{self.name}: came an array of shape {numbers.shape}, wanted {self.info_text}"
            )
        if not np.all(np.abs(numbers) <= X_LIMIT):
            raise traitlets.TraitError(f"{self.name}: came {value!r}, wanted {self.info_text}")
        return [float(number) for number in numbers]


class Explorer(anywidget.AnyWidget):  # type: ignore[misc]
    """What all explorers share: one module for every place, and a first picture where no script runs.

    A subclass names its `kind` (also its module, ``static/<kind>.mjs``) and draws `first_picture`.
    """

    kind: str
    _css = (STATIC / "explorer.css").read_text("utf-8")

    initial = traitlets.Dict(help="The state that Reset brings back.").tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Link the module of a new kind (anywidget subclasses once more, for its traits)."""
        if "kind" in cls.__dict__:
            cls._esm = module_text(f"{cls.kind}.mjs", then=f"export default {{ render: {cls.kind}.render }};")
        super().__init_subclass__(**kwargs)

    def state(self) -> dict[str, Any]:
        """Give every value that the browser shares, by name."""
        return {name: getattr(self, name) for name in self.trait_names(sync=True, explorer=True)}

    def first_picture(self) -> tuple[str, str]:
        """Give an SVG of the present state and a sentence that says what it shows."""
        raise TypeError(f"{type(self).__name__} draws no first picture: write first_picture()")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        picture, sentence = self.first_picture()
        page_state = json.dumps({**self.state(), "initial": self.initial}, ensure_ascii=False)
        data["text/html"] = (
            f'<div class="lx-place" data-state="{html.escape(page_state)}">'
            f'<figure class="lx lx-still" data-explorer="{self.kind}">{picture}'
            f"<figcaption>{html.escape(sentence)}</figcaption></figure></div>"
        )
        return data, metadata


class CellExplorer(Explorer):
    """A one-unit LSTM whose 12 weights and input sequence the reader moves.

    Parameters
    ----------
    preset : str
        One of `PRESETS`; sets all weights and the sequence. Single values given beside it win.
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

    preset = traitlets.Unicode("mixed").tag(sync=True, explorer=True)
    focus = traitlets.Enum(["", "forget", "input", "output"], "").tag(sync=True, explorer=True)
    x = Sequence([0.0]).tag(sync=True, explorer=True)
    step = traitlets.Int(1).tag(sync=True, explorer=True)
    for _name in WEIGHTS:
        locals()[_name] = Weight().tag(sync=True, explorer=True)
    del _name

    def __init__(self, preset: str = "mixed", **values: Any) -> None:
        unknown = sorted(set(values) - set(self.trait_names()))
        if unknown:
            raise traitlets.TraitError(
                f"CellExplorer: unknown keyword {unknown[0]!r}; known are preset, focus, x, step, {', '.join(WEIGHTS)}"
            )
        start = self._preset_values(preset)
        super().__init__(**{**start, "preset": preset, "step": 2, **values})
        if any(getattr(self, name) != value for name, value in start.items()):
            self.preset = ""
        self.initial = {name: value for name, value in self.state().items() if name != "focus"}

    @staticmethod
    def _preset_values(preset: str) -> dict[str, Any]:
        if preset not in PRESETS:
            raise traitlets.TraitError(f"preset: came {preset!r}, wanted one of {', '.join(PRESETS)}")
        chosen = PRESETS[preset]
        return {**dict(zip(WEIGHTS, map(float, chosen["weights"]), strict=True)), "x": chosen["x"]}

    @traitlets.validate("preset")
    def _known_preset(self, proposal: Any) -> str:
        if proposal["value"]:
            self._preset_values(proposal["value"])
        return str(proposal["value"])

    @traitlets.validate("step")
    def _step_in_sequence(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= len(self.x):
            raise traitlets.TraitError(f"step: came {proposal['value']}, wanted 1 to {len(self.x)}")
        return int(proposal["value"])

    @traitlets.observe("preset")
    def _apply_preset(self, change: Any) -> None:
        # While the constructor sets values (`initial` still empty), single values win over the preset.
        if change["new"] and self.initial:
            with self.hold_sync():
                for name, value in self._preset_values(change["new"]).items():
                    setattr(self, name, value)

    def trace(self) -> Trace:
        """Run lstm_lib's LSTM (one unit, one input, float64) on what the reader set.

        Returns
        -------
        Trace
            With x of shape (T, 1, 1), and so f, i, g, o, c, h of shape (T, 1, 1).
        """
        lstm = LSTM(input_size=1, hidden_size=1)
        for gate in GATES:
            setattr(lstm, f"W_{gate}", np.array([[getattr(self, f"w_{gate}")]]))
            setattr(lstm, f"U_{gate}", np.array([[getattr(self, f"u_{gate}")]]))
            setattr(lstm, f"b_{gate}", np.array([getattr(self, f"b_{gate}")]))
        return lstm.forward(np.array(self.x).reshape(-1, 1, 1))

    def first_picture(self) -> tuple[str, str]:
        """Draw x, the gates, c and h as a still SVG."""
        trace = self.trace()
        series = {name: getattr(trace, name).ravel().tolist() for name in "figoch"}
        largest = max(1.0, *np.abs(series["c"]))
        panels = [
            ("input x", {"x": self.x}, -X_LIMIT, X_LIMIT),
            ("gates f, i, o", {name: series[name] for name in "fio"}, 0.0, 1.0),
            ("candidate g, memory c, output h", {name: series[name] for name in "gch"}, -largest, largest),
        ]
        sentence = (
            f"The cell over {len(self.x)} time steps. At the last one the forget gate is {series['f'][-1]:.2f}, "
            f"the memory c {series['c'][-1]:.2f} and the output h {series['h'][-1]:.2f}. "
            "With JavaScript the weights and the inputs can be moved here."
        )
        return _still(panels), sentence


def _still(panels: list[tuple[str, dict[str, list[float]], float, float]]) -> str:
    """Draw line panels of (title, series by name, low, high) under one another; the last point is named."""
    width, height, left, right = 640, 96, 8, 24
    parts = []
    for row, (title, series, low, high) in enumerate(panels):
        top = row * (height + 28) + 20
        parts.append(f'<text x="{left}" y="{top - 6}">{title}</text>')
        parts.append(f'<path class="lx-frame" d="M{left} {top}h{width - left - right}v{height}H{left}z"/>')
        for name, values in series.items():
            across = (width - left - right) / max(1, len(values) - 1)
            points = [
                (left + k * across, top + height * (high - v) / (high - low)) for k, v in enumerate(values)
            ]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline class="lx-line lx-{name}" points="{line}"/>')
            parts.append(f'<text x="{width - right + 5}" y="{points[-1][1] + 4:.1f}">{name}</text>')
    tall = len(panels) * (height + 28)
    names = "; ".join(title for title, *_ in panels)
    return f'<svg viewBox="0 0 {width} {tall}" role="img" aria-label="{names}, step by step">{"".join(parts)}</svg>'
