"""Training: a generator that yields after each update, and a loop over it."""

import time
from collections.abc import Iterator
from itertools import islice

import numpy as np

from .checks import Batches, each_batch, flag, real_number, training_arguments, whole_number
from .history import History, Progress, TrainingDiverged, Update, begun
from .losses import Loss, cross_entropy, softmax, squared_error
from .mends import keywords
from .model import Model
from .optimizers import SGD, Adam, Optimizer, clip_norm

__all__ = ["SGD", "Adam", "History", "Model", "TrainingDiverged", "Update", "clip_norm", "cross_entropy"]
__all__ += ["softmax", "squared_error", "train", "updates"]


def updates(
    model: Model, batches: Batches, loss: Loss, optimizer: Optimizer | None = None, *,
    max_norm: float | None = 1.0, carry: bool = False, history: History | None = None,
) -> Iterator[Update]:  # fmt: skip
    """Train, batch after batch, for as long as the caller goes on; arguments and errors as in `train`.

    Between two updates the caller may judge, test, save, set `optimizer.learning_rate`, or stop.
    """
    optimizer = Adam() if optimizer is None else optimizer
    history = begun(history)
    training_arguments(model, Model, loss, optimizer)
    states, norm = history.states if flag("carry", carry) else {}, 0.0
    for batch in each_batch(batches):
        try:
            value, gradients, trace, y = model.learn(batch, loss, **states)
            norm = clip_norm(gradients, max_norm)
            if not np.isfinite(norm):
                raise FloatingPointError("the gradient is too large")
            if history.loss and value > 1000 * max(history.loss[0], 1e-3):
                raise FloatingPointError(f"the loss has grown from {history.loss[0]:.3g} to {value:.3g}")
            history.add(value, norm, 1 if trace.x.ndim == 2 else trace.x.shape[1], model.parameters)
            optimizer.step(model.parameters, gradients)
            if not all(np.isfinite(parameter).all() for parameter in model.parameters):
                raise FloatingPointError("the optimizer has made a parameter that is no number")
        except FloatingPointError as error:
            history.set_back(model.parameters)
            advice = "try a learning rate ten times smaller" + ", or max_norm=1.0" * (max_norm is None)
            raise TrainingDiverged(str(error), norm, history, advice) from None
        if carry:
            states = {f"{state}0": trace[f"{state}_last"].copy() for state in model.network.states}
            history.states = states
        del trace  # so that the next pass can borrow its memory
        yield Update(len(history.loss), value, y, batch, history)
    if not history.loss:
        raise ValueError("batches must give at least one batch, got none")


@keywords()
def train(
    model: Model, batches: Batches, loss: Loss, optimizer: Optimizer | None = None, *, steps: int = 1000,
    max_norm: float | None = 1.0, stop_below: float | None = None, window: int = 10, carry: bool = False,
    progress: bool | None = None, history: History | None = None,
) -> History:  # fmt: skip
    """Train a model, one batch a step. Ctrl-C ends it early: the model and the history are kept.

    If the loss, a state or the gradient is no longer a number, or the loss a thousand times the first one, it
    raises TrainingDiverged, and the model has its best parameters back.

    Parameters
    ----------
    model : Model
    batches : callable or iterable
        Gives a `tasks.Batch` a step: ``lambda: adding(100, 64, rng)``, or an iterator.
    loss : `squared_error`, `cross_entropy`, or another `losses.Loss`
    optimizer : Adam, SGD or another with `step`; Adam() when left out
    steps, window : int
        Steps at most; steps that the running loss is the mean of.
    max_norm : float or None
        The most the gradient's norm may be; None for no clipping.
    stop_below : float, optional
        End, with the best parameters, when the running loss is below this.
    carry : bool
        Each batch goes on from the states the last one ended in (of `history`, too), and the gradient ends
        with the batch.
    progress : bool, optional
        Show a line of progress; when left out, only in a terminal or a notebook.
    history : History, optional
        Of a training of this model to go on with: its window, losses and best parameters count.
    """
    steps, window = whole_number("steps", steps), whole_number("window", window)
    stop_below = None if stop_below is None else real_number("stop_below", stop_below)
    history = begun(history, window)
    before, began, line = len(history.loss), time.perf_counter(), Progress(steps, progress)
    history.stopped = ""
    learning = updates(model, batches, loss, optimizer, max_norm=max_norm, carry=carry, history=history)
    try:
        for step, *_ in islice(learning, steps):
            line.show(step - before, history)
            if stop_below is not None and step >= history.window and history.running() < stop_below:
                history.stopped = f"running loss below {stop_below:g}"
                history.set_back(model.parameters)
                break
        else:
            history.stopped = "all steps done" if len(history.loss) - before == steps else "no more batches"
    except KeyboardInterrupt:
        history.stopped = f"interrupted after step {len(history.loss)}"
    finally:
        history.seconds += time.perf_counter() - began
    line.show(steps, history, ended=True)
    return history
