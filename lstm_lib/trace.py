"""What a pass leaves behind: the trace of the way forward, the gradients of the way back."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .checks import Array
from .memory import Block, shown
from .mends import meant


def inward(array: Array, single: bool) -> Array:
    """From the reader's (…, B, n), or (…, n) for a single sequence, to (…, n, B)."""
    return array[..., None] if single else array.swapaxes(-1, -2)


def outward(array: Array, single: bool) -> Array:
    """From (…, n, B) to the reader's (…, B, n), or (…, n) for a single sequence."""
    return array[..., 0] if single else array.swapaxes(-1, -2)


class _Named:
    """Arrays by name: `named.f` and `named["f"]` are the same. Those inside a pass are turned on demand."""

    _sealed = False

    def __init__(self, root: Array, inside: Mapping[str, Array], single: bool, **outside: Array) -> None:
        self._root, self._inside, self._single, self._outside = root, inside, single, outside
        self._names = tuple({**outside, **inside})

    def __getitem__(self, name: str) -> Array:
        if name not in self._outside:
            if name not in self._inside:
                mend = meant(name, self._names) if isinstance(name, str) else f"; write trace.h[{name!r}]"
                known = f"it holds {', '.join(self._names)}{mend}"
                raise KeyError(f"{type(self).__name__} has no {name!r}; {known}")
            self._outside[name] = outward(shown(self._root, self._inside[name]), self._single)
        return self._outside[name]

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(
            f"{type(self).__name__} is not unpacked but asked by name, as trace.h, trace.h_last "
            f"or grads.W_f; this one holds {', '.join(self._names)}"
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no {name!r}")
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def __setattr__(self, name: str, value: Any) -> None:
        if self._sealed and not name.startswith("_"):
            raise AttributeError(f"{name!r} cannot be set on a {type(self).__name__}")
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._names]

    def __getstate__(self) -> dict[str, Any]:
        arrays = {name: self[name] for name in self._names}
        return {**self.__dict__, "_root": None, "_inside": {}, "_outside": arrays}


class Trace(_Named):
    """Everything a forward pass saw: each series an attribute, and `trace["f"]` is `trace.f`; time on axis 0.

    Attributes
    ----------
    x : ndarray, shape (T, B, D)
        The input, in the network's dtype.
    f, i, g, o, c, h : ndarray, shape (T, B, H)
        Forget gate, input gate, candidate, output gate, cell state, hidden state. An RNN's trace has h alone.
    tanh_c : ndarray, shape (T, B, H)
        tanh(c), what the output gate multiplies.
    h0, c0, h_last, c_last : ndarray, shape (B, H)
        The states before the first step, and after each sequence's last.
    lengths : ndarray of int, shape (B,), or None
        Steps in each sequence. Past its end, all series of a sequence are 0.
    series : tuple of str
        The names of those that have a number for each unit and step.

    The trace of a single sequence, x of shape (T, D), has no B axis anywhere. The arrays are views of the
    pass's own memory: they cost nothing, stay as they are for as long as anyone holds one of them, and are
    read-only, for `backward` reads the same memory.
    """

    def __init__(
        self, root: Array, inside: Mapping[str, Array], single: bool, last: Mapping[str, Array], *,
        lengths: Array | None, made_by: str, vector: Array, block: Block, held: Mapping[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(root, inside, single, **last)
        self.lengths, self.series = lengths, tuple(n for n in inside if len(n) == 1 and n != "x")
        self._made_by, self._vector = made_by, vector  # the network, and its parameters as they were
        self._block = block  # the memory behind it
        # what `clamp` and `scale` said: copies, for the caller's own may change
        self._held = {name: {gate: np.array(v) for gate, v in says.items()} for name, says in held.items()}
        self.__setstate__({"_sealed": True})

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)  # sealed or not
        for array in (self.lengths, *self._outside.values()):
            if array is not None:
                array.flags.writeable = False

    def __repr__(self) -> str:
        T, *batch, H = self.h.shape
        sizes = f"T={T}, B={batch[0] if batch else 1}, D={self.x.shape[-1]}, H={H}"
        return (
            f"<Trace of {self._made_by.partition('(')[0]}: {', '.join(self.series)}; {sizes}; {self.h.dtype}>"
        )


class Gradients(_Named):
    """What a loss says of every parameter, input and state: each gradient an attribute, or `grads["W_f"]`.

    Attributes
    ----------
    W_f … b_o : ndarray
        Shaped like the parameters (an RNN's: W, U, b).
    x : ndarray, shape (T, B, D)
        ∂L/∂x_t, unless `backward` was called with dx=False.
    h, c : ndarray, shape (T, B, H)
        The whole ∂L/∂h_t and ∂L/∂c_t at every step, everything that follows the step included (c: LSTM only).
    h0, c0 : ndarray, shape (B, H)
        The same for the states before the first step.
    params : dict of ndarray
        The gradients of the parameters alone, by name.
    vector : ndarray
        The same numbers in one array, laid out like the network's `vector`.
    """

    def __init__(
        self, root: Array, inside: Mapping[str, Array], single: bool, params: Mapping[str, Array],
        vector: Array,
    ) -> None:  # fmt: skip
        super().__init__(root, inside, single, **params)
        self.params, self.vector, self._sealed = dict(params), vector, True

    def __repr__(self) -> str:
        return f"<Gradients of {', '.join(self._names)}; {self.vector.dtype}>"
