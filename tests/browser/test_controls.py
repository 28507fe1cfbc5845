"""Every control, every way: no error, state and picture agree, Reset brings the first state back."""

import numpy as np
import pytest
from hands import assert_numbers_are_lstm_lib, finger
from places import CHAPTERS, CLOSER, ROOT

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.quiz import Quiz

SWEEP = "window.sweep = (() => {{ {}; return {{ controls, snapshot, look, sweep }}; }})()".format(
    (ROOT / "tests/browser/sweep.mjs").read_text("utf-8").replace("export ", "")
)
QUESTIONS = [
    {"ask": "2 + 2?", "choices": [["4", "Yes."], ["5", "No."]], "right": 0},
    {"ask": "Half of 1?", "number": 0.5, "within": 0.01, "why": "1 / 2"},
]
KINDS = [CellExplorer, GradientExplorer, SentenceExplorer, MemoryExplorer, lambda: Quiz(QUESTIONS)]
MANY = [39, 16, 44, 58, 5]  # things to press on each, at least
VARIETY = [6, 6, 8, 6, 3]  # kinds of them
SPOKEN = "() => [...document.querySelectorAll('.lx-spoken')].every((one) => one.textContent)"  # after a while
WIDE = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def assert_cell_is_lstm_lib(cell):
    names = ["t", "x", *("figoch" if "w_f" in cell["weights"] else "h")]
    numbers = dict(zip(names, np.reshape(cell["numbers"], (-1, len(names))).T, strict=True))
    weights = {name: value for name, value in cell["weights"].items() if name != "step"}
    assert_numbers_are_lstm_lib(weights, numbers)


def by_hand(page, part, touch, theme):
    """Use one control as a reader's hand does: press, pull, type. Gives its kind; None if none can see it."""
    found = part.evaluate(
        """(one, theme) => {
            document.documentElement.dataset.theme = theme;
            one.scrollIntoView({ block: "center", behavior: "instant" });
            const { x, y, width, height } = one.getBoundingClientRect();
            const kind = one.matches('[role="slider"]') ? "bar" : one.type ?? one.tagName;
            const groups = "presets tools chips goal row-of time choices slider picture heat".split(" ");
            const group = groups.find((name) => one.closest(`.lx-${name}`));
            return one.checkVisibility() && [kind, x + width / 2, y + height / 2, width, height, group];
        }""",
        theme,
    )
    if not found:
        return None
    kind, x, y, width, height, group = found
    if kind in ("bar", "range"):
        to = (x, y - 0.3 * height) if kind == "bar" else (x + 0.3 * width, y)
        if touch:
            finger(page, (x, y))
            finger(page, (x, y), ((x + to[0]) / 2, (y + to[1]) / 2), to)
        else:
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(*to, steps=2)
            page.mouse.up()
            page.keyboard.press("ArrowUp")
    elif kind == "select-one":
        part.select_option(index=1)
    elif touch:
        finger(page, (x, y))
    else:
        page.mouse.click(x, y)
    if kind == "text":
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
    return kind, group


@pytest.mark.parametrize(
    "touch",
    [
        pytest.param(False, marks=pytest.mark.browser_context_args(**WIDE), id="wide"),
        pytest.param(True, marks=pytest.mark.browser_context_args(**PHONE), id="phone"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "many", "variety"),
    list(zip(KINDS, MANY, VARIETY, strict=True)),
    ids=["cell", "gradient", "sentence", "memory", "quiz"],
)
def test_by_mouse_keys_and_finger(page, mount, errors, record_property, kind, many, variety, touch):
    (explorer,) = mount(kind())
    page.evaluate(SWEEP)
    first = explorer.evaluate("root => sweep.snapshot(root)")
    parts = explorer.evaluate("root => sweep.controls(root).length")
    used, kinds = 0, {}
    for k in range(parts):
        # Each control in one theme here and in the other at the other width; the first of a kind in both, and
        # what it unfolds stays so.
        for theme in ("light", "dark", "light") if (k + touch) % 2 == 0 else ("dark", "light", "dark"):
            part = explorer.evaluate_handle("(root, k) => sweep.controls(root)[k]", k).as_element()
            kind = None if part is None else by_hand(page, part, touch, theme)
            if kind is None:
                break
            used += 1
            seen = explorer.evaluate("root => sweep.look(root)")
            assert (seen["wrong"], errors) == ([], []), part.evaluate("one => one.outerHTML")
            if seen["cell"]:
                assert_cell_is_lstm_lib(seen["cell"])
            times = kinds.setdefault(kind, {"light": 0, "dark": 0})
            times[theme] += 1
            if sum(times.values()) > (2 if kind[0] == "SUMMARY" else 1):
                break
    page.wait_for_function(SPOKEN)
    record_property("actions", used)
    assert used >= many
    assert [kind for kind, times in kinds.items() if not all(times.values())] == []
    assert len(kinds) >= variety
    explorer.get_by_role("button", name="Reset").or_(
        explorer.get_by_role("button", name="Start again")
    ).click()
    assert explorer.evaluate("root => sweep.snapshot(root)") == first


@pytest.mark.parametrize("name", ["index", *CHAPTERS])
def test_on_every_page_of_the_book(page, site, errors, record_property, name):
    page.goto(f"{site}chapters/{name}.html")
    assert name in CLOSER or page.locator("[data-explorer]").count() >= 1
    page.evaluate(SWEEP)
    total = 0
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", scheme)
            reports = page.evaluate(
                """(each) => {
                    const all = [...document.querySelectorAll("[data-explorer]")];
                    const links = [...document.querySelectorAll('main a[href^="#"]')];
                    const means = (link) => {
                        const [, kind] = link.getAttribute("href").match(/^#([a-z]+)[?]/) ?? [];
                        const same = all.filter((one) => one.dataset.explorer === kind);
                        return same.find((one) => link.compareDocumentPosition(one) & 4) ?? same.at(-1);
                    };
                    const prose = (root) => links.filter((link) => means(link) === root);
                    return all.map((root) => sweep.sweep(root, prose(root), each));
                }""",
                width == 1280 and scheme == "light",
            )
            for report in reports:
                assert report["wrong"] == []
                assert report["actions"] >= report["things"] >= (3 if report["kind"] == "quiz" else 6)
                total += report["actions"]
                for cell in report["cells"]:
                    assert_cell_is_lstm_lib(cell)
    page.wait_for_function(SPOKEN)
    assert errors == []
    record_property("actions", total)
