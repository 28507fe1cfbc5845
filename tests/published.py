"""The pages as files: what stands in their heads, and where their links lead."""

import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from places import BOOK, PAGES

NOT_CHAPTERS = ["404.html", "genindex.html", "py-modindex.html", "search.html"]
READ = sorted([*(f"chapters/{page}.html" for page in PAGES), *NOT_CHAPTERS])
FILES = ["index.html", *READ]  # the first only leads on
NOWHERE = "https://book.invalid/chapters/index.html"


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


def home():
    """Address that the pages say they are published at; a stand-in if the repository is not known."""
    return (parsed("chapters/index.html").canonical or [NOWHERE])[0].removesuffix("chapters/index.html")


def target(page, link):
    """The file and the fragment that a link of a page leads to; no file if it leads out of the book."""
    url = urljoin(home() + page, link)
    if not url.startswith(home()):
        return None, ""
    path, fragment = unquote(urlsplit(url).path), unquote(urlsplit(url).fragment)
    return path.removeprefix(urlsplit(home()).path) or "index.html", fragment
