"""The built book, for the tests that look at it."""

import os

import alone
import pytest

# What a test starts runs as what make starts, however the tests themselves were started.
os.environ.update(settings := alone.environment())
for name in os.environ.keys() - settings.keys():
    del os.environ[name]


@pytest.fixture(scope="session")
def built():
    """Folder of the built book."""
    from places import BOOK  # what a unit test does without is not imported for it

    assert (BOOK / "index.html").exists(), "the book is not built: make build"
    return BOOK


# What these files begin is costly: a JupyterLab, a PDF read whole. They stay on one core.
TOGETHER = {"test_lab.py", "test_offline.py", "test_zip.py"}


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for its marks
def pytest_collection_modifyitems(items):
    """Mark what needs the built book, so that all else runs while it is built; keep together what must be."""
    for item in items:
        if "built" in getattr(item, "fixturenames", ()):
            item.add_marker("built")
        if item.path.suffix == ".ipynb" or item.path.name in TOGETHER:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
