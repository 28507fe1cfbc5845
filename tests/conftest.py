"""Fixtures for the tests that look at the built book in a real Chromium."""

import functools
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "_build" / "html"
STATIC = ROOT / "lstm_lib" / "static"
CHAPTERS = [Path(entry["file"]).name for entry in yaml.safe_load((ROOT / "_toc.yml").read_text())["chapters"]]
# No background traffic of the browser's own, so that every request a test sees is the page's.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the Chromium that `make test` found."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    return {**browser_type_launch_args, **({"executable_path": path} if path else {}), "args": CHROMIUM_ARGS}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def serve():
    """Serve a folder on a free local port; gives its address."""
    servers = []

    def start(folder):
        handler = functools.partial(_Quiet, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site(serve):
    """Address of the built book."""
    assert (BOOK / "index.html").exists(), "the book is not built: make build"
    return serve(BOOK)


class Guard:
    """What went wrong on a page: requests to other hosts, failed ones, errors in the console."""

    def __init__(self, page, home):
        self.foreign, self.failed, self.errors = [], [], []

        def gate(route):
            if route.request.url.startswith((home, "file:", "data:", "blob:")):
                route.continue_()
            else:
                self.foreign.append(route.request.url)
                route.abort()

        page.route("**/*", gate)
        page.on("requestfailed", lambda request: self.failed.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and self.errors.append(message.text))

    def assert_clean(self):
        assert self.foreign == [] and self.failed == [] and self.errors == []


@pytest.fixture
def guard(page, site):
    """Watch the page from before it loads."""
    return Guard(page, site)


def table(explorer):
    """Read an explorer's "Numbers" table: columns by name, at full precision."""
    return explorer.evaluate(
        """root => {
            const table = root.querySelector("details table");
            const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
            const column = (k) => [...table.tBodies[0].rows].map((row) => Number(row.cells[k].dataset.value));
            return Object.fromEntries(names.map((name, k) => [name, column(k)]));
        }"""
    )


def move(explorer, name, value):
    """Move one slider as a reader's hand would: the value, then the input event."""
    explorer.locator(f'input[name="{name}"]').evaluate(
        """(input, value) => {
            input.value = value;
            input.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        value,
    )


def weights(explorer):
    """Read the twelve weights off an explorer's sliders."""
    return explorer.evaluate(
        """root => Object.fromEntries([...root.querySelectorAll('input[type="range"]')]
            .filter((input) => /^[wub]_[figo]$/.test(input.name)).map((input) => [input.name, input.valueAsNumber]))"""
    )
