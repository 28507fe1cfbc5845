"""Links, the history and stored answers: whatever comes, an explorer shows a whole valid state."""

import html
import json
import random
import re
from urllib.parse import parse_qsl, quote, quote_plus

import pytest
from hands import move, table, weights
from linked import READ
from places import PAGES, ROOT

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.explorers.modules import module_text
from lstm_book.explorers.traits import place_of
from lstm_book.quiz import Quiz
from sphinx_ext.pages import page_parts

KINDS = [CellExplorer, GradientExplorer, SentenceExplorer, MemoryExplorer]
# How many links are followed; a fifth as many states come from the history. Words take longest.
LINKS = {"cell": 1000, "gradient": 500, "memory": 700, "sentence": 400}

# What a page of the book does, and hands on what an explorer holds.
PAGE = """
const place = document.querySelector(".lx-place");
const kind = place.querySelector("[data-explorer]").dataset.explorer;
const model = $host().pageModel(JSON.parse(place.dataset.state));
const el = document.body.appendChild(document.createElement("div"));
const { render } = KINDS[kind];
place.remove();
render({ model, el });
const root = el.firstElementChild;
const link = document.body.appendChild(document.createElement("a"));
const state = (names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));
const near = (a, b) => a === b || Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a), Math.abs(b));

// The columns of the table, as the page's own equations have them for a state
const COLUMNS = {
  cell: (now) => {
    const rows = $lstm().lstmTrace(now, now.x);
    const names = ["t", "x", ...$lstm().SERIES];
    return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
  },
  gradient: ({ u, w, b_f, u_figo, activation, clip }) => {
    const x = model.get("x");
    const shrink = (values) => (clip ? Math.min(1, 10 / Math.hypot(1, ...values)) : 1);
    const rnn = $lstm().rnnReach({ w, u, activation }, x);
    const of = (letter, value) => [..."figo"].map((k) => [`${letter}_${k}`, value]);
    const p = Object.fromEntries([...of("w", w), ...of("u", u_figo), ...of("b", 0)]);
    const { direct, full } = $lstm().lstmReach({ ...p, b_f }, x);
    const shrunk = (values, by) => values.map((value) => by * value);
    const by = shrink(full);
    return { rnn: shrunk(rnn, shrink(rnn)), direct: shrunk(direct, by), full: shrunk(full, by) };
  },
  memory: (now) => {
    const marked = now.values.map((_, k) => (now.marks.includes(k + 1) ? 1 : 0));
    const rows = $network().networkTrace(MODEL, now.values.map((value, k) => [value, marked[k]]), now);
    return { x: now.values, mark: marked, y: rows.map(({ y }) => y[0]), h_1: rows.map(({ h }) => h[0]) };
  },
  sentence: (now) => {
    const places = now.words.split(" ").map((word) => MODEL.vocabulary.indexOf(word));
    const rows = $sentences().reading(MODEL, now);
    return { t: places.map((_, k) => k + 1), c_1: rows.map(({ c }) => c[0]), h_2: rows.map(({ h }) => h[1]) };
  },
};

// What is wrong with what stands there; all attributes only where `whole`, for that takes long.
function troubles(names, whole) {
  const now = state(names);
  const found = [];
  const all = whole ? root.outerHTML : root.textContent;
  const said = all.match(/NaN|undefined|Infinity|\\bnull\\b|\\[object/);
  if (said) found.push(`says ${said[0]}`);
  for (const input of root.querySelectorAll('input[type="range"]')) {
    if (input.name === "force") continue; // which shows what the chosen gate is
    const value = now[input.name];
    const between = value <= input.max && value >= input.min;
    const shown = between && Math.abs(input.valueAsNumber - value) < 0.0051; // the thumb has steps of 0.01
    if (!shown) found.push(`${input.name} shows ${input.value} of ${input.min} to ${input.max}, is ${value}`);
    const gate = input.name.match(/^(scale|shift)_(.)/)?.[2];
    const held = gate ? now[`held_${gate}`] : false;
    if (input.disabled !== held) found.push(`${input.name} disabled: ${input.disabled}`);
  }
  for (const box of root.querySelectorAll('input[type="checkbox"]')) {
    if (box.checked !== now[box.name]) found.push(`${box.name} is not ticked as it is`);
  }
  for (const one of root.querySelectorAll("select, input[type=text]")) {
    if (one.value !== now[one.name]) found.push(`${one.name} shows ${one.value}, is ${now[one.name]}`);
  }
  const complaint = root.querySelector(".lx-complaint")?.textContent;
  if (complaint) found.push(complaint);
  const toolbar = root.querySelector(".lx-presets");
  const pressed = [...toolbar.querySelectorAll('[aria-pressed="true"]')].map((one) => one.textContent);
  const label = PRESETS[kind][now.preset]?.label;
  if (String(pressed) !== String(label ?? "")) found.push(`${pressed} is pressed, ${label} is there`);
  const drawn = (now.x ?? now.values ?? now.words?.split(" "))?.length ?? 200;
  const { tHead, tBodies: [body] } = root.querySelector("details table");
  if (body.rows.length !== drawn) found.push(`${body.rows.length} rows, ${drawn} steps`);
  const heads = [...tHead.rows[0].cells].map(({ textContent }) => textContent);
  for (const [name, values] of Object.entries(COLUMNS[kind](now))) {
    const column = heads.indexOf(name);
    const written = [...body.rows].map((row) => Number(row.cells[column].dataset.value));
    const wrong = values.findIndex((value, k) => !near(written[k], value));
    if (wrong >= 0) found.push(`${name} at row ${wrong + 1}: ${written[wrong]}, not ${values[wrong]}`);
  }
  return found;
}

const controls = () => [...root.querySelectorAll(".lx-presets button, input[type=checkbox]")].filter(
  (one) => !one.textContent.startsWith("Link"));
const come = (hash) => new Promise((done) => {
  addEventListener("hashchange", () => done(), { once: true });
  location.hash = hash;
});
const revive = (key, value) => (typeof value === "string" && value[0] === "@"
  ? { "@NaN": NaN, "@Infinity": Infinity, "@gap": new Array(3), "@date": new Date(0) }[value] : value);

// Without the browser's book-keeping and scrolling, which take longer than all the rest.
function quickly(act) {
  const left = [[history, "pushState"], [history, "replaceState"], [root, "scrollIntoView"]];
  for (const [object, name] of left) object[name] = () => {};
  act();
  for (const [object, name] of left) delete object[name];
}

// Each of `trials`, {way, query or given, disturb}, and what comes of it.
window.sweep = async (names, trials) => {
  const results = [];
  for (const [k, { way, query, given, disturb }] of trials.entries()) {
    const all = controls();
    if (disturb !== null) all[disturb % all.length].click();
    const before = state(names);
    if (way === "click") {
      link.setAttribute("href", `#${kind}?${query}`);
      if (k % 10 === 0) link.click();
      else quickly(() => link.click());
    } else if (way === "address") {
      await come(`#elsewhere-${k}`);
      await come(`#${kind}?${query}`);
    } else {
      const stored = { at: k + 1000, state: JSON.parse(given, revive) };
      history.replaceState({ explorers: { [`${kind}1`]: stored } }, "");
      dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
    }
    results.push([before, state(names), troubles(names, k % 16 === 0)]);
  }
  return results;
};
"""


@pytest.fixture
def errors(page):
    """Everything that went wrong on the page, whatever it says."""
    found = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda said: said.type in ("error", "warning") and found.append(said.text))
    return found


@pytest.fixture
def alone(page, scratch):
    """Put one explorer on a page that lets a test see what it holds."""

    def open_page(explorer):
        kind = explorer.kind
        body = explorer._repr_mimebundle_()[0]["text/html"]
        style, _ = page_parts(body)
        network = {"memory": "$adding_json()", "sentence": "$words_json()"}.get(kind, "undefined")
        script = module_text(
            f"{kind}.mjs",
            "host.mjs",
            then=f"const KINDS = {{ {kind}: ${kind}() }}, MODEL = {network};\n"
            f"const PRESETS = {{ {kind}: ${kind}_presets_json() }};\n{PAGE}",
        )
        folder, home = scratch
        name = f"{len(list(folder.iterdir()))}.html"
        (folder / name).write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>One explorer</title>'
            f'<link rel="icon" href="data:,">{style}<body>{body}'
            f'<script type="module">{script}</script></body></html>'
        )
        page.emulate_media(reduced_motion="reduce")
        page.goto(home + name)
        page.wait_for_function("() => window.sweep")

    return open_page


NAMES_OF_OBJECTS = [
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "prototype",
    "length",
]
# Texts that are a value of no type, but that "" is no place at all
NO_VALUES = [
    *NAMES_OF_OBJECTS,
    "",
    " ",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "undefined",
    "null",
    "[]",
    "{}",
]
NO_VALUES += [
    "0x",
    "1;2",
    "1,,2",
    "\u0661",
    "½",
    "−1",
    "🌊",
    "\u202e",
    "\0",
    "a" * 5000,
    "9" * 5000,
    "tr",
    "True",
]
# What a spoilt history may hold; those with @ are made in the browser
NOTHING = [
    None,
    [],
    {},
    "",
    "1",
    "@NaN",
    "@Infinity",
    "@gap",
    "@date",
    1e300,
    [None],
    [[]],
    {"length": 2},
    True,
]
BROKEN = ["&", "&&&", "&%", "&%zz", "&=", "&=1", "&%E0%A4%A", "&a=%ff", "&a?b=1", "&" + "n" * 9000]


def count(state, limit):
    """How many parts a sequence has, among which a place lies."""
    if "in" not in limit:
        return limit["high"]
    value = state[limit["in"]]
    return len(value.split(" ") if isinstance(value, str) else value)


def keep_inside(state, limits):
    """Bring what lies in a sequence along with it."""
    for name, limit in limits.items():
        if "in" in limit:
            last, value = count(state, limit), state[name]
            listed = isinstance(value, list)
            inside = [one for one in value if place_of(one) <= last] if listed else min(value, last)
            state[name] = inside


def valid(rng, limit, state, vocabulary):
    """Draw a value that is one in a state."""

    def within():
        return round(rng.uniform(limit["low"], limit["high"]), rng.choice([0, 1, 2, 6]))

    match limit["type"]:
        case "number":
            return rng.choice([within(), limit["low"], limit["high"], 0.0])
        case "boolean":
            return rng.choice([True, False])
        case "choice":
            return rng.choice(limit["of"])
        case "numbers":
            size = rng.choice([limit["least"], limit["most"], rng.randint(limit["least"], limit["most"])])
            return [within() for _ in range(size)]
        case "words":
            size = rng.choice([limit["least"], limit["most"], rng.randint(1, 12)])
            return " ".join(rng.choices(vocabulary, k=size))
        case "place":
            return rng.choice([1, count(state, limit), rng.randint(1, count(state, limit))])
        case "places":
            last = count(state, limit)
            return rng.sample(range(1, last + 1), rng.randint(0, min(last, 4)))
        case "forced":
            cells, last = range(limit["cells"] + 1), count(state, limit)
            places = {
                (rng.choice(limit["of"]), rng.choice(cells), rng.randint(1, last))
                for _ in range(rng.randint(0, 4))
            }
            return [[*place, within()] for place in places]


def invalid(rng, limit, state):
    """Draw a value of the type that is none in a state."""
    match limit["type"]:
        case "number":
            few = [limit["low"] - 0.001, limit["high"] + 0.001, limit["low"] - 1e9, 1e300]
        case "boolean":
            few = [0, 1, "yes", "TRUE"]
        case "choice":
            few = ["gelu", "TANH", "tanh,relu", *NAMES_OF_OBJECTS]
        case "numbers":
            low, high = limit["low"], limit["high"]
            few = [[low] * (limit["most"] + 1), [low] * (limit["least"] - 1), [low] * 20_000, "@gap"]
            few += [[low, high + 0.01], [low - 1, high], [low, "@NaN"]]
        case "words":
            few = [
                "zebra",
                "Bob",
                "bob  fought",
                " bob",
                "bob ",
                "bob\tfought",
                ". " * 40 + ".",
                ". " * 9999 + ".",
            ]
        case "place":
            few = [0, -1, 1.5, 1e9, "@NaN", count(state, limit) + 1]
        case "places":
            few = [[0], [1, 1], [1.5], [1e9], [1, "@NaN"], [count(state, limit) + 1]]
        case "forced":
            one, last = ["f", 1, 1, limit["low"]], count(state, limit)
            few = [
                [["g", *one[1:]]],
                [["f", -1, 1, 0]],
                [["f", 1.5, 1, 0]],
                [["f", limit["cells"] + 1, 1, 0]],
                [one[:3]],
            ]
            few += [
                [["f", 1, last + 1, 0]],
                [["f", 1, 0, 0]],
                [["f", 1, 1, limit["high"] + 0.01]],
                [["f", 1, 1, "@NaN"]],
            ]
            few += [
                [one, one],
                [[*one, 1]],
                [["constructor", 1, 1, 0]],
                [one, ["f", 1]],
                [[gate, cell, t + 1, 0] for gate in "fio" for cell in range(17) for t in range(max(2, last))],
            ]
    return rng.choice(few)


def text(value):
    """Write a value as a link has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(text, value))
    return value.removeprefix("@") if isinstance(value, str) else repr(value)


def trial(rng, explorer, initial):
    """Draw a link or a stored state, and say what state it means; None if nothing in it is valid."""
    limits, presets = explorer.limits, explorer.presets
    stored = rng.random() < 0.15
    if stored and rng.random() < 0.1:
        return {"way": "history", "given": json.dumps(rng.choice(NOTHING))}, initial
    given, meant, taken = {}, dict(initial), False
    if rng.random() < 0.5:
        given["preset"] = rng.choice(["", *presets, *presets, *NAMES_OF_OBJECTS, "LATCH", "🌊"])
        if given["preset"] == "" or given["preset"] in presets:
            meant["preset"] = given["preset"]
        if given["preset"] in presets:
            taken = True
            if not stored:
                meant |= explorer._preset_values(given["preset"])
    free = [name for name in limits if not limits[name].get("fixed")]
    names = rng.sample(free, rng.randint(0, min(6, len(free))))
    for name in sorted(names, key=lambda name: "in" in limits[name]):  # a place after its sequence
        limit, kind = limits[name], limits[name]["type"]
        if "in" in limit:
            keep_inside(meant, limits)
        draw = rng.random()
        if draw < 0.6:
            given[name] = valid(rng, limit, meant, kind == "words" and explorer.model["vocabulary"])
            meant[name] = sorted(given[name]) if kind in ("places", "forced") else given[name]
            taken = True
        elif draw < 0.8:
            given[name] = invalid(rng, limit, meant)
        elif stored:
            given[name] = rng.choice([one for one in NOTHING if (kind, str(one)) not in VALID_NOTHING])
        else:
            given[name] = rng.choice([one for one in NO_VALUES if one or kind not in ("places", "forced")])
    keep_inside(meant, limits)
    for name, value in explorer._preset_values(meant["preset"]).items() if meant["preset"] else ():
        if limits[name]["type"] != "place" and meant[name] != value:
            meant["preset"] = ""
    if stored:
        return {"way": "history", "given": json.dumps(given)}, meant
    pairs = [*given.items()]
    rng.shuffle(pairs)
    for name in rng.choices([*given, *NAMES_OF_OBJECTS], k=rng.choice([0, 0, 1, 3])):
        pairs.insert(0, (name, rng.choice(NO_VALUES)))  # of two with one name, the last one counts
    encode = rng.choice([quote, quote_plus])
    query = "&".join(f"{encode(name)}={encode(text(value))}" for name, value in pairs)
    query += rng.choice(BROKEN) if rng.random() < 0.1 else ""
    way = "address" if rng.random() < 0.02 else "click"
    return {"way": way, "query": query}, meant if taken or not query else None


VALID_NOTHING = [("places", "[]"), ("forced", "[]"), ("boolean", "True")]


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_link_or_the_history_says_the_state_is_whole(page, errors, alone, kind):
    rng = random.Random(kind.kind)
    explorer = kind()
    alone(explorer)
    initial = {name: explorer.state()[name] for name in ("preset", *kind.limits) if name in explorer.initial}
    trials, meant = [], []
    links = 0
    while links < LINKS[kind.kind]:
        one, wanted = trial(rng, explorer, initial)
        trials.append({**one, "disturb": rng.randrange(1000) if rng.random() < 0.2 else None})
        meant.append(wanted)
        links += one["way"] != "history"
    results = page.evaluate("([names, trials]) => sweep(names, trials)", [list(initial), trials])
    for one, wanted, (before, after, troubles) in zip(trials, meant, results, strict=True):
        assert troubles == [], one
        assert after == (before if wanted is None else wanted), one
    assert errors == []
    assert {one["way"] for one in trials} == {"click", "address", "history"}
    assert len(meant) / 20 < sum(wanted is None for wanted in meant) < len(meant) / 2
    for _, after, _ in results[:: len(results) // 40]:  # Python takes every such state as it is
        python = kind(**{name: value for name, value in after.items() if name != "preset"})
        assert python.state() | {"preset": after["preset"]} == explorer.state() | after


def test_the_smallest_number_there_is_is_read_out(page, mount):
    (explorer,) = mount(GradientExplorer(), prose=prose("gradient?preset=explode&amp;b_f=-3.7&amp;k=200"))
    follow(page, 1)
    assert table(explorer)["direct"][-1] == 5e-324
    assert "4.9 · 10⁻³²⁴ at 200 steps back" in explorer.inner_text()


def some_questions():
    choices = [["the memory", "Yes: `c_t`."], ["the output", "No: `h_t`."], ["both", "No."]]
    return [
        {"ask": "What is `c_t`?", "choices": choices, "right": 0},
        {"ask": "Half-life of 0.9?", "number": 6.58, "within": 0.05, "why": "ln ½ / ln 0.9"},
        {"ask": "And `h_t`?", "choices": choices[:2], "right": 1},
    ]


ANSWERS = [None, 0, 1, 2, 3, -1, 0.5, 6.6, -7.25, 1e300, True, "0", "", "constructor", [], [0], {}, {"0": 1}]
SPOILT = [
    "",
    "null",
    "7",
    "{}",
    '"01"',
    '{"0":1,"length":3}',
    "[",
    "[[",
    "[NaN]",
    "undefined",
    "[1e999,1e999]",
    "🌊",
]


def test_of_stored_answers_those_that_fit_the_questions_are_taken(page, errors, mount):
    rng = random.Random(0)
    questions = some_questions()
    (quiz,) = mount(Quiz(questions))
    quiz.get_by_role("button", name="both").click()
    (key,) = page.evaluate("Object.keys(localStorage)")
    kept = [[rng.choice(ANSWERS) for _ in range(rng.choice([0, 1, 2, 3, 3, 3, 3, 9]))] for _ in range(700)]
    texts = [json.dumps(one) for one in kept] + SPOILT
    counts = [3, None, 2]
    shown = page.evaluate(
        """async ([text, state, key, texts]) => {
            const blob = new Blob([text], { type: "text/javascript" });
            const { render } = (await import(URL.createObjectURL(blob))).default;
            return texts.map((kept) => {
                localStorage.setItem(key, kept);
                const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {} };
                const el = document.body.appendChild(document.createElement("div"));
                const clean = render({ model, el });
                const cards = [...el.querySelectorAll("fieldset")].map((card) => {
                    const input = card.querySelector("input");
                    const pressed = [...card.querySelectorAll("[aria-pressed]")].map(
                        (one) => one.getAttribute("aria-pressed"));
                    const verdict = card.querySelector(".lx-verdict").textContent;
                    return [input ? input.value : pressed.indexOf("true"), verdict[0] ?? ""];
                });
                const score = el.querySelector(".lx-score").textContent;
                const alive = [...el.querySelectorAll("button")].slice(0, 3).map((one) => {
                    one.click();
                    return one.getAttribute("aria-pressed");
                });
                clean();
                el.remove();
                return { cards, score, alive };
            });
        }""",
        [str(Quiz._esm), Quiz(questions).state(), key, texts],
    )
    assert len(shown) > 700
    for stored, seen in zip([*kept, *[[]] * len(SPOILT)], shown, strict=True):
        right, cards = 0, []
        for place, question in enumerate(questions):
            answer = stored[place] if place < len(stored) else None
            number = type(answer) in (int, float)
            if counts[place] is None:
                good = number and abs(answer - 6.58) <= 0.05
                cards.append(
                    [repr(answer).removesuffix(".0") if number else "", "✗✓"[good] if number else ""]
                )
            else:
                fits = type(answer) is int and 0 <= answer < counts[place]
                good = fits and answer == question["right"]
                cards.append([answer if fits else -1, "✗✓"[good] if fits else ""])
            right += good
        said = [[str(value), verdict] for value, verdict in seen["cards"]]
        assert said == [[str(value), verdict] for value, verdict in cards], stored
        assert seen["score"] == f"{right} of 3 right."
        assert seen["alive"] == ["true"] * 3
    assert errors == []


def test_answers_are_not_read_for_other_choices(page, errors, mount):
    questions = some_questions()
    (quiz,) = mount(Quiz(questions))
    quiz.get_by_role("button", name="both").click()
    (quiz,) = mount(Quiz(questions))
    assert quiz.get_by_role("button", name="both").get_attribute("aria-pressed") == "true"
    questions[0] = {**questions[0], "choices": questions[0]["choices"][::-1], "right": 2}
    (quiz,) = mount(Quiz(questions))
    assert quiz.locator('[aria-pressed="true"]').count() == 0
    assert quiz.locator(".lx-verdict").all_inner_texts() == ["", "", ""]
    assert errors == []


def test_start_again_takes_back_what_was_no_number(mount):
    (quiz,) = mount(Quiz(some_questions()))
    quiz.get_by_label("Your answer").fill("much")
    quiz.get_by_role("button", name="Check").click()
    assert "A number, please" in quiz.inner_text()
    quiz.get_by_role("button", name="Start again").click()
    assert "A number, please" not in quiz.inner_text()
    assert quiz.get_by_label("Your answer").input_value() == ""


@pytest.mark.parametrize("kind", KINDS)
def test_sliders_have_the_limits_of_the_file(mount, kind):
    python = kind()
    (explorer,) = mount(python)
    ends = explorer.evaluate(
        """root => Object.fromEntries([...root.querySelectorAll('input[type="range"]')].map(
            (input) => [input.name, [Number(input.min), Number(input.max), input.valueAsNumber]]))"""
    )
    wanted = {}
    if ends.pop("force", None):  # shows what the chosen gate is
        assert kind is SentenceExplorer
    for name, limit in kind.limits.items():
        if limit["type"] == "number":
            wanted[name] = [limit["low"], limit["high"], getattr(python, name)]
        elif limit["type"] == "place" and name in ends:
            wanted[name] = [1, count(python.state(), limit), getattr(python, name)]
    assert ends == wanted
    low_high = {"cell": (-2, 2), "memory": (0, 1)}.get(kind.kind)
    bars = explorer.locator('[role="slider"]').evaluate_all(
        "bars => bars.map((bar) => [bar.getAttribute('aria-valuemin'), bar.getAttribute('aria-valuemax')])"
    )
    values = next((limit for limit in kind.limits.values() if limit["type"] == "numbers"), None)
    assert bool(bars) == bool(values) == bool(low_high)
    assert {(int(low), int(high)) for low, high in bars} == (
        {(values["low"], values["high"])} if values else set()
    )


PROSE = '<h2 id="heading">Prose</h2><p><a href="#heading">up</a> {}</p>'


def prose(*links):
    return PROSE.format(" ".join(f'<a href="#{link}">link {k}</a>' for k, link in enumerate(links, 1)))


def follow(page, number):
    page.get_by_role("link", name=f"link {number}", exact=True).click()


def test_a_link_means_the_same_whatever_was_done_before(page, errors, mount):
    (explorer,) = mount(
        CellExplorer("remember", b_g=0.5), prose=prose("cell?b_f=1", "cell?preset=latch&amp;b_f=1")
    )
    follow(page, 1)
    from_first = weights(explorer), table(explorer)
    assert weights(explorer)["b_g"] == 0.5
    explorer.get_by_role("button", name="Latch", exact=True).click()
    move(explorer, "w_o", 3.3)
    explorer.get_by_role("button", name="one step on").click()
    follow(page, 1)
    assert (weights(explorer), table(explorer)) == from_first
    assert explorer.locator('input[name="step"]').input_value() == "2"
    follow(page, 2)
    assert weights(explorer) == {
        name: value for name, value in (CellExplorer.presets["latch"] | {"b_f": 1}).items() if name != "x"
    }
    assert errors == []


def test_a_place_is_judged_by_the_sequence_that_comes_with_it(page, errors, mount):
    x = ",".join(["1"] * 28)
    links = prose(
        f"cell?preset=latch&amp;x={x}",
        "cell?preset=latch",
        "cell?x=1,0&amp;step=3",
        "cell?step=3&amp;x=1,0,1",
    )
    (explorer,) = mount(CellExplorer(x=[0] * 30, step=20), prose=links)
    for number, (step, steps) in enumerate([(20, 28), (12, 12), (2, 2), (3, 3)], 1):
        follow(page, number)
        assert explorer.locator('input[name="step"]').input_value() == str(step)
        assert len(table(explorer)["x"]) == steps
    explorer.get_by_role("button", name="Reset").click()
    assert explorer.locator('input[name="step"]').input_value() == "20"
    explorer.get_by_role("button", name="Latch", exact=True).click()
    assert explorer.locator('input[name="step"]').input_value() == "12"
    explorer.get_by_role("button", name="one step back").click()
    assert explorer.locator('input[name="step"]').input_value() == "11"
    assert errors == []


def test_back_undoes_a_link_and_forward_follows_it_again(page, errors, mount):
    first, second = mount(
        CellExplorer("latch"),
        CellExplorer("remember"),
        prose=prose("cell?b_f=1", "cell2?b_f=2", "cell?b_f=3"),
    )
    page.evaluate("window.same = true")
    length = page.evaluate("history.length")

    def biases():
        return weights(first)["b_f"], weights(second)["b_f"]

    def waits_for(*wanted):
        page.wait_for_function(
            """wanted => String([...document.querySelectorAll("input[name=b_f]")].map(({ value }) => value))
                === String(wanted)""",
            arg=wanted,
        )

    move(first, "b_f", -4.5)  # what a hand has set comes back, too
    follow(page, 1)
    assert biases() == (1, 6)
    move(second, "b_f", 5.5)
    follow(page, 2)  # the browser's own affair: another explorer than the next one
    waits_for(1, 2)
    page.get_by_role("link", name="up").click()  # a heading, and no explorer
    move(first, "b_f", -9)
    follow(page, 3)
    assert biases() == (3, 2)
    assert page.evaluate("history.length") == length + 4
    page.go_back()
    waits_for(-9, 2)
    page.go_back()
    assert page.evaluate("location.hash").startswith("#cell2?")
    assert biases() == (-9, 2)  # from the heading back is no other state
    page.go_back()
    waits_for(-9, 5.5)
    page.go_back()
    waits_for(-4.5, 5.5)
    assert page.evaluate("location.hash") == ""
    page.go_forward()
    waits_for(-9, 5.5)  # as it was left
    page.evaluate("history.go(3)")
    waits_for(3, 2)
    page.evaluate("history.go(-4)")
    waits_for(-4.5, 5.5)
    follow(page, 1)
    move(first, "b_f", 7)
    follow(page, 1)  # the same address once more
    assert biases() == (1, 5.5)
    page.go_back()
    waits_for(7, 5.5)
    assert page.evaluate("window.same")
    assert errors == []


def test_back_undoes_a_link_after_a_reload(page, errors, mount):
    (explorer,) = mount(CellExplorer("latch"), prose=prose("cell?b_f=1"))
    move(explorer, "b_f", -4.5)
    follow(page, 1)
    page.reload()
    page.wait_for_function("() => document.querySelector('input[name=b_f]')?.value === '1'")
    page.go_back()
    page.wait_for_function("() => document.querySelector('input[name=b_f]').value === '-4.5'")
    assert explorer.locator(".lx-look").inner_text().startswith("Your own setting")
    assert errors == []


def test_an_address_that_is_typed_is_followed_and_back_undoes_it(page, errors, mount):
    (explorer,) = mount(MemoryExplorer(), prose=prose())
    explorer.get_by_role("checkbox", name="mark at step 2").click()
    marks = table(explorer)["mark"]
    page.evaluate("location.hash = '#memory?values=0.5,1,0.25&marks=1,3&step=3'")
    page.wait_for_function("() => document.querySelectorAll('table tbody tr').length === 3")
    assert (table(explorer)["x"], table(explorer)["mark"]) == ([0.5, 1, 0.25], [1, 0, 1])
    page.go_back()
    page.wait_for_function("() => document.querySelectorAll('table tbody tr').length === 16")
    assert table(explorer)["mark"] == marks
    assert errors == []


@pytest.mark.parametrize("hand", [["Control"], ["Shift"], ["Meta"], ["Alt"], "middle"], ids=str)
def test_a_link_opened_elsewhere_leaves_the_page_as_it_is(page, errors, mount, hand):
    (explorer,) = mount(CellExplorer("latch"), prose=prose("cell?b_f=1"))
    before = weights(explorer), page.url
    link = page.get_by_role("link", name="link 1")
    how = {"button": hand} if hand == "middle" else {"modifiers": hand}
    page.evaluate("addEventListener('click', (event) => { window.kept = !event.defaultPrevented; })")
    page.evaluate("addEventListener('auxclick', (event) => { window.kept = !event.defaultPrevented; })")
    if hand in (
        ["Meta"],
        ["Alt"],
    ):  # a new tab on another system, a download: stopped here once it is decided
        page.evaluate("addEventListener('click', (event) => event.preventDefault())")
        link.click(**how)
    else:
        with page.context.expect_page() as opened:
            link.click(**how)
        opened.value.wait_for_function("() => document.querySelector('input[name=b_f]')?.value === '1'")
        opened.value.close()
    assert page.evaluate("window.kept")
    assert (weights(explorer), page.url) == before
    assert errors == []


def shared(page, explorer):
    """Press "Link to this", load the page again from its address, and give what stands there then."""
    explorer.get_by_role("button", name="Link to this").click()
    page.wait_for_function("() => location.hash.includes('?')")
    page.reload()
    page.wait_for_function("() => document.querySelector('.lx-changed')")
    return seen(explorer)


def seen(explorer):
    """Give all that shows a state: table, sliders, boxes, texts, preset, caption."""
    controls = explorer.locator("input, select").evaluate_all(
        "all => all.map((one) => [one.name, one.type === 'checkbox' ? one.checked : one.value, one.disabled])"
    )
    pressed = explorer.locator('.lx-presets [aria-pressed="true"]').all_inner_texts()
    return table(explorer), controls, pressed, explorer.locator(".lx-look").inner_text()


@pytest.mark.parametrize("kind", KINDS)
def test_a_shared_link_brings_back_everything(page, errors, mount, kind):
    for place, preset in enumerate(kind.presets):
        (explorer,) = mount(kind())
        if place:  # the first one is left untouched
            explorer.locator(".lx-presets").first.get_by_role("button").nth(place).click()
        before = seen(explorer)
        assert len(before[2]) == 1 and not before[3].startswith("Your own")
        assert shared(page, explorer) == before
        assert preset in page.url
    assert errors == []


def test_a_shared_link_brings_back_marks_words_and_places(page, errors, mount):
    (memory,) = mount(MemoryExplorer())
    for name in ("mark at step 4", "mark at step 11"):
        memory.get_by_role("checkbox", name=name).click()
    memory.get_by_role("button", name="One step less").click()
    memory.get_by_role("checkbox", name="hold it still").first.check()
    before = seen(memory)
    assert sum(before[0]["mark"]) == 0  # no mark at all is a state, too
    assert shared(page, memory) == before
    memory.get_by_role("checkbox", name="mark at step 15").click()
    assert shared(page, memory) == seen(memory)
    (sentence,) = mount(SentenceExplorer())
    field = sentence.get_by_label("Sentence, in the model’s words")
    field.fill("anna healed the sick .")
    field.press("Enter")
    sentence.get_by_role("button", name="the", exact=True).click()
    before = seen(sentence), sentence.locator(".lx-cell").inner_text()
    assert "At “the”" in before[1]
    assert (shared(page, sentence), sentence.locator(".lx-cell").inner_text()) == before
    sentence.get_by_role("button", name="Bob", exact=True).click()
    sentence.get_by_role("button", name="fought", exact=True).click()
    before = seen(sentence), sentence.locator(".lx-cell").inner_text()
    assert before[0][2][0] == "Bob"  # to look at another word is no setting of one's own
    assert (shared(page, sentence), sentence.locator(".lx-cell").inner_text()) == before
    assert errors == []


def test_sliders_of_a_held_gate_are_free_again_whoever_lets_go(page, errors, mount):
    (explorer,) = mount(MemoryExplorer(), prose=prose("memory?held_f=true", "memory?preset=add"))
    box = explorer.get_by_role("checkbox", name="hold it still").first

    def disabled():
        return explorer.locator('input[type="range"]:disabled').evaluate_all(
            "all => all.map(({ name }) => name)"
        )

    held = ["scale_f", "shift_f"]
    box.check()
    assert disabled() == held
    explorer.get_by_role("button", name="Reset").click()
    assert (disabled(), box.is_checked()) == ([], False)
    box.check()
    explorer.get_by_role("button", name="Add two numbers").click()
    assert disabled() == []
    explorer.get_by_role("button", name="Forget gate held at 0.9").click()
    assert disabled() == held
    box.uncheck()
    assert disabled() == []
    follow(page, 1)
    assert disabled() == held
    box.uncheck()
    move(explorer, "hold_f", 0.4)  # holds it, too
    assert disabled() == held
    follow(page, 2)
    assert disabled() == []
    assert errors == []


def test_a_complaint_about_a_word_goes_when_another_sentence_comes(page, errors, mount):
    (explorer,) = mount(SentenceExplorer(), prose=prose("sentence?preset=wrong", "sentence?scale_f=1.5"))
    field, alert = explorer.get_by_label("Sentence, in the model’s words"), explorer.get_by_role("alert")
    for act in (
        lambda: explorer.get_by_role("button", name="Bob", exact=True).evaluate("button => button.click()"),
        lambda: explorer.get_by_role("button", name="Reset").click(),
        lambda: follow(page, 1),
        lambda: follow(page, 2),
        lambda: page.evaluate("location.hash = '#sentence?at=2'"),
        lambda: page.go_back(),
    ):
        field.fill("bob fought the zebra")
        field.press("Enter")
        assert "zebra" in alert.inner_text()
        act()
        page.wait_for_function("() => document.querySelector('[role=alert]').textContent === ''")
        words = explorer.locator(".lx-chips button").all_inner_texts()
        assert field.input_value().split(" ") == words
    assert errors == []


def source(name):
    return next(ROOT.glob(f"chapters/{name}.*")).read_text("utf-8")


LINKED = [name for name in PAGES if re.search(r'<a href=\\?"#\w+\?', source(name))]


def links_and_what_they_mean(text):
    """Give each link of a page: its kind, which explorer of that kind it means, and the state it means."""
    explorers = [
        (found.start(), found[2], json.loads(html.unescape(found[1])))
        for found in re.finditer(r'data-state="([^"]*)"><figure[^>]*data-explorer="(\w+)"', text)
    ]
    for link in re.finditer(r'<a href="#(\w+)\?([^"]*)"', text):
        (kind,) = [one for one in KINDS if one.kind == link[1]]
        same = [(start, state["initial"]) for start, name, state in explorers if name == link[1]]
        nth = next((k for k, (start, _) in enumerate(same) if start > link.start()), len(same) - 1)
        given = dict(parse_qsl(html.unescape(link[2]), strict_parsing=True))
        preset = given.pop("preset", None)
        values = same[nth][1] | (kind()._preset_values(preset) if preset else {})
        values |= {name: READ[kind.limits[name]["type"]](written) for name, written in given.items()}
        yield (
            link[1],
            nth,
            kind(**{name: value for name, value in values.items() if name in kind.limits}).state(),
        )


@pytest.mark.parametrize("name", LINKED)
def test_every_link_of_the_prose_sets_what_it_says_whatever_was_done_before(page, built, site, guard, name):
    meant = list(links_and_what_they_mean((built / "chapters" / f"{name}.html").read_text("utf-8")))
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site}chapters/{name}.html")
    page.wait_for_function("() => !document.querySelector('.lx-place')")
    links = page.locator('a[href^="#"][href*="?"]')
    assert links.count() == len(meant) >= 2
    for k, (kind, nth, state) in enumerate(meant):
        explorer = page.locator(f'[data-explorer="{kind}"]').nth(nth)
        presets = explorer.locator(".lx-presets").first.get_by_role("button")
        presets.nth(k % (presets.count() - 1)).evaluate("button => button.click()")
        held = explorer.locator('input[type="checkbox"]')
        if held.count():
            held.last.evaluate("box => box.click()")
        links.nth(k).evaluate("link => link.click()")
        shown = explorer.evaluate(
            """root => {
                const all = [...root.querySelectorAll(`input:not([name="force"]), select`)];
                return Object.fromEntries(all.map((one) => [one.name,
                    { checkbox: one.checked, range: one.valueAsNumber }[one.type] ?? one.value]));
            }"""
        )
        assert {name: state[name] for name in shown} == pytest.approx(shown), k
        if kind in ("cell", "memory"):
            assert table(explorer)["x"] == state["x" if kind == "cell" else "values"], k
        if kind == "memory":
            marks = table(explorer)["mark"]
            assert [t for t, mark in enumerate(marks, 1) if mark] == state["marks"], k
    guard.assert_clean()
