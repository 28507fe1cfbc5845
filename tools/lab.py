"""A JupyterLab of its own, for the tests and benchmarks that look at explorers beside a live kernel."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from lstm_book.live import STRICT

PATIENCE = 90  # seconds: the machine may be busy, and no test with JupyterLab is about speed


@contextlib.contextmanager
def serving(home: Path, python: str = sys.executable) -> Iterator[tuple[Path, str, str]]:
    """Serve a folder, with no settings but its own; gives it, the address and the token."""
    # The whole notebook is drawn at once, so that an explorer below the window exists too.
    settings = home / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    theirs = {name: value for name, value in os.environ.items() if name != STRICT}  # a reader is at work here
    environment = {
        **theirs,
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={home}"]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [python, "-m", "jupyterlab", *options], env=environment, stdout=log, stderr=log
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while not (found := list((home / "runtime").glob("jpserver-*.json"))) or not found[0].read_text():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"JupyterLab did not start:\n{(home / 'log').read_text()}")
                time.sleep(0.2)
            info = json.loads(found[0].read_text())
            yield home, info["url"], info["token"]
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


def kernel_of(lab: tuple[Path, str, str], path: str) -> dict[str, Any]:
    """Give what the server's session of a notebook says of its kernel; empty before there is one."""
    _, url, token = lab
    with urllib.request.urlopen(f"{url}api/sessions?token={token}", timeout=PATIENCE) as reply:
        sessions = json.load(reply)
    return next((one["kernel"] for one in sessions if one["path"] == path and one["kernel"]), {})


@contextlib.contextmanager
def run_all(
    lab: tuple[Path, str, str], browser: Browser, path: str, first: str = "[data-explorer]"
) -> Iterator[Page]:
    """Open a notebook and run it whole; gives its page once the first explorer, or what is named, stands."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        context.set_default_timeout(1000 * PATIENCE)
        page = context.new_page()
        _run_all(page, lab, path)
        page.locator(f".jp-Notebook {first}").first.wait_for()
        yield page
    finally:
        context.close()


def _run_all(page: Page, lab: tuple[Path, str, str], path: str) -> None:
    _, url, token = lab
    page.goto(f"{url}lab/tree/{path}?token={token}&reset")  # no other notebook stays open behind it
    # JupyterLab asks which kernel to take where cells are run before its page is connected to one.
    deadline = time.monotonic() + PATIENCE
    while (kernel := kernel_of(lab, path)).get("execution_state") != "idle" or not kernel["connections"]:
        if time.monotonic() > deadline:
            raise RuntimeError(f"No kernel came to rest for {path}: {kernel}")
        page.wait_for_timeout(200)
    # Attached is enough: a slow JupyterLab folds what its toolbar has no room for yet.
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first.wait_for(state="attached")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
