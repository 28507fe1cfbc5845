"""What a slider move costs a reader's browser: python benchmarks/browser.py (after run.py and make build)

Drives a real Chromium, the CPU slowed 4 times. Writes "browser" into results.json and makes results.md anew.
A move's main-thread time is the sum of all tasks of the renderer's main thread (script, style, layout, paint)
from the input event to the end of the frame that shows it, read from Chromium's own trace; waiting for the
display does not count. The mouse holds the thumb, as in a drag, so what cannot be seen waits (attention in
parts.mjs); the same is measured with no thumb held. Medians and percentiles are the medians of those of 5
rounds. Beside them stands the time on the clock, from the event to the new picture, in a real JupyterLab: of
the cell explorer, and of ipywidgets.interact with matplotlib in the live kernel.
With --bytes it only weighs anew: that needs no quiet machine. With --beside FOLDER, the _build/html of
another commit, it only compares the first touch, weight and elements of every chapter with those there.
"""

import functools
import gzip
import http.server
import json
import os
import runpy
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
from playwright.sync_api import Browser, Page, Route, sync_playwright

from lstm_book.explorers import CellExplorer, GradientExplorer, MemoryExplorer, SentenceExplorer
from lstm_book.explorers.modules import module_text

sys.path.append(str(Path(__file__).resolve().parent.parent))
from sphinx_ext.pages import page_parts

HERE = Path(__file__).resolve().parent
BOOK = HERE.parent / "_build" / "html"
LAB = runpy.run_path(str(HERE.parent / "tools" / "lab.py"))
TABLE = runpy.run_path(str(HERE / "run.py"))["table"]
CHAPTERS = {"cell": "architecture", "gradient": "rnn_limits", "sentence": "output_gate", "memory": "training"}
# What a page of widgets loads without our own modules (ipywidgets 8 asks for these); named here alone.
STOCK = {
    "requirejs@2.3.7": "package/require.js",
    "@jupyter-widgets/html-manager@1.0.15": "package/dist/embed-amd.js",
}
# And what sets its mathematics: a script, which asks for fonts.
STOCK_MATHEMATICS = {"mathjax@3.2.2": "package/es5/"}
SLIDERS = {
    "cell": (CellExplorer, "b_f"),
    "gradient": (GradientExplorer, "b_f"),
    "sentence": (SentenceExplorer, "scale_f"),
    "memory": (MemoryExplorer, "scale_f"),
}
MOVES, ROUNDS, SLOWDOWN = 120, 5, 4
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


# The same change through a kernel: a slider, lstm_lib, a new figure.
INTERACT = """%matplotlib inline
import matplotlib.pyplot as plt
from ipywidgets import FloatSlider, interact
from lstm_book.explorers import CellExplorer
explorer = CellExplorer()
def draw(b_f):
    explorer.b_f = b_f
    trace = explorer.trace()
    figure, axes = plt.subplots(3, sharex=True, figsize=(7, 4))
    for ax, names in zip(axes, ("x", "fio", "gch")):
        for name in names:
            ax.plot(trace.x.ravel() if name == "x" else getattr(trace, name).ravel(), label=name)
    plt.show()
_ = interact(draw, b_f=FloatSlider(min=-10, max=10, step=0.1))"""

# On the clock: from the event to the frame after the one with the new picture.
CLOCK = """async ([moves, stock]) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    const output = document.querySelector(".widget-interact");
    const picture = () => output.querySelector("img")?.src;
    const input = document.querySelector('[data-explorer="cell"] input[name="b_f"]');
    const handle = output.querySelector(".noUi-handle");
    const times = [];
    for (let k = 0; k < moves; k++) {
        await frame();
        const before = picture();
        const start = performance.now();
        if (stock) {
            const key = k % 40 < 20 ? "Right" : "Left";
            handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            while (!picture() || picture() === before) {
                await new Promise((done) => {
                    const seen = new MutationObserver(() => { seen.disconnect(); done(); });
                    seen.observe(output, { childList: true, subtree: true, attributes: true });
                });
            }
            await output.querySelector("img").decode();
        } else {
            input.value = 8 * Math.sin(k / 7);
            input.dispatchEvent(new Event("input", { bubbles: true }));
        }
        await frame();
        times.push(performance.now() - start);
        if (stock) await new Promise((done) => setTimeout(done, 100)); // let the kernel come to rest
    }
    return times;
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
    """Write a page with one explorer and nothing else; "bare" is a slider that moves nothing."""
    style, script = "", ""
    body = '<div data-explorer="bare"><input type="range" name="bare" min="-10" max="10" step="0.01"></div>'
    if kind in SLIDERS:
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


def move_times(
    browser: Browser, address: str, kind: str, name: str, *, held: bool = True
) -> dict[str, float]:
    """Main-thread time of many moves of one slider, by rounds."""
    rounds = [spread(one_round(browser, address, kind, name, held=held)) for _ in range(ROUNDS)]
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def one_round(browser: Browser, address: str, kind: str, name: str, *, held: bool) -> list[float]:
    """Main-thread time of each of many moves of one slider, in ms."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.wait_for_timeout(1500)
    page.evaluate("dispatchEvent(new Event('blur'))")  # explorers that wait for the reader come
    thumb = page.locator(f'[data-explorer="{kind}"] input[name="{name}"]').first
    thumb.evaluate("input => input.scrollIntoView({ block: 'center' })")
    if held:
        box = thumb.bounding_box()
        if box is None:
            raise LookupError(f"{address} shows no slider {name}")
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        if not thumb.evaluate("input => input.matches(':active')"):
            raise RuntimeError(f"{address}: the mouse does not hold the thumb of {name}")
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
    return times


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


TOUCH = """const watch = new MutationObserver(() => {
    const input = document.querySelector('[data-explorer] input[type="range"]');
    if (!input) return;
    watch.disconnect();
    window.answers = performance.now();
    input.value = input.max;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now(); }));
});
watch.observe(document, { childList: true, subtree: true });"""


def touch(browser: Browser, address: str) -> tuple[float, float]:
    """Time from navigation to a slider that stands there with its listeners, and to the picture of its first
    move, in ms, the CPU slowed."""
    page = browser.new_page()
    page.add_init_script(TOUCH)
    slow(page)
    page.goto(address)
    page.wait_for_function("() => window.painted")
    times = page.evaluate("[window.answers, window.painted]")
    page.close()
    return times[0], times[1]


def first_answer(browser: Browser, address: str) -> float:
    """Time from navigation to a slider that answers: the median of 5, in ms."""
    return round(statistics.median(touch(browser, address)[0] for _ in range(ROUNDS)), 0)


def beside(browser: Browser, book: str, other: str) -> dict[str, dict[str, object]]:
    """Each chapter's first touch (medians of 5, in turn), first view, elements: this book's and another's."""
    found: dict[str, dict[str, object]] = {}
    names = sorted(path.stem for path in (HERE.parent / "chapters").glob("*.ipynb"))
    for name in (name for name in names if not name.startswith("closer_")):  # those may have no slider
        pages = [f"{home}chapters/{name}.html" for home in (book, other)]
        rounds = [[touch(browser, page) for page in pages] for _ in range(ROUNDS)]
        found[name] = {}
        for k, what in enumerate(("to_a_slider_ms", "to_its_picture_ms")):
            here, there = (statistics.median(one[side][k] for one in rounds) for side in (0, 1))
            found[name][what] = {
                "here": round(here),
                "there": round(there),
                "ratio": round(here / there, 2),
            }
        weighed = [weigh(browser, page) for page in pages]
        for what in ("gzipped_kB", "elements"):
            found[name][what] = {"here": weighed[0][what], "there": weighed[1][what]}
        print(f"{name}: {json.dumps(found[name])}", file=sys.stderr, flush=True)
    return found


def in_jupyterlab(browser: Browser, folder: Path) -> dict[str, dict[str, float]]:
    """Time on the clock of a move of the cell explorer, and of the same through ipywidgets.interact."""
    cells = [nbformat.v4.new_code_cell(text) for text in (INTERACT, "explorer")]
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=python), folder / "interact.ipynb")
    with LAB["serving"](folder) as lab, LAB["run_all"](lab, browser, "interact.ipynb") as page:
        page.locator(".widget-interact img").wait_for()
        page.locator(".widget-interact").scroll_into_view_if_needed()
        slow(page)
        found = {}
        for name, stock in (("interact", True), ("explorer", False)):
            page.evaluate(CLOCK, [3, stock])
            found[name] = spread(page.evaluate(CLOCK, [40, stock]))
    return found


def npm_files(folder: Path, packages: Mapping[str, str]) -> dict[str, bytes]:
    """One file of each npm package, by name, or all in a folder of it, by their paths there."""
    files = {}
    for package, wanted in packages.items():
        name = subprocess.run(
            ["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True
        ).stdout.strip()
        with tarfile.open(folder / name) as archive:
            found = [member for member in archive if member.isfile() and member.name.startswith(wanted)]
            if not found:
                raise FileNotFoundError(f"{package} has no {wanted}")
            above = wanted.rpartition("/")[0] + "/"
            for member in found:
                content = archive.extractfile(member)
                files[member.name.removeprefix(above)] = content.read() if content else b""
    return files


def kB(content: bytes) -> float:
    """Size, gzipped."""
    return round(len(gzip.compress(content)) / 1000, 1)


def weigh(browser: Browser, address: str, elsewhere: Mapping[str, bytes] | None = None) -> dict[str, object]:
    """Bytes of a page's first view, each response gzipped, in kB; the requests it took; its elements.

    What the page asks of other hosts is answered from `elsewhere`; the names of what is not there are
    returned.
    """
    page = browser.new_page()
    known = elsewhere or {}
    sizes: list[int] = []
    missing: list[str] = []
    home = address.split("/", 3)[2]

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        path = url.path.replace(".min.js", ".js")
        named = [name for name in known if path.endswith(f"/{name}")]
        if url.netloc in ("", home):
            route.continue_()
        elif named:
            route.fulfill(body=known[named[0]], content_type="text/javascript")
        else:
            missing.append(url.path)
            route.abort()

    page.route("**/*", answer)
    page.on("response", lambda response: sizes.append(len(gzip.compress(response.body()))))
    page.goto(address)
    page.wait_for_timeout(5000)
    count = page.evaluate("document.querySelectorAll('*').length")
    page.close()
    return {
        "gzipped_kB": round(sum(sizes) / 1000, 1),
        "requests": len(sizes),
        "elements": count,
        "unanswered": sorted(missing),
    }


def stock_book(folder: Path, chapter: str) -> Path:
    """Build a chapter as Jupyter Book does with no settings; gives the folder of its pages."""
    shutil.copy(HERE.parent / "chapters" / f"{chapter}.ipynb", folder)
    (folder / "_config.yml").write_text("title: Stock\n")
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: {chapter}\n")
    tool = Path(sys.executable).with_name("jupyter-book")
    subprocess.run([tool, "build", "."], cwd=folder, check=True, capture_output=True)
    return folder / "_build" / "html"


def page_weights(browser: Browser, book: str, folder: Path, stock: dict[str, bytes]) -> dict[str, object]:
    """Every chapter's first view, and one of them as stock Jupyter Book shows it."""
    names = sorted(path.stem for path in (HERE.parent / "chapters").glob("*.ipynb"))
    one = CHAPTERS["cell"]
    plain = serve(stock_book(folder, one))
    return {
        "chapters": {name: weigh(browser, f"{book}chapters/{name}.html") for name in names},
        "stock": {"chapter": one, **weigh(browser, f"{plain}{one}.html", stock)},
    }


def times(browser: Browser, book: str, folder: Path) -> dict[str, object]:
    """What takes time or memory, on a quiet machine."""
    lone = serve(folder)
    pages = {kind: lone + alone(kind, folder) for kind in SLIDERS}
    chapters = {kind: f"{book}chapters/{name}.html" for kind, name in CHAPTERS.items()}
    lab = folder / "lab"
    lab.mkdir()
    return {
        "cpu_slowdown": SLOWDOWN,
        "moves": MOVES,
        "rounds": ROUNDS,
        "chromium": browser.version,
        "slider_move": {
            kind: move_times(browser, pages[kind], kind, name) for kind, (_, name) in SLIDERS.items()
        },
        "slider_move_not_held": {
            kind: move_times(browser, pages[kind], kind, name, held=False)
            for kind, (_, name) in SLIDERS.items()
        },
        "bare_slider_move": move_times(browser, lone + alone("bare", folder), "bare", "bare"),
        "slider_move_in_chapter": {
            kind: {"chapter": CHAPTERS[kind], **move_times(browser, chapters[kind], kind, name)}
            for kind, (_, name) in SLIDERS.items()
        },
        "in_jupyterlab": in_jupyterlab(browser, lab),
        "memory_1000_moves": {kind: memory(browser, pages[kind], kind) for kind in SLIDERS},
        "navigation_to_slider_ms": {
            kind: {
                "alone": first_answer(browser, pages[kind]),
                "chapter": first_answer(browser, chapters[kind]),
            }
            for kind in SLIDERS
        },
    }


def weights(browser: Browser, book: str, folder: Path) -> dict[str, object]:
    """What the explorers, the chapters and the stock pages weigh."""
    scripts = module_text("cell.mjs", "gradient.mjs", "sentence.mjs", "memory.mjs", "quiz.mjs", "host.mjs")
    stock = npm_files(folder, STOCK)
    elsewhere = stock | npm_files(folder, STOCK_MATHEMATICS)
    pages = [path.read_text("utf-8") for path in (BOOK / "chapters").glob("*.html")]
    return {
        "javascript_gzipped_kB": {
            "heaviest_page": max(kB(page_parts(page.partition("<article")[2])[1].encode()) for page in pages),
            "all_explorers_with_trained_weights": kB(scripts.encode()),
            "trained_weights_alone": kB(module_text("words.json", "adding.json").encode()),
        },
        "stock_path_gzipped_kB": {name: kB(content) for name, content in stock.items()},
        "pages": page_weights(browser, book, folder, elsewhere),
    }


def main() -> None:
    """Measure and store."""
    path = HERE / "results.json"
    stored = json.loads(path.read_text()) if path.exists() else {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or None, args=ARGUMENTS
        )
        book = serve(BOOK)
        if "--beside" in sys.argv[1:]:
            other = Path(sys.argv[sys.argv.index("--beside") + 1])
            print(json.dumps(beside(browser, book, serve(other)), indent=1))
            return
        results = stored["browser"] if "--bytes" in sys.argv[1:] else times(browser, book, Path(folder))
        results |= weights(browser, book, Path(folder))
        browser.close()
    stored["browser"] = results
    path.write_text(json.dumps(stored, indent=1) + "\n")
    (HERE / "results.md").write_text(TABLE(stored))
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
