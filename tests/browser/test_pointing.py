"""Mouse and finger on an explorer: what changes, what only looks, and what stays where it is."""

import pytest
from hands import finger, middle, ranges, table

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.quiz import Quiz

KINDS = [CellExplorer, GradientExplorer, SentenceExplorer, MemoryExplorer]
BARS = [(CellExplorer, "input x at step 5", 2.0), (MemoryExplorer, "number at step 5", 1.0)]
PHONE = pytest.mark.browser_context_args(
    viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_moves_under_the_hand_whatever_stood_above(page, mount, kind, width):
    page.set_viewport_size({"width": width, "height": 900})
    (explorer,) = mount(kind())
    held, moved = explorer.evaluate(
        """root => {
            const hand = [...root.querySelectorAll('input[type="range"], [role="slider"]')];
            const places = () => hand.map((one) => one.getBoundingClientRect().y);
            const presets = [...root.querySelectorAll(".lx-presets button[aria-pressed]")];
            const moved = [];
            for (const preset of presets) {
                for (const [k, input] of hand.entries()) {
                    if (!input.matches("input")) continue;
                    preset.click();
                    const before = places();
                    for (const value of [input.min, input.max]) {
                        input.value = value;
                        input.dispatchEvent(new Event("input", { bubbles: true }));
                        const by = places().map((y, j) => Math.abs(y - before[j]));
                        if (Math.max(...by) > 0.5) moved.push([preset.textContent, input.name, ...by]);
                    }
                }
            }
            return [hand.length * presets.length, moved];
        }"""
    )
    assert held >= 20
    assert moved == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("kind", "name", "top"), BARS)
def test_a_bar_follows_the_mouse_from_the_first_move(page, mount, kind, name, top, width):
    page.set_viewport_size({"width": width, "height": 900})
    (explorer,) = mount(kind())
    bar = explorer.get_by_role("slider", name=name)
    x, y = middle(bar)
    box = bar.bounding_box()
    page.mouse.move(x, y)
    page.mouse.down()
    heights = []
    for share in (0.3, 0.6, 1.2):
        page.mouse.move(x, y - share * box["height"] / 2)
        heights.append(float(bar.get_attribute("aria-valuenow")))
        now = bar.bounding_box()  # with the line around what is held
        assert now["y"] + now["height"] / 2 == pytest.approx(y, abs=0.1)
    page.mouse.up()
    low = top - 2 * (top - (0 if kind is CellExplorer else 0.5))
    for share, value in zip((0.3, 0.6), heights, strict=False):
        assert value == pytest.approx((top + low) / 2 + share * (top - low) / 2, abs=0.16 * (top - low))
    assert heights[-1] == top


@pytest.mark.parametrize("button", ["left", "middle", "right"])
@pytest.mark.parametrize(("kind", "name", "top"), BARS)
def test_a_click_on_a_bar_looks_and_changes_nothing(page, mount, kind, name, top, button):
    (explorer,) = mount(kind())
    before = [value for label, value in ranges(explorer) if label != "step"]
    look = explorer.locator(".lx-cursor").get_attribute("x")
    x, y = middle(explorer.get_by_role("slider", name=name))
    page.mouse.click(x, y - 15, button=button)
    assert [value for label, value in ranges(explorer) if label != "step"] == before
    assert (explorer.locator(".lx-cursor").get_attribute("x") != look) == (button == "left")


PICTURES = [
    (CellExplorer, ".lx-picture svg", "step"),
    (GradientExplorer, ".lx-picture svg", "k"),
    (MemoryExplorer, ".lx-picture svg", None),
    (MemoryExplorer, ".lx > svg, .lx-picture ~ svg", None),
    (MemoryExplorer, ".lx-map", None),
    (SentenceExplorer, ".lx-map", None),
]


@pytest.mark.parametrize(("kind", "picture", "slider"), PICTURES)
def test_a_click_on_a_picture_looks_at_what_lies_there(page, mount, kind, picture, slider):
    (explorer,) = mount(kind())
    panel = explorer.locator(picture).first

    def seen_anywhere():  # but for what is left of each word at the one that is looked at
        return {name: column for name, column in table(explorer).items() if not name.startswith("left")}

    numbers = seen_anywhere()
    steps = len(next(iter(numbers.values())))
    looked = []
    for share in (0.3, 0.8):
        x, y = middle(panel)
        box = panel.bounding_box()
        page.mouse.click(box["x"] + share * box["width"], y - 0.1 * box["height"])
        cursor = explorer.locator(".lx-rule, .lx-cursor, .lx-at").first.bounding_box()
        assert abs(cursor["x"] + cursor["width"] / 2 - box["x"] - share * box["width"]) <= max(
            4, cursor["width"] / 2 + 1
        )
        if slider:
            looked.append(int(explorer.locator(f'input[name="{slider}"]').input_value()))
    assert seen_anywhere() == numbers
    if slider:
        at = [0.7, 0.2] if slider == "k" else [0.3, 0.8]  # k counts back from the right
        assert looked == pytest.approx([part * steps for part in at], abs=0.05 * steps + 1)


def test_pointing_at_a_word_shows_it_and_a_click_chooses_it(page, mount):
    (explorer,) = mount(SentenceExplorer())
    said = explorer.locator(".lx-cell")
    chosen = explorer.locator(".lx-chips button[aria-pressed=true]")
    explorer.get_by_role("button", name="enemy").click()
    box = explorer.locator(".lx-map").first.bounding_box()
    words = len(explorer.locator(".lx-chips button").all())
    page.mouse.move(box["x"] + 6.5 / words * box["width"], box["y"] + 10)
    assert "At “died”" in said.inner_text()
    assert chosen.all_inner_texts() == ["enemy"]
    page.mouse.move(*middle(explorer.locator(".lx-probs")), steps=5)  # across the maps below
    assert "At “enemy”" in said.inner_text()
    assert chosen.all_inner_texts() == ["enemy"]


@pytest.mark.parametrize(
    ("kind", "parts", "chosen"),
    [(SentenceExplorer, ".lx-chips button", '[aria-pressed="true"]'), (CellExplorer, ".lx-hit", None)],
)
def test_the_tab_key_passes_by_and_the_arrows_choose(page, mount, kind, parts, chosen):
    (explorer,) = mount(kind())
    explorer.locator(parts).nth(3).click()
    stops = explorer.locator(parts).evaluate_all("all => all.map((one) => one.tabIndex)")
    assert [k for k, stop in enumerate(stops) if stop == 0] == [3]
    page.keyboard.press("ArrowRight")
    stops = explorer.locator(parts).evaluate_all("all => all.map((one) => one.tabIndex)")
    assert [k for k, stop in enumerate(stops) if stop == 0] == [4]
    assert explorer.locator(parts).nth(4).evaluate("one => one === document.activeElement")
    before = ranges(explorer)
    for _ in range(6):
        page.keyboard.press("Tab")
    assert ranges(explorer) == before


@PHONE
@pytest.mark.parametrize("kind", KINDS)
def test_a_finger_scrolls_the_page_from_every_slider_and_bar(page, mount, kind):
    (explorer,) = mount(kind(), prose="<p style='height: 1200px'>Text.</p>")
    before = ranges(explorer)
    parts = explorer.locator('input[type="range"], [role="slider"]')
    seen = [one for one in parts.all() if one.is_visible()]
    assert len(seen) >= 5
    for one in seen if len(seen) < 15 else seen[::2]:
        x, y = middle(one)
        at = page.evaluate("scrollY")
        finger(page, (x, y), (x + 1, y + 12), (x + 2, y + 40), (x + 3, y + 90))
        page.wait_for_function("at => scrollY < at - 20", arg=at)
        assert ranges(explorer) == before


@PHONE
@pytest.mark.parametrize(
    ("kind", "name"), [(CellExplorer, "b_f"), (GradientExplorer, "u"), (MemoryExplorer, "scale_f")]
)
def test_a_finger_moves_a_slider_along_and_by_a_tap(page, mount, kind, name):
    (explorer,) = mount(kind())
    slider = explorer.locator(f'input[name="{name}"]')
    x, y = middle(slider)
    wide = slider.bounding_box()["width"]
    low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
    finger(page, (x, y), (x + 10, y + 1), (x + 0.3 * wide, y + 2))
    assert float(slider.input_value()) == pytest.approx(low + 0.8 * (high - low), abs=0.1 * (high - low))
    finger(page, (x - 0.3 * wide, y))
    page.wait_for_function(
        "([name, most]) => document.querySelector(`input[name='${name}']`).value < most",
        arg=[name, low + 0.4 * (high - low)],
    )


@PHONE
@pytest.mark.parametrize(("kind", "name", "top"), BARS)
def test_a_finger_chooses_a_bar_and_then_drags_it(page, mount, kind, name, top):
    (explorer,) = mount(kind(), prose="<p style='height: 1200px'>Text.</p>")
    bar = explorer.get_by_role("slider", name=name)
    before = table(explorer)["x"]
    x, y = middle(bar)
    scrolled = page.evaluate("scrollY")
    finger(page, (x, y))
    page.wait_for_function("name => document.activeElement.ariaLabel === name", arg=name)
    assert table(explorer)["x"] == before
    look = explorer.locator(".lx-cursor").bounding_box()
    assert look["x"] == pytest.approx(bar.bounding_box()["x"], abs=1)
    edge = bar.bounding_box()["y"] + 2
    finger(page, (x, y), (x, (y + edge) / 2), (x, edge))
    assert table(explorer)["x"] == [*before[:4], top, *before[5:]]
    assert page.evaluate("scrollY") == scrolled  # the finger moved the bar, not the page


QUESTION = {"ask": "?", "choices": [["a", "."], ["b", "."]], "right": 0}


@pytest.mark.parametrize("kind", [*KINDS, lambda: Quiz([QUESTION])])
def test_keys_stay_in_an_explorer_but_for_those_that_lead_out(page, mount, kind):
    (explorer,) = mount(kind())
    heard = explorer.evaluate(
        """root => {
            const heard = [];
            for (const name of ["keydown", "keypress", "keyup"]) {
                document.addEventListener(name, ({ key }) => heard.push(key));
                for (const one of root.querySelectorAll("button, input, summary, select, [tabindex]")) {
                    for (const key of ["d", "m", "a", "Enter", " ", "ArrowDown", "x", "0", "Shift"]) {
                        one.dispatchEvent(new KeyboardEvent(name, { key, bubbles: true, cancelable: true }));
                    }
                }
            }
            return heard;
        }"""
    )
    assert heard == []
    passing = explorer.evaluate(
        """root => {
            const heard = [];
            document.addEventListener("keydown", ({ key }) => heard.push(key));
            const one = root.querySelector("button");
            const plain = [{ key: "Tab" }, { key: "Escape" }];
            const chords = [...plain, { key: "s", ctrlKey: true }, { key: "k", metaKey: true }];
            for (const chord of chords) {
                one.dispatchEvent(new KeyboardEvent("keydown", { ...chord, bubbles: true }));
            }
            return heard;
        }"""
    )
    assert passing == ["Tab", "Escape", "s", "k"]
