"""The published pages as a whole, in a browser: what is not there, access."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from places import BOOK
from published import READ, home


@pytest.fixture
def published(page, site):
    """Address of the book as GitHub Pages serves it: under the repository's name, 404.html for the rest."""
    under = urlsplit(home()).path

    def serve(route):
        path = urlsplit(route.request.url).path
        file = BOOK / path.removeprefix(under)
        if not route.request.url.startswith(site):
            route.fallback()
        elif path.startswith(under) and file.is_file():
            route.fulfill(path=file)
        else:
            route.fulfill(body=(BOOK / "404.html").read_text(), content_type="text/html")

    page.route("**/*", serve)
    return site.rstrip("/") + under


def test_a_page_that_is_not_there_leads_back(page, guard, published):
    page.goto(f"{published}some/where/else.html")
    page.locator("h1", has_text="There is no such page").wait_for()
    page.locator("main").get_by_role("link", name="first page").click()
    page.wait_for_url(f"{published}chapters/index.html")
    guard.assert_clean()


# What is unfolded fades in, and is pale meanwhile: the end of that is what counts.
FADED_IN = """() => {
    for (const one of document.getAnimations()) {
        if (one.effect.getComputedTiming().endTime < Infinity) one.finish();
    }
}"""


def unfold(page):
    """Open all that is folded, but the long tables of numbers."""
    page.evaluate("""() => {
        const details = document.querySelectorAll("main details:not([data-explorer] *)");
        details.forEach((one) => { one.open = true; });
        document.querySelectorAll("button.toggle-button-hidden").forEach((one) => one.click());
    }""")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")  # it is laid out
    page.evaluate(FADED_IN)


# A token of code has the colour of its class, a formula that of its place: one of each is enough for axe,
# which takes long over each.
ONE_OF_A_KIND = """() => {
    const seen = new Set();
    for (const token of document.querySelectorAll("pre span[class]")) {
        const kind = `${token.closest("pre").parentElement.className} ${token.className}`;
        if (seen.has(kind)) token.replaceWith(token.textContent);
        seen.add(kind);
    }
    for (const formula of document.querySelectorAll("article math")) {
        const place = formula.closest("p, li, td, th, dd, figcaption, h2, h3, div.math");
        const kind = `${place?.tagName} ${formula.getAttribute("display")}`;
        if (seen.has(kind)) formula.replaceWith(formula.textContent);
        seen.add(kind);
    }
}"""


# What scrolls within itself is reached by keys as soon as the page has measured it.
WITHIN_REACH = """() => [...document.querySelectorAll(":is(.math, .pst-scrollable-table-container)")]
    .filter((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowX) && one.clientWidth)
    .every((one) => one.scrollWidth <= one.clientWidth || one.tabIndex === 0)"""
# Captions that are paler or thinner than text
FAINT = """() => {
    const look = (one) => [getComputedStyle(one).color, getComputedStyle(one).fontWeight].join();
    const text = look(document.querySelector("main"));
    const captions = [...document.querySelectorAll("figcaption .caption-text")];
    return captions.filter((one) => look(one) !== text).length;
}"""
PHONE = 360
# What the theme puts around the text depends on the width, the text does not, and explorers have their own
# tests; in the dark, no rule but the colours' finds another thing, and a page of each kind has all colours.
IN_THE_DARK = "404 search genindex chapters/index chapters/output_gate chapters/closer_training"
AXE = (
    (PHONE, "light", None, {}),
    (1280, "light", {"exclude": [["article"]]}, {}),
    (1280, "dark", {"exclude": [["[data-explorer]"]]}, {"runOnly": ["color-contrast", "link-in-text-block"]}),
)


def test_a_link_under_the_pointer_is_dark_enough(page, guard, published):
    page.set_viewport_size({"width": 1280, "height": 740})
    page.goto(f"{published}chapters/after.html")
    page.get_by_role("link", name="Inside the cell").first.hover()
    found = Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    assert found == []
    guard.assert_clean()


@pytest.mark.parametrize("name", READ)
def test_every_page_is_clean_and_accessible_and_fits_a_phone(page, guard, published, name):
    page.set_viewport_size({"width": PHONE, "height": 740})
    page.goto(published + name)
    page.evaluate("document.fonts.ready.then(() => true)")
    unfold(page)
    page.wait_for_function(WITHIN_REACH)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert page.evaluate(FAINT) == 0
    page.evaluate(ONE_OF_A_KIND)
    for width, scheme, where, rules in AXE if name.removesuffix(".html") in IN_THE_DARK.split() else AXE[:2]:
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_function("(scheme) => document.documentElement.dataset.theme === scheme", arg=scheme)
        options = {"resultTypes": ["violations"], **rules}
        found = Axe().run(page, context=where, options=options).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        said = {
            one["id"]: [(node["html"], node["failureSummary"]) for node in one["nodes"][:3]] for one in grave
        }
        assert said == {}, (width, scheme)
    assert page.context.cookies() == []
    guard.assert_clean()
