"""The guide is gentle: its chapters are short, begin with something to move, and keep their old addresses."""

import re

import pytest
from gentle import LIMITS, WIDTHS, measured
from places import CHAPTERS, GUIDE, ROOT

# Headings that chapters had when they were longer. Pages elsewhere may link to them.
OLD_HEADINGS = {
    "rnn_limits": """a-lamp-then-a-hundred-dark-steps what-the-source-says a-network-that-reads-step-by-step
        the-picture the-equation-term-by-term one-step-by-hand-then-two-more all-it-has-of-the-past
        first-problem-does-the-light-last second-problem-how-far-back-can-a-lesson-reach the-gradient-measured
        hochreiter-s-bound-of-1991-beside-a-measurement clipping-cures-exploding-not-vanishing
        is-it-hopeless-then trained-accuracy-against-lag a-first-taste-of-a-gate
        the-gradient-in-an-lstm-measured from-every-input-to-every-output move-it-yourself""",
    "architecture": """three-numbers-or-twelve what-the-source-says a-gate-is-a-number-between-0-and-1
        from-one-layer-to-four the-picture the-code one-step-by-hand all-twelve-to-move
        all-six-quantities-step-by-step the-same-from-python tie-a-slider-of-your-own-to-it
        why-the-line-on-top-is-straight where-the-second-tanh-is-measured four-layers-two-states
        both-states-are-handed-on counting-parameters a-variant-gates-that-see-the-memory
        many-cells-at-once""",
    "forget_gate": """nine-tenths-of-a-memory what-the-source-says the-idea the-picture
        the-equation-term-by-term
        one-step-by-hand from-a-gate-value-to-a-half-life so-start-with-the-gate-open
        trained-which-bias-solves-which-lag the-gate-at-work why-forget-at-all we-repeat-it-in-small
        your-own-function-of-the-weights""",
    "input_gate": """two-numbers-out-of-thirty what-the-source-says the-idea-and-the-equations the-picture
        why-two-layers-and-not-one one-step-by-hand the-three-steps-over-time the-gate-at-work
        a-cell-that-adds-up-the-marked-numbers a-shut-door-does-not-learn too-open-is-no-better
        a-network-that-learns-it what-training-made-of-the-gate only-the-important
        hands-on-the-trained-network write-your-own""",
    "output_gate": """knowing-and-not-saying what-the-source-says the-idea-and-the-equations the-picture
        one-step-by-hand the-gate-at-work what-the-second-tanh-costs the-output-goes-round
        are-peepholes-needed a-model-that-reads-about-bob from-memory-to-word turn-the-filter
        held-through-the-whole-sentence does-the-filter-know-bob who-picks-the-word
        hands-on-the-word-model write-your-own""",
    "training": """a-hundred-steps-two-marks-one-number what-the-source-says the-way-back-in-a-picture
        term-by-term one-step-back-by-hand all-steps-in-twenty-lines is-it-right
        how-far-back-does-the-lesson-reach what-the-training-of-1997-left-out solved-while-you-wait
        has-it-learned-to-add put-your-hands-on-a-trained-network which-learning-rate which-biases
        what-matters-and-what-hardly-does what-a-step-costs""",
}
INDEX = (ROOT / "chapters" / "index.md").read_text("utf-8")
COMMON = "what-the-source-says-and-what-we-found exercises quiz what-to-remember further-reading"


@pytest.mark.parametrize("name", GUIDE)
def test_a_chapter_is_short_and_begins_with_an_explorer(page, site, name):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found = measured(page, f"{site}chapters/{name}.html")
        limits = {key: most for key, most in LIMITS.items() if width == max(WIDTHS) or key != "cut"}
        assert {key: found[key] for key, most in limits.items() if not found[key] <= most} == {}, width


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_says_the_minutes_it_takes_and_the_index_says_the_same(page, site, name):
    minutes = measured(page, f"{site}chapters/{name}.html")["minutes"]
    said = re.findall(r"Reading time: about (\d+) minutes", page.inner_text("article"))
    said += re.findall(rf"\({name}\.ipynb\), (\d+) minutes", INDEX)
    assert said == len(said) * [str(minutes)]
    assert len(said) == 2 or name not in GUIDE


@pytest.mark.parametrize("name", OLD_HEADINGS)
def test_what_pointed_into_a_longer_chapter_still_lands(page, site, name):
    page.goto(f"{site}chapters/{name}.html")
    ids = page.eval_on_selector_all("article [id]", "all => all.map((one) => one.id)")
    assert [one for one in f"{OLD_HEADINGS[name]} {COMMON}".split() if ids.count(one) != 1] == []


@pytest.mark.parametrize("name", GUIDE)
def test_a_link_to_a_folded_verdict_opens_it(page, site, name):
    page.goto(f"{site}chapters/{name}.html")
    verdicts = page.eval_on_selector_all("[id^=found-s]", "all => all.map((one) => one.id)")
    assert verdicts
    page.evaluate("target => { location.hash = target; }", verdicts[-1])
    page.locator(f"#{verdicts[-1]}").wait_for()  # to be seen
