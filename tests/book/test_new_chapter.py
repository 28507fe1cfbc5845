"""`make new-chapter` writes a chapter that passes the tests at once."""

import os
import shutil
import subprocess
import sys

import pytest
from places import ROOT


@pytest.fixture
def book(tmp_path):
    """A copy of what the tests of the chapters read."""
    for name in ["chapters", "experiments", "lstm_lib", "lstm_book", "sphinx_ext", "tests", "tools"]:
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_*")
        )
    for name in ["_toc.yml", "_config.yml", "pyproject.toml", "Makefile"]:
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run(book, *command):
    return subprocess.run(command, cwd=book, env=os.environ, capture_output=True, text=True, timeout=600)


def begin(book, name, title=""):
    return run(book, sys.executable, "tools/new_chapter.py", name, title)


def test_a_new_chapter_passes_the_tests_and_runs(book):
    done = begin(book, "two_states", "Two states")
    assert (done.returncode, done.stderr) == (0, "")
    notebook = book / "chapters" / "two_states.ipynb"
    text = notebook.read_text("utf-8")
    assert "# Two states\\n" in text and "NAME" not in text and "TITLE" not in text and "NUMBER" not in text
    order = (book / "_toc.yml").read_text().splitlines()
    assert order.index("      - file: chapters/two_states") < order.index("      - file: chapters/claims")
    exercises = (book / "lstm_book" / "exercises" / "two_states.md").read_text("utf-8")
    assert exercises.startswith("# Two states\n") and "NAME" not in exercises and "TITLE" not in exercises
    assert "\n\n[Two states](two_states.ipynb)\n: What" in (book / "chapters" / "index.md").read_text("utf-8")
    tests = ["tests/book/test_chapters.py", "tests/book/test_exercises.py", "chapters/two_states.ipynb"]
    about_it = "two_states or labels or index or toc"
    options = ["-q", "-rA", "--nbval-lax", "-m", "not built", "-k", about_it]
    done = run(book, sys.executable, "-m", "pytest", *options, *tests)
    assert done.returncode == 0, done.stdout
    assert "test_chapters.py::test_has_its_parts[two_states]" in done.stdout
    assert "have_each_their_message[two_states.5]" in done.stdout
    assert "PASSED chapters/two_states.ipynb::Cell 1" in done.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("architecture", "There is a chapter architecture already"),
        ("claims", "There is a chapter claims already"),
        ("", "NAME must be small letters and underscores, such as peepholes, not ''"),
        ("7_gates", "NAME must be small letters and underscores, such as peepholes, not '7_gates'"),
        ("../x", "NAME must be small letters and underscores, such as peepholes, not '../x'"),
    ],
)
def test_a_name_that_will_not_do(book, name, said):
    before = sorted(book.rglob("*"))
    done = begin(book, name)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [said]
    assert sorted(book.rglob("*")) == before
