"""What an experiment is made of: settings, each tried with several seeds at the best of several rates."""

from collections.abc import Callable
from dataclasses import dataclass, field

SEEDS = tuple(range(20))
CHOICE = tuple(range(1000, 1005))  # seeds that choose a rate, and are not reported
TEN = tuple(range(1000, 1010))  # where five let luck choose


@dataclass(frozen=True)
class Setting:
    """One row of the results.

    Attributes
    ----------
    experiment : str
        Its number in Hochreiter & Schmidhuber 1997, or what it belongs to: "changes", "lags", "variants" …
    column : str
        Who is trained: "1997", "modern", "cell of 1997", "rnn", "guessing" …
    trial : callable
        trial(seed, rate, quick) trains once and gives a dict: solved, sequences (to success, or None), and
        whatever else is worth keeping, as JSON can hold it. The same seed and rate give the same dict. When
        quick, it stops after a few updates.
    rates : tuple of float
        Tried with the seeds of `choice` first; the `seeds` run at the best. One rate, a published one say,
        needs no choice; none stands for a trial without a rate, which is given None.
    published : int, optional
        Sequences to success in the paper.
    seeds, choice : tuple of int
        Of the trials that are reported, and of those that choose; they must not meet.
    about : dict
        All else that decides what comes out, as JSON can hold it. A change in it makes a stored trial stale.
    """

    experiment: str
    column: str
    trial: Callable[[int, float | None, bool], dict]
    rates: tuple[float, ...] = ()
    published: int | None = None
    seeds: tuple[int, ...] = SEEDS
    choice: tuple[int, ...] = CHOICE
    about: dict = field(default_factory=dict)
