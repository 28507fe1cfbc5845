"""Explorers beyond the window wait for the reader, and are there when somebody needs them."""

import re

import pytest

from conftest import Guard

GUIDE = "output_gate"  # with a cell, questions in between, a word model and a quiz at the end
GONE = "still => !still.isConnected"
WAITING = "() => document.querySelectorAll('.lx-place').length"
# How far the text jumps, as the browser reckons it; what unfolds in the theme's own contents does not count.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries()
  .filter(({ sources }) => sources.some(({ node }) => document.querySelector("article").contains(node)))
  .map(({ value, sources }) => [value, ...sources.map(({ node }) => node?.className)]))
).observe({ type: "layout-shift", buffered: true });
"""


def shift(page):
    """Sum of the layout shifts, after all that was asked of the page is painted."""
    page.evaluate(
        """() => new Promise((done) => {
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
        })"""
    )
    shifts = page.evaluate("window.shifts")
    return sum(value for value, *_ in shifts), shifts


@pytest.fixture
def opened(reader, site):
    """Open a chapter as a reader does."""
    guard = Guard(reader, site)
    reader.add_init_script(SHIFTS)

    def open_chapter(name=GUIDE, address="", **size):
        if size:
            reader.set_viewport_size(size)
        reader.goto(f"{site}chapters/{name}.html{address}")
        return reader

    yield open_chapter
    guard.assert_clean()


def come_near(page, place):
    """Scroll until a place is a window's height away."""
    place.evaluate(
        """one => scrollBy({
            top: one.getBoundingClientRect().top - 2 * innerHeight, behavior: "instant",
        })"""
    )


def test_the_first_is_there_and_the_others_come_when_the_reader_is_near(opened):
    page = opened()
    assert page.locator("[data-explorer=cell] input[name=b_f]").count() == 1
    stills = [page.locator(f".lx-place [data-explorer={kind}]").last for kind in ("sentence", "quiz")]
    there = [still.element_handle() for still in stills]
    assert all(still.is_visible() for still in there)
    for k, still in enumerate(there):
        come_near(page, still)
        page.wait_for_function(GONE, arg=still)
        assert all(one.evaluate("one => one.isConnected") for one in there[k + 1 :])
    assert page.locator("[data-explorer=sentence] input[name=scale_f]").count() == 1


@pytest.mark.parametrize("whole", ["beforeprint", "blur"])
def test_all_are_there_when_the_page_is_printed_or_the_window_left(opened, whole):
    page = opened()
    assert page.evaluate(WAITING) >= 2
    page.evaluate("name => dispatchEvent(new Event(name))", whole)
    assert page.evaluate(WAITING) == 0


def test_a_pdf_has_every_explorer(opened):
    page = opened()
    page.pdf()
    assert page.evaluate(WAITING) == 0


@pytest.mark.parametrize("key", ["Tab", "Control+f", "Meta+f", "F3"])
def test_a_key_that_leads_through_the_page_finds_every_explorer(opened, key):
    page = opened()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(WAITING) >= 2
    page.keyboard.press(key)
    assert page.evaluate(WAITING) == 0


def test_tab_leads_into_an_explorer_that_waited(opened):
    page = opened("training")
    page.evaluate(
        """() => {
            const before = document.createElement("button");
            [...document.querySelectorAll(".lx-place")].at(-1).before(before);
            before.focus({ preventScroll: true });
        }"""
    )
    assert page.evaluate(WAITING) >= 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[data-explorer]').dataset.explorer") == "quiz"


def test_a_link_in_the_prose_moves_an_explorer_that_waited(opened):
    page = opened("rnn_limits")
    link = page.locator('a[href^="#gradient?"]').first
    wanted = dict(re.findall(r"(\w+)=([-\d.]+)", link.get_attribute("href")))
    assert page.evaluate(WAITING) >= 2
    link.evaluate("link => link.click()")
    explorer = page.locator("[data-explorer=gradient]")
    assert explorer.locator("input[type=range]").count() > 3
    for name, value in wanted.items():
        assert float(explorer.locator(f'input[name="{name}"]').input_value()) == float(value)
    page.go_back()
    assert page.evaluate("location.hash") == ""


def test_an_address_with_a_state_moves_an_explorer_that_waited(opened):
    page = opened("rnn_limits", "#gradient?b_f=3.5")
    field = page.locator("[data-explorer=gradient] input[name=b_f]")
    page.wait_for_function("input => input.value === '3.5'", arg=field.element_handle())
    page.wait_for_function(
        "root => root.getBoundingClientRect().top < innerHeight", arg=field.element_handle()
    )


def test_an_address_typed_moves_an_explorer_that_waited(opened):
    page = opened("rnn_limits")
    assert page.evaluate(WAITING) >= 2
    page.evaluate("location.hash = '#gradient?b_f=3.5'")
    field = page.locator("[data-explorer=gradient] input[name=b_f]")
    page.wait_for_function("input => input.value === '3.5'", arg=field.element_handle())


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("chapter", ["rnn_limits", "input_gate", "output_gate", "experiments_1997"])
def test_nothing_jumps_when_one_reads_quickly(opened, chapter, width):
    page = opened(chapter, width=width, height=844)
    page.mouse.move(width / 2, 400)
    height = page.evaluate("document.documentElement.scrollHeight")
    for _ in range(0, height, 700):
        page.mouse.wheel(0, 700)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.wait_for_function(WAITING.replace("length", "length === 0"))
    total, shifts = shift(page)
    assert total <= 0.02, shifts


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_when_one_jumps_to_an_explorer(opened, width):
    page = opened(width=width, height=844)
    for kind in ("quiz", "sentence") if width == 390 else ("quiz",):  # by then the other is there
        still = page.locator(f".lx-place [data-explorer={kind}]").last.element_handle()
        still.evaluate("one => scrollBy({ top: one.getBoundingClientRect().top - 300, behavior: 'instant' })")
        page.wait_for_function(GONE, arg=still)
    total, shifts = shift(page)
    assert total <= 0.02, shifts


@pytest.mark.parametrize(
    ("kind", "chapter"), [("gradient", "rnn_limits"), ("memory", "input_gate"), ("sentence", "output_gate")]
)
@pytest.mark.parametrize("width", [360, 768, 1000])  # wider, it stands beside the text
def test_a_still_picture_keeps_the_room(opened, kind, chapter, width):
    page = opened(chapter, width=width, height=844)
    height = "() => document.querySelector('[data-explorer=KIND]').offsetHeight".replace("KIND", kind)
    kept = page.evaluate(height)
    page.evaluate("dispatchEvent(new Event('blur'))")
    assert abs(page.evaluate(height) - kept) <= 60


def test_one_that_fails_leaves_its_picture_and_the_others_go_on(reader, site):
    heard = []
    reader.on("console", lambda message: message.type == "error" and heard.append(message.text))
    reader.route(
        "**/output_gate.html",
        lambda route: route.fulfill(
            body=route.fetch().text().replace('data-explorer="sentence"', 'data-explorer="none"'),
            content_type="text/html",
        ),
    )
    reader.goto(f"{site}chapters/output_gate.html")
    reader.evaluate("dispatchEvent(new Event('blur'))")
    assert reader.locator(".lx-place [data-explorer=none]").is_visible()
    assert reader.locator("[data-explorer=quiz] button").count() > 0
    assert len(heard) == 1
