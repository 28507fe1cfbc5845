"""Make the chapters for a class into _build/student, and a zip of it: with answer cells, without solutions.

`student.py [FOLDER]`. lstm_lib and lstm_book lie beside the notebooks, which so use them and no others. The
latter holds the hints and, packed, the rules that judge: whoever unpacks them can read them, but they are not
in plain sight.
"""

import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from lstm_book.exercise import without_solutions

ROOT = Path(__file__).resolve().parent.parent
FOR_TEACHERS = "teachers.md"
START = """# How to start

1. In this folder: `pip install -r requirements.txt`, then `jupyter lab chapters`.
2. Open a chapter, and choose *Run*, *Run All Cells*. You can change everything.
3. Under each exercise put your answer in the place of `...`, and run the cell. It says how it stands.
4. At the end put your name in `check.report(...)`: it writes `answers-….json`, which you hand in.
"""


def make(folder: Path) -> None:
    """Make the folder anew, and a zip beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    left_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", FOR_TEACHERS, "answers-*.json")
    for name in "chapters", "experiments":
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in "lstm_lib", "lstm_book":
        shutil.copytree(ROOT / name, folder / "chapters" / name, ignore=left_out)
    for path in (folder / "chapters/lstm_book/exercises").glob("*.md"):
        path.write_text(without_solutions(path.read_text("utf-8")), "utf-8")
    for name in "requirements.txt", "LICENSE", "_toc.yml":
        shutil.copy(ROOT / name, folder)
    (folder / "START.md").write_text(START, "utf-8")
    shutil.make_archive(str(folder), "zip", folder.parent, folder.name)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "_build" / "student"
    make(folder)
    print(f"For the class: {folder}, and the same as {folder.name}.zip beside it")
