"""
Every attempt to write, kept for good.

    an attempt  ->  a line of JSON at the end of STORE/writes.log, on disk before the client hears of it

The log has the names of tokens, never a token, and of an update its beginning only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from lsp_graph.errors import StoreUnavailable

FILE: Final = "writes.log"
MOST_LOGGED: Final = 500
"""Characters of an update that the log keeps."""

_MOST_READ: Final = 2**20

Result = Literal["written", "unchanged", "refused", "failed"]


@dataclass(frozen=True)
class Attempt:
    """One attempt: when, by whose token, what, and what came of it.

    `operation` is UPDATE, PUT, POST or DELETE, `target` the graph or text as it was sent. `version` is the version that
    it made, or after which it changed nothing. `graphs`, `added` and `removed` (quads) say what it changed, or would
    have changed; None where it did not come so far. `why` is what the client was told where it was not done.
    """

    time: str
    token: str
    operation: str
    target: str
    outcome: Result
    status: int
    version: str | None = None
    graphs: Sequence[str] | None = None
    added: int | None = None
    removed: int | None = None
    why: str | None = None
    client: str = ""


class WriteLog:
    """The log of a store."""

    def __init__(self, store: Path) -> None:
        self.path = store / FILE

    def append(self, attempt: Attempt) -> None:
        """Add an attempt; it is on disk when this returns. Raises `StoreUnavailable` where it cannot be kept."""
        line = json.dumps(asdict(attempt), ensure_ascii=True).encode() + b"\n"
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                if size and os.pread(descriptor, 1, size - 1) != b"\n":
                    line = b"\n" + line  # a line before was cut off by a crash, and stays by itself
                os.write(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StoreUnavailable(f"{self.path}: cannot be written ({error.strerror})") from error

    def latest(self) -> bytes:
        """The last lines, oldest first, a megabyte at most. Raises `StoreUnavailable` where they cannot be read."""
        try:
            with self.path.open("rb") as log:
                size = log.seek(0, os.SEEK_END)
                log.seek(max(0, size - _MOST_READ))
                text = log.read()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise StoreUnavailable(f"{self.path}: cannot be read ({error.strerror})") from error
        return text if size <= _MOST_READ else text.partition(b"\n")[2]


def shortened(text: str) -> str:
    """A text as the log keeps it."""
    return text if len(text) <= MOST_LOGGED else f"{text[:MOST_LOGGED]}… ({len(text)} characters)"
