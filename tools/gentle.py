"""How long a chapter of the guide is, as a reader of the built page meets it, in a table.

Words are those of prose outside folds: not code, tables, mathematics set apart, explorers or quiz. Minutes
are words / 200, 20 s a figure and 60 s an explorer, rounded to whole ones. A cell is cut if one has to
scroll to a line's end.
"""

import os
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
WIDTHS = 1280, 390
LIMITS = {"words": 1800, "cells": 8, "lines": 60, "cut": 0, "to the explorer": 1400, "cells before it": 0}

MEASURE = """() => {
  const article = document.querySelector("article.bd-article");
  const folded = (one) => one.closest("details:not([open]), .toggle-hidden, .dropdown, .tag_hide-cell");
  const shown = (selector) => [...article.querySelectorAll(selector)].filter((one) => !folded(one));
  const copy = article.cloneNode(true);
  copy.querySelectorAll(`details, .dropdown, .toggle-hidden, .cell, .lx, .lx-place, table, pre, script, style,
    .headerlink, div.math, .prev-next-footer`).forEach((one) => one.remove());
  const words = copy.textContent.split(/\\s+/).filter((word) => /[\\p{L}\\p{N}]/u.test(word)).length;
  const inputs = shown(".cell:not(.tag_hide-input):not(.tag_remove-input) .cell_input pre");
  const stage = article.querySelector(".lx:not([data-explorer=quiz])");
  return {
    words,
    figures: shown("figure img, .cell_output img").length,
    explorers: shown(".lx:not([data-explorer=quiz])").length,
    cells: inputs.length,
    lines: inputs.reduce((sum, one) => sum + one.textContent.trimEnd().split("\\n").length, 0),
    cut: inputs.filter((one) => one.scrollWidth > one.clientWidth + 1).length,
    "to the explorer": stage ? Math.round(stage.getBoundingClientRect().top + scrollY) : null,
    "cells before it": inputs.filter((one) =>
      stage?.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING).length,
  };
}"""


def guide() -> list[str]:
    """Name the chapters of the guide."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    (part,) = [part for part in contents["parts"] if part["caption"] == "The guide"]
    names = [Path(one["file"]).name for one in part["chapters"]]
    return [name for name in names if (ROOT / "chapters" / f"{name}.ipynb").exists()]


def measured(page: Page, address: str) -> dict[str, Any]:
    """Measure one built page in a window of the page's width."""
    page.goto(address)
    page.evaluate("document.fonts.ready")
    found: dict[str, Any] = page.evaluate(MEASURE)
    found["minutes"] = round(found["words"] / 200 + found["figures"] / 3 + found["explorers"])
    return found


def main() -> None:
    columns = ["minutes", *LIMITS]
    print("| chapter | at | " + " | ".join(columns) + " |")
    print("|---|--:|" + "--:|" * len(columns))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox", "--disable-quic"]
        )
        for name in guide():
            for width in WIDTHS:
                page = browser.new_page(viewport={"width": width, "height": 800})
                found = measured(page, (ROOT / "_build/html/chapters" / f"{name}.html").as_uri())
                print(f"| {name} | {width} | " + " | ".join(str(found[key]) for key in columns) + " |")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
