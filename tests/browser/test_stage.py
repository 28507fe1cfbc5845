"""The stage: what is moved, what answers and the words about it are seen together; what was is remembered."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hands import assert_table_is_lstm_lib, finger, move, ranges, table, weights
from places import PAGES, ROOT

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer

KINDS = {kind.kind: kind for kind in (CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer)}
WIDE = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SWEEP = "window.sweep = (() => {{ {}; return {{ snapshot }}; }})()".format(
    (ROOT / "tests/browser/sweep.mjs").read_text("utf-8").replace("export ", "")
)
# Follow every link of the prose and look: at its words, at what they are about, and at what undo brings back.
FOLLOW = """async () => {
    const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const links = [...document.querySelectorAll('article a[href^="#"][data-about]')];
    for (const fold of document.querySelectorAll("article details")) fold.open = true;
    document.querySelectorAll("button.toggle-button-hidden, .lx-open").forEach((one) => one.click());
    const inSight = (part, within) => {
        const { left, top, width, height } = part.getBoundingClientRect();
        let seen = 0;
        for (let k = 0; k < 50; k++) {
            const [x, y] = [left + (k % 5 + 0.5) * width / 5, top + ((k - k % 5) / 5 + 0.5) * height / 10];
            const there = document.elementFromPoint(x, y);
            seen += Boolean(there && within.contains(there));
        }
        return seen / 50;
    };
    const report = { followed: 0, wrong: [] };
    for (const link of links) {
        const [kind, query] = link.getAttribute("href").slice(1).split("?");
        const all = [...document.querySelectorAll(`[data-explorer="${kind}"]`)];
        const root = all.find((one) => link.compareDocumentPosition(one) & 4) ?? all.at(-1);
        const wrong = (what) => report.wrong.push(`${link.textContent} (${query}): ${what}`);
        link.scrollIntoView({ block: ["center", "start", "end"][report.followed % 3], behavior: "instant" });
        await frames();
        const before = sweep.snapshot(root);
        link.click();
        await frames();
        report.followed++;
        const words = link.getClientRects()[0];
        const { left, top, width, height } = words;
        const over = document.elementFromPoint(left + width / 2, top + height / 2);
        if (!over || !(link.contains(over) || over.contains(link))) wrong(`its words are hidden, at ${top}`);
        const part = root.querySelector(`[data-part="${link.dataset.about}"]`);
        if (!part) wrong(`nothing is called ${link.dataset.about}`);
        else if (inSight(part, root) < 0.8) wrong(`${link.dataset.about}: ${inSight(part, root)} of it`);
        root.querySelector(".lx-tools button").click(); // Undo
        if (sweep.snapshot(root) !== before) wrong("undo does not bring back what was");
    }
    return report;
}"""


@pytest.mark.parametrize(
    "_size",
    [
        pytest.param("wide", marks=pytest.mark.browser_context_args(**WIDE)),
        pytest.param("phone", marks=pytest.mark.browser_context_args(**PHONE)),
    ],
)
def test_every_link_shows_what_it_is_about_beside_its_words(page, site, errors, record_property, _size):
    followed, wrong = 0, []
    for name in PAGES:
        page.goto(f"{site}chapters/{name}.html")
        if not page.locator("article a[data-about]").count():
            continue
        page.evaluate(SWEEP)
        report = page.evaluate(FOLLOW)
        wrong += [(name, one) for one in report["wrong"]]
        followed += report["followed"]
    assert (wrong, errors) == ([], [])
    record_property("links", followed)
    assert followed >= 80


CALL = """kind => {
    const link = [...document.querySelectorAll(`article a[href^="#${kind}?"]`)].at(-1);
    for (const press of document.querySelectorAll("button.toggle-button-hidden, .lx-open")) press.click();
    link.scrollIntoView({ block: "center", behavior: "instant" });
    link.click();
    return link.textContent;
}"""


@pytest.mark.browser_context_args(reduced_motion="reduce")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("forget_gate", "cell"),
        ("rnn_limits", "gradient"),
        ("input_gate", "memory"),
        ("output_gate", "sentence"),
    ],
)
def test_the_stage_and_the_sheet_are_accessible(page, site, errors, name, kind):
    for width, place in ((1280, "sticky"), (390, "fixed")):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"{site}chapters/{name}.html")
        page.evaluate(CALL, kind)
        root = page.locator(f"[data-explorer={kind}]")
        stands = root.evaluate("one => [getComputedStyle(one).position, one.getBoundingClientRect().bottom]")
        assert stands[0] in (place, "fixed") and stands[1] <= 845
        options = {"preload": False, "resultTypes": ["violations"]}
        found = Axe().run(page, f"[data-explorer={kind}]", options).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in grave] == []
        if width == 390:  # a link is a place in the order of keys, and so is the sheet
            page.keyboard.press("Escape")
            assert root.evaluate("one => getComputedStyle(one).position") != "fixed"


@pytest.fixture
def explorer(mount):
    return mount(CellExplorer("remember"))[0]


def press(explorer, name):
    explorer.locator(".lx-tools").get_by_role("button", name=name, exact=True).click()


def test_undo_and_redo_walk_over_whole_moves(page, explorer):
    states = [(weights(explorer), table(explorer))]
    for value in (1, 2, 3):  # one hand on one slider: one move
        move(explorer, "b_f", value)
    states.append((weights(explorer), table(explorer)))
    explorer.get_by_role("button", name="Count", exact=True).click()
    states.append((weights(explorer), table(explorer)))
    explorer.get_by_role("slider", name="input x at step 4").focus()
    page.keyboard.press("End")
    states.append((weights(explorer), table(explorer)))
    for state in states[-2::-1]:
        press(explorer, "Undo")
        assert (weights(explorer), table(explorer)) == state
    press(explorer, "Undo")
    assert "Nothing to undo" in explorer.locator(".lx-news").inner_text()
    for state in states[1:]:
        press(explorer, "Redo")
        assert (weights(explorer), table(explorer)) == state
    explorer.locator('input[name="b_f"]').focus()
    page.keyboard.press("Control+z")
    assert (weights(explorer), table(explorer)) == states[-2]
    assert_table_is_lstm_lib(explorer)


def line(explorer, part, name):
    ys = explorer.locator(f'[data-part="{name}"] > {part}').evaluate("e => [...e.points].map(({ y }) => y)")
    return np.array(ys)


@pytest.mark.browser_context_args(reduced_motion="reduce")
def test_behind_the_lines_stand_those_before_the_move_or_those_that_are_pinned(explorer):
    first = line(explorer, ".lx-line", "c")
    assert line(explorer, ".lx-was", "c").size == 0
    move(explorer, "b_f", 1)
    move(explorer, "b_f", -1)
    assert np.array_equal(line(explorer, ".lx-was", "c"), first)
    second = line(explorer, ".lx-line", "c")
    assert not np.allclose(second, first)
    press(explorer, "Pin as A")
    move(explorer, "u_f", 3)
    move(explorer, "b_o", 0)
    assert np.array_equal(line(explorer, ".lx-was", "c"), second)
    there = weights(explorer)
    press(explorer, "Swap A and B")
    assert np.array_equal(line(explorer, ".lx-line", "c"), second)
    press(explorer, "Swap A and B")
    assert weights(explorer) == there


LOOKS = [
    (CellExplorer("latch"), 'input[name="step"]'),
    (GradientExplorer(), 'input[name="k"]'),
    (MemoryExplorer(), '[role="slider"]'),
    (SentenceExplorer(), ".lx-chips button"),
    (SentenceExplorer(), 'input[name="cell"]'),
    (SentenceExplorer(), '[data-part="gate"] button'),
]


@pytest.mark.parametrize(("python", "part"), LOOKS, ids=["t", "k", "step", "at", "cell", "gate"])
def test_to_look_elsewhere_is_no_move(page, mount, python, part):
    (explorer,) = mount(python)
    look = """root => [...root.querySelectorAll(".lx-cursor, .lx-rule, .lx-at, .lx-own")]
        .map((one) => one.outerHTML)"""
    explorer.locator(f"{part}:is([tabindex='0'], [type='range'])").first.focus()
    before = explorer.evaluate(look)
    page.keyboard.press("ArrowRight" if part != 'input[name="k"]' else "ArrowLeft")
    if "gate" in part:
        page.keyboard.press("Enter")
    assert explorer.evaluate(look) != before
    press(explorer, "Undo")
    assert "Nothing to undo" in explorer.locator(".lx-news").inner_text()
    assert explorer.locator('.lx-presets [aria-pressed="true"]').count() == 1


def test_what_is_a_look_is_told_by_the_limits_alone(linked):
    page = linked("limits", "history")
    for kind, python in KINDS.items():
        limits, state = python.limits, python().state()
        moved = {name: limit for name, limit in limits.items() if not limit.get("fixed")}
        vocabulary = python.model.get("vocabulary", []) if hasattr(python, "model") else []
        for name, limit in moved.items():
            values = {"choice": limit.get("of"), "boolean": [True, False], "place": [1, 2]}
            low = limit.get("low", 1)
            usual = {"number": [low], "numbers": [[low] * 2], "words": [". ."], "places": [[1]]}
            some = (values | usual | {"forced": [[["f", 1, 1, 0.5]]]})[limit["type"]]
            other = next(value for value in some if value != state[name])
            told, preset = page.evaluate(
                """([limits, state, name, other, vocabulary]) => {
                    const presets = { own: { values: { [name]: state[name] } } };
                    const known = { limits, presets, vocabulary: new Set(vocabulary) };
                    const base = { ...state, preset: "own" };
                    const { state: next } = book.limits.settle(known, { [name]: other, preset: "own" }, base);
                    return [book.history.told(limits, base, next), next.preset];
                }""",
                [moved, state, name, other, vocabulary],
            )
            looks = limit.get("look", False)
            assert (told == "", preset == "own") == (looks, looks), (kind, name, told)


def test_what_a_preset_changed_is_said(explorer):
    explorer.get_by_role("button", name="Forget at once", exact=True).click()
    assert explorer.locator(".lx-news").inner_text() == "Changed: b_f 6 → −5."
    explorer.get_by_role("button", name="Reset").click()
    assert explorer.locator(".lx-news").inner_text() == "Changed: b_f −5 → 6."


def test_lines_set_anew_glide_there(page, mount):
    page.clock.install(time="2026-01-01T00:00:00")
    (explorer,) = mount(CellExplorer("remember"))
    page.clock.pause_at("2026-01-01T01:00:00")  # now time passes as this test says
    heights = [line(explorer, ".lx-line", "c")[4]]
    explorer.get_by_role("button", name="Forget at once", exact=True).click()
    for wait in (150, 400):
        page.clock.run_for(wait)
        heights.append(line(explorer, ".lx-line", "c")[4])
    assert heights[0] + 5 < heights[1] < heights[2] - 5


def test_the_axis_stays_while_a_thumb_is_held(page, mount):
    (explorer,) = mount(CellExplorer("count"))
    slider = explorer.locator('input[name="w_g"]')
    slider.scroll_into_view_if_needed()
    move(explorer, "w_g", 0.1)
    before = explorer.locator(".lx-ticks").text_content()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2, steps=5)
    assert weights(explorer)["w_g"] > 9
    assert explorer.locator(".lx-ticks").text_content() == before
    page.mouse.up()
    assert max(table(explorer)["c"]) > 3
    assert explorer.locator(".lx-ticks").text_content() != before


def test_a_part_of_the_diagram_chooses_its_sliders_line_and_equation(page, explorer):
    explorer.get_by_role("button", name="output gate o").click()
    chosen = explorer.locator(".lx-chosen").evaluate_all("all => all.map((one) => one.tagName)")
    assert sorted(chosen) == ["FIELDSET", "P", "g"]
    assert explorer.locator("fieldset.lx-chosen legend").inner_text().startswith("Output gate")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert explorer.locator("fieldset.lx-chosen legend").inner_text().startswith("Candidate")


@pytest.mark.browser_context_args(**PHONE)
def test_on_a_phone_a_sheet_shows_the_picture_and_the_slider_that_is_named(page, mount):
    far = "<p style='height: 2500px'>Text.</p>"
    link = '<p><a href="#cell?b_f=-2" data-about="c">let it leak</a></p>'
    (explorer,) = mount(CellExplorer("remember"), prose="<p>Text.</p>")
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", far + link + far)
    words = page.get_by_role("link", name="let it leak")
    words.tap()
    assert weights(explorer)["b_f"] == -2
    box = explorer.bounding_box()
    assert box["y"] > 844 / 2 and box["y"] + box["height"] <= 845
    assert words.bounding_box()["y"] < box["y"]
    visible = [name for name in weights(explorer) if explorer.locator(f'input[name="{name}"]').is_visible()]
    assert visible == ["b_f"]
    held = ranges(explorer)
    pull, w_o = explorer.locator(".lx-sheet-head button").first, explorer.locator('input[name="w_o"]')
    for said, more in ("All of it", True), ("Less", False), ("All of it", True):
        explorer.get_by_role("button", name=said).tap()
        assert w_o.is_visible() == more and pull.get_attribute("aria-expanded") == str(more).lower()
    page.keyboard.press("Escape")
    assert explorer.bounding_box()["y"] < 0 and ranges(explorer) == held
    assert pull.get_attribute("aria-expanded") == "false"


def test_a_number_in_the_words_sets_the_explorer_and_another_answers(page, mount):
    words = (
        '<p>With b_f = <span data-number="b_f" data-kind="cell">6.0</span> there is '
        '<span data-answer="c@12" data-kind="cell">0.93</span>, '
        '<span data-answer="c@12/c@2" data-kind="cell">98 %</span>.</p>'
    )
    (explorer,) = mount(CellExplorer("remember"), prose=words)
    number = page.get_by_role("spinbutton", name="b_f")

    def said():
        c = table(explorer)["c"]
        return [f"{c[11]:.2f}", f"{c[11] / c[1]:.0%}".replace("%", " %")]

    def answers():
        return page.locator("[data-answer]").all_inner_texts()

    assert number.input_value() == "6.0" and answers() == said()
    move(explorer, "b_f", 1.5)
    assert number.input_value() == "1.5" and answers() == said()
    number.fill("0,5")
    number.press("Enter")
    assert weights(explorer)["b_f"] == 0.5 and answers() == said()
    number.press("ArrowUp")
    assert weights(explorer)["b_f"] == pytest.approx(0.6)
    for bad in ("much", "99", ""):
        number.fill(bad)
        number.press("Enter")
        assert number.get_attribute("aria-invalid") == "true"
        assert weights(explorer)["b_f"] == pytest.approx(0.6)
    box = number.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 45, box["y"] + 5, steps=4)
    page.mouse.up()
    assert weights(explorer)["b_f"] == pytest.approx(2.6) and answers() == said()
    press(explorer, "Undo")
    assert weights(explorer)["b_f"] == pytest.approx(0.6)


def test_a_guess_is_placed_before_the_lines_are_seen(page, mount):
    words = (
        '<p><a href="#cell?b_f=0&amp;step=4" data-predict="c@4" data-about="c">halve it</a>.</p>'
        '<div class="lx-after"><p>It is 0.24.</p></div>'
    )
    (explorer,) = mount(CellExplorer("remember"), prose=words)
    assert not page.locator(".lx-after").is_visible()
    page.get_by_role("button", name="place your guess").click()
    memory = explorer.locator('[data-part="c"] > .lx-line')
    assert memory.evaluate("one => getComputedStyle(one).visibility") == "hidden"
    dot = explorer.get_by_role("slider", name="your guess for c at step 4")
    for _ in range(5):
        dot.press("ArrowUp")
    explorer.get_by_role("button", name="Show", exact=True).click()
    assert memory.evaluate("one => getComputedStyle(one).visibility") == "visible"
    assert "you said 0.50; it is 0.24" in page.locator("p").first.inner_text()
    assert page.locator(".lx-after").is_visible()
    assert f"{table(explorer)['c'][3]:.2f}" == "0.24"


def test_choices_are_a_guess_too_and_the_words_open_either_way(page, mount):
    words = (
        '<p><a href="#cell?preset=forget" data-predict="nothing|half" data-about="c">shut it</a></p>'
        '<div class="lx-after"><p>Nothing is left.</p></div>'
    )
    (explorer,) = mount(CellExplorer("remember"), prose=words)
    page.get_by_role("button", name="Show what happens").click()
    assert page.get_by_text("Nothing is left").is_visible()
    assert weights(explorer)["b_f"] == -5  # the picture shows what the words say
    assert not page.get_by_role("button", name="half").is_visible()  # it has been seen
    page.reload()
    page.get_by_role("button", name="half").click()
    assert weights(explorer)["b_f"] == -5 and page.get_by_text("Nothing is left").is_visible()
    assert "✗ It is nothing" in page.locator("p").first.inner_text()


def test_a_guess_is_about_what_the_link_means_and_opens_its_own_words_alone(page, mount):
    ask = '<p><a href="#cell?b_f=0&amp;step=4" data-predict="c@4" data-about="c">{}</a>.</p>'
    told = '<div class="lx-after"><p>{}.</p></div>'
    words = ask.format("one") + told.format("Number one") + ask.format("two") + told.format("Number two")
    (explorer,) = mount(CellExplorer("remember"), prose=words)
    for _ in range(3):
        page.get_by_role("link", name="one").click()
    assert page.get_by_text("Number one").is_visible() and not page.get_by_text("Number two").is_visible()
    explorer.get_by_role("button", name="Count", exact=True).click()  # something else, in between
    page.get_by_role("button", name="place your guess").click()
    explorer.get_by_role("button", name="Show", exact=True).click()
    assert "it is 0.24" in page.locator("p", has_text="two").first.inner_text()
    assert page.get_by_text("Number two").is_visible()


ASKED = (
    '<p><a href="#cell?b_f=1&amp;step=5" data-predict="c@5" data-about="c">let it leak</a>.</p>'
    '<div class="lx-after"><p>With <span data-number="b_f" data-kind="cell">1.0</span> it is '
    '<span data-answer="c@5" data-kind="cell">0.37</span>.</p></div>'
    '<p><a href="#cell?b_f=5" data-about="c">open it</a>, and '
    '<span data-answer="c@5" data-kind="cell">0.93</span> is left.</p>'
)
# What is seen of an explorer: its drawn shapes by the class of what they belong to, and its text
SEEN = """root => {
    const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const shapes = [...root.querySelectorAll("polyline, polygon, path")].filter((one) => shown(one) &&
        (one.getAttribute("points") || one.getAttribute("d")));
    const parts = shapes.map((one) => one.closest("[data-part], .lx-layers, .lx-half, .lx-diagram"));
    const names = parts.map((part) => part?.dataset.part ?? part?.getAttribute("class") ?? "");
    const values = [...root.querySelectorAll("[data-value]")].filter(shown).length;
    return [[...new Set(names)].sort(), root.innerText, values, root.querySelector(".lx-spoken").textContent];
}"""


def guess(page, k=0):
    page.get_by_role("button", name="place your guess").nth(k).click()


def test_nothing_says_the_answer_while_it_is_guessed(page, mount):
    (explorer,) = mount(CellExplorer("remember", focus="forget"), prose=ASKED)
    explorer.get_by_role("button", name="Where c comes from").click()
    explorer.get_by_text("Numbers", exact=True).click()
    guess(page)
    page.wait_for_timeout(900)  # it would have spoken
    parts, text, values, spoken = explorer.evaluate(SEEN)
    assert set(parts) <= {"", "f", "i", "o"} and values == 0
    answer = f"{table(explorer)['c'][4]:.2f}"
    assert answer == "0.37" and answer not in text + spoken + page.locator("p").first.inner_text()
    assert "half-life" not in text and "from step" not in text and "percent" not in spoken
    assert page.locator("[data-answer]").all_text_contents() == ["0.37", "0.93"]  # folded; as printed
    assert not page.locator(".lx-after").is_visible()
    explorer.get_by_role("button", name="Show", exact=True).click()
    parts, text, values, _ = explorer.evaluate(SEEN)
    assert {"c", "h", "g", "layers", "diagram"} <= set(parts) and answer in text and values > 0


def test_another_link_ends_a_guess(page, mount):
    (explorer,) = mount(CellExplorer("remember"), prose=ASKED)
    guess(page)
    assert "c" not in explorer.evaluate(SEEN)[0]
    page.get_by_role("link", name="open it").click()
    assert {"c", "diagram"} <= set(explorer.evaluate(SEEN)[0])
    assert not explorer.locator(".lx-guess").count()


def test_without_a_guess_nobody_is_said_to_have_made_one(page, mount):
    (explorer,) = mount(CellExplorer("remember"), prose=ASKED)
    guess(page)
    explorer.get_by_role("button", name="Show", exact=True).click()
    assert page.locator("p").first.inner_text() == "let it leak (it is 0.37)."
    assert not explorer.locator(".lx-guess").count()


def dot_at(explorer):
    return float(explorer.locator(".lx-guess").get_attribute("aria-valuenow"))


@pytest.mark.parametrize(
    "hand", ["mouse", pytest.param("finger", marks=pytest.mark.browser_context_args(**PHONE))]
)
def test_the_dot_is_dragged_by_a_mouse_and_by_a_finger(page, mount, hand):
    (explorer,) = mount(CellExplorer("remember"), prose=ASKED)
    guess(page)
    dot = explorer.locator(".lx-guess")
    box = dot.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate("scrollY")
    if hand == "mouse":
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 3, y - 20, steps=5)
        page.mouse.up()
    else:
        finger(page, (x, y), *[(x, y - 2 * k) for k in range(1, 11)])
    assert 0.3 < dot_at(explorer) < 0.7 and page.evaluate("scrollY") == before
    explorer.get_by_role("button", name="Show", exact=True).click()
    assert f"you said {dot_at(explorer):.2f}; it is 0.37" in page.locator("p").first.inner_text()


def test_what_happens_is_shown_in_the_picture_and_a_sentence_says_its_own_numbers(page, mount):
    (explorer,) = mount(CellExplorer("remember"), prose=ASKED)
    answers = page.locator("[data-answer]")
    number = page.get_by_role("spinbutton", name="b_f")
    move(explorer, "b_f", -3)  # no setting of theirs
    assert answers.all_text_contents() == ["0.37", "0.93"]
    page.get_by_role("button", name="Show what happens").click()
    assert weights(explorer)["b_f"] == 1 and number.input_value() == "1.0"
    move(explorer, "b_f", 2)  # its own number
    assert number.input_value() == "2.0" and answers.first.text_content() == f"{table(explorer)['c'][4]:.2f}"
    move(explorer, "w_g", 1)  # of which it says nothing
    assert number.input_value() == "1.0" and answers.all_text_contents() == ["0.37", "0.93"]
    number.press("ArrowUp")  # the sentence is set, with this number
    assert (weights(explorer)["b_f"], weights(explorer)["w_g"]) == (1.1, 2)
    assert number.input_value() == "1.1" and answers.first.text_content() != "0.37"
    page.get_by_role("link", name="open it").click()  # that is another sentence
    assert number.input_value() == "1.0" and answers.all_text_contents() == ["0.37", "0.93"]


# Follow every link; of each sentence note what it says then
SAY = """async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const all = [...document.querySelectorAll("[data-answer], [data-number]")];
    const text = (one) => one.querySelector("input")?.value ?? one.textContent;
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const printed = [...page.querySelectorAll("[data-answer], [data-number]")].map((one) => one.textContent);
    const wrong = [];
    const look = (when) => all.forEach((one, k) =>
        text(one) === printed[k] || wrong.push(`${when}: ${text(one)} in place of ${printed[k]}`));
    look("at first");
    const kinds = new Set(all.map((one) => one.dataset.kind));
    for (const kind of kinds) for (const link of document.querySelectorAll(`article a[href^="#${kind}?"]`)) {
        link.click();
        look(link.textContent);
    }
    let live = 0;
    for (const one of document.querySelectorAll("[data-number]")) {
        const answers = () => [...one.closest("p, li").querySelectorAll("[data-answer]")].map(text).join();
        const before = answers();
        const input = one.querySelector("input");
        let moved = false;
        for (const key of ["ArrowUp", "ArrowDown", "PageDown", "PageUp", "PageUp"]) {
            input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            if (key === "ArrowDown" && answers() !== before) wrong.push(`${answers()} after ${before}`);
            moved ||= key.startsWith("Page") && answers() !== before;
        }
        live += moved;
    }
    return [wrong, all.length, live, document.querySelectorAll("[data-number]").length];
}"""


def test_no_sentence_of_the_book_says_another_number_than_its_own(page, site, errors):
    count = 0
    for name in PAGES:
        page.goto(f"{site}chapters/{name}.html")
        if not page.locator("[data-answer]").count():
            continue
        wrong, spans, live, numbers = page.evaluate(SAY)
        assert (wrong, errors) == ([], []), name
        assert live == numbers, name  # and each moves what it says
        count += spans
    assert count >= 30


FAR = "<p style='height: 1400px'>Text.</p>"
TOLD = '<p><a href="#cell?b_f=-2" data-about="c">let it leak</a></p>'


@pytest.fixture
def called(page, mount):
    """Call the explorer to the foot of a phone, from words far below it, before a heading; gives it."""
    (explorer,) = mount(CellExplorer("remember", focus="forget", goals=["half-gone"]), prose="<p>Text.</p>")
    below = FAR + TOLD + "<p style='height: 300px'>More.</p><h2>Next</h2>" + FAR + "<h2>Last</h2>" + FAR
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", below)
    page.get_by_role("link", name="let it leak").tap()
    return explorer


def at_foot(explorer):
    return explorer.evaluate("one => getComputedStyle(one).position") == "fixed"


def scroll_to(page, selector, block="start"):
    there = "(one, block) => one.scrollIntoView({ block, behavior: 'instant' })"
    page.locator(selector).last.evaluate(there, block)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.browser_context_args(**PHONE)
def test_the_sheet_goes_at_the_next_heading_and_comes_back_when_asked(page, called):
    assert at_foot(called)
    page.evaluate("scrollBy({ top: 60, behavior: 'instant' })")
    page.wait_for_timeout(100)
    assert at_foot(called)  # the words are still there
    scroll_to(page, "h2:first-of-type")
    assert not at_foot(called)
    back = page.get_by_role("button", name="Show the explorer again")
    back.tap()
    assert at_foot(called) and not back.is_visible()
    page.evaluate("scrollBy({ top: 100, behavior: 'instant' })")
    page.wait_for_timeout(100)
    assert at_foot(called)
    scroll_to(page, "h2")
    assert not at_foot(called) and back.is_visible()
    scroll_to(page, "[data-explorer]", "center")
    assert not back.is_visible()  # it is there


@pytest.mark.browser_context_args(**PHONE)
def test_the_place_that_it_left_says_where_it_is(page, called):
    for end in ("::before", "::after"):
        content = "(one, end) => getComputedStyle(one.parentElement, end).content"
        assert "at the foot" in called.evaluate(content, end)


@pytest.mark.browser_context_args(**PHONE)
def test_a_sheet_that_grows_leaves_the_words_in_sight(page, called):
    words = page.get_by_role("link", name="let it leak")
    called.evaluate("one => { one.style.minHeight = '60vh'; one.style.maxHeight = '60vh'; }")
    page.wait_for_timeout(200)
    assert words.bounding_box()["y"] + words.bounding_box()["height"] <= called.bounding_box()["y"]


@pytest.mark.browser_context_args(**PHONE)
def test_back_to_top_does_not_lie_on_the_sheet(page, site):
    page.goto(f"{site}chapters/forget_gate.html")
    page.locator('article a[href^="#cell?"]').nth(1).tap()
    explorer, top = page.locator("[data-explorer=cell]"), page.locator("#pst-back-to-top")
    for by in (40, -40):
        page.evaluate("by => scrollBy({ top: by, behavior: 'instant' })", by)
        page.wait_for_timeout(300)
    assert at_foot(explorer) and not top.is_visible()
    explorer.get_by_role("button", name="Put it back into the page").tap()
    for by in (300, -100):
        page.evaluate("by => scrollBy({ top: by, behavior: 'instant' })", by)
        page.wait_for_timeout(300)
    assert top.is_visible()


@pytest.mark.parametrize(("colours", "wide"), [("none", 1280), ("active", 390)])
def test_a_link_that_acts_looks_unlike_one_that_leads_away(page, site, colours, wide):
    page.emulate_media(forced_colors=colours)
    page.set_viewport_size({"width": wide, "height": 844})
    page.goto(f"{site}chapters/rnn_limits.html")
    looks = """all => [...new Set(all.map((one) => getComputedStyle(one).textDecorationStyle))]"""
    assert page.locator('article p a[href*="?"][data-about]').evaluate_all(looks) == ["dotted"]
    assert page.locator('article p a[href*="glossary"]').evaluate_all(looks) == ["solid"]


def test_only_what_was_touched_is_a_setting_of_ones_own(mount):
    (explorer,) = mount(CellExplorer("remember", w_g=1.5))
    look = explorer.locator(".lx-look")
    assert look.inner_text().strip() == ""
    explorer.get_by_role("button", name="one step on").click()  # to look is not to touch
    assert look.inner_text().strip() == ""
    move(explorer, "w_g", 1)
    assert look.inner_text().startswith("Your own setting")
    explorer.get_by_role("button", name="Reset").click()
    assert look.inner_text().strip() == ""
    explorer.get_by_role("button", name="Count", exact=True).click()
    assert look.inner_text().startswith("Each 1 in the input")


@pytest.mark.browser_context_args(**PHONE)
@pytest.mark.parametrize(
    ("python", "slider"),
    [
        (CellExplorer("remember", focus="forget", goals=["half-gone", "hold-then-clear"]), "b_f"),
        (CellExplorer("mixed", goals=["latch", "draw"]), "b_f"),
        (MemoryExplorer("add", goals=["one-gate"]), "hold_f"),
        (GradientExplorer(goals=["rnn-edge"]), "u"),
        (SentenceExplorer(goals=["doubt"]), "scale_f"),
    ],
    ids=["forget", "cell", "memory", "gradient", "sentence"],
)
def test_on_a_phone_a_goal_keeps_its_box_and_its_slider_in_reach(page, mount, python, slider):
    (explorer,) = mount(python)
    goal = explorer.locator(".lx-goal")

    def fits():
        return (
            goal.evaluate(
                """goal => [goal, ...goal.querySelectorAll("*")].every((one) =>
                one.closest(".lx-one-of, .lx-spoken")
                    || one.getBoundingClientRect().right <= innerWidth - 12)"""
            )
            and page.evaluate("document.documentElement.scrollWidth") <= 390
        )

    assert fits()
    for name in ("Start", "Hint", "Solution"):
        goal.get_by_role("button", name=name, exact=True).click()
        assert fits(), name
    there = explorer.locator(f'input[name="{slider}"]').bounding_box()
    assert 0 < there["y"] - goal.bounding_box()["y"] < 700 and there["width"] > 90


@pytest.mark.browser_context_args(**PHONE)
def test_figures_keep_their_shape_on_a_phone(page, site):
    page.goto(f"{site}chapters/rnn_limits.html")
    shapes = page.locator("article figure img").evaluate_all(
        """all => Promise.all(all.map(async (one) => {
            one.loading = "eager";
            await one.decode();
            return [one.width / one.height, one.naturalWidth / one.naturalHeight];
        }))"""
    )
    assert shapes and all(shown == pytest.approx(own, rel=0.02) for shown, own in shapes)
