"""What somebody sees when the set-up cannot go on: one clear line, no traceback, and a failure."""

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import lab
import pytest
import serve

ROOT = Path(__file__).parents[2]
PARTS = [
    "Makefile",
    "tools",
    "requirements.txt",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "lstm_lib",
    "lstm_book",
    ".gitignore",
]


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


def with_venv(book, place=".venv", packages="requirements.txt"):
    """Give the copy an environment that counts as made: its Python is this one."""
    bin_folder = book / place / "bin"
    bin_folder.mkdir(parents=True)
    put(bin_folder, "python", f'exec "{sys.executable}" "$@"')
    stamp = [(book / name).read_text() for name in ("requirements.txt", "pyproject.toml", packages)]
    (book / place / "made-from").write_text(f"{book.resolve()}\n" + "".join(stamp))


def test_help_lists_every_target(book):
    done = run(["make"], book)
    assert done.returncode == 0
    assert done.stdout == run(["make", "help"], book).stdout
    targets = re.search(r"^\.PHONY: (.*)$", (book / "Makefile").read_text(), re.MULTILINE)[1].split()
    assert [line.split()[1] for line in done.stdout.splitlines()] == targets
    assert {"book", "build", "lab", "test", "help", "clean"} <= set(targets)


def test_python_too_old(book, machine):
    put(machine, "python3", 'case "$3" in *platform*) echo 3.9.2;; *) exit 1;; esac')
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
    put(machine, "python3", f'case "$3" in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@"')
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
    put(
        machine,
        "python3",
        """[ "$1 $2" = "-I tools/alone.py" ] && shift 2
echo "$*" >>calls
case "$*" in
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
tools/pins.py*) exit "$DIFFERS" ;;
esac""",
    )

    def set_up(differs=1, folder=book, **environment):
        calls = folder / "calls"
        calls.write_text("")
        done = run(["make", "setup"], folder, PATH=str(machine), DIFFERS=str(differs), **environment)
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


@pytest.mark.parametrize(("how", "place"), [(shutil.copytree, "copy"), (shutil.move, "neu, größer")])
def test_environment_that_was_made_elsewhere_is_made_anew(book, pretend, tmp_path_factory, how, place):
    pretend()
    there = tmp_path_factory.mktemp("elsewhere") / place
    how(book, there)
    assert pretend(differs=0, folder=there) == MADE  # though it seems to hold every pin
    assert pretend(folder=there) == LEFT_ALONE


def test_environment_reached_by_another_name_is_left_alone(book, pretend, tmp_path):
    pretend()
    (there := book.with_name(f"{book.name}-link")).symlink_to(book)
    assert pretend(folder=there) == LEFT_ALONE


def test_set_up_stays_in_its_folder_whatever_cd_would_do(book, pretend, tmp_path_factory):
    """CDPATH sends `cd tools/..` to another folder that has a tools."""
    other = tmp_path_factory.mktemp("other")
    for name in ("tools", ".venv"):
        (other / name).mkdir()
    assert pretend(CDPATH=str(other)) == MADE
    assert (other / ".venv").is_dir() and not (other / ".venv" / "made-from").exists()


def test_make_from_another_folder_touches_nothing_there(book, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "_build").mkdir()
    done = run(["make", "-f", str(book / "Makefile"), "clean"], other)
    assert done.returncode != 0 and "make -C FOLDER" in done.stderr
    assert (other / "_build").is_dir()
    assert run(["make", "-C", str(book), "clean"], other).returncode == 0


def test_python_whose_path_has_a_space(book, machine):
    (machine / "a b").mkdir()
    put(machine / "a b", "python3", 'case "$3" in *platform*) echo 3.9.2;; *) exit 1;; esac')
    done = run(["make", "setup", f"PYTHON={machine}/a b/python3"], book, PATH=str(machine))
    assert f"is needed; {machine}/a b/python3 is 3.9.2." in said(done)[0]


def test_environment_that_holds_the_pins_already_is_kept(book, pretend):
    pretend()
    with (book / "requirements.txt").open("a") as pins:
        pins.write("# a remark\n")
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


def test_another_port_is_one(monkeypatch, capsys):
    def taken(*_):
        raise OSError(errno.EADDRINUSE, "taken")

    monkeypatch.setattr(serve, "ThreadingHTTPServer", taken)
    assert serve.main(["65535"]) == 1
    assert capsys.readouterr().err == "Port 65535 is in use. Name another one: make book PORT=1024\n"


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
        # What holds the tests up is ended: a server that does not start, answer or stop.
        end = threading.Timer(120, server.kill)
        end.start()
        try:
            assert f"http://127.0.0.1:{port} " in server.stdout.readline()
            for name, kind in kinds.items():
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", timeout=120) as answer:
                    assert answer.headers.get_content_type() == kind
            server.send_signal(stop)
            assert server.communicate() == ("\n", "")
            assert server.returncode == 0
        finally:
            end.cancel()
            server.kill()


def test_a_jupyterlab_that_does_not_stop_is_ended(tmp_path, machine, monkeypatch):
    monkeypatch.setattr(lab, "PATIENCE", 5)
    info = json.dumps({"url": "http://127.0.0.1/", "token": ""})
    put(
        tmp_path,
        "python",
        f"""trap '' TERM
mkdir -p "$JUPYTER_RUNTIME_DIR" && echo $$ >"$JUPYTER_RUNTIME_DIR/pid"
echo '{info}' >"$JUPYTER_RUNTIME_DIR/jpserver-1.json"
while :; do sleep 1; done""",
    )
    with pytest.raises(subprocess.TimeoutExpired), lab.serving(tmp_path, str(tmp_path / "python")):
        pass
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "runtime" / "pid").read_text()), 0)


def test_a_notebook_that_does_not_open_leaves_no_page(tmp_path):
    """The stand-in for a browser opens no page."""
    done = []

    class Context:
        set_default_timeout = staticmethod(lambda time: None)
        close = staticmethod(lambda: done.append("closed"))

        def new_page(self):
            raise RuntimeError("no page")

    class Browser:
        new_context = staticmethod(lambda **options: Context())

    opened = lab.run_all((tmp_path, "", ""), Browser(), "a.ipynb")
    with pytest.raises(RuntimeError, match="no page"), opened:
        pass
    assert done == ["closed"]


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
    stand_in = book / "jupyter_book" / "cli"  # where Python looks first
    stand_in.mkdir(parents=True)
    for folder in stand_in, stand_in.parent:
        (folder / "__init__.py").touch()
    (stand_in / "main.py").write_text(
        """
import os, sys
def main():
    for name in ".jupyter_cache", ".doctrees", "html":
        os.makedirs(f"_build/{name}", exist_ok=True)
    sys.exit(int(os.environ["STATUS"]))
"""
    )
    (book / "chapters").mkdir()
    (book / "_config.yml").write_text("title: A book")
    (book / "_toc.yml").write_text("root: chapters/one")
    (book / "chapters" / "one.ipynb").write_text("{}")

    def kept(status=0, folder=book):
        """Which of what the last build left was there still for this one?"""
        stores = [folder / "_build" / name for name in (".jupyter_cache", ".doctrees", "html")]
        for store in stores:
            store.mkdir(parents=True, exist_ok=True)
            (store / "left").touch()
        done = run([sys.executable, "tools/build.py"], folder, STATUS=str(status))
        assert done.returncode == status, done.stderr
        return [store.name for store in stores if (store / "left").exists()]

    assert kept() == []
    assert kept() == [".jupyter_cache", ".doctrees", "html"]
    return kept


@pytest.mark.parametrize(
    "path", ["lstm_lib/cells.py", "lstm_book/explorers/static/a.mjs", "requirements.txt", "chapters/a.csv"]
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


def test_what_was_built_elsewhere_is_not_believed(book, build, tmp_path_factory):
    there = shutil.copytree(book, tmp_path_factory.mktemp("elsewhere") / "copy")
    assert build(folder=there) == []
    assert build(folder=there) == [".jupyter_cache", ".doctrees", "html"]


@pytest.fixture
def hostile(tmp_path_factory):
    """The settings of somebody who set everything, in the environment and in the home folder."""
    home = tmp_path_factory.mktemp("home")
    for name, text in {
        ".ipython/profile_default/startup/a.py": "raise RuntimeError('the profile of the user')",
        ".config/matplotlib/matplotlibrc": "backend: pdf",
        ".jupyter/jupyter_config.py": "raise RuntimeError('the settings of the user')",
        "kernels/python3/kernel.json": '{"argv": ["false"], "display_name": "Other", "language": "python"}',
        ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"], "language": "python"}',
        "modules/lstm_lib/__init__.py": "raise RuntimeError('another library')",
        "modules/sitecustomize.py": "print('customised')",
        "startup.py": "raise RuntimeError",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    settings = {
        "HOME": home,
        "IPYTHONDIR": home / ".ipython",
        "JUPYTER_CONFIG_DIR": home / ".jupyter",
        "JUPYTER_PATH": home,
        "MATPLOTLIBRC": home / ".config" / "matplotlib",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": home / ".config" / "matplotlib",
        "PYTHONPATH": home / "modules",
        "PYTHONSTARTUP": home / "startup.py",
        "PYTHONWARNINGS": "error",
        "PYTEST_ADDOPTS": "--no-such-option",
        "PIP_USER": "1",
        "PIP_TARGET": home / "target",
        "GIT_DIR": home,
        "SOURCE_DATE_EPOCH": "0",
        "LC_ALL": "tr_TR.ISO-8859-9",
        "LANGUAGE": "tr",
        "TZ": "Asia/Tokyo",
        "FORCE_COLOR": "1",
        "http_proxy": f"http://127.0.0.1:{closed_port()}",
    }
    return {name: str(value) for name, value in settings.items()}


def test_nothing_of_the_users_is_with_what_runs_alone(hostile):
    def seen(**settings):
        show = "import json, os; print(json.dumps(dict(os.environ)))"
        done = run([sys.executable, "-I", "tools/alone.py", "-c", show], ROOT, **settings)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    kept = {"HOME": hostile["HOME"], "PIP_INDEX_URL": "https://a.org", "no_proxy": "b.org"}
    plain = seen(**kept, JUPYTERLAB_SETTINGS_DIR=f"{hostile['JUPYTER_CONFIG_DIR']}/lab/user-settings")
    # Of JupyterLab's settings the reader's are taken: they are its look.
    found = seen(**{**hostile, **kept}, PYTHONHOME="/nowhere", JUPYTERLAB_SETTINGS_DIR="")
    assert found.pop("http_proxy") == hostile["http_proxy"]
    assert found == plain
    assert found["PIP_INDEX_URL"] == "https://a.org" and found["PIP_USER"] == "0"
    assert found["no_proxy"] == found["NO_PROXY"] == "b.org,127.0.0.1,localhost,::1"
    assert seen(**found) == plain
    assert seen(no_proxy="", NO_PROXY="*")["no_proxy"] == "*"


def test_every_python_that_make_calls_runs_alone(book):
    """All targets, with stand-ins for the four environments that note what they are asked."""
    calls = book / "calls"
    for place, packages in {
        ".venv": "requirements.txt",
        "_build/tools": "tools/requirements.txt",
        "_build/bench": "benchmarks/requirements.txt",
        "_build/experiments-env": "experiments/requirements.txt",
    }.items():
        (book / packages).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / packages, book / packages)
        with_venv(book, place, packages)
        asked = f'[ "$1" = -E ] || [ "$3" = tools/chromium.py ] || echo "{place} $*" >>"{calls}"'
        put(book / place / "bin", "python", asked)
    put(book / "_build" / "tools" / "bin", "zizmor", "")
    targets = re.search(r"^\.PHONY: (.*)$", (book / "Makefile").read_text(), re.MULTILINE)[1].split()
    done = run(["make", *(set(targets) - {"help", "clean"})], book)
    assert (done.returncode, done.stderr) == (0, "")
    asked = calls.read_text().splitlines()
    places = {".venv", "_build/tools", "_build/bench", "_build/experiments-env"}
    assert {line.split()[0] for line in asked} == places
    assert len(asked) > 20 and [line for line in asked if " -I tools/alone.py " not in line] == []


def test_a_package_that_was_not_looked_up_fails_the_audit(book):
    """The stand-in skips a package, as pip-audit does where it knows nothing of it."""
    with_venv(book, "_build/tools", "tools/requirements.txt")
    script = 'case "$*" in *pip_audit*--strict*) exit 1 ;; esac'
    put(book / "_build" / "tools" / "bin", "python", script)
    assert run(["make", "audit"], book).returncode != 0


@pytest.mark.parametrize("git", [True, False], ids=["clone", "archive"])
def test_a_tool_is_given_the_files_of_the_book_with_git_and_without(book, git):
    names = ["_build/a.md", ".venv/b.py", "x.egg-info/c", "tools/__pycache__/d.pyc", ".DS_Store"]
    for name in names:
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).touch()
    (book / "größer, neu.md").touch()
    show = [sys.executable, "-c", "import sys; print(*sys.argv[1:], sep='\\0')"]
    done = run([sys.executable, "tools/files.py", *show], book)
    given = done.stdout.rstrip("\n").split("\0")
    assert {"größer, neu.md", "lstm_lib/cells.py", ".gitignore"} <= set(given)
    assert not set(names) & set(given)
    if git:
        run(["git", "init", "-q"], book)
        listed = run(["git", "ls-files", "-z", "--others", "--exclude-standard"], book, HOME=str(book))
        assert given == sorted(filter(None, listed.stdout.split("\0")))
    failing = run([sys.executable, "tools/files.py", "false"], book)
    assert failing.returncode == 1


def test_line_ends_are_plain_whatever_git_is_told(book, tmp_path_factory):
    shutil.copy(ROOT / ".gitattributes", book)
    author = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    for command in ["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "All"]:
        assert run(["git", *command], book).returncode == 0
    there = tmp_path_factory.mktemp("clone")
    crlf = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    assert run(["git", "clone", "-q", *crlf, str(book), str(there)], book).returncode == 0
    for name in ["Makefile", "tools/setup.sh", "requirements.txt", "lstm_lib/cells.py"]:
        assert b"\r" not in (there / name).read_bytes(), name


def test_notebook_that_raises_fails_the_build(book, hostile):
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
    first = (
        "import os, sys\nimport lstm_lib, matplotlib\nx = 1\n"
        f"assert lstm_lib.__file__.startswith(({str(ROOT)!r}, {str(book)!r})), lstm_lib.__file__\n"
        "assert 'inline' in matplotlib.get_backend(), matplotlib.get_backend()"
    )
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# One"},
        {**cell, "source": first},
        {**cell, "source": "y = x\ny / 0"},
    ]
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    (book / "chapters" / "one.ipynb").write_text(json.dumps(notebook))
    done = run([sys.executable, "tools/build.py"], book, **hostile)  # without make, too
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == (
        "chapters/one.ipynb, code cell 2: ZeroDivisionError: division by zero"
    )
