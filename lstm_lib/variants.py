"""The LSTM with something changed: one cell, no copies. Every equation is a line.

The arrays are those of `lstm`, and beside them the slope of each layer, ∂gate/∂a (T, 4, H, B).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .checks import Array, finite_array, flag, numbers
from .memory import Block
from .network import flush
from .passes import Said
from .trace import Trace, inward


@dataclass(frozen=True)
class Variant:
    """What is changed in the cell; most of it as in Greff et al. 2017, "LSTM: A Search Space Odyssey".

    Parameters
    ----------
    peepholes : bool
        Gates see the cell state: p_f ⊙ c_{t−1} joins a_f, p_i ⊙ c_{t−1} joins a_i, p_o ⊙ c_t joins a_o
        (Gers & Schmidhuber 2000).
    forget_gate, input_gate, output_gate : bool
        False holds the gate at 1 and takes its parameters away; forget_gate=False is the cell of 1997.
    coupled : bool
        i = 1 − f, without parameters of its own.
    input_activation, output_activation : bool
        False: g = a_g, or h = o ⊙ c.
    """

    peepholes: bool = False
    forget_gate: bool = True
    input_gate: bool = True
    output_gate: bool = True
    coupled: bool = False
    input_activation: bool = True
    output_activation: bool = True

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            object.__setattr__(self, name, flag(name, value))
        if self.coupled and not (self.forget_gate and self.input_gate):
            raise ValueError("coupled needs both the forget gate and the input gate, got one of them False")

    def unusual(self) -> dict[str, bool]:
        """What differs from the plain cell."""
        return {name: value for name, value in asdict(self).items() if value != getattr(Variant, name)}

    @property
    def without(self) -> str:
        """The gates held at 1."""
        return "f" * (not self.forget_gate) + "i" * (not self.input_gate) + "o" * (not self.output_gate)


def walk(lstm: Any, block: Block, single: bool, says: dict[str, Any]) -> None:
    """Walk forward through S, Z, C and the slopes, with what `clamp` and `scale` say."""
    S, Z, C, slopes = block.arrays
    (T, _, H, B), K, D, v = slopes.shape, lstm.columns, lstm.input_size, lstm.variant
    held, peep = _held(lstm, says, (T, H, B), single), _peepholes(lstm)

    def hold(gate: str, t: int, z: Array, slope: Array) -> None:
        if gate in held:
            factor, offset = held[gate]
            slope *= factor[t]
            z *= factor[t]
            z += offset[t]

    def sigma(gate: str, t: int, z: Array, slope: Array, c: Array) -> None:
        z += peep.get(gate, 0) * c
        z[...] = 0.5 * np.tanh(0.5 * z) + 0.5
        slope[...] = z * (1 - z)
        hold(gate, t, z, slope)

    for t in range(T):
        tanh_c, g, o, i, f = Z[t].reshape(5, H, B)
        slope_g, slope_o, slope_i, slope_f = slopes[t]
        c_prev, c, h = C[t], C[t + 1], S[t + 1, D + 1 : K]
        lstm.P.dot(S[t, :K], Z[t, H:])  # a = W x_t + b + U h_{t−1}, all four layers
        sigma("f", t, f, slope_f, c_prev)  # f = σ(a_f + p_f ⊙ c_{t−1})
        if v.coupled:
            i[...], slope_i[...] = 1 - f, -slope_f  # i = 1 − f; its slope is ∂i/∂a_f
            hold("i", t, i, slope_i)
        else:
            sigma("i", t, i, slope_i, c_prev)  # i = σ(a_i + p_i ⊙ c_{t−1})
        g[...] = np.tanh(g) if v.input_activation else g  # g = tanh(a_g), or a_g
        slope_g[...] = 1 - g * g if v.input_activation else 1
        hold("g", t, g, slope_g)
        c[...] = f * c_prev + i * g  # c_t = f ⊙ c_{t−1} + i ⊙ g
        sigma("o", t, o, slope_o, c)  # o = σ(a_o + p_o ⊙ c_t)
        tanh_c[...] = np.tanh(c) if v.output_activation else c
        h[...] = o * tanh_c  # h_t = o ⊙ tanh(c_t), or o ⊙ c_t


def walk_back(
    lstm: Any, trace: Trace, said: Said, block: Block, dvector: Array, runs: list[range]
) -> Iterator[range]:
    """Walk back, run by run: the chain rule, line by line; the gradients of peepholes go into `dvector`."""
    (_, Z, C, slopes), (DH, DC, _, A) = trace._block.arrays, block.arrays
    (_, _, H, B), v, p, dc_next = slopes.shape, lstm.variant, _peepholes(lstm), DC[0]
    dp = {gate: lstm.split(dvector)["p_" + gate] for gate in p}
    U_T = np.ascontiguousarray(lstm.P[:, lstm.input_size + 1 :].T)
    for steps in runs:
        for t in reversed(steps):
            tanh_c, g, o, i, f = Z[t].reshape(5, H, B)
            slope_g, slope_o, slope_i, slope_f = slopes[t]
            da = A[t - steps.start, H:]
            da_g, da_o, da_i, da_f = da.reshape(4, H, B)
            dh, dc, c, c_prev = DH[t + 1], DC[t + 1], C[t + 1], C[t]
            dh += said.h.get(t, 0)
            dc_next += said.c.get(t, 0)
            da_o[...] = dh * tanh_c * slope_o
            dc[...] = dc_next + dh * o * (1 - tanh_c**2 if v.output_activation else 1)
            if "o" in p:
                dc += p["o"] * da_o
                dp["o"] += (da_o * c).sum(1)
            da_g[...] = dc * i * slope_g
            da_i[...] = dc * g * slope_i
            da_f[...] = dc * c_prev * slope_f
            if v.coupled:
                da_f += da_i
                da_i[...] = 0
            dc_next[...] = dc * f
            for gate, da_gate in (("f", da_f), ("i", da_i)):
                if gate in p:
                    dc_next += p[gate] * da_gate
                    dp[gate] += (da_gate * c_prev).sum(1)
            U_T.dot(da, DH[t])  # dh_{t−1} = Uᵀ da
            if t % 16 == 0:
                flush(DH[t], dc_next)
        yield steps


def _peepholes(lstm: Any) -> dict[str, Array]:
    return {gate: lstm.params["p_" + gate][:, None] for gate in lstm.peeping}


def _held(lstm: Any, says: dict[str, Any], shape: tuple[int, ...], single: bool) -> dict[str, list[Array]]:
    """For each gate that is absent, scaled or clamped: a factor and an offset, each (T, H, B)."""
    T, H, B = shape
    seen = (T, H) if single else (T, B, H)
    held: dict[str, tuple[Any, Any]] = {gate: (0.0, 1.0) for gate in lstm.variant.without}
    for name, values in says.items():
        if not isinstance(values, dict) or not set(values) <= set("figo"):
            kind = ValueError if isinstance(values, dict) else TypeError
            raise kind(f"{name} must be a dict with keys among f, i, g, o; got {values!r}")
        for gate, given in values.items():
            label, (factor, offset) = f"{name}[{gate!r}]", held.get(gate, (1.0, 0.0))
            value = numbers(label, given)
            free = np.isnan(value) & (name == "clamp")
            value = finite_array(label, np.where(free, 0, value), lstm.dtype)
            try:
                value, free = np.broadcast_to(value, seen), np.broadcast_to(free, seen)
            except ValueError:
                raise ValueError(f"{label} must broadcast to shape {seen}, got {value.shape}") from None
            if name == "scale":
                held[gate] = factor * value, offset * value
            else:
                held[gate] = np.where(free, factor, 0), np.where(free, offset, value)
    return {
        gate: [inward(np.broadcast_to(np.asarray(one, lstm.dtype), seen), single) for one in pair]
        for gate, pair in held.items()
    }
