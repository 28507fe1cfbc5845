"""Ask for every page elsewhere that the book links to; exit 1 and name those that are gone.

Sphinx does the asking. Publishers turn machines away (403 and the like) from pages that a reader can open:
those are named too, but do not count.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TURNED_AWAY = re.compile(r"(401|403|405|406|418|429|503) (Client|Server) Error")


def sorted_out(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """Give the links that are gone, and those where a machine is turned away, each with where it stands."""
    gone: list[str] = []
    turned_away: list[str] = []
    for link in map(json.loads, lines):
        if link["status"] in ("broken", "timeout"):
            line = f"{link['filename']}:{link['lineno']}: {link['uri']}: {link['info']}"
            (turned_away if TURNED_AWAY.match(link["info"]) else gone).append(line)
    return gone, turned_away


def main() -> int:
    out = ROOT / "_build" / "linkcheck" / "output.json"
    out.unlink(missing_ok=True)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "--builder", "linkcheck"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    if not out.exists():
        print(done.stderr, file=sys.stderr)
        return 1
    lines = out.read_text(encoding="utf-8").splitlines()
    gone, turned_away = sorted_out(lines)
    for heading, links in ("Turned away:", turned_away), ("Gone:", gone):
        if links:
            print(heading, *links, sep="\n  ")
    print(f"{len(lines)} links, {len(turned_away)} turned away, {len(gone)} gone")
    return bool(gone)


if __name__ == "__main__":
    sys.exit(main())
