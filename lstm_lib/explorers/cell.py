"""One LSTM unit, all of whose weights can be moved."""

from typing import Any

import numpy as np

from ..gradients import memory_layers
from ..lstm import LSTM
from ..trace import Trace
from .explorer import Explorer
from .modules import read_json
from .still import still
from .traits import LIMITS

WEIGHTS = tuple(name for name, limit in LIMITS["cell"].items() if limit["type"] == "number")  # w_f, u_f … b_o


def one_unit(weights: dict[str, float]) -> LSTM:
    """Give an LSTM of one input and one unit, float64, from scalars named as on the sliders (w_f … b_o)."""
    lstm = LSTM(input_size=1, hidden_size=1)
    for name, value in weights.items():
        parameter = lstm.params[name if name[0] == "b" else name[0].upper() + name[1:]]
        parameter[...] = value
    return lstm


def _trace(values: dict[str, Any]) -> Trace:
    return one_unit({name: values[name] for name in WEIGHTS}).forward(np.reshape(values["x"], (-1, 1)))


class CellExplorer(Explorer):
    """A one-unit LSTM whose 12 weights (w_f … b_o) and input sequence x the reader moves, step by step.

    `focus` shows one gate's weights first. `trace()` gives lstm_lib's own numbers for what the reader set.
    """

    kind, limits = "cell", LIMITS["cell"]
    presets = {
        name: {**dict(zip(WEIGHTS, map(float, preset["weights"]), strict=True)), "x": preset["x"]}
        for name, preset in read_json("cell_presets.json").items()
    }

    def trace(self) -> Trace:
        """Run lstm_lib's LSTM (one unit, one input, float64): x, f, i, g, o, c, h of shape (T, 1)."""
        return _trace(self.state())

    def layers(self) -> np.ndarray:
        """Give what is left of each write at each step, shape (T, T): row t sums to c_t (`memory_layers`)."""
        layers: np.ndarray = memory_layers(self.trace())[:, 1:, 0]
        return layers

    @classmethod
    def series(cls, values: dict[str, Any]) -> dict[str, np.ndarray]:
        """Give what a goal may speak of, by name, for values of this kind: f, i, g, o, c, h, each (T,)."""
        trace = _trace(values)
        return {name: trace[name].ravel() for name in "figoch"}

    def first_picture(self) -> tuple[str, str]:
        """Draw x, the gates, c and h as a still SVG."""
        trace, x = self.trace(), self.limits["x"]
        series = {name: trace[name].ravel().tolist() for name in "figoch"}
        largest = max(1.0, *np.abs(series["c"]))
        panels = [
            ("input x", {"x": self.x}, x["low"], x["high"]),
            ("gates f, i, o", {name: series[name] for name in "fio"}, 0.0, 1.0),
            ("candidate g, memory c, output h", {name: series[name] for name in "gch"}, -largest, largest),
        ]
        sentence = (
            f"The cell over {len(self.x)} time steps. At the last one "
            f"f = {series['f'][-1]:.2f}, c = {series['c'][-1]:.2f} and h = {series['h'][-1]:.2f}. "
            "With JavaScript the weights and the inputs can be moved here."
        )
        return still(panels), sentence
