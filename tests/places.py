"""Where things lie, and what the contents of the book name."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "_build" / "html"
STATIC = ROOT / "lstm_book" / "explorers" / "static"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
PARTS = {part["caption"]: [Path(one["file"]).name for one in part["chapters"]] for part in TOC["parts"]}
PAGES = [Path(TOC["root"]).name, *(name for names in PARTS.values() for name in names)]
CHAPTERS = [name for name in PAGES if (ROOT / "chapters" / f"{name}.ipynb").exists()]
GUIDE = [name for name in PARTS["The guide"] if name in CHAPTERS]
# What is measured and doubted about a chapter of the guide; not a chapter by itself
CLOSER = [name for name in CHAPTERS if name.startswith("closer_")]
