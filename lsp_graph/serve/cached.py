"""
Keep what the application answers, and tell clients what they have already.

    GET request  ->  the kept reply, 304, or what the application says now

Only paths whose answer depends on nothing but the request and the version of the data are kept.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lsp_graph.serve.cache import Answers, unchanged
from lsp_graph.serve.exchange import not_modified, respond
from lsp_graph.serve.pages.routes import keeps
from lsp_graph.serve.repeated import allow
from lsp_graph.serve.wire import Message as Reply
from lsp_graph.serve.workers import Pool

KEPT: Final = (
    "/api/v1/accountability",
    "/api/v1/questions",
    "/api/v1/areas",
    "/api/v1/bodies",
    "/api/v1/search",
    "/api/v1/compare",
    "/api/v1/gaps",
    "/api/v1/network",
    "/api/v1/terms",
    "/doc/",
    "/ont",
    "/shapes",
    "/context.jsonld",
    "/void",
    "/.well-known/void",
)
"""Where the paths begin whose answers are kept; those of pages are kept besides."""

_DECIDING: Final = frozenset([b"host", b"accept", b"origin", b"cookie"])
"""Header fields that an answer depends on; origin and whether there is a cookie decide what a browser is told."""


class Cached:
    """The application, with its answers kept."""

    def __init__(self, application: ASGIApp, pool: Pool, answers: Answers) -> None:
        self.application, self.pool, self.answers = application, pool, answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _kept(scope["path"]):
            await self.application(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        version = self.pool.version
        key = key_of(scope)
        reply = self.answers.get(version, key)
        if reply is None:
            reply = await _answer(self.application, scope, receive)
            if reply is None:
                return
            if version == self.pool.version:
                reply = self.answers.put(version, key, reply)
        else:
            allow(scope, version)
        if unchanged(reply.head["headers"], headers.get(b"if-none-match")):
            reply = not_modified(reply)
        await respond(send, reply)


def key_of(scope: Scope) -> Hashable:
    """All that the answer to a request depends on, beside the data: its address, as it was sent, and some fields."""
    deciding = tuple((name, name != b"cookie" and value) for name, value in scope["headers"] if name in _DECIDING)
    return (scope["scheme"], scope.get("root_path", ""), scope["raw_path"], scope["query_string"], deciding)


def _kept(path: str) -> bool:
    return path.startswith(KEPT) or keeps(path)


async def _answer(application: ASGIApp, scope: Scope, receive: Receive) -> Reply | None:
    """What the application says, whole; None when the client is gone and nothing is said."""
    started: Message = {}
    chunks: list[bytes] = []

    async def collect(event: Message) -> None:
        if event["type"] == "http.response.start":
            started.update(event)
        elif event["type"] == "http.response.body":
            chunks.append(event.get("body", b""))

    await application(scope, receive, collect)
    if not started:
        return None
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in started["headers"]}
    headers.pop("content-length", None)
    return Reply({"status": started["status"], "headers": headers}, b"".join(chunks))
