"""A model that reads one symbol a step, given as a whole number: the weights of an input are looked up."""

from typing import Any

import numpy as np

from lstm_lib.checks import Array
from lstm_lib.network import Network
from lstm_lib.tasks import Batch
from lstm_lib.train import Model


class Lookup(Model):
    """A model of a network that reads one-hot inputs, and learns as it does, in less time.

    With x one-hot, W x_t is a column of W. Here these columns are the rows of a table, (D, rows of P), and
    what the network reads is a row of it, through the unit matrix, which stays as it is.

    Parameters
    ----------
    network : Network
        The one that reads one-hot inputs; it gives sizes and start.
    output_size, seed : as of a Model
    """

    def __init__(self, network: Network, output_size: int, seed: Any = 0) -> None:
        (rows, _), D = network.P.shape, network.input_size
        inner = type(network)(**{**network.config, "input_size": rows})
        inner.P[:, :rows], inner.P[:, rows:] = np.eye(rows), network.P[:, D:]
        super().__init__(inner, output_size, seed)
        self.table = np.ascontiguousarray(network.P[:, :D].T)

    @property
    def parameters(self) -> tuple[Array, ...]:
        return (*super().parameters, self.table)

    def predict(self, x: Any, **rest: Any) -> Array:
        """Answer to symbols, (T, B)."""
        return super().predict(self.table[x], **rest)

    def learn(self, batch: Batch, loss: Any, **start: Any) -> tuple[float, list[Array], Any, Array]:
        """As of a Model, for x of whole numbers and a target at each sequence's end."""
        trace = self.network.forward(self.table[batch.x], lengths=batch.lengths, **start)
        y = self.read(trace.h_last)
        value, dy = loss(y, batch.target, None)
        grads, rows = self.network.backward(trace, dh_last=dy @ self.W_y), self.table.shape[1]
        grads.vector[: self.network.P.size].reshape(self.network.P.shape)[:, :rows] = 0
        order, table = np.argsort(batch.x, axis=None, kind="stable"), np.zeros_like(self.table)
        symbols, first = np.unique(batch.x.ravel()[order], return_index=True)
        table[symbols] = np.add.reduceat(grads.x.reshape(-1, rows)[order], first)
        readout = np.concatenate([(dy.T @ trace.h_last).ravel(), dy.sum(0)])
        return value, [grads.vector, readout, table], trace, y
