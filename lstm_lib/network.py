"""What all networks share: the layout of the parameters, the checks of what goes in and of what comes out.

Inside, an array is (T, rows, B): features on the rows, the batch on the columns. So W @ x reads as in the
equations, the block of every gate is contiguous, and each line of a step is one call over contiguous memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .checks import Array, finite_array, float_dtype, generator, numbers, shape_text, whole_number
from .trace import Gradients, Pool, Trace


class Arguments(NamedTuple):
    """What a forward pass was given, checked and turned to (…, rows, B)."""

    x: Array
    h0: Array
    c0: Array
    lengths: Array | None
    single: bool


class Network:
    """Sizes and parameters.

    The parameters stand in one `vector`. Its first part is the matrix P = [W b U], H rows for each layer, so
    that one product with the stacked [x; 1; h_prev] makes every pre-activation. W_f, U_f, b_f … view it.
    """

    input_size: int
    hidden_size: int
    dtype: np.dtype[Any]
    params: dict[str, Array]
    vector: Array
    _P: Array
    _config: dict[str, Any]
    _forward_pool: Pool
    _backward_pool: Pool

    def _build(
        self, config: dict[str, Any], layers: list[str], absent: str = "", peepholes: str = ""
    ) -> None:
        """Lay out the parameters, all zero; a gate in `absent` keeps its rows and shows no parameters."""
        D = whole_number("input_size", config["input_size"])
        H = whole_number("hidden_size", config["hidden_size"])
        dtype = float_dtype("dtype", config["dtype"])
        config = {**config, "input_size": D, "hidden_size": H, "dtype": dtype.name}
        vector = np.zeros(len(layers) * H * (D + 1 + H) + len(peepholes) * H, dtype)
        self.__dict__.update(config, dtype=dtype, vector=vector, _config=config)
        self.__dict__.update(_layers=layers, _absent=absent, _peepholes=peepholes)
        self.__dict__.update(_forward_pool=Pool(), _backward_pool=Pool())
        self.__dict__.update(_P=self._matrix(vector), params=self._split(vector))

    def _matrix(self, vector: Array) -> Array:
        """The part of `vector` that is [W b U]."""
        rows, columns = len(self._layers) * self.hidden_size, self.input_size + 1 + self.hidden_size
        return vector[: rows * columns].reshape(rows, columns)

    def _split(self, vector: Array) -> dict[str, Array]:
        """Views of the parameters' places in `vector`, by name, the gates in the order f, i, g, o."""
        D, H, P = self.input_size, self.hidden_size, self._matrix(vector)
        named = {}
        places: dict[str, Any] = {"W": slice(0, D), "U": slice(D + 1, None), "b": D}
        for letter, columns in places.items():
            for layer in sorted(self._layers, key="figozrn".find):
                if layer == "" or layer not in self._absent:
                    rows = P[self._layers.index(layer) * H :][:H]
                    named[f"{letter}_{layer}".rstrip("_")] = rows[:, columns]
        for n, gate in enumerate(self._peepholes):
            named[f"p_{gate}"] = vector[P.size + n * H :][:H]
        return named

    def _start_uniform(self, seed: Any) -> np.random.Generator:
        """W, U and the peepholes uniform in ±1/√H; the biases stay zero."""
        rng = generator("seed", seed)
        reach = 1 / np.sqrt(self.hidden_size)
        for name, value in self.params.items():
            if name[0] != "b":
                value[...] = rng.uniform(-reach, reach, value.shape)
        return rng

    def __getattr__(self, name: str) -> Any:
        params = self.__dict__.get("params", {})
        if name in params:
            return params[name]
        raise AttributeError(f"{type(self).__name__} has no {name!r}; its parameters are {', '.join(params)}")

    def __setattr__(self, name: str, value: Any) -> None:
        settable = {**self.params, "vector": self.vector}
        if name not in settable:
            raise AttributeError(f"{name!r} cannot be set; the parameters are {', '.join(self.params)}")
        settable[name][...] = finite_array(name, value, self.dtype, settable[name].shape)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.params]

    def __getstate__(self) -> dict[str, Any]:
        return {"config": self._config, "vector": self.vector}  # all else is views, or scratch

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state["config"])  # type: ignore[misc]
        self.vector[...] = state["vector"]

    def __repr__(self) -> str:
        said = (f"{name}={value!r}" for name, value in self._config.items() if name not in self._usual(value))
        count = sum(value.size for value in self.params.values())
        return f"{type(self).__name__}({', '.join(said)}): {count} parameters"

    @staticmethod
    def _usual(value: Any) -> tuple[str, ...]:
        """The options that go without saying when they have this value."""
        if value is True:
            return ("forget_gate", "input_gate", "output_gate", "input_activation", "output_activation")
        return ("peepholes", "coupled") if value is False else ()

    def _arguments(self, x: Any, h0: Any, c0: Any, lengths: Any) -> Arguments:
        """Check what a forward pass was given."""
        x = numbers("x", x)
        single = x.ndim == 2
        if lengths is not None:
            if x.ndim != 3:
                raise ValueError(f"lengths needs x of shape (T, B, D), got x of shape {shape_text(x.shape)}")
            lengths = _checked_lengths(lengths, *x.shape[:2])
            x = np.where(_past(lengths, len(x))[..., None], 0, x)  # padding may hold anything
        x = finite_array(
            "x", x, self.dtype, ("T", self.input_size) if single else ("T", "B", self.input_size)
        )
        shape = (*x.shape[1:-1], self.hidden_size)
        h0, c0 = (
            np.zeros(shape, self.dtype) if state is None else finite_array(name, state, self.dtype, shape)
            for name, state in (("h0", h0), ("c0", c0))
        )
        if not np.isfinite(self.vector).all():
            bad = next(name for name, value in self.params.items() if not np.isfinite(value).all())
            raise ValueError(f"{bad} must be finite before a forward pass, got NaN or infinity in it")
        return Arguments(inward(x, single), inward(h0, single), inward(c0, single), lengths, single)

    def _trace(self, given: Arguments, arrays: dict[str, Array], **behind: Any) -> Trace:
        """Name the arrays for the reader, and see that every number is one."""
        T, lengths = len(given.x), given.lengths
        if lengths is not None:
            for array in arrays.values():
                if array.ndim == 3:
                    np.copyto(array, 0, where=_past(lengths, T)[:, None])
        for state in ("c", "h") if "c" in arrays else ("h",):
            series = arrays[state]
            if lengths is None:
                arrays[f"{state}_last"] = series[T - 1]
            else:
                arrays[f"{state}_last"] = series[lengths - 1, :, np.arange(len(lengths))].T
            # Only a ReLU can turn an infinite state finite again; elsewhere the last state tells of all.
            if not np.isfinite(series if "activation" in self._config else arrays[f"{state}_last"]).all():
                t = int(np.argmin(np.isfinite(series).all((1, 2))))
                raise FloatingPointError(
                    f"{state} leaves the range of {self.dtype} at step {t} of {T}; "
                    f"make the weights (now up to {np.abs(self.vector).max():.3g}) "
                    f"or the input (up to {np.abs(given.x).max():.3g}) smaller, or the sequence shorter"
                )
        return Trace(
            {name: outward(array, given.single) for name, array in arrays.items()},
            lengths=lengths,
            _made_by=type(self).__name__,
            _series=[name for name in arrays if len(name) == 1 and name != "x"],
            _single=given.single,
            **{"_held": (None, None), **behind},
        )

    def _own(self, trace: Any) -> None:
        """See that the trace is one this network can have made."""
        if not isinstance(trace, Trace):
            raise TypeError(f"trace must be a Trace, what forward returns; got {type(trace).__name__}")
        came = (trace._made_by, trace.x.shape[-1], trace.h.shape[-1], trace.h.dtype)
        wanted = (type(self).__name__, self.input_size, self.hidden_size, self.dtype)
        if came != wanted:
            raise ValueError(f"trace must come from {_sized(*wanted)}; got one from {_sized(*came)}")

    def _loss_says(
        self, trace: Trace, dh: Any, dh_last: Any, dc_last: Any = None
    ) -> tuple[Array | None, Array, Array, dict[int, Any]]:
        """Check what the loss says of the states.

        Returns dh (T, H, B), or None where it was not given; dh at the last step; dc_last; and which columns
        end at which step.
        """
        self._own(trace)
        if dh is None and dh_last is None and dc_last is None:
            said = "dh, dh_last or dc_last" if "c" in trace._series else "dh or dh_last"
            raise TypeError(f"{said} must be given, for without them there is no loss; got None")
        T, lengths, single = len(trace.h), trace.lengths, trace._single
        given = {"dh": (dh, trace.h), "dh_last": (dh_last, trace.h_last), "dc_last": (dc_last, trace.h_last)}
        dh, dh_last, dc_last = (
            None if value is None else inward(finite_array(name, value, self.dtype, like.shape), single)
            for name, (value, like) in given.items()
        )
        zero = np.zeros_like(inward(trace.h_last, single))
        dh_last = zero if dh_last is None else dh_last
        dc_last = zero if dc_last is None else dc_last
        if lengths is None:
            return dh, dh_last if dh is None else dh_last + dh[T - 1], dc_last, {T - 1: slice(None)}
        columns = np.arange(len(lengths))
        full = np.zeros((T, *zero.shape), self.dtype)
        if dh is not None:
            np.copyto(full, dh, where=~_past(lengths, T)[:, None])
        full[lengths - 1, :, columns] += dh_last.T
        return full, full[T - 1], dc_last, {int(n) - 1: columns[lengths == n] for n in np.unique(lengths)}

    def _sum_run(self, run: range, dA: Array, S: Array, rows: slice, dvector: Array, DX: Array) -> None:
        """For a run of steps: dP += Σ da_t [x; 1; h_prev]ᵀ and dx_t += Wᵀ da_t, one product each."""
        D, K = self.input_size, self._P.shape[1]
        steps, R, B = dA.shape
        da = dA.swapaxes(0, 1).reshape(R, steps * B)
        s = S[run.start : run.stop, :K].swapaxes(0, 1).reshape(K, steps * B)
        self._matrix(dvector)[rows] += np.dot(da, s.T)
        DX[run.start : run.stop] += np.dot(self._P[rows, :D].T, da).reshape(D, steps, B).swapaxes(0, 1)

    def _gradients(self, trace: Trace, vector: Array, arrays: dict[str, Array]) -> Gradients:
        """Name the gradients for the reader, and see that every number is one."""
        if not (np.isfinite(vector).all() and np.isfinite(arrays["h0"]).all()):
            finite: Array = np.asarray(np.isfinite(arrays["h"]).all((1, 2)))
            t = len(finite) - 1 - int(np.argmin(finite[::-1]))
            raise FloatingPointError(
                f"the gradient explodes: going back, it leaves the range of {self.dtype} at step {t} of "
                f"{len(finite)}; make the recurrent weights smaller or the sequence shorter"
            )
        arrays = {name: outward(array, trace._single) for name, array in arrays.items()}
        return Gradients(self._split(vector), vector, arrays)


def inward(array: Array, single: bool) -> Array:
    """From the reader's (…, B, n), or (…, n) for a single sequence, to (…, n, B)."""
    return array[..., None] if single else array.swapaxes(-1, -2)


def outward(array: Array, single: bool) -> Array:
    """From (…, n, B) to the reader's (…, B, n), or (…, n) for a single sequence."""
    return array[..., 0] if single else array.swapaxes(-1, -2)


def _past(lengths: Array, T: int) -> Array:
    """Whether a sequence is over, (T, B)."""
    past: Array = np.arange(T)[:, None] >= lengths
    return past


def _sized(name: str, D: int, H: int, dtype: Any) -> str:
    return f"{name} with input_size={D}, hidden_size={H}, {dtype}"


def _checked_lengths(lengths: Any, T: int, B: int) -> Array:
    """Return the steps in each sequence: B whole numbers from 1 to T, or what a mask (T, B) says."""
    array = np.asarray(lengths)
    if array.dtype == bool:
        steps: Array = array.sum(0) if array.ndim else array
        if array.shape != (T, B) or not (array == (np.arange(T)[:, None] < steps)).all():
            raise ValueError(
                f"lengths as a mask must have shape {shape_text((T, B))} and be True up to each sequence's "
                f"end; got shape {shape_text(array.shape)}"
            )
        array = steps
    if array.dtype.kind not in "iu":
        raise TypeError(f"lengths must hold whole numbers or be a boolean mask, got dtype {array.dtype}")
    if array.shape != (B,) or (array < 1).any() or (array > T).any():
        raise ValueError(f"lengths must hold {B} whole numbers from 1 to T = {T}, got {array.tolist()}")
    return array.astype(np.intp)
