"""How far a gradient reaches back in an RNN and in an LSTM."""

from typing import Any

import numpy as np
import traitlets

from lstm_lib.gradients import jacobian
from lstm_lib.rnn import RNN

from .cell import one_unit
from .explorer import Explorer
from .modules import read_json
from .still import still
from .traits import LIMITS


class GradientExplorer(Explorer):
    """How much the last state answers to each of the 200 before it: an RNN beside an LSTM, of one unit each.

    u and `activation` are the RNN's; b_f is the forget bias of the LSTM, u_figo the recurrent weight of all
    its layers; w is the input weight of both, the input x a fixed sequence of standard normal numbers. `clip`
    shrinks each network's whole gradient to a norm of at most 10; k is the number of steps back that is read
    out. `reach()` gives lstm_lib's own numbers for what the reader set.
    """

    kind, limits = "gradient", LIMITS["gradient"]
    presets = {name: preset["values"] for name, preset in read_json("gradient_presets.json").items()}
    _numbers = np.random.default_rng(0).normal(size=limits["k"]["high"] + 1).round(2).tolist()
    x = traitlets.Tuple(default_value=tuple(_numbers), read_only=True).tag(sync=True, explorer=True)

    def reach(self) -> dict[str, np.ndarray]:
        """Measure the gradients with lstm_lib, by backpropagation through time, each for k = 1 … 200, (200,).

        ``rnn``: ∂h_T/∂h_{T−k}; ``full``: ∂c_T/∂c_{T−k}; ``direct``: the product of the forget gates between
        the two (Hochreiter 1991; Gers et al. 2000).
        """
        return self.series(self.state())

    @classmethod
    def series(cls, values: dict[str, Any]) -> dict[str, np.ndarray]:
        """Give what a goal may speak of: the gradients of `reach`, for values of this kind."""
        x, last = np.reshape(cls._numbers, (-1, 1, 1)), len(cls._numbers) - 1
        rnn = RNN(input_size=1, hidden_size=1, activation=values["activation"])
        rnn.W, rnn.U = [[values["w"]]], [[values["u"]]]
        weights = {
            f"{letter}_{gate}": values[name]
            for gate in "figo"
            for letter, name in (("w", "w"), ("u", "u_figo"))
        }
        lstm = one_unit(weights | {"b_f": values["b_f"]})
        trace = lstm.forward(x)
        series = {
            "rnn": jacobian(rnn, rnn.forward(x), last).ravel()[-2::-1],
            "direct": np.cumprod(trace.f.ravel()[:0:-1]),
            "full": jacobian(lstm, trace, last).ravel()[-2::-1],
        }
        for names in (("rnn",), ("full", "direct")) if values["clip"] else ():
            norm = np.hypot(1.0, np.linalg.norm(series[names[0]]))
            for name in names:
                series[name] = min(1.0, cls.limits["clip"]["norm"] / norm) * series[name]
        return series

    def first_picture(self) -> tuple[str, str]:
        """Draw the three lines, as powers of ten."""
        series = self.reach()
        powers = {name: np.log10(np.maximum(np.abs(v), 1e-300)).tolist() for name, v in series.items()}
        at = {name: f"{values[self.k - 1]:.1e}" for name, values in series.items()}
        sentence = (
            f"The gradient {self.k} steps back: RNN {at['rnn']}, LSTM {at['full']}, "
            f"its direct path {at['direct']}. With JavaScript the weights can be moved here."
        )
        title = f"gradient, power of ten, 1 to {len(self.x) - 1} steps back"
        return still([(title, powers, -12.0, 12.0)]), sentence
