"""In how many files each public name of the library is used; exit 1 if it is used by tests alone."""

import importlib
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = "lstm_lib", "lstm_lib.tasks", "lstm_lib.train", "lstm_book", "lstm_book.explorers"
USERS = "chapters", "experiments", "benchmarks", "lstm_lib", "lstm_book", "tests"


def words(path: Path) -> set[str]:
    """What stands in a file, of a notebook its code."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    return set(re.findall(r"\w+", text))


def main() -> None:
    files = [p for who in USERS for p in ROOT.glob(f"{who}/**/*") if p.suffix in {".py", ".md", ".ipynb"}]
    said = {path.relative_to(ROOT): words(path) for path in files if path.name != "__init__.py"}
    print(f"{'':36}", *(f"{who:>12}" for who in USERS))
    unused = []
    for module in map(importlib.import_module, MODULES):
        for name in module.__all__:
            own = Path(getattr(module, name).__module__.replace(".", "/") + ".py")
            by = [path.parts[0] for path, some in said.items() if name in some and path != own]
            print(f"{module.__name__}.{name}".ljust(36), *(f"{by.count(who):12}" for who in USERS))
            unused += [] if {*by} - {"tests"} else [name]
    sys.exit(f"used by tests alone, or by nothing: {', '.join(unused)}" if unused else 0)


if __name__ == "__main__":
    main()
