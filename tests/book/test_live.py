"""A live notebook: checks of the text touch nothing of the reader's, and stop only where they are strict."""

import builtins
import re
import weakref
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets import widget as widgets
from places import BOOK, CHAPTERS, ROOT

from lstm_book import live
from lstm_book.figures import numbers


class Kernel:
    sent: dict = {}

    def get_parent(self, channel):
        return {"metadata": self.sent}


@pytest.fixture
def shell(monkeypatch):
    """A shell of a notebook, with a reader at work."""
    monkeypatch.setattr(builtins, "__IPYTHON__", True, raising=False)  # the shell would leave it there
    shell = InteractiveShell()
    shell.kernel = Kernel()
    monkeypatch.delenv(live.STRICT, raising=False)
    monkeypatch.setattr(live, "shell", lambda: shell)
    monkeypatch.setattr(live, "_kept", {})
    live.start()
    live.start()  # once is enough
    yield shell
    shell.history_manager.end_session()


def test_a_check_reads_the_readers_names_and_sets_none(shell, capsys):
    shell.run_cell("c = 2")
    assert shell.run_cell(
        "%%check\ndef twice(c):\n    return 2 * c\n\nf = c\nc = 5\nassert twice(f) == 4"
    ).success
    assert shell.user_ns["c"] == 2 and not {"f", "twice"} & set(shell.user_ns)
    assert shell.run_cell("%%check\nassert twice(f) == 4 and c == 2").success  # of an earlier check
    assert capsys.readouterr().out == ""


def test_what_is_run_again_leaves_nothing_behind(shell):
    """Each check reads what the other one has kept."""
    checks = "%%check\ndef one():\n    return big", "%%check\ndef two():\n    return one()"
    shell.run_cell("import numpy as np")
    held = []
    for _ in range(3):
        for cell in "big = np.zeros(10)", *checks, *checks:
            assert shell.run_cell(cell).success
        held.append(weakref.ref(shell.user_ns["big"]))
    assert shell.run_cell("%%check\nassert two() is big").success
    assert [one() is None for one in held] == [True, True, False]


def test_an_explorer_of_a_check_is_closed(shell, capsys):
    before = set(widgets._instances)
    shell.run_cell("from lstm_book.explorers import CellExplorer\nmine = CellExplorer()")
    assert shell.run_cell("%%check\none = CellExplorer('latch')\nassert one.trace().c.max() > 0.9").success
    assert shell.run_cell("%%check\nassert one.trace().c.max() > 0.9 and CellExplorer().preset").success
    made = [widgets._instances[name] for name in widgets._instances.keys() - before]
    assert shell.user_ns["mine"] in made and len(made) == 2  # with its layout
    assert capsys.readouterr().out == ""


def test_where_a_number_is_another_a_reader_gets_a_line(shell, capsys):
    for cell in "%%check W_f = 1\nassert False", "%%check W_f = 1\nunknown", "%%check W_f = 1\n[][0]":
        assert shell.run_cell(cell).success
        assert capsys.readouterr().out == "The numbers in the text are for W_f = 1; yours differ.\n"
    shell.run_cell("%%check\nassert False")
    assert capsys.readouterr().out.startswith("The numbers in the text are for the code as it was")
    assert not shell.run_cell("%%check\nraise KeyboardInterrupt").success


def test_what_fails_does_not_stop_a_reader(shell, capsys):
    for cell in "1 / 0", "f(":
        assert shell.run_cell(cell).success
    assert "ZeroDivisionError" in (said := capsys.readouterr().out) and "SyntaxError" in said
    assert not shell.run_cell("raise KeyboardInterrupt").success


def test_builds_and_tests_are_strict(shell, monkeypatch, capsys):
    monkeypatch.setenv(live.STRICT, "1")
    for cell in "%%check\nassert False", "1 / 0", "f(":
        assert not shell.run_cell(cell).success
    assert "yours differ" not in capsys.readouterr().out


def test_a_figure_gets_its_caption_where_it_was_drawn(shell, monkeypatch):
    shown = []
    monkeypatch.setattr(live, "publish", lambda data, metadata=None: shown.append(data))
    shell.kernel.sent = {"mystnb": {"figure": {"caption": "Two cells."}}}
    shell.run_cell("1 / 0")
    assert not shown
    shell.run_cell("1")
    assert [one["text/plain"] for one in shown] == ["Two cells."]
    monkeypatch.setattr(live, "numbers", lambda book: {"Two cells.": 3} if book == Path.cwd().parent else {})
    shell.run_cell("1")
    assert shown[1] == {"text/markdown": "*Fig. 3. Two cells.*", "text/plain": "Fig. 3. Two cells."}
    monkeypatch.setenv(live.STRICT, "1")
    shell.run_cell("1")
    assert len(shown) == 2


def test_figures_are_numbered_as_on_the_pages(built):
    ours = numbers(ROOT)
    assert len(ours) > 50 and numbers(ROOT / "chapters") == {}
    shown = {}
    for chapter in CHAPTERS:
        page = BeautifulSoup((BOOK / "chapters" / f"{chapter}.html").read_text("utf-8"), "html.parser")
        for caption in page.select("main figcaption:has(.caption-number)"):
            number = caption.select_one(".caption-number").extract().get_text().strip()
            shown[number] = caption.get_text().strip("\n #")
    assert list(shown) == [f"Fig. {number}" for number in ours.values()]
    plain = {f"Fig. {n}": words for words, n in ours.items() if not re.search(r"[$`*{'…]|---?|\.\.\.", words)}
    assert len(plain) > 30 and plain.items() <= shown.items()


def test_an_explorer_is_shown_with_what_is_left_once_its_kernel_is_gone(shell, monkeypatch):
    shown = []
    monkeypatch.setattr(live, "publish", lambda data, metadata=None: shown.append(data))
    shell.run_cell("from lstm_book.explorers import CellExplorer\nCellExplorer()")
    assert ["text/html" in one for one in shown] == [False, True]
    assert "<svg" in shown[1]["text/html"] and "The Python behind it is gone" in shown[1]["text/html"]
    monkeypatch.setenv(live.STRICT, "1")
    shell.run_cell("CellExplorer()")
    assert len(shown) == 2  # the page reads both in one


def test_without_ipython_nothing_is_registered(monkeypatch):
    monkeypatch.setattr(live, "shell", lambda: None)
    live.start()
