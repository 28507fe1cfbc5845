"""What a slider move costs a reader's browser: python benchmarks/browser.py (after run.py and make build)

Drives a real Chromium, the CPU slowed 4 times. Adds "browser" to results.json and its tables to results.md.
A move's main-thread time is the sum of all tasks of the renderer's main thread (script, style, layout, paint)
from the input event to the end of the frame that shows it, read from Chromium's own trace; waiting for the
display does not count.
"""

import functools
import gzip
import http.server
import json
import os
import statistics
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from lstm_lib.book import page_parts
from lstm_lib.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer, module_text

HERE = Path(__file__).parent
BOOK = HERE.parent / "_build" / "html"
SLIDERS = {
    "cell": (CellExplorer, "b_f"),
    "gradient": (GradientExplorer, "b_f"),
    "sentence": (SentenceExplorer, "scale_f"),
    "memory": (MemoryExplorer, "scale_f"),
}
MOVES, SLOWDOWN = 120, 4
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]

MOVE = """async ([kind, name, moves, mark]) => {
    const input = document.querySelector(`[data-explorer="${kind}"] input[name="${name}"]`);
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    for (let k = 0; k < moves; k++) {
        await frame();
        if (mark) performance.mark("move");
        const [low, high] = [Number(input.min), Number(input.max)];
        input.value = low + (high - low) * (0.5 + 0.4 * Math.sin(k / 7));
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await frame();
        if (mark) performance.mark("painted");
    }
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve without a log line a request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(folder: Path) -> str:
    """Serve a folder on a free local port."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def alone(kind: str, folder: Path) -> str:
    """Write a page with one explorer and nothing else."""
    body = SLIDERS[kind][0]()._repr_mimebundle_()[0]["text/html"]
    style, script = page_parts(body)
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{kind}</title>{style}{body}{script}'
    (folder / f"{kind}.html").write_text(page)
    return f"{kind}.html"


def spread(values: list[float]) -> dict[str, float]:
    """Median and 95th percentile, in ms."""
    ranked = sorted(values)
    return {
        "median_ms": round(statistics.median(ranked), 2),
        "p95_ms": round(ranked[int(0.95 * (len(ranked) - 1))], 2),
    }


def slow(page: Page) -> None:
    """Slow the page's CPU down."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})


def move_times(browser: Browser, address: str, kind: str, dark: bool = False) -> dict[str, float]:
    """Main-thread time of each of many moves of one slider."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.locator(f'[data-explorer="{kind}"]').first.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    name = SLIDERS[kind][1]
    page.evaluate(MOVE, [kind, name, 10, False])
    slow(page)
    browser.start_tracing(page=page, categories=["toplevel", "blink.user_timing"])
    page.evaluate(MOVE, [kind, name, MOVES, True])
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    marks = sorted(
        (one["ts"], one["pid"], one["tid"])
        for one in events
        if one["name"] in ("move", "painted") and "user_timing" in one["cat"]
    )
    thread = marks[0][1:]
    tasks = [
        (one["ts"], one["dur"])
        for one in events
        if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) == thread and "dur" in one
    ]
    times = []
    for (start, *_), (end, *_) in zip(marks[::2], marks[1::2], strict=True):
        # A task that began before the mark is the one that the move was made in: its rest counts.
        inside = (min(ts + dur, end) - max(ts, start) for ts, dur in tasks if ts < end and ts + dur > start)
        times.append(sum(inside) / 1000)
    return spread(times)


def memory(browser: Browser, address: str, kind: str) -> dict[str, float]:
    """JavaScript heap, after a garbage collection, before and after 1000 moves."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_timeout(1000)
    cdp = page.context.new_cdp_session(page)

    def heap() -> float:
        cdp.send("HeapProfiler.collectGarbage")
        return float(cdp.send("Runtime.getHeapUsage")["usedSize"]) / 2**20

    page.evaluate(MOVE, [kind, SLIDERS[kind][1], 50, False])
    before = heap()
    page.evaluate(MOVE, [kind, SLIDERS[kind][1], 1000, False])
    after = heap()
    page.close()
    return {"heap_before_MiB": round(before, 2), "heap_after_MiB": round(after, 2)}


def first_answer(browser: Browser, address: str, kind: str) -> float:
    """Time from navigation to a slider that answers, in ms, the CPU slowed."""
    times = []
    for _ in range(5):
        page = browser.new_page()
        page.add_init_script(
            """const watch = new MutationObserver(() => {
                if (document.querySelector('[data-explorer] input[type="range"]')) {
                    window.answers ??= performance.now();
                    watch.disconnect();
                }
            });
            watch.observe(document, { childList: true, subtree: true });"""
        )
        slow(page)
        page.goto(address)
        page.wait_for_function("() => window.answers")
        times.append(page.evaluate("window.answers"))
        page.close()
    return round(statistics.median(times), 0)


def weigh(browser: Browser, address: str) -> dict[str, float]:
    """Bytes of a page's first view, each response gzipped, in kB; and the requests it took."""
    page = browser.new_page()
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(gzip.compress(response.body()))))
    page.goto(address)
    page.wait_for_timeout(3000)
    page.close()
    return {"gzipped_kB": round(sum(sizes) / 1000, 1), "requests": len(sizes)}


def main() -> None:
    """Measure everything and store it."""
    results: dict[str, object] = {"cpu_slowdown": SLOWDOWN, "moves": MOVES}
    scripts = module_text("cell.mjs", "gradient.mjs", "sentence.mjs", "memory.mjs", "quiz.mjs", "host.mjs")
    weights = module_text("words.json", "adding.json")
    results["javascript_gzipped_kB"] = {
        "all_explorers_with_trained_weights": round(len(gzip.compress(scripts.encode())) / 1000, 1),
        "trained_weights_alone": round(len(gzip.compress(weights.encode())) / 1000, 1),
    }
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or None, args=ARGUMENTS
        )
        results["chromium"] = browser.version
        lone, book = serve(Path(folder)), serve(BOOK)
        results["slider_move"] = {
            kind: move_times(browser, lone + alone(kind, Path(folder)), kind) for kind in SLIDERS
        }
        chapters = {"cell": "architecture", "gradient": "rnn_limits"}
        results["slider_move_in_chapter"] = {
            kind: {"chapter": name, **move_times(browser, f"{book}chapters/{name}.html", kind)}
            for kind, name in chapters.items()
        }
        results["memory_1000_moves"] = {kind: memory(browser, f"{lone}{kind}.html", kind) for kind in SLIDERS}
        results["navigation_to_slider_ms"] = {
            name: first_answer(browser, f"{book}chapters/{name}.html", kind)
            for kind, name in chapters.items()
        }
        results["chapter_page"] = weigh(browser, f"{book}chapters/architecture.html")
        browser.close()
    path = HERE / "results.json"
    stored = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**stored, "browser": results}, indent=1) + "\n")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
