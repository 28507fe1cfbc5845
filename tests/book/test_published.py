"""What is published beside the chapters' text, as files: addresses, links, descriptions."""

import html
import json
import re
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from places import BOOK, CHAPTERS, PAGES, ROOT
from published import FILES, READ, home, parsed, target

from sphinx_ext.execution import joined
from sphinx_ext.icons import icon_style, without_unnamed
from sphinx_ext.pages import PDF, ZIP
from sphinx_ext.repository import repository_url

pytestmark = pytest.mark.usefixtures("built")
KNOWN = bool(repository_url(ROOT))  # else the book is published nowhere, and says no address


def test_every_page_is_looked_at():
    found = [*BOOK.glob("*.html"), *BOOK.glob("chapters/*.html")]
    assert sorted(path.relative_to(BOOK).as_posix() for path in found) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_every_link_within_the_book_leads_somewhere(name):
    dead = []
    assert parsed(name).links
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
        url = urljoin(home() + name, link)
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
    if KNOWN:
        (canonical,) = head.canonical
        assert canonical == home() + ("chapters/index.html" if name == "index.html" else name)
    else:
        assert head.canonical == []


def test_no_two_pages_share_a_title_or_a_description():
    for what in (lambda head: head.title, lambda head: head.meta["description"][0]):
        said = [what(parsed(name)) for name in READ]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", ["index.html", *(f"chapters/{page}.html" for page in PAGES)])
def test_a_shared_link_shows_a_title_and_a_picture(name):
    meta = parsed(name).meta
    assert meta["og:site_name"] == ["A Gentle Guide to LSTM Networks"]
    assert meta["og:title"][0] in parsed(name).title.replace("&#8212;", "—")
    if not KNOWN:
        assert not {"og:url", "og:image"} & set(meta)
        return
    picture = BOOK / meta["og:image"][0].removeprefix(home())
    assert picture.read_bytes().startswith(b"\x89PNG") and meta["og:image:alt"][0]


def test_sitemap_lists_the_pages_of_the_contents():
    if not KNOWN:  # a sitemap holds whole addresses
        assert not (BOOK / "sitemap.xml").exists()
        return
    places = ElementTree.parse(BOOK / "sitemap.xml").findall(".//{*}loc")
    assert {place.text for place in places} == {f"{home()}chapters/{page}.html" for page in PAGES}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_offers_its_notebook_and_the_whole_book(chapter):
    links = set(parsed(f"chapters/{chapter}.html").links)
    assert f"../_sources/chapters/{chapter}.ipynb" in links
    assert ({home() + ZIP, home() + PDF} <= links) == KNOWN
    cells = json.loads((BOOK / "_sources" / "chapters" / f"{chapter}.ipynb").read_text("utf-8"))["cells"]
    book = re.search(r'^BOOK = "(.*?)"', "".join(cells[2]["source"]), re.M)[1]
    asked = f'"lstm_lib[book] @ git+{book}"' if KNOWN else '".[book]"'
    first = re.sub("<[^>]+>", "", (BOOK / "chapters" / "index.html").read_text("utf-8"))
    assert f"pip install {asked}" in html.unescape(first)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_launch_buttons_lead_to_the_chapter(chapter):
    name = repository_url(ROOT).removeprefix("https://github.com/")
    links = parsed(f"chapters/{chapter}.html").links
    wanted = [
        f"https://mybinder.org/v2/gh/{name}/main?urlpath=lab/tree/chapters/{chapter}.ipynb",
        f"https://colab.research.google.com/github/{name}/blob/colab/{chapter}.ipynb",
    ]
    found = [link for link in links if re.match("https://(mybinder|colab)", link)]
    assert found == (wanted if name else [])  # none where nobody knows whose book it is


def test_what_a_cell_prints_is_joined_wherever_it_was_cut():
    def piece(text, name="stdout"):
        return {"output_type": "stream", "name": name, "text": text}

    picture = {"output_type": "display_data"}
    cut = [piece("a 1"), piece(" 2"), picture, piece("\nb\n"), piece("oh", "stderr"), piece("\nc")]
    assert joined(cut) == [piece("a 1 2\nb\n\nc"), picture, piece("oh", "stderr")]


def test_icons_are_those_that_the_pages_name():
    fonts = BOOK / "_static" / "vendor" / "fontawesome" / "webfonts"
    rocket = 'b{}.fa-rocket:before{content:"\\f135"}'
    whole = rocket + '.fa-github:before{content:"\\f09b"}'
    alone = without_unnamed(whole, '<i class="fas fa-rocket"></i>')
    assert alone == rocket
    assert "U+F135" in icon_style(fonts, alone) and "U+F09B" not in icon_style(fonts, alone)
    named = '<i class="fa-brands fa-github"></i><i class="fas fa-rocket"></i>'
    assert without_unnamed(whole, named) == whole and "U+F09B" in icon_style(fonts, whole)
    published = (BOOK / "_static" / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    assert ".fa-bars:before" in published and ".fa-rocket:before" not in published


@pytest.mark.parametrize("name", READ)
def test_no_style_asks_for_another(name):
    styles = re.findall(r'<link [^>]*?href="([^"?]+\.css)', (BOOK / name).read_text("utf-8"))
    files = [BOOK / target(name, style)[0] for style in styles]
    assert files
    assert [file.name for file in files if "@import" in file.read_text("utf-8")] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_images_take_their_room_and_come_when_the_reader_is_near(name):
    text = (BOOK / "chapters" / f"{name}.html").read_text("utf-8").partition("<article")[2]
    before = text.partition('data-explorer="')[0]  # what a slider need not wait for comes after it
    images = [image for image in re.findall(r"<img [^>]*>", text) if "_images/" in image]
    assert images
    for k, image in enumerate(images):
        assert ('loading="lazy"' not in image) == (k == 0 and image in before), image
        (file,) = re.findall(r'src="\.\./(_images/[^"]+\.svg)"', image)
        drawn = re.findall(r'\b(?:width|height)="([\d.]+)pt"', (BOOK / file).read_text("utf-8")[:2000])
        room = [int(length) for length in re.findall(r'\b(?:width|height)="(\d+)"', image)]
        assert room == [round(float(length) * 4 / 3) for length in drawn], image
