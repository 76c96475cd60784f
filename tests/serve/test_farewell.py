"""SIGTERM lets what is under way end, lets nothing new begin, and the service ends as one that did its work."""

from __future__ import annotations

import signal
import socket
import time
from dataclasses import replace
from urllib.parse import quote, urlsplit

import pytest

from lsp_graph.settings import Settings

from .conftest import running
from .raw import line
from .test_isolation import ENDLESS, SMALL, gone, workers

FAREWELL = 15


def asked(query: str) -> bytes:
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def test_what_is_under_way_is_answered_and_nothing_new_begins(small: Settings) -> None:
    with running(replace(small, timeout=2.0)) as server, line(server) as busy, line(server) as idle:
        family = workers(server)
        idle.send(asked(SMALL))
        assert idle.replied().status == 200
        busy.send(asked(ENDLESS))
        time.sleep(0.5)  # so that the query is under way, and more than the connection
        server.process.send_signal(signal.SIGTERM)
        assert idle.closed()
        where = urlsplit(server.url)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((where.hostname, where.port), 5).close()
        assert busy.replied().problem(504)
        assert busy.closed()
        assert server.process.wait(FAREWELL) == 0
        assert gone(family)
