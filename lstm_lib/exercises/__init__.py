"""The exercises of the book: `check` judges an answer, gives a hint or the solution, and reports.

In a notebook::

    check("architecture.3", 1.5)
"""

from .judge import Check

check = Check()

__all__ = ["check"]
