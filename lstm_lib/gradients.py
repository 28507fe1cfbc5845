"""Gradients seen from outside: central differences, one step's say in another's, the layers of a memory."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .checks import Array, quiet, real_number, whole_number
from .network import KINDS, Network
from .trace import Trace


def numerical_gradient(loss: Callable[..., Any], array: Array, eps: float | None = None) -> Array:
    """Central differences, (L(a + ε) − L(a − ε)) / 2ε, one element of `array` at a time.

    `loss` is called as ``loss(array)``, or as ``loss()`` if it takes no argument, and returns a number.
    `array`, of float32 or float64, is nudged in place and put back, so a parameter such as ``lstm.W_f``
    may be given as it is. ε is `eps` for elements up to 1 in size, `eps` times that size for larger ones;
    when left out, `eps` is the cube root of the dtype's resolution. The gradient has the array's shape
    and dtype, and is good to about 1e-9 in float64.
    """
    if not callable(loss):
        raise TypeError(f"loss must be callable, got {type(loss).__name__}")
    if not isinstance(array, np.ndarray) or array.dtype not in (np.float32, np.float64):
        came = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise TypeError(f"array must be a float32 or float64 ndarray, got {came}")
    if not array.flags.writeable:
        raise ValueError("array must be writable, for it is nudged in place; got one that is read-only")
    eps = float(np.finfo(array.dtype).eps) ** (1 / 3) if eps is None else real_number("eps", eps, above=0)
    try:
        kinds = [p.kind for p in inspect.signature(loss).parameters.values()]
    except ValueError:  # a built-in without a signature
        kinds = [inspect.Parameter.POSITIONAL_ONLY]
    arguments = (array,) if any(kind is not inspect.Parameter.KEYWORD_ONLY for kind in kinds) else ()

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

    Row i is what `backward` says at step k when the loss is unit i at step t. The direct path alone, along
    the cell state, is the diagonal f_{k+1} ⊙ … ⊙ f_t, ``trace.f[k + 1 : t + 1].prod(0)``.

    `network` made `trace`, with the parameters that it has now. Steps are counted as the trace counts
    them, 0 ≤ k ≤ t; without k, all of them up to t are given, in an array (t + 1, H, H). `sequence` says
    which of the batch. Element [i, j], shape (H, H): how unit i at step t answers to unit j at step k.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network must be one of {', '.join(KINDS)}, got {type(network).__name__}")
    network.own(trace)
    T, *B, H = trace.h.shape
    sequence = whole_number("sequence", sequence, least=0, most=B[0] - 1 if B else 0)
    t = whole_number("t", t, least=0, most=(T if trace.lengths is None else trace.lengths[sequence]) - 1)
    start = 0 if k is None else whole_number("k", k, least=0, most=t)
    one = (sequence,) if B else ()
    steps: Any = (slice(start, t + 1), *one)

    def copies(array: Array) -> Array:
        """(steps, n) of one sequence, or (n,) of one state, as a batch of H."""
        return np.repeat(array[..., None, :], H, axis=-2)

    given: dict[str, Any] = {
        f"{name}0": copies(trace[f"{name}0"][one] if start == 0 else trace[name][start - 1][one])
        for name in network.states
    }
    for name, says in trace._held.items():
        given[name] = {g: copies(np.broadcast_to(value, trace.h.shape)[steps]) for g, value in says.items()}
    replay = network.forward(copies(trace.x[steps]), **given)
    state = network.states[-1]
    wanted: dict[str, Any] = {f"d{state}_last": np.eye(H)}
    found = network.backward(replay, **wanted, dx=False)[state].copy()
    return found if k is None else found[0]


@quiet
def memory_layers(trace: Trace) -> Array:
    """Where an LSTM's memory comes from: at every step, what is left of what each step wrote.

    With the equation c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t put into itself, c_t is a sum of layers, a write each:

    c_t = Σ_k (i_k ⊙ g_k) ⊙ f_{k+1} ⊙ … ⊙ f_t + c_0 ⊙ f_1 ⊙ … ⊙ f_t,   k = 1 … t.

    A layer divided by its write is the direct gradient ∂c_t/∂c_k, along the cell state alone (Hochreiter &
    Schmidhuber 1997, where f = 1; Gers, Schmidhuber & Cummins 2000); `jacobian` has all other paths, too.

    The layers have shape (T, T + 1, B, H), or (T, T + 1, H) for a single sequence. Element [t, k + 1] is what
    is left at step t of the write of step k, counted as the trace counts, and [t, 0] what is left of c0; 0
    where k > t, and past a sequence's end. The sum over axis 1 is ``trace.c``.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"trace must be a Trace, what forward returns; got {type(trace).__name__}")
    if not {"f", "i", "g", "c"} <= {*trace.series}:
        raise ValueError(f"trace must be an LSTM's, with f, i, g and c; got {trace!r}")
    T, *rest = trace.c.shape
    layers = np.zeros((T, T + 1, *rest), trace.c.dtype)
    left = np.zeros_like(layers[0])
    left[0] = trace.c0
    for t in range(T):
        left *= trace.f[t]
        left[t + 1] = trace.i[t] * trace.g[t]
        layers[t] = left
    return layers
