"""
What the processes of the service say to each other: messages with a small JSON head and a body of bytes.

    8 bytes of lengths, head, body

The same format is read blocking by a worker and piece by piece by the serving process.
"""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Final

_LENGTHS: Final = struct.Struct("!II")
_encoded: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

UNAUDITED: Final = "unaudited"
"""Marks the head of a reply that only says that the version has not been audited yet."""


@dataclass(frozen=True)
class Message:
    """One request to a worker, or its reply. `head` holds JSON values only."""

    head: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Plan:
    """What a keeper is to load, and how many workers of what kind it is to have. `keep_versions` as in the settings.

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
    keep_versions: int = 0

    def to_json(self) -> str:
        """The plan as it is handed over."""
        return json.dumps(asdict(self))


def pack(message: Message) -> bytes:
    """The bytes of a message."""
    head = _encoded(message.head).encode()
    return b"".join((_LENGTHS.pack(len(head), len(message.body)), head, message.body))


def send(channel: socket.socket, message: Message) -> None:
    """Send a message, blocking. Raises `OSError` where nobody listens any more."""
    channel.sendall(pack(message))


def receive(channel: BinaryIO) -> Message | None:
    """The next message, blocking; None where the other side has closed."""
    lengths = channel.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    head, body = channel.read(head_length), channel.read(body_length)
    return Message(json.loads(head), body) if len(head) + len(body) == head_length + body_length else None


class Pieces:
    """A message that arrives in pieces."""

    def __init__(self) -> None:
        self._heard = bytearray()

    def add(self, data: bytes) -> Message | None:
        """The message, once it is whole; nothing is to come after it before it was answered."""
        self._heard += data
        if len(self._heard) < _LENGTHS.size:
            return None
        head_length, body_length = _LENGTHS.unpack_from(self._heard)
        body_begins = _LENGTHS.size + head_length
        if len(self._heard) < body_begins + body_length:
            return None
        with memoryview(self._heard) as heard:
            message = Message(json.loads(bytes(heard[_LENGTHS.size : body_begins])), bytes(heard[body_begins:]))
        self._heard.clear()
        return message
