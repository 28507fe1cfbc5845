"""What a reader sees when something of the page does not work: the text and the first pictures stand."""

import re

import pytest
from hands import move, table
from places import CLOSER

MODULE = re.compile(r"(<script>\(\(\) => \{\n)(.*?)(</script>)", re.S)


def assert_readable(page):
    """The text, the figures, and of each explorer a first picture (of a quiz its questions) can be seen."""
    # Without a theme said, code is black on grey where the machine is dark.
    assert page.locator("html").evaluate("e => getComputedStyle(e).getPropertyValue('--pst-color-text-base')")
    assert page.locator("article h1").first.is_visible()
    assert len(page.locator("article").inner_text()) > 5000
    pictures = page.locator("article img")
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()  # figures load when they come near
        box = picture.bounding_box()
        assert box["width"] > 100 and box["height"] > 50
    for explorer in page.locator("figure[data-explorer]").all():
        assert explorer.is_visible()
        line = 15 if explorer.get_attribute("data-explorer") == "quiz" else 40  # which may ask one thing only
        assert explorer.locator("svg, ol").first.bounding_box()["height"] > line
        assert explorer.locator("figcaption").inner_text().strip()
    for cell in page.locator("figure[data-explorer=cell]").all():
        assert cell.locator("svg").bounding_box()["height"] > 100
        assert "time steps" in cell.locator("figcaption").inner_text()


@pytest.mark.browser_context_args(java_script_enabled=False, color_scheme="dark")
@pytest.mark.parametrize("chapter", ["rnn_limits", "output_gate", "training", "closer_architecture"])
def test_javascript_is_off(page, site, chapter):
    page.goto(f"{site}chapters/{chapter}.html")
    assert chapter in CLOSER or page.locator("figure[data-explorer]").count() >= 1
    assert_readable(page)


def test_the_explorers_script_is_broken(page, site):
    def broken(route):
        answer = route.fetch()
        body, times = MODULE.subn(r"\1 this is no script \3", answer.text())
        assert times == 1
        route.fulfill(response=answer, body=body)

    page.route("**/*.html", broken)
    page.goto(f"{site}chapters/training.html")
    assert page.locator("figure[data-explorer]").count() >= 1
    assert_readable(page)


@pytest.mark.browser_context_args(color_scheme="dark")
def test_the_themes_scripts_do_not_load(page, site):
    refused = []
    page.route("**/*.js*", lambda route: (refused.append(route.request.url), route.abort()))
    page.goto(f"{site}chapters/architecture.html")
    explorer = page.locator("[data-explorer=cell]").first
    explorer.locator('input[type="range"]').first.wait_for()
    assert len(refused) > 3
    assert page.locator("html").get_attribute("data-theme") == "dark"
    before = table(explorer)  # the explorers do without the theme
    move(explorer, "b_f", 1.37)
    assert table(explorer) != before


def test_storage_is_refused(page, site):
    page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"]) {
            const get = () => { throw new DOMException("refused", "SecurityError"); };
            Object.defineProperty(window, name, { get });
        }"""
    )
    page.goto(f"{site}chapters/training.html")
    explorer = page.locator("[data-explorer]:not([data-explorer=quiz])").first
    name = explorer.locator('input[type="range"]').nth(1).get_attribute("name")
    before = table(explorer)
    move(explorer, name, 0.37)
    assert table(explorer) != before
    assert len(page.locator("article").inner_text()) > 5000
