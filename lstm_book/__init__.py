"""What makes a book of the library: explorers, exercises, a quiz, figures, and cells that are safe to change.

In a notebook, importing it lets cells begin with ``%%check``, and lets a reader go on after an error. `check`
judges an answer, gives a hint or the solution, and reports::

    check("architecture.3", 1.5)
"""

from . import live
from .judge import Check

check = Check()
live.start()

__all__ = ["check"]
