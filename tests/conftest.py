"""The built book, for the tests that look at it."""

import os
from pathlib import Path

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


def pytest_collection_modifyitems(items):
    """Mark what needs the built book, so that all else runs while it is built."""
    for item in items:
        if "built" in getattr(item, "fixturenames", ()):
            item.add_marker("built")


# What these files begin is costly: a JupyterLab, a PDF read whole. They stay on one core.
TOGETHER = {"test_lab.py", "test_offline.py", "test_zip.py"}


def pytest_xdist_make_scheduler(config, log):
    """Give work to the cores test by test, but notebooks and what is costly to begin as a whole.

    `--dist loadgroup` would do it, but its marks get lost between pytest-xdist 3.8 and pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = Path(nodeid.split("::")[0])
            return str(file) if file.suffix == ".ipynb" or file.name in TOGETHER else nodeid

    return Scheduling(config, log) if config.getvalue("dist") == "load" else None
