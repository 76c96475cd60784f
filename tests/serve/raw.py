"""A client without manners: bytes over a socket, and what comes back."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from .conftest import Server

PATIENCE = 10
GET = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    body: bytes

    def problem(self, *statuses: int) -> dict[str, Any]:
        """The problem document that this is, of one of these statuses."""
        assert self.status in statuses, self.body[:500]
        assert self.headers["content-type"] == "application/problem+json"
        document = json.loads(self.body)
        assert document["status"] == self.status
        assert document["detail"]
        assert isinstance(document, dict)
        return document


@dataclass(frozen=True)
class Line:
    """One connection."""

    socket: socket.socket
    heard: BinaryIO

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self) -> Reply | None:
        """The next reply; None where the connection was closed instead."""
        head = bytearray()
        while not head.endswith(b"\r\n\r\n"):
            try:
                line = self.heard.readline()
            except ConnectionResetError:
                line = b""
            if not line:
                assert not head, f"a reply that breaks off: {bytes(head)!r}"
                return None
            head += line
        first, _, rest = bytes(head).partition(b"\r\n")
        version, status, _ = first.split(b" ", 2)
        assert version == b"HTTP/1.1"
        headers = message_from_bytes(rest)
        length = int(headers["content-length"] or 0)
        body = self.heard.read(length)
        assert len(body) == length
        return Reply(int(status), headers, body)

    def replied(self) -> Reply:
        reply = self.reply()
        assert reply is not None, "closed without a reply"
        return reply

    def closed(self) -> bool:
        """Whether the server closes the connection while we wait, saying nothing more."""
        try:
            return self.heard.read(1) == b""
        except ConnectionResetError:
            return True


@contextmanager
def line(server: Server, source: str = "127.0.0.1") -> Iterator[Line]:
    """A connection from an address of this machine; all of 127.0.0.0/8 are."""
    where = urlsplit(server.url)
    assert where.hostname is not None
    assert where.port is not None
    with (
        socket.create_connection((where.hostname, where.port), PATIENCE, (source, 0)) as made,
        made.makefile("rb") as heard,
    ):
        yield Line(made, heard)


def said(server: Server, data: bytes) -> Reply:
    """The one reply to some bytes."""
    with line(server) as one:
        one.send(data)
        return one.replied()
