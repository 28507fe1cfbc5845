"""The gradient explorer without a kernel, on a page of its own."""

import io

import numpy as np
import pytest
from hands import move, table
from PIL import Image

from lstm_book.explorers import GradientExplorer


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


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_the_first_picture_of_the_gradient_shows_its_lines_in_the_book_too(page, mount):
    (figure,) = mount(GradientExplorer())
    shot = np.asarray(Image.open(io.BytesIO(figure.locator("svg").screenshot())).convert("RGB")) / 255
    assert (np.ptp(shot, axis=-1) > 0.4).mean() > 0.002


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"preset": "vanish"}, ""),
        ({"preset": "vanish", "clip": True}, "Clipping changes nothing"),
        ({"preset": "edge", "activation": "relu"}, "the ReLU is always off"),
        ({"preset": "vanish", "activation": "relu"}, "The ReLU is off"),
        ({"preset": "vanish", "u": 0}, "u is 0"),
        ({"preset": "clip"}, ""),
    ],
)
@pytest.mark.parametrize("width", [1280, 390])
def test_it_says_why_a_control_moves_nothing(page, mount, values, said, width):
    page.set_viewport_size({"width": width, "height": 900})
    (explorer,) = mount(GradientExplorer(**values))
    why = explorer.locator(".lx-why")
    assert said in why.inner_text() and bool(said) == bool(why.inner_text())
    assert why.evaluate("one => one.scrollHeight <= one.clientHeight + 2")
    if "activation" in values and values["preset"] == "edge":
        before = table(explorer)["rnn"]
        move(explorer, "u", 1.1)
        assert table(explorer)["rnn"] == before  # as it says


@pytest.mark.parametrize("preset", GradientExplorer.presets)
def test_a_line_off_the_scale_is_cut_at_the_frame_by_an_arrow(page, mount, preset):
    (explorer,) = mount(GradientExplorer(preset))
    lines = explorer.evaluate(
        """root => [...root.querySelectorAll(".lx-line")].map((line) => {
            const frame = line.ownerSVGElement;
            const arrow = root.querySelector(`polygon.${[...line.classList].at(-1)}:not([transform])`);
            return [[...line.points].map(({ x, y }) => [x, y]), getComputedStyle(frame).overflow,
                    [...arrow.points].map(({ x, y }) => [x, y])];
        })"""
    )
    numbers = table(explorer)
    box = explorer.locator(".lx-band").evaluate_all("all => all.map((one) => one.getBBox().y)")
    assert len(box) == 3
    for name, (drawn, overflow, arrow) in zip(("rnn", "direct", "full"), lines, strict=True):
        values = np.log10(np.maximum(np.abs(numbers[name]), 1e-300))
        assert overflow == "hidden"
        last = max((k for k, value in enumerate(values) if abs(value) <= 12), default=-1)
        heights = 24 + 250 * (12 - values[: last + 2]) / 24  # as far as the frame's edge
        assert [y for _, y in drawn] == pytest.approx(heights, abs=0.06)
        assert bool(arrow) == (last < 199)
        if last < 199:
            assert len(drawn) == last + 2
            assert drawn[last + 1][0] - 0.1 <= arrow[-1][0] <= drawn[max(last, 0)][0] + 0.1
            assert arrow[-1][1] == (274 if values[last + 1] < 0 else 24)
