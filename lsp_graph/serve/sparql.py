"""
/sparql: the SPARQL 1.1 Protocol, as an ASGI application of its own.

    GET ?query=, POST of a form, POST of a query  ->  results, a graph, or a problem document
    GET of nothing                                ->  what the service is
    any of these, by a browser                    ->  the editor, with what came of the query

It hands the request to a worker unread, unless the same was asked of the same data before. Results come back whole, so
that status and body agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from lsp_graph.serve import html, problems
from lsp_graph.serve.cache import Answers, lasting, unchanged
from lsp_graph.serve.exchange import MOST_BYTES, NO_CONTENT, ClientGone, asked, body, not_modified, respond
from lsp_graph.serve.linked_data import base_of
from lsp_graph.serve.negotiate import choose
from lsp_graph.serve.repeated import allow
from lsp_graph.serve.results import GRAPHS, TABLES
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool

PATH: Final = "/sparql"

_METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
_ALLOWED: Final = ", ".join(_METHODS)
_READ: Final = frozenset([b"accept", b"content-type", b"if-none-match"])
_FORMS: Final = (*dict.fromkeys((*TABLES, *GRAPHS)), html.MEDIA_TYPE)
"""What a query may be answered in, whatever it is; a page comes last, for those who would rather have that."""

_FOR_ALL: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "LSP-Graph-Truncated, LSP-Graph-Version, ETag",
}
_PREFLIGHT: Final = {
    "allow": _ALLOWED,
    "access-control-allow-methods": _ALLOWED,
    "access-control-allow-headers": "Accept, Content-Type",
    "access-control-max-age": "86400",
}


class SparqlEndpoint:
    """The endpoint over a pool of workers."""

    def __init__(self, pool: Pool, answers: Answers, public_base: str = "") -> None:
        self.pool, self.answers, self.public_base = pool, answers, public_base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = _headers(scope)
        try:
            reply = await self._reply(scope, headers, receive)
        except problems.Refusal as refusal:
            reply = self._said(refusal.reply)
        except ClientGone:
            return
        if unchanged(reply.head["headers"], headers.get("if-none-match")):
            reply = not_modified(reply)
        await respond(send, reply, with_body=scope["method"] != "HEAD")

    async def _reply(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> Message:
        method = scope["method"]
        if method == "OPTIONS":
            return self._said(Message({"status": NO_CONTENT, "headers": _PREFLIGHT}))
        if method not in _METHODS:
            detail = f"{method}; expected one of {_ALLOWED}"
            raise problems.Refusal(problems.METHOD_NOT_ALLOWED.reply(detail, {"allow": _ALLOWED}))
        query_string = scope["query_string"]
        if len(query_string) > MOST_BYTES:
            raise problems.Refusal(
                problems.TOO_LARGE.reply(f"a query string of more than {MOST_BYTES} bytes; use POST")
            )
        sent = await body(receive) if method == "POST" else b""
        version, accept, content_type = self.pool.version, headers.get("accept"), headers.get("content-type", "")
        page = choose(accept, _FORMS) == html.MEDIA_TYPE
        asks = page or (method != "POST" and b"query" not in query_string)
        address = self._address(scope) if asks else None
        key = (method == "POST", query_string, accept, content_type, sent, address)
        reply = self.answers.get(version, key)
        if reply is not None:
            allow(scope, version)
            return reply
        head = {
            "kind": "sparql",
            "store": self.pool.plan.store,
            "strict": self.pool.plan.strict,
            "method": method,
            "queryString": query_string.decode("latin-1"),
            "contentType": content_type,
            "accept": accept,
            "address": address,
            "page": page,
        }
        reply = self._said(await asked(self.pool, Message(head, sent), receive))
        if (
            version == self.pool.version
            and lasting(unquote_plus(query_string.decode("latin-1")))
            and lasting(unquote_plus(sent.decode("latin-1")))
        ):
            return self.answers.put(version, key, reply)
        return reply

    def _address(self, scope: Scope) -> str:
        """Where the endpoint is, which it says where it may be asked nothing but what it is."""
        return f"{base_of(Request(scope), self.public_base)}{PATH}"

    def _said(self, reply: Message) -> Message:
        """The reply with what every reply of the endpoint says."""
        version = reply.head.get("version", self.pool.version)
        headers = {**reply.head["headers"], **_FOR_ALL, "lsp-graph-version": version}
        return Message({**reply.head, "headers": headers}, reply.body)


def _headers(scope: Scope) -> dict[str, str]:
    """The headers that matter here; one that is sent twice is one list."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name in _READ:
            text = value.decode("latin-1")
            key = name.decode()
            found[key] = f"{found[key]}, {text}" if key in found else text
    return found
