"""Sphinx extension of the book: whose book it is, so that a fork is published under its own name.

The owner and the name come from $GITHUB_REPOSITORY, else from git's remote `origin` if that is on GitHub,
else from `repository` in _config.yml. All that names them on the pages follows from here.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SLUG = r"([A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+?)"
_REMOTE = re.compile(rf"(?:https://(?:[^@/]+@)?|(?:ssh://)?git@)github\.com[:/]{_SLUG}(?:\.git)?/?")


def _origin(folder: Path) -> str:
    """Give the address of git's remote `origin`, or nothing. A repository around the folder is not asked."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.resolve().parent)}
    command = ["git", "-C", str(folder), "config", "--get", "remote.origin.url"]
    try:
        return subprocess.run(command, env=environment, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:  # a machine without git
        return ""


def repository_url(folder: Path, default: str, environment: Mapping[str, str] = os.environ) -> str:
    """Give the address of the book's repository on GitHub.

    Parameters: the book's folder, the address to fall back on, the environment.
    """
    slug = environment.get("GITHUB_REPOSITORY", "")
    if slug:
        if not re.fullmatch(_SLUG, slug):
            raise ValueError(f"GITHUB_REPOSITORY: came {slug!r}, wanted owner/name")
        return f"https://github.com/{slug}"
    remote = _REMOTE.fullmatch(_origin(folder))
    return f"https://github.com/{remote[1]}" if remote else default


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
    fields |= {"version": citation["version"], "url": url}
    return "@software{lstm_guide,\n" + "".join(f"  {k} = {{{v}}},\n" for k, v in fields.items()) + "}"


def _name(app: Any, config: Any) -> None:
    import yaml  # type: ignore[import-untyped]

    folder = Path(app.srcdir)
    default = config.html_theme_options["repository_url"]
    own = repository_url(folder, default)
    config.html_theme_options["repository_url"] = own
    # An address given in _config.yml, such as a domain of one's own, is not the fork's.
    config.html_baseurl = (config.html_baseurl if own == default else "") or site_url(own)
    if "ogp_site_url" in config:
        config.ogp_site_url = config.html_baseurl
    citation = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    config.myst_substitutions |= {
        "repository_url": own,
        "site_url": config.html_baseurl,
        "bibtex": f"```bibtex\n{bibtex(citation, config.html_baseurl)}\n```",
    }

    def rewrite(app: Any, error: Any) -> None:
        """Let the notebooks that the pages offer fetch what they need from the book's own repository."""
        if own != default and not error:
            for path in Path(app.outdir).glob("_sources/**/*.ipynb"):
                path.write_text(path.read_text("utf-8").replace(default, own), "utf-8")

    app.connect("build-finished", rewrite)


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx, ahead of what reads the settings."""
    app.connect("config-inited", _name, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
