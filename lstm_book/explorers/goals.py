"""Goals: puzzles that check themselves. goals.json says each once; goals.mjs is its other reader."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .modules import read_json
from .traits import LIMITS

Series = dict[str, np.ndarray]
GOALS: dict[str, dict[str, Any]] = read_json("goals.json")


def limits_of(kind: str) -> dict[str, dict[str, Any]]:
    """Give what the values of a kind of explorer may be, without those that only an author sets."""
    shared = LIMITS["network"] if kind in ("memory", "sentence") else {}
    return {name: limit for name, limit in {**shared, **LIMITS[kind]}.items() if not limit.get("fixed")}


def inputs_of(trial: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in trial.items() if name != "hold"}


def start_of(goal: dict[str, Any]) -> dict[str, Any]:
    """Give every value where a goal starts."""
    usual = {name: limit["default"] for name, limit in limits_of(goal["kind"]).items()}
    return {**usual, **inputs_of(goal["trials"][0]), **goal["start"]}


def meets(goal: dict[str, Any], values: dict[str, Any], run: Callable[[dict[str, Any]], Series]) -> bool:
    """Whether values meet a goal: what is to stay stands where it started, and every trial holds.

    `run` gives the series of values, by name. A condition: a series; a step from 1, [first, last] or "last";
    the limits of its values there.
    """
    start = start_of(goal)
    limits = limits_of(goal["kind"])
    looks = {name for name, limit in limits.items() if limit.get("look")}
    stays = limits.keys() - looks - {*goal["free"]} - inputs_of(goal["trials"][0]).keys()
    if any(values[name] != start[name] for name in stays):
        return False
    for trial in goal["trials"]:
        series = run({**values, **inputs_of(trial)})
        for name, at, low, high in trial["hold"]:
            steps = len(series[name])
            first, last = at if isinstance(at, list) else (steps, steps) if at == "last" else (at, at)
            seen = series[name][first - 1 : last]
            if last > steps or not ((low <= seen) & (seen <= high)).all():
                return False
    return True
