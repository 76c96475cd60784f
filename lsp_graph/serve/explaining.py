"""
/problem/…: what each kind of problem means, at the IRI that problem documents name as their type.

    GET /problem/{name}  ->  HTML or JSON

Source: RFC 9457 section 3.1.1 (a type should lead to documentation for people).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import Final

from fastapi import APIRouter, Request, Response

from lsp_graph.serve import html, problems
from lsp_graph.serve.api import PROBLEM
from lsp_graph.serve.linked_data import base_of
from lsp_graph.serve.negotiate import choose

PATH: Final = "/problem/"
_JSON: Final = "application/json"
_CACHE: Final = "public, max-age=86400"


@cache
def kinds() -> dict[str, problems.Kind]:
    """Every kind of problem by its name."""
    stated = (one for one in vars(problems).values() if isinstance(one, problems.Kind))
    return {kind.name: kind for kind in sorted((*stated, *problems.BY_ERROR.values()), key=lambda kind: kind.name)}


def router(public_base: str) -> APIRouter:
    """The route that explains."""
    routes = APIRouter(responses=PROBLEM, tags=["linked data"])

    @routes.get(
        PATH + "{name}", response_class=Response, responses={200: {"content": {_JSON: {}, html.MEDIA_TYPE: {}}}}
    )
    async def explained(request: Request, name: str) -> Response:
        """What a kind of problem means, and what to do about it."""
        kind = kinds().get(name)
        if kind is None:
            known = ", ".join(kinds())
            raise problems.Refusal(problems.NOT_FOUND.reply(f"{name!r} is no kind of problem; there are {known}"))
        media_type = choose(request.headers.get("accept"), (html.MEDIA_TYPE, _JSON))
        headers = {"cache-control": _CACHE, "vary": "Accept"}
        if media_type == _JSON:
            return Response(json.dumps(asdict(kind)), media_type=_JSON, headers=headers)
        if media_type is None:
            offered = f"{html.MEDIA_TYPE}, {_JSON}"
            raise problems.Refusal(problems.NOT_ACCEPTABLE.reply(f"there are {offered}"))
        shown = html.page("kind.html", base_of(request, public_base), title=kind.title, kind=kind)
        return Response(shown, media_type=html.MEDIA_TYPE, headers=headers)

    return routes
