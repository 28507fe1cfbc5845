"""Notebooks run to their end, every number checked, and what they print does not depend on the clock."""

from __future__ import annotations

import os
import re
from typing import Any

from lstm_book.live import STRICT


def joined(outputs: list[Any]) -> list[Any]:
    """Join what a cell printed: a kernel sends it in pieces, cut by the clock, in lines or between them.

    MyST-NB's own joining breaks the line wherever a piece ends.
    """
    kept: list[Any] = []
    streams: dict[str, Any] = {}
    for output in outputs:
        name = output["output_type"] == "stream" and output["name"]
        if name in streams:
            streams[name]["text"] += output["text"]
        else:
            kept.append(output)
            if name:
                streams[name] = output
    return kept


def never_asleep(slice_ms: int = 500) -> None:
    """Let whoever waits for a kernel's message look for it anew every half second.

    An answer to a widget goes out on the socket on which the reply is awaited. Who sends reads the socket's
    state, and the reply's wake-up is gone: all wait, and nothing happens until the cell's time is up
    (nbclient#312; ZeroMQ's file descriptor tells of changes alone, libzmq's zmq_getsockopt, ZMQ_FD).
    """
    from jupyter_client.channels import AsyncZMQSocketChannel

    if hasattr(AsyncZMQSocketChannel.get_msg, "sleepless"):
        return
    get_msg = AsyncZMQSocketChannel.get_msg

    async def sleepless(channel: Any, timeout: float | None = None) -> dict[str, Any]:
        left = float("inf") if timeout is None else 1000 * timeout
        while left > slice_ms and not await channel.socket.poll(slice_ms):
            left -= slice_ms
        return await get_msg(channel, left / 1000 if left < float("inf") else None)

    sleepless.sleepless = True  # type: ignore[attr-defined]
    AsyncZMQSocketChannel.get_msg = sleepless  # type: ignore[method-assign, assignment]


def plain(source: str) -> str:
    """Leave out the line that makes a cell a check: a page shows the Python below it."""
    return re.sub(r"\A%%check.*\n", "", source)


def setup(app: Any) -> None:
    """Let MyST-NB run, read and show notebooks so."""
    from myst_nb.core import render  # type: ignore[import-untyped]

    os.environ[STRICT] = "1"
    never_asleep()
    render.coalesce_streams = joined
    show = render.MditRenderMixin._render_nb_cell_code_source

    def show_plain(self: Any, cell: Any) -> None:
        cell.token.content = plain(cell.content)
        show(self, cell)

    render.MditRenderMixin._render_nb_cell_code_source = show_plain
