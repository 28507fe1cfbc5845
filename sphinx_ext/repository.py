"""Whose book it is, so that a fork is published under its own name.

The owner and the name come from $GITHUB_REPOSITORY, else from git's remote `origin` if that is on GitHub,
else from `repository` in _config.yml. All that names them on the pages follows from here. Where none of these
says it, no page names a repository or an address, and nothing is launched or installed from one.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_GITHUB = "https://github.com"
_SLUG = r"([A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+?)"
# scheme://user:word@host:port/owner/name.git, or as ssh takes it: user@host:owner/name.git
_REMOTE = re.compile(
    rf"(?:(?P<scheme>https?|git|(?:git\+)?ssh)://)?(?:[^@/\s]+@)?(?P<host>[A-Za-z0-9][\w.-]*)"
    rf"(?(scheme)(?::\d+)?/|:/?){_SLUG}(?:\.git)?/?"
)
# The second is what ssh is told to call GitHub where somebody has two keys.
_HOST = re.compile(r"(?:(?:www|ssh)\.)?github\.com|github\.com-[\w.-]+", re.IGNORECASE)
# Where the first cell of a notebook, as it is stored, says what Colab installs
_BOOK = re.compile(r'(BOOK = \\?")[^"\\]*')


def _said(command: list[str], folder: Path) -> str:
    """Give what a command says, in one line; nothing if it fails, or is not there, or takes long."""
    # Named by its folder, a repository is asked whoever owns it; and none around the book is.
    environment = {**os.environ, "GIT_DIR": str(folder.absolute() / ".git")}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _on_github(remote: str, folder: Path) -> str:
    """Give owner/name that the address of a remote stands for, or nothing if it is elsewhere."""
    parts = _REMOTE.fullmatch(remote)
    if not parts:
        return ""
    host = parts["host"]
    if not _HOST.fullmatch(host) and parts["scheme"] in (None, "ssh", "git+ssh"):
        told = re.search(r"^hostname (\S+)$", _said(["ssh", "-G", host], folder), re.MULTILINE)
        host = told[1] if told else host
    return parts[3] if _HOST.fullmatch(host) else ""


def repository_url(folder: Path, default: str = "", environment: Mapping[str, str] = os.environ) -> str:
    """Give the address of the book's repository on GitHub, or nothing where it is not known.

    Parameters: the book's folder, the address to fall back on, the environment.
    """
    slug = environment.get("GITHUB_REPOSITORY", "")
    if slug:
        if not re.fullmatch(_SLUG, slug):
            raise ValueError(f"GITHUB_REPOSITORY: came {slug!r}, wanted owner/name")
        # Other forges set the same name, for a repository of theirs.
        return f"{_GITHUB}/{slug}" if environment.get("GITHUB_SERVER_URL", _GITHUB) == _GITHUB else default
    # As it is written, and as git reads it where `url.….insteadOf` is set
    for command in "git config --get remote.origin.url", "git ls-remote --get-url origin":
        if slug := _on_github(_said(command.split(), folder), folder):
            return f"{_GITHUB}/{slug}"
    return default


def revision(folder: Path, branch: str = "main", environment: Mapping[str, str] = os.environ) -> str:
    """Name what is built: by its tag, else by its commit; an unpacked archive knows the branch at most."""
    tag = _said(["git", "describe", "--tags", "--exact-match"], folder)
    return tag or _said(["git", "rev-parse", "HEAD"], folder) or environment.get("GITHUB_SHA") or branch


def filled_in(notebook: str, book: str) -> str:
    """Let a notebook, as it is stored, install the library from an address@revision."""
    return _BOOK.sub(lambda found: found[1] + book, notebook)


def site_url(repository: str) -> str:
    """Give the address at which GitHub Pages shows a repository."""
    owner, name = repository.split("/")[-2:]
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def bibtex(citation: Mapping[str, Any], url: str) -> str:
    """Give what CITATION.cff says as a BibTeX entry."""
    people = " and ".join(
        f"{{{who['name']}}}" if "name" in who else f"{who['family-names']}, {who['given-names']}"
        for who in citation["authors"]
    )
    year = str(citation["date-released"])[:4]
    fields = {"author": people, "title": f"{{{citation['title']}}}", "year": year}
    fields |= {"version": citation["version"]} | ({"url": url} if url else {})
    return "@software{lstm_guide,\n" + "".join(f"  {k} = {{{v}}},\n" for k, v in fields.items()) + "}"


def _name(app: Any, config: Any) -> None:
    import yaml  # type: ignore[import-untyped]
    from sphinx.util import logging

    folder, options = Path(app.srcdir), config.html_theme_options
    default = options.get("repository_url", "")
    own = repository_url(folder, default)
    # An address given in _config.yml, such as a domain of one's own, is not the fork's.
    config.html_baseurl = (config.html_baseurl if own == default else "") or (site_url(own) if own else "")
    options |= {"repository_url": own, "use_repository_button": bool(own), "use_issues_button": bool(own)}
    if own:
        app.tags.add("launch")
    else:
        options["launch_buttons"] = {}
        logging.getLogger(__name__).info(
            "The repository is not known ($GITHUB_REPOSITORY, or a remote `origin` on GitHub): "
            "no launch buttons, no address of the book"
        )
    if "ogp_site_url" in config:
        config.ogp_site_url = config.html_baseurl
    citation = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    book = f"{own}@{revision(folder, options.get('repository_branch', 'main'))}" if own else ""
    config.html_context["installed_from"] = book
    library = f"lstm_lib[book] @ git+{book}" if own else ".[book]"
    where = "" if own else "  # in the folder of the book"
    config.myst_substitutions |= {
        "bibtex": f"```bibtex\n{bibtex(citation, config.html_baseurl)}\n```",
        "pip_line": f'```bash\npip install "{library}"{where}\n```',
    }

    def rewrite(app: Any, error: Any) -> None:
        """Let the notebooks that the pages offer fetch what they need from the book's own repository."""
        if book and not error:
            for path in Path(app.outdir).glob("_sources/**/*.ipynb"):
                path.write_text(filled_in(path.read_text("utf-8"), book), "utf-8")

    app.connect("build-finished", rewrite)


def setup(app: Any) -> None:
    """Register with Sphinx, ahead of what reads the settings."""
    app.connect("config-inited", _name, priority=100)
