"""The zip that `make offline` makes, opened from a disk."""

import zipfile

import pytest
from hands import move, table

from sphinx_ext.pages import ZIP


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory, built):
    folder = tmp_path_factory.mktemp("offline")
    with zipfile.ZipFile(built / ZIP) as archive:
        archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def test_the_zip_opens_from_disk_and_its_sliders_move(page, guard, unpacked):
    page.goto((unpacked / "index.html").as_uri())
    page.wait_for_url("**/chapters/index.html")
    page.locator("main").get_by_role("link", name="The forget gate").click()
    page.wait_for_url("**/chapters/forget_gate.html")
    explorer = page.locator("[data-explorer=cell]").first
    before = table(explorer)
    move(explorer, "b_f", -2)
    assert table(explorer)["f"] != before["f"]
    assert page.locator("math").count() > 10
    guard.assert_clean()


def test_the_zip_can_be_searched(page, guard, unpacked):
    page.goto((unpacked / "chapters" / "index.html").as_uri())
    page.locator(".search-button-field").first.click()
    page.locator("dialog input[type=search], .search-button__wrapper input").first.fill("peephole")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=peephole*")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    page.get_by_text("Search finished").wait_for()
    found.first.click()
    page.wait_for_url("**/chapters/*.html*")
    assert "peephole" in page.locator("main").inner_text().lower()
    guard.assert_clean()
