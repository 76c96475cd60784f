"""
Problems told to people.

    reply + Accept  ->  the same, a problem document having become a page where the client would rather have that

Programs that ask the API get documents, whatever they accept: a page would be no answer to them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lsp_graph.serve import html, problems
from lsp_graph.serve.linked_data import base_of
from lsp_graph.serve.negotiate import choose
from lsp_graph.serve.workers import Pool

_PROGRAMS: Final = "/api/"
_TYPE: Final = b"content-type"
_REPLACED: Final = frozenset([_TYPE, b"content-length", b"vary"])
_OFFERED: Final = (problems.MEDIA_TYPE, html.MEDIA_TYPE)


class ForPeople:
    """The application, whose problems are pages for those who want pages."""

    def __init__(self, application: ASGIApp, pool: Pool, public_base: str) -> None:
        self.application, self.pool, self.public_base = application, pool, public_base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"].startswith(_PROGRAMS) or not _wants_page(scope):
            await self.application(scope, receive, send)
            return
        held: Message | None = None
        body = b""

        async def passed_on(event: Message) -> None:
            nonlocal held, body
            if event["type"] == "http.response.start" and _is_problem(event):
                held = event
            elif held is None:
                await send(event)
            else:
                body += event.get("body", b"")
                if not event.get("more_body", False):
                    page = self._page(scope, body)
                    await send({**held, "headers": [*_kept(held), *_of_page(page)]})
                    await send({"type": "http.response.body", "body": page})

        await self.application(scope, receive, passed_on)

    def _page(self, scope: Scope, body: bytes) -> bytes:
        told = problems.ProblemDocument.model_validate_json(body)
        version = self.pool.version
        return html.page(
            "problem.html",
            self._base(scope),
            title=told.title,
            problem=told,
            more=told.model_extra or {},
            kind=told.type.rpartition("/")[2],
            path=scope["path"],
            version=version,
            made=html.made(Path(self.pool.plan.store), version),
        )

    def _base(self, scope: Scope) -> str:
        """The address of the service; none where the client's Host, which is then the problem, does not tell it."""
        try:
            return base_of(Request(scope), self.public_base)
        except problems.Refusal:
            return ""


def _wants_page(scope: Scope) -> bool:
    fields = [value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"]
    return choose(", ".join(fields) if fields else None, _OFFERED) == html.MEDIA_TYPE


def _is_problem(event: Message) -> bool:
    return any(name == _TYPE and value.startswith(problems.MEDIA_TYPE.encode()) for name, value in event["headers"])


def _kept(event: Message) -> list[Any]:
    return [field for field in event["headers"] if field[0] not in _REPLACED]


def _of_page(page: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (_TYPE, f"{html.MEDIA_TYPE}; charset=utf-8".encode()),
        (b"content-length", str(len(page)).encode()),
        (b"vary", b"Accept"),
    ]
