"""The pages' images: each takes its room before it comes, and comes when the reader is near."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_IMAGE = re.compile(r'<img (?P<said>[^>]*?src="(?:[^"]*/)?(?P<name>[^"/]+)"[^>]*?) ?/>')
_LENGTH = re.compile(r'\b(width|height)="([\d.]+)(pt|px|)"')
_PIXELS = {"pt": 4 / 3, "px": 1.0, "": 1.0}


def images_that_wait(body: str, sources: Mapping[str, str]) -> str:
    """Give a page's body with the size of every SVG, and all images lazy but one that comes before all else.

    That is the first, unless an explorer stands before it: the browser reads a figure of many marks about as
    long as it takes to mount an explorer, and would begin with the figure.

    Parameters
    ----------
    sources : mapping
        The name that each image has among the pages, by its file.
    """
    files = {name: Path(file) for file, name in sources.items()}
    first = _IMAGE.search(body.partition('data-explorer="')[0])

    def ready(image: re.Match[str]) -> str:
        eager = first and image.start() == first.start()
        added = "" if eager else ' loading="lazy" decoding="async"'
        file = files.get(image["name"])
        if file and file.suffix == ".svg" and " width=" not in f" {image['said']}":
            head = re.search(r"<svg\b[^>]*>", file.read_text("utf-8"))
            for side, length, unit in _LENGTH.findall(head[0] if head else ""):
                added += f' {side}="{float(length) * _PIXELS[unit]:.0f}"'
        return f"<img {image['said']}{added} />"

    return _IMAGE.sub(ready, body)
