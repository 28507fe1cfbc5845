"""The published pages in a real Chromium: sliders without a kernel, over http and from disk."""

import numpy as np
import pytest
import yaml
from conftest import BOOK, CHAPTERS, ROOT, move, table, weights

from lstm_lib import LSTM


def expected(p, x):
    """Give lstm_lib's own series for the weights and inputs that an explorer shows."""
    lstm = LSTM(input_size=1, hidden_size=1)
    for name, value in p.items():
        letter, gate = name.split("_")
        shape = (1,) if letter == "b" else (1, 1)
        setattr(lstm, f"{letter.upper() if letter != 'b' else 'b'}_{gate}", np.full(shape, value))
    trace = lstm.forward(np.reshape(x, (-1, 1, 1)))
    return {name: getattr(trace, name).ravel() for name in "figoch"}


def assert_table_is_lstm_lib(explorer):
    numbers = table(explorer)
    assert list(numbers)[:8] == ["t", "x", "f", "i", "g", "o", "c", "h"]
    for name, series in expected(weights(explorer), numbers["x"]).items():
        np.testing.assert_allclose(numbers[name], series, rtol=0, atol=1e-12)


@pytest.fixture(params=["http", "file"])
def address(request, site):
    """Address of a chapter's page, served and from disk."""
    return lambda chapter: f"{site if request.param == 'http' else f'file://{BOOK}/'}chapters/{chapter}.html"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_slider_moves_picture_and_table(page, guard, address, chapter):
    page.goto(address(chapter))
    page.locator("mjx-container").first.wait_for()  # mathematics is typeset, without another host
    explorers = page.locator('[data-explorer="cell"]')
    assert explorers.count() >= 1
    for explorer in explorers.all():
        assert_table_is_lstm_lib(explorer)
        before, drawn = table(explorer), explorer.locator("svg").first.inner_html()
        for name in ("w_f", "u_f", "b_f", "w_i", "u_i", "b_i", "w_g", "u_g", "b_g", "w_o", "u_o", "b_o"):
            move(explorer, name, 1.37)
            assert weights(explorer)[name] == 1.37
            assert_table_is_lstm_lib(explorer)
        assert table(explorer) != before
        assert explorer.locator("svg").first.inner_html() != drawn
    guard.assert_clean()


def test_every_other_page_is_clean(page, guard, site):
    for name in ("index.html", "chapters/index.html", "search.html", "genindex.html"):
        page.goto(site + name)
        page.wait_for_load_state("networkidle")
    guard.assert_clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("chapter", ["index", *CHAPTERS])
def test_no_sideways_scroll_on_a_phone(page, site, chapter, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}chapters/{chapter}.html")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.documentElement.dataset.theme") == scheme


@pytest.fixture
def explorer(page, site):
    """Give the architecture chapter's first explorer."""
    page.goto(f"{site}chapters/architecture.html")
    return page.locator('[data-explorer="cell"]').first


def test_reset_double_click_and_presets(explorer):
    first = (weights(explorer), table(explorer))
    move(explorer, "b_f", -3)
    move(explorer, "w_g", 7.5)
    explorer.locator('input[name="b_f"]').dblclick()
    assert weights(explorer) == {**first[0], "w_g": 7.5}
    explorer.get_by_role("button", name="Count", exact=True).click()
    assert explorer.get_by_role("button", name="Count", exact=True).get_attribute("aria-pressed") == "true"
    assert sum(table(explorer)["x"]) == round(table(explorer)["c"][-1])  # it counts the ones
    assert_table_is_lstm_lib(explorer)
    explorer.get_by_role("button", name="Reset").click()
    assert (weights(explorer), table(explorer)) == first


def test_keyboard_moves_a_slider_and_an_input(page, explorer):
    before = weights(explorer)["b_f"]
    explorer.locator('input[name="b_f"]').focus()
    page.keyboard.press("ArrowLeft")
    assert weights(explorer)["b_f"] == pytest.approx(before - 0.1, abs=1e-9)
    page.keyboard.press("Shift+ArrowLeft")
    assert weights(explorer)["b_f"] == pytest.approx(before - 0.11, abs=1e-9)
    bar = explorer.get_by_role("slider", name="input x at step 3")
    x = table(explorer)["x"][2]
    bar.focus()
    page.keyboard.press("ArrowUp")
    assert table(explorer)["x"][2] == pytest.approx(x + 0.1, abs=1e-9)
    page.keyboard.press("ArrowRight")
    assert explorer.get_by_role("slider", name="input x at step 4").evaluate("e => e === document.activeElement")
    assert_table_is_lstm_lib(explorer)


def test_a_bar_is_dragged_by_the_mouse(page, explorer):
    box = explorer.get_by_role("slider", name="input x at step 5").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(x, y + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, y + 8, steps=4)  # to the top of the scale
    page.mouse.up()
    assert table(explorer)["x"][4] == 2.0
    assert_table_is_lstm_lib(explorer)


def test_a_real_drag_of_a_slider_moves_the_memory(page, explorer):
    before = table(explorer)["c"]
    box = explorer.locator('input[name="b_f"]').bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    assert weights(explorer)["b_f"] < -9
    assert table(explorer)["c"] != before
    assert_table_is_lstm_lib(explorer)


def test_two_explorers_on_a_page_do_not_disturb_each_other(page, site):
    page.goto(f"{site}chapters/forget_gate.html")
    page.evaluate(
        """() => {
            const first = document.querySelector('[data-explorer="cell"]').parentElement;
            window.ids = [...document.querySelectorAll("[data-explorer] [id]")].length;
        }"""
    )
    assert page.evaluate("window.ids") == 0
    explorers = page.locator('[data-explorer="cell"]').all()
    assert len(explorers) >= 2
    before = table(explorers[1])
    move(explorers[0], "b_f", -7)
    assert table(explorers[1]) == before
    assert table(explorers[0])["f"] != before["f"]


def test_without_javascript_a_picture_and_a_sentence_stand_there(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}chapters/architecture.html")
    still = page.locator("figure[data-explorer]").first
    assert still.locator("svg").bounding_box()["height"] > 100
    assert "time steps" in still.locator("figcaption").inner_text()
    context.close()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_launch_buttons_lead_to_the_chapter(page, site, chapter):
    page.goto(f"{site}chapters/{chapter}.html")
    url = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
    name = url.removeprefix("https://github.com/")
    links = page.locator(".dropdown-launch-buttons a").evaluate_all("all => all.map((a) => a.href)")
    assert f"https://mybinder.org/v2/gh/{name}/main?urlpath=lab/tree/chapters/{chapter}.ipynb" in links
    assert f"https://colab.research.google.com/github/{name}/blob/main/chapters/{chapter}.ipynb" in links
