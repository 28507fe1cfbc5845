"""What publishes the book: the workflows, what Binder reads, the check of links, the papers of it."""

import json
import os
import re
import subprocess
import sys
import tomllib

import links
import pytest
import twice
import yaml
from places import ROOT

from lstm_lib import __version__
from sphinx_ext.colab import BRANCH

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request):
    text = request.param.read_text("utf-8")
    return text, yaml.safe_load(text)


def test_actions_are_pinned_by_commit_and_say_which_version(workflow):
    text, _ = workflow
    used = re.findall(r"uses: (.*)", text)
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_one_version_of_each_action():
    used = {line for path in WORKFLOWS for line in re.findall(r"uses: (.*)", path.read_text("utf-8"))}
    assert len({action.split("@")[0] for action in used}) == len(used)


def test_workflows_call_what_a_person_calls(workflow):
    _, said = workflow
    asked = []
    for job in said["jobs"].values():
        asked += job.get("strategy", {}).get("matrix", {}).get("target", [])
        for step in job["steps"]:
            asked += [step["run"].removeprefix("make ")] if step.get("run", "").startswith("make ") else []
    asked = [name for name in asked if name != '"$TARGET"']
    assert asked and set(asked) <= TARGETS


def test_rights_are_the_least(workflow):
    _, said = workflow
    assert said["permissions"] == {}
    for name, job in said["jobs"].items():
        needed = {
            "publish": {"pages": "write", "id-token": "write"},
            "colab": {"actions": "read", "contents": "write"},
        }
        assert job["permissions"] == needed.get(name, {"contents": "read"})
        assert "timeout-minutes" in job
    assert "concurrency" in said


def test_only_main_is_published():
    said = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8"))
    wanted = "github.event_name != 'pull_request' && github.ref == 'refs/heads/main'"
    for name in "publish", "colab":
        assert said["jobs"][name]["if"] == wanted
        assert said["jobs"][name]["needs"] == "book"
    (upload,) = [step for step in said["jobs"]["book"]["steps"] if "pages-artifact" in step.get("uses", "")]
    assert (upload["if"], upload["with"]["path"]) == (wanted, "_build/html")


def test_the_copies_for_colab_come_onto_their_branch(tmp_path):
    """The step as it stands, with the tar of the pages here and a repository here in GitHub's place."""
    said = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8"))
    (step,) = said["jobs"]["colab"]["steps"]
    repository, pages, bin_folder = tmp_path / "some" / "one", tmp_path / "pages", tmp_path / "bin"
    repository.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "--bare", repository], check=True, timeout=60)
    (pages / "colab").mkdir(parents=True)
    (pages / "index.html").write_text("a page")
    bin_folder.mkdir()
    (bin_folder / "gh").write_text(
        f'#!/bin/sh\n[ "$1" = auth ] || {{ [ "$*" = "run download 7 --repo some/one --name github-pages" ] '
        f"&& tar -cf artifact.tar -C {pages} . ; }}\n"
    )
    (bin_folder / "gh").chmod(0o755)
    env = {**os.environ, **{name: str(value) for name, value in step["env"].items()}}
    env |= {
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_RUN_ID": "7",
        "GITHUB_SHA": "abc",
    }
    env |= {"GITHUB_SERVER_URL": f"file://{tmp_path}", "GITHUB_REPOSITORY": "some/one"}
    for text in "first", "second":  # the branch is rewritten each time
        (pages / "colab" / "one.ipynb").write_text(text)
        work = tmp_path / text
        work.mkdir()
        subprocess.run(["bash", "-e", "-c", step["run"]], cwd=work, env=env, check=True, timeout=60)
        git = ["git", "-C", str(repository)]
        shown = subprocess.run(
            [*git, "show", f"{BRANCH}:one.ipynb"], capture_output=True, text=True, timeout=60
        )
        assert shown.stdout == text
        files = subprocess.run(
            [*git, "ls-tree", "-r", "--name-only", BRANCH], capture_output=True, timeout=60
        )
        assert files.stdout == b"one.ipynb\n"


def test_one_python_version():
    version = (ROOT / ".binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert PYPROJECT["project"]["requires-python"] == f">={version}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == version
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py{version.replace('.', '')}"


def test_binder_may_run_what_it_is_to_run_after_installing():
    script = ROOT / ".binder" / "postBuild"
    assert os.access(script, os.X_OK) and "\nset -e\n" in script.read_text()


def test_binder_installs_what_a_chapter_needs_and_no_more():
    lines = (ROOT / ".binder" / "requirements.txt").read_text().splitlines()
    asked = [line for line in lines if line and not line.startswith("#")]
    # The versions and what the chapters import stand elsewhere; `make rehearse` installs it.
    assert asked == ["-c ../requirements.txt", "-e .[book]", "jupyterlab-myst"]
    assert PYPROJECT["project"]["dependencies"] == ["numpy"]
    assert PYPROJECT["project"]["optional-dependencies"] == {
        "book": ["matplotlib", "ipywidgets", "anywidget"]
    }


def link(status, info="", uri="https://a.org"):
    return json.dumps({"filename": "a.md", "lineno": 3, "status": status, "uri": uri, "info": info})


def test_links_that_are_gone_are_told_from_machines_turned_away():
    refused = "403 Client Error: Forbidden for url: https://a.org"
    missing = "404 Client Error: Not Found for url: https://a.org"
    lines = [link("working"), link("redirected"), link("broken", refused), link("broken", missing)]
    lines += [link("timeout", "timed out"), link("broken", "HTTPSConnectionPool: no such host 403")]
    lines += [link("unchecked"), link("ignored"), link("local")]
    gone, turned_away, well = links.sorted_out(lines)
    assert well == 2
    assert turned_away == [f"a.md:3: https://a.org: {refused}"]
    assert gone == [
        f"a.md:3: https://a.org: {missing}",
        "a.md:3: https://a.org: timed out",
        "a.md:3: https://a.org: HTTPSConnectionPool: no such host 403",
    ]


@pytest.mark.parametrize(
    ("said", "found", "status"),
    [
        ("build succeeded", [link("working")], 0),
        ("build finished with problems", [link("working"), link("broken", "404")], 1),
        ("build succeeded", [], 1),
        ("build succeeded", [link("unchecked")], 1),
        ("Exception occurred", [link("working")], 1),
        ("build succeeded", None, 1),
    ],
)
def test_links_that_nobody_asked_for_are_no_good_links(tmp_path, monkeypatch, said, found, status):
    """The stand-in for Jupyter Book says its line, and leaves its report if there is one."""
    report = "" if found is None else "\n".join(found)
    write = f"import pathlib; pathlib.Path('_build/linkcheck/output.json').write_text({report!r})"
    (tmp_path / "_build" / "linkcheck").mkdir(parents=True)
    monkeypatch.setattr(links, "ROOT", tmp_path)
    script = f"print({said!r}); {'' if found is None else write}"
    monkeypatch.setattr(links, "BOOK", [sys.executable, "-c", script])
    assert links.main() == status


def test_version_and_licences_are_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest, day = re.search(r"^## (\S+), (\S+)$", changes, re.M).groups()
    assert citation["version"] == PYPROJECT["project"]["version"] == __version__ == newest
    assert citation["date-released"] == day
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert "MIT License" in licence and "CC BY 4.0" in licence
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
    # A fork's citation is its own: the pages fill in the address.
    assert not {"url", "repository-code"} & set(citation)


def test_pre_commit_runs_what_make_lint_runs():
    (repo,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repo["repo"] == "local"  # so no version stands there
    assert [hook["entry"] for hook in repo["hooks"]] == ["make tidy", "make lint"]


def test_two_builds_are_compared_file_by_file():
    first = {"a.html": b"one", "b.html": b"two", "c.html": b"three"}
    assert twice.different(first, dict(first)) == []
    assert twice.verdict(first, dict(first)) == (["3 files, 0 differ"], True)
    assert twice.verdict({}, {}) == (["There is no file to compare"], False)
    second = {"a.html": b"one", "b.html": b"2", "d.html": b""}
    assert not twice.verdict(first, second)[1]
    assert twice.different(first, second) == ["b.html", "c.html", "d.html"]
    timed = {"chapters/closer_training.html": b"src='../_images/a.svg'", "_images/a.svg": b""}
    assert twice.why("chapters/closer_training.html", timed) and twice.why("_images/a.svg", timed)
    shared = {**timed, "chapters/forget_gate.html": b"src='../_images/a.svg'"}
    assert not twice.why("_images/a.svg", shared) and not twice.why("chapters/forget_gate.html", shared)
