"""One LSTM unit, all of whose weights can be moved."""

from __future__ import annotations

import numpy as np

from ..lstm import LSTM
from ..trace import Trace
from .explorer import Explorer
from .modules import read_json
from .still import still
from .traits import LIMITS, trait

GATES = "figo"
WEIGHTS = tuple(f"{letter}_{gate}" for gate in GATES for letter in "wub")


def one_unit(weights: dict[str, float]) -> LSTM:
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
        for name, preset in read_json("cell_presets.json").items()
    }
    limits = LIMITS["cell"]

    focus, x, step = (trait("cell", name) for name in ("focus", "x", "step"))
    for _name in WEIGHTS:
        locals()[_name] = trait("cell", _name)
    del _name

    def trace(self) -> Trace:
        """Run lstm_lib's LSTM (one unit, one input, float64) on what the reader set.

        Returns
        -------
        Trace
            With x of shape (T, 1, 1), and so f, i, g, o, c, h of shape (T, 1, 1).
        """
        lstm = one_unit({name: getattr(self, name) for name in WEIGHTS})
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
        return still(panels), sentence
