"""One LSTM unit, all of whose weights can be moved."""

from typing import Any

import numpy as np

from lstm_lib.gradients import memory_layers
from lstm_lib.lstm import LSTM
from lstm_lib.network import Network
from lstm_lib.rnn import RNN
from lstm_lib.trace import Trace

from .explorer import Explorer
from .modules import read_json
from .still import still
from .traits import LIMITS

WEIGHTS = tuple(name for name, limit in LIMITS["cell"].items() if limit["type"] == "number")  # w_f, u_f … b_o


GATES = {name: 0.0 for name in WEIGHTS if name[-1] != "g"}  # their weights, which an RNN has not got


def one_unit(weights: dict[str, float], parts: str = "") -> Network:
    """Give an LSTM, or an RNN, of one unit and one input, float64, from scalars named as on the sliders.

    A weight that is not named is 0.
    """
    net: Network = RNN(1, 1) if parts == "rnn" else LSTM(1, 1)
    for name, parameter in net.params.items():
        slider = f"{name}_g" if parts == "rnn" else name
        parameter[...] = weights.get(slider.lower(), 0.0)
    return net


def _trace(values: dict[str, Any]) -> Trace:
    return one_unit(values, values.get("parts", "")).forward(np.reshape(values["x"], (-1, 1)))


class CellExplorer(Explorer):
    """A one-unit LSTM whose 12 weights (w_f … b_o) and input sequence x the reader moves, step by step.

    `focus` shows one gate's weights first. `parts="rnn"` leaves one layer and its loop, a plain RNN, whose
    weights are w_g, u_g and b_g. `trace()` gives lstm_lib's own numbers for what the reader set.
    """

    kind, limits = "cell", LIMITS["cell"]
    presets = {
        name: {**dict(zip(WEIGHTS, map(float, preset["weights"]), strict=True)), "x": preset["x"]}
        for name, preset in read_json("cell_presets.json").items()
    }

    def __init__(self, preset: str | None = None, **values: Any) -> None:
        super().__init__(preset, **{**(GATES if values.get("parts") == "rnn" else {}), **values})

    def _usual(self, preset: str) -> dict[str, Any]:
        return super()._usual(preset) | (GATES if self.parts == "rnn" else {})

    def trace(self) -> Trace:
        """Run lstm_lib's LSTM (one unit, float64): x, f, i, g, o, c, h of shape (T, 1); an RNN's x and h."""
        return _trace(self.state())

    def layers(self) -> np.ndarray:
        """Give what is left of each write at each step, shape (T, T): row t sums to c_t (`memory_layers`)."""
        layers: np.ndarray = memory_layers(self.trace())[:, 1:, 0]
        return layers

    @classmethod
    def series(cls, values: dict[str, Any]) -> dict[str, np.ndarray]:
        """Give what a goal may speak of, by name, for values of this kind: f, i, g, o, c, h, each (T,).

        Of an RNN that is h alone.
        """
        trace = _trace(values)
        return {name: trace[name].ravel() for name in "figoch" if name in trace.series}

    def first_picture(self) -> tuple[str, str]:
        """Draw x, the gates, c and h as a still SVG."""
        x = self.limits["x"]
        series = {name: some.tolist() for name, some in self.series(self.state()).items()}
        panels = [("input x", {"x": self.x}, x["low"], x["high"])]
        last = {name: f"{name} = {values[-1]:.2f}" for name, values in series.items()}
        if self.parts == "rnn":
            panels.append(("output h", {"h": series["h"]}, -1.0, 1.0))
            what, said = "A plain RNN", last["h"]
        else:
            panels.append(("gates f, i, o", {name: series[name] for name in "fio"}, 0.0, 1.0))
            states = {name: series[name] for name in "gch"}
            largest = max(1.0, *np.abs(series["c"]))
            panels.append(("candidate g, memory c, output h", states, -largest, largest))
            what, said = "The cell", f"{last['f']}, {last['c']} and {last['h']}"
        sentence = (
            f"{what} over {len(self.x)} time steps. At the last one {said}. "
            "With JavaScript the weights and the inputs can be moved here."
        )
        return still(panels), sentence
