"""
/api/v1: typed JSON for programs.

    parameters  ->  a worker's answer as one of `models`, or a problem document
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from lsp_graph.serve import models, problems
from lsp_graph.serve.exchange import asked
from lsp_graph.serve.parameters import ONLY_KNOWN
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool

AS_OF: Final = "as-of"
WORLD: Final = "world"
MOST_EXPLAINED: Final = 10
"""Answers that are told with their chains at most: each is a tree of its own."""

Day = Annotated[
    str | None,
    Query(
        alias=AS_OF,
        description="the day, YYYY-MM-DD; default 2008-06-30",
        json_schema_extra={"format": "date"},
    ),
]
World = Annotated[
    str | None,
    Query(description="invented places instead of the real register: fictional, or fictional-breaches"),
]
Text = Annotated[str | None, Query()]

PROBLEM: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "a problem document (RFC 9457)",
        "content": {problems.MEDIA_TYPE: {"schema": problems.ProblemDocument.model_json_schema()}},
    }
}
_OTHER_FORMS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "the answer, as records or as SPARQL 1.1 Query Results",
        "content": {
            "application/sparql-results+json": {},
            "text/csv": {},
            "text/tab-separated-values": {},
        },
    }
}


def router(pool: Pool) -> APIRouter:
    """The routes of the API over a pool of workers."""
    routes = APIRouter(prefix="/api/v1", responses=PROBLEM)

    @routes.get("/accountability", response_model=models.Accountabilities, dependencies=[ONLY_KNOWN])
    async def accountability(
        request: Request,
        what: Annotated[
            str | None,
            Query(
                alias="for",
                description="what somebody is accountable for, in words",
                openapi_examples={"county": {"value": "local area agreement"}, "best": {"value": "crime"}},
            ),
        ] = None,
        area: Annotated[
            str | None,
            Query(
                description="a GSS code, an old ONS code, a later code, a name, or an IRI",
                openapi_examples={"county": {"value": "Dover"}, "best": {"value": "E09000028"}},
            ),
        ] = None,
        lat: Annotated[float | None, Query(ge=-90, le=90, description="a point in the area instead, WGS 84")] = None,
        lon: Annotated[float | None, Query(ge=-180, le=180, description="its longitude in degrees")] = None,
        by: Annotated[
            str | None,
            Query(
                description="the body that is accountable, by name or IRI",
                openapi_examples={"body": {"value": "Environment Agency"}},
            ),
        ] = None,
        to: Annotated[str | None, Query(description="the body or people it is accountable to, by name or IRI")] = None,
        explain: Annotated[
            bool,
            Query(
                description=f"with the chain of each of the first {MOST_EXPLAINED} answers, and how it was derived",
                openapi_examples={"county": {"value": True}},
            ),
        ] = False,
        policy: Annotated[
            str,
            Query(
                max_length=200,
                description="where sources disagree: all, best (ranked), newest, or a document whose word counts",
                openapi_examples={"best": {"value": "best"}},
            ),
        ] = "all",
        as_of: Day = None,
        world: World = None,
        limit: Annotated[
            int, Query(ge=1, le=10_000, description="the most answers", openapi_examples={"body": {"value": 3}})
        ] = 100,
    ) -> Response:
        """Who is accountable for what, to whom, where, on what basis, and who says so."""
        head = {
            "kind": "accountability",
            "for": what,
            "area": area if lat is None and lon is None else _point(area, lat, lon),
            "by": by,
            "to": to,
            "explained": MOST_EXPLAINED if explain else 0,
            "policy": policy,
            "asOf": as_of,
            "world": world,
            "limit": limit,
        }
        return await response(pool, request, Message(head))

    @routes.get("/terms", response_model=models.Terms, dependencies=[ONLY_KNOWN])
    async def terms(request: Request) -> Response:
        """Prefixes, and the classes and properties in use, with how many things or triples have each."""
        return await response(pool, request, Message({"kind": "terms"}))

    @routes.get("/questions", response_model=models.Questions, dependencies=[ONLY_KNOWN])
    async def questions(request: Request) -> Response:
        """The questions of the library, and what each can be asked about."""
        return await response(pool, request, Message({"kind": "questions"}))

    @routes.get("/questions/{name}", response_model=models.QuestionAnswer, responses=_OTHER_FORMS)
    async def question(request: Request, name: str, as_of: Day = None, world: World = None) -> Response:
        """The answer to one question, known by its name or its number (Q03); its own parameters go beside `as-of`."""
        head = {
            "kind": "question",
            "name": name,
            "arguments": arguments(request),
            "asOf": as_of,
            "world": world,
            "accept": request.headers.get("accept"),
        }
        return await response(pool, request, Message(head))

    return routes


def _point(area: str | None, lat: float | None, lon: float | None) -> str:
    """A point as the name of an area. Raises `Refusal` (400) where it is not whole, or an area is named beside it."""
    if area is not None or lat is None or lon is None:
        raise problems.Refusal(problems.MALFORMED_REQUEST.reply("expected area, or else both lat and lon"))
    return f"{lat:.10f}, {lon:.10f}"


def arguments(request: Request) -> dict[str, str]:
    """The question's own parameters. Raises `Refusal` (400) where one is given twice."""
    given = [(name, value) for name, value in request.query_params.multi_items() if name not in (AS_OF, WORLD)]
    arguments = dict(given)
    if len(arguments) != len(given):
        twice = sorted({name for name, _ in given if [other for other, _ in given].count(name) > 1})
        raise problems.Refusal(problems.MALFORMED_REQUEST.reply(f"given more than once: {', '.join(twice)}"))
    return arguments


async def response(pool: Pool, request: Request, message: Message) -> Response:
    """What a worker says to a request, with the version of the data that it said it of."""
    reply = await asked(pool, message, request.receive)
    headers = {**reply.head["headers"], "lsp-graph-version": pool.version}
    return Response(reply.body, reply.head["status"], headers)
