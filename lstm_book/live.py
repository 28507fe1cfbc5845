"""What makes a chapter safe to change where it is alive: in JupyterLab, on Binder, in Colab.

The book's build and its tests set STRICT: there a number of the text that no longer holds is an error, as in
any program. For a reader it is a line, and a cell that fails does not keep those after it from running.
"""

import html
import os
import sys
from pathlib import Path
from types import CodeType
from typing import Any

from .figures import numbers

STRICT = "LSTM_BOOK_STRICT"  # in the environment
_kept: dict[str, Any] = {}  # what checks have named, for the checks that follow
_spaces: dict[str, dict[str, Any]] = {}  # the names of each check, by what it says


def shell() -> Any:
    """Give IPython's shell, or None where there is none."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def lenient() -> bool:
    """Whether a reader is at work here."""
    return not os.environ.get(STRICT)


def at_work() -> bool:
    """Whether a reader is at work in a notebook."""
    return lenient() and hasattr(shell(), "kernel")


def publish(data: dict[str, str], metadata: dict[str, Any] | None = None) -> None:
    """Show something below the cell that runs."""
    shell().display_pub.publish(data, metadata)


def rest(picture: str, sentence: str) -> str:
    """Give what stands below a widget and is seen once no widget lives there: a still picture, and why."""
    words = f"<p>{html.escape(sentence)} {_WHY}</p>"
    return f'<div class="lx-gone">{picture}{words}<script>{_WATCH}</script></div>'


_WHY = "<em>The Python behind it is gone; Run › Run All Cells brings it back to life.</em>"
# JupyterLab says of a widget without its kernel that there is no model. Beside one that lives no picture is
# needed; a slow one has three seconds.
_WATCH = """{
const rest = document.currentScript.parentElement;
const beside = rest.closest(".jp-OutputArea-child")?.previousElementSibling;
const began = Date.now();
rest.hidden = true;
const living = ".lx:not(.lx-still), .widget-container, .widget-inline-hbox";
const watch = setInterval(() => {
  const alive = (beside ?? document).querySelector(living);
  const gone = !alive && beside?.textContent.startsWith("Error displaying widget");
  if (gone) beside.style.display = "none";
  rest.hidden = Boolean(alive) || (!gone && Date.now() - began < 3000);
  if (alive || gone || !rest.isConnected) clearInterval(watch);
}, 200);
}"""


def start() -> None:
    """Let a notebook know ``%%check``; and go on, where a reader is at work."""
    here = shell()
    if not hasattr(here, "kernel") or "check" in here.magics_manager.magics["cell"]:
        return
    here.register_magic_function(_check, "cell", "check")
    here.display_formatter.ipython_display_formatter.for_type_by_name(
        "lstm_book.explorers.explorer", "Explorer", _show_explorer
    )
    here.events.register("post_run_cell", _add)
    here.events.register("post_run_cell", _go_on)


def _check(line: str, cell: str) -> None:
    """Check numbers of the text: ``%%check W_f = 1`` says for which setting they hold.

    The cell reads the names of the notebook and sets none of them; what it names, later checks can read.
    """
    here = shell()
    widgets = getattr(sys.modules.get("ipywidgets.widgets.widget"), "_instances", {})
    before = set(widgets)
    names = _spaces.setdefault(cell, {})
    names.clear()  # of an earlier run: its functions hold its names, and its names hold them
    try:
        code = here.compile(cell, here.compile.cache(cell), "exec")
        # Not all there is: a function that is kept keeps these, and with them others of an earlier run.
        read = _names(code) | {"__name__"}
        names |= {name: value for name, value in (_kept | here.user_ns).items() if name in read}
        exec(code, names)
    except Exception:
        if not lenient():
            raise
        print(f"The numbers in the text are for {line or 'the code as it was'}; yours differ.")
    finally:
        _kept.update({name: value for name, value in names.items() if name not in here.user_ns})
        for name in widgets.keys() - before:  # nobody sees these, and the browser would hold each
            widgets[name].close()


def _show_explorer(explorer: Any) -> None:
    """Show an explorer, and below it what is seen once its kernel is gone."""
    if not at_work():
        raise NotImplementedError  # the page reads both in one
    data, metadata = explorer._repr_mimebundle_()
    del data["text/html"]
    publish(data, metadata)
    picture, sentence = explorer.first_picture()
    publish({"text/html": rest(picture, sentence.partition(" With JavaScript")[0])})


def _names(code: CodeType) -> set[str]:
    """Give every name that a code and what it defines may read."""
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def _go_on(result: Any) -> None:
    """Let what follows a cell that failed run all the same; the error is shown already."""
    for where in "error_before_exec", "error_in_exec":
        if lenient() and isinstance(getattr(result, where, None), Exception):
            setattr(result, where, None)


def _add(result: Any) -> None:
    """Add what a page has and a notebook has not: a caption below a figure, words where a widget was."""
    if not (at_work() and result.success):
        return
    made, widget = result.result, getattr(sys.modules.get("ipywidgets"), "Widget", ())
    if isinstance(made, widget) and not hasattr(made, "first_picture"):  # an explorer has its own
        publish({"text/html": rest("", "A slider stood here.")})
    sent = shell().kernel.get_parent("shell").get("metadata", {})  # JupyterLab sends the cell's
    if caption := sent.get("mystnb", {}).get("figure", {}).get("caption"):
        number = numbers(Path.cwd().parent).get(caption)
        caption = f"Fig. {number}. {caption}" if number else caption
        publish({"text/markdown": f"*{caption}*", "text/plain": caption})
