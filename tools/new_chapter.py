"""Begin a chapter: `new_chapter.py NAME [TITLE]` writes chapters/NAME.ipynb from tools/chapter.ipynb.

Its hints and solutions go into lstm_book/exercises/NAME.md, from tools/chapter.md. It is entered in _toc.yml
and on the first page, after the last notebook. It passes the tests as it is.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"


def after_the_last(pattern: str, text: str, new: str) -> str:
    """Put in something after the last match."""
    end = list(re.finditer(pattern, text, re.MULTILINE))[-1].end()
    return text[:end] + new + text[end:]


def main(name: str, title: str) -> int:
    if not re.fullmatch(r"[a-z][a-z_]*", name):
        print(f"NAME must be small letters and underscores, such as peepholes, not {name!r}", file=sys.stderr)
        return 2
    path = CHAPTERS / f"{name}.ipynb"
    if path.exists() or path.with_suffix(".md").exists():
        print(f"There is a chapter {name} already", file=sys.stderr)
        return 2
    title = title or name.replace("_", " ").capitalize()
    toc, index = ROOT / "_toc.yml", CHAPTERS / "index.md"
    notebooks = [found for found in CHAPTERS.glob("*.ipynb")]
    texts = [found.read_text(encoding="utf-8") for found in [*notebooks, CHAPTERS / "claims.md"]]
    number = 1 + max(int(n) for text in texts for n in re.findall(r"\((?:found|claim)-s(\d+)\)=", text))

    words = {"NAME": name, "TITLE": title, "NUMBER": str(number)}
    for written in path, ROOT / "lstm_book" / "exercises" / f"{name}.md":
        template = (ROOT / "tools" / "chapter").with_suffix(written.suffix).read_text("utf-8")
        written.write_text(re.sub("NAME|TITLE|NUMBER", lambda found: words[found[0]], template), "utf-8")
    stems = "|".join(found.stem for found in notebooks)
    entry = f"\n      - file: chapters/{name}"
    toc.write_text(
        after_the_last(rf"^ +- file: chapters/({stems})$", toc.read_text(encoding="utf-8"), entry), "utf-8"
    )
    entry = f"\n\n[{title}]({name}.ipynb)\n: What the chapter is about, in a sentence or two."
    listed = rf"^\[.*\]\(({stems})\.ipynb\)\n: .*$"
    index.write_text(after_the_last(listed, index.read_text(encoding="utf-8"), entry), "utf-8")
    print(f"chapters/{name}.ipynb is begun, and entered in _toc.yml and chapters/index.md: make lab")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] + ["", ""])[:2]))
