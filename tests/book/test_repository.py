"""A fork is published under its own name, and no file of it says so."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from places import ROOT

from lstm_lib.repository import bibtex, repository_url, site_url

DEFAULT = "https://github.com/default/book"


def git(folder, *command):
    subprocess.run(["git", "-C", str(folder), *command], check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path):
    git(tmp_path, "init", "-q")
    return tmp_path


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/someone/my.fork",
        "https://github.com/someone/my.fork.git",
        "https://user:word@github.com/someone/my.fork.git",
        "git@github.com:someone/my.fork.git",
        "ssh://git@github.com/someone/my.fork/",
    ],
)
def test_a_remote_on_github_names_the_repository(clone, remote):
    git(clone, "remote", "add", "origin", remote)
    assert repository_url(clone, DEFAULT, {}) == "https://github.com/someone/my.fork"
    assert repository_url(clone, DEFAULT, {"GITHUB_REPOSITORY": "a/b"}) == "https://github.com/a/b"


@pytest.mark.parametrize(
    "remote", [None, "https://example.org/someone/fork", "/a/folder", "https://github.com/x"]
)
def test_no_remote_on_github_leaves_the_default(clone, remote):
    if remote:
        git(clone, "remote", "add", "origin", remote)
    assert repository_url(clone, DEFAULT, {}) == DEFAULT


def test_a_repository_around_the_book_is_not_the_books(clone):
    git(clone, "remote", "add", "origin", "https://github.com/someone/around")
    (clone / "book").mkdir()
    assert repository_url(clone / "book", DEFAULT, {}) == DEFAULT


def test_without_git_the_default_stands(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert repository_url(tmp_path, DEFAULT, {}) == DEFAULT


@pytest.mark.parametrize("slug", ["fork", "a/b/c", "https://github.com/a/b", "a b/c"])
def test_a_malformed_name_is_refused(tmp_path, slug):
    with pytest.raises(ValueError, match=rf"GITHUB_REPOSITORY: came {slug!r}, wanted owner/name"):
        repository_url(tmp_path, DEFAULT, {"GITHUB_REPOSITORY": slug})


def test_address_of_the_pages():
    assert site_url("https://github.com/Some-One/Book") == "https://some-one.github.io/Book/"
    assert site_url("https://github.com/Some-One/some-one.github.io") == "https://some-one.github.io/"


def test_citation_names_people_by_their_parts():
    people = [{"family-names": "Doe", "given-names": "Ann"}, {"name": "The group"}]
    entry = {"authors": people, "title": "T", "version": "2", "date-released": "2026-01-02"}
    assert bibtex(entry, "https://u/").splitlines() == [
        "@software{lstm_guide,",
        "  author = {Doe, Ann and {The group}},",
        "  title = {{T}},",
        "  year = {2026},",
        "  version = {2},",
        "  url = {https://u/},",
        "}",
    ]


def built(book, fork, **environment):
    """Build a book of one notebook with the real settings; check that its links are the fork's."""
    mine = {name: value for name, value in os.environ.items() if name != "GITHUB_REPOSITORY"}
    command = [f"{Path(sys.executable).parent}/jupyter-book", "build", str(book), "-W", "-n", "--keep-going"]
    done = subprocess.run(command, env={**mine, **environment}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    page = (book / "_build/html/chapters/one.html").read_text("utf-8")
    owner, name = fork.split("/")
    for link in (
        f"https://github.com/{fork}",
        f"https://github.com/{fork}/issues/new",
        f"https://mybinder.org/v2/gh/{fork}/main?urlpath=lab/tree/chapters/one.ipynb",
        f"https://colab.research.google.com/github/{fork}/blob/main/chapters/one.ipynb",
    ):
        assert f'href="{link}' in page, link
    site = f"https://{owner}.github.io/{name}/"
    assert f'<link rel="canonical" href="{site}chapters/one.html"' in page
    text = re.sub("<.*?>", "", page)
    assert f"url = {{{site}}}" in text and f"Code: {fork}." in text
    notebook = json.loads((book / "_build/html/_sources/chapters/one.ipynb").read_text("utf-8"))
    first = "".join(notebook["cells"][0]["source"])
    assert f"git+https://github.com/{fork}" in first
    assert f"git clone --quiet --depth 1 https://github.com/{fork} book" in first
    everything = [path.read_text("utf-8") for path in (book / "_build/html").rglob("*.html")]
    everything += [json.dumps(notebook)]
    default = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["repository"]["url"]
    assert not [text for text in everything if default in text]


def test_every_link_of_a_forks_build_is_the_forks(clone):
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    config["execute"] = {"execute_notebooks": "off"}
    (clone / "_config.yml").write_text(yaml.safe_dump(config))
    (clone / "_toc.yml").write_text("format: jb-book\nroot: chapters/one\n")
    shutil.copy(ROOT / "CITATION.cff", clone)
    icon = config["html"]["favicon"]
    (clone / icon).parent.mkdir(parents=True)
    shutil.copy(ROOT / icon, clone / icon)
    (clone / "chapters").mkdir()
    shutil.copy(ROOT / "chapters" / "references.bib", clone / "chapters")
    notebook = json.loads((ROOT / "chapters/experiments_1997.ipynb").read_text("utf-8"))
    words = "# One\n\nCode: {{ repository_url }}.\n\n{{ bibtex }}\n"
    notebook["cells"][1:] = [{"cell_type": "markdown", "id": "one", "metadata": {}, "source": words}]
    (clone / "chapters" / "one.ipynb").write_text(json.dumps(notebook))
    built(clone, "someone/fork", GITHUB_REPOSITORY="someone/fork")
    # The same folder again under another name: nothing of the first stays behind.
    git(clone, "remote", "add", "origin", "git@github.com:another/clone.git")
    built(clone, "another/clone")
    # And again with nothing changed, which Sphinx leaves unwritten.
    built(clone, "another/clone")
