"""The word model opened: gates forced and lent, what a memory is made of, all sentences at once."""

import numpy as np
import pytest
from hands import middle, move, table
from test_networks import assert_units_are_lstm_lib

from lstm_book.explorers import MemoryExplorer, SentenceExplorer
from lstm_book.explorers.modules import module_text
from lstm_book.explorers.networks import told_of
from lstm_lib.tasks import sentences
from lstm_lib.tasks.words import NAMES

BOB = SentenceExplorer.presets["bob"]["words"]
OPENED = [["o", 0, 15, 1.0]]
BUT_TWO = [*OPENED, ["o", 5, 15, 0.0], ["o", 6, 15, 0.0]]
SETTINGS = [
    {},
    {"forced": OPENED},
    {"forced": BUT_TWO},
    {"forced": [["f", 3, 2, 0.25], ["i", 0, 4, 0.0], ["o", 16, 15, 0.5]]},
    {"gates_of": "anna"},
    {"gates_of": "anna", "forced": [["o", 2, 15, 0.0], ["o", 5, 15, 1.0]]},
    {"gates_of": "gus", "forced": [["o", 4, 15, 0.0], ["f", 0, 1, 1.0]], "at": 14},
    {"cells": [5, 6], "held_o": True, "hold_o": 1.0, "scale_f": 0.9, "shift_i": -1.0},
    {"cells": [], "held_f": True, "hold_f": 0.0},
    {"held_o": True, "hold_o": 1.0, "gates_of": "fay"},
]


@pytest.fixture
def modules(page, errors):
    """Put the modules of the word model on a page; gives what asks them."""
    text = module_text(
        "sentences.mjs",
        "network.mjs",
        "words.json",
        then="Object.assign(window, $sentences(), $network(), { MODEL: $words_json() });",
    )
    page.set_content(f"<script>(() => {{ {text} }})()</script>")
    return page.evaluate


def test_the_sentences_are_those_of_the_library(modules):
    assert modules("sentences()") == sentences()
    assert modules("NAMES") == NAMES
    assert modules("Object.keys(NAMES)") == SentenceExplorer.limits["gates_of"]["of"][1:]


def test_a_sentence_is_told_of_somebody_else_as_in_python(modules):
    texts = [
        *sentences()[::7],
        "the sheep .",
        "her sheep his boat",
        "bob and anna and her books",
        "valley constructor",
    ]
    for name in NAMES:
        told = modules("([texts, name]) => texts.map((text) => toldOf(text, name))", [texts, name])
        assert told == [told_of(text, name) for text in texts]
        assert set(told_of(text, name) for text in sentences()) < set(sentences())
    assert told_of(BOB, "anna") == BOB.replace("bob", "anna").replace(" his", " her")


def state(**values):
    explorer = SentenceExplorer("bob", **values)
    return explorer, explorer.state()


@pytest.mark.parametrize("values", SETTINGS, ids=str)
def test_every_hand_does_in_the_browser_what_it_does_in_python(modules, values):
    explorer, given = state(**values)
    steps = modules("(state) => reading(MODEL, state).map((step) => ({ ...step, y: step.y }))", given)
    trace = explorer.trace()
    for name in "figoch":
        np.testing.assert_allclose([step[name] for step in steps], getattr(trace, name), rtol=0, atol=1e-12)
    np.testing.assert_allclose([step["y"] for step in steps], explorer.answers(), rtol=0, atol=1e-11)
    assert modules("(state) => countRight(MODEL, state)", given) == explorer.right()


def test_over_all_sentences_the_counts_are_those_of_the_chapter():
    counts = {}
    for values in SETTINGS[:3]:
        counts[str(values)] = SentenceExplorer("bob", **values).right()
    assert list(counts.values()) == [248, 186, 231]
    assert SentenceExplorer("bob", forced=[["o", 0, 15, 0.0]]).right() == 0


def test_a_forced_gate_counts_from_the_word_that_is_looked_at():
    right = 0
    for text in sentences():
        at = len(text.split()) - 2
        forced = [["o", 0, at - 3, 0.0], *([["f", 2, at - 14, 1.0]] if at > 14 else [])]
        one = SentenceExplorer(words=text, at=at, forced=forced, gates_of="dora", scale_o=1.25)
        right += one.model["vocabulary"][one.answers()[at - 1].argmax()] == text.split()[0]
    explorer = SentenceExplorer(
        "bob", forced=[["o", 0, 12, 0], ["f", 2, 1, 1]], gates_of="dora", scale_o=1.25
    )
    assert explorer.right() == right


@pytest.mark.parametrize("seed", range(4))
def test_random_forced_gates_agree(modules, seed):
    rng = np.random.default_rng(seed)
    for _ in range(10):
        words = " ".join(rng.choice(SentenceExplorer.model["vocabulary"], rng.integers(1, 20)))
        last = len(words.split())
        forced = {
            (str(rng.choice([*"fio"])), int(rng.integers(17)), int(rng.integers(1, last + 1))): float(
                rng.random()
            )
            for _ in range(rng.integers(0, 20))
        }
        explorer = SentenceExplorer(
            words=words, at=int(rng.integers(1, last + 1)),
            forced=[[*one, value] for one, value in forced.items()],
            gates_of=str(rng.choice(["", *NAMES])), cells=rng.choice(16, rng.integers(17), replace=False) + 1,
            scale_f=rng.uniform(0, 2), shift_o=rng.uniform(-8, 8),
        )  # fmt: skip
        steps = modules("(state) => reading(MODEL, state)", explorer.state())
        np.testing.assert_allclose([step["c"] for step in steps], explorer.trace().c, rtol=1e-12, atol=1e-12)


def test_without_a_word_the_rest_is_read_anew(modules):
    explorer, given = state(forced=[["o", 5, 15, 0.5], ["f", 2, 4, 0.0]])
    words = BOB.split(" ")
    for k in (0, 3, 8, 14):
        chance = modules("([state, k]) => withoutWord(MODEL, state, k)", [given, k])
        forced = [] if k == 14 else [["o", 5, 14, 0.5]]
        forced += [["f", 2, 4 - (k < 3), 0.0]] if k != 3 else []
        left = " ".join(words[:k] + words[k + 1 : 15])
        python = SentenceExplorer(words=left, at=14, forced=forced)
        np.testing.assert_allclose(chance, python.chances()[-1], rtol=0, atol=1e-12)
    one, given = state()
    first = modules("(state) => withoutWord(MODEL, { ...state, at: 1 }, 0)", given)
    bias = np.exp(one.model["b_y"])
    np.testing.assert_allclose(first, bias / bias.sum(), rtol=0, atol=1e-12)


def test_what_is_left_of_each_word_adds_up_to_the_memory(mount):
    python = SentenceExplorer("bob", cell=9)
    (explorer,) = mount(python)
    numbers, trace = table(explorer), python.trace()
    kept = np.array([np.prod(trace.f[k + 1 : 15], axis=0) for k in range(15)])
    left = trace.i[:15] * trace.g[:15] * kept
    np.testing.assert_allclose(numbers["left_cell"][:15], left[:, 8], rtol=0, atol=1e-12)
    np.testing.assert_allclose(numbers["left"][:15], np.abs(left).sum(-1), rtol=0, atol=1e-12)
    assert sum(numbers["left_cell"]) == pytest.approx(trace.c[14, 8], abs=1e-12)


def chosen(explorer):
    return explorer.locator('[data-part="chosen"]').inner_text()


def test_a_gate_is_chosen_in_the_map_and_forced(page, mount):
    (explorer,) = mount(SentenceExplorer())
    assert chosen(explorer) == "Output gate of cell 5 at “brave”: 0.13"
    gates = explorer.locator('[data-part="f"] canvas')
    box = gates.bounding_box()
    gates.click(position={"x": box["width"] * 3.5 / 17, "y": box["height"] * 6.5 / 16})
    assert chosen(explorer).startswith("Forget gate of cell 7 at “enemy”: ")
    python = SentenceExplorer("bob", forced=[["f", 7, 4, 0.25]])
    free = SentenceExplorer("bob").trace().f[3, 6]
    move(explorer, "force", 0.25)
    assert chosen(explorer) == f"Forget gate of cell 7 at “enemy”: 0.25, forced; by itself {free:.2f}"
    assert_units_are_lstm_lib(explorer, python)
    tie = explorer.locator('[data-part="f"] .lx-ties span').bounding_box()
    there = gates.bounding_box()
    assert tie["x"] == pytest.approx(there["x"] + 3 / 17 * there["width"], abs=1)
    assert tie["y"] == pytest.approx(there["y"] + 6 / 16 * there["height"], abs=1)
    explorer.get_by_role("button", name="let go", exact=True).click()
    assert_units_are_lstm_lib(explorer, SentenceExplorer("bob"))
    assert explorer.locator(".lx-ties span").count() == 0


def test_all_cells_are_forced_at_a_word_and_two_of_them_otherwise(page, mount):
    (explorer,) = mount(SentenceExplorer())
    tried = explorer.locator('[data-part="right"]')
    assert "Not tried" in tried.inner_text()
    move(explorer, "force", 1)
    explorer.get_by_role("button", name="all 16 cells alike").click()
    explorer.get_by_role("button", name="Try it on all 256 sentences").click()
    assert "186 of 256" in tried.inner_text()
    for cell in (5, 6):
        move(explorer, "cell", cell)
        move(explorer, "force", 0)
        assert chosen(explorer).endswith(f"by itself {SentenceExplorer('bob').trace().o[14, cell - 1]:.2f}")
    assert "Not tried" in tried.inner_text()
    tried.get_by_role("button").click()
    assert "231 of 256" in tried.inner_text()
    assert_units_are_lstm_lib(explorer, SentenceExplorer("bob", forced=BUT_TWO))
    explorer.get_by_role("button", name="let all go").click()
    assert_units_are_lstm_lib(explorer, SentenceExplorer("bob"))
    tried.get_by_role("button").click()
    assert "248 of 256" in tried.inner_text()


def test_the_gate_of_anna_on_the_memory_of_bob(page, mount):
    (explorer,) = mount(SentenceExplorer())
    explorer.locator('select[name="gates_of"]').select_option("anna")
    numbers = assert_units_are_lstm_lib(explorer, SentenceExplorer("bob", gates_of="anna"))
    anna = SentenceExplorer(words=told_of(BOB, "anna"), at=15).trace()
    np.testing.assert_allclose([numbers[f"o_{k}"][14] for k in range(1, 17)], anna.o[14], rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        numbers["c_1"][:15], SentenceExplorer("bob").trace().c[:15, 0], rtol=0, atol=1e-12
    )
    assert explorer.locator(".lx-probs li").first.inner_text().startswith("bob (comes next)")
    explorer.get_by_role("button", name="Bob", exact=True).click()  # a preset takes all hands off
    assert explorer.locator('select[name="gates_of"]').input_value() == ""


def test_it_speaks_on(page, mount):
    (explorer,) = mount(SentenceExplorer(words="anna healed the sick of the village", at=7))
    python = SentenceExplorer(words="anna healed the sick of the village", at=7)
    word = python.model["vocabulary"][int(python.chances()[-1].argmax())]
    words = explorer.locator(".lx-chips button")
    explorer.get_by_role("button", name="the likeliest word").click()
    assert words.all_inner_texts() == [*python.words.split(" "), word]
    explorer.get_by_role("button", name="to the full stop").click()
    said = words.all_inner_texts()
    assert said[-1] == "." and "." not in said[8:-1]
    assert words.last.get_attribute("aria-pressed") == "true"
    for _ in range(8):
        explorer.get_by_role("button", name="to the full stop").click()
    assert words.count() == 40
    assert "room for no more" in explorer.get_by_role("alert").inner_text()


def test_every_word_is_picked_from_a_list(page, mount):
    (explorer,) = mount(SentenceExplorer())
    listed = explorer.locator('[data-part="list"]')
    listed.locator("summary").click()
    groups = listed.locator('[role="group"][aria-label]')
    words = [word for group in groups.all()[1:] for word in group.get_by_role("button").all_inner_texts()]
    assert sorted(words) == SentenceExplorer.model["vocabulary"]
    listed.get_by_role("button", name="strong", exact=True).click()
    chips = explorer.locator(".lx-chips button")
    assert chips.all_inner_texts()[14] == "strong"
    listed.get_by_role("button", name="comes after").click()
    listed.get_by_role("button", name="people", exact=True).click()
    assert chips.all_inner_texts()[-1] == "people"
    stops = listed.evaluate(
        "all => [...all.querySelectorAll('button')].filter((one) => one.tabIndex === 0).length"
    )
    assert stops == 2 + 5  # one a group
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "river"


def test_a_word_that_was_not_read(page, mount):
    (explorer,) = mount(SentenceExplorer())
    fold = explorer.locator("details", has_text="Had a word not been read")
    picture = fold.locator("svg")
    assert picture.get_attribute("data-value") is None  # nothing is computed before it is asked for
    fold.locator("summary").click()
    page.wait_for_function("() => document.querySelector('[data-part=without] svg').dataset.value")
    values = [float(one) for one in picture.get_attribute("data-value").split(" ")]
    words = BOB.split(" ")
    place = SentenceExplorer.model["vocabulary"].index("bob")
    for k in (0, 7, 14):
        left = SentenceExplorer(words=" ".join(words[:k] + words[k + 1 : 15]), at=14)
        assert values[k] == pytest.approx(left.chances()[-1, place], abs=1e-12)
    assert "Without “country”, word 10" in fold.inner_text()


def test_hands_move_the_chosen_cells_alone(page, mount):
    (explorer,) = mount(SentenceExplorer())
    cells = explorer.locator('[data-part="cells"]')
    for cell in range(1, 17):
        if cell not in (5, 6):
            cells.get_by_role("button", name=str(cell), exact=True).click()
    move(explorer, "hold_o", 1)
    assert_units_are_lstm_lib(explorer, SentenceExplorer("bob", cells=[5, 6], held_o=True, hold_o=1))
    cells.get_by_role("button", name="all").click()
    assert_units_are_lstm_lib(explorer, SentenceExplorer("bob", held_o=True, hold_o=1))
    (memory,) = mount(MemoryExplorer())
    memory.locator('[data-part="cells"]').get_by_role("button", name="3", exact=True).click()
    move(memory, "scale_f", 0.5)
    assert_units_are_lstm_lib(memory, MemoryExplorer("add", cells=[1, 2, 4, 5, 6, 7, 8], scale_f=0.5))


def test_a_gate_is_chosen_and_forced_by_keyboard_alone(page, mount):
    (explorer,) = mount(SentenceExplorer())
    canvases = explorer.locator("canvas[tabindex='0']")
    assert canvases.count() == 1
    canvases.focus()
    for key in ("ArrowLeft", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    assert chosen(explorer).startswith("Output gate of cell 1 at “contributions”")
    page.keyboard.press("ArrowUp")
    assert chosen(explorer).startswith("Input gate of cell 16 at “contributions”")
    assert explorer.locator('[data-part="i"] canvas').evaluate("one => one === document.activeElement")
    explorer.locator('input[name="force"]').focus()
    page.keyboard.press("Home")
    assert_units_are_lstm_lib(explorer, SentenceExplorer("bob", forced=[["i", 16, 14, 0]]))


@pytest.mark.parametrize("width", [1280, 460, 390])
@pytest.mark.parametrize("words", [BOB, " ".join(["contributions"] * 40), "bob .", "bob"])
def test_words_stand_over_their_columns(page, mount, width, words):
    page.set_viewport_size({"width": width, "height": 900})
    (explorer,) = mount(SentenceExplorer(words=words, at=1))
    off, cut = explorer.evaluate(
        """root => {
            const maps = [...root.querySelectorAll(".lx-map")].map((one) => one.getBoundingClientRect());
            const chips = [...root.querySelectorAll(".lx-chips button")];
            const off = chips.flatMap((chip, k) => {
                const { left, width } = chip.getBoundingClientRect();
                return maps.filter((map) => map.width).map((map) =>
                    Math.abs(left + width / 2 - map.left - map.width * (k + 0.5) / chips.length));
            });
            const cut = chips.filter((chip) => chip.scrollWidth > chip.clientWidth + 3
                || chip.scrollHeight > chip.clientHeight + 1).map((chip) => chip.textContent);
            return [Math.max(...off), cut];
        }"""
    )
    assert off <= 1
    assert cut == []


@pytest.mark.parametrize("kind", [SentenceExplorer, MemoryExplorer])
def test_every_part_that_is_named_has_a_box(page, mount, kind):
    (explorer,) = mount(kind())
    explorer.evaluate("root => { for (const fold of root.querySelectorAll('details')) fold.open = true; }")
    boxes = explorer.evaluate(
        """root => [...root.querySelectorAll("[data-part]")].map((one) => {
            const { width, height } = one.getBoundingClientRect();
            return [one.dataset.part, width, height];
        })"""
    )
    named = [name for name, *_ in boxes]
    assert len(named) == len(set(named))
    wanted = {*"fioc", *(f"{knob}_{gate}" for knob in ("scale", "shift", "hold", "held") for gate in "fio")}
    wanted |= (
        {"words", "next", "force", "gates_of", *"gh"}
        if kind is SentenceExplorer
        else {"x", "answer", "marks"}
    )
    assert set(named) >= wanted
    assert [name for name, width, height in boxes if width < 5 or height < 5] == []


def test_the_marked_numbers_and_their_sum_stand_in_the_picture(page, mount):
    (explorer,) = mount(MemoryExplorer("add"))
    assert "0.94 + 0.38 = 1.32" in explorer.locator('[data-part="answer"]').text_content()
    addends = explorer.locator(".lx-addends text")
    assert addends.all_text_contents() == ["0.94", "+", "0.38"]
    marks = explorer.locator(".lx-mark.lx-marked").all()
    for mark, text in zip(marks, (addends.first, addends.last), strict=True):
        assert middle(text)[0] == pytest.approx(middle(mark)[0], abs=1)
    explorer.get_by_role("checkbox", name="mark at step 12").click()
    assert addends.all_text_contents() == ["0.94 + 0.38 + 0.71 = 2.03"] or len(addends.all()) == 5
    for step in (4, 11, 12):
        explorer.get_by_role("checkbox", name=f"mark at step {step}", exact=True).click()
    assert "nothing marked = 0.00" in explorer.locator('[data-part="answer"]').text_content()


def test_bars_and_marks_are_one_stop_of_the_tab_key_each(page, mount):
    (explorer,) = mount(MemoryExplorer())
    for role in ("slider", "checkbox"):
        parts = explorer.locator(f'svg [role="{role}"]')
        assert parts.evaluate_all("all => all.filter((one) => one.tabIndex === 0).length") == 1
        parts.nth(3).focus()
        page.keyboard.press("ArrowRight")
        assert parts.nth(4).evaluate("one => one === document.activeElement && one.tabIndex === 0")
    page.keyboard.press("Space")
    assert [t for t, mark in enumerate(table(explorer)["mark"], 1) if mark] == [4, 5, 11]


def test_of_forced_gates_those_stay_whose_word_is_still_there(page, mount):
    (explorer,) = mount(SentenceExplorer("bob", forced=[["f", 3, 2, 0.5], ["o", 0, 15, 0.0]]))
    field = explorer.get_by_label("Sentence, in the model’s words")
    field.fill("anna healed the sick .")
    field.press("Enter")
    python = SentenceExplorer(words="anna healed the sick .", forced=[["f", 3, 2, 0.5]], at=5)
    assert_units_are_lstm_lib(explorer, python)
    assert explorer.locator(".lx-ties span").count() == 1
    field.fill("the sheep .")
    field.press("Enter")
    assert "nobody is named" in explorer.locator('[data-part="gates_of"]').inner_text()
    explorer.get_by_role("button", name="Link to this").click()
    page.wait_for_function("() => location.hash.includes('forced=f,3,2,0.5')")
