"""The chapters for a class hold no solutions, and what the class hands in becomes one table."""

import csv
import json
import os
import re
import subprocess
import sys
import zipfile

import pytest
from places import CHAPTERS, ROOT

from lstm_book.exercise import chapters, exercises
from lstm_book.judge import Check

ANSWER = """
import lstm_lib
from lstm_book import check
print(lstm_lib.__file__)
check("forget_gate.3", 4.97)
check("forget_gate.1", 288)
check.hint("forget_gate.1")
check.solution("forget_gate.3")
check.report("Ada")
"""


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "student"
    folder.mkdir()
    (folder / "old").touch()
    done = run("tools/student.py", folder)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return folder


def run(script, *arguments):
    command = [sys.executable, str(ROOT / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=600)


def test_the_copy_has_the_chapters_and_no_solution(student):
    names = {path.relative_to(student).as_posix() for path in student.rglob("*") if path.is_file()}
    assert {f"chapters/{name}.ipynb" for name in CHAPTERS} | {"START.md", "requirements.txt"} <= names
    assert not {"old", "chapters/teachers.md"} & names
    texts = {
        name: (student / name).read_text("utf-8", "replace") for name in names if not name.endswith(".npz")
    }
    for name in chapters():
        assert rf"check(\"{name}.1\", ...)" in texts[f"chapters/{name}.ipynb"]
        for exercise in exercises(name).values():
            proofs = re.findall(r"^(?:assert .{30,}|answer = .{12,})$", exercise.code, re.M)
            for part in (exercise.solution, exercise.rule, *proofs):
                quoted = json.dumps(part, ensure_ascii=False)[1:-1]
                found = [where for where, text in texts.items() if part in text or quoted in text]
                assert not found, (exercise.name, part)
            assert exercise.hint in texts[f"chapters/lstm_book/exercises/{name}.md"]
    with zipfile.ZipFile(student.with_suffix(".zip")) as whole:
        zipped = {name.removeprefix("student/") for name in whole.namelist() if not name.endswith("/")}
    assert zipped == names


def test_a_notebook_there_uses_the_library_beside_it_and_is_judged(student):
    command, folder = [sys.executable, "-c", ANSWER], student / "chapters"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, timeout=600)
    assert done.returncode == 0, done.stderr
    where, *said = done.stdout.splitlines()
    assert where == str(folder / "lstm_lib" / "__init__.py")
    assert said[0] == "forget_gate.3: ✓ right." and "The biases count, too" in said[1]
    assert "Three terms inside the sigmoid" in done.stdout and "not part of this copy" in done.stdout
    assert (folder / "answers-forget_gate-ada.json").exists()


def test_reports_become_one_table(tmp_path, monkeypatch):
    monkeypatch.setattr("lstm_book.judge._quiz", lambda: QUIZ)
    for who, first in ("Ada", 304), ("=cmd()", 288):
        folder = tmp_path / "".join(filter(str.isalpha, who))
        folder.mkdir()
        monkeypatch.chdir(folder)
        own = Check()
        own("forget_gate.1", first)
        own("forget_gate.4", "-x")
        own.report(who)
    (tmp_path / "other.json").write_text('{"not": "one"}')
    done = run("tools/collect.py", tmp_path)
    assert done.returncode == 1
    assert done.stderr == "other.json is no report of answers (KeyError)\n"
    assert done.stdout.splitlines()[:2] == [
        "=cmd(): forget_gate, 1 of 7 right",
        "Ada: forget_gate, 2 of 7 right",
    ]
    with (tmp_path / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * (4 + 3)
    found = {(row["who"], row["exercise"]): row for row in rows}
    assert found["Ada", "forget_gate.1"] | {"time": "", "lstm_lib": ""} == {
        "who": "Ada", "chapter": "forget_gate", "exercise": "forget_gate.1", "state": "right", "tries": "1",
        "hint": "False", "solution": "False", "answer": "304", "time": "", "lstm_lib": "",
        "file": "Ada/answers-forget_gate-ada.json",
    }  # fmt: skip
    assert found["'=cmd()", "forget_gate.1"]["state"] == "not yet"
    assert [found["Ada", f"forget_gate.quiz.{n}"]["state"] for n in (1, 2, 3)] == [
        "right", "not right", "no answer yet",
    ]  # fmt: skip
    (tmp_path / "other.json").unlink()
    assert run("tools/collect.py", tmp_path).returncode == 0


QUIZ = [
    {"ask": "a", "answer": 0, "right": True},
    {"ask": "b", "answer": 1.5, "right": False},
    {"ask": "c", "answer": None, "right": None},
]


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_a_folder_that_is_none_is_refused(folder):
    done = run("tools/collect.py", folder)
    assert done.returncode == 2
    assert done.stderr == f"FOLDER must be a folder with answers-….json in it, not {folder!r}\n"
