"""Run a command on the files of the book, with git or without: `files.py COMMAND...`."""

import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def files(root: Path = ROOT) -> list[str]:
    """Name what stands there and .gitignore does not name. Its patterns are names, of folders or files."""
    lines = (root / ".gitignore").read_text("utf-8").split()
    left_out = [".git", *(line.rstrip("/") for line in lines)]

    def ours(names: list[str]) -> list[str]:
        return [name for name in names if not any(fnmatch(name, pattern) for pattern in left_out)]

    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = ours(folders)
        found += [os.path.relpath(os.path.join(folder, name), root) for name in ours(names)]
    return sorted(found)


if __name__ == "__main__":
    sys.exit(subprocess.run([*sys.argv[1:], *files()], cwd=ROOT).returncode)
