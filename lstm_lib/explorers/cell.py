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


# Gates that let all in and out and keep nothing leave a plain RNN, which squashes its answer twice.
TIED = {"b_f": -10.0, "b_i": 10.0, "b_o": 10.0} | {f"{letter}_{k}": 0.0 for k in "fio" for letter in "wu"}


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

    `focus` shows one gate's weights first. `parts="rnn"` ties the gates and shows what is left, a plain RNN:
    x, h and the loop, with w_g, u_g and b_g to move. `trace()` gives lstm_lib's own numbers for what the
    reader set.
    """

    kind, limits = "cell", LIMITS["cell"]
    presets = {
        name: {**dict(zip(WEIGHTS, map(float, preset["weights"]), strict=True)), "x": preset["x"]}
        for name, preset in read_json("cell_presets.json").items()
    }

    def __init__(self, preset: str | None = None, **values: Any) -> None:
        tied = TIED if values.get("parts") == "rnn" else {}
        super().__init__(preset, **{**tied, **values})

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
        panels = [("input x", {"x": self.x}, x["low"], x["high"])]
        last = {name: f"{name} = {values[-1]:.2f}" for name, values in series.items()}
        if self.parts == "rnn":
            panels.append(("output h", {"h": series["h"]}, -1.0, 1.0))
            what, said = "A plain RNN", last["h"]
        else:
            panels.append(("gates f, i, o", {name: series[name] for name in "fio"}, 0.0, 1.0))
            states = {name: series[name] for name in "gch"}
            panels.append(("candidate g, memory c, output h", states, -largest, largest))
            what, said = "The cell", f"{last['f']}, {last['c']} and {last['h']}"
        sentence = (
            f"{what} over {len(self.x)} time steps. At the last one {said}. "
            "With JavaScript the weights and the inputs can be moved here."
        )
        return still(panels), sentence
