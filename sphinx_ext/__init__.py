"""Sphinx extension of the book, named in _config.yml: whose book it is, how it runs, what its pages hold."""

from typing import Any

from . import colab, execution, exercises, finish, mathematics, pages, places, repository


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx; the repository first, for the others read what it sets."""
    for part in (repository, execution, exercises, mathematics, places, pages, colab, finish):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
