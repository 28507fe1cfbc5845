"""How the book's notebooks are run: a kernel's reply is seen, whatever else was sent meanwhile."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor

import zmq
import zmq.asyncio
from jupyter_client import channels
from jupyter_client.session import Session

from lstm_book.live import STRICT
from sphinx_ext.execution import never_asleep, plain


async def reply_whose_wake_up_is_lost():
    """Wait for a message; give it once it has come while another reader of the socket's state was faster."""
    context = zmq.asyncio.Context()
    plain = zmq.Context(context)  # the same sockets, not asyncio's
    session = Session(key=b"")
    ours, kernels = context.socket(zmq.DEALER), plain.socket(zmq.DEALER)
    try:
        port = ours.bind_to_random_port("tcp://127.0.0.1")
        kernels.connect(f"tcp://127.0.0.1:{port}")
        waiting = asyncio.ensure_future(channels.AsyncZMQSocketChannel(ours, session).get_msg())
        await asyncio.sleep(0)  # it waits now
        session.send(kernels, "execute_reply")
        shadow = zmq.Socket.shadow(ours.underlying)  # as Session.send takes it
        deadline = time.monotonic() + 60
        while not shadow.getsockopt(zmq.EVENTS) & zmq.POLLIN:  # all the while the loop has no turn
            assert time.monotonic() < deadline
        return await asyncio.wait_for(waiting, 20)
    finally:
        ours.close(0)
        kernels.close(0)
        context.term()


def test_a_reply_is_seen_though_its_wake_up_is_lost(monkeypatch):
    channel = channels.AsyncZMQSocketChannel
    monkeypatch.setattr(channel, "get_msg", channel.get_msg)  # and back again
    never_asleep()
    with ThreadPoolExecutor(1) as thread:  # where no test of a browser has left a loop
        message = thread.submit(lambda: asyncio.run(reply_whose_wake_up_is_lost())).result()
    assert message["msg_type"] == "execute_reply"


def test_a_page_shows_a_check_without_its_first_line():
    assert plain("%%check W_f = 1\nassert f == 1") == "assert f == 1"
    assert plain("x = 1\n%%check\n") == "x = 1\n%%check\n"


def test_tests_are_strict():
    assert os.environ[STRICT]
