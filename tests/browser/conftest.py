"""Fixtures for the tests that look at the built book in a real Chromium."""

import functools
import http.server
import os
import threading

import pytest
from chromium import on_the_machine

from lstm_book.explorers.modules import STATIC, module_text
from sphinx_ext.pages import page_parts

# No background traffic of the browser's own, so that every request a test sees is the page's.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-ipc-flooding-protection",  # else it drops all but 20 links a second
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the Chromium that `make test` found."""
    path = os.environ.get("CHROMIUM") or next(on_the_machine(), None)
    return {**browser_type_launch_args, **({"executable_path": path} if path else {}), "args": CHROMIUM_ARGS}


PATIENCE = 120_000  # ms, for what must come, however busy the machine is


@pytest.fixture
def context(context):
    """Mount at once all explorers of a page, which else wait for the reader to come near."""
    context.set_default_timeout(PATIENCE)
    context.add_init_script("addEventListener('load', () => dispatchEvent(new Event('blur')))")
    return context


@pytest.fixture
def reader(new_context):
    """Give a page where explorers wait, and what else this file gives does not hold."""
    context = new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    return context.new_page()


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
def site(serve, built):
    """Address of the built book."""
    return serve(built)


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
        page.on(
            "console",
            lambda message: message.type in ("error", "warning") and self.errors.append(message.text),
        )

    def assert_clean(self):
        assert self.foreign == [] and self.failed == [] and self.errors == []


@pytest.fixture
def guard(page, site):
    """Watch the page from before it loads."""
    return Guard(page, site)


@pytest.fixture(scope="session")
def scratch(serve, tmp_path_factory):
    """Give a folder for pages of their own, and its address: one server for all of them."""
    folder = tmp_path_factory.mktemp("scratch")
    return folder, serve(folder)


@pytest.fixture
def errors(page):
    """What a page complained of; a test that expects a complaint takes it away, and any other fails."""
    heard = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda message: message.type == "error" and heard.append(message.text))
    yield heard
    page.evaluate("0")  # what is on its way arrives before the answer
    assert heard == []


@pytest.fixture
def mount(page, scratch, errors):
    """Put explorers on a page of their own, as the book does; gives one locator each, in order."""

    def open_page(*explorers, prose="", address=""):
        body = prose + "\n<p>Text.</p>\n".join(
            explorer._repr_mimebundle_()[0]["text/html"] for explorer in explorers
        )
        style, script = page_parts(body)
        folder, home = scratch
        name = f"{len(list(folder.iterdir()))}.html"  # never the same twice: no browser cache in between
        (folder / name).write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorers</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f"{style}<body>{body}{script}</body></html>"
        )
        page.goto(home + name + address)
        return page.locator("[data-explorer]").all()

    return open_page


@pytest.fixture
def linked(page, scratch, errors):
    """Open a page that has modules of the explorers, linked as in the book: `book.lstm.lstmTrace`."""

    def open_page(*names, body="", query=""):
        parts = ", ".join(f"{name}: ${name}()" for name in names)
        script = module_text(*[f"{name}.mjs" for name in names], then=f"globalThis.book = {{ {parts} }};")
        style = (STATIC / "explorer.css").read_text("utf-8")
        folder, home = scratch
        name = f"{len(list(folder.iterdir()))}.html"
        (folder / name).write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Modules</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f"<style>{style}</style><body><main>{body}</main><script>{script}</script></body></html>"
        )
        page.goto(home + name + query)
        return page

    return open_page
