"""
/areas/{code}/governance.svg and .png: pictures to take along.

    path  ->  a worker's drawing
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response

from lsp_graph.serve.api import PROBLEM, Day, World, response
from lsp_graph.serve.linked_data import base_of
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool


def router(pool: Pool, public_base: str) -> APIRouter:
    """The routes of pictures over a pool of workers; their boxes lead to the public address, where that is set."""
    routes = APIRouter(responses=PROBLEM, tags=["pictures"])

    @routes.get(
        "/areas/{code}/governance.{form}",
        response_class=Response,
        responses={200: {"content": {"image/svg+xml": {}, "image/png": {}}}},
    )
    async def governance(
        request: Request,
        code: Annotated[
            str, Path(description="a GSS code, an old ONS code, a name, or an IRI", examples=["E09000028"])
        ],
        form: Annotated[Literal["svg", "png"], Path(description="the form of the picture", examples=["svg"])],
        as_of: Day = None,
        world: World = None,
    ) -> Response:
        """How an area is governed as a diagram: partners by sector, groups, lines of accountability."""
        head = {
            "kind": "governance-diagram",
            "form": form,
            "base": base_of(request, public_base),
            "path": request.scope["path"],
            "key": code,
            "query": request.query_params.multi_items(),
            "world": world or None,
            "store": pool.plan.store,
        }
        return await response(pool, request, Message(head))

    return routes
