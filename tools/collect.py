"""Put the answers that were handed in into one table: `collect.py FOLDER` reads it whole, writes answers.csv.

A row is an exercise of a learner, or a question of a quiz. What is no report of answers is named, and left
out.
"""

import csv
import json
import sys
from pathlib import Path
from typing import Any

COLUMNS = [
    "who", "chapter", "exercise", "state", "tries", "hint", "solution", "answer", "time", "lstm_lib", "file",
]  # fmt: skip


def rows_of(path: Path, folder: Path) -> list[dict[str, Any]]:
    """Give the rows of one report; ValueError if it is none."""
    try:
        whole = json.loads(path.read_text("utf-8"))
        common = {name: whole[name] for name in ("chapter", "lstm_lib")}
        common |= {"file": path.relative_to(folder).as_posix(), "who": whole["who"] or path.stem}
        rows = [{**line, **common} for line in whole["exercises"]]
        for number, asked in enumerate(whole["quiz"], 1):
            state = {True: "right", False: "not right", None: "no answer yet"}[asked["right"]]
            called = f"{common['chapter']}.quiz.{number}"
            rows.append({"exercise": called, "state": state, "answer": asked["answer"], **common})
        return rows
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        where = path.relative_to(folder)
        raise ValueError(f"{where} is no report of answers ({type(error).__name__})") from None


def as_text(value: Any) -> Any:
    """Keep a spreadsheet from computing what a learner wrote."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value


def main(given: str) -> int:
    folder = Path(given)
    if not given or not folder.is_dir():
        print(f"FOLDER must be a folder with answers-….json in it, not {given!r}", file=sys.stderr)
        return 2
    rows, status = [], 0
    for path in sorted(folder.rglob("*.json")):
        try:
            rows += rows_of(path, folder)
        except ValueError as error:
            print(error, file=sys.stderr)
            status = 1
    out = folder / "answers.csv"
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        table.writeheader()
        table.writerows({name: as_text(value) for name, value in row.items()} for row in rows)
    for who, chapter in sorted({(row["who"], row["chapter"]) for row in rows}):
        own = [row for row in rows if (row["who"], row["chapter"]) == (who, chapter)]
        done = sum(row["state"] == "right" for row in own)
        print(f"{who}: {chapter}, {done} of {len(own)} right")
    print(f"{len(rows)} rows in {out}")
    return status


if __name__ == "__main__":
    sys.exit(main("".join(sys.argv[1:2])))
