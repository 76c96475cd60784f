"""
Answers kept for as long as the data stays as it is.

    version + request  ->  the reply that was given before, with its entity tag

Bounded by bytes; what was not asked for longest goes first. Another version of the data empties it at once.
Source: RFC 9110 section 8.8.3 (entity tags), section 13.1.2 (If-None-Match); RFC 9111 section 5.2.2.4 (no-cache).
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Final, Generic, TypeVar

from lsp_graph.serve.wire import Message

CACHE_CONTROL: Final = "public, no-cache"
"""Anyone may keep an answer, and asks each time whether it still stands: a new version counts at once."""

FLEETING: Final = "no-store"
"""What an answer says of itself that depends on more than the version of the data: it is not kept."""

Value = TypeVar("Value")

_FLEETING: Final = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\b|\\u", re.IGNORECASE)
_OVERHEAD: Final = 1024
"""Bytes that an entry takes beside its body, roughly."""


class Kept(Generic[Value]):
    """What is kept for one version of the data, in `most_bytes` bytes at most."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.version = ""
        self.bytes = self.hits = self.misses = 0
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()

    def get(self, version: str, key: Hashable) -> Value | None:
        """What is kept under a key for this version of the data."""
        found = self._kept.get(key) if version == self.version else None
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, version: str, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of so many bytes, unless it would take more than a quarter of the room."""
        if version != self.version:
            self._kept.clear()
            self.version, self.bytes = version, 0
        size += _OVERHEAD
        if size <= self.most_bytes // 4 and key not in self._kept:
            self._kept[key] = (value, size)
            self.bytes += size
            while self.bytes > self.most_bytes:
                _, (_, left) = self._kept.popitem(last=False)
                self.bytes -= left


class Answers(Kept[Message]):
    """The kept replies of one version of the data."""

    def put(self, version: str, key: Hashable, reply: Message) -> Message:
        """Keep a reply; gives it with its entity tag and cache control. Only what succeeded and lasts is kept."""
        if reply.head["status"] != 200 or reply.head["headers"].get("cache-control") == FLEETING:
            return reply
        reply = tagged(version, reply)
        self.keep(version, key, reply, len(reply.body))
        return reply


def tagged(version: str, reply: Message) -> Message:
    """The reply with a strong entity tag of its version, type and bytes; it may say itself how long it holds."""
    headers = reply.head["headers"]
    content = hashlib.sha256(headers.get("content-type", "").encode() + b"\n" + reply.body).hexdigest()[:24]
    kept = {"cache-control": CACHE_CONTROL, **headers, "etag": f'"{version}-{content}"'}
    return Message({**reply.head, "headers": kept}, reply.body)


def lasting(query: str) -> bool:
    """Whether a query has the same answer each time it is asked of the same data: none of its functions is fleeting."""
    return _FLEETING.search(query) is None


def unchanged(headers: Mapping[str, str], if_none_match: str | None) -> bool:
    """Whether the client has this reply already."""
    etag = headers.get("etag")
    if etag is None or if_none_match is None:
        return False
    known = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in known or etag in known
