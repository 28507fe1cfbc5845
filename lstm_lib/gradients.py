"""Gradients seen from outside: central differences, and how one step's state depends on another's."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .checks import Array, quiet, real_number, whole_number
from .network import KINDS, Network
from .trace import Trace


def numerical_gradient(loss: Callable[..., Any], array: Array, eps: float | None = None) -> Array:
    """Central differences, (L(a + ε) − L(a − ε)) / 2ε, one element of `array` at a time.

    Parameters
    ----------
    loss : callable
        Called as ``loss(array)``, or as ``loss()`` if it takes no argument; returns a number.
    array : ndarray of float32 or float64
        Where to differentiate. It is nudged in place and put back, so a parameter such as ``lstm.W_f`` may be
        given as it is.
    eps : float, optional
        ε for elements up to 1 in size, ε times that size for larger ones; the cube root of the dtype's
        resolution when left out.

    Returns
    -------
    ndarray
        ∂L/∂a, of the shape and dtype of `array`; good to about 1e-9 in float64.
    """
    if not callable(loss):
        raise TypeError(f"loss must be callable, got {type(loss).__name__}")
    if not isinstance(array, np.ndarray) or array.dtype not in (np.float32, np.float64):
        came = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise TypeError(f"array must be a float32 or float64 ndarray, got {came}")
    if not array.flags.writeable:
        raise ValueError("array must be writable, for it is nudged in place; got one that is read-only")
    eps = float(np.finfo(array.dtype).eps) ** (1 / 3) if eps is None else real_number("eps", eps, above=0)
    arguments = (array,) if _takes_argument(loss) else ()

    def value() -> float:
        result = np.asarray(loss(*arguments))
        if result.size != 1 or result.dtype.kind not in "fiu":
            raise TypeError(
                f"loss must return one number, got an array of shape {result.shape}, {result.dtype}"
            )
        if not np.isfinite(result).all():
            raise ValueError(f"loss must return a finite number, got {result.item()}")
        return float(result.item())

    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        here = array[index]
        reach = eps * max(1.0, abs(float(here)))
        try:
            array[index] = here + reach
            above, high = value(), float(array[index])
            array[index] = here - reach
            below, low = value(), float(array[index])
        finally:
            array[index] = here
        gradient[index] = (above - below) / (high - low)  # the nudge as it was rounded
    return gradient


@quiet
def jacobian(network: Network, trace: Trace, t: int, k: int | None = None, sequence: int = 0) -> Array:
    """∂c_t/∂c_k of an LSTM, ∂h_t/∂h_k of an RNN or a GRU, over every path there is.

    Row i is what `backward` says at step k when the loss is unit i at step t.

    Parameters
    ----------
    network : LSTM, RNN, GRU or another that is registered
        The one that made `trace`, its parameters as they were.
    trace : Trace
    t, k : int
        Steps as the trace counts them, trace.c[t] and trace.c[k], with 0 ≤ k ≤ t. Without k, all of them up
        to t.
    sequence : int
        Which sequence of the batch.

    Returns
    -------
    ndarray, shape (H, H), or (t + 1, H, H) without k
        Element [i, j]: how unit i at step t answers to unit j at step k.

    Raises
    ------
    ValueError, TypeError
        If a step or the sequence is not in the trace, or the trace is another network's.
    FloatingPointError
        If it leaves the range of the dtype.

    See Also
    --------
    direct_path : the part of it that runs along the cell state alone.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network must be one of {', '.join(KINDS)}, got {type(network).__name__}")
    start, t, where = _steps(trace, t, k, sequence)
    network.own(trace)
    everywhere: Any = (slice(None), *where)
    state = network.states[-1]
    H = trace.h.shape[-1]

    def copies(array: Array) -> Array:
        """(steps, n) of one sequence, or (n,) of one state, as a batch of H."""
        return np.repeat(array[..., None, :], H, axis=-2)

    before = {name: trace[f"{name}0" if start == 0 else name] for name in network.states}
    given: dict[str, Any] = {
        f"{name}0": copies(array[where] if start == 0 else array[start - 1][where])
        for name, array in before.items()
    }
    steps = slice(start, t + 1)
    for name, held in trace._held.items():
        values = {gate: np.broadcast_to(value, trace.h.shape)[steps] for gate, value in held.items()}
        given[name] = {gate: copies(value[everywhere]) for gate, value in values.items()}
    replay = network.forward(copies(trace.x[steps][everywhere]), **given)
    gradients = network.backward(replay, **{f"d{state}_last": np.eye(H)})
    found = gradients[state].copy()
    return found if k is None else found[0]


@quiet
def direct_path(trace: Trace, t: int, k: int | None = None, sequence: int = 0) -> Array:
    """The part of ∂c_t/∂c_k that runs along the cell state alone: f_{k+1} ⊙ … ⊙ f_t.

    Parameters
    ----------
    trace : Trace
        Of an LSTM.
    t, k : int
        Steps as the trace counts them, with 0 ≤ k ≤ t. Without k, all of them up to t.
    sequence : int
        Which sequence of the batch.

    Returns
    -------
    ndarray, shape (H,), or (t + 1, H) without k
        The diagonal of that part; off it, the direct path is 0.

    See Also
    --------
    jacobian : the whole of it.
    """
    start, t, where = _steps(trace, t, k, sequence)
    if "f" not in trace.series:
        raise ValueError(f"trace must be an LSTM's, with a forget gate; got {trace!r}")
    f = trace.f[(slice(start + 1, t + 1), *where)]
    product = np.ones((len(f) + 1, f.shape[-1]), f.dtype)
    product[:-1] = np.cumprod(f[::-1], axis=0)[::-1]
    return product if k is None else product[0]


def _steps(trace: Any, t: Any, k: Any, sequence: Any) -> tuple[int, int, tuple[int, ...]]:
    """Check the steps and the sequence; return the first and last step, and where the sequence stands."""
    if not isinstance(trace, Trace):
        raise TypeError(f"trace must be a Trace, what forward returns; got {type(trace).__name__}")
    t, sequence = whole_number("t", t, least=0), whole_number("sequence", sequence, least=0)
    B = 1 if trace._single else trace.h.shape[1]
    if sequence >= B:
        raise ValueError(f"sequence must be below B = {B}, got {sequence}")
    T = len(trace.h) if trace.lengths is None else trace.lengths[sequence]
    if t >= T:
        raise ValueError(f"t must be below {T}, the steps of the sequence, got {t}")
    start = 0 if k is None else whole_number("k", k, least=0)
    if start > t:
        raise ValueError(f"k must be at most t = {t}, got {k}")
    return start, t, () if trace._single else (sequence,)


def _takes_argument(loss: Callable[..., Any]) -> bool:
    try:
        kinds = [p.kind for p in inspect.signature(loss).parameters.values()]
    except ValueError:  # a built-in without a signature
        return True
    return any(kind is not inspect.Parameter.KEYWORD_ONLY for kind in kinds)
