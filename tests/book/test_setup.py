"""What somebody sees when the set-up cannot go on: one clear line, no traceback, and a failure."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ["Makefile", "tools", "requirements.txt", "pyproject.toml", "README.md", "LICENSE", "lstm_lib"]


@pytest.fixture
def book(tmp_path):
    """A copy of the book's set-up, without a .venv."""
    for name in PARTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def machine(tmp_path_factory):
    """A folder for PATH with a few plain tools and no Python, browser or package manager."""
    folder = tmp_path_factory.mktemp("bin")
    for tool in ["sh", "make", "cat", "cmp", "cp", "dirname", "env", "grep", "mkdir", "rm", "sed", "awk"]:
        (folder / tool).symlink_to(shutil.which(tool))
    return folder


def put(folder, name, script):
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def run(command, cwd, **environment):
    """Run with only these settings beside the plain ones; without make's own, should make run this test."""
    mine = ("MAKE", "MFLAGS", "PORT", "PYTHON")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    return subprocess.run(
        command, cwd=cwd, env={**plain, **environment}, capture_output=True, text=True, timeout=120
    )


def said(done):
    """The lines on stderr, without make's own closing line."""
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("make")]
    assert "Traceback" not in done.stdout + done.stderr
    return lines


def with_venv(book):
    """Give the copy a .venv that counts as made: its Python is this one."""
    bin_folder = book / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    put(bin_folder, "python", f'exec "{sys.executable}" "$@"')
    stamp = (book / "requirements.txt").read_text() + (book / "pyproject.toml").read_text()
    (book / ".venv" / "made-from").write_text(stamp + (book / "requirements.txt").read_text())


def test_help_lists_every_target(book):
    done = run(["make"], book)
    assert done.returncode == 0
    assert done.stdout == run(["make", "help"], book).stdout
    targets = re.search(r"^\.PHONY: (.*)$", (book / "Makefile").read_text(), re.MULTILINE)[1].split()
    assert [line.split()[1] for line in done.stdout.splitlines()] == targets
    assert {"book", "build", "lab", "test", "help", "clean"} <= set(targets)


def test_python_too_old(book, machine):
    put(machine, "python3", 'case "$2" in *platform*) echo 3.9.2;; *) exit 1;; esac')
    done = run(["make", "build"], book, PATH=str(machine))
    assert done.returncode != 0
    assert len(said(done)) == 1
    assert said(done)[0].startswith("Python 3.11 or newer is needed; python3 is 3.9.2. Install it")


def test_no_python(book, machine):
    done = run(["make", "build"], book, PATH=str(machine))
    assert done.returncode != 0
    assert len(said(done)) == 1
    assert "Python 3.11 or newer is needed. Install it" in said(done)[0]


def test_python_without_venv(book, machine):
    """As on Debian and Ubuntu before python3-venv is installed."""
    put(machine, "python3", f'case "$2" in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@"')
    done = run(["make", "build"], book, PATH=str(machine))
    assert done.returncode != 0
    assert len(said(done)) == 1
    assert "apt-get install python3-venv" in said(done)[0]
    assert not (book / ".venv").exists()


def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_no_network(book, machine):
    put(machine, "python3", f'exec "{sys.executable}" "$@"')
    done = run(
        ["make", "build"],
        book,
        PATH=str(machine),
        PIP_CONFIG_FILE=os.devnull,
        PIP_FIND_LINKS="",
        PIP_EXTRA_INDEX_URL="",
        PIP_INDEX_URL=f"http://127.0.0.1:{closed_port()}/simple",
        PIP_RETRIES="0",
    )
    assert done.returncode != 0
    making, line = said(done)
    assert making.startswith("Making .venv with Python 3.")
    assert line == (
        "The packages could not be downloaded: is there a network? What pip said is in _build/setup.log"
    )
    assert "jupyter-book" in (book / "_build" / "setup.log").read_text()
    assert (book / ".venv" / "made-from").read_text() == "unfinished\n"


@pytest.fixture
def pretend(book, machine):
    """Run the set-up with a Python that only notes what it is asked; returns stderr and what was asked."""
    calls = book / "calls"
    put(
        machine,
        "python3",
        f"""echo "$*" >>"{calls}"
case "$*" in
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
tools/pins.py*) exit "$DIFFERS" ;;
esac""",
    )

    def set_up(differs=1):
        calls.write_text("")
        done = run(["make", "setup"], book, PATH=str(machine), DIFFERS=str(differs))
        assert done.returncode == 0, done.stderr
        asked = calls.read_text()
        return said(done), "-m venv" in asked, "-r requirements.txt" in asked, "-e ." in asked

    return set_up


MADE = (["Making .venv with , a minute or two"], True, True, True)
LEFT_ALONE = ([], False, False, False)


def test_set_up_once(pretend):
    assert pretend() == MADE
    assert pretend() == LEFT_ALONE


def test_stale_environment_is_made_anew(book, pretend):
    pretend()
    with (book / "requirements.txt").open("a") as pins:
        pins.write("another==1.0\n")
    assert pretend() == MADE
    assert pretend() == LEFT_ALONE


def test_environment_of_an_interrupted_set_up_is_made_anew(book, pretend):
    pretend()
    (book / ".venv" / "made-from").write_text("unfinished\n")
    assert pretend(differs=0) == MADE  # even if every pin seems to be there


def test_environment_whose_python_is_gone_is_made_anew(book, pretend):
    pretend()
    (book / ".venv" / "bin" / "python").unlink()
    assert pretend() == MADE


def test_environment_that_holds_the_pins_already_is_kept(book, pretend):
    pretend()
    (book / ".venv" / "made-from").unlink()
    assert pretend(differs=0) == (["Bringing .venv up to date"], False, False, True)
    assert pretend() == LEFT_ALONE


def test_pins_tell_what_differs(book):
    wanted = book / "wanted.txt"
    lines = ["# a comment", "numpy>=1", "absent==1.0", "pytest==0.1", 'nowhere==1; sys_platform == "plan9"']
    wanted.write_text("\n".join(lines))
    done = run([sys.executable, "tools/pins.py", str(wanted)], book)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "absent==1.0: not installed",
        f"pytest==0.1: {pytest.__version__} is installed",
    ]


def test_every_pin_is_exact():
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[a-z0-9-]+==[\w.]+(; \w+ == \"\w+\")?", line), line


def test_busy_port(book):
    with_venv(book)
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = run(["make", "book", f"PORT={port}"], book)
    assert done.returncode != 0
    assert said(done) == [f"Port {port} is in use. Name another one: make book PORT={port + 1}"]
    assert not (book / "_build").exists()


@pytest.mark.parametrize("port", ["0", "70000", "-1", "eight"])
def test_port_that_is_none(book, port):
    done = run([sys.executable, "tools/serve.py", port], book)
    assert done.returncode != 0
    assert said(done) == [f"PORT must be a number from 1 to 65535, not {port!r}"]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve(book, stop):
    pages = book / "_build" / "html"
    pages.mkdir(parents=True)
    kinds = {"index.html": "text/html", "a.mjs": "text/javascript", "a.svg": "image/svg+xml"}
    for name in kinds:
        (pages / name).write_text("")
    port = closed_port()
    command = [sys.executable, "tools/serve.py", str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=book, stdout=pipe, stderr=pipe, text=True) as server:
        assert f"http://127.0.0.1:{port} " in server.stdout.readline()
        for name, kind in kinds.items():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}") as answer:
                assert answer.headers.get_content_type() == kind
        server.send_signal(stop)
        try:
            assert server.wait(10) == 0
        finally:
            server.kill()  # a server that does not stop must not hold the tests up
        assert server.stderr.read() == ""


@pytest.fixture
def find_chromium(book, machine):
    """Look for a Chromium on a machine that has none, where Playwright can fetch none."""

    def find(playwright=sys.executable, **environment):
        # An application folder of macOS is there whatever PATH says.
        script = "import chromium as c, sys; c.MAC.clear(); sys.executable = sys.argv[1]; sys.exit(c.main())"
        return run(
            [sys.executable, "-c", script, playwright],
            book / "tools",
            **{
                "PATH": str(machine),
                "CHROMIUM": "",
                "PLAYWRIGHT_BROWSERS_PATH": str(book / "browsers"),
                "PLAYWRIGHT_DOWNLOAD_HOST": f"http://127.0.0.1:{closed_port()}",
                **environment,
            },
        )

    return find


def test_chromium_that_does_not_run_is_passed_over(machine, find_chromium):
    put(machine, "chromium-browser", "echo install the snap >&2; exit 1")
    put(machine, "google-chrome", "echo Chrome 1")
    done = find_chromium()
    assert (done.returncode, done.stdout) == (0, f"{machine}/google-chrome\n")
    assert said(done) == []


def test_chromium_named_in_the_environment(machine, find_chromium):
    put(machine, "chromium", "echo Chromium 1")
    put(machine, "mine", "echo Chromium 2")
    assert find_chromium(CHROMIUM="mine").stdout == f"{machine}/mine\n"
    done = find_chromium(CHROMIUM="/no/such/browser")
    assert (done.returncode, done.stdout) == (1, "")
    assert said(done) == ["CHROMIUM names /no/such/browser, which does not run"]


def test_no_chromium_anywhere(machine, find_chromium):
    put(machine, "sudo", "exit 1")
    done = find_chromium()
    assert (done.returncode, done.stdout) == (1, "")
    assert said(done) == [
        "No Chromium here: fetching Playwright's",
        "No Chromium: install one (Debian: apt-get install chromium), or name one in CHROMIUM. "
        "What was tried is in _build/chromium.log",
    ]


def test_chromium_from_the_package_manager(machine, find_chromium):
    put(machine, "sudo", 'shift; [ "$1" = true ] || exec "$@"')
    put(machine, "browser", "echo Chromium 1")
    put(machine, "apt-get", f'[ "$3" = update ] || cp "{machine}/browser" "{machine}/chromium"')
    put(machine, "no-playwright", "exit 1")
    done = find_chromium(playwright=str(machine / "no-playwright"))
    assert (done.returncode, done.stdout) == (0, f"{machine}/chromium\n")
    assert len(said(done)) == 2


@pytest.fixture
def build(book):
    """Build with a stand-in for Jupyter Book that leaves its two stores and a page."""
    bin_folder = book / "bin"
    bin_folder.mkdir()
    (bin_folder / "python").symlink_to(sys.executable)
    put(bin_folder, "jupyter-book", "cd _build && mkdir -p .jupyter_cache .doctrees html; exit $STATUS")
    (book / "chapters").mkdir()
    (book / "_config.yml").write_text("title: A book")
    (book / "_toc.yml").write_text("root: chapters/one")
    (book / "chapters" / "one.ipynb").write_text("{}")

    def kept(status=0):
        """Which of what the last build left was there still for this one?"""
        stores = [book / "_build" / name for name in (".jupyter_cache", ".doctrees", "html")]
        for store in stores:
            store.mkdir(parents=True, exist_ok=True)
            (store / "left").touch()
        done = run([str(bin_folder / "python"), "tools/build.py"], book, STATUS=str(status))
        assert done.returncode == status, done.stderr
        return [store.name for store in stores if (store / "left").exists()]

    assert kept() == []
    assert kept() == [".jupyter_cache", ".doctrees", "html"]
    return kept


@pytest.mark.parametrize(
    "path", ["lstm_lib/cells.py", "lstm_lib/static/a.mjs", "requirements.txt", "chapters/a.csv"]
)
def test_what_notebooks_rely_on_runs_them_anew(book, build, path):
    with (book / path).open("a") as file:
        file.write("\n# changed\n")
    assert build() == []
    assert build() == [".jupyter_cache", ".doctrees", "html"]


@pytest.mark.parametrize("path", ["_toc.yml", "_config.yml", "chapters/two.ipynb"])
def test_what_pages_rely_on_makes_them_anew(book, build, path):
    (book / path).write_text("{}")
    assert build() == [".jupyter_cache"]
    assert build() == [".jupyter_cache", ".doctrees", "html"]


def test_pages_of_a_failed_build_are_not_believed(build):
    assert build(status=1) == [".jupyter_cache", ".doctrees", "html"]
    assert build() == [".jupyter_cache"]


def test_notebook_that_raises_fails_the_build(book):
    settings = [
        "title: A book",
        "execute: {execute_notebooks: cache}",
        "sphinx: {config: {nb_execution_show_tb: true}}",
    ]
    (book / "_config.yml").write_text("\n".join(settings))
    (book / "_toc.yml").write_text("format: jb-book\nroot: chapters/one\n")
    (book / "chapters").mkdir()
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# One"},
        {**cell, "source": "x = 1"},
        {**cell, "source": "y = x\ny / 0"},
    ]
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    (book / "chapters" / "one.ipynb").write_text(json.dumps(notebook))
    done = run([sys.executable, "tools/build.py"], book)
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == (
        "chapters/one.ipynb, code cell 2: ZeroDivisionError: division by zero"
    )
