"""What an experiment is made of: settings, each tried with several seeds."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Setting:
    """One row of the results.

    Attributes
    ----------
    experiment : str
        Its number in Hochreiter & Schmidhuber 1997, or "forgetting" or "variants".
    algorithm : "modern", "1997" or "rnn"
    run : callable
        run(seeds, quick) gives a dict a seed: seed, solved, sequences (to success, or None), error,
        wall `seconds` and `cpu_seconds`, and whatever else is worth keeping. When quick, it stops after a few
        updates.
    T, hidden_size : int
        Steps, and units.
    published : int, optional
        Sequences to success in the paper.
    seeds : tuple of int
    together : bool
        Whether one job runs all seeds at once; otherwise each seed is a job.
    about : dict
        Further facts, as JSON can hold them. A change in them makes a stored trial stale.
    """

    experiment: str
    algorithm: str
    run: Callable[[list[int], bool], list[dict]]
    T: int | None
    hidden_size: int
    published: int | None = None
    seeds: tuple[int, ...] = tuple(range(10))
    together: bool = False
    about: dict = field(default_factory=dict)
