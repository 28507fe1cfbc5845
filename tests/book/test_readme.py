"""README: its ten lines run and print what it says; importing the library costs what it says."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_ten_lines_print_what_stands_below_them():
    code, said = re.search(r"```python\n(.*?)```\s+```\n(.*?)```", README, re.S).groups()
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
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


def test_the_picture_is_there_small_and_described():
    ((words, path),) = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", README)
    assert len(words.split()) > 20
    size = (ROOT / path).stat().st_size
    assert 10_000 < size < 100_000


def test_every_file_it_names_is_there():
    named = re.findall(r"\]\(([^):]+)\)", README) + re.findall(r"^    (\S*[/.]\S*) {2,}\S", README, re.M)
    assert len(named) > 12
    assert [name for name in named if not (ROOT / name).exists()] == []
