"""Run every check: what can do without the built book while it is built, then the rest.

What fails stops nothing else, so that one run tells all of it.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "_build" / "test-build.log"
# On all cores; what shares a kernel or a costly fixture stays together (tests/conftest.py).
PYTEST = ("-m", "pytest", "-n", "auto")


@contextlib.contextmanager
def running(*arguments: str, output: IO[bytes] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Start Python beside this one; it ends, with all that it started, at the end of the block."""
    command = [sys.executable, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def main() -> int:
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log, running("tools/build.py", output=log) as build:
        # Found, or fetched, while the book is built
        found = subprocess.run([sys.executable, "tools/chromium.py"], cwd=ROOT, stdout=subprocess.PIPE)
        if found.returncode:
            return found.returncode
        os.environ["CHROMIUM"] = found.stdout.decode().strip()
        with running(*PYTEST, "-m", "not built") as first:
            status = build.wait()
            if status == 0:
                with running("tools/offline.py", output=log) as offline:
                    status = offline.wait()
            failed = first.wait()
    if status:
        print(LOG.read_text("utf-8", "replace"), file=sys.stderr)
        print("The book was not built: what looks at it was not tested", file=sys.stderr)
        return status
    with running(*PYTEST, "-m", "built") as second:
        return max(failed, second.wait())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
