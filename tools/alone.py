"""Run Python alone: what it runs, draws, prints and installs does not depend on who runs it.

    .venv/bin/python -I tools/alone.py tools/build.py

All that make calls goes through here, and so do the tests and the builds that are started without make. The
user's settings, profiles, kernels, folders of modules and language stay behind; where packages come from, and
proxies, do not. The look of JupyterLab is a reader's own; its library and its kernel are the book's.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

# In .venv, for Matplotlib keeps there which fonts it found: looking for them at the first figure may take so
# long that it says so, and what a cell says on stderr fails the build.
SETTINGS = Path(__file__).resolve().parent.parent / ".venv" / "settings"
# By how their names begin. GIT_: in a hook they name another index, or another repository.
LEFT_BEHIND = re.compile(
    "ANYWIDGET|CHROMIUM_|CLICOLOR|FORCE_COLOR|GIT_|HYPOTHESIS_|IPYTHON|JPY_|JUPYTER|LANG|LC_|MATPLOTLIB|MPL|MYPY"
    "|PIP_|PWDEBUG|PYTEST|PYTHON|PY_COLORS|RUFF_|SOURCE_DATE_EPOCH|SPHINX|TZ"
)
# Where pip finds packages, and how it gets at them
KEPT = re.compile(
    "PIP_((EXTRA_)?INDEX_URL|FIND_LINKS|NO_INDEX|(CLIENT_)?CERT|PROXY|TRUSTED_HOST|KEYRING_PROVIDER|CONFIG_FILE"
    "|RETRIES|(DEFAULT_)?TIMEOUT|(NO_)?CACHE_DIR|NO_INPUT|USE_(FEATURE|DEPRECATED))"
)
HERE = "127.0.0.1,localhost,::1"


def environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give the environment to run in, from the one that is given. Once more, it gives the same."""
    kept = {
        name: value for name, value in given.items() if KEPT.fullmatch(name) or not LEFT_BEHIND.match(name)
    }
    theirs = given.get("JUPYTER_CONFIG_DIR") or os.path.expanduser("~/.jupyter")
    look = given.get("JUPYTERLAB_SETTINGS_DIR") or os.path.join(theirs, "lab", "user-settings")
    direct = given.get("no_proxy") or given.get("NO_PROXY") or HERE
    if direct != "*" and HERE not in direct:
        direct += f",{HERE}"
    SETTINGS.mkdir(parents=True, exist_ok=True)  # IPython goes elsewhere, with a warning, if it is not there
    return kept | {
        "IPYTHONDIR": str(SETTINGS / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": look,
        "JUPYTER_CONFIG_DIR": str(SETTINGS / "jupyter"),
        "JUPYTER_DATA_DIR": str(SETTINGS / "jupyter" / "data"),
        "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this Python comes before any other of its name
        "LC_ALL": "C.UTF-8",
        "MPLCONFIGDIR": str(SETTINGS / "matplotlib"),
        "NO_PROXY": direct,
        "PIP_USER": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        "no_proxy": direct,
    }


if __name__ == "__main__":
    os.execve(sys.executable, [sys.executable, *sys.argv[1:]], environment())
