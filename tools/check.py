"""Run every check: what can do without the built book while it is built, then the rest.

What fails stops nothing else, so that one run tells all of it. Arguments go to pytest.
"""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "_build" / "test-build.log"
# On all cores, test by test; what shares a costly fixture or a kernel stays together (tests/conftest.py).
PYTEST = ["-m", "pytest", "-n", "auto", "--dist", "loadgroup"]


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


@contextlib.contextmanager
def building() -> Iterator[subprocess.Popen[bytes]]:
    """Build the book, its zip and its PDF beside what runs meanwhile; it ends with this block."""
    steps = " && ".join(shlex.join(python(f"tools/{name}.py")) for name in ("build", "offline"))
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        build = subprocess.Popen(
            ["sh", "-c", steps], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield build
    finally:
        if build.poll() is None:
            os.killpg(build.pid, signal.SIGTERM)
            build.wait()


def main(asked: list[str]) -> int:
    chromium = subprocess.run(python("tools/chromium.py"), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if chromium.returncode:
        return chromium.returncode
    os.environ["CHROMIUM"] = chromium.stdout.strip()

    def checked(phase: str) -> int:
        print(f"What needs {'the' if phase == 'built' else 'no'} built book:", flush=True)
        return subprocess.run(python(*PYTEST, "-m", phase, *asked), cwd=ROOT).returncode

    with building() as build:
        first = checked("not built")
        if build.wait():
            print(LOG.read_text("utf-8", "replace"), file=sys.stderr)
            print("The book was not built: what needs it was not checked", file=sys.stderr)
            return build.returncode
    return max(first, checked("built"))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
