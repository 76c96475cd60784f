"""
Linked data: every IRI of the graph can be looked up.

    /id/… /scheme/… /graph/…  ->  303  ->  /doc/…, by Accept or suffix        /ont /shapes /context.jsonld

An address is checked here and read by a worker, which knows what the graph speaks of.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import RedirectResponse

from lsp_graph.serve import jsonld, problems
from lsp_graph.serve.addresses import DOCUMENTS, FORMATS, checked
from lsp_graph.serve.api import AS_OF, PROBLEM, Day
from lsp_graph.serve.exchange import asked
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool

_SEE_OTHER: Final = 303
_HOST: Final = re.compile(r"[A-Za-z0-9.\-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")

Key = Annotated[str, Path(description="the type of a thing and its key", examples=["area/E09000028"])]

_IN_FORMATS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "the document, in the format of its suffix or the one that `Accept` asks for",
        "content": {media_type: {} for media_type in FORMATS.values()},
        "headers": {
            "Link": {"description": "its other formats, and what it describes", "schema": {"type": "string"}},
            "LSP-Graph-Truncated": {"description": "present where something was cut", "schema": {"type": "string"}},
        },
    },
}
_REDIRECT: Final[dict[int | str, dict[str, Any]]] = {
    _SEE_OTHER: {
        "description": "see the document about the thing",
        "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
    }
}
_GONE: Final[dict[int | str, dict[str, Any]]] = {
    410: {"description": "the thing had ended by that day: when, and what came after it", **PROBLEM["default"]}
}


def base_of(request: Request, public_base: str) -> str:
    """The address of the service, without a slash at its end: as it is set, else as it was asked.

    Raises `Refusal` (400) for a Host that is none, as it would stand in headers and pages.
    """
    if public_base:
        return public_base.rstrip("/")
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        raise problems.Refusal(problems.MALFORMED_REQUEST.reply(f"Host: {host!r} is no host"))
    return f"{request.url.scheme}://{host}"


def raw_path(request: Request) -> str:
    """The path as it was sent. Raises `Refusal` (400, 414) where it is none."""
    return checked(request.scope["raw_path"].partition(b"?")[0].decode("latin-1"))


async def answered(pool: Pool, request: Request, head: dict[str, Any]) -> Response:
    """The worker's reply to a request for a document, in the format that the client likes best."""
    reply = await asked(pool, Message({**head, "accept": request.headers.get("accept")}), request.receive)
    return Response(reply.body, reply.head["status"], {**reply.head["headers"], "lsp-graph-version": pool.version})


def router(pool: Pool, public_base: str) -> APIRouter:
    """The routes of linked data over a pool of workers."""
    routes = APIRouter(responses=PROBLEM, tags=["linked data"])

    @routes.get("/id/{key:path}", status_code=_SEE_OTHER, responses=_REDIRECT, response_class=Response)
    async def thing(request: Request, key: Key, as_of: Day = None) -> Response:
        """A thing, which is no document: see the one about it."""
        return _see(request, raw_path(request).removeprefix("/id/"))

    @routes.get("/scheme/{key:path}", status_code=_SEE_OTHER, responses=_REDIRECT, response_class=Response)
    async def concept(request: Request, key: Key, as_of: Day = None) -> Response:
        """A code list or a concept of one: see the document about it."""
        return _see(request, raw_path(request)[1:])

    @routes.get("/graph/{key:path}", status_code=_SEE_OTHER, responses=_REDIRECT, response_class=Response)
    async def graph(request: Request, key: Key, as_of: Day = None) -> Response:
        """A named graph, which is a source or what was made from sources: see the document about it."""
        return _see(request, raw_path(request)[1:])

    @routes.get("/doc/{key:path}", responses={**_IN_FORMATS, **_GONE}, response_class=Response)
    async def document(request: Request, key: Key, as_of: Day = None) -> Response:
        """What the graph says about a thing and what points to it, with labels and sources, of all periods or a day."""
        if len(request.query_params.getlist(AS_OF)) > 1:
            raise problems.Refusal(problems.MALFORMED_REQUEST.reply(f"given more than once: {AS_OF}"))
        path = raw_path(request).removeprefix(DOCUMENTS)
        head = {"kind": "description", "path": path, "asOf": as_of, "base": base_of(request, public_base)}
        return await answered(pool, request, head)

    @routes.get("/ont", responses=_IN_FORMATS, response_class=Response)
    @routes.get("/ont{rest:path}", responses=_IN_FORMATS, response_class=Response, include_in_schema=False)
    async def ontology(request: Request) -> Response:
        """The ontology and the code lists; its terms are `/ont#…`."""
        return await vocabulary(request, "ont")

    @routes.get("/shapes", responses=_IN_FORMATS, response_class=Response)
    @routes.get("/shapes{rest:path}", responses=_IN_FORMATS, response_class=Response, include_in_schema=False)
    async def shapes(request: Request) -> Response:
        """The rulebook of the audit as SHACL shapes; its rules are `/shapes#…`."""
        return await vocabulary(request, "shapes")

    @routes.get(jsonld.PATH, responses={200: {"content": {jsonld.MEDIA_TYPE: {}}}}, response_class=Response)
    async def context(request: Request) -> Response:
        """The context of the JSON-LD documents."""
        return await answered(pool, request, {"kind": "context"})

    def _see(request: Request, path: str) -> Response:
        base = base_of(request, public_base)
        query = f"?{request.url.query}" if request.url.query else ""
        target = f"{base}{DOCUMENTS}{path}"
        headers = {"vary": "Accept", "link": f'<{target}>; rel="describedby"', "lsp-graph-version": pool.version}
        return RedirectResponse(f"{target}{query}", _SEE_OTHER, headers)

    async def vocabulary(request: Request, name: str) -> Response:
        rest = raw_path(request).removeprefix(f"/{name}")
        stem, dot, ending = rest.rpartition(".")
        suffix = ending if dot and ending in FORMATS else None
        part = stem if suffix else rest
        if part and not part.startswith("/"):
            raise problems.Refusal(problems.NOT_FOUND.reply(f"/{name}{rest}: there is nothing of this name"))
        head = {
            "kind": "vocabulary",
            "name": name,
            "part": part[1:] if part else None,
            "suffix": suffix,
            "base": base_of(request, public_base),
        }
        return await answered(pool, request, head)

    return routes
