"""
One HTTP exchange, at the level of ASGI.

    request body, limited  ·  a reply, unless the client goes away first  ·  a reply sent
"""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import Receive, Send

from lsp_graph.serve import problems
from lsp_graph.serve.shares import in_turn
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool

MOST_BYTES: Final = 2**20
"""The longest request body, and the longest query string."""

NO_CONTENT: Final = 204
NOT_MODIFIED: Final = 304
_ABOUT_CONTENT: Final = frozenset(["content-type", "lsp-graph-truncated"])

_PATIENCE_SECONDS: Final = 0.25
"""How long an answer is waited for before the client's presence is watched."""


class ClientGone(Exception):
    """The client closed the connection before it had its answer."""


async def body(receive: Receive, most: int = MOST_BYTES) -> bytes:
    """The whole body of a request.

    Raises `Refusal` (413) where it has more than `most` bytes, `ClientGone` where it breaks off.
    """
    chunks, length, more = [], 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        chunk = event.get("body", b"")
        chunks.append(chunk)
        length += len(chunk)
        if length > most:
            raise problems.Refusal(problems.TOO_LARGE.reply(f"a body of more than {most} bytes"))
        more = event.get("more_body", False)
    return b"".join(chunks)


async def asked(pool: Pool, request: Message, receive: Receive) -> Message:
    """The pool's reply. When the client goes away meanwhile, the work is ended; raises `ClientGone`."""
    watch = _Watch(receive)
    try:
        return await in_turn(lambda: pool.ask(request))
    except asyncio.CancelledError:
        if watch.saw_it_go():
            raise ClientGone from None
        raise
    finally:
        watch.end()


def not_modified(reply: Message) -> Message:
    """What is sent to a client that has the reply already (RFC 9110 section 15.4.5)."""
    kept = {name: value for name, value in reply.head["headers"].items() if name not in _ABOUT_CONTENT}
    return Message({"status": NOT_MODIFIED, "headers": kept})


async def respond(send: Send, reply: Message, *, with_body: bool = True) -> None:
    """Send a reply, its headers as its own and with its length; without its body in answer to HEAD."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.head["headers"].items()]
    if reply.head["status"] not in (NO_CONTENT, NOT_MODIFIED):
        headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.head["status"], "headers": headers})
    await send({"type": "http.response.body", "body": reply.body if with_body else b""})


class _Watch:
    """Cancels the task that made it when the client goes; only once that task has taken a while."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._task = receive, asyncio.current_task()
        self._watching: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, self._begin)

    def saw_it_go(self) -> bool:
        """Whether it has cancelled the task, which is then as if nobody had."""
        gone = self._watching is not None and self._watching.done() and not self._watching.cancelled()
        if gone and self._task is not None:
            self._task.uncancel()
        return gone

    def end(self) -> None:
        """Watch no longer."""
        self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()

    def _begin(self) -> None:
        self._watching = asyncio.ensure_future(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._task is not None:
            self._task.cancel()
