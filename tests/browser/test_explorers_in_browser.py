"""Explorers without a kernel, in a real Chromium, each on a page of its own."""

import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hands import assert_table_is_lstm_lib, move, table, weights

from lstm_lib.explorers import CellExplorer, GradientExplorer, MemoryExplorer, Quiz, SentenceExplorer


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


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (CellExplorer, "b_f"),
        (GradientExplorer, "b_f"),
        (SentenceExplorer, "scale_f"),
        (MemoryExplorer, "scale_f"),
    ],
)
def test_what_cannot_be_seen_waits_while_a_thumb_is_held_and_no_longer(page, mount, kind, name):
    (explorer,) = mount(kind())
    folded = explorer.locator("details.lx-numbers")
    thumb = explorer.locator(f'input[name="{name}"]')
    thumb.scroll_into_view_if_needed()
    box = thumb.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    # Both moves in one task, so that no hand rests between them.
    (picture, numbers), (next_picture, next_numbers) = thumb.evaluate(
        """(input) => [1.5, 0.5].map((value) => {
            input.value = value;
            input.dispatchEvent(new Event("input", { bubbles: true }));
            const root = input.closest(".lx");
            const drawn = [...root.querySelectorAll(".lx-line, .lx-prob-fill")].map((one) => one.outerHTML);
            return [drawn.join(), [...root.querySelectorAll("td")].map((cell) => cell.dataset.value)];
        })"""
    )
    assert picture != next_picture
    assert numbers == next_numbers
    page.wait_for_timeout(400)  # the hand rests
    rested = table(explorer)
    assert folded.locator("td").evaluate_all("cells => cells.map((cell) => cell.dataset.value)") != numbers
    folded.evaluate("details => { details.open = true; details.scrollIntoView(); }")
    move(explorer, name, 1.25)
    page.mouse.up()
    ended = table(explorer)
    assert ended != rested
    move(explorer, name, 1.25)
    assert table(explorer) == ended
    folded.evaluate("details => { details.open = false; }")
    move(explorer, name, 0.75)  # by script or key: no thumb is held
    assert table(explorer) != ended


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


def some_quiz():
    choices = [["the memory", "Yes: `c_t`."], ["the output", "No: `h_t`."]]
    half_life = {"number": 6.58, "within": 0.05, "why": "ln ½ / ln 0.9", "unit": "steps"}
    return Quiz(
        [{"ask": "What is `c_t`?", "choices": choices, "right": 0}, {"ask": "Half-life of 0.9?", **half_life}]
    )


KINDS = [CellExplorer, GradientExplorer, SentenceExplorer, MemoryExplorer, some_quiz]


@pytest.mark.parametrize("kind", KINDS)
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
    assert left[0] >= 1
    assert left[1:] == [0, 0]


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


@pytest.mark.parametrize(
    ("kind", "name"), [(CellExplorer, "b_f"), (GradientExplorer, "b_f"), (MemoryExplorer, "scale_f")]
)
def test_a_move_of_a_slider_lays_out_its_own_boxes_alone(browser, page, mount, kind, name):
    (explorer,) = mount(kind())
    next_frame = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))"

    def sway():
        for k in range(8):
            move(explorer, name, 0.5 + 0.4 * np.sin(k))
            page.evaluate(next_frame)

    sway()
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    sway()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    layouts = [one["args"]["beginData"] for one in events if one["name"] == "Layout" and "args" in one]
    layouts = [one for one in layouts if one]
    assert len(layouts) >= 4
    assert sum(one["partialLayout"] for one in layouts) >= len(layouts) - 1


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


def assert_units_are_lstm_lib(explorer, python):
    numbers, trace = table(explorer), python.trace()
    for name in "figoch":
        for unit in range(trace.h.shape[1]):
            np.testing.assert_allclose(
                numbers[f"{name}_{unit + 1}"], getattr(trace, name)[:, unit], rtol=0, atol=1e-12
            )
    return numbers


HANDS = {"scale_f": 0.8, "shift_f": -1.5, "scale_i": 1.7, "shift_o": 2.25, "hold_o": 0.3}


def set_both(explorer, python, name, value):
    """Move a slider in the browser and the trait in Python; to move hold_o holds the gate."""
    move(explorer, name, value)
    setattr(python, name, value)
    python.held_o = python.held_o or name == "hold_o"


@pytest.mark.parametrize("preset", SentenceExplorer.presets)
def test_sentence_numbers_are_lstm_lib(mount, preset):
    python = SentenceExplorer(preset)
    (explorer,) = mount(python)
    for name, value in [("scale_f", python.scale_f), *HANDS.items()]:
        set_both(explorer, python, name, value)
        numbers = assert_units_are_lstm_lib(explorer, python)
        words, chances = python.words.split(" "), python.chances()
        places = [python.model["vocabulary"].index(word) for word in words[1:]]
        expected = [chances[t, place] for t, place in enumerate(places)]
        np.testing.assert_allclose(numbers["p"][:-1], expected, rtol=0, atol=1e-12)


def test_sentence_bob_first_and_what_each_preset_promises(page, mount):
    (explorer,) = mount(SentenceExplorer())

    def expected():
        return explorer.locator(".lx-probs li").all_inner_texts()

    assert expected()[0].startswith("bob (comes next)")
    explorer.get_by_role("button", name="Bob, forget gate halved").click()
    assert "bob" not in expected()[0]
    explorer.get_by_role("button", name="Bob, output gate open").click()
    assert "bob" not in expected()[0]
    explorer.get_by_role("button", name="Bob, output gate shut").click()
    at_brave = expected()[:4]
    explorer.locator(".lx-chips button").nth(3).click()
    assert expected()[:4] == at_brave
    explorer.get_by_role("button", name="A sentence it gets wrong").click()
    assert "comes next" not in expected()[0]


def test_sentence_is_typed_and_unknown_words_are_named(page, mount):
    (explorer,) = mount(SentenceExplorer())
    field = explorer.get_by_label("Sentence, in the model’s words")
    field.fill("Anna  healed the SICK")
    field.press("Enter")
    assert explorer.locator(".lx-chips button").all_inner_texts() == ["anna", "healed", "the", "sick"]
    assert_units_are_lstm_lib(explorer, SentenceExplorer(words="anna healed the sick"))
    field.fill("anna healed the zebra")
    field.press("Enter")
    assert "knows no “zebra”" in explorer.get_by_role("alert").inner_text()
    assert explorer.locator(".lx-chips button").all_inner_texts() == ["anna", "healed", "the", "sick"]


def test_a_word_is_chosen_by_keyboard_and_by_the_map(page, mount):
    (explorer,) = mount(SentenceExplorer())
    chip = explorer.locator(".lx-chips button").nth(4)
    chip.focus()
    assert chip.get_attribute("aria-pressed") == "true"
    assert "At “alone”" in explorer.locator(".lx-cell").inner_text()
    canvas = explorer.locator("canvas").first
    canvas.click(position={"x": canvas.bounding_box()["width"] * 6.5 / 17, "y": 10})
    assert "At “died”" in explorer.locator(".lx-cell").inner_text()


@pytest.mark.parametrize("preset", MemoryExplorer.presets)
def test_memory_numbers_are_lstm_lib(mount, preset):
    python = MemoryExplorer(preset)
    (explorer,) = mount(python)
    for name, value in [("scale_f", python.scale_f), *HANDS.items()]:
        set_both(explorer, python, name, value)
        numbers = assert_units_are_lstm_lib(explorer, python)
        np.testing.assert_allclose(numbers["y"], python.answers()[:, 0], rtol=0, atol=1e-12)


def test_memory_right_and_wrong(page, mount):
    (explorer,) = mount(MemoryExplorer())
    verdict = explorer.locator(".lx-verdict")
    assert "✓ Right" in verdict.inner_text()
    explorer.get_by_role("button", name="Input gate cut").click()
    assert "✗ Wrong" in verdict.inner_text()
    explorer.get_by_role("button", name="A mark at step 1").click()
    assert "✓ Right" in verdict.inner_text()
    explorer.get_by_role("button", name="Forget gate held at 0.9").click()
    assert "✗ Wrong" in verdict.inner_text()
    explorer.get_by_role("checkbox", name="hold it still").first.uncheck()
    assert "✓ Right" in verdict.inner_text()


def test_memory_is_edited_by_keyboard(page, mount):
    (explorer,) = mount(MemoryExplorer())
    explorer.get_by_role("slider", name="number at step 4").focus()
    page.keyboard.press("Home")
    assert table(explorer)["x"][3] == 0
    explorer.get_by_role("checkbox", name="mark at step 4").focus()
    page.keyboard.press("Space")
    assert table(explorer)["mark"][3] == 0
    assert "trained with two marks; here is 1" in explorer.locator(".lx-verdict").inner_text()
    explorer.get_by_role("checkbox", name="mark at step 2").click()
    assert [t for t, on in enumerate(table(explorer)["mark"], 1) if on] == [2, 11]
    explorer.get_by_role("button", name="One step less").click()
    assert len(table(explorer)["t"]) == 15
    x = table(explorer)["x"]
    assert_units_are_lstm_lib(explorer, MemoryExplorer(values=x, marks=[2, 11]))


def test_quiz_explains_counts_and_remembers(page, mount):
    (quiz,) = mount(some_quiz())
    quiz.get_by_role("button", name="the output").click()
    assert "✗ Not so. No: h" in quiz.inner_text()
    quiz.get_by_role("button", name="the memory").click()
    assert "✓ Right. Yes: c" in quiz.inner_text()
    answer = quiz.get_by_label("Your answer")
    answer.fill("much")
    answer.press("Enter")
    assert "A number, please" in quiz.inner_text()
    answer.fill("6,7")
    answer.press("Enter")
    assert "1 of 2 right" in quiz.inner_text()
    answer.fill("6.6")
    quiz.get_by_role("button", name="Check").click()
    assert "2 of 2 right" in quiz.inner_text()
    page.reload()
    assert "2 of 2 right" in page.locator("[data-explorer]").inner_text()
    quiz.get_by_role("button", name="Start again").click()
    assert "0 of 2 right" in quiz.inner_text()


@pytest.mark.parametrize(
    "refusal",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });",
        "Storage.prototype.setItem = () => { throw new Error('full'); };",
        "Storage.prototype.getItem = () => 'not what was kept';",
    ],
    ids=["refused", "full", "spoilt"],
)
def test_quiz_works_without_storage(page, mount, refusal):
    page.add_init_script(refusal)
    (quiz,) = mount(some_quiz())
    quiz.get_by_role("button", name="the memory").click()
    assert "1 of 2 right" in quiz.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(page, mount, kind, scheme):
    (explorer,) = mount(kind())
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", scheme)
    explorer.evaluate("root => { for (const fold of root.querySelectorAll('details')) fold.open = true; }")
    found = Axe().run(page, "[data-explorer]").response["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in grave] == []


@pytest.mark.parametrize("kind", KINDS)
def test_at_360_pixels_nothing_is_cut_and_targets_are_large(page, mount, kind):
    page.set_viewport_size({"width": 360, "height": 800})
    (explorer,) = mount(kind())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = "all => all.filter((e) => e.scrollHeight > e.clientHeight + 1).map((e) => e.textContent)"
    assert page.locator(".lx-said, .lx-filled, .lx-live").evaluate_all(boxes) == []
    beyond = """root => [...root.querySelectorAll("input, button")]
        .filter((one) => one.getBoundingClientRect().right > root.getBoundingClientRect().right - 8)
        .map((one) => one.outerHTML)"""
    assert explorer.evaluate(beyond) == []
    small = explorer.evaluate(
        """root => [...root.querySelectorAll("button, input, select, summary, [role=checkbox]")]
            .filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 24)
            .map((one) => one.outerHTML)"""
    )
    assert small == []


@pytest.mark.parametrize("kind", KINDS[:4])
def test_every_slider_is_reached_and_moved_by_keyboard_alone(page, mount, kind):
    (explorer,) = mount(kind())
    names = explorer.evaluate(
        """root => [...root.querySelectorAll("input[type=range]")]
            .filter((input) => input.getClientRects().length).map((input) => input.name)"""
    )
    moved = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        here = page.evaluate("[document.activeElement.type, document.activeElement.name]")
        if here[0] != "range":
            continue
        before = page.evaluate("document.activeElement.value")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        if page.evaluate("document.activeElement.value") != before:
            moved.add(here[1])
    assert moved >= set(names) - {"step"}


@pytest.mark.parametrize(
    ("kind", "name", "column", "top"),
    [(CellExplorer, "input x at step 5", "x", 2.0), (MemoryExplorer, "number at step 5", "x", 1.0)],
)
def test_a_bar_is_dragged_by_a_finger(page, mount, kind, name, column, top):
    (explorer,) = mount(kind())
    bar = explorer.get_by_role("slider", name=name)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before, scrolled = table(explorer)[column][4], page.evaluate("scrollY")
    hand = page.context.new_cdp_session(page)
    hand.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for share in (0.5, 1.0):
        to = y + share * (box["y"] + 2 - y)
        hand.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": to}]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert before != top
    assert table(explorer)[column][4] == top
    assert page.evaluate("scrollY") == scrolled  # the finger moved the bar, not the page


@pytest.mark.parametrize("kind", KINDS[:4])
def test_printed_it_shows_the_picture_without_the_buttons(page, mount, kind):
    (explorer,) = mount(kind())
    page.emulate_media(media="print")
    picture = explorer.locator("svg, canvas").first.bounding_box()
    assert min(picture["width"], picture["height"]) > 50
    assert not explorer.get_by_role("button", name="Reset").is_visible()
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("kind", KINDS[:4])
def test_the_first_picture_stands_where_the_module_fails(page, mount, kind):
    page.add_init_script("delete window.ResizeObserver;")  # as in a browser too old for the module
    (explorer,) = mount(kind())
    assert explorer.locator("svg").is_visible()
    assert "With JavaScript" in explorer.locator("figcaption").inner_text()
    assert page.locator("input").count() == 0


def test_one_explorer_that_fails_stops_no_other(page, mount):
    page.add_init_script("delete window.ResizeObserver;")  # the cell needs it, the quiz does not
    cell, quiz = mount(CellExplorer(), some_quiz())
    assert cell.locator("svg").is_visible()
    quiz.get_by_role("button", name="the memory").click()
    assert "1 of 2 right" in quiz.inner_text()


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


def test_a_heat_map_takes_the_colours_of_a_new_theme(page, mount):
    (explorer,) = mount(SentenceExplorer())
    pixels = "root => root.querySelector('canvas').toDataURL()"
    before = explorer.evaluate(pixels)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(
        "before => document.querySelector('[data-explorer] canvas').toDataURL() !== before", arg=before
    )


@pytest.mark.parametrize("width", [360, 740])
@pytest.mark.parametrize("kind", KINDS[:4])
def test_no_text_runs_out_of_its_box(page, mount, kind, width):
    page.set_viewport_size({"width": width, "height": 900})
    (explorer,) = mount(kind())
    cut = explorer.evaluate(
        """root => [...root.querySelectorAll(".lx-live, .lx-filled, .lx-said")]
            .filter((box) => box.getClientRects().length)
            .filter((box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 3)
            .map((box) => box.textContent)"""
    )
    assert cut == []
