"""Trained networks (by experiments/explorer_models.py) whose gates can be scaled, shifted and held still."""

from typing import Any

import numpy as np
import traitlets

from ..losses import softmax
from ..lstm import LSTM
from ..trace import Trace
from .explorer import Explorer
from .modules import read_json
from .still import still
from .traits import LIMITS, refuse


class NetworkExplorer(Explorer):
    """A trained LSTM whose gates the reader scales, shifts or holds still, in all units at once.

    scale_f is a factor of the forget gate, shift_f is added to its pre-activation; if held_f, the gate stands
    still at hold_f instead. The same for i and o. A subclass's `inputs` are what the network reads, (T, D).
    """

    model: dict[str, Any]

    def _preset_values(self, preset: str) -> dict[str, Any]:
        untouched = {name: limit["default"] for name, limit in LIMITS["network"].items()}
        return {**untouched, **super()._preset_values(preset)}

    def trace(self) -> Trace:
        """Run lstm_lib's LSTM with the trained weights and the reader's hands on the gates, in float64.

        Returns
        -------
        Trace
            f, i, g, o, c, h of shape (T, H).
        """
        lstm = LSTM(input_size=len(self.model["W_f"][0]), hidden_size=len(self.model["b_f"]))
        for name in lstm.params:
            lstm.params[name] = self.model[name]
        for gate in "fio":
            lstm.params[f"b_{gate}"] += getattr(self, f"shift_{gate}")
        return lstm.forward(
            self.inputs(),
            clamp={gate: getattr(self, f"hold_{gate}") for gate in "fio" if getattr(self, f"held_{gate}")},
            scale={gate: getattr(self, f"scale_{gate}") for gate in "fio"},
        )

    def answers(self) -> np.ndarray:
        """Read the network out after every step: y = W_y h + b_y, shape (T, K)."""
        y: np.ndarray = self.trace().h @ np.array(self.model["W_y"]).T + np.array(self.model["b_y"])
        return y

    def _gates(self) -> tuple[str, dict[str, list[float]], float, float]:
        """A panel of the mean of each gate."""
        trace = self.trace()
        means = {gate: trace[gate].mean(-1).tolist() for gate in "fio"}
        return "mean of gates f, i, o over the units", means, 0.0, 1.0


class SentenceExplorer(NetworkExplorer):
    """A small trained word model that reads a sentence; `at` is the word that is looked at."""

    kind, limits = "sentence", {**LIMITS["network"], **LIMITS["sentence"]}
    presets = {name: preset["values"] for name, preset in read_json("sentence_presets.json").items()}
    model = read_json("words.json")

    @traitlets.validate("words")
    def _known_words(self, proposal: Any) -> str:
        for word in proposal["value"].split(" "):
            if word not in self.model["vocabulary"]:
                refuse("words", word, proposal["trait"].info_text)
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
        likely = self.model["vocabulary"][int(self.chances()[self.at - 1].argmax())]
        sentence = (
            f"A word model reads “{self.words}”. After “{self.words.split(' ')[self.at - 1]}” it expects "
            f"“{likely}” most. With JavaScript every unit is shown, and the gates can be moved here."
        )
        return still([self._gates()]), sentence


class MemoryExplorer(NetworkExplorer):
    """A network trained to add two marked numbers: `marks` are the steps whose `values` are to be added."""

    kind, limits = "memory", {**LIMITS["network"], **LIMITS["memory"]}
    presets = {name: preset["values"] for name, preset in read_json("memory_presets.json").items()}
    model = read_json("adding.json")

    def inputs(self) -> np.ndarray:
        """Give the numbers and the marks, shape (T, 2)."""
        marked = [float(t + 1 in self.marks) for t in range(len(self.values))]
        return np.column_stack([self.values, marked])

    def first_picture(self) -> tuple[str, str]:
        """Draw the numbers, the answer after every step, and the mean of each gate."""
        answers, limit = self.answers()[:, 0].tolist(), self.limits["values"]
        panels = [
            ("numbers", {"x": list(self.values)}, limit["low"], limit["high"]),
            ("answer after every step", {"h": answers}, min(0.0, *answers), max(2.0, *answers)),
            self._gates(),
        ]
        sentence = (
            f"Numbers are marked at steps {', '.join(map(str, self.marks)) or 'none'}; they add to "
            f"{sum(self.values[mark - 1] for mark in self.marks):.3f}, and the network answers "
            f"{answers[-1]:.3f}. With JavaScript all of it can be changed here."
        )
        return still(panels), sentence
