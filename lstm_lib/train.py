"""Training: losses, optimizers, a model with a read-out, and the loop."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from os import PathLike
from typing import Any, Protocol

import numpy as np

from .checks import Array, finite_array, generator, numbers, real_number, whole_number
from .sequence import GRU, LSTM, RNN
from .trace import Trace

Loss = Callable[[Array, Array, Array | None], tuple[float, Array]]


def squared_error(y: Array, target: Array, counted: Array | None = None) -> tuple[float, Array]:
    """Mean of (y − target)², over all numbers that count.

    Parameters
    ----------
    y, target : ndarray, shape (…, K)
        What the model answers and what it should.
    counted : ndarray of bool, shape (…,), optional
        The answers that count; all when left out.

    Returns
    -------
    loss : float
    dy : ndarray, shape (…, K)
        ∂loss/∂y.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if y.shape != target.shape:
        raise ValueError(f"target must have the shape of the answers, {y.shape}, got {target.shape}")
    error = y - target.astype(y.dtype, copy=False)
    if counted is not None:
        error = np.where(counted[..., None], error, 0)
    n = y.size if counted is None else y.shape[-1] * np.count_nonzero(counted)
    return float(np.vdot(error, error)) / n, error * y.dtype.type(2 / n)


def cross_entropy(y: Array, target: Array, counted: Array | None = None) -> tuple[float, Array]:
    """Mean of −log softmax(y)[target], in nats, over all answers that count.

    Parameters
    ----------
    y : ndarray, shape (…, K)
        A score for each class.
    target : ndarray of int, shape (…,)
        The right class, from 0 to K − 1.
    counted : ndarray of bool, shape (…,), optional
        The answers that count; all when left out.

    Returns
    -------
    loss : float
    dy : ndarray, shape (…, K)
        ∂loss/∂y.

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, or a target is no class.
    """
    if target.dtype.kind not in "iu":
        raise TypeError(f"target must hold classes, whole numbers, got dtype {target.dtype}")
    if target.shape != y.shape[:-1]:
        raise ValueError(
            f"target must have shape {y.shape[:-1]}, a class for each answer, got {target.shape}"
        )
    if target.min() < 0 or target.max() >= y.shape[-1]:
        raise ValueError(
            f"target must hold classes from 0 to {y.shape[-1] - 1}, got {target.min()} to {target.max()}"
        )
    above = y - y.max(-1, keepdims=True)  # exp cannot overflow
    log_p = above - np.log(np.exp(above).sum(-1, keepdims=True))
    right = np.take_along_axis(log_p, target[..., None], -1)[..., 0]
    weight = np.full(target.shape, 1 / target.size, y.dtype)
    if counted is not None:
        weight = counted.astype(y.dtype) / np.count_nonzero(counted)
    dy = np.exp(log_p)
    np.put_along_axis(dy, target[..., None], np.exp(right)[..., None] - 1, -1)
    return -float((weight * right).sum()), dy * weight[..., None]


def softmax(y: Any) -> Array:
    """Turn scores into probabilities along the last axis.

    Parameters
    ----------
    y : array_like, shape (…, K)

    Returns
    -------
    ndarray, shape (…, K)
        Each row sums to 1.
    """
    y = finite_array("y", y)
    e = np.exp(y - y.max(-1, keepdims=True))
    p: Array = e / e.sum(-1, keepdims=True)
    return p


class Optimizer(Protocol):
    """Whatever can change parameters, given their gradients."""

    def step(self, parameters: list[Array], gradients: list[Array]) -> None:
        """Change the parameters in place."""


class SGD:
    """Stochastic gradient descent with momentum: v ← μ v − η ∇, θ ← θ + v (Polyak 1964).

    Parameters
    ----------
    learning_rate : float
        η, above 0.
    momentum : float
        μ, from 0 to below 1.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range.
    """

    def __init__(self, learning_rate: float = 0.1, momentum: float = 0.0) -> None:
        self.learning_rate = real_number("learning_rate", learning_rate, above=0)
        self.momentum = _below_one("momentum", momentum)
        self._v: list[Array] = []

    def step(self, parameters: list[Array], gradients: list[Array]) -> None:
        """Change `parameters` in place, given the gradients, in the same order each time."""
        self._v = self._v or [np.zeros_like(value) for value in parameters]
        for value, gradient, v in zip(parameters, gradients, self._v, strict=True):
            v *= self.momentum
            v -= self.learning_rate * gradient
            value += v


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1).

    Parameters
    ----------
    learning_rate : float
        α, above 0.
    beta1, beta2 : float
        Decay of the running means of the gradient and of its square, from 0 to below 1.
    epsilon : float
        Added to the root of the second, above 0.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range.
    """

    def __init__(
        self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        self.learning_rate = real_number("learning_rate", learning_rate, above=0)
        self.beta1, self.beta2 = _below_one("beta1", beta1), _below_one("beta2", beta2)
        self.epsilon = real_number("epsilon", epsilon, above=0)
        self.t = 0
        self._means: list[tuple[Array, Array, Array]] = []

    def step(self, parameters: list[Array], gradients: list[Array]) -> None:
        """Change `parameters` in place, given the gradients, in the same order each time."""
        self._means = self._means or [
            (np.zeros_like(p), np.zeros_like(p), np.empty_like(p)) for p in parameters
        ]
        self.t += 1
        unbias1, unbias2 = 1 - self.beta1**self.t, 1 - self.beta2**self.t
        for value, gradient, (m, v, scratch) in zip(parameters, gradients, self._means, strict=True):
            np.multiply(gradient, 1 - self.beta1, out=scratch)
            m *= self.beta1
            m += scratch  # m ← β₁ m + (1 − β₁) ∇
            np.multiply(gradient, gradient, out=scratch)
            scratch *= 1 - self.beta2
            v *= self.beta2
            v += scratch  # v ← β₂ v + (1 − β₂) ∇²
            np.sqrt(v, out=scratch)
            scratch *= unbias2**-0.5
            scratch += self.epsilon
            np.divide(m, scratch, out=scratch)
            scratch *= self.learning_rate / unbias1
            value -= scratch  # θ ← θ − α m̂ / (√v̂ + ε)


def _below_one(name: str, value: object) -> float:
    number = real_number(name, value)
    if not 0 <= number < 1:
        raise ValueError(f"{name} must be from 0 to below 1, got {value!r}")
    return number


def gradient_norm(gradients: list[Array]) -> float:
    """Joint Euclidean norm of arrays."""
    return float(np.sqrt(sum(float(np.vdot(gradient, gradient)) for gradient in gradients)))


def clip_norm(gradients: list[Array], most: float) -> float:
    """Scale gradients in place so that their joint norm is at most `most` (Pascanu, Mikolov & Bengio 2013).

    Parameters
    ----------
    gradients : list of ndarray
    most : float
        Above 0.

    Returns
    -------
    float
        The norm before.
    """
    most = real_number("most", most, above=0)
    norm = gradient_norm(gradients)
    if norm > most:
        for gradient in gradients:
            gradient *= most / norm
    return norm


class Model:
    """A recurrent network and a linear read-out, y_t = W_y h_t + b_y.

    Parameters
    ----------
    network : LSTM, RNN or GRU
    output_size : int
        K, the numbers in an answer.
    seed : int or numpy.random.Generator
        W_y starts uniform in ±1/√H, b_y at 0.

    Attributes
    ----------
    W_y : ndarray, shape (K, H)
    b_y : ndarray, shape (K,)
    parameters : list of ndarray
        All parameters, live: the network's vector, and the read-out's.
    """

    def __init__(
        self, network: LSTM | RNN | GRU, output_size: int, seed: int | np.random.Generator = 0
    ) -> None:
        if not isinstance(network, (LSTM, RNN, GRU)):
            raise TypeError(f"network must be an LSTM, an RNN or a GRU, got {type(network).__name__}")
        K, H = whole_number("output_size", output_size), network.hidden_size
        self.network, self.output_size = network, K
        readout = np.zeros(K * H + K, network.dtype)
        self.W_y, self.b_y = readout[: K * H].reshape(K, H), readout[K * H :]
        self.W_y[...] = generator("seed", seed).uniform(-(H**-0.5), H**-0.5, (K, H))
        self.parameters: list[Array] = [network.vector, readout]

    def __repr__(self) -> str:
        return f"Model({self.network!r}, output_size={self.output_size})"

    def predict(self, x: Any, *, every_step: bool = False, **forward: Any) -> Array:
        """Answer at the end of each sequence, or at every step.

        Parameters
        ----------
        x : array_like, shape (T, B, D) or (T, D)
        every_step : bool
        **forward
            What else the network's `forward` takes: h0, lengths, clamp …

        Returns
        -------
        ndarray
            (B, K), or (T, B, K) at every step; without B for a single sequence.
        """
        trace = self.network.forward(x, **forward)
        return self._read(trace.h if every_step else trace.h_last)

    def _read(self, h: Array) -> Array:
        y: Array = h @ self.W_y.T + self.b_y
        return y

    def gradients(self, batch: Any, loss: Loss, **start: Any) -> tuple[float, list[Array], Trace]:
        """Loss of one batch, and its gradient for every array in `parameters`.

        Parameters
        ----------
        batch : tasks.Batch, or tuple of x, target and perhaps lengths
            A target with a time axis is asked for at every step, one without at each sequence's end.
        loss : callable
            `squared_error`, `cross_entropy`, or another of their kind.
        **start
            Starting states h0, c0.

        Returns
        -------
        loss : float
        gradients : list of ndarray
        trace : Trace
        """
        x, target, lengths = _parts(batch)
        trace = self.network.forward(x, lengths=lengths, **start)
        classes = loss is cross_entropy or target.dtype.kind in "iu"
        every_step = target.ndim == trace.h.ndim - classes
        h = trace.h if every_step else trace.h_last
        counted = None
        if every_step and trace.lengths is not None:
            counted = np.arange(len(h))[:, None] < trace.lengths
        with np.errstate(over="ignore", invalid="ignore"):
            value, dy = loss(self._read(h), target, counted)
        if not (np.isfinite(value) and np.isfinite(dy).all()):
            raise FloatingPointError(f"the loss is {value:.3g}")
        dh = dy @ self.W_y
        grads = self.network.backward(trace, **{"dh" if every_step else "dh_last": dh})
        flat_h, flat_dy = h.reshape(-1, h.shape[-1]), dy.reshape(-1, self.output_size)
        readout = np.concatenate([(flat_dy.T @ flat_h).ravel(), flat_dy.sum(0)])
        return value, [grads.vector, readout], trace

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything to an .npz file that holds no pickle.

        Parameters
        ----------
        path : str or path
            Where; ".npz" is appended if it is not there.
        """
        said = {
            "network": type(self.network).__name__,
            "options": self.network.__getstate__()["config"],
            "output_size": self.output_size,
        }
        np.savez(path, model=json.dumps(said), network=self.parameters[0], readout=self.parameters[1])

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Model:
        """Read a model that `save` wrote.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        Model

        Raises
        ------
        ValueError
            If the file was not written by `save`.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                said = json.loads(str(stored["model"]))
                arrays = [stored["network"], stored["readout"]]
            kind: Any = {"LSTM": LSTM, "RNN": RNN, "GRU": GRU}[said["network"]]
            model = cls(kind(**said["options"]), said["output_size"])
            for value, array in zip(model.parameters, arrays, strict=True):
                value[...] = finite_array("parameters", array, shape=value.shape)
        except (KeyError, TypeError, ValueError, OSError) as error:
            if isinstance(error, FileNotFoundError):
                raise
            raise ValueError(
                f"path must name a file that Model.save wrote, got {path!s} ({error})"
            ) from error
        return model


def _parts(batch: Any) -> tuple[Any, Array, Any]:
    if not isinstance(batch, tuple) or not 2 <= len(batch) <= 4:
        raise TypeError(
            f"batch must be a tuple (x, target) or (x, target, lengths), got {type(batch).__name__}"
        )
    return batch[0], numbers("target", batch[1]), batch[2] if len(batch) > 2 else None


@dataclass
class History:
    """What a training did, step by step.

    Attributes
    ----------
    loss, gradient_norm : list of float
        The loss of each step's batch, and the gradient's norm before it was clipped.
    sequences : int
        Sequences seen.
    seconds : float
        Time it took.
    best_step : int
        The step with the lowest running loss, counted from 1.
    stopped : str
        Why it ended.
    """

    loss: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    sequences: int = 0
    seconds: float = 0.0
    best_step: int = 0
    stopped: str = ""

    def running(self, over: int = 10) -> float:
        """Mean of the last `over` losses."""
        return float(np.mean(self.loss[-over:]))

    def __repr__(self) -> str:
        if not self.loss:
            return "<History of no step>"
        fall = f"{self.loss[0]:.3g} to {self.running():.3g}"
        return f"<History of {len(self.loss)} steps: loss {fall}; {self.stopped}>"


class TrainingDiverged(ArithmeticError):
    """Training left the range of numbers; the model was set back to its best parameters.

    Attributes
    ----------
    step : int
        Where it happened, counted from 1.
    gradient_norm : float
        Of the last gradient that was a number.
    history : History
        All steps before.
    """

    def __init__(self, message: str, step: int, gradient_norm: float, history: History) -> None:
        super().__init__(message)
        self.step, self.gradient_norm, self.history = step, gradient_norm, history


def train(
    model: Model,
    batches: Callable[[], Any] | Iterable[Any],
    loss: Loss,
    optimizer: Optimizer | None = None,
    *,
    steps: int = 1000,
    clip: float | None = 1.0,
    stop_below: float | None = None,
    running: int = 10,
    patience: int | None = None,
    carry: bool = False,
    progress: bool | None = None,
) -> History:
    """Train a model, one batch a step.

    Parameters
    ----------
    model : Model
        Changed in place.
    batches : callable or iterable
        Gives a `tasks.Batch` a step: ``lambda: adding(100, 64, rng)``, or an iterator.
    loss : callable
        `squared_error`, `cross_entropy`, or another of their kind.
    optimizer : Adam, SGD or another with `step`, optional
        Adam() when left out.
    steps : int
        Steps at most.
    clip : float or None
        The most the gradient's norm may be; None for no clipping.
    stop_below : float, optional
        End when the running loss is below this.
    running : int
        Steps the running loss is the mean of.
    patience : int, optional
        End when the running loss has not been lower for so many steps; the model gets its best parameters
        back.
    carry : bool
        For endless streams: each batch goes on from the states the last one ended in, and the gradient ends
        with the batch (truncated backpropagation through time).
    progress : bool, optional
        Show a line of progress; when left out, only where someone looks on, in a terminal or a notebook.

    Returns
    -------
    History

    Raises
    ------
    TrainingDiverged
        If the loss, a state or the gradient is no longer a number, or the loss is a thousand times the first
        one. The model then has the parameters of its best step.
    ValueError, TypeError
        If an argument is of the wrong kind or size.
    """
    if not isinstance(model, Model):
        raise TypeError(f"model must be a Model, got {type(model).__name__}")
    steps, running = whole_number("steps", steps), whole_number("running", running)
    patience = None if patience is None else whole_number("patience", patience)
    clip = None if clip is None else real_number("clip", clip, above=0)
    stop_below = None if stop_below is None else real_number("stop_below", stop_below)
    optimizer = Adam() if optimizer is None else optimizer
    history, began = History(), time.perf_counter()
    best, best_parameters = np.inf, [value.copy() for value in model.parameters]
    norm = 0.0
    states: dict[str, Array] = {}
    line = _Progress(steps, progress)

    def set_back() -> None:
        for value, good in zip(model.parameters, best_parameters, strict=True):
            value[...] = good

    for step, batch in enumerate(_stream(batches, steps), 1):
        trouble = ""
        try:
            value, gradients, trace = model.gradients(batch, loss, **states)
            norm = gradient_norm(gradients) if clip is None else clip_norm(gradients, clip)
        except FloatingPointError as error:
            trouble = str(error)
        else:
            if not np.isfinite(norm):
                trouble = "the gradient is too large"
            elif history.loss and value > 1000 * max(history.loss[0], 1e-3):
                trouble = f"the loss has grown from {history.loss[0]:.3g} to {value:.3g}"
        if trouble:
            set_back()
            raise TrainingDiverged(
                f"training diverged at step {step}, with a gradient of norm {norm:.3g}: {trouble}. The model "
                f"has its parameters of step {history.best_step} back; try a learning rate ten times smaller"
                + ("" if clip is not None else ", or clip=1.0"),
                step,
                norm,
                history,
            )
        history.loss.append(value)
        history.gradient_norm.append(norm)
        history.sequences += np.shape(batch[0])[1] if np.ndim(batch[0]) == 3 else 1
        now = history.running(running)
        if now < best and (step >= running or step == 1):
            best, history.best_step = now, step
            for good, parameter in zip(best_parameters, model.parameters, strict=True):
                good[...] = parameter
        if stop_below is not None and step >= running and now < stop_below:
            history.stopped = f"running loss below {stop_below:g}"
            break
        if patience is not None and step - history.best_step >= patience:
            set_back()
            history.stopped = f"no better for {patience} steps"
            break
        optimizer.step(model.parameters, gradients)
        if carry:
            states = {"h0": trace.h_last.copy()} | (
                {"c0": trace.c_last.copy()} if "c" in trace._series else {}
            )
        del trace, gradients  # so that the next pass can use their memory again
        line.show(step, now)
    history.seconds = time.perf_counter() - began
    history.stopped = history.stopped or (
        "all steps done" if len(history.loss) == steps else "no more batches"
    )
    line.end(history)
    return history


def _stream(batches: Callable[[], Any] | Iterable[Any], steps: int) -> Iterator[Any]:
    if callable(batches):
        for _ in range(steps):
            yield batches()
    elif isinstance(batches, Iterable):
        yield from (batch for _, batch in zip(range(steps), batches, strict=False))
    else:
        raise TypeError(f"batches must be a function or iterable of batches, got {type(batches).__name__}")


class _Progress:
    """A line that says how far training is, renewed a few times a second."""

    def __init__(self, steps: int, wanted: bool | None) -> None:
        self.steps, self.next = steps, 0.0
        shell = sys.modules.get("IPython")
        in_notebook = shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"
        self.on = wanted if wanted is not None else in_notebook or sys.stderr.isatty()
        self.handle: Any = None
        if self.on and in_notebook:
            from IPython.display import display

            self.handle = display("", display_id=True)  # type: ignore[no-untyped-call]

    def show(self, step: int, loss: float) -> None:
        """Say the step and the running loss."""
        if self.on and time.perf_counter() >= self.next:
            self.next = time.perf_counter() + 0.2
            done = round(20 * step / self.steps)
            self._say(f"[{'#' * done}{'.' * (20 - done)}] step {step} of {self.steps}, loss {loss:.3g}")

    def end(self, history: History) -> None:
        """Say how it ended."""
        if self.on:
            self._say(f"{len(history.loss)} steps, loss {history.running():.3g}: {history.stopped}")
            if self.handle is None:
                print(file=sys.stderr)

    def _say(self, text: str) -> None:
        if self.handle is None:
            print(f"\r{text:<78}", end="", file=sys.stderr, flush=True)
        else:
            self.handle.update(text)
