"""How far a gradient reaches back in an RNN and in an LSTM."""

from __future__ import annotations

import numpy as np
import traitlets

from ..rnn import RNN
from .cell import GATES, one_unit
from .explorer import Explorer
from .modules import read_json
from .still import still
from .traits import LIMITS, trait


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
    presets = {name: preset["values"] for name, preset in read_json("gradient_presets.json").items()}
    limits = LIMITS["gradient"]

    u, w, b_f, u_figo = (trait("gradient", name) for name in ("u", "w", "b_f", "u_figo"))
    activation, clip, k = (trait("gradient", name) for name in ("activation", "clip", "k"))
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
        lstm = one_unit(
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
        return still([(title, powers, -12.0, 12.0)]), sentence
