"""The published pages in a real Chromium: sliders without a kernel, over http and from disk."""

import pytest
import yaml
from hands import assert_table_is_lstm_lib, move, table, weights
from places import BOOK, CHAPTERS, ROOT

from lstm_lib.repository import repository_url


@pytest.fixture(params=["http", "file"])
def address(request, site):
    """Address of a chapter's page, served and from disk."""
    return lambda chapter: f"{site if request.param == 'http' else f'file://{BOOK}/'}chapters/{chapter}.html"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_slider_moves_picture_and_table(page, guard, address, chapter):
    page.goto(address(chapter))
    page.locator("mjx-container").first.wait_for(
        state="attached"
    )  # mathematics is typeset, without another host
    explorers = page.locator("[data-explorer]:not([data-explorer=quiz])")
    assert explorers.count() >= 1
    for explorer in explorers.all():
        before, drawn = table(explorer), explorer.inner_html()
        if explorer.get_attribute("data-explorer") == "cell":
            assert_table_is_lstm_lib(explorer)
            for name in weights(explorer):
                move(explorer, name, 1.37)
                assert weights(explorer)[name] == 1.37
                assert_table_is_lstm_lib(explorer)
        else:
            name = explorer.locator('input[type="range"]').nth(1).get_attribute("name")
            move(explorer, name, 0.37)
        assert table(explorer) != before
        assert explorer.inner_html() != drawn
    guard.assert_clean()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_launch_buttons_lead_to_the_chapter(page, site, chapter):
    page.goto(f"{site}chapters/{chapter}.html")
    default = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
    name = repository_url(ROOT, default).removeprefix("https://github.com/")
    links = page.locator(".dropdown-launch-buttons a").evaluate_all("all => all.map((a) => a.href)")
    assert f"https://mybinder.org/v2/gh/{name}/main?urlpath=lab/tree/chapters/{chapter}.ipynb" in links
    assert f"https://colab.research.google.com/github/{name}/blob/main/chapters/{chapter}.ipynb" in links


def test_the_front_page_has_a_cell_to_move_and_no_launch_buttons(page, guard, site):
    page.goto(f"{site}chapters/index.html")
    explorer = page.locator('[data-explorer="cell"]')
    before = table(explorer)
    page.get_by_role("link", name="set it to −1").click()
    assert weights(explorer)["b_f"] == -1
    assert abs(table(explorer)["c"][-1]) < abs(before["c"][-1]) / 10  # the memory has faded
    assert page.locator('a[href*="mybinder.org"]').count() == 0  # Binder and Colab run notebooks alone
    guard.assert_clean()
