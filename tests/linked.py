"""Where the links of the prose lead: the explorer that a page shows first, set as a link says."""

import ast
import html
import json
import re
from urllib.parse import parse_qsl

from places import CHAPTERS, ROOT

# How the text of a link is read, by the type of the value
READ = {
    "number": float,
    "place": int,
    "numbers": lambda text: [float(one) for one in text.split(",")],
    "places": lambda text: [int(one) for one in text.split(",")],
    "boolean": {"true": True, "false": False}.__getitem__,
    "choice": str,
    "words": str,
    "forced": lambda text: [
        [gate, int(cell), int(step), float(value)]
        for gate, cell, step, value in zip(*[iter(text.split(","))] * 4, strict=True)
    ],
}

# A link to a page with an explorer set, a number that is read there, a number as a power of ten
OPENS = re.compile(r'<a href="(\w+)\.html#(\w+)\?([^"]*)">([^<]*)</a>')
ANSWER = re.compile(r'<span data-answer="(\w+)@(\d+)">([^<]*)</span>')
POWER = re.compile(r"\$(?:(\d) \\cdot )?10\^\{(-?\d+)\}\$")


def first(name, kind="cell"):
    """Give the explorer of a kind that a page shows first: a link speaks of that one, or of a preset."""
    maker = f"{kind.capitalize()}Explorer"
    cells = json.loads((ROOT / f"chapters/{name}.ipynb").read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    *lines, last = ast.parse(next(one for one in code if f"{maker}(" in one)).body
    known = {}
    exec(compile(ast.Module(lines, []), name, "exec"), known)
    return eval(compile(ast.Expression(last.value), name, "eval"), known)


def led(name, query, kind="cell", **numbers):
    """Give the explorer to which a link leads, with the numbers that a sentence sets."""
    shown = first(name, kind)
    given = dict(parse_qsl(html.unescape(query), strict_parsing=True))
    preset = {"preset": given.pop("preset")} if "preset" in given else {}
    values = {one: READ[shown.limits[one]["type"]](text) for one, text in given.items()} | numbers
    start = {} if preset else {one: value for one, value in shown.state().items() if one != "preset"}
    return type(shown)(**{**start, **preset, **values})


def opened(text):
    """Give the explorer that each link to another page opens; beyond a limit, this raises."""
    links = list(OPENS.finditer(text))
    assert text.count(".html#") == len(links) and {link[1] for link in links} <= set(CHAPTERS)
    return {link: led(link[1], link[3], link[2]) for link in links}


def reading(explorer, what, at):
    """Read a series at a step, a gradient k steps back, an answer, or how likely a word is after a place."""
    if explorer.kind == "gradient":
        return explorer.reach()[what][at - 1]
    if explorer.kind == "cell":
        return explorer.trace()[what].item(at - 1)
    if explorer.kind == "memory":
        return explorer.answers()[at - 1, 0]
    if what == "open":  # how many output gates
        return (explorer.trace().o.reshape(-1, 16)[at - 1] > 0.85).sum()
    return explorer.chances()[at - 1, explorer.model["vocabulary"].index(what)]


def written(value, like):
    """Write a number as the one on the page is written."""
    if power := POWER.fullmatch(like):
        digit, exponent = f"{value:.0e}".split("e")
        assert power[1] or digit == "1"
        return like.replace(power[0], rf"${digit} \cdot 10^{{{int(exponent)}}}$".replace("$1 \\cdot ", "$"))
    if like.endswith(" %"):
        return f"{100 * value:.0f} %"
    return f"{value:.{len(like.partition('.')[2])}f}".replace("-", "\N{MINUS SIGN}")


def read_out(text):
    """Compare each number of a text with the explorer that the link before it opens; count them."""
    links, answers = opened(text), list(ANSWER.finditer(text))
    assert text.count("<span ") == len(answers)
    for answer in answers:
        link = [one for one in links if one.start() < answer.start()][-1]
        shown = written(reading(links[link], answer[1], int(answer[2])), answer[3])
        assert shown == answer[3], (link[4], answer[0])
    return len(answers)
