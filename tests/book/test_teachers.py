"""The page for teachers says of the chapters what they are."""

import re

import nbformat
from collect import COLUMNS
from linked import read_out
from places import GUIDE, ROOT

from lstm_book.explorers import CellExplorer
from lstm_book.explorers.goals import GOALS, start_of
from lstm_book.judge import Check
from lstm_book.quiz import Quiz

TEXT = (ROOT / "chapters/teachers.md").read_text("utf-8")
ROW = re.compile(r"^\| \[(.+)\]\((\w+)\.ipynb\) \| (\d+) \| \d+ \| ([\d, ]+) \| ([\d, ]+) \| .+ \|$", re.M)


CELLS = {name: nbformat.read(ROOT / f"chapters/{name}.ipynb", as_version=4).cells for name in GUIDE}
PROSE = {
    name: "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown" and cell.id != "run-all")
    for name, cells in CELLS.items()
}


def test_minutes_titles_and_exercises_are_those_of_the_chapters():
    rows = ROW.findall(TEXT)
    assert [name for _, name, *_ in rows] == GUIDE
    for title, name, minutes, *exercises in rows:
        assert PROSE[name].startswith(f"# {title}\n\n*Reading time: about {minutes} minutes.*\n"), name
        listed = sorted(int(one) for part in exercises for one in part.split(", "))
        assert listed == [int(one) for one in re.findall(r"^\*\*Exercise (\d+)\.\*\*", PROSE[name], re.M)], (
            name
        )


def test_each_chapter_has_its_goals_two_guesses_and_what_to_expect():
    titles = [title for title, *_ in ROW.findall(TEXT)]
    parts = re.findall(r"^\*\*(.+)\.\*\* Afterwards .+\n- \*Ask first:\* (.+)\n- \*Expect:\* .+$", TEXT, re.M)
    assert [title for title, _ in parts] == titles
    for (_, asked), name in zip(parts, GUIDE, strict=True):
        pages = re.findall(r'<a href="(\w+)\.html#', asked)
        assert len(pages) >= 2 and set(pages) == {name}
        # They are those that the page itself asks
        for query in re.findall(r'\.html(#\w+\?[^"]*)"', asked):
            assert f'<a href="{query}"' in PROSE[name], query


def test_what_is_said_of_a_setting_is_so():
    assert read_out(TEXT) >= 12


def test_parts_of_chapters_are_called_by_their_headings_and_lessons_last_45_minutes():
    headings = re.findall("^##+ (.+)$", "\n\n".join(PROSE.values()), re.M)
    tables = "\n".join(line for line in TEXT.splitlines() if line.startswith("|"))
    named = re.findall(r'"([A-Z][^"]+)"', tables)
    assert named and set(named) <= set(headings)
    for plan in re.findall(r"^\| (?:One|Two|Four) \| (.+) \|$", TEXT, re.M):
        for lesson in filter(None, re.split(r"\b\d: ", plan)):
            assert sum(map(int, re.findall(r"(\d+) min\b", lesson))) == 45, lesson


def test_every_chapter_but_training_has_goals():
    with_goals = [name for name in GUIDE if any("goals=[" in cell.source for cell in CELLS[name])]
    assert with_goals == GUIDE[:-1] and "In every chapter but *Training*" in TEXT


def test_what_is_said_of_answers_from_a_class_is_so(tmp_path, monkeypatch, capsys):
    answered, own = TEXT.partition("## Answers from a class")[2], Check()
    monkeypatch.chdir(tmp_path)
    for call, state in (
        ('check("forget_gate.3", 4.6)', "not yet"),
        ('check("forget_gate.half-gone", explorer)', "not yet"),
        ('check.hint("forget_gate.3")', "First find"),
        ('check.solution("forget_gate.3")', "4.97"),
        ('check.report("Ada Lovelace")', "| forget_gate.3 | not yet | 1 | hint, solution |"),
    ):
        assert f"`{call}`" in answered
        exec(call, {"check": own, "explorer": CellExplorer(**start_of(GOALS["half-gone"]))})
        assert state in capsys.readouterr().out, call
    (path,) = tmp_path.iterdir()
    assert f"`{path.name}`" in answered
    for name in re.findall(r"^\| `(\w+)` \| ", answered, re.M):
        assert name in COLUMNS
    targets = re.findall(r"`make (\w+)", answered)
    assert targets == ["student", "collect"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(f"\n{target}: setup ## " in makefile for target in targets)
    script = (ROOT / "tools/student.py").read_text("utf-8")
    assert "`_build/student`" in answered and 'ROOT / "_build" / "student"' in script
    names = re.findall(r"`(?:Quiz)?\.(\w+)(?:\(\))?`", answered)
    assert names == ["made", "answers", "judged", "score"] and all(hasattr(Quiz, name) for name in names)
