"""The networks: whole sequences forward to a trace, and backward to gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cells import GATES
from .checks import Array, finite_array, flag, numbers, one_of, real_number, whole_number
from .network import Network, inward
from .trace import Buffers, Gradients, Trace

# A step's calls are short, so that a lookup shows; and P.dot(x, out) is quicker to call than np.dot is.
tanh, add, subtract, multiply = np.tanh, np.add, np.subtract, np.multiply


class LSTM(Network):
    """Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000).

    Each step computes the six equations of `lstm_step`. The keywords after `dtype` change the one cell, most
    of them as in Greff et al. 2017, "LSTM: A Search Space Odyssey".

    Parameters
    ----------
    input_size, hidden_size : int
        D, the numbers a step reads, and H, the cells; at least 1.
    forget_bias : float or "chrono"
        Where b_f starts; the other biases start at 0. "chrono" draws b_f = log u with u uniform in
        [1, t_max − 1], and b_i = −b_f: memory horizons up to `t_max` steps (Tallec & Ollivier 2018).
    seed : int or numpy.random.Generator
        W, U (and peepholes) start uniform in ±1/√H.
    dtype : float32 or float64
        Of the parameters and of everything computed.
    t_max : int, optional
        The longest dependency expected, in steps, at least 3; for forget_bias="chrono" alone.
    peepholes : bool
        Gates see the cell state: p_f ⊙ c_{t−1} joins a_f, p_i ⊙ c_{t−1} joins a_i, p_o ⊙ c_t joins a_o
        (Gers & Schmidhuber 2000).
    forget_gate, input_gate, output_gate : bool
        False holds the gate at 1 and takes its parameters away; forget_gate=False is the cell of 1997.
    coupled : bool
        i = 1 − f, without parameters of its own.
    input_activation, output_activation : bool
        False: g = a_g, or h = o ⊙ c.

    Attributes
    ----------
    W_f, W_i, W_g, W_o : ndarray, shape (H, D)
    U_f, U_i, U_g, U_o : ndarray, shape (H, H)
    b_f, b_i, b_g, b_o : ndarray, shape (H,)
    p_f, p_i, p_o : ndarray, shape (H,)
        The parameters, readable and writable (p only with peepholes).
    params : dict of ndarray
        The same by name.
    vector : ndarray
        The same in one array; a change in one shows in the others.

    Raises
    ------
    ValueError, TypeError
        If an argument is of the wrong kind or size, or two contradict each other.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        forget_bias: float | str = 1.0,
        seed: int | np.random.Generator = 0,
        dtype: Any = np.float64,
        *,
        t_max: int | None = None,
        peepholes: bool = False,
        forget_gate: bool = True,
        input_gate: bool = True,
        output_gate: bool = True,
        coupled: bool = False,
        input_activation: bool = True,
        output_activation: bool = True,
    ) -> None:
        options = {
            "peepholes": peepholes,
            "forget_gate": forget_gate,
            "input_gate": input_gate,
            "output_gate": output_gate,
            "coupled": coupled,
            "input_activation": input_activation,
            "output_activation": output_activation,
        }
        options = {name: flag(name, value) for name, value in options.items()}
        if coupled and not (forget_gate and input_gate):
            raise ValueError("coupled needs both the forget gate and the input gate, got one of them False")
        gates = {"f": forget_gate, "i": input_gate, "o": output_gate}
        without = "".join(gate for gate, there in gates.items() if not there)  # held at 1
        absent = without + "i" * coupled  # without parameters
        peeping = "".join(gate for gate in gates if gate not in absent) if peepholes else ""

        config = {"input_size": input_size, "hidden_size": hidden_size, "dtype": dtype, **options}
        self._build(config, ["g", "o", "i", "f"], absent, peeping)
        plain = not (absent or peepholes) and input_activation and output_activation
        self.__dict__.update(_plain=plain, _without=without)
        rng = self._start_uniform(seed)
        self._start_biases(forget_bias, t_max, rng)

    def _start_biases(self, forget_bias: Any, t_max: Any, rng: np.random.Generator) -> None:
        if isinstance(forget_bias, str):
            one_of("forget_bias", forget_bias, ("chrono",))
            if t_max is None:
                raise ValueError('t_max must be given with forget_bias="chrono", got None')
            longest = whole_number("t_max", t_max, least=3)
            log_u = np.log(rng.uniform(1, longest - 1, self.hidden_size))
        elif t_max is not None:
            raise ValueError(f't_max goes with forget_bias="chrono", got forget_bias={forget_bias!r}')
        else:
            log_u = np.full(self.hidden_size, real_number("forget_bias", forget_bias))
        if "b_f" in self.params:
            self.b_f[...] = log_u
        if "b_i" in self.params and isinstance(forget_bias, str):
            self.b_i[...] = -log_u

    def forward(
        self,
        x: Any,
        h0: Any = None,
        c0: Any = None,
        *,
        lengths: Any = None,
        clamp: dict[str, Any] | None = None,
        scale: dict[str, Any] | None = None,
    ) -> Trace:
        """Run over whole sequences and keep every gate.

        Parameters
        ----------
        x : array_like, shape (T, B, D), or (T, D) for a single sequence
            The input, time on axis 0.
        h0, c0 : array_like, shape (B, H) or (H,), optional
            The states before the first step; zero when left out.
        lengths : array_like of int, shape (B,), or of bool, shape (T, B), optional
            Steps in each sequence, or a mask that is True up to its end. Past it, x is not read.
        clamp : dict, optional
            Hold a gate: {"f": 0.5}. A value is a number, or an array that broadcasts to (T, B, H) or (T, H);
            where it is NaN, the gate is left alone.
        scale : dict, optional
            Multiply a gate: {"o": 0.0}; values as for `clamp`, all finite. A clamped gate is not scaled.

        Returns
        -------
        Trace
            f, i, g, o, c, h at every step.

        Raises
        ------
        ValueError, TypeError
            If an argument has the wrong shape or kind, or holds NaN or infinity.
        FloatingPointError
            If a state leaves the range of the dtype.
        """
        given = self._arguments(x, h0, c0, lengths)
        (T, D, B), H = given.x.shape, self.hidden_size
        held = self._held(clamp, scale, (T, H, B), given.single)
        plain = self._plain and not held

        buffers = self._forward_pool.take((T, B), lambda: _forward_buffers(T, D, H, B, self.dtype))
        S, Z, C = buffers.arrays
        S[:T, :D], S[0, D + 1 : D + 1 + H], C[0] = given.x, given.h0, given.c0
        slope = None if plain else np.empty((T, 4, H, B), self.dtype)
        P, half = self._P.copy(), self.dtype.type(0.5)
        if plain:
            P[H:] *= half  # σ(a) = ½ tanh(½ a) + ½, so one tanh serves all four layers
        P_dot, squash = P.dot, tanh if self.output_activation else np.positive

        with np.errstate(all="ignore"):  # what leaves the range is reported by _trace
            for t, (x1h, a, oif, f, i, g, o, f_c, i_g, c_prev, c, tanh_c, h) in enumerate(buffers.views[0]):
                P_dot(x1h, a)  # a = W x_t + b + U h_{t−1}, all four layers
                if plain:
                    tanh(a, a)
                    multiply(oif, half, oif)
                    add(oif, half, oif)
                else:
                    self._layer("f", t, f, c_prev, slope, held)
                    self._layer("i", t, i, c_prev, slope, held, f)
                    self._layer("g", t, g, c_prev, slope, held)
                multiply(f, c_prev, f_c)
                multiply(i, g, i_g)
                add(f_c, i_g, c)  # c_t = f ⊙ c_{t−1} + i ⊙ g
                if not plain:
                    self._layer("o", t, o, c, slope, held)
                squash(c, tanh_c)
                multiply(o, tanh_c, h)  # h_t = o ⊙ tanh(c_t)

        tanh_c, g, o, i, f = Z.reshape(T, 5, H, B).swapaxes(0, 1)
        h = S[:, D + 1 : D + 1 + H]
        arrays = {"x": S[:T, :D], "f": f, "i": i, "g": g, "o": o, "c": C[1:], "h": h[1:], "tanh_c": tanh_c}
        arrays |= {"h0": h[0], "c0": C[0]}
        trace = self._trace(given, arrays, _buffers=buffers, _slope=slope, _held=(clamp, scale))
        self._forward_pool.give(buffers)
        return trace

    def _layer(self, gate: str, t: int, z: Array, c: Array, slope: Any, held: Any, f: Any = None) -> None:
        """One layer of a cell that is not plain: `z` comes as a and leaves as the gate, its slope beside."""
        s = slope[t, "goif".index(gate)]
        if gate in self._peepholes:
            z += self.params["p_" + gate][:, None] * c
        if gate == "i" and self.coupled:
            z[...] = 1 - f
            s[...] = -slope[t, 3]  # ∂i/∂a_f
        elif gate == "g":
            if self.input_activation:
                tanh(z, z)
            s[...] = 1 - z * z if self.input_activation else 1
        else:
            z[...] = 0.5 * tanh(0.5 * z) + 0.5
            s[...] = z * (1 - z)
        if gate in held:
            factor, offset = held[gate]
            s *= factor[t]
            z *= factor[t]
            z += offset[t]

    def backward(
        self, trace: Trace, dh: Any = None, *, dh_last: Any = None, dc_last: Any = None
    ) -> Gradients:
        """Backpropagation through time, the full gradient (Graves & Schmidhuber 2005).

        Parameters
        ----------
        trace : Trace
            What `forward` returned; the parameters must not have changed since.
        dh : array_like, shape of trace.h, optional
            What the loss says of each h_t itself, the steps that follow left out. Past a sequence's end it is
            not read.
        dh_last, dc_last : array_like, shape of trace.h_last, optional
            What it says of the last h and c, on top of `dh`. One of the three must be given.

        Returns
        -------
        Gradients
            Of every parameter, of x, h0 and c0, and the whole ∂L/∂h_t and ∂L/∂c_t.

        Raises
        ------
        ValueError, TypeError
            If an argument has the wrong shape or kind, or the trace is another network's.
        FloatingPointError
            If the gradient leaves the range of the dtype.
        """
        dh_given, dh_end, dc_end, ends = self._loss_says(trace, dh, dh_last, dc_last)
        S, Z, C = trace._buffers.arrays
        (T, B), (D, H) = trace._buffers.key, (self.input_size, self.hidden_size)
        said = _said(dh_given, T)
        n = _run_length(T, 4 * H * B)
        buffers = self._backward_pool.take((T, B), lambda: _backward_buffers(T, D, H, B, n, self.dtype))
        DH, DC, DX, F = buffers.arrays  # DH[t + 1] is ∂L/∂h_t, DH[0] that of h0; DC likewise
        dhs, dcs, scratch = buffers.views
        U_T_dot = np.ascontiguousarray(self._P[:, D + 1 :].T).dot
        dvector = np.zeros_like(self.vector)
        dc_next = np.zeros((H, B), self.dtype)  # f_{t+1} ⊙ ∂L/∂c_{t+1}
        one, plain, views = self.dtype.type(1), trace._slope is None, trace._buffers.views[1]
        DH[T], DX[...] = dh_end, 0

        with np.errstate(all="ignore"):  # what leaves the range is reported by _gradients
            for run in _runs_backward(T, n):
                for t in reversed(run):
                    dh, dc, dh_prev = dhs[t + 1], dcs[t + 1], dhs[t]
                    k, k_g, w, da_g, da_o, da_i, da_f, da = scratch[t - run.start]
                    if t in ends:
                        dc_next[:, ends[t]] += dc_end[:, ends[t]]
                    if plain:
                        h_ig, tanh_g, o_i, oif, h_ig_fc, f = views[t]
                        multiply(h_ig, tanh_g, k_g)
                        subtract(o_i, k_g, k_g)  # o − h tanh(c) = ∂h/∂c;  i − (i g) g = i (1 − g²)
                        subtract(one, oif, w)
                        multiply(w, h_ig_fc, w)  # (1 − o) h;  (1 − i) i g;  (1 − f) f c_{t−1}
                        multiply(k, dh, k)
                        add(dc_next, k, dc)  # dc_t = f_{t+1} dc_{t+1} + ∂h/∂c dh_t
                        multiply(da_o, dh, da_o)  # da_o = dh (1 − o) o tanh(c), for h = o tanh(c)
                        multiply(da_g, dc, da_g)  # da_g = dc i (1 − g²)
                        multiply(da_i, dc, da_i)  # da_i = dc g i (1 − i)
                        multiply(da_f, dc, da_f)  # da_f = dc c_{t−1} f (1 − f)
                        multiply(f, dc, dc_next)
                    else:
                        self._step_back(trace, t, dh, dc, dc_next, (da_g, da_o, da_i, da_f), dvector)
                    U_T_dot(da, dh_prev)  # dh_{t−1} = Uᵀ da, all four layers
                    if said[t]:
                        add(dh_prev, dh_given[t - 1], dh_prev)  # type: ignore[index]
                self._sum_run(run, F[: len(run), H:], S, slice(None), dvector, DX)
            DC[0] = dc_next

        arrays = {"x": DX, "h": DH[1:], "c": DC[1:], "h0": DH[0], "c0": DC[0]}
        gradients = self._gradients(trace, dvector, arrays)
        self._backward_pool.give(buffers)
        return gradients

    def _step_back(
        self,
        trace: Trace,
        t: int,
        dh: Array,
        dc: Array,
        dc_next: Array,
        das: tuple[Array, ...],
        dvector: Array,
    ) -> None:
        """One step back through a cell that is not the plain one: the chain rule, line by line."""
        S, Z, C = trace._buffers.arrays
        tanh_c, g, o, i, f = Z[t].reshape(5, *dh.shape)
        slope_g, slope_o, slope_i, slope_f = trace._slope[t]
        da_g, da_o, da_i, da_f = das
        c, c_prev = C[t + 1], C[t]
        p = {gate: self.params["p_" + gate][:, None] for gate in self._peepholes}
        dp = {gate: self._split(dvector)["p_" + gate] for gate in self._peepholes}

        da_o[...] = dh * tanh_c * slope_o
        dc[...] = dc_next + dh * o * (1 - tanh_c**2 if self.output_activation else 1)
        if "o" in p:
            dc += p["o"] * da_o
            dp["o"] += (da_o * c).sum(1)
        da_g[...] = dc * i * slope_g
        da_i[...] = dc * g * slope_i
        da_f[...] = dc * c_prev * slope_f
        if self.coupled:
            da_f += da_i
            da_i[...] = 0
        dc_next[...] = dc * f
        for gate, da in (("f", da_f), ("i", da_i)):
            if gate in p:
                dc_next += p[gate] * da
                dp[gate] += (da * c_prev).sum(1)

    def _held(self, clamp: Any, scale: Any, shape: tuple[int, ...], single: bool) -> dict[str, list[Array]]:
        """For each gate that is absent, scaled or clamped: a factor and an offset, each (T, H, B)."""
        T, H, B = shape
        seen = (T, H) if single else (T, B, H)
        held = {gate: (np.zeros(1), np.ones(1)) for gate in self._without}
        for name, values in (("scale", scale), ("clamp", clamp)):
            if values is None:
                continue
            if not isinstance(values, dict) or not set(values) <= set(GATES):
                kind = ValueError if isinstance(values, dict) else TypeError
                raise kind(f"{name} must be a dict with keys among f, i, g, o; got {values!r}")
            for gate, given in values.items():
                value, free = _over(f"{name}[{gate!r}]", given, self.dtype, seen, nan=name == "clamp")
                factor, offset = held.get(gate, (np.ones(1), np.zeros(1)))
                if name == "scale":
                    held[gate] = factor * value, offset * value
                else:
                    held[gate] = np.where(free, factor, 0), np.where(free, offset, value)
        return {
            gate: [inward(np.broadcast_to(array.astype(self.dtype), seen), single) for array in pair]
            for gate, pair in held.items()
        }


def _over(name: str, value: Any, dtype: Any, shape: tuple[int, ...], nan: bool) -> tuple[Array, Array]:
    """Broadcast `value` to `shape`; tell where it is NaN, if it may be."""
    array = numbers(name, value)
    free = np.isnan(array) if nan and array.dtype.kind == "f" else np.zeros(array.shape, bool)
    array = finite_array(name, np.where(free, 0, array) if free.any() else array, dtype)
    try:
        return np.broadcast_to(array, shape), np.broadcast_to(free, shape)
    except ValueError:
        raise ValueError(f"{name} must broadcast to shape {shape}, got {array.shape}") from None


def _forward_buffers(T: int, D: int, H: int, B: int, dtype: Any) -> Buffers:
    """Memory of an LSTM's forward pass, ordered so that what one call treats lies side by side."""
    h, i_g = D + 1, D + 1 + H
    S = np.empty((T + 1, D + 1 + 3 * H, B), dtype)  # x_t; 1; h_{t−1}; and of step t − 1: i ⊙ g; f ⊙ c_{t−2}
    Z = np.empty((T, 5 * H, B), dtype)  # tanh(c); g; o; i; f
    C = np.empty((T + 1, H, B), dtype)
    S[:, D] = 1
    forward, backward = [], []
    for t in range(T):
        z, s = Z[t], S[t + 1]
        tanh_c, g, o, i, f = z.reshape(5, H, B)
        forward.append(
            (
                S[t, :i_g],
                z[H:],
                z[2 * H :],
                f,
                i,
                g,
                o,
                s[i_g + H :],
                s[i_g : i_g + H],
                C[t],
                C[t + 1],
                tanh_c,
                s[h:i_g],
            )
        )
        backward.append((s[h : i_g + H], z[: 2 * H], z[2 * H : 4 * H], z[2 * H :], s[h:], f))
    return Buffers((T, B), (S, Z, C), (forward, backward))


def _backward_buffers(T: int, D: int, H: int, B: int, n: int, dtype: Any) -> Buffers:
    """Memory of an LSTM's backward pass: what it hands out, and a run of steps of factors."""
    DH, DC, DX = np.empty((T + 1, H, B), dtype), np.empty((T + 1, H, B), dtype), np.empty((T, D, B), dtype)
    F = np.empty((n, 5 * H, B), dtype)  # k; da_g; da_o; da_i; da_f
    scratch = [(f[:H], f[: 2 * H], f[2 * H :], *f[H:].reshape(4, H, B), f[H:]) for f in F]
    return Buffers((T, B), (DH, DC, DX, F), (list(DH), list(DC), scratch))


def _run_length(T: int, numbers: int) -> int:
    """Steps whose pre-activation gradients, so many numbers each, stay in a core's cache together."""
    return min(T, max(4, 2**16 // numbers))


def _runs_backward(T: int, n: int) -> list[range]:
    return [range(first, min(first + n, T)) for first in reversed(range(0, T, n))]


class RNN(Network):
    """Simple recurrent network, h_t = tanh(W x_t + U h_{t−1} + b) (Elman 1990).

    Parameters
    ----------
    input_size, hidden_size : int
        D, the numbers a step reads, and H, the units; at least 1.
    activation : "tanh" or "relu"
    recurrent_init : "uniform", "orthogonal" or "identity"
        How U starts: uniform in ±1/√H, as W does; a random rotation (Saxe et al. 2014); or the unit matrix,
        which with "relu" is the IRNN of Le, Jaitly & Hinton 2015.
    seed : int or numpy.random.Generator
    dtype : float32 or float64
        Of the parameters and of everything computed.

    Attributes
    ----------
    W, U, b : ndarray, shapes (H, D), (H, H), (H,)
        The parameters, readable and writable.
    params : dict of ndarray
        The same by name.
    vector : ndarray
        The same in one array; a change in one shows in the others.

    Raises
    ------
    ValueError, TypeError
        If an argument is of the wrong kind or size.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        activation: str = "tanh",
        recurrent_init: str = "uniform",
        seed: int | np.random.Generator = 0,
        dtype: Any = np.float64,
    ) -> None:
        one_of("activation", activation, ("tanh", "relu"))
        one_of("recurrent_init", recurrent_init, ("uniform", "orthogonal", "identity"))
        config = {
            "input_size": input_size,
            "hidden_size": hidden_size,
            "dtype": dtype,
            "activation": activation,
        }
        self._build(config, [""])
        rng = self._start_uniform(seed)
        if recurrent_init == "orthogonal":
            Q, R = np.linalg.qr(rng.normal(size=self.U.shape))
            self.U[...] = Q * np.sign(np.diag(R))  # without the signs, not every rotation is as likely
        elif recurrent_init == "identity":
            self.U[...] = np.eye(self.hidden_size)

    def forward(self, x: Any, h0: Any = None, *, lengths: Any = None) -> Trace:
        """Run over whole sequences and keep every state; arguments and errors as in `LSTM.forward`.

        Returns
        -------
        Trace
            h at every step.
        """
        given = self._arguments(x, h0, None, lengths)
        (T, D, B), H = given.x.shape, self.hidden_size
        buffers = self._forward_pool.take((T, B), lambda: _rnn_buffers(T, D, H, B, self.dtype))
        (S,) = buffers.arrays
        S[:T, :D], S[0, D + 1 :] = given.x, given.h0
        P_dot = self._P.dot
        with np.errstate(all="ignore"):  # what leaves the range is reported by _trace
            for x1h, h in buffers.views:
                P_dot(x1h, h)  # a = W x_t + b + U h_{t−1}
                if self.activation == "tanh":
                    tanh(h, h)
                else:
                    np.maximum(h, 0, out=h)
        h = S[:, D + 1 :]
        trace = self._trace(given, {"x": S[:T, :D], "h": h[1:], "h0": h[0]}, _buffers=buffers)
        self._forward_pool.give(buffers)
        return trace

    def backward(self, trace: Trace, dh: Any = None, *, dh_last: Any = None) -> Gradients:
        """Backpropagation through time; arguments and errors as in `LSTM.backward`.

        Returns
        -------
        Gradients
            Of every parameter, of x and h0, and the whole ∂L/∂h_t.
        """
        dh_given, dh_end, _, _ = self._loss_says(trace, dh, dh_last)
        (S,) = trace._buffers.arrays
        (T, B), (D, H) = trace._buffers.key, (self.input_size, self.hidden_size)
        said = _said(dh_given, T)
        n = _run_length(T, H * B)
        buffers = self._backward_pool.take((T, B), lambda: _rnn_backward_buffers(T, D, H, B, n, self.dtype))
        DH, DX, dA = buffers.arrays  # DH[t + 1] is ∂L/∂h_t, DH[0] that of h0
        dhs, das = buffers.views
        U_T_dot = np.ascontiguousarray(self.U.T).dot
        dvector = np.zeros_like(self.vector)
        DH[T], DX[...] = dh_end, 0
        views = trace._buffers.views

        with np.errstate(all="ignore"):  # what leaves the range is reported by _gradients
            for run in _runs_backward(T, n):
                for t in reversed(run):
                    dh, dh_prev, da, h = dhs[t + 1], dhs[t], das[t - run.start], views[t][1]
                    if self.activation == "tanh":
                        multiply(h, h, da)
                        subtract(1, da, da)
                    else:
                        np.sign(h, da)  # h ≥ 0: 1 where the unit is on
                    multiply(da, dh, da)
                    U_T_dot(da, dh_prev)
                    if said[t]:
                        add(dh_prev, dh_given[t - 1], dh_prev)  # type: ignore[index]
                self._sum_run(run, dA[: len(run)], S, slice(None), dvector, DX)

        gradients = self._gradients(trace, dvector, {"x": DX, "h": DH[1:], "h0": DH[0]})
        self._backward_pool.give(buffers)
        return gradients


class GRU(Network):
    """Gated recurrent unit (Cho et al. 2014, equations 5 to 8), to compare with.

    z, r = σ(W x_t + U h_{t−1} + b); n = tanh(W_n x_t + U_n (r ⊙ h_{t−1}) + b_n);
    h_t = z ⊙ h_{t−1} + (1 − z) ⊙ n.

    Parameters
    ----------
    input_size, hidden_size : int
        D, the numbers a step reads, and H, the units; at least 1.
    seed : int or numpy.random.Generator
        W and U start uniform in ±1/√H, the biases at 0.
    dtype : float32 or float64
        Of the parameters and of everything computed.

    Attributes
    ----------
    W_z, W_r, W_n : ndarray, shape (H, D)
    U_z, U_r, U_n : ndarray, shape (H, H)
    b_z, b_r, b_n : ndarray, shape (H,)
        Parameters of update gate, reset gate and candidate, readable and writable.
    params : dict of ndarray
        The same by name.
    vector : ndarray
        The same in one array; a change in one shows in the others.

    Raises
    ------
    ValueError, TypeError
        If an argument is of the wrong kind or size.
    """

    def __init__(
        self, input_size: int, hidden_size: int, seed: int | np.random.Generator = 0, dtype: Any = np.float64
    ) -> None:
        self._build({"input_size": input_size, "hidden_size": hidden_size, "dtype": dtype}, ["z", "r", "n"])
        self._start_uniform(seed)

    def forward(self, x: Any, h0: Any = None, *, lengths: Any = None) -> Trace:
        """Run over whole sequences and keep every gate; arguments and errors as in `LSTM.forward`.

        Returns
        -------
        Trace
            z, r, n, h at every step.
        """
        given = self._arguments(x, h0, None, lengths)
        (T, D, B), H = given.x.shape, self.hidden_size
        S = np.empty((T + 1, D + 1 + H, B), self.dtype)  # [x; 1; h_prev]
        R = np.empty((T, D + 1 + H, B), self.dtype)  # [x; 1; r ⊙ h_prev]
        Z = np.empty((T, 3, H, B), self.dtype)  # z, r, n
        h = S[:, D + 1 :]
        S[:T, :D], S[:, D], h[0] = given.x, 1, given.h0
        R[:, : D + 1] = S[:T, : D + 1]
        P_zr, P_n = self._P[: 2 * H], self._P[2 * H :]
        with np.errstate(all="ignore"):  # what leaves the range is reported by _trace
            for t in range(T):
                z, r, n = Z[t]
                Z[t, :2] = 0.5 * tanh(0.5 * (P_zr @ S[t])).reshape(2, H, B) + 0.5
                multiply(r, h[t], R[t, D + 1 :])
                tanh(P_n @ R[t], n)
                h[t + 1] = z * h[t] + (1 - z) * n
        arrays = {"x": S[:T, :D], "z": Z[:, 0], "r": Z[:, 1], "n": Z[:, 2], "h": h[1:], "h0": h[0]}
        return self._trace(given, arrays, _buffers=(S, R, Z))

    def backward(self, trace: Trace, dh: Any = None, *, dh_last: Any = None) -> Gradients:
        """Backpropagation through time; arguments and errors as in `LSTM.backward`.

        Returns
        -------
        Gradients
            Of every parameter, of x and h0, and the whole ∂L/∂h_t.
        """
        dh_given, dh_end, _, _ = self._loss_says(trace, dh, dh_last)
        S, R, Z = trace._buffers
        (T, _, H, B), D = Z.shape, self.input_size
        said = _said(dh_given, T)
        DH, DX, dA = (
            np.zeros((steps, rows, B), self.dtype) for steps, rows in ((T + 1, H), (T, D), (T, 3 * H))
        )
        DH[T] = dh_end
        U_zr, U_n = np.split(self._P[:, D + 1 :], [2 * H])
        dvector = np.zeros_like(self.vector)
        with np.errstate(all="ignore"):  # what leaves the range is reported by _gradients
            for t in reversed(range(T)):
                z, r, n = Z[t]
                da_z, da_r, da_n = dA[t].reshape(3, H, B)
                dh, h_prev = DH[t + 1], S[t, D + 1 :]
                da_n[...] = dh * (1 - z) * (1 - n**2)
                drh = U_n.T @ da_n
                da_z[...] = dh * (h_prev - n) * z * (1 - z)
                da_r[...] = drh * h_prev * r * (1 - r)
                DH[t] = dh * z + drh * r + U_zr.T @ dA[t, : 2 * H]
                if said[t]:
                    DH[t] += dh_given[t - 1]  # type: ignore[index]
            self._sum_run(range(T), dA[:, : 2 * H], S, slice(2 * H), dvector, DX)
            self._sum_run(range(T), dA[:, 2 * H :], R, slice(2 * H, None), dvector, DX)
        return self._gradients(trace, dvector, {"x": DX, "h": DH[1:], "h0": DH[0]})


def _said(dh: Array | None, T: int) -> list[bool]:
    """Whether the loss speaks of h_{t−1}, for each t; the last step is told apart."""
    said = np.zeros(T, bool)
    if dh is not None:
        said[1:] = dh[: T - 1].any(axis=(1, 2))
    return list(said)


def _rnn_buffers(T: int, D: int, H: int, B: int, dtype: Any) -> Buffers:
    """Memory of an RNN's forward pass: [x; 1; h_prev]."""
    S = np.empty((T + 1, D + 1 + H, B), dtype)
    S[:, D] = 1
    return Buffers((T, B), (S,), [(S[t], S[t + 1, D + 1 :]) for t in range(T)])


def _rnn_backward_buffers(T: int, D: int, H: int, B: int, n: int, dtype: Any) -> Buffers:
    """Memory of an RNN's backward pass: what it hands out, and a run of steps of ∂L/∂a."""
    DH, DX, dA = (np.empty(shape, dtype) for shape in ((T + 1, H, B), (T, D, B), (n, H, B)))
    return Buffers((T, B), (DH, DX, dA), (list(DH), list(dA)))
