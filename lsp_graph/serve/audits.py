"""
/api/v1/audits: the audits of the graph, their findings, and what has changed between them.

    parameters  ->  a worker's answer as one of `models`, or a problem document

The version that is served is audited when its latest audit is first asked for: once, by a worker, however many ask.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from lsp_graph.serve import models, problems
from lsp_graph.serve.api import PROBLEM, Day, World
from lsp_graph.serve.exchange import asked
from lsp_graph.serve.wire import UNAUDITED, Message
from lsp_graph.serve.workers import Pool
from lsp_graph.store.worlds import WORLDS

_AUDIT_SECONDS: Final = 900.0
"""How long an audit may take: no stranger's query, but the rulebook over the whole graph."""

_LATEST: Final = "latest"

AreaFilter = Annotated[
    str | None,
    Query(
        description="only this area: a GSS code, an old ONS code, a name, or an IRI", examples=["E09000028", "Dover"]
    ),
]
RuleFilter = Annotated[str | None, Query(description="only this rule, by its code", examples=["S04"])]
LevelFilter = Annotated[models.Level | None, Query(description="only rules that bind so", examples=["law"])]
OutcomeFilter = Annotated[
    models.Outcome | None,
    Query(description="only breaches, or only what is not recorded (no breach)", examples=["failed"]),
]
Limit = Annotated[int, Query(ge=1, description="the most findings to tell at once", examples=[100])]
Offset = Annotated[int, Query(ge=0, description="how many to pass over; `next` leads from page to page")]
Id = Annotated[str, Path(description="the audit's number, as `/api/v1/audits` lists it", examples=["000001"])]

_OTHER_FORMS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "the audit; as CSV its findings only",
        "content": {"text/csv": {}},
        "headers": {
            "X-Total-Count": {"description": "how many findings fit", "schema": {"type": "integer"}},
            "Link": {"description": 'the next page, with rel="next"', "schema": {"type": "string"}},
        },
    }
}


class Auditor:
    """Has a world (None: the real one) of the version served audited, and holds the audit if the store cannot."""

    def __init__(self, pool: Pool, public_base: str, world: str | None) -> None:
        self.pool, self.base, self.world = pool, public_base.rstrip("/"), world
        self._unkept: tuple[str, bytes] = ("", b"")
        self._making: asyncio.Task[Message | None] | None = None

    async def answer(self, request: Request, head: dict[str, Any]) -> Response:
        """The reply to a request about audits; the version is audited first where the reply must wait for that."""
        head = {
            "base": self.base,
            **head,
            "world": self.world,
            "store": self.pool.plan.store,
            "query": request.query_params.multi_items(),
        }
        making = self._under_way()
        reply = await asked(self.pool, Message(head, self._held()), request.receive)
        if reply.head.get(UNAUDITED):
            # One that was under way when the worker looked may have ended since: it is not to be made again.
            reply = await self._audited(making or self._under_way() or self._start()) or await asked(
                self.pool, Message(head, self._held()), request.receive
            )
        headers = {**reply.head["headers"], "lsp-graph-version": self.pool.version}
        return Response(reply.body, reply.head["status"], headers)

    def _held(self) -> bytes:
        version, audit = self._unkept
        return audit if version == self.pool.version else b""

    def _under_way(self) -> asyncio.Task[Message | None] | None:
        return None if self._making is None or self._making.done() else self._making

    def _start(self) -> asyncio.Task[Message | None]:
        self._making = asyncio.get_running_loop().create_task(self._make())
        return self._making

    async def _audited(self, making: asyncio.Task[Message | None]) -> Message | None:
        """Wait for the audit. What is to be told where it is not there in time, or could not be made; else None.

        It goes on when a client that waits for it has gone.
        """
        await asyncio.wait({making}, timeout=self.pool.timeout)
        if making.done():
            return making.result()
        said = f"version {self.pool.version} is being audited for the first time; ask again in a few seconds"
        return problems.BUSY.reply(said, {"retry-after": "5"})

    async def _make(self) -> Message | None:
        """Have the audit made; a problem document where it could not be."""
        version = self.pool.version
        head = {"kind": "new-audit", "world": self.world, "store": self.pool.plan.store}
        reply = await self.pool.ask(Message(head), _AUDIT_SECONDS)
        if reply.head["status"] != 200:
            return reply
        self._unkept = (version, reply.body)
        return None


class Auditors:
    """One auditor for each world, whoever asks for its audit."""

    def __init__(self, pool: Pool, public_base: str = "") -> None:
        self.pool, self.public_base = pool, public_base
        self._of = {world: Auditor(pool, public_base, world) for world in (None, *WORLDS)}

    def of(self, world: str | None) -> Auditor:
        """That of a world; one of none that there is has a worker say so."""
        return self._of.get(world) or Auditor(self.pool, self.public_base, world)


def router(auditors: Auditors) -> APIRouter:
    """The routes for audits; next pages are at the public address, where that is set."""
    routes = APIRouter(prefix="/api/v1/audits", responses=PROBLEM, tags=["audits"])
    of = auditors.of

    @routes.get("", response_model=models.Audits)
    async def audits(request: Request, world: World = None, limit: Limit = 100, offset: Offset = 0) -> Response:
        """The audits that are kept, the newest first: of which version, as of which day, with how many findings."""
        return await of(world).answer(request, {"kind": "audits", "limit": limit, "offset": offset})

    @routes.get("/latest", response_model=models.Audit, responses=_OTHER_FORMS)
    async def latest(
        request: Request,
        area: AreaFilter = None,
        rule: RuleFilter = None,
        level: LevelFilter = None,
        outcome: OutcomeFilter = None,
        as_of: Day = None,
        world: World = None,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        """The newest audit of all areas by all rules of the version that is served, on the default day unless said.

        Of the default day there always is one: it is made when it is first asked for.
        """
        filters = {"area": area, "rule": rule, "level": level, "outcome": outcome, "asOf": as_of}
        return await one(request, _LATEST, world, filters, limit, offset)

    @routes.get("/diff", response_model=models.AuditComparison)
    async def diff(
        request: Request,
        before: Annotated[str, Query(alias="from", description="the earlier audit's number", examples=["000001"])],
        after: Annotated[str, Query(alias="to", description="the later audit's number, or `latest`")] = _LATEST,
        world: World = None,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        """What has changed from one audit to another: findings that are new, fixed, turned, or by a changed rule."""
        head = {"kind": "audit-diff", "from": before, "to": after, "limit": limit, "offset": offset}
        return await of(world).answer(request, head)

    @routes.get("/{id}", response_model=models.Audit, responses=_OTHER_FORMS)
    async def by_id(
        request: Request,
        id: Id,
        area: AreaFilter = None,
        rule: RuleFilter = None,
        level: LevelFilter = None,
        outcome: OutcomeFilter = None,
        world: World = None,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        """One audit that is kept. Findings of the version that is served are explained, those of others only told."""
        filters = {"area": area, "rule": rule, "level": level, "outcome": outcome}
        return await one(request, id, world, filters, limit, offset)

    async def one(
        request: Request, id: str, world: str | None, filters: dict[str, Any], limit: int, offset: int
    ) -> Response:
        head = {"kind": "audit", "id": id, **filters, "limit": limit, "offset": offset}
        return await of(world).answer(request, head | {"accept": request.headers.get("accept")})

    return routes
