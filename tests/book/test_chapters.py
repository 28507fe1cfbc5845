"""The chapters as they stand in git: what a reader needs is there, and nothing that does not belong there."""

import ast
import html
import json
import re
import sys
from urllib.parse import parse_qsl

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from linked import READ
from places import CHAPTERS, CLOSER, GUIDE, PAGES, ROOT

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.quiz import Quiz
from sphinx_ext.exercises import read_for_the_page
from sphinx_ext.repository import filled_in

EXPLORERS = {
    "cell": CellExplorer,
    "gradient": GradientExplorer,
    "memory": MemoryExplorer,
    "sentence": SentenceExplorer,
}
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$", re.M | re.S)


def tags(cell):
    return cell.metadata.get("tags", [])


def read(name):
    return nbformat.read(ROOT / f"chapters/{name}.ipynb", as_version=4)


def on_the_page(name):
    """A notebook as its page reads it, with hints and solutions."""
    raw = (ROOT / f"chapters/{name}.ipynb").read_text("utf-8")
    return nbformat.reads(read_for_the_page(raw, name), as_version=4)


@pytest.fixture(params=CHAPTERS)
def notebook(request):
    return read(request.param)


@pytest.fixture(params=[name for name in CHAPTERS if name not in CLOSER])
def chapter(request):
    return read(request.param)


@pytest.fixture(params=CHAPTERS)
def page(request):
    return on_the_page(request.param)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return FENCE.sub("", "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown"))


def test_every_entry_of_the_toc_is_a_file():
    assert CHAPTERS
    for name in PAGES:
        path = ROOT / "chapters" / name
        assert path.with_suffix(".ipynb").exists() or path.with_suffix(".md").exists(), name


def test_every_chapter_is_in_the_toc():
    files = {path.stem for path in (ROOT / "chapters").iterdir() if path.is_file()}
    assert files - {"references", "twelve_questions"} == set(PAGES)


def test_the_index_links_every_chapter():
    text = (ROOT / "chapters/index.md").read_text("utf-8")
    for name in CHAPTERS:
        assert name in CLOSER or f"]({name}.ipynb)" in text, name


def test_each_closer_look_and_its_chapter_link_each_other():
    for name in CLOSER:
        about = name.removeprefix("closer_")
        assert f"]({name}.ipynb)" in prose(read(about)), name
        assert f"]({about}.ipynb)" in prose(read(name)), name


def test_format_and_kernel(notebook):
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}  # no saved widgets
    for cell in notebook.cells:
        assert re.fullmatch(r"[a-z][a-z0-9-]+", cell.id), f"unreadable cell id {cell.id}"


def test_no_picture_is_stored(notebook):
    for cell in code(notebook):
        for output in cell.outputs:
            kinds = set(output.get("data", {}))
            assert kinds <= {"text/plain"}, f"{cell.id} stores {kinds}"
            assert output.get("name") != "stderr", f"{cell.id} stores an error stream"


def test_outputs_are_kept_where_the_prose_relies_on_them_and_only_there(notebook):
    for cell in code(notebook):
        checked, kept = "nbval-check-output" in tags(cell), "keep_output" in tags(cell)
        assert checked == kept, f"{cell.id}: nbval-check-output and keep_output go together"
        assert bool(cell.outputs) == kept, f"{cell.id}: outputs {'missing' if kept else 'stored'}"
        assert (cell.execution_count is not None) == kept, f"{cell.id}: execution count"


def test_first_is_said_how_to_run_then_what_it_is_about(notebook):
    first, title, colab = notebook.cells[:3]
    assert first.cell_type == "markdown" and tags(first) == ["remove-cell"] and "\n" not in first.source
    assert "Run › Run All Cells" in first.source and "File › Revert Notebook to Checkpoint" in first.source
    assert title.source.startswith("# ") and colab.id == "colab"


def test_first_code_installs_the_library_in_colab_alone(notebook, monkeypatch):
    cell = code(notebook)[0]
    assert "remove-cell" in tags(cell)
    ran = []

    class Shell:
        run_line_magic = staticmethod(lambda name, line: ran.append(f"{name} {line}"))
        system = staticmethod(ran.append)

    def run(source):
        exec(TransformerManager().transform_cell(source), {"get_ipython": Shell, "__name__": "__main__"})

    monkeypatch.chdir(ROOT / "chapters")
    run(cell.source)
    assert ran == []
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    with pytest.raises(AssertionError, match="^Put the address of the book's repository between the quotes"):
        run(cell.source)
    assert ran == []  # whose copy of the notebook it is, nobody knows; a build does
    run(json.loads(filled_in(json.dumps(cell.source), "https://github.com/some/one@v1")))
    assert ran == ['pip install --quiet "lstm_lib[book] @ git+{BOOK}"']


def test_every_figure_has_alt_text(notebook):
    drawing = [cell for cell in code(notebook) if "plt.show()" in cell.source]
    assert drawing
    for cell in code(notebook):
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        assert bool(alt) == (cell in drawing), cell.id
        if cell in drawing:
            assert len(alt) > 60 and cell.source.rstrip().endswith("plt.show()"), cell.id


def test_a_page_reads_the_tables_that_a_cell_writes(notebook):
    for cell in code(notebook):
        if "Markdown(" in cell.source:
            assert cell.metadata["mystnb"]["markdown_format"] == "myst", cell.id


def test_what_the_book_folds_jupyterlab_folds_too(notebook):
    """Else a quiz stands there with its answers, an exercise with its solution."""
    marks = {cell.id: cell.metadata.get("jupyter", {}) for cell in code(notebook)}
    wanted = {cell.id: {} for cell in code(notebook)}
    for cell in code(notebook):
        folded = {"hide-input", "remove-input", "hide-cell", "remove-cell"} & set(tags(cell))
        if folded and not cell.id.startswith("own-"):  # a reader's own code stands open where it can run
            wanted[cell.id]["source_hidden"] = True
        if "hide-cell" in tags(cell):
            wanted[cell.id]["outputs_hidden"] = True
    assert marks == wanted


def test_has_an_explorer_that_a_cell_ends_with(chapter):
    ends = [ast.unparse(ast.parse(cell.source).body[-1]) for cell in code(chapter) if "%" not in cell.source]
    assert any(re.match(r"CellExplorer\(|explorer$", line) for line in ends)


def test_every_explorer_has_a_name(notebook):
    for cell in code(notebook):
        if "%" not in cell.source and cell.source.strip():
            last = ast.parse(cell.source).body[-1]
            assert not re.match(r"\w+Explorer\(", ast.unparse(last)), f"{cell.id}: explorer = …"


def test_only_checks_assert(notebook):
    """An assert in another cell would be a reader's to meet."""
    for cell in code(notebook):
        if not cell.source.startswith("%%check") and cell.id != "colab":
            python = re.sub(r"^\s*[%!].*$", "", cell.source, flags=re.M)
            found = [node for node in ast.walk(ast.parse(python)) if isinstance(node, ast.Assert)]
            assert not found, cell.id


@pytest.mark.parametrize("name", CHAPTERS)
def test_links_to_explorers_set_what_the_explorer_has(name):
    page = on_the_page(name)
    least = 0 if name in CLOSER else 3
    assert check_links(prose(page), "\n".join(cell.source for cell in code(page))) >= least


def test_links_of_the_first_page_set_what_its_explorer_has():
    text = (ROOT / "chapters/index.md").read_text("utf-8")
    assert check_links(FENCE.sub("", text), "".join(found[0] for found in FENCE.finditer(text))) == 3


def check_links(text, sources):
    links = re.findall(r'<a href="#(\w+)\?([^"]*)"[^>]*>', text)
    for kind, query in links:
        explorer = EXPLORERS[kind]
        assert f"{explorer.__name__}(" in sources, kind
        values = dict(parse_qsl(html.unescape(query), strict_parsing=True))
        values |= {name: READ[explorer.limits[name]["type"]](values[name]) for name in {*values} - {"preset"}}
        explorer(**values)  # refuses names and values that it does not know
    return len(links)


def test_links_go_to_chapters_that_exist(page):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", prose(page)):
        file, _, place = target.partition("#")
        assert (ROOT / "chapters" / file).exists(), target
        if file == "glossary.md":
            terms = re.findall(r"^(\w.*)\n {4}", (ROOT / "chapters" / file).read_text("utf-8"), re.M)
            assert place in {"term-" + re.sub(r"\W+", "-", term.lower()) for term in terms}, target


def test_links_hold_in_jupyterlab_too(notebook):
    """There a role leads nowhere."""
    assert not re.search(r"\{(term|ref|doc|numref)\}`", prose(notebook))


def exercises_of(notebook):
    return re.findall(r"^\*\*Exercise (\d+)\.\*\*", prose(notebook), re.M)


def test_a_chapter_has_five_exercises_or_more_with_those_of_its_closer_look():
    for name in CHAPTERS:
        closer = [one for one in CLOSER if one == f"closer_{name}"]
        assert name in CLOSER or sum(len(exercises_of(read(one))) for one in (name, *closer)) >= 5, name


def test_every_exercise_has_a_folded_hint_and_solution(page):
    text, exercises = prose(page), exercises_of(page)
    assert exercises == [str(n + 1) for n in range(len(exercises))]
    for title in ("Hint", *[f"Solution {number}" for number in exercises]):
        found = re.findall(rf"^:::\{{admonition\}} {title}\n:class: dropdown\n", text, re.M)
        assert len(found) == (len(exercises) if title == "Hint" else 1), title


def test_has_its_parts(chapter):
    headings = re.findall(r"^## (.+)$", prose(chapter), re.M)
    for wanted in (
        "What the source says, and what we found",
        "Exercises",
        "What to remember",
        "Further reading",
    ):
        assert wanted in headings
    assert re.search(r"^\*Reading time: about \d+ minutes\.\*$", prose(chapter), re.M)


def quizzes(name):
    """The questions of each quiz of a chapter, by the id of its cell."""
    asked = {}
    for cell in code(read(name)):
        if re.search(r"^Quiz\(\[", cell.source, re.M):
            asked[cell.id] = ast.literal_eval(ast.parse(cell.source).body[-1].value.args[0])
            Quiz(asked[cell.id])  # refuses a question that lacks a part
    return asked


@pytest.mark.parametrize("name", [name for name in CHAPTERS if name not in CLOSER])
def test_asks_five_questions_or_more_some_of_them_where_they_arise(name):
    asked = quizzes(name)
    *where_they_arise, last = asked
    ids = [cell.id for cell in read(name).cells]
    assert last == "quiz" and ids[ids.index(last) - 1] == "quiz-before"
    assert all(len(asked[cell]) == 1 for cell in where_they_arise) and len(asked[last]) >= 4
    if name in GUIDE:
        assert len(where_they_arise) in (1, 2)
        # behind what the page shows first, which is there at once, and before what is done afterwards
        first = next(cell.id for cell in code(read(name)) if "Explorer(" in cell.source)
        exercises = [cell.source[:12] for cell in read(name).cells].index("## Exercises")
        assert all(ids.index(first) < ids.index(cell) < exercises for cell in where_they_arise)
    questions = [question["ask"] for some in asked.values() for question in some]
    assert len(questions) == len(set(questions)) >= 5


def test_no_two_quizzes_are_the_same_else_they_would_share_their_answers():
    asked = [json.dumps(some) for name in CHAPTERS for some in quizzes(name).values()]
    assert len(asked) == len(set(asked)) >= 20


def test_the_set_up_comes_after_the_title_and_is_folded(notebook):
    ids = [cell.id for cell in notebook.cells]
    assert ids.index("title") < ids.index("setup")
    assert "hide-input" in tags(notebook.cells[ids.index("setup")])


def test_each_statement_of_the_source_has_a_target_before_what_was_found(chapter):
    text = prose(chapter)
    # with its name behind it, where the chapter that weighs the statement first has the plain one
    found = re.findall(r"^\(found-s(\d+)(?:-\w+)?\)=\n+\*\*S\1\.", text, re.M)
    assert found and set(found) == set(re.findall(r"^\*\*S(\d+)\.", text, re.M))


def test_headings_are_nested(notebook):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", prose(notebook), re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    for above, below in zip(levels, levels[1:], strict=False):
        assert below <= above + 1


def test_labels_of_equations_are_defined_once_and_used_where_defined():
    seen = {}
    for name in CHAPTERS:
        text = prose(on_the_page(name))
        here = re.findall(r"^\$\$ \((eq-[\w-]+)\)$", text, re.M)
        for label in here:
            assert label not in seen, f"{label} in {name} and {seen[label]}"
            seen[label] = name
        # JupyterLab shows one notebook at a time, so a reference stays within it.
        for label in re.findall(r"\{eq\}`(eq-[\w-]+)`", text):
            assert label in here, f"{name}: {label} is not defined there"
