"""What is published beside the chapters' text: addresses, links, descriptions, weight, access."""

import gzip
import html
import json
import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import BOOK, CHAPTERS, PAGES

from lstm_lib.book import PDF, ZIP, icon_style, joined

FILES = sorted(
    path.relative_to(BOOK).as_posix() for path in [*BOOK.glob("*.html"), *BOOK.glob("chapters/*.html")]
)
READ = [name for name in FILES if name != "index.html"]  # which only leads on


class Head(HTMLParser):
    """The links, anchors and metadata of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors, self.twice, self.meta, self.canonical = [], set(), [], {}, []
        self.title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1]
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if "id" in named:
            if named["id"] in self.anchors:
                self.twice.append(named["id"])
            self.anchors.add(named["id"])
        if tag == "meta":
            self.meta.setdefault(named.get("name") or named.get("property"), []).append(named.get("content"))
        elif tag == "link" and named.get("rel") == "canonical":
            self.canonical.append(named["href"])
        else:
            self.links += [named[key] for key in ("href", "src", "action") if named.get(key)]


@cache
def parsed(name):
    return Head((BOOK / name).read_text())


HOME = parsed("chapters/index.html").canonical[0].removesuffix("chapters/index.html")


def target(page, link):
    """The file and the fragment that a link of a page leads to; no file if it leads out of the book."""
    url = urljoin(HOME + page, link)
    if not url.startswith(HOME):
        return None, ""
    path, fragment = unquote(urlsplit(url).path), unquote(urlsplit(url).fragment)
    return path.removeprefix(urlsplit(HOME).path) or "index.html", fragment


@pytest.mark.parametrize("name", FILES)
def test_every_link_within_the_book_leads_somewhere(name):
    dead = []
    for link in parsed(name).links:
        file, fragment = target(name, link)
        if explorer := re.fullmatch(r"([a-z]+)\?.*", fragment):  # sets an explorer of the page
            assert f'data-explorer="{explorer[1]}"' in (BOOK / file).read_text(), link
            continue
        if file is None:
            continue
        found = (BOOK / file).is_file()
        if found and fragment and file.endswith(".html"):
            found = fragment in parsed(file).anchors
        if not found:
            dead.append(link)
    assert dead == []
    assert parsed(name).twice == [], "one id, two elements: a link to it leads to the first"


@pytest.mark.parametrize("name", FILES)
def test_every_link_out_of_the_book_is_well_formed(name):
    for link in parsed(name).links:
        url = urljoin(HOME + name, link)
        if not url.startswith(("data:", "mailto:")):
            parts = urlsplit(url)
            assert parts.scheme == "https" or parts.netloc == "www.bioinf.jku.at", url
            assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc), url
            assert not re.search(r"\s", url), url


@pytest.mark.parametrize("name", FILES)
def test_every_page_says_what_it_is(name):
    head = parsed(name)
    assert len(head.title.strip()) > 5
    (description,) = head.meta["description"]
    assert 20 < len(description) <= 210
    (canonical,) = head.canonical
    assert canonical == HOME + ("chapters/index.html" if name == "index.html" else name)


def test_no_two_pages_share_a_title_or_a_description():
    for what in (lambda head: head.title, lambda head: head.meta["description"][0]):
        said = [what(parsed(name)) for name in READ]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", ["index.html", *(f"chapters/{page}.html" for page in PAGES)])
def test_a_shared_link_shows_a_title_and_a_picture(name):
    meta = parsed(name).meta
    assert meta["og:site_name"] == ["A Gentle Guide to LSTM Networks"]
    assert meta["og:title"][0] in parsed(name).title.replace("&#8212;", "—")
    picture = BOOK / meta["og:image"][0].removeprefix(HOME)
    assert picture.read_bytes().startswith(b"\x89PNG") and meta["og:image:alt"][0]


def test_sitemap_lists_the_pages_of_the_contents():
    places = ElementTree.parse(BOOK / "sitemap.xml").findall(".//{*}loc")
    assert {place.text for place in places} == {f"{HOME}chapters/{page}.html" for page in PAGES}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_offers_its_notebook_and_the_whole_book(chapter):
    links = parsed(f"chapters/{chapter}.html").links
    assert {f"../_sources/chapters/{chapter}.ipynb", HOME + ZIP, HOME + PDF} <= set(links)
    cells = json.loads((BOOK / "_sources" / "chapters" / f"{chapter}.ipynb").read_text("utf-8"))["cells"]
    asked = re.search(r'pip install.*("lstm_lib\[book\] @ git\+[^"]+")', "".join(cells[0]["source"]))[1]
    first = re.sub("<[^>]+>", "", (BOOK / "chapters" / "index.html").read_text("utf-8"))
    assert f"pip install {asked}" in html.unescape(first)


@pytest.fixture
def published(page, site):
    """Address of the book as GitHub Pages serves it: under the repository's name, 404.html for the rest."""
    under = urlsplit(HOME).path

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


def test_what_a_cell_prints_is_joined_wherever_it_was_cut():
    def piece(text, name="stdout"):
        return {"output_type": "stream", "name": name, "text": text}

    picture = {"output_type": "display_data"}
    cut = [piece("a 1"), piece(" 2"), picture, piece("\nb\n"), piece("oh", "stderr"), piece("\nc")]
    assert joined(cut) == [piece("a 1 2\nb\n\nc"), picture, piece("oh", "stderr")]


def unfold(page):
    """Open all that is folded, but the long tables of numbers."""
    page.evaluate("""() => {
        const details = document.querySelectorAll("main details:not([data-explorer] *)");
        details.forEach((one) => { one.open = true; });
        document.querySelectorAll("button.toggle-button-hidden").forEach((one) => one.click());
    }""")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")  # it is laid out


def test_icons_are_a_subset_and_the_whole_fonts_stay_behind_it():
    fonts = BOOK / "_static" / "vendor" / "fontawesome" / "webfonts"
    style = (BOOK / "_static" / "styles" / "pydata-sphinx-theme.css").read_text()
    alone = icon_style('<i class="fas fa-rocket"></i>', fonts, style)
    more = icon_style('<i class="fas fa-rocket"></i><i class="fa-brands fa-github"></i>', fonts, style)
    assert "U+F135" in alone and "U+F053" not in alone
    assert more == icon_style(
        '<i class="fa-brands fa-github"></i><i class="fas fa-rocket"></i>', fonts, style
    )
    assert (fonts / "fa-solid-900.woff2").is_file()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_first_view_of_a_chapter_weighs_at_most_900_kb(page, site, chapter):
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{site}chapters/{chapter}.html", wait_until="networkidle")
    page.evaluate("window.MathJax.startup.promise.then(() => document.fonts.ready).then(() => true)")
    weights = {answer.url: len(gzip.compress(answer.body())) for answer in answers}
    assert not [url for url in weights if "fontawesome" in url], "an icon is missing from icons.css"
    assert sum(weights.values()) <= 900_000


# A token of code has the colour of its class: one of each is enough for axe, which takes long over each.
ONE_TOKEN_OF_A_KIND = """() => {
    const seen = new Set();
    for (const token of document.querySelectorAll("pre span[class]")) {
        const kind = `${token.closest("pre").parentElement.className} ${token.className}`;
        if (seen.has(kind)) token.replaceWith(token.textContent);
        seen.add(kind);
    }
}"""


@pytest.mark.parametrize("name", READ)
def test_every_page_is_clean_and_accessible_and_fits_a_phone(page, guard, published, name):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(published + name)
    page.evaluate("window.MathJax?.startup.promise.then(() => document.fonts.ready).then(() => true)")
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(ONE_TOKEN_OF_A_KIND)
    # Without the colours' own, no rule finds another thing in the dark.
    for scheme, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast", "link-in-text-block"]})):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_function("(scheme) => document.documentElement.dataset.theme === scheme", arg=scheme)
        found = Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in grave] == []
    assert page.context.cookies() == []
    guard.assert_clean()
