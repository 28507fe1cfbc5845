"""Take the picture of README, docs/cell.webp: the cell explorer, down to its sliders, of the built book."""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "_build" / "html" / "chapters" / "architecture.html"
PICTURE = ROOT / "docs" / "cell.webp"


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1400}, device_scale_factor=1.5)
        page.goto(PAGE.as_uri())
        explorer = page.locator('[data-explorer="cell"]').first
        sliders = explorer.locator('fieldset:has(input[type="range"])')
        sliders.last.wait_for()
        explorer.evaluate("root => root.scrollIntoView({ block: 'center' })")
        box, last = explorer.bounding_box(), sliders.last.bounding_box()
        assert box and last
        box["height"] = last["y"] + last["height"] + 12 - box["y"]
        taken = page.screenshot(clip=box, animations="disabled")
        browser.close()
    # The browser's own pictures are PNG and JPEG: twice the size.
    with Image.open(io.BytesIO(taken)) as image:
        image.convert("RGB").save(PICTURE, quality=80, method=6)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
