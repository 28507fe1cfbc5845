"""What all networks share: the parameters, the checks of what goes in and of what comes out.

Inside, an array is (T, rows, B): features on the rows, the batch on the columns. So W @ x reads as in the
equations, the block of every gate is contiguous, and each line of a step is one call over contiguous memory.

A kind of network is a subclass that says its `layers`, its `states` and its parameters, walks the steps in
`run` and `run_back`, and is registered; everything else asks these.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, ClassVar, TypeVar

import numpy as np

from .checks import Array, finite_array, flag, float_dtype, generator, quiet, shape_text, whole_number
from .memory import Block, Memory
from .mends import meant
from .passes import Given, Said, given_forward, past_end, said_back
from .trace import Gradients, Trace

T = TypeVar("T")
KINDS: dict[str, type[Any]] = {}  # of network, by name


def register(kind: type[T]) -> type[T]:
    """Make a kind of network known by its name: to `Model`, to its files, to the tests of all kinds."""
    if not (isinstance(kind, type) and issubclass(kind, Network)):
        raise TypeError(f"kind must be a subclass of Network, got {kind!r}")
    known = KINDS.get(kind.__name__, kind)
    if known.__module__ != kind.__module__:
        raise ValueError(f"kind must have a name of its own, got {kind.__name__!r}, as in {known.__module__}")
    KINDS[kind.__name__] = kind
    return kind


class Parameter:
    """A parameter as an attribute: reading gives its place in the vector, writing copies into it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, net: Any, owner: type) -> Any:
        if net is None:
            return self
        if self.name not in net.params:
            raise AttributeError(self.name)  # and `__getattr__` says more
        return net.params[self.name]

    def __set__(self, net: Any, value: Any) -> None:
        self.__get__(net, type(net))
        net.params[self.name] = value


class Parameters(MutableMapping[str, Array]):
    """Parameters by name. `params["b_f"] = value` copies in, as `lstm.b_f = value` does."""

    def __init__(self, views: Mapping[str, Array]) -> None:
        self._views = dict(views)

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self._views:
            known = ", ".join(self._views)
            raise KeyError(f"{name!r} cannot be set; the parameters are {known}{meant(name, self._views)}")
        view = self._views[name]
        number = view.ndim == 1 and isinstance(value, int | float | np.number)  # fills a bias or a peephole
        view[...] = finite_array(name, value, view.dtype, () if number else view.shape)

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name!r} cannot be deleted: a network keeps all its parameters")

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    def __repr__(self) -> str:
        return f"<Parameters {', '.join(f'{name} {shape_text(v.shape)}' for name, v in self.items())}>"


class Helpful:
    """What has parameters, and says what it has where it is asked for something else."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no {name!r}")
        names = ", ".join(self.params)
        mend = "" if hasattr(type(self), name) else meant(name, {*dir(type(self)), *self.params})
        raise AttributeError(f"{type(self).__name__} has no {name!r}; its parameters are {names}{mend}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        way = "network.forward(x)" if hasattr(self, "forward") else "model.predict(x)"
        raise TypeError(f"{type(self).__name__} is not called itself; write {way}")


class Network(Helpful, ABC):
    """Sizes, parameters, and a pass forward and back.

    The parameters stand in one `vector`. Its first part is the matrix P = [W b U], H rows for each layer, so
    that one product with the stacked [x; 1; h_prev] makes every pre-activation. W_f, U_f, b_f … view it.
    """

    layers: ClassVar[tuple[str, ...]]  # of the cell, in the order of the book
    rows: ClassVar[tuple[str, ...]] = ()  # the same from the top of P to its foot, if that is another order
    states: ClassVar[tuple[str, ...]] = ("h",)  # what a step hands to the next, the memory last
    infinity_stays: ClassVar[bool] = False  # if no later step can hide that a state left the range
    absent, peeping = "", ""  # layers without parameters, whose rows stay zero; layers that see the memory
    _sealed = False

    def __init__(
        self, input_size: int, hidden_size: int, seed: "int | np.random.Generator" = 0,
        dtype: Any = np.float64, **options: Any,
    ) -> None:  # fmt: skip
        self.input_size = whole_number("input_size", input_size)
        self.hidden_size = whole_number("hidden_size", hidden_size)
        self.dtype, self._options = float_dtype("dtype", dtype), options
        self.memory = Memory(self.dtype)
        rows, columns = len(self.layers) * self.hidden_size, self.columns
        self._vector = np.zeros(rows * columns + len(self.peeping) * self.hidden_size, self.dtype)
        self.P = self._vector[: rows * columns].reshape(rows, columns)
        self.params = Parameters(self.split(self._vector))
        self.start(generator("seed", seed))
        self._described = repr(self)
        self._sealed = True

    @property
    def columns(self) -> int:
        """Columns of P: what the layers read."""
        return self.input_size + 1 + self.hidden_size

    def start(self, rng: "np.random.Generator") -> None:
        """W, U and the peepholes uniform in ±1/√H; the biases stay zero."""
        reach = 1 / np.sqrt(self.hidden_size)
        for name, value in self.params.items():
            if name[0] != "b":
                value[...] = rng.uniform(-reach, reach, value.shape)

    def split(self, vector: Array) -> dict[str, Array]:
        """Views of the parameters' places in a vector laid out like `vector`, by name."""
        D, H = self.input_size, self.hidden_size
        P, named = vector[: self.P.size].reshape(self.P.shape), {}
        places: dict[str, Any] = {"W": slice(0, D), "U": slice(D + 1, None), "b": D}
        for letter, columns in places.items():
            for layer in self.layers:
                if layer not in {*self.absent}:
                    first = (self.rows or self.layers).index(layer) * H
                    named[f"{letter}_{layer}".rstrip("_")] = P[first : first + H, columns]
        for n, gate in enumerate(self.peeping):
            named[f"p_{gate}"] = vector[P.size + n * H :][:H]
        return named

    @property
    def vector(self) -> Array:
        """All parameters in one array; writing copies into it."""
        return self._vector

    @vector.setter
    def vector(self, value: Any) -> None:
        self._vector[...] = finite_array("vector", value, self.dtype, self._vector.shape)

    def __setattr__(self, name: str, value: Any) -> None:
        if self._sealed and not hasattr(getattr(type(self), name, None), "__set__"):
            known = f"the parameters are {', '.join(self.params)}{meant(name, self.params)}"
            raise AttributeError(f"{name!r} cannot be set; {known}")
        super().__setattr__(name, value)

    @property
    def config(self) -> dict[str, Any]:
        """What a network of the same kind and sizes is made from."""
        sizes = {"input_size": self.input_size, "hidden_size": self.hidden_size, "dtype": self.dtype.name}
        return {**sizes, **self._options}

    def __getstate__(self) -> dict[str, Any]:
        return {"config": self.config, "vector": self._vector}  # all else is views, or memory to be lent

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state["config"])  # type: ignore[misc]
        self._vector[...] = state["vector"]

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.config.items())
        count = sum(value.size for value in self.params.values())
        return f"{type(self).__name__}({said}): {count} parameters"

    # ---- what a kind of network brings along

    @abstractmethod
    def run(self, given: Given, **held: Any) -> tuple[Block, Array, dict[str, Array]]:
        """Walk forward; return what `borrow` gave, and by name what the trace shows, each (…, rows, B)."""

    @abstractmethod
    def run_back(self, trace: Trace, said: Said) -> tuple[Array, Array, dict[str, Array]]:
        """Walk back; return the root, the parameters' gradients like `vector`, and those of x and states.

        That of x need not be made where ``said.dx`` is False. A `backward` of its own takes `dx`, too.
        """

    # ---- what it can rely on

    def forward(self, x: Any, h0: Any = None, *, lengths: Any = None) -> Trace:
        """Run over whole sequences and keep every state; arguments and errors as in `LSTM.forward`."""
        return self._forward(x, {"h0": h0}, lengths)

    def backward(self, trace: Trace, dh: Any = None, *, dh_last: Any = None, dx: bool = True) -> Gradients:
        """Backpropagation through time; arguments and errors as in `LSTM.backward`."""
        return self._backward(trace, {"dh": dh, "dh_last": dh_last}, dx)

    def sum_run(self, run: range, dA: Array, S: Array, rows: slice, dvector: Array, DX: Array | None) -> None:
        """For a run of steps: dP += Σ da_t [x; 1; h_prev]ᵀ and dx_t += Wᵀ da_t, one product each.

        The second is left out where DX is None.
        """
        (R, K), (steps, _, B) = self.P[rows].shape, dA.shape
        da = dA.swapaxes(0, 1).reshape(R, steps * B)
        s = S[run.start : run.stop, :K].swapaxes(0, 1).reshape(K, steps * B)
        dvector[: self.P.size].reshape(self.P.shape)[rows] += np.dot(da, s.T)
        if DX is not None:
            dx = np.dot(self.P[rows, : self.input_size].T, da)
            DX[run.start : run.stop] += dx.reshape(-1, steps, B).swapaxes(0, 1)

    @quiet
    def _forward(self, x: Any, starts: dict[str, Any], lengths: Any, **held: Any) -> Trace:
        given = given_forward(self, x, starts, lengths)
        block, root, arrays = self.run(given, **held)
        T, last = len(given.x), {}
        if given.lengths is not None:
            for array in arrays.values():
                if array.ndim == 3:
                    np.copyto(array, 0, where=past_end(given.lengths, T)[:, None])
        for state in reversed(self.states):
            series, name = arrays[state], f"{state}_last"
            if given.lengths is None:
                end = arrays[name] = series[T - 1]
            else:
                end = last[name] = series[given.lengths - 1, :, np.arange(len(given.lengths))]
            if not np.isfinite(end if self.infinity_stays and not held else series).all():
                t = int(np.argmin(np.isfinite(series).all((1, 2))))
                raise FloatingPointError(
                    f"{state} leaves the range of {self.dtype} at step {t} of {T}; "
                    f"make the weights (now up to {np.abs(self._vector).max():.3g}) "
                    f"or the input (up to {np.abs(given.x).max():.3g}) smaller, or the sequence shorter"
                )
        return Trace(
            root, arrays, given.single, last, lengths=given.lengths, made_by=self._described,
            vector=self._vector.copy(), block=block, held=held,
        )  # fmt: skip

    @quiet
    def _backward(self, trace: Trace, says: dict[str, Any], dx: bool = True) -> Gradients:
        self.own(trace)
        root, dvector, arrays = self.run_back(trace, said_back(self, trace, says, flag("dx", dx)))
        if not dx:
            arrays.pop("x", None)  # a kind need not have filled it
        ends = [dvector, *(arrays[name] for name in ("h0", "c0", "x") if name in arrays)]
        if not all(np.isfinite(end).all() for end in ends):
            finite: Array = np.asarray(np.isfinite(arrays["h"]).all((1, 2)))
            t = len(finite) - 1 - int(np.argmin(finite[::-1]))
            raise FloatingPointError(
                f"the gradient explodes: going back, it leaves the range of {self.dtype} at step {t} of "
                f"{len(finite)}; make the recurrent weights smaller or the sequence shorter"
            )
        return Gradients(root, arrays, trace._single, self.split(dvector), dvector)

    def own(self, trace: Any) -> None:
        """See that this network made the trace, with the parameters that it has now."""
        if not isinstance(trace, Trace):
            raise TypeError(f"trace must be a Trace, what forward returns; got {type(trace).__name__}")
        if trace._made_by != self._described:
            raise ValueError(f"trace must come from {self._described}; got one from {trace._made_by}")
        if not np.array_equal(trace._vector, self._vector):
            raise ValueError(
                "trace must come from this network as it is now; got one made with other parameters: call "
                "forward again after a change"
            )


def flush(*states: Array) -> None:
    """Set to 0 what has all but vanished: below a million times the smallest normal number of the dtype."""
    least = 1e6 * np.finfo(states[0].dtype).tiny
    for state in states:
        np.copyto(state, 0, where=np.abs(state) < least)


def runs_backward(T: int, numbers: int) -> list[range]:
    """The steps in runs, the last first: of one, the gradients da, so many numbers a step, fit in a cache."""
    n = max(4, 2**16 // numbers)
    return [range(first, min(first + n, T)) for first in reversed(range(0, T, n))]
