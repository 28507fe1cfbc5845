"""Links in the prose that set an explorer, and links to its state."""

import pytest
from hands import assert_table_is_lstm_lib, move, table, weights

from lstm_book.explorers import CellExplorer

LINK = '<p><a href="#cell?{}">do it</a></p>'


def test_a_link_in_the_prose_sets_the_explorer_that_follows(page, mount):
    prose = "<p style='height: 1500px'></p>" + LINK.format("b_f=-2.5&amp;x=1,0,0.5&amp;step=3")
    first, second = mount(CellExplorer("latch"), CellExplorer("latch"), prose=prose)
    before = weights(first)
    page.get_by_role("link", name="do it").click()
    assert weights(first) == {**before, "b_f": -2.5}
    assert table(first)["x"] == [1.0, 0.0, 0.5]
    assert_table_is_lstm_lib(first)
    assert weights(second) == before
    assert first.locator(".lx-changed").count() >= 1
    page.wait_for_function("() => document.querySelectorAll('.lx-changed').length === 0")


@pytest.mark.parametrize(
    "query",
    [
        "b_f=99",
        "b_f=NaN",
        "b_f=",
        "b_f=much",
        "nothing=1",
        "x=1,two",
        "x=1,,2",
        "x=3",
        "x=" + "1," * 40 + "1",
    ],
)
def test_a_link_with_a_value_no_slider_shows_changes_nothing(page, mount, query):
    (explorer,) = mount(CellExplorer("latch"), prose=LINK.format(query))
    before = (weights(explorer), table(explorer))
    page.get_by_role("link", name="do it").click()
    assert (weights(explorer), table(explorer)) == before


def test_a_link_to_a_preset(page, mount):
    (explorer,) = mount(CellExplorer("latch"), prose=LINK.format("preset=count&amp;w_g=-5"))
    count = explorer.get_by_role("button", name="Count", exact=True)
    page.get_by_role("link", name="do it").click()
    assert table(explorer)["x"] == CellExplorer.presets["count"]["x"]
    assert weights(explorer)["w_g"] == -5
    assert count.get_attribute("aria-pressed") == "false"  # no longer what the preset's sentence says
    assert_table_is_lstm_lib(explorer)


def test_a_state_is_shared_as_a_link(page, mount):
    first, second = mount(CellExplorer("latch"), CellExplorer("remember"))
    move(second, "b_f", 1.23)
    second.get_by_role("slider", name="input x at step 4").focus()
    page.keyboard.press("End")
    shared = table(second), weights(second)
    second.get_by_role("button", name="Link to this").click()
    page.wait_for_function("() => location.hash.startsWith('#cell2?')")
    address = page.evaluate("location.hash")
    fresh, again = mount(CellExplorer("latch"), CellExplorer("remember"), address=address)
    page.reload()
    page.wait_for_function("() => document.querySelectorAll('input[name=b_f]')[1].value === '1.23'")
    assert (table(again), weights(again)) == shared
    assert weights(fresh)["b_f"] == CellExplorer.presets["latch"]["b_f"]
    again.get_by_role("button", name="Reset").click()
    assert weights(again)["b_f"] == CellExplorer.presets["remember"]["b_f"]
