"""Small figures: a trace, a training. Mid-tone colours and no background, for light pages and dark ones."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .checks import whole_number
from .trace import Trace
from .train import History

GREY = "#808890"
#: One colour a series; kept apart by line style as well.
COLOURS = {
    "f": "#d4622a", "i": "#1f9e77", "g": "#c05fa0", "o": "#3d8fc9", "c": GREY, "h": "#b08020",
    "z": "#d4622a", "r": "#1f9e77", "n": "#c05fa0", "x": GREY,
}  # fmt: skip
STYLES = {"f": "-", "i": "--", "g": "-.", "o": ":", "c": "-", "h": "--", "z": "-", "r": "--", "n": "-."}
_GATES = "fiozr"
_LOOK: Any = {
    "text.color": GREY,
    "axes.labelcolor": GREY,
    "axes.edgecolor": GREY,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "figure.facecolor": "none",
    "font.size": 11,
    "lines.linewidth": 2,
}


def plot_trace(trace: Trace, unit: int | None = None, sequence: int = 0) -> Figure:
    """Draw a trace: one unit as lines, or all units as heat maps.

    Parameters
    ----------
    trace : Trace
    unit : int, optional
        Which unit; all of them when left out, unless there is only one.
    sequence : int
        Which sequence of the batch.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError, TypeError
        If the trace has no such unit or sequence.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"trace must be a Trace, what forward returns; got {type(trace).__name__}")
    H, B = trace.h.shape[-1], 1 if trace.h.ndim == 2 else trace.h.shape[1]
    sequence = whole_number("sequence", sequence, least=0)
    if sequence >= B:
        raise ValueError(f"sequence must be below B = {B}, got {sequence}")
    if unit is not None and whole_number("unit", unit, least=0) >= H:
        raise ValueError(f"unit must be below H = {H}, got {unit}")
    n = None if trace.lengths is None else int(trace.lengths[sequence])
    series = {name: np.asarray(getattr(trace, name))[:n] for name in trace._series}
    if trace.h.ndim == 3:
        series = {name: values[:, sequence] for name, values in series.items()}
    with plt.rc_context(_LOOK):
        return _lines(series, unit or 0) if unit is not None or H == 1 else _heat_maps(series)


def _lines(series: dict[str, Any], unit: int) -> Figure:
    gates = [name for name in series if name in _GATES]
    groups = [group for group in (gates, [name for name in series if name not in gates]) if group]
    figure, columns = plt.subplots(
        len(groups), 1, figsize=(6, 2.1 * len(groups) + 0.4), sharex=True, squeeze=False, layout="constrained"
    )
    for axes, names in zip(columns[:, 0], groups, strict=True):
        for name in names:
            values = series[name][:, unit]
            steps = np.arange(1, len(values) + 1)
            marker = "o" if len(values) == 1 else None
            axes.plot(steps, values, STYLES[name], color=COLOURS[name], marker=marker, label=name)
        if names is gates:
            axes.set(ylim=(-0.03, 1.03), ylabel="gate, 0 shut to 1 open")
        else:
            axes.axhline(0, color=GREY, linewidth=0.6)
            axes.set_ylabel("value")
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, handlelength=3)
    columns[-1, 0].set_xlabel("time step t")
    plt.close(figure)  # else a notebook would show it twice
    return figure


def _heat_maps(series: dict[str, Any]) -> Figure:
    rows = (len(series) + 1) // 2
    T, H = series["h"].shape
    figure, table = plt.subplots(
        rows, min(2, len(series)), figsize=(7, 1.7 * rows + 0.3), sharex=True, sharey=True, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for axes, (name, values) in zip(table.flat, series.items(), strict=False):
        reach = max(float(np.abs(values).max()), 1e-12)
        shades = ("cividis", 0.0, 1.0) if name in _GATES else ("PuOr", -reach, reach)
        image = axes.imshow(
            values.T, aspect="auto", interpolation="nearest", cmap=shades[0], vmin=shades[1], vmax=shades[2],
            extent=(0.5, T + 0.5, H - 0.5, -0.5),
        )  # fmt: skip
        figure.colorbar(image, ax=axes)
        axes.set_title(name, style="italic")
        axes.set(xlabel="time step t", ylabel="unit")
        axes.label_outer()
    plt.close(figure)
    return figure


def plot_history(history: History, target: float | None = None) -> Figure:
    """Draw a training: loss and gradient norm against steps, each batch and a running mean.

    Parameters
    ----------
    history : History
        What `train` returned.
    target : float, optional
        A loss to mark, such as the one training was to stop at.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        If `history` is none, or holds no step.
    """
    if not isinstance(history, History):
        raise TypeError(f"history must be a History, what train returns; got {type(history).__name__}")
    if not history.loss:
        raise ValueError(f"history must hold at least one step, got {history!r}")
    with plt.rc_context(_LOOK):
        figure, (above, below) = plt.subplots(2, 1, figsize=(6, 4.4), sharex=True, layout="constrained")
        _running(above, history.loss, COLOURS["o"], "loss")
        _running(below, history.gradient_norm, COLOURS["f"], "gradient norm")
        if target is not None:
            above.axhline(target, color=GREY, linestyle=":", label=f"target {target:g}")
            above.legend(frameon=False)
        below.set_xlabel("training step")
        plt.close(figure)
    return figure


def _running(axes: Axes, values: list[float], colour: str, name: str) -> None:
    over = min(20, len(values))
    mean = np.convolve(values, np.full(over, 1 / over), "valid")
    axes.plot(
        np.arange(1, len(values) + 1), values, color=colour, alpha=0.35, linewidth=1, label="each batch"
    )
    axes.plot(np.arange(over, len(values) + 1), mean, color=colour, label=f"mean of {over}")
    axes.set(yscale="log" if min(values) > 0 else "linear", ylabel=name)
    axes.legend(frameon=False)
