"""The explorers of trained networks without a kernel, each on a page of its own."""

import numpy as np
import pytest
from hands import move, table

from lstm_book.explorers import MemoryExplorer, SentenceExplorer


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


def test_a_heat_map_takes_the_colours_of_a_new_theme(page, mount):
    (explorer,) = mount(SentenceExplorer())
    pixels = "root => root.querySelector('canvas').toDataURL()"
    before = explorer.evaluate(pixels)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(
        "before => document.querySelector('[data-explorer] canvas').toDataURL() !== before", arg=before
    )


@pytest.fixture
def undone(mount):
    """Give an explorer, how to press one of its tools, and what is read off its picture."""

    def begin(python, script):
        (explorer,) = mount(python)
        tools = explorer.locator(".lx-tools")
        return (
            explorer,
            lambda name: tools.get_by_role("button", name=name, exact=True).click(),
            lambda: explorer.evaluate(script),
        )

    return begin


def test_behind_the_answer_stands_that_before_the_move_or_that_pinned(undone):
    lines = """root => [".lx-line", ".lx-was"].map((line) =>
        [...root.querySelector(`[data-part="answer"] ${line}`).points].map(({ y }) => y))"""
    explorer, press, drawn = undone(MemoryExplorer(), lines)
    first, was = drawn()
    assert len(first) == 16 and was == []
    move(explorer, "scale_f", 0.9)
    move(explorer, "scale_f", 0.8)
    second, was = drawn()
    assert was == first != second
    press("Pin as A")
    move(explorer, "scale_i", 0.9)
    move(explorer, "scale_o", 0.9)
    third, was = drawn()
    assert was == second != third
    press("Swap A and B")
    assert drawn() == [second, third]
    press("Pin as A")
    explorer.get_by_role("button", name="One step less").click()
    assert drawn()[1] == []  # another number of steps


def test_beside_a_probability_stands_that_before_the_move_or_that_pinned(undone):
    marks = """root => [...root.querySelectorAll(".lx-probs li")].map((li) => {
        const parts = [".lx-word", ".lx-prob", ".lx-prob-was"];
        const [word, bar, mark] = parts.map((one) => li.querySelector(one));
        const [{ x, width }, was] = [bar, mark].map((one) => one.getBoundingClientRect());
        const seen = getComputedStyle(mark).visibility === "visible";
        return [word.textContent.split(" ")[0], seen ? (was.x - x - 1) / (width - 2) : null];
    })"""
    python = SentenceExplorer()
    explorer, press, drawn = undone(python, marks)

    def stand(at=15, **before):
        """Where the marks are to stand, if this was before."""
        chances = SentenceExplorer(**{**before, "at": at}).chances()[at - 1]
        shown = drawn()
        assert len(shown) == 6
        places = [chances[python.model["vocabulary"].index(word)] for word, _ in shown]
        return [place for _, place in shown] == pytest.approx(places, abs=0.0015)

    assert [place for _, place in drawn()] == [None] * 6
    move(explorer, "scale_f", 0.9)
    move(explorer, "scale_f", 0.95)
    assert stand()
    press("Pin as A")
    move(explorer, "scale_i", 0.8)
    move(explorer, "shift_o", 1)
    assert stand(scale_f=0.95)
    explorer.locator(".lx-chips button").nth(3).click()
    assert stand(at=4, scale_f=0.95)
    explorer.get_by_role("button", name="A sentence it gets wrong").click()
    assert [place for _, place in drawn()] == [None] * 6  # other words
