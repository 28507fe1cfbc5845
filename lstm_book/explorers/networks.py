"""Trained networks (by experiments/explorer_models.py) whose gates can be scaled, shifted and held still."""

from typing import Any

import numpy as np
import traitlets

from lstm_lib.gradients import memory_layers
from lstm_lib.losses import softmax
from lstm_lib.lstm import LSTM
from lstm_lib.tasks import next_word, sentences
from lstm_lib.tasks.words import NAMES
from lstm_lib.trace import Trace

from .explorer import Explorer
from .modules import read_json
from .still import still
from .traits import LIMITS, refuse


class NetworkExplorer(Explorer):
    """A trained LSTM whose gates the reader scales, shifts or holds still, in the units named in `cells`.

    scale_f is a factor of the forget gate, shift_f is added to its pre-activation; if held_f, the gate stands
    still at hold_f instead. The same for i and o. A subclass's `inputs` are what the network reads, (T, D).
    """

    model: dict[str, Any]

    def _preset_values(self, preset: str) -> dict[str, Any]:
        hands = {name: limit for name, limit in self.limits.items() if limit.get("hand")} | LIMITS["network"]
        return {**{name: limit["default"] for name, limit in hands.items()}, **super()._preset_values(preset)}

    def trace(self) -> Trace:
        """Run lstm_lib's LSTM with all hands on the gates, in float64: f, i, g, o, c, h of shape (T, H)."""
        return self._run(self.inputs())

    def _run(self, x: np.ndarray, lengths: Any = None, clamp: dict[str, Any] | None = None) -> Trace:
        """Read x with the hands on the gates; where `clamp`, of the trace's shape, is no NaN, it wins."""
        lstm = LSTM(input_size=len(self.model["W_f"][0]), hidden_size=len(self.model["b_f"]))
        touched = np.isin(np.arange(lstm.hidden_size) + 1, self.cells)
        held = {}
        for name in lstm.params:
            lstm.params[name] = self.model[name]
        for gate in "fio":
            lstm.params[f"b_{gate}"] += getattr(self, f"shift_{gate}") * touched
            still = getattr(self, f"hold_{gate}") if getattr(self, f"held_{gate}") else np.nan
            forced = np.asarray((clamp or {}).get(gate, np.nan))
            held[gate] = np.where(np.isnan(forced), np.where(touched, still, np.nan), forced)
        scale = {gate: np.where(touched, getattr(self, f"scale_{gate}"), 1.0) for gate in "fio"}
        return lstm.forward(x, lengths=lengths, clamp=held, scale=scale)

    def layers(self) -> np.ndarray:
        """Give what is left of each write at each step, (T, T, H); they sum to c (`memory_layers`)."""
        layers: np.ndarray = memory_layers(self.trace())[:, 1:]
        return layers

    def answers(self) -> np.ndarray:
        """Read the network out after every step: y = W_y h + b_y, shape (T, K)."""
        return self._read_out(self.trace().h)

    def _read_out(self, h: np.ndarray) -> np.ndarray:
        y: np.ndarray = h @ np.array(self.model["W_y"]).T + np.array(self.model["b_y"])
        return y

    def _gates(self) -> tuple[str, dict[str, list[float]], float, float]:
        """A panel of the mean of each gate."""
        trace = self.trace()
        means = {gate: trace[gate].mean(-1).tolist() for gate in "fio"}
        return "mean of gates f, i, o over the units", means, 0.0, 1.0


def told_of(words: str, name: str) -> str:
    """Tell a sentence of somebody else: another name, and his or her; as it is if no name is in it."""
    some = words.split(" ")
    who = next((word for word in some if word in NAMES), name)
    other = {who: name, NAMES[who]: NAMES[name]}
    return " ".join(other.get(word, word) for word in some) if who in some else words


class SentenceExplorer(NetworkExplorer):
    """A small trained word model that reads a sentence; `at` is the word that is looked at.

    `forced` holds single gates at a value: [gate, cell, step, value] each, cell 0 for all cells. With
    `gates_of`, a name, the output gates at that word are those of the same sentence told of somebody else.
    `cell` and `gate` say which is looked at.
    """

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
        return self._coded(self.words)

    def _coded(self, words: str) -> np.ndarray:
        places = [self.model["vocabulary"].index(word) for word in words.split(" ")]
        one_hot: np.ndarray = np.eye(len(self.model["vocabulary"]))[places]
        return one_hot

    def trace(self) -> Trace:
        """The same with the gates that are forced, and lent."""
        others = self.gates_of and self._coded(told_of(self.words, self.gates_of))
        return self._read(self.inputs(), others, np.array([self.at - 1]))

    def _read(self, x: np.ndarray, others: Any, asked: np.ndarray, lengths: Any = None) -> Trace:
        """Read x, (T, D) or (T, B, D), with all hands on it; the word looked at stands at `asked`, (B,)."""
        B, H = len(asked), len(self.model["b_f"])
        clamp, each = {gate: np.full((len(x), B, H), np.nan) for gate in "fio"}, np.arange(B)

        def run(words: np.ndarray) -> Trace:
            shaped = {gate: values.reshape(*words.shape[:-1], H) for gate, values in clamp.items()}
            return self._run(words, lengths, shaped)

        for gate, cell, step, value in self.forced:
            t = asked + step - self.at
            there = (t >= 0) & (t < len(x))
            clamp[gate][t[there], each[there], slice(None) if cell == 0 else cell - 1] = value
        if len(others):  # where a gate is forced, it is so there, too
            clamp["o"][asked, each] = run(others).o.reshape(len(x), B, H)[asked, each]
        return run(x)

    def right(self) -> int:
        """Count in how many of the 256 `tasks.sentences` the name asked for at the end is expected most.

        What is done here at the word looked at and around it is done there at the word before the name.
        """
        texts = sentences()
        batch = next_word(texts)
        others = self.gates_of and next_word([told_of(text, self.gates_of) for text in texts]).x
        lengths, each = np.array([len(text.split()) - 1 for text in texts]), np.arange(len(texts))
        asked = lengths - 2
        h = self._read(batch.x, others, asked, lengths).h[asked, each]
        return int((self._read_out(h).argmax(-1) == batch.target[asked, each]).sum())

    def chances(self) -> np.ndarray:
        """Give the probability of every next word after each word, shape (T, words), rows summing to 1."""
        return softmax(self.answers())

    @classmethod
    def series(cls, values: dict[str, Any]) -> dict[str, np.ndarray]:
        """Give what a goal may speak of: each word's probability as the next one, by word, each (T,)."""
        return dict(zip(cls.model["vocabulary"], cls(**values).chances().T, strict=True))

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

    @classmethod
    def series(cls, values: dict[str, Any]) -> dict[str, np.ndarray]:
        """Give what a goal may speak of: y, the answer after every step, (T,)."""
        return {"y": cls(**values).answers()[:, 0]}

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
