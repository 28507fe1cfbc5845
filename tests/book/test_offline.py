"""What `make offline` makes, as files: the PDF is whole, the zip the same each time."""

import re
import runpy

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from places import BOOK, PAGES, ROOT
from pypdf import PdfReader

from sphinx_ext.pages import PDF, ZIP

OFFLINE = runpy.run_path(str(ROOT / "tools" / "offline.py"))
pytestmark = pytest.mark.usefixtures("built")


def test_the_zip_is_made_alike_each_time(tmp_path):
    again = tmp_path / (BOOK / ZIP).name
    OFFLINE["pack"](again)
    assert again.read_bytes() == (BOOK / ZIP).read_bytes()


@pytest.fixture(scope="module")
def printed(built):
    return PdfReader(BOOK / PDF)


@pytest.fixture(scope="module")
def whole(built):
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
