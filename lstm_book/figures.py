"""The numbers of the book's figures, which run through all its chapters."""

import json
import re
from functools import cache
from pathlib import Path


@cache
def numbers(book: Path) -> dict[str, int]:
    """Number the captions as the pages of the book in this folder do; none where there is no book."""
    contents = book / "_toc.yml"
    files = re.findall(r"file: (\S+)", contents.read_text("utf-8")) if contents.is_file() else []
    captions = [
        cell["metadata"]["mystnb"]["figure"]["caption"]
        for notebook in (book / f"{file}.ipynb" for file in files)
        if notebook.is_file()
        for cell in json.loads(notebook.read_text("utf-8"))["cells"]
        if "figure" in cell["metadata"].get("mystnb", {})
    ]
    return {caption: number for number, caption in enumerate(captions, 1)}
