"""A reader's hands on an explorer, and lstm_lib's own numbers for what it shows."""

import numpy as np

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.quiz import Quiz
from lstm_lib import LSTM, RNN

# The "Numbers" table: columns by name, at full precision
TABLE = """root => {
    const table = root.querySelector("details table");
    const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    const column = (k) => [...table.tBodies[0].rows].map((row) => Number(row.cells[k].dataset.value));
    return Object.fromEntries(names.map((name, k) => [name, column(k)]));
}"""
# The twelve weights, off the sliders
WEIGHTS = """root => Object.fromEntries([...root.querySelectorAll('input[type="range"]')]
    .filter((input) => /^[wub]_[figo]$/.test(input.name))
    .map((input) => [input.name, input.valueAsNumber]))"""
MOVE = """(input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def table(explorer):
    """Read an explorer's "Numbers" table: columns by name, at full precision."""
    return as_floats(explorer.evaluate(TABLE))


def as_floats(columns):
    return {name: [float(value) for value in column] for name, column in columns.items()}


def move(explorer, name, value):
    """Move one slider as a reader's hand would: the value, then the input event."""
    explorer.locator(f'input[name="{name}"]').evaluate(MOVE, value)


def weights(explorer):
    """Read the twelve weights off an explorer's sliders."""
    return explorer.evaluate(WEIGHTS)


def each_weight_moved(explorer, value):
    """Move one weight after the other; gives its name, the weights and the table after each move."""
    moved = explorer.evaluate(
        f"""(root, value) => {{
            const [table, weights, move] = [{TABLE}, {WEIGHTS}, {MOVE}];
            return Object.keys(weights(root)).map((name) => {{
                move(root.querySelector(`input[name="${{name}}"]`), value);
                return [name, weights(root), table(root)];
            }});
        }}""",
        value,
    )
    return [(name, there, as_floats(numbers)) for name, there, numbers in moved]


def expected(p, x):
    """Give lstm_lib's own series for the weights and inputs that an explorer shows."""
    plain = "w_f" not in p
    net = (RNN if plain else LSTM)(input_size=1, hidden_size=1)
    for name, value in p.items():
        letter, gate = name.split("_")
        own = letter if letter == "b" else letter.upper()
        setattr(net, own if plain else f"{own}_{gate}", np.full((1,) if letter == "b" else (1, 1), value))
    trace = net.forward(np.reshape(x, (-1, 1, 1)))
    return {name: getattr(trace, name).ravel() for name in trace.series}


def assert_table_is_lstm_lib(explorer):
    assert_numbers_are_lstm_lib(weights(explorer), table(explorer))


def assert_numbers_are_lstm_lib(p, numbers):
    names = [*"figoch"] if "w_f" in p else ["h"]
    assert list(numbers)[: 2 + len(names)] == ["t", "x", *names]
    series = expected(p, numbers["x"])
    for name in names:
        np.testing.assert_allclose(numbers[name], series[name], rtol=0, atol=1e-12)


def middle(locator):
    """Bring a part of the page into the middle of the window; gives where its own middle is."""
    x, y, width, height = locator.evaluate(
        """part => {
            part.scrollIntoView({ block: "center", behavior: "instant" });
            const { x, y, width, height } = part.getBoundingClientRect();
            return [x, y, width, height];
        }"""
    )
    return x + width / 2, y + height / 2


def finger(page, start, *path):
    """Put a finger down, move it along a path, and lift it: real touches, which scroll the page too."""
    hand = page.hand = getattr(page, "hand", None) or page.context.new_cdp_session(page)
    for kind, *point in (("touchStart", *start), *(("touchMove", *to) for to in path), ("touchEnd",)):
        points = [{"x": point[0], "y": point[1]}] if point else []
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def ranges(explorer):
    """Read the value of every slider and bar."""
    return explorer.evaluate(
        """root => [...root.querySelectorAll('input[type="range"], [role="slider"]')]
            .map((one) => [one.name ?? one.ariaLabel, one.value ?? one.ariaValueNow])"""
    )


def some_quiz():
    choices = [["the memory", "Yes: `c_t`."], ["the output", "No: `h_t`."]]
    half_life = {"number": 6.58, "within": 0.05, "why": "ln ½ / ln 0.9", "unit": "steps"}
    return Quiz(
        [{"ask": "What is `c_t`?", "choices": choices, "right": 0}, {"ask": "Half-life of 0.9?", **half_life}]
    )


KINDS = [CellExplorer, GradientExplorer, SentenceExplorer, MemoryExplorer, some_quiz]
