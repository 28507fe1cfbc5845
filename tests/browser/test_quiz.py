"""The quiz without a kernel, on a page of its own."""

import pytest
from hands import some_quiz


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
    answer.fill("6,7")
    answer.press("Enter")
    assert "1 of 2 right" in quiz.inner_text()
    answer.fill("6.6")
    quiz.get_by_role("button", name="Check").click()
    assert "2 of 2 right" in quiz.inner_text()
    page.reload()
    assert "2 of 2 right" in page.locator("[data-explorer]").inner_text()
    quiz.get_by_role("button", name="Start again").click()
    assert "0 of 2 right" in quiz.inner_text()


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
