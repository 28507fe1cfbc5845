"""Mathematics as a reader meets it: in its own font, copied as TeX, reached by keys where it is wide."""

import pytest

from sphinx_ext.mathematics import FAMILY

WIDE = r"W_f = \begin{pmatrix}"


def ready(page):
    page.evaluate("document.fonts.ready.then(() => true)")


@pytest.mark.parametrize("name", ["architecture", "closer_training", "notation"])
def test_every_formula_is_drawn_in_the_font_of_the_book_alone(page, guard, site, name):
    page.goto(f"{site}chapters/{name}.html")
    ready(page)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    chrome = page.context.new_cdp_session(page)
    chrome.send("DOM.enable")
    chrome.send("CSS.enable")
    root = chrome.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    # A formula's fonts are those of its leaves: of a node, only the fonts of its own text are told.
    leaves = chrome.send(
        "DOM.querySelectorAll", {"nodeId": root, "selector": "article math :is(mi, mn, mo, mtext)"}
    )["nodeIds"]
    fonts = set()
    for leaf in leaves:
        told = chrome.send("CSS.getPlatformFontsForNode", {"nodeId": leaf})["fonts"]
        fonts |= {(font["familyName"], font["isCustomFont"]) for font in told}
    assert len(leaves) > 50 and fonts == {(FAMILY, True)}
    guard.assert_clean()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_javascript_formulas_are_drawn_and_their_tex_is_hidden(page, site):
    page.goto(f"{site}chapters/closer_training.html")
    fraction = page.locator('math[display="block"] mfrac').first
    assert fraction.bounding_box()["height"] > 20
    tex = page.locator("math annotation")
    assert tex.count() > 50 and not any(one.is_visible() for one in tex.all())


def test_a_wide_formula_scrolls_within_itself_and_by_keys(page, guard, site):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}chapters/forget_gate.html")
    ready(page)
    wide = page.locator("div.math", has=page.locator("annotation", has_text=WIDE))
    page.wait_for_function("one => one.tabIndex === 0", arg=wide.element_handle())
    assert wide.evaluate("one => [one.scrollLeft, one.scrollWidth > one.clientWidth]") == [0, True]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert wide.evaluate("one => one.scrollHeight === one.clientHeight")
    wide.scroll_into_view_if_needed()
    wide.evaluate("one => one.previousElementSibling.insertAdjacentHTML('beforeend', '<button>')")
    wide.evaluate("one => one.previousElementSibling.lastElementChild.focus()")
    page.keyboard.press("Tab")
    assert wide.evaluate("one => one === document.activeElement")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("one => one.scrollLeft > 0", arg=wide.element_handle())
    narrow = page.locator("div.math", has=page.locator(".eqno")).first
    assert narrow.get_attribute("tabindex") is None
    guard.assert_clean()


COPIED = """(select) => {
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(select());
    const data = new DataTransfer();
    document.activeElement.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true }));
    return [data.getData("text/plain"), data.getData("text/html")];
}"""

WHOLE = """() => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector("%s"));
    return range;
}"""


def copied(page, select):
    """What a copy of a range puts on the clipboard, as text and as HTML."""
    return page.evaluate(f"() => ({COPIED})({select})")


def test_a_formula_is_copied_as_its_tex(page, guard, site):
    page.goto(f"{site}chapters/notation.html")
    text, page_text = copied(page, WHOLE % "h1 + p")
    assert text.strip().endswith("in the order $f$, $i$, $g$, $o$.") and "\n" not in text.strip()
    assert "<math" in page_text
    page.goto(f"{site}chapters/architecture.html")
    text, _ = copied(
        page,
        """() => {
            const range = document.createRange();
            const [from, to] = document.querySelectorAll('math[display="block"] mi');
            range.setStart(from.firstChild, 0);
            range.setEnd(to.firstChild, 1);
            return range;
        }""",
    )
    assert text.strip() == r"$$\sigma(a) = \frac{1}{1 + e^{-a}}$$"
    plain, _ = copied(page, WHOLE % "h1")
    assert plain == ""  # the browser's own copy
    guard.assert_clean()


def test_a_search_shows_no_tex(page, guard, site):
    page.goto(f"{site}search.html?q=candidate")
    page.get_by_text("Search finished").wait_for()
    # Each page found is asked for its words, and they come in any order.
    page.wait_for_function(
        """() => [...document.querySelectorAll("#search-results li")].every(
            (one) => one.querySelector(":scope > span, p.context"))"""
    )
    shown = page.locator("#search-results").inner_text()
    assert "tanh" in shown and "\\" not in shown
    guard.assert_clean()
