"""README: its ten lines run and print what it says; importing the library costs what it says."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
OURS = "lstm_lib", "lstm_book"
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """What `pip install .` would install."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in *OURS, "sphinx_ext":
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    made = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        folder,
    ]
    subprocess.run(made, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as packed:
        yield packed


@pytest.fixture(scope="module")
def alone(wheel, tmp_path_factory):
    """Run code where the library and numpy are installed, and nothing else."""
    site = tmp_path_factory.mktemp("site")
    wheel.extractall(site)
    for part in Path(np.__file__).parents[1].glob("numpy*"):
        (site / part.name).symlink_to(part)
    start = f"import sys; sys.path.insert(0, {str(site)!r})\n"

    def run(code):
        command = [sys.executable, "-I", "-S", "-c", start + code]
        return subprocess.run(command, capture_output=True, text=True, timeout=600)

    return run


def test_what_is_installed_is_the_library_and_needs_numpy_alone(wheel):
    names = [name for name in wheel.namelist() if ".dist-info/" not in name]
    tracked = subprocess.run(["git", "ls-files", *OURS], cwd=ROOT, capture_output=True, text=True)
    assert sorted(names) == sorted(
        tracked.stdout.split()
        or [
            path.relative_to(ROOT).as_posix()
            for own in OURS
            for path in (ROOT / own).rglob("*.*")
            if "__pycache__" not in path.parts
        ]
    )
    for name in names:
        assert not re.search(rb"^\s*(import|from) (sphinx|docutils)", wheel.read(name), re.M), name
    (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    needs = message_from_bytes(wheel.read(metadata)).get_all("Requires-Dist")
    assert [need for need in needs if "extra ==" not in need] == ["numpy"]


def test_the_ten_lines_print_what_stands_below_them(alone):
    code, said = re.search(r"```python\n(.*?)```\s+```\n(.*?)```", README, re.S).groups()
    run = alone(code)
    assert run.stderr == ""
    assert run.stdout == said
    assert len([line for line in code.splitlines() if line]) <= 10


def test_importing_the_library_loads_numpy_and_nothing_heavier():
    code = """
import json, sys
import numpy
before = set(sys.modules)
import lstm_lib
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(new - set(sys.stdlib_module_names))))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(json.loads(run.stdout)) - {"numpy"} == {"lstm_lib"}


def test_the_library_imports_nothing_of_the_book():
    for path in {*(ROOT / "lstm_lib").rglob("*.py")} - {ROOT / "lstm_lib/explorers.py"}:  # an old name alone
        assert not re.search(r"^\s*(import|from) lstm_book", path.read_text("utf-8"), re.M), path.name


def test_the_picture_is_there_small_and_described():
    ((words, path),) = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", README)
    assert len(words.split()) > 20
    size = (ROOT / path).stat().st_size
    assert 10_000 < size < 100_000


def test_every_file_it_names_is_there():
    named = re.findall(r"\]\(([^):]+)\)", README) + re.findall(r"^    (\S*[/.]\S*) {2,}\S", README, re.M)
    assert len(named) > 12
    assert [name for name in named if not (ROOT / name).exists()] == []
