"""
/sparql: the SPARQL 1.1 Protocol, as an ASGI application of its own.

    GET ?query=, POST of a form, POST of a query  ->  results, a graph, or a problem document

It hands the request to a worker unread. Results come back whole, so that status and body agree.
"""

from __future__ import annotations

from typing import Final

from starlette.types import Receive, Scope, Send

from lsp_graph.serve import problems
from lsp_graph.serve.exchange import MOST_BYTES, NO_CONTENT, ClientGone, asked, body, respond
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool

PATH: Final = "/sparql"

_METHODS: Final = "GET, HEAD, POST, OPTIONS"
_FOR_ALL: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "LSP-Graph-Truncated, LSP-Graph-Version",
}
_PREFLIGHT: Final = {
    "allow": _METHODS,
    "access-control-allow-methods": _METHODS,
    "access-control-allow-headers": "Accept, Content-Type",
    "access-control-max-age": "86400",
}


class SparqlEndpoint:
    """The endpoint over a pool of workers."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            reply = await self._reply(scope, receive)
        except problems.Refusal as refusal:
            reply = refusal.reply
        except ClientGone:
            return
        headers = {**reply.head["headers"], **_FOR_ALL, "lsp-graph-version": self.pool.version}
        await respond(
            send,
            Message({"status": reply.head["status"], "headers": headers}, reply.body),
            with_body=scope["method"] != "HEAD",
        )

    async def _reply(self, scope: Scope, receive: Receive) -> Message:
        method = scope["method"]
        if method == "OPTIONS":
            return Message({"status": NO_CONTENT, "headers": _PREFLIGHT})
        if method not in _METHODS.split(", "):
            detail = f"{method}; expected one of {_METHODS}"
            raise problems.Refusal(problems.METHOD_NOT_ALLOWED.reply(detail, {"allow": _METHODS}))
        if len(scope["query_string"]) > MOST_BYTES:
            raise problems.Refusal(
                problems.TOO_LARGE.reply(f"a query string of more than {MOST_BYTES} bytes; use POST")
            )
        sent = {name: value.decode("latin-1") for name, value in scope["headers"] if name == b"content-type"}
        accepted = [value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"]
        head = {
            "kind": "sparql",
            "method": method,
            "queryString": scope["query_string"].decode("latin-1"),
            "contentType": sent.get(b"content-type", ""),
            "accept": ", ".join(accepted) or None,
        }
        return await asked(self.pool, Message(head, await body(receive)), receive)
