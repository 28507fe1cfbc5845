"""Where the links of the prose lead: the explorer that a page shows first, set as a link says."""

import ast
import html
import json
from urllib.parse import parse_qsl

from places import ROOT

# How the text of a link is read, by the type of the value
READ = {
    "number": float,
    "place": int,
    "numbers": lambda text: [float(one) for one in text.split(",")],
    "places": lambda text: [int(one) for one in text.split(",")],
    "boolean": {"true": True, "false": False}.__getitem__,
    "choice": str,
    "words": str,
}


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
