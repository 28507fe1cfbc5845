"""Build the book twice, each time from nothing, and compare: the same sources give the same bytes."""

import shutil
import subprocess
import sys
from pathlib import Path

from alone import environment
from build import COMMAND

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "_build" / "twice"
# What is allowed to differ, and why; and so are the figures that stand on these pages alone.
DIFFERS = {
    "chapters/closer_training.html": "shows how long this machine took, and draws it",
    "chapters/experiments_1997.html": "shows how long this machine took",
    "searchindex.js": "holds the words of these pages",
}


def build(out: Path) -> dict[str, bytes]:
    """Run every notebook, build into a folder, and read what came."""
    with (PLACE / f"{out.name}.log").open("w") as log:
        command = [*COMMAND, "--path-output", str(out)]
        done = subprocess.run(command, cwd=ROOT, env=environment(), stdout=log, stderr=log)
    if done.returncode:
        sys.exit(f"The book did not build. What was said is in {PLACE / out.name}.log")
    pages = out / "_build" / "html"
    return {
        path.relative_to(pages).as_posix(): path.read_bytes() for path in pages.rglob("*") if path.is_file()
    }


def different(first: dict[str, bytes], second: dict[str, bytes]) -> list[str]:
    """Names of the files that only one has, or that are not the same in both."""
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def why(name: str, *books: dict[str, bytes]) -> str:
    """Why a file may differ; nothing if it may not."""
    if name.startswith("_images/"):
        pages = {page for book in books for page in book if name.encode() in book[page] and page != name}
        return "stands there" if pages and pages <= DIFFERS.keys() else ""
    return DIFFERS.get(name, "")


def verdict(*books: dict[str, bytes]) -> tuple[list[str], bool]:
    """Say which files differ, and whether all is well."""
    if not all(books):
        return ["There is no file to compare"], False
    reasons = {name: why(name, *books) for name in different(*books)}
    lines = [f"{name}: {reason or 'differs, and should not'}" for name, reason in reasons.items()]
    return [*lines, f"{len(books[0])} files, {len(reasons)} differ"], all(reasons.values())


def main() -> None:
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    books = build(PLACE / "first"), build(PLACE / "second")
    lines, well = verdict(*books)
    print(*lines, sep="\n")
    sys.exit(not well)


if __name__ == "__main__":
    main()
