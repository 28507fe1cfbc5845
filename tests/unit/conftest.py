"""Hypothesis as the library's tests want it: no test fails because the machine was busy."""

from hypothesis import settings

settings.register_profile("book", deadline=None)
settings.load_profile("book")
