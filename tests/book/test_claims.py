"""The page of claims: every statement judged, every link lands, every source is in the bibliography."""

import re
from pathlib import Path

import nbformat
import pytest
from linked import ANSWER, OPENS, opened, read_out

ROOT = Path(__file__).parents[2]
CLAIMS = (ROOT / "chapters" / "claims.md").read_text("utf-8")
BIB = (ROOT / "chapters" / "references.bib").read_text("utf-8")
KEYS = re.findall(r"^@\w+\{(\w+),", BIB, re.M)
VERDICT = re.compile(r"^\*\*(Holds if|Holds\.?|Does not hold\.)\*\* \S", re.M)


def entries():
    """The text of every entry, by its target."""
    parts = re.split(r"^\((claim-s\d+|misconception-\d+)\)=\n", CLAIMS, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


ENTRIES = entries()


def test_twenty_of_twenty_statements_are_judged():
    assert [name for name in ENTRIES if "claim" in name] == [f"claim-s{n}" for n in range(1, 21)]
    for n in range(1, 21):
        assert ENTRIES[f"claim-s{n}"].startswith(f"### S{n}\n\n*")
    table = dict(re.findall(r"^\| (Holds|Holds if …|Does not hold) \| (.*) \|$", CLAIMS, re.M))
    for verdict, row in table.items():
        for n in re.findall(r"#claim-s(\d+)", row):
            (judged,) = VERDICT.findall(ENTRIES[f"claim-s{n}"])
            assert judged.rstrip(".") == verdict.removesuffix(" …"), f"S{n}"
    listed = re.findall(r"\[S(\d+)\]", " ".join(table.values()))
    assert sorted(map(int, listed)) == list(range(1, 21))


@pytest.mark.parametrize("name", ENTRIES)
def test_each_has_one_verdict_a_place_and_a_source(name):
    text = ENTRIES[name]
    assert len(VERDICT.findall(text)) == 1
    assert re.search(r"^Shown: \{ref\}`[^`<]+ <[\w-]+>`", text, re.M)
    if name.startswith("claim"):
        assert f"<found-{name.removeprefix('claim-')}>`" in text
    cited = re.findall(r"\{cite:t\}`(\w+)`", text)
    assert cited and set(cited) <= set(KEYS)


def targets_in_sources():
    found = set()
    for path in (ROOT / "chapters").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            found |= set(re.findall(r"^\(([\w-]+)\)=$", cell.source, re.M))
            found.add(cell.metadata.get("mystnb", {}).get("figure", {}).get("name"))
    return found


def test_every_link_has_its_target_in_a_chapter():
    wanted = set(re.findall(r"\{ref\}`[^`]*<([\w-]+)>`", CLAIMS))
    assert wanted <= targets_in_sources()


def test_every_link_lands_in_the_built_book(built):
    page = built / "chapters" / "claims.html"
    article = re.search(r"<article.*?</article>", page.read_text("utf-8"), re.S)[0]
    links = re.findall(r'href="([\w.-]*\.html)?#([^"?]+)"', article)
    assert len(links) > 60
    pages = {}
    for name, target in links:
        name = name or "claims.html"
        pages.setdefault(name, (page.parent / name).read_text("utf-8"))
        assert f'id="{target}"' in pages[name], f"{name}#{target}"


TRIED = {name: said[1] for name, text in ENTRIES.items() if (said := re.search("^Try it: (.*)$", text, re.M))}
PLACES = re.compile(r"\b[Ss]teps? \d+(, \d+)*( (to|and) \d+)?|\b\d+ steps\b|\bof 16\b|\babove 0\.85\b")


@pytest.mark.parametrize("name", TRIED)
def test_what_can_be_tried_comes_out_as_it_is_said(name):
    assert read_out(TRIED[name])


@pytest.mark.parametrize("name", TRIED)
def test_no_number_of_what_can_be_tried_stands_unread(name):
    """Left are places, "step 6", and in the words of a link what it sets."""
    assert not re.search(r"\d", PLACES.sub("", OPENS.sub("", ANSWER.sub("", TRIED[name]))))
    for link, explorer in opened(TRIED[name]).items():
        for number in re.findall(r"\d[\d.]*", PLACES.sub("", link[4])):
            assert float(number) in [value for value in explorer.state().values() if value != ""], link[4]


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_lands_on_a_cells_output(name):
    (target,) = re.findall(r"^Shown: \{ref\}`[^`]*<([\w-]+)>`", ENTRIES[name], re.M)
    assert target.startswith("fig-")


def test_keys_of_the_bibliography_are_unique_and_each_entry_is_whole():
    assert len(KEYS) == len(set(KEYS))
    for entry in re.split(r"\n(?=@)", BIB):
        for part in ("author", "title", "year"):
            assert re.search(rf"^  {part} = ", entry, re.M), entry
