"""A chapter in a real JupyterLab, driven by the same Chromium: the sliders are Python's traits."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from conftest import ROOT, move, table, weights
from jupyter_client import BlockingKernelClient

CHAPTER = "architecture"  # it names its explorer `explorer`


@contextlib.contextmanager
def serving(home, python=sys.executable):
    """Serve a folder in JupyterLab, with no settings but its own; gives what `run_all` needs."""
    # The whole notebook is drawn at once, so that an explorer below the window exists too.
    settings = home / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    environment = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={home}"]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [python, "-m", "jupyterlab", *options], env=environment, stdout=log, stderr=log
        )
        try:
            deadline = time.monotonic() + 60
            while not (found := list((home / "runtime").glob("jpserver-*.json"))):
                assert server.poll() is None, (home / "log").read_text()
                assert time.monotonic() < deadline, (home / "log").read_text()
                time.sleep(0.2)
            while not (text := found[0].read_text()):
                time.sleep(0.1)
            info = json.loads(text)
            yield home, info["url"], info["token"]
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a copy of the chapters."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "chapters", home / "chapters", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    with serving(home) as answers:
        yield answers


def run_all(lab, browser, path):
    """Open a notebook in JupyterLab and run it whole; gives its page and a client of its kernel."""
    home, url, token = lab
    known = set((home / "runtime").glob("kernel-*.json"))
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{url}lab/tree/{path}?token={token}")
    page.locator(".jp-Toolbar-kernelName", has_text="Python 3").first.wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".jp-Notebook [data-explorer]").first.wait_for(timeout=60_000)
    (connection,) = set((home / "runtime").glob("kernel-*.json")) - known
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    return page, client


@pytest.fixture(scope="module")
def running_chapter(lab, browser):
    """Run the chapter."""
    page, client = run_all(lab, browser, f"chapters/{CHAPTER}.ipynb")
    yield page, client
    client.stop_channels()
    page.context.close()


def ask(client, expression):
    """Evaluate an expression in the chapter's kernel, after everything that was queued before."""
    reply = client.execute(
        "", user_expressions={"answer": f"__import__('json').dumps({expression})"}, reply=True, timeout=60
    )
    answer = reply["content"]["user_expressions"]["answer"]
    assert answer["status"] == "ok", answer
    return json.loads(eval(answer["data"]["text/plain"]))


def wait_for(condition):
    """Wait until a message between browser and kernel has arrived."""
    deadline = time.monotonic() + 15
    while not (result := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return result


def test_chapter_runs_top_to_bottom(running_chapter):
    page, client = running_chapter
    ask(client, "1")  # answered once every cell has run
    assert page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert page.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]').count() == 0
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
    assert prompts
    assert all(prompt.strip("[]: ").isdigit() for prompt in prompts), prompts


def test_python_sees_the_slider_and_traces_it(running_chapter):
    page, client = running_chapter
    explorer = page.locator('.jp-Notebook [data-explorer="cell"]').first
    move(explorer, "b_f", -1.25)
    assert wait_for(lambda: ask(client, "explorer.b_f") == -1.25)
    assert ask(
        client, "{name: getattr(explorer, name) for name in __import__('lstm_lib').explorers.WEIGHTS}"
    ) == weights(explorer)
    numbers = table(explorer)
    for name in "figoch":
        ours = ask(client, f"explorer.trace().{name}.ravel().tolist()")
        assert numbers[name] == pytest.approx(ours, rel=0, abs=1e-12)


def test_a_trait_set_in_python_moves_the_slider(running_chapter):
    page, client = running_chapter
    explorer = page.locator('.jp-Notebook [data-explorer="cell"]').first
    ask(client, "setattr(explorer, 'w_i', 3.21)")
    assert wait_for(lambda: weights(explorer)["w_i"] == 3.21)
    assert table(explorer)["i"] == pytest.approx(
        ask(client, "explorer.trace().i.ravel().tolist()"), rel=0, abs=1e-12
    )
    ask(client, "setattr(explorer, 'preset', 'count')")
    assert wait_for(lambda: round(table(explorer)["c"][-1]) == 6)
    explorer.get_by_role("button", name="Latch", exact=True).click()
    assert wait_for(lambda: ask(client, "explorer.preset") == "latch")
    assert ask(client, "explorer.x") == table(explorer)["x"]


def test_a_wrong_value_is_refused_and_the_slider_stays(running_chapter):
    page, client = running_chapter
    explorer = page.locator('.jp-Notebook [data-explorer="cell"]').first
    before = weights(explorer)
    reply = client.execute("explorer.b_o = float('nan')", reply=True, timeout=60)
    assert reply["content"]["ename"] == "TraitError"
    assert "b_o: came nan, wanted a number from -10 to 10" in reply["content"]["evalue"]
    assert weights(explorer) == before
