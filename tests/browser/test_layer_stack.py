"""A memory drawn as layers: the browser's numbers against lstm_lib's, and the bands against the numbers."""

import json

import numpy as np
import pytest

from lstm_book.explorers import CellExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.explorers.cell import WEIGHTS
from lstm_lib import LSTM, memory_layers

NETS, UNITS, STEPS = 20, 250, 6
COUNT = CellExplorer.presets["count"]
MIXED = {**COUNT, "x": [1, 0, -1, 1, 0, -1, -1, 0, 1, 1, 0, -1], "w_i": 0, "b_i": 6}  # writes of both signs


def ask(page, code, *given):
    """Run a function of `book` on the page; numbers go there and back as text, which is faster."""
    return json.loads(
        page.evaluate(
            f"async (given) => JSON.stringify(await ({code})(...JSON.parse(given)))", json.dumps(given)
        )
    )


def test_the_layers_of_5000_random_cells_agree_to_1e_12(linked):
    page, rng = linked("layers", "lstm"), np.random.default_rng(0)
    for _ in range(NETS):
        net, size = LSTM(1, UNITS), 10.0 ** rng.uniform(-2, 1.5, UNITS)
        weights = {name: rng.normal(0, size) for name in WEIGHTS}
        for name, own in weights.items():
            gate = name[-1]
            value = {"w": own[:, None], "u": np.diag(own), "b": own}[name[0]]
            net.params[f"{name[0].upper() if name[0] != 'b' else 'b'}_{gate}"] = value
        x = rng.normal(size=STEPS)
        cells = [{name: own[j] for name, own in weights.items()} for j in range(UNITS)]
        found = ask(
            page,
            """(cells, x) => cells.map((cell) => {
                const rows = book.lstm.lstmTrace(cell, x);
                return { layers: book.layers.layersOf(rows), c: rows.map(({ c }) => c) };
            })""",
            cells,
            x.tolist(),
        )
        layers = np.array([one["layers"] for one in found])
        ours = memory_layers(net.forward(x[:, None]))[:, 1:]
        np.testing.assert_allclose(layers, ours.transpose(2, 0, 1), rtol=0, atol=1e-12)
        np.testing.assert_allclose(layers.sum(2), [one["c"] for one in found], rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [MemoryExplorer, SentenceExplorer])
@pytest.mark.parametrize("hands", [{}, {"scale_f": 1.1, "shift_i": 2.5}, {"held_f": True, "hold_f": 0.7}])
def test_the_layers_of_a_network_agree_to_1e_12(linked, kind, hands):
    explorer = kind(**hands)
    model = {name: value for name, value in kind.model.items() if name[1:2] == "_"}
    inputs = explorer.inputs().tolist()
    found = ask(
        linked("layers", "network"),
        "(...given) => book.layers.layersOfUnits(book.network.networkTrace(...given))",
        model,
        inputs,
        explorer.state(),
    )
    np.testing.assert_allclose(found, explorer.layers(), rtol=0, atol=1e-12)


def test_the_direct_gradient_is_the_share_that_is_said(linked):
    shares, direct = ask(
        linked("layers", "lstm"),
        """(weights) => {
            const rows = book.lstm.lstmTrace(weights, weights.x);
            const { direct } = book.lstm.lstmReach(weights, weights.x);
            const shares = direct.map((_, k) => book.layers.explainTurned(rows, rows.length - 1 - k).share);
            return [shares, direct];
        }""",
        CellExplorer.presets["mixed"],
    )
    np.testing.assert_allclose(shares, direct, rtol=0, atol=1e-15)


SAID = """(weights, t, k) => {
    const rows = book.lstm.lstmTrace(weights, weights.x);
    const { sentence, parts, rest } = book.layers.explain(rows, t);
    const off = parts.reduce((sum, { value }) => sum + value, rest) - rows[t - 1].c;
    return [sentence, off, book.layers.explainTurned(rows, k, t).sentence];
}"""


@pytest.mark.parametrize(
    ("weights", "t", "k", "said", "turned"),
    [
        (
            CellExplorer.presets["remember"],
            12,
            2,
            "c₁₂ = 0.92 from step 2",
            "A write at step 2 counts 0.98 of itself at step 12: ∂c₁₂/∂c₂ along the direct path",
        ),
        (
            COUNT,
            12,
            12,
            "c₁₂ = 0.99 from step 12 + 0.99 from step 9 + 0.99 from step 8 + 0.99 from step 6 + 1.99 from "
            "the rest",
            "A write at step 12 counts 1.00 of itself at step 12: ∂c₁₂/∂c₁₂ along the direct path",
        ),
        (
            {**MIXED, "b_f": 1},
            3,
            1,
            "c₃ = −1.00 from step 3 + 0.53 from step 1",
            "A write at step 1 counts 0.53 of itself at step 3: ∂c₃/∂c₁ along the direct path",
        ),
        (COUNT, 1, 1, "c₁ = 0.99 from step 1", "A write at step 1 counts 1.00 of itself at step 1: ∂c₁/∂c₁ "),
        ({**COUNT, "x": [0, 1]}, 1, 1, "c₁ = 0.00 so far", "A write at step 1 counts 1.00 of itself at "),
    ],
)
def test_what_a_memory_is_made_of_is_said(linked, weights, t, k, said, turned):
    sentence, off, other = ask(linked("layers", "lstm"), SAID, weights, t, k)
    assert sentence == said and abs(off) <= 1e-12 and other.startswith(turned)


# A stack on the page, and what it draws: `draw(weights, given)` gives each band's points, and the rows
DRAW = """<div class="lx"><svg viewBox="0 0 640 200"></svg></div>
<script>addEventListener("load", () => {
    const stack = book.layers.layerStack({ signal: new AbortController().signal });
    document.querySelector("svg").append(stack.element);
    window.draw = (weights, given = {}) => {
        const rows = book.lstm.lstmTrace(weights, weights.x);
        const high = book.layers.reachOf(book.layers.layersOf(rows));
        const middles = rows.map((_, k) => 30 + Math.round(580 * (k + 0.5) / rows.length));
        stack.update({ rows, middles, y: book.parts.scale(-high, high, 20, 160), ...given });
        const points = (one) => [...one.points].map(({ x, y }) => [x, y]);
        const bands = [...stack.element.querySelectorAll(".lx-write")];
        return {
            rows, middles, high, bands: bands.map(points),
            kinds: bands.map((one) => one.getAttribute("class")),
            ruler: points(stack.element.querySelector(".lx-ruler")),
        };
    };
});</script>"""


@pytest.fixture
def drawn(linked):
    """Draw the layers of a cell; gives what stands on the page then."""
    page = linked("layers", "lstm", "parts", body=DRAW)
    return lambda weights, **given: ask(page, "(...given) => draw(...given)", weights, given)


CELLS = {**CellExplorer.presets, "of both signs": MIXED, "one step": {**COUNT, "x": [1]}}
CELLS |= {"forty steps": {**MIXED, "x": [(-1) ** (k // 3) * (k % 2) for k in range(40)]}}


@pytest.mark.parametrize("name", CELLS)
def test_the_bands_are_as_thick_as_their_layers_and_add_up_to_c(drawn, name):
    found = drawn(CELLS[name])
    rows, unit = found["rows"], 80 / found["high"]
    layers = np.zeros((len(rows), len(rows)))
    for t, row in enumerate(rows):
        layers[t, :t] = layers[t - 1, :t] * row["f"]
        layers[t, t] = row["i"] * row["g"]
    seen = 0
    for k, points in enumerate(found["bands"]):
        for t in range(k, len(rows)):
            ys = [y for x, y in points if abs(x - found["middles"][t]) < 0.06]
            thick = max(ys) - min(ys) if ys else 0
            assert thick == pytest.approx(abs(layers[t, k]) * unit, abs=0.45 if not ys else 0.11)
            seen += bool(ys)
            if ys:  # above zero or below
                beyond = max(ys) > 100.1 if layers[k, k] > 0 else min(ys) < 99.9
                assert not beyond
    assert seen > 0
    # the outermost edge of the bands of one sign is the sum of that sign: the two make c
    for t, row in enumerate(rows):
        ys = [y for points in found["bands"] for x, y in points if abs(x - found["middles"][t]) < 0.06]
        above, below = 100 - min([100, *ys]), max([100, *ys]) - 100
        assert above - below == pytest.approx(row["c"] * unit, abs=0.7)


def test_neighbours_differ_by_colour_and_by_pattern_and_seven_steps_on_by_colour_alone(drawn):
    steady = {name: 0 for name in WEIGHTS} | {"b_f": 10, "b_i": 10, "b_g": 10, "x": [0] * 20}
    found = drawn(steady)
    kinds = [name.split()[-1] for name in found["kinds"]]
    assert len({*kinds[:8]}) == 8 and kinds[8:16] == kinds[:8]
    # the way along a band, from its second corner to the third, relative to it
    shapes = []
    for k, points in enumerate(found["bands"][:16]):
        middles = found["middles"]
        inside = [(x, y) for x, y in points if middles[k] <= x <= middles[k + 1]]
        top = min(y for _, y in inside)
        shapes.append([(round(x - middles[k]), round(y - top)) for x, y in inside])
    assert all(one != other for one, other in zip(shapes[1:], shapes[2:], strict=False))
    assert len({str(shape) for shape in shapes[1:8]}) == 7


def test_a_move_makes_no_elements_and_the_same_state_writes_nothing(linked):
    page = linked("layers", "lstm", "parts", body=DRAW)
    changes = ask(
        page,
        """async (weights) => {
            draw(weights);
            const seen = [];
            const observer = new MutationObserver((found) => seen.push(...found));
            const kinds = { childList: true, attributes: true, subtree: true };
            observer.observe(document.querySelector(".lx-layers"), kinds);
            const counts = [];
            for (const b_f of [3, 2, 2]) {
                draw({ ...weights, b_f }, { at: 4 });
                seen.push(...observer.takeRecords());
                counts.push([seen.filter(({ type }) => type === "childList").length, seen.length]);
                seen.length = 0;
            }
            return counts;
        }""",
        COUNT,
    )
    assert [made for made, _ in changes] == [0, 0, 0]
    assert changes[0][1] > 3 and changes[1][1] > 3 and changes[2][1] == 0
    assert page.locator(".lx-layers [id]").count() == 0


def test_the_ruler_stands_at_the_step_and_turned_round_a_write_stands_out(drawn):
    found = drawn(MIXED, at=7)
    xs, ys = zip(*found["ruler"], strict=True)
    assert (min(xs), max(xs)) == (found["middles"][6] - 5, found["middles"][6] + 5)
    c = found["rows"][6]["c"] * 80 / found["high"]
    assert (100 - min(ys)) - (max(ys) - 100) == pytest.approx(c, abs=0.3)
    assert not any("lx-faint" in name for name in found["kinds"])
    turned = drawn(MIXED, at=3, turned=True)
    assert turned["ruler"] == []
    assert [k for k, name in enumerate(turned["kinds"]) if "lx-faint" not in name] == [2]
    assert turned["bands"] == found["bands"]  # the same widths
