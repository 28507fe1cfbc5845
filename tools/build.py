"""Run the notebooks and build the book into _build/html, warnings as errors.

Jupyter Book keeps two stores under _build: the outputs of notebooks that ran (.jupyter_cache) and the parsed
pages (.doctrees). It knows when a chapter changes, but not when the library, the pins or a data file beside
the chapters do; so these are hashed here, and a store made from others, or in another folder, is dropped. The
parsed pages are dropped after a build that failed as well, because a page that is not parsed again does not
warn again.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from alone import environment

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
COMMAND = [*BOOK, ".", "-W", "--keep-going", "-n"]


def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts))


def digest(paths: Iterable[Path]) -> str:
    sums = [f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths]
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()


def drop(*names: str) -> None:
    for name in names:
        shutil.rmtree(BUILD / name, ignore_errors=True)


def run(command: list[str]) -> tuple[int, str]:
    """Run it; let its warnings through, and return them with the exit status."""
    warnings = []
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        for line in process.stderr or ():
            if "Kernel is running over TCP without encryption" not in line:  # said by every kernel
                sys.stderr.write(line)
                warnings.append(line)
    return process.returncode, re.sub(r"\x1b\[[0-9;]*m", "", "".join(warnings))


def failures(warnings: str) -> Iterator[str]:
    """One line for each notebook that failed: which, in which code cell, and why."""
    failed = r"^([^\n]*\.ipynb): WARNING: Executing notebook failed: (\w+)\n(.*?)\[mystnb\.exec\]"
    for path, kind, report in re.findall(failed, warnings, re.MULTILINE | re.DOTALL):
        where = Path(path).relative_to(ROOT).as_posix()
        source = re.search(r"^-{18,19}\n(.*?)\n-{18,19}\n", report, re.MULTILINE | re.DOTALL)
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]).strip() for cell in cells if cell["cell_type"] == "code"]
        if source and source[1] in code:
            where += f", code cell {code.index(source[1]) + 1}"
        reasons = re.findall(r"^\w*(?:Error|Exception|Interrupt|Exit)\b.*", report, re.MULTILINE)
        yield f"{where}: {reasons[-1] if reasons else kind}"


def main() -> int:
    chapters = files("chapters")
    data = [path for path in chapters if path.suffix not in {".ipynb", ".md"}]
    inputs = [*files("lstm_lib", "lstm_book", "experiments"), *data, ROOT / "requirements.txt"]
    book = [*files("sphinx_ext"), ROOT / "_config.yml", ROOT / "_toc.yml"]
    executed = f"{ROOT}\n{digest(inputs)}"
    names = "\n".join(str(path.relative_to(ROOT)) for path in chapters)
    parsed = f"{ROOT}\n{digest([*inputs, *book])}{names}"

    BUILD.mkdir(exist_ok=True)
    executed_stamp = BUILD / "executed-with"
    parsed_stamp = BUILD / "parsed-with"
    if not executed_stamp.exists() or executed_stamp.read_text(encoding="utf-8") != executed:
        drop(".jupyter_cache")
        executed_stamp.write_text(executed, encoding="utf-8")
    if not parsed_stamp.exists() or parsed_stamp.read_text(encoding="utf-8") != parsed:
        drop(".doctrees", "html")
    parsed_stamp.unlink(missing_ok=True)

    status, warnings = run(COMMAND)
    if status == 0:
        parsed_stamp.write_text(parsed, encoding="utf-8")
        print("The book is in _build/html", flush=True)
    for line in failures(warnings):
        print(line, file=sys.stderr)
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
