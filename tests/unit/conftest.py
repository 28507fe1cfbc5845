"""Hypothesis as the library's tests want it: no test fails because the machine was busy."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parents[2] / "experiments"))  # where the GRU is

settings.register_profile("book", deadline=None)
settings.load_profile("book")
