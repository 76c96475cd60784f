"""
The routes of the pages, over a pool of workers.

    GET path  ->  a worker's page
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from lsp_graph.serve.api import response
from lsp_graph.serve.audits import Auditors
from lsp_graph.serve.linked_data import base_of
from lsp_graph.serve.pages.asked import WORLD, malformed
from lsp_graph.serve.pages.routes import ROUTES, Route
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool


def router(pool: Pool, public_base: str, auditors: Auditors) -> APIRouter:
    """The routes of all pages; links are at the public address, where that is set."""
    routes = APIRouter(include_in_schema=False)

    def answering(route: Route) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            query = request.query_params
            worlds = [value for value in query.getlist(WORLD) if value]
            if len(worlds) > 1:
                raise malformed(f"{WORLD}: given more than once")
            head = {
                "kind": "page",
                "module": route.module,
                "base": base_of(request, public_base),
                "path": request.scope["path"],
                "key": request.path_params.get("key", ""),
                "query": query.multi_items(),
                "world": worlds[0] if worlds else None,
                "store": pool.plan.store,
            }
            if route.audited:
                return await auditors.of(head["world"]).answer(request, head)
            return await response(pool, request, Message(head))

        return answer

    for route in ROUTES:
        routes.add_api_route(route.path, answering(route), methods=["GET"], response_class=Response)
    return routes
