"""The published pages in a real Chromium: sliders without a kernel, over http and from disk."""

import gzip

import numpy as np
import pypdfium2
import pytest
from hands import (
    assert_numbers_are_lstm_lib,
    assert_table_is_lstm_lib,
    each_weight_moved,
    move,
    table,
    weights,
)
from places import CHAPTERS, CLOSER


def assert_explorers_move(page):
    """Each explorer of the page but the quizzes: what its sliders say is what is drawn and tabled."""
    explorers = page.locator("[data-explorer]:not([data-explorer=quiz])")
    assert explorers.count() >= 1
    for explorer in explorers.all():
        before, drawn = table(explorer), explorer.inner_html()
        if explorer.get_attribute("data-explorer") == "cell":
            assert_table_is_lstm_lib(explorer)
            moved = each_weight_moved(explorer, 1.37)
            assert len(moved) == (12 if "w_f" in weights(explorer) else 3)
            for name, there, numbers in moved:
                assert there[name] == 1.37
                assert_numbers_are_lstm_lib(there, numbers)
        else:
            name = explorer.locator('input[type="range"]').nth(1).get_attribute("name")
            move(explorer, name, 0.37)
        assert table(explorer) != before
        assert explorer.inner_html() != drawn


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_light_and_its_sliders_move(page, guard, site, chapter):
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{site}chapters/{chapter}.html")
    page.evaluate("document.fonts.ready.then(() => true)")
    weights = {answer.url: len(gzip.compress(answer.body())) for answer in answers}
    assert not [url for url in weights if "fontawesome" in url], "an icon is missing from icons.css"
    assert len(weights) > 5 and sum(weights.values()) <= 900_000
    if chapter not in CLOSER:  # there the sliders are one page ahead
        assert_explorers_move(page)
    guard.assert_clean()


@pytest.mark.parametrize("kind", ["cell", "gradient", "sentence", "memory"])
def test_sliders_move_on_a_page_from_disk(page, guard, built, kind):
    pages = [built / "chapters" / f"{chapter}.html" for chapter in CHAPTERS]
    first = next(path for path in pages if f'data-explorer="{kind}"' in path.read_text("utf-8"))
    page.goto(first.as_uri())
    assert_explorers_move(page)
    guard.assert_clean()


def test_the_front_page_has_a_cell_to_move_and_no_launch_buttons(page, guard, site):
    page.goto(f"{site}chapters/index.html")
    explorer = page.locator('[data-explorer="cell"]')
    before = table(explorer)
    page.get_by_role("link", name="set it to −1").click()
    assert weights(explorer)["b_f"] == -1
    assert abs(table(explorer)["c"][-1]) < abs(before["c"][-1]) / 10  # the memory has faded
    assert page.locator('a[href*="mybinder.org"]').count() == 0  # Binder and Colab run notebooks alone
    guard.assert_clean()


@pytest.mark.browser_context_args(color_scheme="dark")
def test_a_dark_page_is_printed_dark_on_white_and_stays_dark(page, site):
    page.goto(f"{site}chapters/output_gate.html")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    document = pypdfium2.PdfDocument(page.pdf(print_background=False, page_ranges="1-3"))
    for number in range(3):
        sheet = np.asarray(document[number].render(scale=1).to_pil().convert("L")) / 255
        assert (sheet > 0.9).mean() > 0.6
        assert (sheet < 0.35).sum() > 0.2 * (sheet < 0.9).sum()  # of the ink, whatever room is left
    document.close()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
