"""The cell explorer without a kernel, on a page of its own."""

import numpy as np
import pytest
from hands import assert_table_is_lstm_lib, move, table, weights

from lstm_book.explorers import CellExplorer


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
    explorer.get_by_role("button", name="Play").wait_for()
    assert explorer.locator('input[name="step"]').input_value() == "12"


def test_equations_are_filled_with_the_numbers_of_the_step(mount):
    (explorer,) = mount(CellExplorer("mixed", w_f=1.5, u_f=0, b_f=-0.5, x=[2, 0], step=1))
    board = explorer.locator(".lx-equations p").all_inner_texts()
    assert "σ(1.50 · 2.00 + 0.00 · 0.00 + (−0.50)) = σ(2.50) = 0.92" in board[0]
    assert len(board) == 6


def test_a_screen_reader_hears_one_sentence_after_the_moving(page, explorer):
    for value in range(-5, 6):
        move(explorer, "b_f", value)
    page.wait_for_function(
        "root => root.querySelector('[role=status]').textContent.startsWith('Step 2: f keeps 99 percent')",
        arg=explorer.element_handle(),
    )


def test_the_diagram_draws_heavier_what_is_larger(mount):
    (explorer,) = mount(CellExplorer("remember", step=5))
    area = """root => [...root.querySelectorAll(".lx-diagram .lx-flow")].map(({ points }) =>
        Math.abs([...points].reduce((sum, { x, y }, k) => {
            const next = points[(k + 1) % points.length];
            return sum + (x * next.y - next.x * y) / 2;
        }, 0)))"""
    before = explorer.evaluate(area)
    move(explorer, "b_f", -6)  # the forget gate shuts, and c with it
    after = explorer.evaluate(area)
    _, kept, c, f, i, *_, h = zip(before, after, strict=True)
    for wide, thin in (kept, c, f, h):
        assert thin < 0.8 * wide
    assert i[0] == i[1]  # does not depend on b_f


def test_the_axis_of_the_memory_grows_and_shrinks_with_it(mount):
    (explorer,) = mount(CellExplorer("count"))
    for w_g in (10, 0.1, 10):  # the memory counts, or stays near 0
        move(explorer, "w_g", w_g)
        largest = max(abs(c) for c in table(explorer)["c"])
        high = next(v for v in (1, 2, 3, 5, 10) if v >= largest)
        words = explorer.locator(".lx-ticks text").all_text_contents()
        at = words.index("candidate g, memory c, output h")
        assert words[at + 3 : at + 6] == [f"\u2212{high}", "0", str(high)]
        middles = explorer.locator(".lx-ticks text").evaluate_all(
            "all => all.map((e) => Number(e.getAttribute('y')) - 4)"
        )
        low, _, top = middles[at + 3 : at + 6]
        ys = explorer.locator(".lx-picture polyline.lx-c").evaluate("e => [...e.points].map(({ y }) => y)")
        c = np.array(table(explorer)["c"])
        assert np.allclose(ys, (top + low) / 2 - c / high * (low - top) / 2, atol=0.06)


def test_steps_by_buttons_and_the_half_life_read_out(mount):
    (explorer,) = mount(CellExplorer("remember", step=2, w_f=0, u_f=0, b_f=0))
    explorer.get_by_role("button", name="one step on").click()
    assert explorer.locator('input[name="step"]').input_value() == "3"
    explorer.get_by_role("button", name="one step back").click()
    assert explorer.locator('input[name="step"]').input_value() == "2"
    assert "half-life of c at this f: 1.0 steps" in explorer.inner_text()  # f = 0.5
    for name in ("w_f", "u_f", "b_f"):
        move(explorer, name, 10)
    assert "over 999 steps" in explorer.inner_text()


def test_the_layers_are_off_until_they_are_asked_for(mount):
    for explorer in mount(*(CellExplorer("remember", focus=gate) for gate in ("forget", "input"))):
        assert explorer.locator(".lx-write").count() == 0 and not explorer.locator(".lx-made").is_visible()
        explorer.get_by_role("button", name="Where c comes from").click()
        assert explorer.locator(".lx-write").count() == 12 and explorer.locator(".lx-made").is_visible()


@pytest.mark.parametrize("width", [460, 370])
def test_what_a_memory_is_made_of_is_not_cut(page, mount, width):
    page.set_viewport_size({"width": width, "height": 900})
    (explorer,) = mount(CellExplorer("count", step=12))
    said = explorer.locator(".lx-made .lx-filled")
    explorer.get_by_role("button", name="Where c comes from").click()
    for press in (None, "Turn round"):
        if press:
            explorer.get_by_role("button", name=press).click()
        whole = said.evaluate(
            """one => {
                const range = document.createRange();
                range.selectNodeContents(one);
                const [box, text] = [one.getBoundingClientRect(), range.getBoundingClientRect()];
                return [text.right - box.right, text.bottom - box.bottom];
            }"""
        )
        assert max(whole) <= 0.5


@pytest.mark.parametrize("width", [1280, 370])
def test_no_bar_and_no_number_lies_on_a_letter(page, mount, width):
    page.set_viewport_size({"width": width, "height": 900})
    explorers = mount(CellExplorer("latch"), CellExplorer(parts="rnn"))
    for explorer in explorers:
        boxes = explorer.locator(".lx-picture svg text").evaluate_all(
            """all => all.filter((one) => one.textContent)
                .filter((one) => one.checkVisibility({ visibilityProperty: true }))
                .map((one) => [one.textContent, one.getBBox()])
                .map(([text, { x, y, width, height: tall }]) =>
                    [text, x, y + 0.2 * tall, x + width, y + 0.8 * tall])"""
        )
        over = [
            (one[0], other[0])
            for k, one in enumerate(boxes)
            for other in boxes[:k]
            if one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]
        ]
        assert over == []
        chosen = explorer.locator(".lx-equations p.lx-chosen").first
        first = chosen.locator("var").first.bounding_box()
        assert first["x"] - chosen.bounding_box()["x"] >= 5


RNN = dict(w_g=1, u_g=0.5, x=[1, 0, 0, 0, 0, 0])


def test_of_a_plain_rnn_only_its_parts_are_shown(page, mount):
    (explorer,) = mount(CellExplorer(parts="rnn", **RNN))
    assert list(table(explorer)) == ["t", "x", "h"]
    assert list(weights(explorer)) == ["b_g", "w_g", "u_g"]
    parts = explorer.locator("[data-part]").evaluate_all("all => all.map((one) => one.dataset.part)")
    assert sorted(parts) == ["b_g", "diagram", "h", "u_g", "w_g", "x"]
    text = explorer.inner_text() + str(explorer.locator("svg").all_text_contents())
    for word in ("gate", "memory", "half-life", "comes from", "Turn round", "σ", "candidate", "Mixed"):
        assert word not in text, word
    for shown in ("tanh", "xₜ = ", "hₜ = ", "hₜ₋₁ = ", "next step"):
        assert shown in text


def test_a_plain_rnn_agrees_with_python(page, mount):
    python = CellExplorer(parts="rnn", **RNN)
    (explorer,) = mount(python)
    for name, value in (("u_g", 2), ("w_g", -1.5), ("b_g", 0.3)):
        move(explorer, name, value)
        setattr(python, name, value)
        np.testing.assert_allclose(table(explorer)["h"], python.trace().h.ravel(), rtol=0, atol=1e-12)
        h, ours = 0.0, []
        for x in python.x:
            h = np.tanh(python.w_g * x + python.u_g * h + python.b_g)
            ours.append(h)
        np.testing.assert_allclose(table(explorer)["h"], ours, rtol=0, atol=1e-12)
    said = explorer.locator(".lx-equations").inner_text()
    assert "= tanh((−1.50) · 1.00 + 2.00 · 0.00 + 0.30) = tanh(−1.20) = −0.83" in said
    explorer.get_by_role("button", name="Reset").click()
    assert weights(explorer) == {"b_g": 0, "w_g": 1, "u_g": 0.5}
    with pytest.raises(Exception, match="parts"):
        CellExplorer(parts="gru")


def test_a_plain_rnn_follows_links_guesses_and_goals(page, mount):
    words = '<p><a href="#cell?u_g=2&amp;step=6" data-predict="h@6" data-about="h">louder</a></p>'
    goal = {
        "kind": "cell",
        "level": 1,
        "ask": "h.",
        "start": {},
        "free": ["u_g"],
        "hint": ".",
        "solution": {},
    }
    python = CellExplorer(parts="rnn", **RNN)
    goal["start"] = {name: value for name, value in python.initial.items() if name not in ("x", "preset")}
    goal["trials"] = [{"x": RNN["x"], "hold": [["h", 6, 0.95, 0.96]]}]
    python.puzzles = {"one": goal}
    (explorer,) = mount(python, prose=words)
    page.get_by_role("button", name="place your guess").click()
    line = explorer.locator('[data-part="h"] > .lx-line')
    assert not line.evaluate("one => one.checkVisibility({ visibilityProperty: true })")
    explorer.get_by_role("button", name="Show", exact=True).click()
    assert "it is 0.96" in page.locator("p").first.inner_text()
    assert explorer.locator(".lx-goal").get_attribute("data-state") == "met"
