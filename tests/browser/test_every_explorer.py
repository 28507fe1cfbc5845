"""What holds for every explorer without a kernel, each on a page of its own."""

import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hands import KINDS, move, some_quiz, table

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer


def test_what_is_beside_the_picture_is_written_in_turn_while_a_thumb_is_held(page, mount):
    (explorer,) = mount(CellExplorer())
    page.set_viewport_size({"width": 1280, "height": 1600})  # all of it can be seen
    thumb = explorer.locator('input[name="b_f"]')
    box = thumb.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    shown = """(input, values) => values.map((value) => {
        input.value = value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        const root = input.closest(".lx");
        return [".lx-equations", ".lx-diagram"].map((part) => root.querySelector(part).textContent);
    })"""
    moves = thumb.evaluate(shown, [1.5, 0.5, -0.5, 1, 2, 1.75, 0.25, 3])  # in one task: no rest between
    changed = [
        tuple(a != b for a, b in zip(*pair, strict=True)) for pair in zip(moves, moves[1:], strict=False)
    ]
    assert {(True, False), (False, True)} <= set(changed) and (True, True) not in changed
    page.mouse.up()
    (ended,) = thumb.evaluate(shown, [3])
    assert all(part not in moves[-2] for part in ended)  # both of the last move


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
    page.wait_for_function(  # the hand rests
        """([root, numbers]) => {
            const now = [...root.querySelectorAll("td")].map((cell) => cell.dataset.value);
            return now.join() !== numbers.join();
        }""",
        arg=[explorer.element_handle(), numbers],
    )
    rested = table(explorer)
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


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(page, mount, kind):
    (explorer,) = mount(kind())
    explorer.evaluate("root => { for (const fold of root.querySelectorAll('details')) fold.open = true; }")
    for scheme, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast", "link-in-text-block"]})):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", scheme)
        options = {"resultTypes": ["violations"], **rules}
        found = Axe().run(page, "[data-explorer]", options).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [(scheme, one["id"], one["nodes"][0]["html"]) for one in grave] == []


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
        page.keyboard.press("Shift+Tab")  # who holds a gate makes its other sliders dead: those come first so
        here = page.evaluate("[document.activeElement.type, document.activeElement.name]")
        if here[0] != "range":
            continue
        before = page.evaluate("document.activeElement.value")
        seen = set()
        for key in ("Home", "ArrowRight"):
            page.keyboard.press(key)
            seen.add(page.evaluate("document.activeElement.value"))
        if seen != {before}:
            moved.add(here[1])
    assert moved >= set(names) - {"step"}


# What has the focus: its place among the controls, "before" or "after" the explorer, or another stop within
PARTS = """[...root.querySelectorAll("button, input, select, summary, [role=slider], [role=checkbox]")]"""
FOCUS = """root => {
    const [one, controls] = [document.activeElement, PARTS];
    if (controls.includes(one)) return controls.indexOf(one);
    return root.contains(one) ? one.tagName : one.name ?? "nothing";
}""".replace("PARTS", PARTS)
IN_USE = """root => PARTS.map((one, k) => [one, k])
    .filter(([one]) => one.checkVisibility() && !one.disabled).map(([, k]) => k)""".replace("PARTS", PARTS)


@pytest.mark.parametrize("kind", KINDS)
def test_by_tab_and_arrows_alone_every_part_is_reached_and_left(page, mount, kind):
    (explorer,) = mount(kind(), prose='<button name="before">before</button>')
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button name=after>after</button>')")
    page.locator("[name=before]").focus()
    reached, stops = set(), 0
    while stops < 150:
        page.keyboard.press("Tab")
        here = explorer.evaluate(FOCUS)
        if here == "after":
            break
        stops += 1
        if page.evaluate("document.activeElement.matches('details:not([open]) > summary')"):
            page.keyboard.press("Enter")  # unfolds it
        for arrow in ("ArrowLeft", "ArrowRight"):  # which lead to the others of its group
            first, group = here, set()
            while here not in group:
                group.add(here)
                page.keyboard.press(arrow)
                here = explorer.evaluate(FOCUS)
            assert group & {"before", "after", "nothing"} == set()
            reached |= group
            if here == first and len(group) > 1:
                break  # round and round
    assert here == "after"
    assert {*explorer.evaluate(IN_USE)} - reached == set()
    while explorer.evaluate(FOCUS) != "before":  # and the way back is as short
        page.keyboard.press("Shift+Tab")
        stops -= 1
        assert stops >= -2


LINKS = [
    (CellExplorer, "cell?b_f=-2", "c"),
    (GradientExplorer, "gradient?b_f=3", "full"),
    (MemoryExplorer, "memory?step=4", "answer"),
    (SentenceExplorer, "sentence?at=3", "next"),
]


@pytest.mark.browser_context_args(reduced_motion="reduce")
@pytest.mark.parametrize(("kind", "query", "about"), LINKS)
def test_by_keys_alone_the_sheet_is_opened_used_and_left(page, mount, kind, query, about):
    page.set_viewport_size({"width": 390, "height": 844})
    link = f'<p><a href="#{query}" data-about="{about}">move it</a></p><p style="height: 2500px">Text.</p>'
    (explorer,) = mount(kind(), prose=link)
    stands = "root => root.classList.contains('lx-sheet')"
    within = """root => {
        const { top, bottom } = document.activeElement.getBoundingClientRect();
        return root.contains(document.activeElement) && top >= 0 && bottom <= innerHeight;
    }"""
    on_the_link = "document.activeElement.textContent === 'move it'"
    page.keyboard.press("Tab")
    for leave in ("Escape", "close", "Shift+Tab"):
        assert page.evaluate(on_the_link)
        page.keyboard.press("Enter")
        assert explorer.evaluate(stands)
        page.keyboard.press("Tab")
        assert explorer.evaluate(within)
        page.keyboard.press("Enter")  # All of it
        assert explorer.evaluate("root => root.classList.contains('lx-pulled')")
        page.keyboard.press("Tab")
        assert explorer.evaluate(within)
        if leave == "close":
            page.keyboard.press("Enter")
        elif leave == "Escape":
            for _ in range(3):
                page.keyboard.press("Tab")
                assert explorer.evaluate(within)
            page.keyboard.press("Escape")
        else:
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Shift+Tab")
            assert page.evaluate(on_the_link)
            page.keyboard.press("Escape")
        assert not explorer.evaluate(stands)


@pytest.mark.parametrize("kind", KINDS[:4])
def test_printed_it_shows_the_picture_without_the_buttons(page, mount, kind):
    (explorer,) = mount(kind())
    page.emulate_media(media="print")
    picture = explorer.locator("svg, canvas").first.bounding_box()
    assert min(picture["width"], picture["height"]) > 50
    assert not explorer.get_by_role("button", name="Reset").is_visible()
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("kind", KINDS[:4])
def test_the_first_picture_stands_where_the_module_fails(page, mount, errors, kind):
    page.add_init_script("delete window.ResizeObserver;")  # as in a browser too old for the module
    (explorer,) = mount(kind())
    assert explorer.locator("svg").is_visible()
    assert "With JavaScript" in explorer.locator("figcaption").inner_text()
    assert page.locator("input").count() == 0
    assert len(errors) == 1 and "ResizeObserver" in errors.pop()


def test_one_explorer_that_fails_stops_no_other(page, mount, errors):
    page.add_init_script("delete window.ResizeObserver;")  # the cell needs it, the quiz does not
    cell, quiz = mount(CellExplorer(), some_quiz())
    assert len(errors) == 1 and "ResizeObserver" in errors.pop()
    assert cell.locator("svg").is_visible()
    quiz.get_by_role("button", name="the memory").click()
    assert "1 of 2 right" in quiz.inner_text()


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
