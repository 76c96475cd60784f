"""Who is slow to ask, or to take the answer, is waited for a bounded time; who holds many connections leaves some."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from lsp_graph.settings import Settings

from .conftest import Server, running
from .raw import GET, Line, line, said

SECONDS = 1.0
LATEST = 5.0
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\n"
CONNECTIONS = 40


@pytest.fixture(scope="module")
def hasty(small: Settings) -> Iterator[Server]:
    """A server that waits a second for a request, and takes some connections."""
    bounds = replace(small, request_timeout=SECONDS, connections=CONNECTIONS, trusted_proxies="127.0.0.9")
    with running(replace(bounds, timeout=20, max_rows=100_000, worker_memory_mb=500)) as one:
        yield one


def drip(one: Line, data: bytes) -> bool:
    """Send a byte at a time, for as long as the server lets us; whether it ended that before it had all."""
    one.socket.settimeout(0.1)
    began = time.monotonic()
    for byte in data * 100:
        try:
            one.send(bytes([byte]))
            if one.socket.recv(1, socket.MSG_PEEK) == b"":
                return True
        except TimeoutError:
            assert time.monotonic() - began < LATEST + SECONDS
            continue
        except (ConnectionResetError, BrokenPipeError):
            return True
        else:
            return True  # there is a reply
    return False


@pytest.mark.parametrize(
    ("first", "drops"),
    [
        pytest.param(b"", b"GET / HTTP/1.1\r\nA: b", id="head"),
        pytest.param(POST, b"#", id="body"),
        pytest.param(b"", b"\r\n", id="empty lines"),
        pytest.param(b"GET / HTTP/1.1\r\n", b"A: b\r\n", id="fields"),
    ],
)
def test_a_request_that_drips_in_is_not_waited_for(hasty: Server, first: bytes, drops: bytes) -> None:
    with line(hasty) as one:
        one.send(first)
        assert drip(one, drops)
        one.socket.settimeout(LATEST)
        reply = one.reply()
    assert reply is None or reply.problem(408)


def test_a_second_request_of_a_connection_has_no_more_time(hasty: Server) -> None:
    with line(hasty) as one:
        one.send(GET)
        assert one.replied().status == 200
        assert drip(one, b"GET / HTTP/1.1\r\nA: b")


def test_a_connection_on_which_nothing_is_asked_is_closed(hasty: Server) -> None:
    with line(hasty) as one:
        one.socket.settimeout(LATEST)
        assert one.closed()


def test_a_body_that_keeps_coming_quickly_enough_is_read(hasty: Server) -> None:
    body = b"ASK {} #" + b" " * 60_000
    head = POST.replace(b"Length: 100", b"Length: %d" % len(body))
    with line(hasty) as one:
        one.send(head)
        for start in range(0, len(body), 6000):
            time.sleep(0.15)
            one.send(body[start : start + 6000])
        assert one.replied().status == 200


def test_a_body_that_comes_after_its_answer_does_not_end_the_connection(server: Server) -> None:
    with line(server) as one:
        one.send(GET.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n"))
        early = one.reply()
        one.send(b"later")
        time.sleep(3)  # longer than the rest of a body is waited for
        one.send(GET)
        late = one.reply()

    assert early is not None
    assert late is not None
    assert (early.status, late.status) == (200, 200)


def test_an_answer_that_nobody_takes_is_dropped(hasty: Server) -> None:
    query = b"SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with line(hasty) as one:
        one.send(POST.replace(b"Length: 100", b"Length: %d" % len(query)) + query)
        head = b"".join(iter(one.heard.readline, b"\r\n"))
        (length,) = re.findall(rb"content-length: (\d+)", head)
        time.sleep(2 * SECONDS + 1)
        try:
            taken = sum(len(piece) for piece in iter(lambda: one.heard.read(65536), b""))
        except ConnectionResetError:
            return
        assert 0 < taken < int(length)


def test_one_client_leaves_connections_to_others(hasty: Server) -> None:
    with ExitStack() as held:
        lines = [held.enter_context(line(hasty, "127.0.0.2")) for _ in range(CONNECTIONS // 4 + 5)]
        replies = [reply for one in lines[-5:] if (reply := one.reply())]
        assert replies
        for reply in replies:
            assert reply.problem(429)
            assert reply.headers["retry-after"] == "1"
        assert said(hasty, GET).status == 200


def test_a_trusted_proxy_holds_connections_for_many(hasty: Server) -> None:
    with ExitStack() as held:
        for _ in range(CONNECTIONS // 4 + 5):
            one = held.enter_context(line(hasty, "127.0.0.9"))
            one.send(GET)
            assert one.replied().status == 200


def test_when_all_connections_are_taken_the_next_is_told_so(hasty: Server) -> None:
    with ExitStack() as held:
        for client in range(CONNECTIONS):
            one = held.enter_context(line(hasty, f"127.0.1.{client + 1}"))
            one.send(GET)
            assert one.replied().status == 200
        with line(hasty) as late:
            reply = late.reply()
        assert reply is None or reply.problem(503)
    until = time.monotonic() + LATEST
    while said(hasty, GET).status != 200:
        assert time.monotonic() < until
