"""
/api/v1/versions: the versions of the store, and what two of them differ in.

    parameters  ->  a worker's answer as one of `models`, or a problem document
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from lsp_graph.serve import models
from lsp_graph.serve.api import PROBLEM, response
from lsp_graph.serve.places import PAGES, Limit, Offset
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool

Number = Annotated[str, Path(description="the number of a version", examples=["1"])]


def router(pool: Pool, public_base: str = "") -> APIRouter:
    """The routes over a pool of workers; links are at the public address, where that is set."""
    routes = APIRouter(prefix="/api/v1/versions", responses=PROBLEM, tags=["versions"])
    base = public_base.rstrip("/")

    async def told(request: Request, kind: str, **asked: Any) -> Response:
        query = request.query_params.multi_items()
        about = {"base": base, "path": request.url.path, "query": query, "store": pool.plan.store}
        return await response(pool, request, Message({"kind": kind, **about, **asked}))

    @routes.get("", response_model=models.Versions, responses=PAGES)
    async def versions(request: Request, limit: Limit = 100, offset: Offset = 0) -> Response:
        """The versions that are kept, the newest first: when each was made, by whom, and how much it changed."""
        return await told(request, "versions", limit=limit, offset=offset)

    @routes.get("/{version}", response_model=models.Version)
    async def version(request: Request, version: Number) -> Response:
        """One version, with the triples of each of its graphs."""
        return await told(request, "version", version=version)

    @routes.get("/{version}/diff", response_model=models.VersionDifference, responses=PAGES)
    async def diff(
        request: Request,
        version: Number,
        to: Annotated[str | None, Query(description="the other version; unless said, the one that is served")] = None,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        """What the other version has otherwise: facts added, removed and changed, in words."""
        return await told(request, "version-diff", version=version, to=to, limit=limit, offset=offset)

    return routes
