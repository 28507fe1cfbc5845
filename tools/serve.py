"""Show _build/html on 127.0.0.1: `serve.py [--check] [PORT]`; --check only asks whether the port is free."""

import errno
import signal
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGES = Path(__file__).resolve().parent.parent / "_build" / "html"


class Handler(SimpleHTTPRequestHandler):
    # The system's own table of types may lack these or, on some machines, have them wrong.
    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".woff": "font/woff",
        ".woff2": "font/woff2",
    }

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of pages that are found."""


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    numbers = [argument for argument in arguments if argument != "--check"] or ["8000"]
    if len(numbers) != 1 or not numbers[0].isdigit() or not 0 < int(numbers[0]) < 65536:
        print(f"PORT must be a number from 1 to 65535, not {' '.join(numbers)!r}", file=sys.stderr)
        return 2
    port = int(numbers[0])
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(PAGES)))
    except OSError as error:
        reason = {errno.EADDRINUSE: "is in use", errno.EACCES: "needs more rights"}.get(error.errno or 0)
        other = max(1024, (port + 1) % 65536)
        print(f"Port {port} {reason or error}. Name another one: make book PORT={other}", file=sys.stderr)
        return 1
    with server:
        if check:
            return 0
        if not (PAGES / "index.html").exists():
            print("There is no book in _build/html yet: make build", file=sys.stderr)
            return 1
        print(f"The book is on http://127.0.0.1:{port} (Ctrl-C stops it)", flush=True)
        # Ctrl-C and kill stop it alike, also where a shell started it in the background with SIGINT ignored.
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, signal.default_int_handler)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
