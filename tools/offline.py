"""Make what is read without the network, out of the built book: a zip of its pages, and a PDF.

Both land in _build/html/downloads, where the pages' download buttons lead.
"""

import io
import logging
import mimetypes
import os
import posixpath
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml  # type: ignore[import-untyped]
from bs4 import BeautifulSoup, Tag
from build import digest
from playwright.sync_api import Route, sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

sys.path.append(str(Path(__file__).resolve().parent.parent))
from sphinx_ext.pages import PDF, ZIP, page_parts

ROOT = Path(__file__).resolve().parent.parent

BOOK = ROOT / "_build" / "html"
STAMP = ROOT / "_build" / "offline-made-from"
NO_SERVER = "http://book.invalid/"  # the browser asks us, not the network
SCREEN_ONLY = "script, .headerlink, .prev-next-footer"

STYLE = """
@page { size: A4; margin: 16mm 15mm 18mm; }
html { font-size: 66%; }
body { background: none; }
main { max-width: none; }
.chapter { break-before: page; }
.chapter:first-child { break-before: auto; }
h1, h2, h3, h4 { break-after: avoid; }
figure, img, svg, tr, .lx, .admonition-title, .math, .cell_input { break-inside: avoid; }
pre { break-inside: auto; } /* with the box around it, or not at all */
img, svg { max-width: 100%; height: auto; }
pre, code { white-space: pre-wrap !important; overflow-wrap: anywhere; }
pre, table, .math, .output { overflow: visible !important; max-height: none !important; }
table { display: table !important; width: auto; }
div.math { margin-inline: 0 !important; } /* no link leads to what begins beyond the edge */
.lx { zoom: 0.68; } /* one explorer, one page */
.lx details { display: none; }
.printed { color: var(--pst-color-text-muted); }
"""
# Mathematics that is wider than the paper is set smaller.
FIT = """() => document.querySelectorAll("div.math").forEach((one) => {
    const ratio = one.clientWidth / one.scrollWidth;
    if (ratio < 1) one.style.fontSize = `${ratio * 99}%`;
})"""


def parsed(name: str) -> BeautifulSoup:
    return BeautifulSoup((BOOK / name).read_text("utf-8"), "html.parser")


def pages() -> list[str]:
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    chapters = [entry for part in contents["parts"] for entry in part["chapters"]]
    return [f"{entry['file']}.html" for entry in [{"file": contents["root"]}, *chapters]]


def anchor(page: str, fragment: str = "") -> str:
    return f"{page.removesuffix('.html')}/{fragment}".rstrip("/")


def chapter(page: str, printed: list[str], home: str) -> Tag:
    """The text of a page as a part of one long page: its links lead to other parts, or to the book online.

    Where that has no address, what would lead there is no link.
    """
    article = parsed(page).select_one("article")
    assert article, page
    for element in article.select(SCREEN_ONLY):
        element.decompose()
    for element in article.select("[id]"):
        element["id"] = anchor(page, str(element["id"]))
    for element in article.select("math"):  # in a PDF one thing with its TeX beside it, not a thing a letter
        element["role"] = "img"
        element["aria-label"] = element.annotation.get_text() if element.annotation else ""
    for element in article.select("details"):
        element["open"] = ""
    for element in article.select("img"):
        del element["loading"]
        element["src"] = posixpath.normpath(posixpath.join(posixpath.dirname(page), str(element["src"])))
    for element in article.select("a[href]"):
        url = urlsplit(urljoin(page, str(element["href"])))
        if url.scheme:
            continue
        moves = "?" in url.fragment  # sets an explorer
        inside = url.path in printed and not moves
        if inside or home:
            element["href"] = f"#{anchor(url.path, url.fragment)}" if inside else home + url.geturl()
        else:
            element.unwrap()
    article["id"] = anchor(page)
    article["class"] = "bd-article chapter"
    return article


def book() -> str:
    """The whole book as one page."""
    printed = pages()
    first = parsed(printed[0])
    canonical = first.select_one('link[rel="canonical"]')
    home = str(canonical["href"]).removesuffix(printed[0]) if canonical else ""
    head = first.select('head link[rel="stylesheet"], head style')
    styles = "\n".join(map(str, head)).replace('"../', '"')
    chapters = [chapter(page, printed, home) for page in printed]
    title = chapters[0].select_one("h1")
    assert title
    online = f' The book that does: <a href="{home}">{home}</a>.' if home else ""
    note = f'<p class="printed">On paper nothing moves.{online}</p>'
    title.insert_after(BeautifulSoup(note, "html.parser"))
    body = "".join(map(str, chapters))
    style, script = page_parts(body)
    return (
        '<!DOCTYPE html>\n<html lang="en" data-mode="light" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{title.get_text().strip()}</title>\n{styles}{style}\n<style>{STYLE}</style></head>"
        f'<body><main class="bd-content">{body}</main>{script}</body></html>'
    )


def print_book(target: Path) -> None:
    text = book()

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path.removeprefix("/")
        if not route.request.url.startswith(NO_SERVER):
            route.abort()
        elif path == "":
            route.fulfill(body=text, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(path=BOOK / path, content_type=mimetypes.guess_type(path)[0] or "font/woff")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 680, "height": 1000}, color_scheme="light")
        page.emulate_media(media="print")
        page.route("**/*", answer)
        page.goto(NO_SERVER)
        page.evaluate("document.fonts.ready.then(() => true)")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")  # which mounts every explorer
        page.wait_for_function("() => !document.querySelector('.lx-still')")
        page.evaluate(FIT)
        printed = page.pdf(
            prefer_css_page_size=True,
            print_background=True,
            outline=True,
            tagged=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template='<p style="width: 100%; text-align: center; font: 8pt sans-serif">'
            '<span class="pageNumber"></span></p>',
        )
        browser.close()
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # Chromium counts its objects short
    mend(PdfReader(io.BytesIO(printed)), target)


def mend(reader: PdfReader, target: Path) -> None:
    """Write a PDF without what Chromium puts into it by mistake, or by the clock."""
    writer = PdfWriter(clone_from=reader)

    def once(entries: Any) -> None:
        """A heading that moves to the next page is named twice in a row in the outline."""
        entry = entries.get("/First")
        while entry is not None:
            entry = entry.get_object()
            title, half = str(entry["/Title"]), len(entry["/Title"]) // 2
            if title == 2 * title[:half]:
                entry[NameObject("/Title")] = TextStringObject(title[:half])
            once(entry)
            entry = entry.get("/Next")

    once(writer.root_object["/Outlines"].get_object())
    writer.metadata = {"/Title": reader.metadata and reader.metadata.title}
    writer.write(target)


def pack(target: Path) -> None:
    """Zip the pages; two zips of the same pages are the same, byte by byte."""
    served = {"404.html", "sitemap.xml", ".buildinfo"}  # of use to a server alone
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(BOOK.rglob("*")):
            name = path.relative_to(BOOK).as_posix()
            if path.is_file() and name not in served | {ZIP, PDF} and path.parent != BOOK / "colab":
                entry = zipfile.ZipInfo(f"{target.stem}/{name}")
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def pages_digest() -> str:
    """What the zip and the PDF are made from, and by."""
    held = [path for path in BOOK.rglob("*") if path.is_file() and path.parent != (BOOK / ZIP).parent]
    return digest([Path(__file__).resolve(), *sorted(held)])


def main() -> None:
    made_from = pages_digest()
    there = STAMP.exists() and all((BOOK / name).exists() for name in (ZIP, PDF))
    if there and STAMP.read_text("utf-8") == made_from:
        return
    for name, make in ((ZIP, pack), (PDF, print_book)):
        target = BOOK / name
        target.parent.mkdir(exist_ok=True)
        make(target)
        print(f"_build/html/{name}: {target.stat().st_size / 1e6:.1f} MB", flush=True)
    STAMP.write_text(made_from, "utf-8")


if __name__ == "__main__":
    main()
