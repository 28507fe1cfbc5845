"""Print the path of a Chromium that runs; fetch one if the machine has none.

In this order: $CHROMIUM, one on the machine, Playwright's own (downloaded if need be), the system's packages.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LOG = Path(__file__).resolve().parent.parent / "_build" / "chromium.log"
# The first draws no windows around the pages: their tests take half the time.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MAC = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]


def runs(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def on_the_machine() -> Iterator[str]:
    for name in [*NAMES, *MAC]:
        path = shutil.which(name)
        if path and runs(path):
            yield path


def playwrights_own() -> Iterator[str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists() and runs(path):
        yield path


def attempt(*command: str) -> bool:
    with LOG.open("ab") as log:
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=1200)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def as_root() -> list[str] | None:
    """What to put before a command so that root runs it; None if that would ask for a password."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def fetched() -> Iterator[str]:
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_bytes(b"")
    root = as_root()
    playwright = [sys.executable, "-m", "playwright"]

    say("No Chromium here: fetching Playwright's")
    if attempt(*playwright, "install", "--no-shell", "chromium"):
        yield from playwrights_own()
        if root is not None:  # the machine may lack libraries that it needs
            attempt(*root, *playwright, "install-deps", "chromium")
            yield from playwrights_own()

    if root is not None and shutil.which("apt-get"):
        say("Fetching the system's Chromium with apt-get")
        apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
        attempt(*apt, "update")
        install = [*apt, "install", "--no-install-recommends", "fonts-liberation"]
        _ = attempt(*install, NAMES[0]) or attempt(*install, "chromium")  # not every release has the first
        yield from on_the_machine()


def main() -> int:
    named = os.environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if not path or not runs(path):
            say(f"CHROMIUM names {named}, which does not run")
            return 1
        print(path)
        return 0
    for source in on_the_machine, playwrights_own, fetched:
        for path in source():
            print(path)
            return 0
    say(
        "No Chromium: install one (Debian: apt-get install chromium), or name one in CHROMIUM. "
        f"What was tried is in {LOG.relative_to(LOG.parent.parent)}"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
