"""
/areas/{code}/governance.svg and /questions/{name}/answer.csv: pictures and answers to take along.

    path  ->  a worker's file, in the form of its suffix
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response

from lsp_graph.serve.answering import FORMS
from lsp_graph.serve.api import PROBLEM, Day, World, arguments, response
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

    @routes.get(
        "/questions/{name}/answer.{form}",
        response_class=Response,
        responses={200: {"content": {form.media_type.partition(";")[0]: {} for form in FORMS.values()}}},
    )
    async def answer(
        request: Request,
        name: Annotated[str, Path(description="a question's name or number", examples=["Q14"])],
        form: Annotated[
            Literal["csv", "xlsx", "json", "srj", "tsv", "parquet"], Path(description="the form", examples=["csv"])
        ],
        as_of: Day = None,
        world: World = None,
    ) -> Response:
        """The answer to a question as a file; its own parameters go beside `as-of`."""
        head = {
            "kind": "answer-file",
            "form": form,
            "arguments": arguments(request),
            "base": base_of(request, public_base),
            "path": request.scope["path"],
            "key": name,
            "query": request.query_params.multi_items(),
            "world": world or None,
            "store": pool.plan.store,
        }
        return await response(pool, request, Message(head))

    return routes
