"""The built book, for the tests that look at it."""

import pytest


@pytest.fixture(scope="session")
def built():
    """Folder of the built book."""
    from places import BOOK  # what a unit test does without is not imported for it

    assert (BOOK / "index.html").exists(), "the book is not built: make build"
    return BOOK


def pytest_collection_modifyitems(items):
    """Mark what needs the built book, so that all else can run while it is built."""
    for item in items:
        if "built" in getattr(item, "fixturenames", ()):
            item.add_marker("built")
