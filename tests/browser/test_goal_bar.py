"""Goals on a page: judged as Python judges them, and a bar that leads from one to the next."""

import json
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from solved import solution_of

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.explorers.goals import GOALS, limits_of, meets, start_of

KINDS = {kind.kind: kind for kind in (CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer)}
FOUR = ["half-gone", "count", "draw", "toggle"]

# What gives the series of a state, for each kind that is not the cell
RUN = """<script>
const run = {
    gradient: (xs) => ({ w, u, activation, b_f, u_figo }) => {
        const gate = (k) => ({ [`w_${k}`]: w, [`u_${k}`]: u_figo, [`b_${k}`]: 0 });
        const weights = { ...gate("f"), ...gate("i"), ...gate("g"), ...gate("o"), b_f };
        return { rnn: book.lstm.rnnReach({ w, u, activation }, xs), ...book.lstm.lstmReach(weights, xs) };
    },
    memory: (model) => (state) => {
        const inputs = state.values.map((x, k) => [x, state.marks.includes(k + 1) ? 1 : 0]);
        return { y: book.network.networkTrace(model, inputs, state).map(({ y }) => y[0]) };
    },
    sentence: (model) => (state) => {
        const places = state.words.split(" ").map((word) => model.vocabulary.indexOf(word));
        const read = book.network.networkTrace(model, places, state);
        const chances = read.map(({ y }) => book.network.softmax(y));
        const series = model.vocabulary.map((word, k) => [word, chances.map((chance) => chance[k])]);
        return Object.fromEntries(series);
    },
    cell: () => undefined,
};
</script>"""


def settings_near(goal, count=30):
    """The start, the solution, looked at elsewhere too, and ever farther from it, only what is free moved."""
    rng, limits, solution = np.random.default_rng(1), limits_of(goal["kind"]), solution_of(goal)
    yield from (start_of(goal), solution)
    for name in (name for name, limit in limits.items() if limit.get("look")):
        yield {**solution, name: 1 if isinstance(solution[name], int) else "f"}
    for spread in 10.0 ** rng.uniform(-3, 0, count):
        moved = {}
        for name in goal["free"]:
            low, high = limits[name]["low"], limits[name]["high"]
            at = np.asarray(solution[name], dtype=float)
            moved[name] = np.clip(at + rng.normal(0, spread * (high - low) / 8, at.shape), low, high).tolist()
        yield {**solution, **moved}


def test_the_browser_judges_as_python_does(linked):
    page, met = linked("goals", "lstm", "network", body=RUN), 0
    for kind, explorer in KINDS.items():
        needs = [*GradientExplorer().x] if kind == "gradient" else getattr(explorer, "model", None)
        if isinstance(needs, dict):
            needs = {name: value for name, value in needs.items() if name[1:2] == "_" or name == "vocabulary"}
        names = [name for name, goal in GOALS.items() if goal["kind"] == kind]
        settings = {name: [*settings_near(GOALS[name])] for name in names}
        found = json.loads(
            page.evaluate(
                """([kind, needs, settings, goals]) => {
                    return JSON.stringify(Object.entries(goals).map(([id, goal]) => [
                        id, book.goals.startOf(goal), book.goals.solutionOf(goal),
                        settings[id].map((state) => book.goals.met(goal, state, run[kind](needs))),
                    ]));
                }""",
                [kind, needs, settings, {name: GOALS[name] for name in names}],
            )
        )
        assert [one[0] for one in found] == names
        for name, start, solution, judged in found:
            goal = GOALS[name]
            assert (start, solution) == (start_of(goal), solution_of(goal))
            ours = [meets(goal, values, explorer.series) for values in settings[name]]
            assert judged == ours, name
            assert ours[:2] == [False, True]
            met += sum(ours[2:])
            assert not all(ours[2:])
    assert met > 100  # both answers came


BAR = """<div class="lx" data-explorer="cell"></div><script>addEventListener("load", () => {
    const stop = new AbortController();
    const GOALS = ALL;
    window.state = book.goals.startOf(GOALS.draw);
    window.changes = [];
    const ids = new URLSearchParams(location.search).get("ids").split(",").filter(Boolean);
    const puzzles = Object.fromEntries(ids.map((id) => [id, GOALS[id]]));
    window.change = (values, whole) => {
        Object.assign(state, values);
        changes.push([Object.keys(values), whole]);
        bar.update(state);
    };
    window.bar = book.goals.goalBar({ kind: "cell", puzzles, change, signal: stop.signal });
    if (bar.element) document.querySelector(".lx").append(bar.element);
    bar.update(state);
});</script>""".replace("ALL", json.dumps(GOALS))


@pytest.fixture
def bar(linked):
    """Open a page with a bar of goals of the cell; gives it."""

    def open_bar(ids=FOUR):
        page = linked("goals", body=BAR, query=f"?ids={','.join(ids)}")
        return page.locator("[data-goal]")

    return open_bar


def press(bar, name):
    bar.get_by_role("button", name=name, exact=True).click()


def as_shown(text):
    """Text whose `backquoted` parts are symbols: w_f is w with a lowered f."""
    return re.sub(r"`(\w)_?(\w?)`", r"\1\2", text)


def is_now(bar, goal, state):
    return (bar.get_attribute("data-goal"), bar.get_attribute("data-state")) == (goal, state)


def test_a_goal_is_met_by_hand_and_said(page, bar):
    goal = bar()
    assert is_now(goal, "half-gone", "open")
    assert "1 of 4" in goal.inner_text() and GOALS["half-gone"]["ask"] in goal.inner_text()
    assert GOALS["count"]["ask"] not in goal.inner_text()
    assert "press Start" in goal.inner_text()  # another cell stands there
    press(goal, "Start")
    state = page.evaluate("state")
    assert {name: state[name] for name in start_of(GOALS["half-gone"])} == start_of(GOALS["half-gone"])
    assert "not yet" in goal.inner_text() and is_now(goal, "half-gone", "open")
    page.evaluate("change({ b_f: 3 })")
    assert is_now(goal, "half-gone", "open")
    page.evaluate("change({ b_f: 1.36 })")
    assert is_now(goal, "half-gone", "met") and "✓ met" in goal.inner_text()
    assert "1 of 4 ✓" in goal.inner_text()
    said = "() => document.querySelector('[role=status]').textContent.startsWith('Goal met: Let half')"
    page.wait_for_function(said)
    page.evaluate("change({ w_g: 1.9 })")  # which is to stay
    assert is_now(goal, "half-gone", "open") and "press Start" in goal.inner_text()


def test_every_goal_is_open_at_its_start_and_met_by_its_solution_after_a_hint(page, bar):
    names = [name for name, goal in GOALS.items() if goal["kind"] == "cell"]
    goal = bar(names)
    for place, name in enumerate(names, 1):
        assert f"{place} of {len(names)}" in goal.inner_text()
        assert not goal.get_by_role("button", name="Solution").is_visible()
        press(goal, "Start")
        assert is_now(goal, name, "open")
        press(goal, "Hint")
        assert as_shown(GOALS[name]["hint"]) in goal.inner_text()
        press(goal, "Solution")
        assert is_now(goal, name, "met")
        press(goal, "next goal")
        assert as_shown(GOALS[name]["hint"]) not in goal.inner_text()
    assert is_now(goal, names[0], goal.get_attribute("data-state"))  # round and round
    assert f"1 of {len(names)} ✓" not in goal.inner_text()  # a solution that was shown is no merit
    assert all(whole for _, whole in page.evaluate("changes"))


def test_progress_is_kept_and_the_first_open_goal_comes_first(page, bar):
    goal = bar()
    press(goal, "Start")
    page.evaluate("change({ b_f: 1.36 })")
    goal = bar()
    assert is_now(goal, "count", "open") and "2 of 4 ✓" not in goal.inner_text()
    press(goal, "goal before")
    assert is_now(goal, "half-gone", "open") and "1 of 4 ✓" in goal.inner_text()
    assert "half-gone" in json.loads(page.evaluate("localStorage.getItem('goals')"))
    goal = bar(["draw", "half-gone"])  # on another page
    assert is_now(goal, "draw", "open") and "1 of 2" in goal.inner_text()
    press(goal, "next goal")
    assert "2 of 2 ✓" in goal.inner_text()


@pytest.mark.parametrize("kept", ["half", "3", '{"half-gone": 1}', '["none", 5, null, "__proto__"]', "null"])
def test_what_was_stored_wrongly_is_no_progress(page, bar, kept):
    bar()
    page.evaluate("kept => localStorage.setItem('goals', kept)", kept)
    goal = bar()
    assert is_now(goal, "half-gone", "open") and "1 of 4 ✓" not in goal.inner_text()
    press(goal, "Start")
    page.evaluate("change({ b_f: 1.36 })")
    assert "half-gone" in json.loads(page.evaluate("localStorage.getItem('goals')"))


@pytest.mark.parametrize(
    "refusal",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });",
        "Storage.prototype.setItem = () => { throw new Error('full'); };",
    ],
    ids=["refused", "full"],
)
def test_goals_work_without_storage(page, bar, refusal):
    page.add_init_script(refusal)
    goal = bar()
    press(goal, "Start")
    page.evaluate("change({ b_f: 1.36 })")
    assert is_now(goal, "half-gone", "met") and "1 of 4 ✓" in goal.inner_text()


def test_the_input_that_fails_is_shown_by_a_press(page, bar):
    goal = bar(["count"])
    press(goal, "Start")
    page.evaluate("change({ step: 12, w_i: 0, b_i: 6, w_g: 5, b_f: 10 })")  # adds, and takes away
    said = goal.get_by_role("button", name="1 of 3 hold")
    said.click()
    assert page.evaluate("state.x") == GOALS["count"]["trials"][1]["x"]
    assert is_now(goal, "count", "open")
    page.evaluate("change({ b_i: -5, w_i: 10 })")
    assert is_now(goal, "count", "met")
    assert not goal.get_by_role("button", name="hold").is_visible()
    assert not goal.get_by_role("button", name="next goal").is_visible()  # the only one


def test_a_shorter_input_brings_the_step_back(page, bar):
    goal = bar(["hold-then-clear"])
    press(goal, "Start")
    page.evaluate("change({ x: Array(40).fill(0), step: 40 })")
    assert is_now(goal, "hold-then-clear", "open")
    assert page.evaluate("state.step") == 40
    press(goal, "Start")
    assert page.evaluate("[state.step, state.x.length]") == [7, 10]


def test_without_goals_there_is_no_bar(page, bar):
    assert bar([]).count() == 0
    assert page.evaluate("bar.element === undefined")
    assert "1 of 1" in bar(["latch"]).inner_text()


def test_a_move_that_changes_nothing_of_a_goal_writes_nothing(page, bar):
    goal = bar()
    press(goal, "Start")
    changes = page.evaluate(
        """() => {
            const observer = new MutationObserver(() => {});
            const kinds = { childList: true, attributes: true, characterData: true };
            observer.observe(bar.element, { ...kinds, subtree: true });
            for (const b_f of [5, 4, 3, 2]) change({ b_f });
            return observer.takeRecords().length;
        }"""
    )
    assert changes == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_from_goal_to_goal_and_axe_finds_nothing(page, bar, width):
    page.set_viewport_size({"width": width, "height": 800})
    goal = bar()
    places = []
    for name in FOUR:
        press(goal, "Start")
        assert is_now(goal, name, "open")
        shown = goal.locator("button:not(.lx-goal-verdict *)").filter(visible=True)
        places.append(shown.evaluate_all("all => all.slice(0, 4).map((e) => e.getBoundingClientRect().y)"))
        press(goal, "Hint")
        found = Axe().run(page, "[data-goal]").response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        press(goal, "next goal")
    assert all(place == places[0] for place in places)  # under the hand
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heights = "all => all.map((one) => one.getBoundingClientRect().height).filter((height) => height)"
    assert min(goal.locator("button").evaluate_all(heights)) >= 24


@pytest.mark.parametrize("name", GOALS)
def test_a_goal_names_what_is_to_be_moved_as_the_page_does(mount, name):
    (explorer,) = mount(KINDS[GOALS[name]["kind"]](goals=[name]))
    ask = explorer.locator(".lx-ask").inner_text().rpartition("Move ")[2].removesuffix(".")
    for value, said in zip(GOALS[name]["free"], re.split(", (?!before)", ask), strict=True):
        if value == "x":
            assert said == "the bars of the input" and explorer.locator('[data-part="x"]').count()
            continue
        slider = explorer.locator(f'[data-part="{value}"]')
        label = slider.locator(".lx-name").text_content().rsplit(" ", 1)[0].strip()
        gate = {"f": "forget gate", "i": "input gate", "o": "output gate"}
        assert said.replace("\n", "") in (label, f"“{label}” of the {gate.get(value[-1])}")
        assert f"{value[:5]}_" not in said or "_" not in value


def test_a_step_that_is_too_large_is_told_so(page, bar):
    goal = bar(["draw"])
    said = goal.get_by_text("One step writes less than 1")
    assert not said.is_visible()
    press(goal, "Start")
    page.evaluate("change({ x: [0, 1, 0, 0, 0, 1, 0, 0, 0, -2, 0, 0] })")
    assert said.is_visible() and is_now(goal, "draw", "open")
    page.evaluate("change({ x: [0, 1, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0] })")
    assert not said.is_visible()
    press(goal, "Hint")
    press(goal, "Solution")
    assert not said.is_visible() and is_now(goal, "draw", "met")
