"""How an explorer looks in unusual places: long numbers, few colours, paper, no style sheet."""

import io

import numpy as np
import pypdfium2
import pytest
from hands import KINDS
from PIL import Image

from lstm_book.explorers import CellExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.quiz import Quiz


def pixels(picture):
    """Read a PNG as an array of greys, 0 to 1."""
    return np.asarray(Image.open(io.BytesIO(picture)).convert("L")) / 255


@pytest.mark.parametrize("width", [1280, 700, 390])
@pytest.mark.parametrize("inside", [610, 686, None])
def test_no_equation_is_cut(page, mount, width, inside):
    page.set_viewport_size({"width": width, "height": 900})
    if inside and inside > width:
        inside = width - 40
    (explorer,) = mount(CellExplorer())
    if inside:  # as wide as a chapter leaves it
        explorer.evaluate("(root, width) => { root.parentElement.style.width = `${width}px`; }", inside)
        page.wait_for_function(
            "() => document.querySelector('.lx-picture svg').viewBox.baseVal.width "
            "<= document.querySelector('.lx-picture').clientWidth"
        )
    seen, cut = explorer.evaluate(
        """root => {
            const step = root.querySelector('input[name="step"]');
            const to = (input, value) => {
                input.value = value;
                input.dispatchEvent(new Event("input", { bubbles: true }));
            };
            const cut = [];
            let seen = 0;
            const look = () => {
                for (let t = 1; t <= step.max; t++) {
                    to(step, t);
                    for (const box of root.querySelectorAll(".lx-equations .lx-live")) {
                        seen++;
                        if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 2) {
                            cut.push(box.textContent);
                        }
                    }
                }
            };
            for (const preset of root.querySelectorAll(".lx-presets button[aria-pressed]")) {
                preset.click();
                look();
            }
            for (const bar of root.querySelectorAll(".lx-hit")) {
                bar.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true }));
            }
            for (const input of root.querySelectorAll("input")) if (input !== step) to(input, -10);
            look();
            return [seen, cut];
        }"""
    )
    assert seen >= 7 * 12 * 6
    assert cut == []


@pytest.mark.parametrize("width", [1280, 390])
def test_bars_answers_and_maps_share_their_edges(page, mount, width):
    page.set_viewport_size({"width": width, "height": 900})
    (explorer,) = mount(MemoryExplorer())
    off, steps = explorer.evaluate(
        """root => {
            const all = [...root.querySelectorAll("button")];
            const named = (text) => all.find((one) => one.textContent === text);
            const off = [];
            const look = () => {
                const hits = [...root.querySelectorAll(".lx-hit")].map((one) => one.getBoundingClientRect());
                const [map] = [...root.querySelectorAll(".lx-map")].map((one) => one.getBoundingClientRect());
                const line = root.querySelector(".lx-line");
                const matrix = line.getScreenCTM();
                const answers = [...line.points].map((point) => point.matrixTransform(matrix).x);
                hits.forEach(({ left, right }, k) => {
                    const middle = map.left + map.width * (k + 0.5) / hits.length;
                    off.push(Math.abs((left + right) / 2 - middle), Math.abs(answers[k] - middle));
                });
                return hits.length;
            };
            const steps = new Set();
            for (const [name, times] of [["One step less", 14], ["One step more", 38]]) {
                for (let n = 0; n < times; n++) {
                    named(name).click();
                    steps.add(look());
                }
            }
            return [Math.max(...off), [...steps]];
        }"""
    )
    assert sorted(steps) == list(range(2, 41))
    assert off <= 1


def test_forced_colours_show_what_is_pressed_chosen_and_likely(page, mount):
    page.emulate_media(forced_colors="active", color_scheme="dark")
    (explorer,) = mount(SentenceExplorer())
    canvas = page.evaluate(
        "() => { document.body.style.backgroundColor = 'Canvas'; "
        "return getComputedStyle(document.body).backgroundColor; }"
    )
    colour = "one => getComputedStyle(one).backgroundColor"
    for group in (".lx-presets button", ".lx-chips button"):
        pressed = explorer.locator(f'{group}[aria-pressed="true"]').first.evaluate(colour)
        other = explorer.locator(f'{group}[aria-pressed="false"]').first.evaluate(colour)
        assert pressed != other
    for fill in explorer.locator(".lx-prob-fill").all()[:2]:
        assert fill.evaluate(colour) != canvas
    assert len({one.evaluate(colour) for one in explorer.locator(".lx-prob-fill").all()}) == 2
    assert np.ptp(pixels(explorer.locator(".lx-map").first.screenshot())) > 0.5
    (memory,) = mount(MemoryExplorer())
    bars = memory.locator(".lx-bar").evaluate_all("all => all.map((one) => getComputedStyle(one).fill)")
    assert len(set(bars)) == 2 and bars[3] == bars[10] != bars[0]
    for kind in KINDS[:2]:
        (explorer,) = mount(kind())
        page.evaluate("document.body.style.background = 'Canvas'")
        for line in explorer.locator(".lx-line, .lx-flow").all():
            painted = line.evaluate(
                "one => getComputedStyle(one)[one.matches('.lx-flow') ? 'fill' : 'stroke']"
            )
            assert painted == "rgb(255, 255, 255)"  # on black


def test_forced_colours_show_the_answer_to_a_question(page, mount):
    page.emulate_media(forced_colors="active")
    (quiz,) = mount(Quiz([{"ask": "2 + 2?", "choices": [["4", "Yes."], ["5", "No."]], "right": 0}]))
    quiz.get_by_role("button", name="5").click()
    page.mouse.move(0, 0)
    right, wrong = quiz.locator(".lx-choices button").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    assert right != wrong


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS[:4])
def test_on_paper_without_backgrounds_the_picture_is_whole_and_dark_on_white(page, mount, kind, theme):
    (explorer,) = mount(kind())
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    document = pypdfium2.PdfDocument(page.pdf(print_background=False))
    sheet = np.asarray(document[0].render(scale=1).to_pil().convert("RGB")) / 255
    document.close()
    light, dark = (sheet.min(-1) > 0.9).mean(), (sheet.max(-1) < 0.35).mean()
    assert light > 0.45 and dark > 0.001  # white paper, dark letters
    coloured = (np.ptp(sheet, axis=-1) > 0.4).mean()
    assert coloured > {SentenceExplorer: 0.12, MemoryExplorer: 0.05}.get(kind, 0.002)
    page.emulate_media(media="print")
    ink = explorer.locator(".lx-look").evaluate("one => getComputedStyle(one).color")
    assert ink == "rgb(28, 39, 51)"  # the light theme's, in the dark too


@pytest.mark.parametrize("kind", KINDS[:4])
def test_the_first_picture_needs_no_style_sheet(page, kind):
    page.set_viewport_size({"width": 700, "height": 500})
    page.set_content(kind().first_picture()[0])
    picture = page.locator("svg")
    shot = pixels(picture.screenshot())
    assert shot.shape[1] == 640
    assert (shot < 0.3).mean() < 0.05 < 0.4 < (shot > 0.95).mean()
    lines = picture.locator("polyline").evaluate_all(
        "all => all.map((one) => { const { fill, stroke, strokeDasharray } = getComputedStyle(one);"
        " return [fill, stroke, strokeDasharray]; })"
    )
    assert {fill for fill, *_ in lines} == {"none"}
    assert all(stroke.startswith("rgb(") for _, stroke, _ in lines)
    assert kind is CellExplorer or len({tuple(one) for one in lines}) >= min(3, len(lines))
    assert "sans-serif" in picture.locator("text").first.evaluate("one => getComputedStyle(one).fontFamily")


def contrast(one, other):
    def light(colour):
        channels = np.array(colour) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("focus", ["forget", "input", "output"])
def test_dimmed_lines_can_be_seen(page, mount, theme, focus):
    (explorer,) = mount(CellExplorer(focus=focus))
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    parts = explorer.evaluate(
        """root => {
            const numbers = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
            const back = numbers(getComputedStyle(root).backgroundColor);
            return [...root.querySelectorAll(".lx-dim")].map((one) => {
                const { fill, stroke, opacity } = getComputedStyle(one);
                const own = numbers(fill === "none" ? stroke : fill);
                return [own.map((c, k) => back[k] + (c - back[k]) * opacity), back];
            });
        }"""
    )
    assert len(parts) >= 6
    assert min(contrast(*pair) for pair in parts) >= 3
