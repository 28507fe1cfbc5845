"""A chapter in a real JupyterLab, driven by the same Chromium: the sliders are Python's traits."""

import contextlib
import json
import os
import runpy
import shutil
import signal
import time

import nbformat
import numpy as np
import pytest
from hands import move, table, weights
from jupyter_client import BlockingKernelClient
from places import ROOT

CHAPTER = "architecture"  # it names its explorer `explorer`
LAB = runpy.run_path(str(ROOT / "tools" / "lab.py"))
PATIENCE, serving = LAB["PATIENCE"], LAB["serving"]
QUESTION = {"ask": "2 + 2?", "choices": [["4", "Yes."], ["5", "No."]], "right": 0}
EXPLORERS = [
    "from lstm_book.quiz import Quiz\nfrom lstm_book.explorers import *\ncell = CellExplorer()\ncell",
    "gradient = GradientExplorer()\ngradient",
    "sentence = SentenceExplorer()\nsentence",
    "memory = MemoryExplorer()\nmemory",
    f"quiz = Quiz([{QUESTION!r}])\nquiz",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a copy of the chapters, with no settings but its own."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "chapters", home / "chapters", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "_toc.yml", home)
    cells = [nbformat.v4.new_code_cell(text) for text in EXPLORERS]
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=python), home / "all.ipynb")
    with serving(home) as answers:
        yield answers


@contextlib.contextmanager
def run_all(lab, browser, path, **first):
    """Open a notebook in JupyterLab and run it whole; gives its page and a client of its kernel."""
    with LAB["run_all"](lab, browser, path, **first) as page:
        kernel = LAB["kernel_of"](lab, path)["id"]
        client = BlockingKernelClient(connection_file=str(lab[0] / "runtime" / f"kernel-{kernel}.json"))
        client.load_connection_file()
        try:
            client.start_channels()
            client.wait_for_ready(timeout=PATIENCE)
            yield page, client
        finally:
            client.stop_channels()


@pytest.fixture(scope="module")
def running_chapter(lab, browser):
    """Run the chapter."""
    with run_all(lab, browser, f"chapters/{CHAPTER}.ipynb") as running:
        yield running


def ask(client, expression):
    """Evaluate an expression in the chapter's kernel, after everything that was queued before."""
    reply = client.execute(
        "",
        user_expressions={"answer": f"__import__('json').dumps({expression})"},
        reply=True,
        timeout=PATIENCE,
    )
    answer = reply["content"]["user_expressions"]["answer"]
    assert answer["status"] == "ok", answer
    return json.loads(eval(answer["data"]["text/plain"]))


def wait_for(condition):
    """Wait until a message between browser and kernel has arrived."""
    deadline = time.monotonic() + PATIENCE
    while not (result := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return result


def test_chapter_runs_top_to_bottom(running_chapter):
    page, client = running_chapter
    ask(client, "1")  # answered once every cell has run
    assert page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert page.get_by_text("Traceback (most recent call last)").count() == 0
    page.get_by_role("menuitem", name="View", exact=True).click()
    page.get_by_role("menuitem", name="Expand All Code", exact=True).click()  # a folded cell has no number
    page.locator(".jp-Placeholder-prompt.jp-InputPrompt").first.wait_for(state="detached")
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
    assert prompts
    assert all(prompt.strip("[]: ").isdigit() for prompt in prompts), prompts


def test_a_reader_is_told_how_to_begin_and_figures_have_their_captions(running_chapter):
    page, _ = running_chapter
    first = page.locator(".jp-Notebook .jp-Cell").first
    assert first.inner_text().startswith("Run › Run All Cells takes about")
    page.get_by_role("menuitem", name="File", exact=True).click()
    assert page.get_by_text("Revert Notebook to Checkpoint…", exact=True).is_visible()
    page.keyboard.press("Escape")
    caption = "Fig. 4. Third: a gate on what was there, and a gate on what comes in."
    assert page.get_by_text(caption, exact=True).count() == 1
    assert page.locator(".jp-Notebook .lx-gone:visible").count() == 0  # all explorers live


def test_python_sees_the_slider_and_traces_it(running_chapter):
    page, client = running_chapter
    explorer = page.locator('.jp-Notebook [data-explorer="cell"]').first
    move(explorer, "b_f", -1.25)
    assert wait_for(lambda: ask(client, "explorer.b_f") == -1.25)
    assert ask(
        client, "{name: getattr(explorer, name) for name in __import__('lstm_book').explorers.cell.WEIGHTS}"
    ) == weights(explorer)
    numbers = table(explorer)
    for name in "figoch":
        ours = ask(client, f"explorer.trace().{name}.ravel().tolist()")
        assert numbers[name] == pytest.approx(ours, rel=0, abs=1e-12)


def test_a_trait_set_in_python_moves_the_slider(running_chapter):
    page, client = running_chapter
    explorer = page.locator('.jp-Notebook [data-explorer="cell"]').first
    ask(client, "setattr(explorer, 'w_i', 3.21)")
    assert wait_for(lambda: weights(explorer)["w_i"] == 3.21)
    assert table(explorer)["i"] == pytest.approx(
        ask(client, "explorer.trace().i.ravel().tolist()"), rel=0, abs=1e-12
    )
    pressed = explorer.locator('.lx-presets [aria-pressed="true"]')
    ask(client, "setattr(explorer, 'preset', 'Count')")
    assert wait_for(lambda: pressed.all_inner_texts() == ["Count"])
    ask(client, "explorer.x.__setitem__(2, 1.5)")
    assert wait_for(lambda: table(explorer)["x"][2] == 1.5)
    assert pressed.count() == 0 and "Your own setting" in explorer.inner_text()
    ask(client, "setattr(explorer, 'preset', 'count')")
    assert wait_for(lambda: round(table(explorer)["c"][-1]) == 6)
    explorer.get_by_role("button", name="Latch", exact=True).click()
    assert wait_for(lambda: ask(client, "explorer.preset") == "latch")
    assert ask(client, "explorer.x") == table(explorer)["x"]


def test_a_wrong_value_is_refused_and_the_slider_stays(running_chapter):
    page, client = running_chapter
    explorer = page.locator('.jp-Notebook [data-explorer="cell"]').first
    before = weights(explorer)
    asked = {"answer": "setattr(explorer, 'b_o', float('nan'))"}
    reply = client.execute("", user_expressions=asked, reply=True, timeout=PATIENCE)
    answer = reply["content"]["user_expressions"]["answer"]
    assert answer["ename"] == "TraitError"
    assert "b_o: came nan, wanted a number from -10 to 10" in answer["evalue"]
    assert weights(explorer) == before


LIVING = (
    ("cell", "u_o", -2.5),
    ("gradient", "b_f", 4.5),
    ("sentence", "scale_o", 0.5),
    ("memory", "shift_f", -3.0),
)


@pytest.fixture(scope="module")
def all_five(lab, browser):
    """Run a notebook with one explorer of each kind."""
    with run_all(lab, browser, "all.ipynb") as (page, client):
        for kind in ("cell", "gradient", "sentence", "memory", "quiz"):
            page.locator(f'.jp-Notebook [data-explorer="{kind}"]').first.wait_for()
        yield page, client


@pytest.mark.parametrize(("kind", "name", "value"), LIVING)
def test_every_explorer_lives_in_jupyterlab(all_five, kind, name, value):
    page, client = all_five
    explorer = page.locator(f'.jp-Notebook [data-explorer="{kind}"]')
    before = table(explorer)
    move(explorer, name, value)
    assert table(explorer) != before
    assert wait_for(lambda: ask(client, f"{kind}.{name}") == value)
    ask(client, f"setattr({kind}, '{name}', 0.25)")
    assert wait_for(lambda: explorer.locator(f'input[name="{name}"]').input_value() == "0.25")
    numbers = table(explorer)
    if kind == "gradient":
        traced = ask(client, "{name: list(map(float, values)) for name, values in gradient.reach().items()}")
    else:  # a unit by column: f, g for the one unit of the cell, f_1, f_2 … for the trained networks
        traced = ask(
            client,
            "{name + (f'_{j + 1}' if trace.h.shape[-1] > 1 else ''): unit.tolist() "
            f"for trace in [{kind}.trace()] for name in 'figoch' "
            "for j, unit in enumerate(getattr(trace, name).reshape(-1, trace.h.shape[-1]).T)}",
        )
    assert set(traced) <= set(numbers)
    for series, values in traced.items():
        assert numbers[series] == pytest.approx(values, rel=1e-11 if kind == "gradient" else 0, abs=1e-12)


@pytest.mark.parametrize("kind", [kind for kind, *_ in LIVING])
def test_picture_and_sliders_are_on_one_screen(all_five, kind):
    """That of a laptop, 1280 by 800, has 679 pixels between the bars of JupyterLab."""
    page, _ = all_five
    tall = page.locator(f'.jp-Notebook [data-explorer="{kind}"]').evaluate(
        """root => Math.max(...[...root.querySelectorAll(
            '.lx-drawing, .lx-picture, .lx-view .lx-heat, .lx-hand input[type="range"]'
        )].map((part) => part.getBoundingClientRect().bottom)) - root.getBoundingClientRect().top"""
    )
    assert 400 < tall <= 679


def test_keys_in_an_explorer_are_no_commands_of_the_notebook(all_five):
    page, _ = all_five
    # JupyterLab opens again, behind it, what was open before.
    cells = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
    kinds = cells.evaluate_all("all => all.map((one) => one.className)")
    for kind, name, _ in LIVING:
        page.locator(f'.jp-Notebook [data-explorer="{kind}"] input[name="{name}"]').focus()
        for key in "ddmxxab":
            page.keyboard.press(key)
    page.locator('.jp-Notebook [data-explorer="quiz"] button').first.focus()
    for key in "ddm":
        page.keyboard.press(key)
    after = cells.evaluate_all("all => all.map((one) => one.className)")
    assert [("Code" in one) for one in after] == [("Code" in one) for one in kinds]
    assert len(after) == len(EXPLORERS)


@pytest.mark.parametrize("kind", ["sentence", "memory"])
def test_heat_maps_have_their_colours(all_five, kind):
    page, _ = all_five
    shades = """canvas => new Set(new Uint32Array(canvas.getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""
    maps = page.locator(f"[data-explorer={kind}] .lx-heat:visible canvas").all()
    assert maps
    for canvas in maps:
        assert wait_for(lambda canvas=canvas: canvas.evaluate(shades) > 10)


def test_the_quiz_lives_in_jupyterlab(all_five):
    page, client = all_five
    quiz = page.locator('.jp-Notebook [data-explorer="quiz"]')
    quiz.get_by_role("button", name="5").click()
    assert "Not so. No." in quiz.inner_text()
    assert wait_for(lambda: ask(client, "quiz.answers") == [1])
    ask(client, "setattr(quiz, 'answers', [0])")
    assert wait_for(lambda: "Right. Yes." in quiz.inner_text())


def gone(process):
    """Say whether a process has ended, and JupyterLab, whose child it is, has noticed."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_an_explorer_goes_on_when_its_kernel_dies(all_five):
    """Comes near the end: nothing asks this kernel again."""
    page, client = all_five
    process = ask(client, "__import__('os').getpid()")
    os.kill(process, signal.SIGKILL)
    assert wait_for(lambda: gone(process))
    # What JupyterLab says, and another kernel that knows nothing of the explorers.
    dialog = page.get_by_role("dialog", name="appears to have died. It will restart automatically")
    dialog.get_by_role("button", name="Ok").click()
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first.wait_for(state="attached")
    for kind, name, _ in LIVING:
        explorer = page.locator(f'.jp-Notebook [data-explorer="{kind}"]')
        for value in (1.25, -1.5 if name != "scale_o" else 1.5):
            before = table(explorer)
            move(explorer, name, value)
            assert explorer.locator(f'input[name="{name}"]').input_value() == str(value)
            assert table(explorer) != before
        sign = explorer.evaluate("one => getComputedStyle(one, '::before').content")
        assert "No Python is listening" in sign
    quiz = page.locator('.jp-Notebook [data-explorer="quiz"]')
    quiz.get_by_role("button", name="5").click()
    assert "Not so. No." in quiz.inner_text()
    cell = page.locator('.jp-Notebook [data-explorer="cell"]')
    move(cell, "b_f", 2.25)
    logit = 2.25 + weights(cell)["w_f"] * table(cell)["x"][0]
    assert table(cell)["f"][0] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-12)


def test_a_notebook_opened_again_has_still_pictures_that_say_why(all_five):
    """After the one before: the kernel that is there knows nothing of the explorers."""
    page, _ = all_five
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_text("Save Notebook", exact=True).click()
    page.locator(".jp-mod-dirty").first.wait_for(state="detached")
    page.reload()
    words = page.locator(".jp-Notebook .lx-gone", has_text="The Python behind it is gone")
    assert wait_for(lambda: words.count() == len(EXPLORERS))
    assert wait_for(lambda: all(words.nth(place).is_visible() for place in range(len(EXPLORERS))))
    assert page.locator(".jp-Notebook .lx-gone svg:visible").count() == len(LIVING)
    for said in page.get_by_text("Error displaying widget").all():
        assert not said.is_visible()


def test_a_changed_number_stops_nothing(lab, browser):
    """The chapter with another weight in its step by hand: an explorer, the quiz, and one line."""
    home = lab[0]
    text = (home / f"chapters/{CHAPTER}.ipynb").read_text("utf-8")
    assert text.count(r"\"W_f\": [[1.0]]") == 1
    (home / "chapters/changed.ipynb").write_text(text.replace(r"\"W_f\": [[1.0]]", r"\"W_f\": [[2.0, 1]]"))
    with run_all(lab, browser, "chapters/changed.ipynb") as (page, client):
        ask(client, "1")
        for kind in "cell", "quiz":
            page.locator(f'.jp-Notebook [data-explorer="{kind}"]').first.wait_for()
        said = page.get_by_text("The numbers in the text are for W_f = 1")
        assert wait_for(lambda: said.count() == 1)
        # The error itself, in the cell that was changed
        assert page.locator(".jp-OutputArea-output", has_text="ValueError").count() == 1
