"""
Requests that are sent again, byte for byte.

    the bytes of a whole request + who sends it  ->  the bytes of the reply that was sent before, but for its date

What a reply depends on is the request, its sender and the version of the data; where all three are the same, nothing
needs to be read again. Only replies that were kept already (`cache`) are repeated, so the application decides, by a
note in the scope, what may be; it is told of each repetition, which counts and is logged as any exchange.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

from lsp_graph.serve.cache import Kept

MOST_REQUEST_BYTES: Final = 2**13
MOST_REPLY_BYTES: Final = 2**16
"""Longer ones are not repeated from here: there the reading is the smaller part."""

_NOTE: Final = "lsp_graph.repeated"
_DATE: Final = b"date: "
_END: Final = b"\r\n"


@dataclass(slots=True)
class Note:
    """What the application says of its reply: the version for which it stands (empty: it is not to be repeated).

    `again` is to be called for each repetition, with the seconds that it took.
    """

    version: str = ""
    again: Callable[[float], None] | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A reply as it was sent, up to its date and from there on."""

    before: bytes
    after: bytes
    again: Callable[[float], None]


class Repeats:
    """The replies that may be repeated for the version that `current` tells, in `most_bytes` bytes at most."""

    def __init__(self, most_bytes: int, current: Callable[[], str]) -> None:
        self._kept: Kept[Repeat] = Kept(most_bytes)
        self._current = current

    @property
    def held(self) -> int:
        """How many bytes are kept."""
        return self._kept.bytes

    @property
    def count(self) -> int:
        """How many requests were answered from here."""
        return self._kept.hits

    def get(self, sender: str, request: bytes) -> Repeat | None:
        """The reply to the bytes of a request."""
        return self._kept.get(self._current(), (sender, request))

    def put(self, sender: str, request: bytes, reply: bytes, note: Note) -> None:
        """Keep the reply to a request, if the note allows it and its first field is its date."""
        status, _, rest = reply.partition(_END)
        if note.again is None or note.version != self._current() or not rest.startswith(_DATE):
            return
        date_ends = rest.index(_END)
        repeat = Repeat(status + _END + _DATE, rest[date_ends:], note.again)
        self._kept.keep(note.version, (sender, request), repeat, len(request) + len(reply))


def add_note(scope: Scope, note: Note) -> None:
    """Put a note into the scope of a request, for the application to write on."""
    scope.setdefault("extensions", {})[_NOTE] = note


def note_of(scope: Scope) -> Note | None:
    """The note in the scope of a request, if whoever reads the requests is interested."""
    note = scope.get("extensions", {}).get(_NOTE)
    return note if isinstance(note, Note) else None


def allow(scope: Scope, version: str) -> None:
    """Say that the reply to a request was kept, and may be repeated as long as the data has this version."""
    note = note_of(scope)
    if note is not None:
        note.version = version
