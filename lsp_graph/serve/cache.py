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
from typing import Final

from lsp_graph.serve.wire import Message

CACHE_CONTROL: Final = "public, no-cache"
"""Anyone may keep an answer, and asks each time whether it still stands: a new version counts at once."""

_FLEETING: Final = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\b|\\u", re.IGNORECASE)
_OVERHEAD: Final = 1024
"""Bytes that an entry takes beside its body, roughly."""


class Answers:
    """The kept replies of one version of the data."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.version = ""
        self.bytes = self.hits = self.misses = 0
        self._kept: OrderedDict[Hashable, Message] = OrderedDict()

    def get(self, version: str, key: Hashable) -> Message | None:
        """The reply kept for a request to this version of the data."""
        reply = self._kept.get(key) if version == self.version else None
        if reply is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return reply

    def put(self, version: str, key: Hashable, reply: Message) -> Message:
        """Keep a reply; gives it with its entity tag and cache control. Only what succeeded is kept."""
        if reply.head["status"] != 200:
            return reply
        reply = tagged(version, reply)
        if version != self.version:
            self._kept.clear()
            self.version, self.bytes = version, 0
        size = len(reply.body) + _OVERHEAD
        if size <= self.most_bytes // 4 and key not in self._kept:
            self._kept[key] = reply
            self.bytes += size
            while self.bytes > self.most_bytes:
                _, oldest = self._kept.popitem(last=False)
                self.bytes -= len(oldest.body) + _OVERHEAD
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
