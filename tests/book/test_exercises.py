"""Every exercise has an answer cell, a hint, a solution that runs, and a rule that judges."""

import ast
import contextlib
import io
import itertools
import json
import re
import tomllib
import types

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from places import CHAPTERS, CLOSER, ROOT
from solved import solution_of

from lstm_book import check
from lstm_book.exercise import chapters, exercises, goals, without_solutions
from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.explorers.goals import GOALS, start_of
from lstm_book.judge import NO_ANSWER, NOT_YET, RIGHT, Check
from lstm_book.quiz import Quiz
from sphinx_ext.exercises import read_for_the_page

EXERCISE = re.compile(r"^\*\*Exercise (\d+)\.\*\*", re.M)
KINDS = {
    "cell": CellExplorer,
    "gradient": GradientExplorer,
    "memory": MemoryExplorer,
    "sentence": SentenceExplorer,
}
EVERY = [exercise for name in CHAPTERS for exercise in exercises(name).values()]


@pytest.fixture(params=EVERY, ids=lambda exercise: exercise.name)
def exercise(request):
    return request.param


def cells(name):
    return nbformat.read(ROOT / f"chapters/{name}.ipynb", as_version=4).cells


def asked(name):
    """The numbers of the exercises that a notebook asks, in order."""
    text = "\n".join(cell.source for cell in cells(name) if cell.cell_type == "markdown")
    return EXERCISE.findall(text)


def words(markdown):
    """The longest piece of a text that stands on a page as it is written."""
    pieces = re.split(r"\$[^$]*\$|`[^`]*`|\{\w+\}|<[^>]*>|\[|\]\([^)]*\)|[*_\"'\n\\]", markdown)
    return max(pieces, key=len).strip()


def test_the_chapters_are_run_by_pytest():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert "chapters" in options["testpaths"]
    assert "--nbval-lax" in options["addopts"]


def test_every_chapter_has_its_file_and_no_other_has():
    assert set(chapters()) <= set(CHAPTERS)
    for name in CHAPTERS:
        assert name in chapters() or not asked(name), name
        assert asked(name) or name in CLOSER, name


@pytest.mark.parametrize("name", chapters())
def test_an_answer_cell_follows_each_exercise(name):
    """It says what is wanted, and is run with no answer: `...`."""
    assert asked(name) == list(exercises(name))
    for cell, after in itertools.pairwise(cells(name)):
        for number in EXERCISE.findall(cell.source) if cell.cell_type == "markdown" else []:
            assert (after.id, after.cell_type) == (f"answer-{number}", "code")
            wanted = exercises(name)[number].wanted
            assert after.source == f'# {wanted}\ncheck("{name}.{number}", ...)'
    answers = [cell for cell in cells(name) if "answer" in cell.metadata.get("tags", [])]
    numbers = [*exercises(name), "report"]
    assert [cell.id for cell in answers] == [f"answer-{number}" for number in numbers]
    assert all(cell.metadata == {"tags": ["answer"]} for cell in answers)
    assert answers[-1].source.endswith("\ncheck.report(...)")
    (setup,) = [cell for cell in cells(name) if cell.id == "setup"]
    assert "from lstm_book import check\n" in setup.source


@pytest.mark.parametrize("name", chapters())
def test_check_is_no_other_thing_in_the_notebook(name):
    for cell in cells(name):
        if cell.cell_type == "code":
            plain = re.sub(r"^\s*[%!].*$", "pass", cell.source, flags=re.M)
            names = [node for node in ast.walk(ast.parse(plain)) if isinstance(node, ast.Name)]
            assert not [node for node in names if node.id == "check" and isinstance(node.ctx, ast.Store)]
            assert "def check(" not in plain, cell.id


@pytest.mark.parametrize("name", chapters())
def test_no_solution_stands_in_the_notebook(name):
    sources = [cell.source for cell in cells(name)]
    assert not [cell.id for cell in cells(name) if re.match("solution|hint", cell.id)]
    whole = "\n".join(sources)
    for exercise in exercises(name).values():
        proofs = re.findall(r"^ *(assert .{50,})$", exercise.code, re.M)
        sentences = re.split(r"(?<=[.?:]) ", f"{exercise.hint} {exercise.solution}")
        long = [one for one in sentences if len(one) > 30]
        assert long or len(exercise.solution) < 100
        for part in (*long, exercise.code, *proofs):
            assert part not in whole, f"{exercise.name}: {part}"
    assert "{admonition} Solution" not in whole and "{admonition} Hint" not in whole
    assert not re.search(r"^answer = (?!\.\.\.)", "\n".join(s for s in sources if "check(" in s), re.M)


def test_parts_are_there(exercise):
    for part in exercise.wanted, exercise.hint, exercise.solution:
        assert part.rstrip().endswith((".", ".**", ").", "?", "`.")), part
    assert "\n" not in exercise.wanted and not set("$<{") & set(exercise.wanted)
    assert exercise.hint != exercise.solution


def test_no_answer_a_wrong_one_and_the_stored_right_one_have_each_their_message(exercise):
    """The code of the solution runs alone, and what it asserts holds."""
    judge = Check().judge
    state, said = judge(exercise.name)
    assert state == NO_ANSWER and "no answer yet" in said and exercise.wanted[1:] in said
    wrong = exercise.given()["wrong"]
    assert len(wrong) >= 3
    for answer in wrong:
        state, said = judge(exercise.name, answer)
        assert state == NOT_YET and said.startswith(f"**{exercise.name}**: not yet. "), answer
        assert f'check.hint("{exercise.name}")' in said
        assert len(said.split("not yet. ")[1].split("\n")[0]) > 10, said
    assert any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(exercise.code)))
    space = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(exercise.code, exercise.name, "exec"), space)
    assert judge(exercise.name, space["answer"]) == (RIGHT, f"**{exercise.name}**: ✓ right.")


class Hostile:
    """Something that refuses whatever is asked of it."""

    def __getattribute__(self, name):
        raise RuntimeError("no")

    def refuse(self, *others):
        raise RuntimeError("no")

    __repr__ = __str__ = __eq__ = __iter__ = __len__ = __call__ = __array__ = __float__ = refuse
    __hash__ = None


def stops(*_):
    raise SystemExit


ODD = [
    None, True, "", "x", b"\xff", -1, 1e308, float("nan"), 1j, 10**400, (), [[1, 2], [3]], {},
    {"preset": "none"}, {1: 2}, set(), object(), int, types, print, lambda: 1, stops, np.nan,
    np.zeros((0, 3)), np.array(["a"]), itertools.count(),
    (... for _ in range(3)), NotImplemented, Exception("x"), np.ma.masked, (..., ...),
    Hostile(), Hostile, [Hostile()],
]  # fmt: skip


def test_whatever_comes_is_judged_and_nothing_is_raised(exercise):
    judge = Check().judge
    for odd in ODD:
        state, said = judge(exercise.name, odd)
        assert state == NOT_YET and "not yet. " in said


def test_an_error_in_an_answer_is_told_with_its_usual_cause():
    def judged(name, answer):
        return Check().judge(name, answer)[1]

    def recursive(*values):
        return recursive(*values)

    def unknown(b_f):
        return no_such_name  # noqa: F821

    step, life = "closer_architecture.4", "closer_forget_gate.3"
    assert "KeyError: 'W'. It looks up a name" in judged(step, lambda p, x, h, c: p["W"] @ x)
    assert "AttributeError" in judged(step, lambda p, x, h, c: p.W_f @ x)
    assert "Usually shapes do not fit" in judged(step, lambda p, x, h, c: p["W_f"] @ h)
    assert "Usually a function takes other arguments" in judged(step, lambda x: x)
    assert "is there a `return`?" in judged(step, lambda p, x, h, c: None)
    assert "not known here: run the cells above" in judged(life, unknown)
    assert "calls itself without an end" in judged(life, recursive)
    assert "Decimals have a point" in judged("forget_gate.3", (4, 97))
    assert "`print` gives nothing back" in judged("forget_gate.3", None)
    assert "by its name" in judged("forget_gate.2", {"w_f"})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("architecture.9", "There is no exercise 'architecture.9'. There are architecture.1, architecture.2"),
        ("architecture", "There is no exercise 'architecture'"),
        ("architecure.1", "did you mean 'architecture'?"),  # codespell:ignore architecure
        ("", "the chapters are architecture, "),
        (3, "3 names no exercise."),
        (None, "None names no exercise."),
        (["architecture.1"], "names no exercise"),
    ],
)
def test_an_unknown_name_is_told_which_there_are(name, said, capsys):
    own = Check()
    assert own.judge(name, 1)[0] == "" and said in own.judge(name, 1)[1]
    for ask in own, own.hint, own.solution:
        ask(name)
        assert said in capsys.readouterr().out
    own.report()
    assert "Nothing is answered yet" in capsys.readouterr().out


def test_hint_and_solution_are_shown_when_asked_for(capsys):
    check("forget_gate.3", 0.9931)
    said = capsys.readouterr().out
    assert "That is f." in said and "First find" not in said
    check.hint("forget_gate.3")
    said = capsys.readouterr().out
    assert "First find" in said and "the equation “half life”" in said and "{eq}" not in said
    check.solution("forget_gate.3")
    said = capsys.readouterr().out
    assert "4.97" in said and "answer = np.log(f / (1 - f))" in said
    assert "check.report()" in repr(check)


def test_in_a_notebook_markdown_is_shown(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("IPython.get_ipython", object)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append((data, raw)))
    check("forget_gate.3", 4.97)
    data = {"text/markdown": "**forget_gate.3**: ✓ right.", "text/plain": "forget_gate.3: ✓ right."}
    assert shown == [(data, True)]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", chapters())
def test_goals_are_those_of_the_explorers_and_are_read_from_them(name):
    code = "\n".join(cell.source for cell in cells(name) if cell.cell_type == "code")
    lists = re.findall(r"\bgoals=(\[.*?\])", code, re.S)
    assert list(goals(name)) == [one for found in lists for one in ast.literal_eval(found)]
    for goal in goals(name):
        kind, judge = KINDS[GOALS[goal]["kind"]], Check().judge
        shown = kind(**start_of(GOALS[goal]))
        assert judge(f"{name}.{goal}", shown)[0] == NOT_YET
        assert GOALS[goal]["ask"] in judge(f"{name}.{goal}", shown)[1]
        assert judge(f"{name}.{goal}", kind(**solution_of(GOALS[goal])))[0] == RIGHT
        assert judge(f"{name}.{goal}")[0] == NO_ANSWER and judge(f"{name}.{goal}", 3)[0] == NOT_YET


def test_the_report_shows_and_writes_what_is_done(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Quiz, "made", {})
    questions = [
        {"ask": "Which?", "choices": [["this", "yes"], ["that", "no"]], "right": 0},
        {"ask": "How many?", "number": 3, "within": 0.5, "why": "so"},
        {"ask": "And?", "number": 3, "within": 0.5, "why": "so"},
    ]
    Quiz(questions[:1]).answers = [1]
    Quiz(questions[:1]).answers = [0]  # its cell is run again
    Quiz(questions[1:]).answers = [2, None]

    own = Check()
    for answer in ..., 1, 1, 2:
        own("architecture.3", answer)
    own("architecture.1", "w_i")
    own.hint("architecture.1")
    own("architecture.latch", CellExplorer("latch"))
    capsys.readouterr()
    own.report(...)
    said = capsys.readouterr().out
    assert "| architecture.3 | right | 2 |" in said and 'check.report("Your Name")' in said
    assert list(tmp_path.iterdir()) == []
    own.report("Ada Lovelace")
    said = capsys.readouterr().out
    assert "| architecture.3 | right | 2 |" in said and "| architecture.1 | not yet | 1 | hint |" in said
    assert "| architecture.2 | no answer yet | 0 |" in said and "| quiz | 1 of 3 right | 2 |" in said
    assert "Written to answers-architecture-ada-lovelace.json" in said and "replaces" not in said
    (path,) = tmp_path.iterdir()
    whole = json.loads(path.read_text("utf-8"))
    assert set(whole) == {"chapter", "who", "written", "lstm_lib", "exercises", "quiz"}
    assert (whole["chapter"], whole["who"]) == ("architecture", "Ada Lovelace")
    by_name = {one["exercise"]: one for one in whole["exercises"]}
    assert list(by_name) == [f"architecture.{n}" for n in (1, 2, 3, 4)] + ["architecture.latch"]
    assert by_name["architecture.1"]["answer"] == "'w_i'" and by_name["architecture.1"]["hint"] is True
    assert by_name["architecture.3"]["tries"] == 2 and by_name["architecture.3"]["time"]
    assert by_name["architecture.latch"]["answer"].startswith('CellExplorer: {"')
    assert whole["quiz"][1] == {"ask": "How many?", "answer": 2, "right": False}

    later = Check()
    later("architecture.2", ("figo", "c"))
    later.report("Ada Lovelace")
    said = capsys.readouterr().out
    assert "It replaces the earlier one." in said and "it keeps architecture.1, architecture.3" in said
    after = {one["exercise"]: one for one in json.loads(path.read_text("utf-8"))["exercises"]}
    assert after == by_name | {"architecture.2": after["architecture.2"]}
    assert after["architecture.2"]["state"] == RIGHT

    seen = Check()
    seen.solution("architecture.4")
    seen.report("Ada Lovelace")
    anew = Check()
    anew("architecture.4", 0)
    anew.report("Ada Lovelace")
    after = {one["exercise"]: one for one in json.loads(path.read_text("utf-8"))["exercises"]}
    assert after["architecture.4"]["solution"] is True and after["architecture.4"]["tries"] == 1

    path.write_text("no report", "utf-8")
    later.report("Ada Lovelace")
    assert "It replaces the earlier one." in capsys.readouterr().out
    path.unlink()
    path.mkdir()
    later.report("Ada Lovelace")
    assert "cannot be written" in capsys.readouterr().out


def test_a_copy_without_solutions_judges_as_well(tmp_path, monkeypatch, capsys):
    text = (ROOT / "lstm_book/exercises/forget_gate.md").read_text("utf-8")
    bare = without_solutions(text)
    assert "### Solution" not in bare and "4.97" not in bare and "def right" not in bare
    assert bare.count("### Hint") == bare.count("### Rule") == 4 and without_solutions(bare) == bare
    (tmp_path / "forget_gate.md").write_text(bare, "utf-8")
    monkeypatch.setattr("lstm_book.exercise.FOLDER", tmp_path)
    exercises.cache_clear()
    try:
        own = Check()
        assert own.judge("forget_gate.3", 4.97)[0] == RIGHT and own.judge("forget_gate.3", 5)[0] == NOT_YET
        own.solution("forget_gate.3")
        assert "not part of this copy" in capsys.readouterr().out
    finally:
        exercises.cache_clear()


@pytest.mark.parametrize("name", chapters())
def test_the_page_reads_hint_and_solution_where_the_notebook_asks(name):
    raw = (ROOT / f"chapters/{name}.ipynb").read_text("utf-8")
    page = nbformat.reads(read_for_the_page(raw, name), as_version=4)
    nbformat.validate(page)
    assert not [cell for cell in page.cells if "answer" in cell.metadata.get("tags", [])]
    assert not [cell for cell in page.cells if f'check("{name}' in cell.source]
    for cell, after in itertools.pairwise(page.cells):
        for number in EXERCISE.findall(cell.source) if cell.cell_type == "markdown" else []:
            assert (after.id, after.cell_type) == (f"solution-{number}", "markdown")
            one = exercises(name)[number]
            fold = ":::{{admonition}} {}\n:class: dropdown\n\n{}\n"
            assert fold.format("Hint", f"{one.hint}\n:::") in after.source
            assert fold.format(f"Solution {number}", one.solution) in after.source
            assert after.source.endswith(f"```python\n{one.code}\n```\n:::")


@pytest.mark.parametrize("name", chapters())
def test_the_built_page_holds_hints_and_solutions_closed_and_no_answer_cell(built, name):
    page = BeautifulSoup((built / f"chapters/{name}.html").read_text("utf-8"), "html.parser")
    article = page.select_one("article")
    boxes = article.select("div.admonition.dropdown")
    titles = [box.select_one(".admonition-title").get_text() for box in boxes]
    assert titles == [title for number in exercises(name) for title in ("Hint", f"Solution {number}")]
    for one, hint, solution in zip(exercises(name).values(), boxes[::2], boxes[1::2], strict=True):
        for box, text in (hint, one.hint), (solution, one.solution):
            assert " ".join(words(text).split()) in " ".join(box.get_text().split()), one.name
            assert not re.search(r"\$|\{eq\}", "".join(p.get_text() for p in box.select("p")))
        code = solution.select_one(".highlight-python pre")
        assert code.get_text().strip() == one.code and code.select("span")
    for pre in article.select("pre"):
        assert f'check("{name}' not in pre.get_text() and "check.report" not in pre.get_text()
