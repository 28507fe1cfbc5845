"""The words around an explorer: what a link speaks of, numbers in a sentence, guesses before the answer."""

import json
import re

import pytest
from linked import led
from places import CHAPTERS, PAGES, ROOT

LIMITS = json.loads((ROOT / "lstm_book/explorers/static/limits.json").read_text("utf-8"))
# What each explorer can show a reader of a link, by its `data-part`: parts of its picture, and its sliders.
PICTURED = {
    "cell": "x f i o g c h diagram",
    "gradient": "rnn direct full",
    "memory": "answer marks f i o c",
    "sentence": "words next f i o c h",
}
SLIDERS = {
    kind: [
        name
        for part in (kind, "network")[: 1 + (kind in ("memory", "sentence"))]
        for name, limit in LIMITS[part].items()
        if limit["type"] == "number"
    ]
    for kind in PICTURED
}
SERIES = {"cell": "x f i g o c h"}  # that a sentence can read
GUESSED = {"cell": "g c h"}  # where a dot can be placed
LINK = re.compile(r'<a href="#(\w+)\?([^"]*)"([^>]*)>')
OPEN, CLOSE = '<div class="lx-after">', "</div>"
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$", re.M | re.S)


def pages():
    """Give the text of each page that has links, as a reader meets it; code is left out."""
    for name in PAGES:
        if name in CHAPTERS:
            cells = json.loads((ROOT / f"chapters/{name}.ipynb").read_text("utf-8"))["cells"]
            text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        else:
            text = (ROOT / f"chapters/{name}.md").read_text("utf-8")
        text = FENCE.sub("", text)
        if LINK.search(text):
            yield name, text


TEXTS = dict(pages())


@pytest.fixture(params=TEXTS)
def name(request):
    return request.param


@pytest.fixture
def text(name):
    return TEXTS[name]


def data(attributes):
    """Give the data of an element by name; each stands there once."""
    found = re.findall(r'\bdata-(\w+)="([^"]*)"', attributes)
    assert len(dict(found)) == len(found), attributes
    return dict(found)


def spans(text, what):
    """Give each number in a sentence: where it stands, what it sets or reads, its kind, its text."""
    for span in re.finditer(rf"<span ([^>]*\bdata-{what}=[^>]*)>([^<]*)</span>", text):
        said = data(span[1])
        assert set(said) == {what, "kind"}, span[0]
        yield span.start(), said[what], said["kind"], span[2]


def number(text):
    """Read a number as the browser does."""
    return float(text.removesuffix("%").strip().replace("\N{MINUS SIGN}", "-").replace(",", "."))


def test_every_link_names_what_its_sentence_speaks_of(text):
    for kind, query, attributes in LINK.findall(text):
        assert data(attributes).get("about") in [*PICTURED[kind].split(), *SLIDERS[kind]], query


def test_a_number_in_a_sentence_sets_a_slider(text):
    assert text.count("data-number") == len(list(spans(text, "number")))
    for _, name, kind, shown in spans(text, "number"):
        assert name in SLIDERS[kind]
        assert LIMITS[kind][name]["low"] <= number(shown) <= LIMITS[kind][name]["high"]


def test_a_number_that_answers_reads_what_is_drawn(text):
    assert text.count("data-answer") == len(list(spans(text, "answer")))
    for _, what, kind, shown in spans(text, "answer"):
        parts = what.split("/")
        assert len(parts) == (2 if shown.endswith("%") else 1), what
        for part in parts:
            name, step = re.fullmatch(r"(\w+)@([1-9]\d*)", part).groups()
            assert name in SERIES[kind].split() and int(step) <= LIMITS[kind]["x"]["most"], what


def test_what_a_sentence_says_is_so_where_the_link_before_it_leads(name, text):
    """Without JavaScript a number reads as it stands, beside the other numbers of its paragraph."""
    asked = [(link.start(), link[2]) for link in LINK.finditer(text) if link[1] == "cell"]
    for at, what, kind, shown in spans(text, "answer"):
        assert kind == "cell"
        start, end = text.rfind("\n\n", 0, at), text.find("\n\n", at)
        sentence = {
            slider: number(one) for place, slider, _, one in spans(text, "number") if start < place < end
        }
        assert sentence
        trace = led(name, [query for place, query in asked if place < at][-1], **sentence).trace()
        read = [getattr(trace, one)[int(step) - 1].item() for one, step in re.findall(r"(\w)@(\d+)", what)]
        digits = len(shown.removesuffix("%").strip().partition(".")[2])
        value = 100 * read[0] / read[1] if shown.endswith("%") else read[0]
        assert f"{value:.{digits}f}" == f"{number(shown):.{digits}f}", what


def test_a_guess_is_well_asked_and_what_answers_it_follows(name, text):
    asked = [link for link in LINK.finditer(text) if "predict" in data(link[3])]
    assert text.count("data-predict") == len(asked) == text.count(OPEN)
    ends = [*(link.start() for link in asked[1:]), len(text)]
    for link, end in zip(asked, ends, strict=False):
        between = text[link.end() : end]
        before, block, after = re.fullmatch(
            rf"(.*?)\n\n{OPEN}\n\n(.*?)\n\n{CLOSE}(?:\n\n(.*))?", between, re.S
        ).groups()
        assert OPEN not in block + (after or "") and not re.search("^#", block, re.M)
        kind, query, guess = link[1], link[2], data(link[3])["predict"]
        if "@" in guess:
            series, step = re.fullmatch(r"(\w)@([1-9]\d*)", guess).groups()
            assert series in GUESSED[kind].split()
            assert int(step) <= len(led(name, query).x)
        else:
            right, *wrong = guess.split("|")
            assert wrong and len({right, *wrong}) == 1 + len(wrong) and all(guess.split("|"))
            assert re.search(rf"(?<![\w.]){re.escape(right)}(?!\w|\.\d)", block), guess


def test_every_chapter_of_the_guide_asks_first_and_has_sentences_to_play_with():
    for name in ("rnn_limits", "architecture", "forget_gate", "input_gate", "output_gate", "training"):
        text = TEXTS[name]
        assert text.count("data-predict") >= 2, name
        paragraphs = [one for one in text.split("\n\n") if "data-number" in one and "data-answer" in one]
        assert len(paragraphs) >= 2 or "#cell?" not in text, name
