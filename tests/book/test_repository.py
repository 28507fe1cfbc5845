"""A fork is published under its own name, and no file of it says so."""

import html
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml
from build import BOOK
from places import ROOT

from sphinx_ext.repository import bibtex, filled_in, repository_url, revision, site_url


def git(folder, *command):
    author = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    command = ["git", *author, "-C", str(folder), *command]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


@pytest.fixture
def clone(tmp_path):
    git(tmp_path, "init", "-q")
    return tmp_path


@pytest.fixture
def ssh(tmp_path_factory, monkeypatch):
    """Somebody's ssh, which knows GitHub under the name of `work`."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "ssh").write_text(
        '#!/bin/sh\n[ "$1" = -G ] && [ $# = 2 ] || exit 1\n'
        'case "$2" in work) echo "hostname github.com" ;; *) echo "hostname $2" ;; esac\n'
    )
    (folder / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/someone/my.fork",
        "https://github.com/someone/my.fork.git",
        "https://user:word@github.com/someone/my.fork.git",
        "https://www.github.com/someone/my.fork",
        "http://GitHub.com/someone/my.fork/",
        "git://github.com/someone/my.fork.git",
        "git@github.com:someone/my.fork.git",
        "github.com:/someone/my.fork.git",
        "github.com-work:someone/my.fork.git",
        "git@work:someone/my.fork",
        "ssh://git@work/someone/my.fork",
        "ssh://git@github.com/someone/my.fork/",
        "ssh://git@github.com:22/someone/my.fork.git",
        "git+ssh://git@ssh.github.com:443/someone/my.fork.git",
        "short:someone/my.fork",
    ],
)
def test_a_remote_on_github_names_the_repository(clone, ssh, remote):
    git(clone, "config", "url.https://github.com/.insteadOf", "short:")
    git(clone, "remote", "add", "origin", remote)
    assert repository_url(clone, "", {}) == "https://github.com/someone/my.fork"
    assert repository_url(clone, "", {"GITHUB_REPOSITORY": "a/b"}) == "https://github.com/a/b"


@pytest.mark.parametrize(
    "remote",
    [
        None,
        "https://example.org/someone/fork",
        "https://github.com.example.org/someone/fork",
        "https://example.org/github.com/someone",
        "git@home:someone/fork",
        "https://work/someone/fork",
        "/a/folder",
        "../someone/fork",
        "file:///github.com/someone/fork",
        "https://github.com/x",
        "-oProxyCommand=x:someone/fork",
    ],
)
def test_no_remote_on_github_leaves_it_unknown(clone, ssh, remote):
    if remote:
        git(clone, "config", "remote.origin.url", remote)
    assert repository_url(clone, "", {}) == ""
    assert repository_url(clone, "https://github.com/set/here", {}) == "https://github.com/set/here"


def test_another_forge_is_not_github(clone):
    given = {"GITHUB_REPOSITORY": "a/b", "GITHUB_SERVER_URL": "https://codeberg.org"}
    assert repository_url(clone, "", given) == ""


def test_a_worktree_and_a_submodule_have_their_own_remote(clone, tmp_path_factory):
    git(clone, "remote", "add", "origin", "https://github.com/someone/fork")
    git(clone, "commit", "-q", "--allow-empty", "-m", "One")
    tree = tmp_path_factory.mktemp("trees") / "tree"
    git(clone, "worktree", "add", "-q", str(tree))
    assert repository_url(tree, "", {}) == "https://github.com/someone/fork"
    around = tmp_path_factory.mktemp("around")
    git(around, "init", "-q")
    git(around, "remote", "add", "origin", "https://github.com/someone/around")
    git(around, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(clone), "book")
    git(around / "book", "remote", "set-url", "origin", "https://github.com/another/fork")
    assert repository_url(around / "book", "", {}) == "https://github.com/another/fork"


def test_a_repository_is_read_whoever_owns_it(clone, tmp_path_factory, monkeypatch):
    """git itself refuses where it would have to look for the repository."""
    git(clone, "remote", "add", "origin", "https://github.com/someone/fork")
    folder = tmp_path_factory.mktemp("bin")
    script = f'#!/bin/sh\nexport GIT_TEST_ASSUME_DIFFERENT_OWNER=1\nexec {shutil.which("git")} "$@"\n'
    (folder / "git").write_text(script)
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        git(clone, "remote")
    assert "dubious ownership" in refused.value.stderr
    assert repository_url(clone, "", {}) == "https://github.com/someone/fork"


def test_a_repository_around_the_book_is_not_the_books(clone, monkeypatch):
    git(clone, "remote", "add", "origin", "https://github.com/someone/around")
    (clone / "book").mkdir()
    assert repository_url(clone / "book", "", {}) == ""
    monkeypatch.setenv("GIT_DIR", str(clone / ".git"))  # as in one of its hooks
    assert repository_url(clone / "book", "", {}) == ""


def test_without_git_it_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert repository_url(tmp_path, "", {}) == ""
    assert revision(tmp_path, "main", {"GITHUB_SHA": "abc"}) == "abc"
    assert revision(tmp_path, "main", {}) == "main"


def test_what_is_built_is_named_by_its_tag_or_its_commit(clone):
    git(clone, "commit", "-q", "--allow-empty", "-m", "One")
    assert revision(clone, "main", {}) == git(clone, "rev-parse", "HEAD")
    git(clone, "tag", "v1")
    assert revision(clone, "main", {"GITHUB_SHA": "abc"}) == "v1"
    git(clone, "commit", "-q", "--allow-empty", "-m", "Two")
    assert revision(clone, "main", {}) == git(clone, "rev-parse", "HEAD")


def test_a_stored_notebook_is_filled_in_once_and_again():
    stored = json.dumps(["import sys\n", 'BOOK = ""  # a remark\n'])
    once = filled_in(stored, "https://github.com/a/b@v1")
    assert json.loads(once)[1] == 'BOOK = "https://github.com/a/b@v1"  # a remark\n'
    assert json.loads(filled_in(once, "https://github.com/c/d@v2"))[1].startswith(
        'BOOK = "https://github.com/c/d@v2"'
    )


@pytest.mark.parametrize("slug", ["fork", "a/b/c", "https://github.com/a/b", "a b/c"])
def test_a_malformed_name_is_refused(tmp_path, slug):
    with pytest.raises(ValueError, match=rf"GITHUB_REPOSITORY: came {slug!r}, wanted owner/name"):
        repository_url(tmp_path, "", {"GITHUB_REPOSITORY": slug})


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


@pytest.fixture
def built(clone):
    """Build a book of one notebook with the real settings; gives what was said, its page, its first cell."""
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
    words = "# One\n\n{{ pip_line }}\n\n{{ zip_of_the_pages }}, {{ pdf_for_paper }}\n\n{{ bibtex }}\n\n"
    words += ":::{only} launch\nA rocket.\n:::\n"
    install = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    notebook["cells"] = [{"cell_type": "markdown", "id": "one", "metadata": {}, "source": words}, install]
    (clone / "chapters" / "one.ipynb").write_text(json.dumps(notebook))

    def build(**environment):
        mine = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        command = [*BOOK, str(clone), "-W", "-n", "--keep-going"]
        done = subprocess.run(
            command, env={**mine, **environment}, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        page = (clone / "_build/html/chapters/one.html").read_text("utf-8")
        cells = json.loads((clone / "_build/html/_sources/chapters/one.ipynb").read_text("utf-8"))["cells"]
        first = next(cell for cell in cells if cell["cell_type"] == "code")
        in_colab = json.loads((clone / "_build/html/colab/one.ipynb").read_text("utf-8"))["cells"]
        return done.stdout, page, "".join(first["source"]), "\n".join(cell["source"] for cell in in_colab)

    return build


def assert_all_is_the_forks(fork, version, said, page, first, in_colab):
    assert "not known" not in said
    owner, name = fork.split("/")
    for link in (
        f"https://github.com/{fork}",
        f"https://github.com/{fork}/issues/new",
        f"https://mybinder.org/v2/gh/{fork}/main?urlpath=lab/tree/chapters/one.ipynb",
        f"https://colab.research.google.com/github/{fork}/blob/colab/one.ipynb",
    ):
        assert f'href="{link}' in page, link
    site = f"https://{owner}.github.io/{name}/"
    assert f'<link rel="canonical" href="{site}chapters/one.html"' in page
    assert f'href="{site}downloads/lstm-guide.zip"' in page and "A rocket." in page
    text = html.unescape(re.sub("<.*?>", "", page))
    assert f"url = {{{site}}}" in text
    assert f'pip install "lstm_lib[book] @ git+https://github.com/{fork}@{version}"' in text
    for text in first, in_colab:
        assert f'BOOK = "https://github.com/{fork}@{version}"' in text
    assert f"({site}chapters/one.html)" in in_colab and "A rocket." in in_colab


def test_every_link_of_a_build_is_of_its_repository_if_that_is_known(clone, built):
    said, page, first, in_colab = built()
    assert said.count("The repository is not known") == 1
    everything = [path.read_text("utf-8") for path in (clone / "_build/html").rglob("*.html")]
    for place in [
        "mybinder.org",
        "colab.research",
        "github.io",
        "canonical",
        "og:url",
        "og:image",
        "downloads/",
    ]:
        assert not [text for text in everything if place in text], place
    links = {link for text in everything for link in re.findall(r'href="(https?://[^"]*)"', text)}
    assert not [link for link in links if "github.com" in link]
    assert "A rocket." not in page and 'pip install ".[book]"' in html.unescape(re.sub("<.*?>", "", page))
    assert 'BOOK = ""' in first and "url = " not in page
    assert 'BOOK = ""' in in_colab and "http" not in in_colab and "A rocket." not in in_colab
    assert not (clone / "_build/html/sitemap.xml").exists()
    # The same folder again, now somebody's: nothing of before stays behind.
    of_someone = {"GITHUB_REPOSITORY": "someone/fork", "GITHUB_SHA": "abc"}
    assert_all_is_the_forks("someone/fork", "abc", *built(**of_someone))
    git(clone, "remote", "add", "origin", "git@github.com:another/clone.git")
    git(clone, "commit", "-q", "--allow-empty", "-m", "One")
    git(clone, "tag", "v1")
    assert_all_is_the_forks("another/clone", "v1", *built())
    # And again with nothing changed, which Sphinx leaves unwritten.
    assert_all_is_the_forks("another/clone", "v1", *built())
