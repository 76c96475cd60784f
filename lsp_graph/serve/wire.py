"""
What the processes of the service say to each other: messages with a small JSON head and a body of bytes.

    8 bytes of lengths, head, body

The same format is read blocking by a worker and asynchronously by the serving process.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from dataclasses import asdict, dataclass, field
from typing import Any, Final

_LENGTHS: Final = struct.Struct("!II")

UNAUDITED: Final = "unaudited"
"""Marks the head of a reply that only says that the version has not been audited yet."""


@dataclass(frozen=True)
class Message:
    """One request to a worker, or its reply. `head` holds JSON values only."""

    head: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Plan:
    """What a keeper is to load, and how many workers of what kind it is to have.

    `strict` makes /sparql's default graph the store's own, not the union of the published ones. `backend` is the
    address that is asked instead of the store; what proves who asks stays in the environment, as a plan can be seen in
    the list of processes.
    """

    store: str
    workers: int
    max_rows: int
    memory_mb: int
    backend: str = ""
    strict: bool = False

    def to_json(self) -> str:
        """The plan as it is handed over."""
        return json.dumps(asdict(self))


def pack(message: Message) -> bytes:
    """The bytes of a message."""
    head = json.dumps(message.head, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join((_LENGTHS.pack(len(head), len(message.body)), head, message.body))


def send(channel: socket.socket, message: Message) -> None:
    """Send a message, blocking. Raises `OSError` where nobody listens any more."""
    channel.sendall(pack(message))


def receive(channel: socket.socket) -> Message | None:
    """The next message, blocking; None where the other side has closed."""
    lengths = _exactly(channel, _LENGTHS.size)
    if lengths is None:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    head, body = _exactly(channel, head_length), _exactly(channel, body_length)
    return None if head is None or body is None else Message(json.loads(head), bytes(body))


def _exactly(channel: socket.socket, length: int) -> bytearray | None:
    buffer = bytearray(length)
    view, filled = memoryview(buffer), 0
    while filled < length:
        count = channel.recv_into(view[filled:])
        if count == 0:
            return None
        filled += count
    return buffer


async def receive_async(reader: asyncio.StreamReader) -> Message:
    """The next message. Raises `asyncio.IncompleteReadError` where the other side ends before it is whole."""
    head_length, body_length = _LENGTHS.unpack(await reader.readexactly(_LENGTHS.size))
    head = await reader.readexactly(head_length)
    return Message(json.loads(head), await reader.readexactly(body_length) if body_length else b"")
