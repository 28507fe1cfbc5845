"""What a training leaves behind, and the line that says how far it is."""

import builtins
import operator
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from .checks import Array, whole_number
from .mends import kind_of


@dataclass
class History:
    """What a training did, step by step, and the best parameters it met."""

    window: int = 10  #: steps that the running loss is the mean of
    loss: list[float] = field(default_factory=list)  #: of each step's batch
    gradient_norm: list[float] = field(default_factory=list)  #: of each step, before it was clipped
    sequences: int = 0  #: sequences seen
    seconds: float = 0.0  #: time it took
    best_loss: float = np.inf  #: the lowest running loss
    best_step: int = 0  #: its step, counted from 1
    stopped: str = ""  #: why it ended
    states: dict[str, Array] = field(default_factory=dict, repr=False)  #: where the last batch ended
    _best: list[Array] = field(default_factory=list, repr=False)
    _of: list[Array] = field(default_factory=list, repr=False)  # the parameters that it is a history of

    def __post_init__(self) -> None:
        self.window = whole_number("window", self.window)

    def running(self, window: int | None = None) -> float:
        """Mean of the last losses, as many as `window` says."""
        if not self.loss:
            raise ValueError("loss must have a step to be the mean of, got none")
        return float(np.mean(self.loss[-(window or self.window) :]))

    def add(self, loss: float, norm: float, sequences: int, parameters: Sequence[Array]) -> None:
        """Note a step, and keep the parameters that it began with if their running loss is the lowest."""
        self._see(parameters)
        self.loss.append(loss)
        self.gradient_norm.append(norm)
        self.sequences += sequences
        step, running = len(self.loss), self.running()
        first = step == self.window  # the first full mean takes the place of the loss of one batch
        if first or (running < self.best_loss and (step > self.window or step == 1)):
            self.best_loss, self.best_step = running, step
            self._best = [value.copy() for value in parameters]

    def set_back(self, parameters: Sequence[Array]) -> None:
        """Give the best parameters back."""
        self._see(parameters)
        for value, best in zip(parameters, self._best, strict=False):  # there is none before the first step
            value[...] = best

    def _see(self, parameters: Sequence[Array]) -> None:
        known = self._of or list(parameters)
        if len(known) != len(parameters) or any(map(operator.is_not, known, parameters)):
            raise ValueError("history must be that of a training of this model, got another model's")
        self._of = known

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_of": []}  # a copy serves the first model that it meets

    def __repr__(self) -> str:
        if not self.loss:
            return "<History of no step>"
        fall = f"{self.loss[0]:.3g} to {self.running():.3g}"
        return f"<History of {len(self.loss)} steps: loss {fall}; {self.stopped}>"


def begun(history: History | None, window: int = 10) -> History:
    """Give the history to go on with, or a new one."""
    if not isinstance(history, History | None):
        raise TypeError(f"history must be what train returned, got {kind_of(history)}")
    return History(window) if history is None else history


class Update(NamedTuple):
    """One update that is done: its number from 1; what the batch cost, and was answered, before it."""

    step: int
    loss: float
    y: Array
    batch: Any
    history: History


class TrainingDiverged(ArithmeticError):
    """Training left the range of numbers; the model was set back to its best parameters.

    `step`, counted from 1, is where; `gradient_norm` that of the last gradient that was a number; `history`
    has all steps before.
    """

    def __init__(self, trouble: str, norm: float, history: History, advice: str) -> None:
        self.step, self.gradient_norm, self.history = len(history.loss) + 1, norm, history
        super().__init__(
            f"training diverged at step {self.step}, with a gradient of norm {norm:.3g}: {trouble}. The "
            f"model has its parameters of step {history.best_step} back; {advice}"
        )


class Progress:
    """A line that says how far training is, renewed a few times a second where someone looks on."""

    def __init__(self, steps: int, wanted: bool | None) -> None:
        self.steps, self.next = steps, 0.0
        looked_on = sys.stderr.isatty() or hasattr(builtins, "__IPYTHON__")
        self.on = looked_on if wanted is None else wanted

    def show(self, step: int, history: History, ended: bool = False) -> None:
        """Say the step and the running loss, or how it ended."""
        if not (self.on and history.loss and (ended or time.perf_counter() >= self.next)):
            return
        self.next, loss = time.perf_counter() + 0.2, history.running()
        text = f"[{'#' * round(20 * step / self.steps):.<20}] step {step} of {self.steps}, loss {loss:.3g}"
        if ended:
            text = f"{len(history.loss)} steps, loss {loss:.3g}: {history.stopped}"
        print(f"\r{text:<78}", end="\n" if ended else "", file=sys.stderr, flush=True)
