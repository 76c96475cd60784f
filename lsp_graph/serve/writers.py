"""
/update, /graphs and /api/v1/records: writing over HTTP, for those who have a token.

    token -> body -> one write after the other -> a line in the log -> the reply

Nothing of what is sent is read here: the token is looked up, the body is bounded, a worker does the rest. No script of
another site may write: these replies have no CORS headers, but for the reading of graphs.

Sources: SPARQL 1.1 Protocol §2.2; SPARQL 1.1 Graph Store HTTP Protocol §5; RFC 9110 section 13.1.1 (If-Match).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from lsp_graph.errors import StoreUnavailable
from lsp_graph.serve import problems
from lsp_graph.serve.cache import Answers, unchanged
from lsp_graph.serve.exchange import NO_CONTENT, ClientGone, asked, body, not_modified, respond
from lsp_graph.serve.gate import Ended, Gate, unauthorized
from lsp_graph.serve.linked_data import base_of, raw_path
from lsp_graph.serve.tokens import Token
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool
from lsp_graph.serve.write_log import Attempt, Result, WriteLog, shortened

UPDATE: Final = "/update"
LOG: Final = "/update/log"
GRAPHS: Final = "/graphs"
RECORDS: Final = "/api/v1/records"

_READING: Final = ("GET", "HEAD")
_FOR_ALL: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "LSP-Graph-Version, ETag",
}
_PREFLIGHT: Final = {
    **_FOR_ALL,
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": "Accept",
    "access-control-max-age": "86400",
}
_REFUSED: Final = 400
_GONE: Final = 499
_RECORD_SECONDS: Final = 120.0
"""How long records may take: reading and concluding, with a token, by the file."""

_KINDS: Final = {UPDATE: "update", RECORDS: "records"}
_ELSEWHERE: Final = "the graph is in a store elsewhere, which this service reads only; write to that store"
_BY_STATUS: Final[dict[int, Result]] = {2: "unchanged", 4: "refused", 5: "failed"}


def serves(path: str) -> bool:
    """Whether a path is one of these."""
    return path in (UPDATE, LOG, GRAPHS, RECORDS) or path.startswith(f"{GRAPHS}/")


class Writers:
    """The endpoints over a pool of workers. `most_bytes` bounds a body, `given` is the environment's token."""

    def __init__(self, pool: Pool, answers: Answers, given: str, most_bytes: int, public_base: str) -> None:
        store = Path(pool.plan.store)
        self.pool, self.answers, self.most_bytes, self.public_base = pool, answers, most_bytes, public_base
        self.gate, self.log = Gate(store, given), WriteLog(store)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            reply = await self._reply(request)
        except problems.Refusal as refusal:
            reply = refusal.reply
        except StoreUnavailable as error:
            reply = problems.of_error(error)
        except Ended as ended:
            reply = unauthorized(str(ended)).reply
        except ClientGone:
            return
        headers = {"lsp-graph-version": self.pool.version, **reply.head["headers"]}
        if request.method in _READING and request.url.path.startswith(GRAPHS):
            headers |= _FOR_ALL
        reply = Message({**reply.head, "headers": headers}, reply.body)
        if request.method in _READING and unchanged(headers, request.headers.get("if-none-match")):
            reply = not_modified(reply)
        await respond(send, reply, with_body=request.method != "HEAD")

    async def _reply(self, request: Request) -> Message:
        path, method = request.scope["path"], request.method
        methods = {UPDATE: ("POST",), RECORDS: ("POST",), LOG: _READING}.get(path, (*_READING, "PUT", "POST", "DELETE"))
        if method == "OPTIONS":
            preflight = _PREFLIGHT if path.startswith(GRAPHS) else {}
            return Message({"status": NO_CONTENT, "headers": {"allow": ", ".join((*methods, "OPTIONS")), **preflight}})
        if method not in methods:
            allowed = ", ".join((*methods, "OPTIONS"))
            detail = f"{method}; expected one of {allowed}"
            raise problems.Refusal(problems.METHOD_NOT_ALLOWED.reply(detail, {"allow": allowed}))
        if self.pool.plan.backend:
            raise problems.Refusal(problems.FORBIDDEN.reply(_ELSEWHERE))
        if path == LOG:
            return self._logged(request)
        return await (self._read(request) if method in _READING else self._write(request))

    async def _read(self, request: Request) -> Message:
        head = {"kind": "graph", **self._asked(request), "accept": request.headers.get("accept")}
        version, key = self.pool.version, tuple(head.values())
        reply = self.answers.get(version, key)
        if reply is None:
            reply = await asked(self.pool, Message(head), request.receive)
            if version == self.pool.version:
                reply = self.answers.put(version, key, reply)
        return reply

    async def _write(self, request: Request) -> Message:
        """The reply to an attempt to write, which is in the log by then."""
        sent = b""
        try:
            token = self.gate.admit(request.headers.get("authorization"))
        except Ended as ended:
            await self._note(request, ended.token, sent, unauthorized(str(ended)).reply)
            raise
        try:
            self._refuse_packed(request.headers)
            sent = await body(request.receive, self.most_bytes)
            head = {
                "kind": _KINDS.get(request.scope["path"], "graph-write"),
                **self._asked(request),
                "contentType": request.headers.get("content-type", ""),
                "ifMatch": request.headers.get("if-match"),
                "ifNoneMatch": request.headers.get("if-none-match"),
                "author": token.name,
                "graphs": None if token.graphs is None else list(token.graphs),
            }
            if request.scope["path"] == RECORDS:
                reply = await self._take_in(request, head, sent)
            else:
                reply = await self.pool.write(Message(head, sent))
        except problems.Refusal as refusal:
            reply = refusal.reply
        except ClientGone:
            gone = Message(
                {"status": _GONE, "headers": {}}, b'{"detail": "the client went away before it had said all"}'
            )
            await self._note(request, token, sent, gone)
            raise
        await self._note(request, token, sent, reply)
        return reply

    async def _take_in(self, request: Request, head: dict[str, Any], sent: bytes) -> Message:
        """Take records in, or tell what they would change."""
        given = parse_qs(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        dry_run, world = given.get("dry-run", ["false"])[-1], given.get("world", [None])[-1]
        if dry_run not in ("true", "false"):
            raise problems.Refusal(problems.MALFORMED_REQUEST.reply(f"dry-run: {dry_run!r}; expected true or false"))
        asked = Message({**head, "into": world, "dryRun": dry_run == "true"}, sent)
        if dry_run == "true":
            return await self.pool.try_out(asked, _RECORD_SECONDS)
        return await self.pool.write(asked, _RECORD_SECONDS)

    def _asked(self, request: Request) -> dict[str, Any]:
        base, path = base_of(request, self.public_base), raw_path(request)
        return {
            "method": request.method,
            "address": path.removeprefix(GRAPHS),
            "queryString": request.scope["query_string"].decode("latin-1"),
            "base": base,
            "fresh": f"{base}{GRAPHS}/{uuid4()}" if request.method == "POST" else None,
        }

    def _refuse_packed(self, headers: Mapping[str, str]) -> None:
        """A packed body could be of any size once unpacked."""
        packing = headers.get("content-encoding", "identity").strip().lower()
        if packing != "identity":
            detail = f"a body packed by {packing!r}; expected it as it is"
            raise problems.Refusal(problems.UNSUPPORTED_MEDIA_TYPE.reply(detail, {"accept-encoding": "identity"}))

    def _logged(self, request: Request) -> Message:
        """The log of writes, for whoever has an admin's token."""
        token = self.gate.admit(request.headers.get("authorization"))
        if token.scope != "admin":
            raise problems.Refusal(problems.FORBIDDEN.reply("the log of writes is for admin tokens"))
        headers = {"content-type": "application/x-ndjson", "cache-control": "no-store"}
        return Message({"status": 200, "headers": headers}, self.log.latest())

    async def _note(self, request: Request, token: Token, sent: bytes, reply: Message) -> None:
        """Put an attempt into the log, on disk."""
        status, head = reply.head["status"], reply.head
        written, touched = head.get("written"), head.get("touched", {})
        update = request.scope["path"] == UPDATE
        target = sent.decode(errors="replace") if update else str(request.url.replace(scheme="", netloc=""))
        attempt = Attempt(
            time=datetime.now(UTC).isoformat(timespec="milliseconds"),
            token=token.name,
            operation="UPDATE" if update else request.method,
            target=shortened(target),
            outcome="written" if written else _BY_STATUS[status // 100],
            status=status,
            version=written["version"] if written else head["headers"].get("lsp-graph-version"),
            graphs=touched.get("graphs"),
            added=touched.get("added"),
            removed=touched.get("removed"),
            why=shortened(json.loads(reply.body)["detail"]) if status >= _REFUSED else None,
            client=request.client.host if request.client else "",
        )
        await asyncio.to_thread(self.log.append, attempt)
