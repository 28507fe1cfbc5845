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

from alone import environment
from build import BOOK

ROOT = Path(__file__).resolve().parent.parent
TURNED_AWAY = re.compile(r"(401|403|405|406|418|429|503) (Client|Server) Error")


def sorted_out(lines: Iterable[str]) -> tuple[list[str], list[str], int]:
    """Give the links that are gone, those where a machine is turned away, each with where it stands, and how
    many others answered."""
    gone: list[str] = []
    turned_away: list[str] = []
    well = 0
    for link in map(json.loads, lines):
        well += link["status"] in ("working", "redirected")
        if link["status"] in ("broken", "timeout"):
            line = f"{link['filename']}:{link['lineno']}: {link['uri']}: {link['info']}"
            (turned_away if TURNED_AWAY.match(link["info"]) else gone).append(line)
    return gone, turned_away, well


def main() -> int:
    out = ROOT / "_build" / "linkcheck" / "output.json"
    out.unlink(missing_ok=True)
    command = [*BOOK, ".", "--builder", "linkcheck"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8")
    # It exits alike where a link is gone and where it gives up.
    if not out.exists() or not re.search("build (succeeded|finished)", done.stdout):
        print(done.stderr, file=sys.stderr)
        return 1
    gone, turned_away, well = sorted_out(out.read_text(encoding="utf-8").splitlines())
    for heading, links in ("Turned away:", turned_away), ("Gone:", gone):
        if links:
            print(heading, *links, sep="\n  ")
    print(f"{well} links answered, {len(turned_away)} turned away, {len(gone)} gone")
    return bool(gone) or not well


if __name__ == "__main__":
    sys.exit(main())
