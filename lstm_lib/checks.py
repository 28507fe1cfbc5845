"""Argument checks: every error names the argument, what came and what was wanted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import repeat
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from .mends import kind_of, meant, of_number, of_shape, of_type

Array = NDArray[Any]  # float32 or float64; the network's dtype decides
Batches = Callable[[], Any] | Iterable[Any]  # of tasks.Batch, or of tuples (x, target, perhaps lengths)
P = ParamSpec("P")
R = TypeVar("R")
BOOLS = bool, np.bool_
DATA = "x", "target"


def quiet(function: Callable[P, R]) -> Callable[P, R]:
    """Compute alike whatever NumPy error settings the caller has: what matters is checked and named."""
    hushed: Callable[P, R] = np.errstate(all="ignore")(function)
    return hushed


def shape_text(shape: tuple[Any, ...]) -> str:
    """Write a shape as ``(T, B, 2)``, symbols and numbers mixed."""
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def _of_type(name: str, value: object, wanted: str, *types: type) -> Any:
    if not isinstance(value, types) or (isinstance(value, BOOLS) and bool not in types):
        mend = of_number(value, int in types and float not in types)
        raise TypeError(f"{name} must be {wanted}, got {value!r} ({type(value).__name__}){mend}")
    return value


def flag(name: str, value: object) -> bool:
    """Return `value`, which has to be True or False."""
    return bool(_of_type(name, value, "True or False", *BOOLS))


def whole_number(name: str, value: object, least: int = 1, most: float = np.inf) -> int:
    """Return `value` as an int from `least` to `most`."""
    number = int(_of_type(name, value, "a whole number", int, np.integer))
    if not least <= number <= most:
        up_to = "" if most == np.inf else f" and at most {most}"
        raise ValueError(f"{name} must be at least {least}{up_to}, got {value}")
    return number


def real_number(name: str, value: object, above: float = -np.inf) -> float:
    """Return `value` as a finite float above `above`."""
    number = float(_of_type(name, value, "a number", int, float, np.integer, np.floating))
    if not (np.isfinite(number) and number > above):
        low = "" if above == -np.inf else f" above {above:g}"
        raise ValueError(f"{name} must be a finite number{low}, got {value!r}")
    return number


def one_of(name: str, value: object, choices: tuple[str, ...]) -> str:
    """Return `value`, which has to be one of the strings `choices`."""
    if not isinstance(value, str) or value not in choices:
        kind = ValueError if isinstance(value, str) else TypeError
        raise kind(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return value


def float_dtype(name: str, value: object) -> np.dtype[Any]:
    """Return `value` as a dtype, float32 or float64."""
    with suppress(TypeError):
        dtype: np.dtype[Any] = np.dtype(value)  # type: ignore[call-overload]  # whatever it is
        if value is not None and dtype in (np.float32, np.float64):
            return dtype
    raise TypeError(f"{name} must be float32 or float64, got {value!r}")


def generator(name: str, seed: object) -> "np.random.Generator":
    """Return a random generator: `seed` is a whole number from 0, or a generator already."""
    # As an annotation it is quoted, here and elsewhere: only its first use is to load numpy.random.
    if isinstance(seed, np.random.Generator):
        return seed
    return np.random.default_rng(whole_number(name, seed, least=0))


def forget_bias_start(forget_bias: Any, t_max: Any, H: int, rng: "np.random.Generator") -> Array:
    """Where b_f starts: at a number, or "chrono", log u with u uniform in [1, t_max − 1]."""
    if isinstance(forget_bias, str):
        one_of("forget_bias", forget_bias, ("chrono",))
        if t_max is None:
            raise ValueError('t_max must be given with forget_bias="chrono", got None')
        start: Array = np.log(rng.uniform(1, whole_number("t_max", t_max, least=3) - 1, H))
        return start
    if t_max is not None:
        raise ValueError(f't_max goes with forget_bias="chrono", got forget_bias={forget_bias!r}')
    return np.full(H, real_number("forget_bias", forget_bias))


def numbers(name: str, value: object) -> Array:
    """Return `value` as an array of real numbers, of any shape."""
    if type(value) is not np.ndarray and np.ma.is_masked(value):
        mend = "fill them, and say by lengths or counted what counts"
        raise TypeError(f"{name} must be whole, got a masked array with entries masked; {mend}")
    try:
        array = np.asarray(value)
    except ValueError:
        mend = of_type(name, value, "") or "; fill the short ones with 0, and give lengths"
        raise ValueError(f"{name} must be an array of numbers, got rows of unequal length{mend}") from None
    except Exception as error:  # another library's array that will not become one of NumPy's
        raise TypeError(f"{name} must be an array of numbers, got {type(value).__name__}: {error}") from error
    if array.dtype.kind not in "fiu":
        mend = of_type(name, value, array.dtype.kind)
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}{mend}")
    return array


def finite_array(
    name: str, value: object, dtype: np.dtype[Any] | None = None, shape: tuple[Any, ...] | None = None
) -> Array:
    """Return `value` as an array of real, finite numbers.

    `shape` mixes numbers, which must match, and symbols such as ``"T"``, which stand for any size from 1.
    """
    came = numbers(name, value)
    if shape is not None:
        fits = came.ndim == len(shape) and all(
            n >= 1 if isinstance(want, str) else n == want for n, want in zip(came.shape, shape, strict=True)
        )
        if not fits:
            got = f"{shape_text(came.shape)}{of_shape(name, came.shape, shape)}"
            raise ValueError(f"{name} must have shape {shape_text(shape)}, got {got}")
    wanted = dtype if dtype is not None else (came.dtype if came.dtype.kind == "f" else np.dtype(np.float64))
    with np.errstate(all="ignore"):  # a float64 too large for float32 is reported just below
        array = came.astype(wanted, copy=False)
    if not np.isfinite(array).all():
        first = tuple(int(n) for n in np.argwhere(~np.isfinite(array))[0])
        fill = f"; to put 0 there: np.nan_to_num({name})" if np.isnan(came[first]) and name in DATA else ""
        raise ValueError(f"{name} must be finite in {wanted}, got {came[first]} at index {first}{fill}")
    return array


def step_arguments(params: Any, gates: str, x_t: Any, **states: Any) -> tuple[Any, ...]:
    """Check the arguments of a single step; return the parameters as attributes, then x_t and the states."""
    if not getattr(params, "plain", True):
        raise ValueError(f"params must be a plain LSTM, without variants; got {params!r}")
    names = [f"{letter}_{gate}" for gate in gates for letter in "WUb"] or ["W", "U", "b"]
    held = params
    if not isinstance(params, Mapping):
        held = {name: getattr(params, name) for name in (*names, "activation") if hasattr(params, name)}
    if absent := [name for name in names if name not in held]:
        raise ValueError(f"params must hold {', '.join(names)}; missing: {', '.join(absent)}")

    H, D = finite_array(names[0], held[names[0]], shape=("H", "D")).shape
    shapes = {"W": (H, D), "U": (H, H), "b": (H,)}
    p = SimpleNamespace(**{name: finite_array(name, held[name], shape=shapes[name[0]]) for name in names})
    p.activation = one_of("activation", held.get("activation", "tanh"), ("tanh", "relu"))

    x_t = numbers("x_t", x_t)
    batch = x_t.shape[:-1] if x_t.ndim == 2 else ()
    x_t = finite_array("x_t", x_t, shape=(*batch, D))
    return p, x_t, *(finite_array(name, state, shape=(*batch, H)) for name, state in states.items())


def batch_parts(batch: Any) -> tuple[Any, Array, Any]:
    """Return x, target and lengths (or None)."""
    if not isinstance(batch, tuple) or not 2 <= len(batch) <= 4:
        mend = "; does the function that makes it return it?" if batch is None else ""
        mend = "; call it once, and give what it returns" if isinstance(batch, Iterator) else mend
        raise TypeError(
            f"batch must be a tuple (x, target) or (x, target, lengths), got {type(batch).__name__}{mend}"
        )
    return batch[0], numbers("target", batch[1]), batch[2] if len(batch) > 2 else None


def each_batch(batches: Any) -> Iterable[Any]:
    """Return what gives batch after batch: `batches` is a function, or an iterable."""
    if isinstance(batches, tuple) and not all(isinstance(batch, tuple) for batch in batches):
        raise TypeError(
            "batches must give a batch a step, got a single one; for one alone, give [batch]; for another "
            "each step, what makes it: lambda: adding(100, 64)"
        )
    if callable(batches):
        return (batches() for _ in repeat(None))
    if not isinstance(batches, Iterable):
        raise TypeError(f"batches must be a function or iterable of batches, got {type(batches).__name__}")
    return batches


def training_arguments(model: Any, kind: type, loss: Any, optimizer: Any) -> None:
    """See that a model, a loss and an optimizer are what they should be; a kind of model is given."""
    if not isinstance(model, kind):
        mend = "; put a read-out on it: Model(network, output_size)" if hasattr(model, "forward") else ""
        raise TypeError(f"model must be a Model, got {kind_of(model)}{mend}")
    if not callable(loss):
        came = repr(loss) if isinstance(loss, str) else kind_of(loss)
        mend = meant(came.strip("'"), ("squared_error", "cross_entropy"))
        mend = "; x and target go together: [(x, target)]" if isinstance(loss, np.ndarray) else mend
        raise TypeError(f"loss must be a function, squared_error or another, got {came}{mend}")
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "step", None)):
        came = repr(optimizer) if isinstance(optimizer, str | float) else kind_of(optimizer)
        raise TypeError(f"optimizer must have a step, as Adam(0.01) has, got {came}")
