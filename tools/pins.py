"""Does this environment hold what a requirements file pins? Exit 1 and say what differs, if not."""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement


def differences(text: str) -> list[str]:
    found = []
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if not line or line.startswith("-"):
            continue
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate():
            continue
        try:
            here = version(wanted.name)
        except PackageNotFoundError:
            found.append(f"{wanted}: not installed")
        else:
            if not wanted.specifier.contains(here, prereleases=True):
                found.append(f"{wanted}: {here} is installed")
    return found


if __name__ == "__main__":
    lines = [line for path in sys.argv[1:] for line in differences(Path(path).read_text(encoding="utf-8"))]
    print("\n".join(lines))
    sys.exit(bool(lines))
