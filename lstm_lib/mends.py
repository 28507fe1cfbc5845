"""What mends a usual mistake: the end of an error that says what came and what was wanted.

The mistakes, and where people made them in public, are those of tests/mistakes.py.
"""

import functools
import inspect
import math
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# What other libraries call it: names of ours, the first that is known there; or else some words
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "lr": ("learning_rate",), "alpha": ("learning_rate",), "eta": ("learning_rate",),
    "units": ("hidden_size",), "hidden_dim": ("hidden_size",), "num_units": ("hidden_size",),
    "input_dim": ("input_size",), "input_shape": ("input_size",), "batch_input_shape": ("input_size",),
    "epochs": ("steps",), "nb_epoch": ("steps",), "n_epochs": ("steps",), "num_epochs": ("steps",),
    "clipnorm": ("max_norm",), "clip_norm": ("max_norm",), "stateful": ("carry",),
    "initial_state": ("h0",), "hx": ("h0",), "mask": ("lengths",), "sequence_length": ("lengths", "T"),
    "seq_len": ("T", "lengths"), "length": ("T", "lengths"),
    "batch_size": ("B", "how many sequences there are follows from the batches"),
    "batch_first": ("time comes first here: np.swapaxes(x, 0, 1)",),
    "return_sequences": ("a trace holds every step: trace.h",),
    "return_state": ("a trace holds the last states: trace.h_last, trace.c_last",),
    "num_layers": ("a second layer is a second network, which reads trace.h of the first",),
    "fit": ("write train(model, batches, loss)",), "compile": ("write train(model, batches, loss)",),
    "train": ("write train(model, batches, loss)",), "evaluate": ("write loss(model.predict(x), target)",),
    "predict": ("write Model(network, output_size).predict(x)",), "call": ("forward", "predict"),
    "h_n": ("h_last",), "c_n": ("c_last",), "output": ("h",), "outputs": ("h",), "hidden": ("h_last",),
    "mse": ("squared_error",), "mean_squared_error": ("squared_error",),
    "categorical_crossentropy": ("cross_entropy",), "sparse_categorical_crossentropy": ("cross_entropy",),
}  # fmt: skip


def meant(name: str, known: Iterable[str]) -> str:
    """Say which of the known names was meant, or how it is done here; nothing where none is near."""
    there = {one.lower(): one for one in known if not one.startswith("_")}
    for one in ELSEWHERE.get(name, ()):
        if one.lower() in there or " " in one:
            return f"; {one}" if " " in one else f"; did you mean {one!r}?"
    if name.startswith("_"):
        return ""
    import difflib  # loaded for those who err

    near = difflib.get_close_matches(name.lower(), there, 1)
    return f"; did you mean {there[near[0]]!r}?" if near else ""


def keywords(*also: Callable[..., Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function name the keyword that was meant; those that it hands on are of the functions `also`."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        owner = function.__qualname__.removesuffix(".__init__")
        kinds = [p for one in (function, *also) for p in inspect.signature(one).parameters.values()]
        known = [p.name for p in kinds if p.kind is not p.VAR_KEYWORD and p.name != "self"]

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            for name in kwargs:
                if name not in known:
                    mend = meant(name, known) or f"; it takes {', '.join(known)}"
                    raise TypeError(f"{owner} got an unexpected keyword argument {name!r}{mend}")
            return function(*args, **kwargs)

        return called

    return decorate


def kind_of(value: object) -> str:
    """Name the type of what came; where a class came itself, say how to make one of it."""
    if isinstance(value, type):
        return f"the class {value.__name__} itself; make one of it: {value.__name__}(…)"
    return type(value).__name__


def of_number(value: object, whole: bool) -> str:
    """Mend a number that is text, or a whole one that is not."""
    if isinstance(value, str):
        try:
            number = float(value)
            return f"; write it without quotes: {f'{number:.0f}' if number.is_integer() else number}"
        except ValueError:
            return ""
    fits = whole and isinstance(value, float) and value.is_integer()
    return f"; write {value:.0f}, and // where you divide" if fits else ""


def of_type(name: str, value: Any, kind: str) -> str:
    """Mend what is no array of real numbers; `kind` is that of its dtype."""
    if value is None:
        return "; None came: does the function that makes it return it?"
    if hasattr(value, "h_last"):
        return "; this is a trace: its hidden states are trace.h"
    if hasattr(value, "target"):
        return "; this is a batch: its input is batch.x"
    words = "; code words as numbers, a column for each word: np.eye(words)[classes]"
    return {
        "U": words if name[0] == "x" else "; write numbers without quotes",
        "b": f"; turn it into 0 and 1: np.asarray({name}, float)",
        "O": f"; np.asarray({name}, float) says which of it is no number",
    }.get(kind, "")


def of_shape(name: str, came: tuple[int, ...], wanted: tuple[Any, ...]) -> str:
    """Mend the shape of an argument: a reshaping, or the size that would fit."""
    if name == "x":
        return _of_x(came, wanted[-1])
    if name in ("h0", "c0", "h_prev", "c_prev"):
        return _of_state(name, came, wanted)
    if name == "dh" and came == wanted[1:]:
        return "; what the loss says of the last step alone is dh_last"
    if name[0] in "WU" and not came:
        return f"; for the same number everywhere: np.full({wanted}, number)"
    return f"; turn it: np.transpose({name})" if came == wanted[::-1] != wanted else ""


def _of_x(came: tuple[int, ...], D: int) -> str:
    if 0 in came:
        return "; it holds nothing"
    if len(came) < 2:
        step = f"; for a single step: np.reshape(x, (1, 1, {D}))"
        row = "; for one sequence of numbers: np.reshape(x, (-1, 1, 1))"
        return step if came == (D,) != (1,) else row + ", and input_size=1" * (D != 1)
    if len(came) > 3:
        D = math.prod(came[2:])
        return f"; a step reads a row: np.reshape(x, (*x.shape[:2], -1)), and input_size={D}"
    if D == 1 and len(came) == 2:
        return "; for sequences of numbers, one a row: np.transpose(x)[..., None]"
    if D in came:
        return f"; the features come last: np.moveaxis(x, {came.index(D)}, -1)"
    return f"; input_size is {D}, and a step of x has {came[-1]} numbers: input_size={came[-1]} fits"


def _of_state(name: str, came: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    *B, H = wanted
    if came[1:] == wanted:
        two = f"; h and c are two arguments: *{name}"
        return f"; a network is one layer: {name}[0]" if came[0] == 1 else two
    if came == wanted[::-1] != wanted:
        return f"; turn it: np.transpose({name})"
    if came[-1:] != (H,):
        return f"; hidden_size is {H}"
    if B and came == (H,):
        return f"; the same for each of {B[0]} sequences: np.tile({name}, ({B[0]}, 1))"
    return f"; a row for each sequence, of which x has {B[0] if B else 1}; to start at 0, leave it out"


def of_target(came: tuple[int, ...], wanted: tuple[int, ...], K: int, classes: bool) -> str:
    """Mend the shape of a target: `wanted` is that of the answers, without their K where it holds classes."""
    if classes and len(came) > 1 and came[-1] == K and K > 1 and came[:-1] in (wanted, wanted[1:]):
        return "; from one-hot to classes: target.argmax(-1)"
    if classes and came[-1:] == (1,) and came[:-1] in (wanted, wanted[1:]):
        return "; without the last axis: target[..., 0]"
    if not classes and came == wanted[:-1]:
        if K == 1:
            return "; with a last axis: target[..., None]"
        return f"; are they classes? then cross_entropy, or one-hot: np.eye({K})[target]"
    if len(came) == len(wanted) > 1 and came[:2] == wanted[1::-1] != wanted[:2]:
        return "; time comes first: np.swapaxes(target, 0, 1)"
    if not classes and came[:-1] == wanted[:-1]:
        return f"; output_size is {K}, and the target has {came[-1]} numbers: output_size={came[-1]} fits"
    return ""


def of_lengths(lengths: Any, T: int, B: int) -> str:
    """Mend the lengths of sequences in x, of shape (T, B, D)."""
    if lengths.dtype.kind == "b":
        return "; from a mask to lengths: mask.sum(0)"
    if lengths.dtype.kind == "f":
        return "; np.asarray(lengths, int)"
    if lengths.dtype.kind not in "iu":
        return ""
    if lengths.shape == (T,) and T != B:
        return "; time comes first in x: np.swapaxes(x, 0, 1)"
    if lengths.shape != (B,):
        return f"; x has {B} sequences, each its length"
    if (lengths > T).any():
        return f"; x has {T} steps: np.minimum(lengths, {T})"
    return "; leave a sequence without steps out of the batch"
