"""Short tracebacks in a notebook: an error raised on purpose shows the reader's lines alone."""

import linecache
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import lstm_lib
from lstm_lib import mends

_OURS = str(Path(lstm_lib.__file__).parent), str(Path(__file__).parent)
_MENDS = mends.__file__  # which calls what has too many arguments, or too few
_NOT_THE_READERS = *_OURS, *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))


def _steps(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def on_purpose(traceback: TracebackType | None) -> bool:
    """Whether the library itself said `raise`, or was given too many arguments or too few."""
    *_, last = [None, *_steps(traceback)]
    if last is None:
        return False
    file = last.tb_frame.f_code.co_filename
    raised = linecache.getline(file, last.tb_lineno).lstrip().startswith("raise ")
    return file == _MENDS or (file.startswith(_OURS) and raised)


def readers(traceback: TracebackType | None) -> TracebackType | None:
    """Leave out what the library, Python and other packages do; None if that is all."""
    kept = None
    for step in reversed([*_steps(traceback)]):
        if not step.tb_frame.f_code.co_filename.startswith(_NOT_THE_READERS):
            kept = TracebackType(kept, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return kept


def shorten(shell: Any) -> None:
    """Let an IPython shell show such errors so; all others it shows as ever."""

    def show(shell: Any, kind: Any, error: Any, traceback: Any, tb_offset: int | None = None) -> Any:
        kept = readers(traceback) if on_purpose(traceback) else None
        if kept is None:
            return shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        error.__cause__, error.__suppress_context__ = None, True
        lines = shell.InteractiveTB.structured_traceback(kind, error, kept, 0, 3)
        shell._showtraceback(kind, error, lines)
        return lines

    shell.set_custom_exc((Exception,), show)
