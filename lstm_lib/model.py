"""A network and a read-out: from a batch to a loss, and from the loss to the gradient of every parameter."""

from typing import Any

import numpy as np

from .checks import Array, batch_parts, generator, quiet, whole_number
from .files import Stored
from .losses import Loss, asks_every_step, judged
from .mends import keywords, kind_of
from .network import KINDS, Network, Parameter, Parameters
from .passes import past_end
from .trace import Trace


class Model(Stored):
    """A recurrent network and a linear read-out, y_t = W_y h_t + b_y, with W_y (K, H) and b_y (K,).

    Parameters
    ----------
    network : LSTM, RNN or another that is registered
    output_size : int
        K, the numbers in an answer.
    seed : int or numpy.random.Generator
        W_y starts uniform in ±1/√H, b_y at 0.
    """

    W_y, b_y = Parameter(), Parameter()

    @keywords()
    def __init__(self, network: Network, output_size: int, seed: "int | np.random.Generator" = 0) -> None:
        if not isinstance(network, Network):
            raise TypeError(f"network must be one of {', '.join(KINDS)}, got {kind_of(network)}")
        K, H = whole_number("output_size", output_size), network.hidden_size
        self.network, self.output_size, self._readout = network, K, np.zeros(K * H + K, network.dtype)
        self.W_y = generator("seed", seed).uniform(-(H**-0.5), H**-0.5, (K, H))

    @property
    def params(self) -> Parameters:
        """The read-out's parameters by name, views of one array."""
        K, H = self.output_size, self.network.hidden_size
        return Parameters({"W_y": self._readout[: K * H].reshape(K, H), "b_y": self._readout[K * H :]})

    @property
    def parameters(self) -> tuple[Array, Array]:
        """All parameters, live: the network's vector, and the read-out's."""
        return self.network.vector, self._readout

    def read(self, h: Array) -> Array:
        """Turn states (…, H) into answers (…, K)."""
        y: Array = h @ self.W_y.T + self.b_y
        if not np.isfinite(y).all():
            raise FloatingPointError("some answers are no finite numbers: are W_y, b_y and the states?")
        return y

    @quiet
    def predict(self, x: Any, *, every_step: bool = False, **forward: Any) -> Array:
        """Answer at the end of each sequence, (B, K), or at every step, (T, B, K); B left out as in x.

        Parameters
        ----------
        x : array_like, shape (T, B, D) or (T, D)
        **forward
            What else the network's `forward` takes: h0, lengths, clamp …
        """
        trace = self.network.forward(x, **forward)
        return self.read(trace.h if every_step else trace.h_last)

    def gradients(self, batch: Any, loss: Loss, **start: Any) -> tuple[float, list[Array], Trace]:
        """Loss of one batch, its gradient for every array in `parameters`, and the trace; as `learn`."""
        return self.learn(batch, loss, **start)[:3]

    @quiet
    def learn(self, batch: Any, loss: Loss, **start: Any) -> tuple[float, list[Array], Trace, Array]:
        """From the states in `start` to the loss, the gradient for each of `parameters`, trace and answers.

        Parameters
        ----------
        batch : tasks.Batch, or tuple of x, target and perhaps lengths
            A target with a time axis is asked for at every step, one without at each sequence's end.
        loss : `squared_error`, `cross_entropy`, or another `losses.Loss`
        """
        x, target, lengths = batch_parts(batch)
        trace = self.network.forward(x, lengths=lengths, **start)
        every_step = asks_every_step(loss, target.shape, self.output_size, trace)
        h = trace.h if every_step else trace.h_last
        ragged = every_step and trace.lengths is not None
        counted = ~past_end(trace.lengths, len(h)) if ragged else None
        y = self.read(h)
        value, dy = judged(loss, y, target, counted)
        if not (np.isfinite(value) and np.isfinite(dy).all()):
            raise FloatingPointError(f"the loss is {value:.3g}")
        says = {"dh" if every_step else "dh_last": dy @ self.W_y}
        grads = self.network.backward(trace, **says, dx=False)
        flat_h, flat_dy = h.reshape(-1, h.shape[-1]), dy.reshape(-1, self.output_size)
        readout = np.concatenate([(flat_dy.T @ flat_h).ravel(), flat_dy.sum(0)])
        return value, [grads.vector, readout], trace, y
