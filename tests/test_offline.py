"""What `make offline` makes: the zip opens from a disk, the PDF is whole."""

import re
import runpy
import zipfile

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from conftest import BOOK, PAGES, ROOT, move, table
from pypdf import PdfReader

from lstm_lib.book import PDF, ZIP

OFFLINE = runpy.run_path(str(ROOT / "tools" / "offline.py"))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offline")
    with zipfile.ZipFile(BOOK / ZIP) as archive:
        archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def test_the_zip_opens_from_disk_and_its_sliders_move(page, guard, unpacked):
    page.goto((unpacked / "index.html").as_uri())
    page.wait_for_url("**/chapters/index.html")
    page.locator("main").get_by_role("link", name="The forget gate").click()
    page.wait_for_url("**/chapters/forget_gate.html")
    explorer = page.locator("[data-explorer=cell]").first
    before = table(explorer)
    move(explorer, "b_f", -2)
    assert table(explorer)["f"] != before["f"]
    page.evaluate("window.MathJax.startup.promise.then(() => document.fonts.ready).then(() => true)")
    assert page.locator("mjx-container").count() > 10
    guard.assert_clean()


def test_the_zip_can_be_searched(page, guard, unpacked):
    page.goto((unpacked / "chapters" / "index.html").as_uri())
    page.locator(".search-button-field").first.click()
    page.locator("dialog input[type=search], .search-button__wrapper input").first.fill("peephole")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=peephole*")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    page.get_by_text("Search finished").wait_for()
    found.first.click()
    page.wait_for_url("**/chapters/*.html*")
    assert "peephole" in page.locator("main").inner_text().lower()
    guard.assert_clean()


def test_the_zip_is_made_alike_each_time(tmp_path):
    again = tmp_path / (BOOK / ZIP).name
    OFFLINE["pack"](again)
    assert again.read_bytes() == (BOOK / ZIP).read_bytes()


@pytest.fixture(scope="module")
def printed():
    return PdfReader(BOOK / PDF)


@pytest.fixture(scope="module")
def whole():
    """The one page that is printed."""
    return BeautifulSoup(OFFLINE["book"](), "html.parser")


def test_every_link_of_the_pdf_leads_somewhere(printed, whole):
    hrefs = [str(link["href"]) for link in whole.select("main a[href]")]
    inside = {href[1:] for href in hrefs if href.startswith("#")}
    ids = [str(element["id"]) for element in whole.select("[id]")]
    assert len(inside) > 50 and inside <= set(ids)
    assert len(ids) == len(set(ids))
    notes = [note.get_object() for page in printed.pages for note in page.get("/Annots", [])]
    led = [note for note in notes if "/Dest" in note]
    assert {str(note["/Dest"]).lstrip("/") for note in led} <= {
        name.lstrip("/") for name in printed.named_destinations
    }
    assert len(led) >= sum(href.startswith("#") for href in hrefs)
    out = {note["/A"]["/URI"] for note in notes if "/A" in note}
    assert out == {href for href in hrefs if not href.startswith("#")}
    assert all(re.match(r"https?://[^/]+\.[a-z]+/", url) for url in out)


def test_the_bookmarks_of_the_pdf_are_its_headings(printed, whole):
    tops = [entry for entry in printed.outline if not isinstance(entry, list)]
    names = [entry.title for entry in tops]
    assert names == [title.get_text().strip() for title in whole.select("main h1")]
    assert len(names) == len(PAGES)
    starts = [printed.get_destination_page_number(entry) for entry in tops]
    assert starts == sorted(set(starts))  # each chapter on a page of its own

    def count(entries):
        return sum(count(one) if isinstance(one, list) else 1 for one in entries)

    assert count(printed.outline) == len(whole.select("main :is(h1, h2, h3, h4)"))


def test_figures_equations_and_explorers_are_in_the_pdf(whole):
    paper = pypdfium2.PdfDocument(BOOK / PDF)
    text = "\n".join(page.get_textpage().get_text_range() for page in paper)
    numbers = {caption.get_text().strip() for caption in whole.select("figcaption .caption-number")}
    assert len(numbers) > 20
    assert [number for number in numbers if number not in text] == []
    equations = {number.get_text().strip("¶# ") for number in whole.select(".eqno")}
    assert len(equations) > 20
    assert [number for number in equations if number not in text] == []
    assert not re.search(r"\\[(\[]|\\frac|\\begin\{|Math input error", text), "mathematics not typeset"
    assert text.count("input x (drag a bar)") == len(whole.select("main [data-explorer=cell]")) > 5
    assert "With JavaScript" not in text  # so each explorer is drawn as it looks at the start
