"""The quiz without a kernel, on a page of its own."""

import ast
import json

import pytest
from hands import some_quiz
from places import CHAPTERS, ROOT

from lstm_book.quiz import Quiz


def test_quiz_explains_counts_and_remembers(page, mount):
    (quiz,) = mount(some_quiz())
    quiz.get_by_role("button", name="the output").click()
    assert "✗ Not so. No: h" in quiz.inner_text()
    quiz.get_by_role("button", name="the memory").click()
    assert "✓ Right. Yes: c" in quiz.inner_text()
    said = "() => document.querySelector('[role=status]').textContent === '✓ Right. Yes: ct. 1 of 2 right.'"
    page.wait_for_function(said)  # a screen reader hears it too
    answer = quiz.get_by_label("Your answer")
    answer.fill("much")
    answer.press("Enter")
    assert "A number, please" in quiz.inner_text()
    for text in ("1/0", "1/2/3", "/2"):
        answer.fill(text)
        answer.press("Enter")
        assert "A number, please" in quiz.inner_text()
    answer.fill("6,7")
    answer.press("Enter")
    assert "1 of 2 right" in quiz.inner_text()
    assert "Too large." in quiz.inner_text() and "ln ½" not in quiz.inner_text()  # a hint first
    quiz.get_by_role("button", name="Show the answer").click()
    assert "ln ½" in quiz.inner_text()
    answer.fill("1/2")
    answer.press("Enter")
    assert "Too small." in quiz.inner_text() and "ln ½" not in quiz.inner_text()
    answer.fill("65,8/10")
    answer.press("Enter")
    assert "2 of 2 right" in quiz.inner_text()
    answer.fill("6,7")
    answer.press("Enter")
    answer.fill("6.6")
    quiz.get_by_role("button", name="Check").click()
    assert "2 of 2 right" in quiz.inner_text()
    page.reload()
    assert "2 of 2 right" in page.locator("[data-explorer]").inner_text()
    quiz.get_by_role("button", name="Start again").click()
    assert "0 of 2 right" in quiz.inner_text()


QUESTION = {"ask": "Half of 1?", "number": 0.5, "within": 0.01, "why": "1 / 2"}


def test_a_single_question_says_its_verdict_and_counts_nothing(page, mount):
    (quiz,) = mount(Quiz([QUESTION]))
    assert "A question" in quiz.inner_text() and "Question 1" not in quiz.inner_text()
    quiz.get_by_label("Your answer").fill("1/2")
    quiz.get_by_role("button", name="Check").click()
    assert "✓ Right. 1 / 2" in quiz.inner_text() and "of 1 right" not in quiz.inner_text()
    page.wait_for_function("() => document.querySelector('[role=status]').textContent === '✓ Right. 1 / 2'")
    quiz.get_by_role("button", name="Start again").click()
    assert quiz.locator(".lx-verdict").inner_text() == quiz.get_by_label("Your answer").input_value() == ""


def test_an_answer_at_the_edge_is_right_as_in_python(mount):
    (quiz,) = mount(Quiz([QUESTION | {"number": 0.35, "within": 0.05}]))
    for answer, verdict in (("0.3", "✓ Right"), ("0.4", "✓ Right"), ("0.41", "✗")):
        quiz.get_by_label("Your answer").fill(answer)
        quiz.get_by_role("button", name="Check").click()
        assert verdict in quiz.locator(".lx-verdict").inner_text()
        quiz.get_by_role("button", name="Start again").click()


def asked_in(name):
    """The questions of each quiz of a chapter, those at its end last."""
    cells = json.loads((ROOT / f"chapters/{name}.ipynb").read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    calls = [ast.parse(source).body[-1] for source in sources if "\nQuiz([" in source]
    return [ast.literal_eval(call.value.args[0]) for call in calls]


def test_each_quiz_of_the_book_keeps_its_own_answers(page, mount):
    book = [questions for name in CHAPTERS for questions in asked_in(name)]
    quizzes = mount(*map(Quiz, book))
    assert len(quizzes) == len(book) >= 20
    for quiz, questions in zip(quizzes, book, strict=True):
        assert quiz.locator(".lx-wrong").count() == 0
        for card, question in zip(quiz.locator("fieldset").all(), questions, strict=True):
            if "choices" in question:
                wrong = (question["right"] + 1) % len(question["choices"])
                card.locator(".lx-choices button").nth(wrong).click()
            else:
                card.get_by_role("textbox").fill(str(question["number"] + 100))
                card.get_by_role("textbox").press("Enter")
    page.reload()
    counts = [quiz.locator(".lx-wrong").count() for quiz in quizzes]
    assert counts == [len(questions) for questions in book]
    quizzes[0].get_by_role("button", name="Start again").click()
    page.reload()
    assert [quiz.locator(".lx-wrong").count() for quiz in quizzes] == [0, *counts[1:]]


# What the book's article leaves beside the stage, and on a phone
@pytest.mark.parametrize("width", [592, 390])
def test_a_question_that_waits_keeps_its_room(page, mount, width):
    page.set_viewport_size({"width": width, "height": 900})
    single = [questions for name in CHAPTERS for questions in asked_in(name) if len(questions) == 1]
    mounted = [quiz.bounding_box()["height"] for quiz in mount(*map(Quiz, single))]
    stills = "".join(Quiz(questions)._repr_mimebundle_()[0]["text/html"] for questions in single)
    stills = stills.replace("lx-place", "lx-waits")
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", stills)
    kept = [still.bounding_box()["height"] for still in page.locator(".lx-waits .lx").all()]
    assert len(kept) == len(mounted) >= 12
    assert [k for k, pair in enumerate(zip(kept, mounted, strict=True)) if abs(pair[0] - pair[1]) > 40] == []


TWELVE = json.loads((ROOT / "chapters/twelve_questions.json").read_text("utf-8"))


def answer(quiz, k, right):
    """Answer the k-th question as a reader does."""
    card, question = quiz.locator("fieldset").nth(k), TWELVE[k]
    if "choices" in question:
        place = question["right"] if right else (question["right"] + 1) % len(question["choices"])
        card.get_by_role("group").get_by_role("button").nth(place).click()
    else:
        card.get_by_role("textbox").fill(str(question["number"] + (0 if right else 100)))
        card.get_by_role("button").first.click()


def test_the_twelve_questions_are_twelve_of_each_kind_four():
    purposes = [question["asks_to"] for question in TWELVE]
    assert [purposes.count(one) for one in ("recall", "explain", "use")] == [4, 4, 4]
    assert len({question["ask"] for question in TWELVE}) == 12


def test_before_says_nothing_and_after_compares(page, site, errors):
    page.goto(f"{site}chapters/before.html")
    quiz = page.locator("[data-explorer=quiz]")
    for k in range(12):
        answer(quiz, k, right=k in (0, 4, 5))
    said = quiz.inner_text()
    assert "12 of 12 answered. Your answers stay in this browser" in said
    assert "✓" not in said and "✗" not in said and " right" not in said
    page.goto(f"{site}chapters/after.html")
    assert "0 of 12 right; before the first chapter 3." in quiz.inner_text()
    for k in range(12):
        answer(quiz, k, right=k != 11)
    assert "11 of 12 right; before the first chapter 3." in quiz.inner_text()
    assert "Before → now: to recall 1 → 4, to explain 2 → 4, to use 0 → 3." in quiz.inner_text()
    page.goto(f"{site}chapters/before.html")  # the first round is as it was
    assert "12 of 12 answered" in quiz.inner_text()
    assert errors == []


def test_after_without_before_has_nothing_to_compare_with(page, mount):
    (quiz,) = mount(Quiz(TWELVE, turn="after"))
    answer(quiz, 0, right=True)
    assert "1 of 12 right. There are no answers from before" in quiz.inner_text()


def test_before_without_storage_says_so(page, mount):
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    (quiz,) = mount(Quiz(TWELVE, turn="before"))
    assert "This browser keeps nothing" in quiz.inner_text()


@pytest.mark.parametrize(
    "refusal",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });",
        "Storage.prototype.setItem = () => { throw new Error('full'); };",
        "Storage.prototype.getItem = () => 'not what was kept';",
    ],
    ids=["refused", "full", "spoilt"],
)
def test_quiz_works_without_storage(page, mount, refusal):
    page.add_init_script(refusal)
    (quiz,) = mount(some_quiz())
    quiz.get_by_role("button", name="the memory").click()
    assert "1 of 2 right" in quiz.inner_text()
