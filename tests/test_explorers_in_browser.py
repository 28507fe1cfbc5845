"""Explorers without a kernel, in a real Chromium, each on a page of its own."""

import numpy as np
import pytest
from conftest import assert_table_is_lstm_lib, move, table, weights

from lstm_lib.explorers import CellExplorer, GradientExplorer


@pytest.fixture
def explorer(mount):
    """Give a cell explorer on a page of its own."""
    return mount(CellExplorer("mixed"))[0]


def test_reset_double_click_and_presets(explorer):
    first = (weights(explorer), table(explorer))
    move(explorer, "b_f", -3)
    move(explorer, "w_g", 7.5)
    explorer.locator('input[name="b_f"]').dblclick()
    assert weights(explorer) == {**first[0], "w_g": 7.5}
    explorer.get_by_role("button", name="Count", exact=True).click()
    assert explorer.get_by_role("button", name="Count", exact=True).get_attribute("aria-pressed") == "true"
    assert sum(table(explorer)["x"]) == round(table(explorer)["c"][-1])  # it counts the ones
    assert_table_is_lstm_lib(explorer)
    explorer.get_by_role("button", name="Reset").click()
    assert (weights(explorer), table(explorer)) == first


def test_keyboard_moves_a_slider_and_an_input(page, explorer):
    before = weights(explorer)["b_f"]
    explorer.locator('input[name="b_f"]').focus()
    page.keyboard.press("ArrowLeft")
    assert weights(explorer)["b_f"] == pytest.approx(before - 0.1, abs=1e-9)
    page.keyboard.press("Shift+ArrowLeft")
    assert weights(explorer)["b_f"] == pytest.approx(before - 0.11, abs=1e-9)
    bar = explorer.get_by_role("slider", name="input x at step 3")
    x = table(explorer)["x"][2]
    bar.focus()
    page.keyboard.press("ArrowUp")
    assert table(explorer)["x"][2] == pytest.approx(x + 0.1, abs=1e-9)
    page.keyboard.press("ArrowRight")
    assert explorer.get_by_role("slider", name="input x at step 4").evaluate(
        "e => e === document.activeElement"
    )
    assert_table_is_lstm_lib(explorer)


def test_a_bar_is_dragged_by_the_mouse(page, explorer):
    box = explorer.get_by_role("slider", name="input x at step 5").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(x, y + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, y + 8, steps=4)  # to the top of the scale
    page.mouse.up()
    assert table(explorer)["x"][4] == 2.0
    assert_table_is_lstm_lib(explorer)


def test_a_real_drag_of_a_slider_moves_the_memory(page, explorer):
    before = table(explorer)["c"]
    box = explorer.locator('input[name="b_f"]').bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    assert weights(explorer)["b_f"] < -9
    assert table(explorer)["c"] != before
    assert_table_is_lstm_lib(explorer)


def test_two_explorers_on_a_page_do_not_disturb_each_other(page, mount):
    first, second = mount(CellExplorer("latch"), CellExplorer("latch", focus="forget"))
    assert page.locator("[data-explorer] [id]").count() == 0
    before = table(second)
    move(first, "b_f", -7)
    assert table(second) == before
    assert table(first)["f"] != before["f"]


def test_focus_shows_one_gate_and_folds_the_rest(mount):
    (explorer,) = mount(CellExplorer("remember", focus="input"))
    for name in ("w_i", "u_i", "b_i", "w_g", "u_g", "b_g"):
        assert explorer.locator(f'input[name="{name}"]').is_visible()
    assert not explorer.locator('input[name="b_f"]').is_visible()
    explorer.get_by_text("The other weights").click()
    assert explorer.locator('input[name="b_f"]').is_visible()


def test_play_walks_to_the_end(page, mount):
    (explorer,) = mount(CellExplorer("latch", step=10))
    explorer.get_by_role("button", name="Play").click()
    explorer.get_by_role("button", name="Pause").wait_for()
    explorer.get_by_role("button", name="Play").wait_for(timeout=5000)
    assert explorer.locator('input[name="step"]').input_value() == "12"


def test_equations_are_filled_with_the_numbers_of_the_step(mount):
    (explorer,) = mount(CellExplorer("mixed", w_f=1.5, u_f=0, b_f=-0.5, x=[2, 0], step=1))
    board = explorer.locator(".lx-equations p").all_inner_texts()
    assert "σ(1.50 · 2.00 + 0.00 · 0.00 + (−0.50)) = σ(2.50) = 0.92" in board[0]
    assert len(board) == 6


def test_a_screen_reader_hears_one_sentence_after_the_moving(page, explorer):
    said = explorer.get_by_role("status")
    for value in range(-5, 6):
        move(explorer, "b_f", value)
    page.wait_for_function(
        "root => root.querySelector('[role=status]').textContent.includes('keeps')",
        arg=explorer.element_handle(),
    )
    assert said.inner_text().startswith("Step 2: f keeps 99 percent of the memory")


@pytest.mark.parametrize("kind", [CellExplorer, GradientExplorer])
def test_taken_away_it_leaves_no_listener_behind(page, mount, kind):
    mount(CellExplorer())
    python = kind()
    left = page.evaluate(
        """async ([text, state]) => {
            const blob = new Blob([text], { type: "text/javascript" });
            const { render } = (await import(URL.createObjectURL(blob))).default;
            const heard = new Set();
            const model = {
                get: (name) => state[name], set() {}, save_changes() {},
                on: (event, listener) => heard.add(listener),
                off: (event, listener) => heard.delete(listener),
            };
            const el = document.body.appendChild(document.createElement("div"));
            const clean = render({ model, el });
            const listening = heard.size;
            clean();
            return [listening, heard.size, el.childElementCount];
        }""",
        [str(python._esm), {**python.state(), "initial": python.initial}],
    )
    assert left[0] > 5
    assert left[1:] == [0, 0]


def test_the_diagram_draws_heavier_what_is_larger(mount):
    (explorer,) = mount(CellExplorer("remember", step=5))
    weight = """root => Object.fromEntries([...root.querySelectorAll(".lx-diagram .lx-flow")]
        .map((line) => [line.getAttribute("d"), Number(line.getAttribute("stroke-width"))]))"""
    before = explorer.evaluate(weight)
    move(explorer, "b_f", -6)  # the forget gate shuts, and c with it
    after = explorer.evaluate(weight)
    shrunk = {line for line in before if after[line] < before[line] - 1}
    assert {"M80 150V45", "M200 34H412", "M329 114H412"} <= shrunk  # f, c, h
    assert after["M148 150V110"] == before["M148 150V110"]  # i does not depend on b_f


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
    page.get_by_role("link", name="do it").click()
    assert table(explorer)["x"] == CellExplorer.presets["count"]["x"]
    assert weights(explorer)["w_g"] == -5
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


@pytest.mark.parametrize("preset", GradientExplorer.presets)
def test_gradient_table_is_lstm_lib(mount, preset):
    python = GradientExplorer(preset)
    (explorer,) = mount(python)
    for name, value in {"none": 0, "u": -1.5, "w": 0.7, "b_f": 2.25, "u_figo": 3.1}.items():
        if name != "none":
            move(explorer, name, value)
            setattr(python, name, value)
        numbers = table(explorer)
        assert numbers["k"] == list(range(1, 201))
        for series, values in python.reach().items():
            np.testing.assert_allclose(numbers[series], values, rtol=1e-11, atol=1e-300)


def test_gradient_switches(mount):
    (explorer,) = mount(GradientExplorer("explode"))
    assert table(explorer)["full"][-1] > 1e30
    explorer.get_by_label("clip the norm").check()
    numbers = table(explorer)
    assert 9 < np.linalg.norm(numbers["full"]) <= 10
    explorer.get_by_label("activation of the RNN").select_option("relu")
    python = GradientExplorer("explode", clip=True, activation="relu")
    np.testing.assert_allclose(table(explorer)["rnn"], python.reach()["rnn"], rtol=1e-11, atol=1e-300)
