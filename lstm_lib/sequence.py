"""Whole sequences: networks that run forward to a trace and backward to gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .cells import GATES
from .checks import Array, finite_array, float_dtype, generator, one_of, real_number, whole_number


class _Named:
    """Arrays by name, each an attribute."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.__dict__["_arrays"] = dict(arrays)

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
        The input.
    f, i, g, o, c, h : ndarray, shape (T, B, H)
        Forget, input, candidate and output layer, cell state, hidden state (an RNN's trace: h alone).
    h0, c0 : ndarray, shape (B, H)
        The states before the first step.
    h_last, c_last : ndarray, shape (B, H)
        The states after each sequence's last step.

    The trace of a single sequence, x (T, D), has no B axis anywhere.
    """

    def __repr__(self) -> str:
        sizes = f"T={self._T}, B={self._B}, D={self._D}, H={self._H}"
        return f"<Trace of {', '.join(n for n in self._arrays if n in 'figoch')}: {sizes}, {self.h.dtype}>"


class Gradients(_Named):
    """What a loss says of every parameter, input and state: each gradient an attribute.

    Attributes
    ----------
    W_f … b_o : ndarray
        Shaped like the parameters (an RNN's: W, U, b).
    x : ndarray, shape (T, B, D)
        ∂L/∂x_t.
    h, c : ndarray, shape (T, B, H)
        The whole ∂L/∂h_t and ∂L/∂c_t at every step, all later steps included.
    h0, c0 : ndarray, shape (B, H)
        Those of the states before the first step.
    params : dict
        The gradients of the parameters alone, by name.
    """

    def __init__(self, params: Mapping[str, Array], arrays: Mapping[str, Array]) -> None:
        super().__init__({**params, **arrays})
        self.__dict__["params"] = dict(params)

    def __repr__(self) -> str:
        return f"<Gradients of {', '.join(self._arrays)}>"


class _Network:
    """What LSTM and RNN share: sizes, the parameters, the checks.

    The parameters stand in one matrix [W b U], H rows for each layer, so that one product with the stacked
    [x; 1; h] makes every pre-activation. W_f, U_f, b_f … are views into it.
    """

    input_size: int
    hidden_size: int
    dtype: np.dtype[Any]
    params: dict[str, Array]
    _P: Array

    def __init__(self, input_size: Any, hidden_size: Any, dtype: Any, layers: tuple[str, ...]) -> None:
        D, H = whole_number("input_size", input_size), whole_number("hidden_size", hidden_size)
        P = np.zeros((len(layers) * H, D + 1 + H), float_dtype("dtype", dtype))
        self.__dict__.update(input_size=D, hidden_size=H, dtype=P.dtype, _P=P, _layers=layers)
        self.__dict__["params"] = self._split(P)

    def _split(self, P: Array) -> dict[str, Array]:
        """Views of the parameters' parts of `P`, by name."""
        D, H = self.input_size, self.hidden_size
        blocks = [
            (f"_{layer}" if layer else "", P[n * H : (n + 1) * H]) for n, layer in enumerate(self._layers)
        ]
        parts = {"W": slice(0, D), "U": slice(D + 1, None), "b": D}
        order = sorted(blocks, key=lambda block: "figo".find(block[0][1:]))
        return {letter + tail: block[:, part] for letter, part in parts.items() for tail, block in order}

    def __getattr__(self, name: str) -> Any:
        params = self.__dict__.get("params", {})
        if name in params:
            return params[name]
        raise AttributeError(f"{type(self).__name__} has no {name!r}; its parameters are {', '.join(params)}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.params:
            raise AttributeError(f"{name!r} cannot be set; the parameters are {', '.join(self.params)}")
        self.params[name][...] = finite_array(name, value, self.dtype, self.params[name].shape)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.params]

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(input_size={self.input_size}, hidden_size={self.hidden_size}, "
            f"dtype={self.dtype}): {self._P.size} parameters"
        )

    def _start(self, x: Any, **states: Any) -> tuple[bool, Array, list[Array]]:
        """Check x and the starting states; return (single?, x as (T, D, B), the states as (H, B))."""
        single = np.ndim(x) == 2
        x = finite_array(
            "x", x, self.dtype, ("T", self.input_size) if single else ("T", "B", self.input_size)
        )
        batch = () if single else x.shape[1:2]
        shape = (*batch, self.hidden_size)
        starts = []
        for name, state in states.items():
            state = (
                np.zeros(shape, self.dtype) if state is None else finite_array(name, state, self.dtype, shape)
            )
            starts.append(state[:, None] if single else state.T)
        return single, x[..., None] if single else x.swapaxes(1, 2), starts

    def _seen(self, array: Array, single: bool) -> Array:
        """(…, n, B) as the reader sees it: (…, B, n), or (…, n) for a single sequence."""
        return array[..., 0] if single else array.swapaxes(-1, -2)

    def _kept(self, array: Any, name: str, shape: tuple[int, ...], single: bool) -> Array:
        """Check a gradient that came in; return it as (…, n, B)."""
        if array is None:
            array = np.zeros(shape, self.dtype)
        array = finite_array(name, array, self.dtype, shape)
        return array[..., None] if single else array.swapaxes(-1, -2)


class LSTM(_Network):
    """Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate Gers, Schmidhuber & Cummins 2000).

    Parameters
    ----------
    input_size, hidden_size : int
        D, the numbers a step reads, and H, the cells; at least 1.
    forget_bias : float
        The value every b_f starts at; the other biases start at 0.
    seed : int or numpy.random.Generator
        W and U start uniform in ±1/√H.
    dtype : float32 or float64

    Attributes
    ----------
    W_f, W_i, W_g, W_o : ndarray, shape (H, D)
    U_f, U_i, U_g, U_o : ndarray, shape (H, H)
    b_f, b_i, b_g, b_o : ndarray, shape (H,)
        The parameters, readable and writable; also in the dict `params`.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        forget_bias: float = 1.0,
        seed: Any = 0,
        dtype: Any = np.float64,
    ) -> None:
        super().__init__(input_size, hidden_size, dtype, GATES)
        rng = generator("seed", seed)
        reach = 1 / np.sqrt(self.hidden_size)
        for name, value in self.params.items():
            if name[0] in "WU":
                value[...] = rng.uniform(-reach, reach, value.shape)
        self.b_f[...] = real_number("forget_bias", forget_bias)

    def forward(self, x: Any, h0: Any = None, c0: Any = None) -> Trace:
        """Run over whole sequences and keep every gate.

        Parameters
        ----------
        x : array_like, shape (T, B, D) or (T, D)
        h0, c0 : array_like, shape (B, H) or (H,), optional
            The states before the first step; zero when left out.

        Returns
        -------
        Trace
        """
        single, x, (h0, c0) = self._start(x, h0=h0, c0=c0)
        (T, D, B), H = x.shape, self.hidden_size
        S = np.empty((T + 1, D + 1 + H, B), self.dtype)  # [x; 1; h_prev]
        A = np.empty((T, 4, H, B), self.dtype)
        C = np.empty((T + 1, H, B), self.dtype)
        S[:T, :D], S[:, D] = x, 1
        S[T, :D] = 0
        h = S[:, D + 1 :]
        h[0], C[0] = h0, c0
        for t in range(T):
            np.matmul(self._P, S[t], out=A[t].reshape(4 * H, B))
            f, i, g, o = A[t]
            for gate in f, i, o:
                gate[...] = 0.5 * np.tanh(0.5 * gate) + 0.5
            np.tanh(g, out=g)
            C[t + 1] = f * C[t] + i * g
            h[t + 1] = o * np.tanh(C[t + 1])
        f, i, g, o = A.swapaxes(0, 1)
        arrays = dict(x=S[:T, :D], f=f, i=i, g=g, o=o, c=C[1:], h=h[1:])
        arrays.update(h0=h[0], c0=C[0], h_last=h[T], c_last=C[T])
        trace = Trace({name: self._seen(array, single) for name, array in arrays.items()})
        trace.__dict__.update(_T=T, _B=B, _D=D, _H=H, _single=single, _S=S, _A=A, _C=C)
        return trace

    def backward(self, trace: Trace, dh: Any = None, dh_last: Any = None, dc_last: Any = None) -> Gradients:
        """Backpropagation through time, exact and untruncated (Graves & Schmidhuber 2005).

        Parameters
        ----------
        trace : Trace
            What `forward` returned, before the parameters changed.
        dh : array_like, shape of trace.h
            What the loss says of each h_t directly: ∂L/∂h_t with the later steps left out.
        dh_last, dc_last : array_like, shape of trace.h_last, optional
            What it says of the last h_t and c_t, on top of `dh`.

        Returns
        -------
        Gradients
        """
        T, D, H, B, single = trace._T, trace._D, trace._H, trace._B, trace._single
        DH = np.array(self._kept(dh, "dh", trace.h.shape, single))
        DH[T - 1] += self._kept(dh_last, "dh_last", trace.h_last.shape, single)
        dc = np.array(self._kept(dc_last, "dc_last", trace.c_last.shape, single))
        A, S, C = trace._A, trace._S, trace._C
        DC, dA, dS = np.empty_like(C[1:]), np.empty_like(A), np.empty_like(S[:T])
        dP = np.zeros_like(self._P)
        for t in reversed(range(T)):
            f, i, g, o = A[t]
            tanh_c = np.tanh(C[t + 1])
            dh = DH[t]
            dc += dh * o * (1 - tanh_c**2)
            DC[t] = dc
            dA[t, 0] = dc * C[t] * f * (1 - f)
            dA[t, 1] = dc * g * i * (1 - i)
            dA[t, 2] = dc * i * (1 - g**2)
            dA[t, 3] = dh * tanh_c * o * (1 - o)
            da = dA[t].reshape(4 * H, B)
            np.matmul(self._P.T, da, out=dS[t])
            dP += da @ S[t].T
            if t > 0:
                DH[t - 1] += dS[t, D + 1 :]
            dc = dc * f
        arrays = dict(x=dS[:, :D], h=DH, c=DC, h0=dS[0, D + 1 :], c0=dc)
        return Gradients(self._split(dP), {name: self._seen(array, single) for name, array in arrays.items()})


class RNN(_Network):
    """Simple recurrent network, h_t = tanh(W x_t + U h_{t−1} + b) (Elman 1990).

    Parameters
    ----------
    input_size, hidden_size : int
        D, the numbers a step reads, and H, the units; at least 1.
    activation : "tanh" or "relu"
    seed : int or numpy.random.Generator
        W and U start uniform in ±1/√H, b at 0.
    dtype : float32 or float64

    Attributes
    ----------
    W, U, b : ndarray, shapes (H, D), (H, H), (H,)
        The parameters, readable and writable; also in the dict `params`.
    """

    activation: str

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        activation: str = "tanh",
        seed: Any = 0,
        dtype: Any = np.float64,
    ) -> None:
        super().__init__(input_size, hidden_size, dtype, ("",))
        self.__dict__["activation"] = one_of("activation", activation, ("tanh", "relu"))
        rng = generator("seed", seed)
        reach = 1 / np.sqrt(self.hidden_size)
        for value in (self.W, self.U):
            value[...] = rng.uniform(-reach, reach, value.shape)

    def forward(self, x: Any, h0: Any = None) -> Trace:
        """Run over whole sequences; as `LSTM.forward`, without the cell state."""
        single, x, (h0,) = self._start(x, h0=h0)
        (T, D, B), H = x.shape, self.hidden_size
        S = np.empty((T + 1, D + 1 + H, B), self.dtype)
        S[:T, :D], S[:, D] = x, 1
        S[T, :D] = 0
        h = S[:, D + 1 :]
        h[0] = h0
        for t in range(T):
            a = self._P @ S[t]
            h[t + 1] = np.tanh(a) if self.activation == "tanh" else np.maximum(a, 0)
        arrays = dict(x=S[:T, :D], h=h[1:], h0=h[0], h_last=h[T])
        trace = Trace({name: self._seen(array, single) for name, array in arrays.items()})
        trace.__dict__.update(_T=T, _B=B, _D=D, _H=H, _single=single, _S=S)
        return trace

    def backward(self, trace: Trace, dh: Any = None, dh_last: Any = None) -> Gradients:
        """Backpropagation through time; as `LSTM.backward`, without the cell state."""
        T, D, single = trace._T, trace._D, trace._single
        DH = np.array(self._kept(dh, "dh", trace.h.shape, single))
        DH[T - 1] += self._kept(dh_last, "dh_last", trace.h_last.shape, single)
        S = trace._S
        dS, dP = np.empty_like(S[:T]), np.zeros_like(self._P)
        for t in reversed(range(T)):
            h = S[t + 1, D + 1 :]
            da = DH[t] * ((1 - h**2) if self.activation == "tanh" else (h > 0))
            np.matmul(self._P.T, da, out=dS[t])
            dP += da @ S[t].T
            if t > 0:
                DH[t - 1] += dS[t, D + 1 :]
        arrays = dict(x=dS[:, :D], h=DH, h0=dS[0, D + 1 :])
        return Gradients(self._split(dP), {name: self._seen(array, single) for name, array in arrays.items()})
