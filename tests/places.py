"""Where things lie, and what the contents of the book name."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "_build" / "html"
STATIC = ROOT / "lstm_lib" / "explorers" / "static"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
PAGES = [Path(entry["file"]).name for entry in [{"file": TOC["root"]}, *TOC["chapters"]]]
CHAPTERS = [name for name in PAGES if (ROOT / "chapters" / f"{name}.ipynb").exists()]
