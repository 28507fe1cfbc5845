"""What a pass leaves behind: the trace, the gradients, and the buffers that later passes may use again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from .checks import Array


class _Named:
    """Arrays by name, each an attribute."""

    _arrays: dict[str, Array]

    def __init__(self, arrays: Mapping[str, Array], **private: Any) -> None:
        self.__dict__.update(_arrays=dict(arrays), **private)

    def __getattr__(self, name: str) -> Any:
        arrays = self.__dict__.get("_arrays", {})
        if name in arrays:
            return arrays[name]
        raise AttributeError(f"{type(self).__name__} has no {name!r}; it holds {', '.join(arrays)}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name!r} cannot be set on a {type(self).__name__}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._arrays]


class Trace(_Named):
    """Everything a forward pass saw: each series an attribute, time on axis 0.

    Attributes
    ----------
    x : ndarray, shape (T, B, D)
        The input, in the network's dtype.
    f, i, g, o, c, h : ndarray, shape (T, B, H)
        Forget gate, input gate, candidate, output gate, cell state, hidden state. An RNN's trace has h alone,
        a GRU's z, r, n and h.
    tanh_c : ndarray, shape (T, B, H)
        tanh(c), what the output gate multiplies.
    h0, c0 : ndarray, shape (B, H)
        The states before the first step.
    h_last, c_last : ndarray, shape (B, H)
        The states after each sequence's last step.
    lengths : ndarray of int, shape (B,), or None
        Steps in each sequence. Past its end, all series of a sequence are 0.

    The trace of a single sequence, x of shape (T, D), has no B axis anywhere. The arrays are views of the
    pass's own memory: they cost nothing, and stay as they are for as long as anyone holds one of them.
    """

    lengths: Array | None
    _series: str
    _made_by: str
    _single: bool
    _buffers: Any  # the arrays behind the views, as the network lays them out
    _held: Any  # what `clamp` and `scale` said

    def __repr__(self) -> str:
        T, *batch, H = self.h.shape
        sizes = f"T={T}, B={batch[0] if batch else 1}, D={self.x.shape[-1]}, H={H}"
        return f"<Trace of {self._made_by}: {', '.join(self._series)}; {sizes}; {self.h.dtype}>"


class Gradients(_Named):
    """What a loss says of every parameter, input and state: each gradient an attribute.

    Attributes
    ----------
    W_f … b_o : ndarray
        Shaped like the parameters (an RNN's: W, U, b).
    x : ndarray, shape (T, B, D)
        ∂L/∂x_t.
    h, c : ndarray, shape (T, B, H)
        The whole ∂L/∂h_t and ∂L/∂c_t at every step, everything that follows the step included (c: LSTM only).
    h0, c0 : ndarray, shape (B, H)
        The same for the states before the first step.
    params : dict of ndarray
        The gradients of the parameters alone, by name.
    vector : ndarray
        The same numbers in one array, laid out like the network's `vector`.
    """

    params: dict[str, Array]
    vector: Array

    def __init__(self, params: Mapping[str, Array], vector: Array, arrays: Mapping[str, Array]) -> None:
        super().__init__({**params, **arrays}, params=dict(params), vector=vector)

    def __repr__(self) -> str:
        return f"<Gradients of {', '.join(self._arrays)}; {self.vector.dtype}>"


class Buffers:
    """Arrays that belong together, with the views of them that a pass walks through."""

    def __init__(self, key: tuple[Any, ...], arrays: tuple[Array, ...], views: Any) -> None:
        self.key, self.arrays, self.views = key, arrays, views
        self.own_holders: list[int] = []

    def holders(self) -> list[int]:
        """Count who holds each array."""
        return [sys.getrefcount(array) for array in self.arrays]

    def free(self) -> bool:
        """Tell whether nobody else holds the arrays; a NumPy view, however made, holds the array it shows."""
        return self.holders() == self.own_holders


class Pool:
    """The buffers of past passes: taking memory anew costs as much time as filling it."""

    def __init__(self) -> None:
        self._spare: list[Buffers] = []

    def take(self, key: tuple[Any, ...], make: Callable[[], Buffers]) -> Buffers:
        """Hand out buffers made for `key` that nobody holds; the taker gives them back after the pass."""
        for _ in range(len(self._spare)):
            buffers = self._spare.pop(0)
            if buffers.key == key and buffers.free():
                return buffers
            self._spare.append(buffers)
        buffers = make()
        buffers.own_holders = buffers.holders()
        return buffers

    def give(self, buffers: Buffers) -> None:
        """Keep `buffers` for a later pass, the two latest alone."""
        self._spare.append(buffers)
        del self._spare[:-2]
