"""Trained networks whose gates can be scaled, shifted and held still."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from ..losses import softmax
from ..lstm import LSTM
from ..trace import Trace
from .explorer import Explorer
from .modules import read_json
from .still import still
from .traits import LIMITS, trait


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
        locals()[_name] = trait("network", _name)
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
    presets = {name: preset["values"] for name, preset in read_json("sentence_presets.json").items()}
    model = read_json("words.json")

    limits = {**LIMITS["network"], **LIMITS["sentence"]}

    words, at = (trait("sentence", name) for name in ("words", "at"))

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
        return still([("mean of gates f, i, o over the units", means, 0.0, 1.0)]), sentence


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
    presets = {name: preset["values"] for name, preset in read_json("memory_presets.json").items()}
    model = read_json("adding.json")

    limits = {**LIMITS["network"], **LIMITS["memory"]}

    values, marks, step = (trait("memory", name) for name in ("values", "marks", "step"))

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
        return still(panels), sentence
