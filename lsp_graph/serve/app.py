"""
The application: every path of the service, over one pool of workers.

    /sparql  ->  `sparql`;   all else  ->  the FastAPI application
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, TextIO, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from lsp_graph import __version__
from lsp_graph.serve import (
    api,
    audits,
    downloads,
    explaining,
    linked_data,
    models,
    places,
    problems,
    sparql,
    takeaway,
    versions,
    writers,
)
from lsp_graph.serve.cache import Answers
from lsp_graph.serve.cached import Cached
from lsp_graph.serve.exchange import ClientGone
from lsp_graph.serve.pages import serving
from lsp_graph.serve.pages.people import ForPeople
from lsp_graph.serve.repeated import Repeats
from lsp_graph.serve.shares import Shared, before
from lsp_graph.serve.wanted import Wanted
from lsp_graph.serve.watched import METRICS, READY, Metrics, Watched
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool

_SPARQL_PATHS: Final = Path(__file__).with_name("openapi-sparql.json")
MOST_WRITTEN: Final = 64 * 2**20
"""Bytes of one write at most, unless said."""

_STATIC: Final = Path(__file__).with_name("static")
_DOCUMENTATION_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_KINDS: Final = {404: problems.NOT_FOUND, 405: problems.METHOD_NOT_ALLOWED}


class Application:
    """The paths that must be quick go straight to their own ASGI application, past all that FastAPI does."""

    def __init__(self, endpoint: ASGIApp, written: ASGIApp, rest: ASGIApp) -> None:
        self.endpoint, self.written, self.rest = endpoint, written, rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to whom it concerns; HEAD is GET without the body, on every path."""
        if scope["type"] != "http":
            await self.rest(scope, receive, send)
        elif scope["path"] == sparql.PATH:
            await self.endpoint(scope, receive, send)
        elif writers.serves(scope["path"]):
            await self.written(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self.rest({**scope, "method": "GET"}, receive, _headers_only(send))
        else:
            await self.rest(scope, receive, send)


def create_app(
    pool: Pool,
    answers: Answers,
    repeats: Repeats,
    log: TextIO | None = None,
    public_base: str = "",
    *,
    write_token: str = "",
    most_written: int = MOST_WRITTEN,
) -> ASGIApp:
    """The service's ASGI application; it keeps `answers`, and logs exchanges in `log`.

    `repeats` are the replies that whoever reads the requests sends again by itself.

    `public_base` is the address that strangers see, where it is not the one they ask, `write_token` a token that may
    write beside those of the store, `most_written` the bytes of one write at most.
    """
    shares = before(pool)
    metrics = Metrics(pool, answers, shares, repeats)
    # The documentation page brings its scripts along: nothing is loaded from elsewhere.
    app: FastAPI = FastAPIOffline(
        title="LSP Graph",
        version=__version__,
        summary="Who is accountable for what in England's Local Strategic Partnerships, and who says so.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        static_url="/api/docs/static",
        servers=[{"url": public_base.rstrip("/")}] if public_base else None,
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "OPTIONS"],
        expose_headers=[
            "LSP-Graph-Version",
            "LSP-Graph-Completeness",
            "LSP-Graph-Truncated",
            "Content-Location",
            "X-Total-Count",
            "Link",
            "ETag",
        ],
    )
    app.include_router(api.router(pool))
    auditors = audits.Auditors(pool, public_base)
    app.include_router(audits.router(auditors))
    app.include_router(places.router(pool, public_base))
    app.include_router(takeaway.router(pool, public_base))  # before the pages, which take all below /areas/
    app.include_router(serving.router(pool, public_base, auditors))  # before /ont…, which takes all that begins so
    app.include_router(versions.router(pool, public_base))
    app.include_router(linked_data.router(pool, public_base))
    app.include_router(downloads.router(pool, public_base))
    app.include_router(explaining.router(public_base))

    @app.get("/health", response_model=models.Health, responses=api.PROBLEM)
    async def health() -> models.Health:
        """Whether the service runs, on which version of the data, with how many workers."""
        return models.Health(status="ok" if pool.living else "degraded", version=pool.version, workers=pool.living)

    @app.get(READY, include_in_schema=False)
    async def ready() -> Response:
        """Whether requests are answered just now: 200, or 503 while there is no worker."""
        if pool.living:
            return PlainTextResponse("ready\n")
        return _sent(problems.BUSY.reply("no worker lives just now", {"retry-after": "1"}))

    @app.get(METRICS, include_in_schema=False)
    async def figures() -> Response:
        """The figures of the service, for Prometheus."""
        return _sent(metrics.page())

    @app.get("/api/docs", include_in_schema=False)
    async def documentation() -> Response:
        """The API's documentation, to try it out; the page's own policy lets Swagger UI set styles."""
        page = (_STATIC / "api-docs.html").read_text(encoding="utf-8")
        return HTMLResponse(page, headers={"content-security-policy": _DOCUMENTATION_POLICY})

    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    _answer_with_problems(app)
    _describe_sparql(app)
    written = writers.Writers(pool, answers, write_token, most_written, public_base)
    people = ForPeople(app, pool, public_base)
    application = Application(sparql.SparqlEndpoint(pool, answers, public_base), written, Cached(people, pool, answers))
    return Watched(Shared(Wanted(application), shares), metrics, log)


def _answer_with_problems(app: FastAPI) -> None:
    """Have every error of the application told by a problem document."""

    @app.exception_handler(HTTPException)
    async def of_http(request: Request, error: Exception) -> Response:
        raised = cast(HTTPException, error)
        kind = _KINDS.get(raised.status_code, problems.OTHER)
        return _sent(kind.reply(f"{request.method} {request.url.path}: {raised.detail}", dict(raised.headers or {})))

    @app.exception_handler(RequestValidationError)
    async def of_parameters(request: Request, error: Exception) -> Response:
        wrong = [
            f"{one['loc'][1]}: {one.get('input')!r}; {one['msg']}"  # what comes after is a number in a list
            for one in cast(RequestValidationError, error).errors()
        ]
        return _sent(problems.MALFORMED_REQUEST.reply("; ".join(wrong)))

    @app.exception_handler(problems.Refusal)
    async def of_refusal(request: Request, error: Exception) -> Response:
        return _sent(cast(problems.Refusal, error).reply)

    @app.exception_handler(ClientGone)
    async def of_nobody(request: Request, error: Exception) -> Response:
        return Response(status_code=499)  # nobody reads it

    @app.exception_handler(Exception)
    async def of_ourselves(request: Request, error: Exception) -> Response:
        return _sent(problems.INTERNAL.reply("an error that nobody foresaw; it is in the service's log"))


def _sent(reply: Message) -> Response:
    return Response(reply.body, reply.head["status"], reply.head["headers"])


def _describe_sparql(app: FastAPI) -> None:
    """Add to the OpenAPI document the paths that FastAPI does not serve itself."""
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        document = generated()
        document["paths"].update(json.loads(_SPARQL_PATHS.read_text(encoding="utf-8")))
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _headers_only(send: Send) -> Send:
    async def passed_on(event: Event) -> None:
        if event["type"] == "http.response.body":
            event = {**event, "body": b""}
        await send(event)

    return passed_on
