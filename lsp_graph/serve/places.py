"""
/api/v1/areas, /bodies, /search, /compare, /gaps and /network: what there is, and what can be said of it.

    parameters  ->  a worker's answer as one of `place_models`, or a problem document

Examples of one name belong to one request: the tests ask them all.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.openapi.models import Example

from lsp_graph.serve import place_models as models
from lsp_graph.serve.api import PROBLEM, Day, World, response
from lsp_graph.serve.parameters import ONLY_KNOWN
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool

MOST: Final = 1000
"""The most that one page tells."""

_LONGEST: Final = 200
"""Letters of a text to search for."""

PAGES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "headers": {
            "X-Total-Count": {"description": "how many there are in all", "schema": {"type": "integer"}},
            "Link": {
                "description": 'the pages beside this one, with rel="next" and rel="prev"',
                "schema": {"type": "string"},
            },
        },
    }
}


def _examples(**named: Any) -> dict[str, Example]:
    """Values of a parameter in example requests, by the name of the request."""
    return {name.replace("_", " "): Example(value=value) for name, value in named.items()}


Limit = Annotated[int, Query(ge=1, le=MOST, description="the most to tell at once")]
Offset = Annotated[int, Query(ge=0, le=10**9, description="how many to pass over; `next` leads from page to page")]
_AREA: Final = "a GSS code, an old ONS code, a later code, a name, a point (latitude, longitude), or an IRI"


def router(pool: Pool, public_base: str = "") -> APIRouter:
    """The routes over a pool of workers; links are at the public address, where that is set."""
    routes = APIRouter(prefix="/api/v1", responses=PROBLEM, tags=["places"], dependencies=[ONLY_KNOWN])
    base = public_base.rstrip("/")

    async def told(request: Request, kind: str, as_of: str | None, world: str | None, **asked: Any) -> Response:
        query = request.query_params.multi_items()
        about = {"base": base, "path": request.url.path, "query": query, "asOf": as_of, "world": world}
        return await response(pool, request, Message({"kind": kind, **about, **asked}))

    @routes.get("/areas", response_model=models.Areas, responses=PAGES)
    async def areas(
        request: Request,
        type: Annotated[
            str | None,
            Query(description="only areas of this type", openapi_examples=_examples(boroughs="london-borough")),
        ] = None,
        tier: Annotated[
            str | None,
            Query(
                description="only areas whose council is of this tier: upper, lower or single",
                openapi_examples=_examples(boroughs="single"),
            ),
        ] = None,
        region: Annotated[
            str | None,
            Query(description="only areas in this region", openapi_examples=_examples(boroughs="E12000007")),
        ] = None,
        level: Annotated[
            models.Level | None,
            Query(
                description="only where it is so sure that there was a partnership: a (named) to d (presumed)",
                openapi_examples=_examples(boroughs="a"),
            ),
        ] = None,
        funding: Annotated[
            str | None,
            Query(
                description="only areas that are recorded to have received this funding stream",
                openapi_examples=_examples(boroughs="neighbourhood-renewal-fund"),
            ),
        ] = None,
        text: Annotated[
            str | None,
            Query(
                max_length=_LONGEST,
                description="only areas that go by this, misspelt or half typed",
                openapi_examples=_examples(misspelt="sothwark"),
            ),
        ] = None,
        as_of: Day = None,
        world: World = None,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        """The areas that stood on the day, with their partnerships; how many there are of each kind."""
        filters = {"type": type, "tier": tier, "region": region, "level": level, "funding": funding, "text": text}
        return await told(request, "areas", as_of, world, **filters, limit=limit, offset=offset)

    @routes.get("/areas/{code:path}", response_model=models.Area)
    async def area(
        request: Request,
        code: Annotated[
            str, Path(description=_AREA, openapi_examples=_examples(borough="E09000028", later="Cornwall"))
        ],
        as_of: Day = None,
        world: World = None,
    ) -> Response:
        """One area of any period: what is recorded of it, and what was recorded for it on the day."""
        return await told(request, "area", as_of, world, code=code)

    @routes.get("/bodies", response_model=models.Bodies, responses=PAGES)
    async def bodies(
        request: Request,
        text: Annotated[
            str | None,
            Query(
                max_length=_LONGEST,
                description="only bodies that go by this, misspelt or half typed",
                openapi_examples=_examples(named="environ"),
            ),
        ] = None,
        class_: Annotated[
            str | None,
            Query(
                alias="class",
                max_length=_LONGEST,
                description="only bodies of this class of the ontology, or of a narrower one",
                openapi_examples=_examples(trusts="PrimaryCareTrust"),
            ),
        ] = None,
        area: Annotated[
            str | None,
            Query(description=f"only bodies that act in this area: {_AREA}", openapi_examples=_examples(trusts="Kent")),
        ] = None,
        as_of: Day = None,
        world: World = None,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        """The bodies that had a seat, a duty or an area on the day; partnerships are no bodies here."""
        filters = {"text": text, "class": class_, "area": area}
        return await told(request, "bodies", as_of, world, **filters, limit=limit, offset=offset)

    @routes.get("/bodies/{key:path}", response_model=models.Body)
    async def body(
        request: Request,
        key: Annotated[
            str,
            Path(
                description="a body's key, as the list tells it, or its IRI, code or name",
                openapi_examples=_examples(agency="body/environment-agency", council="authority/E09000028"),
            ),
        ],
        as_of: Day = None,
        world: World = None,
    ) -> Response:
        """One body: where it is a partner and on what basis, and for how much it answers."""
        return await told(request, "body", as_of, world, key=key)

    @routes.get("/search", response_model=models.Hits)
    async def search(
        request: Request,
        text: Annotated[
            str,
            Query(
                alias="q",
                min_length=1,
                max_length=_LONGEST,
                description="the text; its last word may be unfinished, and words misspelt",
                openapi_examples=_examples(typing="southw", misspelt="sothwark"),
            ),
        ],
        kind: Annotated[
            list[models.SearchKind] | None,
            Query(description="only things of this kind (repeatable)", openapi_examples=_examples(typing=["area"])),
        ] = None,
        as_of: Day = None,
        world: World = None,
        limit: Limit = 10,
    ) -> Response:
        """Areas, bodies, partnerships, themes, duties and questions that go by a text, as one types."""
        return await told(request, "search", as_of, world, text=text, kinds=kind or [], limit=limit)

    @routes.get("/compare", response_model=models.Comparison)
    async def compare(
        request: Request,
        area: Annotated[
            str | None,
            Query(description=f"the one area: {_AREA}", openapi_examples=_examples(neighbours="E09000028")),
        ] = None,
        other: Annotated[
            str | None,
            Query(description="the area to compare it with", openapi_examples=_examples(neighbours="Lambeth")),
        ] = None,
        type: Annotated[
            str | None,
            Query(
                description="instead: all areas of this type, with the rest",
                openapi_examples=_examples(boroughs="london-borough"),
            ),
        ] = None,
        region: Annotated[
            str | None,
            Query(
                description="instead: all areas in this region, with the rest",
                openapi_examples=_examples(north_east="E12000001"),
            ),
        ] = None,
        as_of: Day = None,
        world: World = None,
    ) -> Response:
        """Two partnerships side by side, or a group of areas and the rest of the country."""
        named = {"area": area, "other": other, "type": type, "region": region}
        return await told(request, "compare", as_of, world, **named)

    @routes.get("/gaps", response_model=models.Gaps, responses=PAGES)
    async def gaps(
        request: Request,
        area: Annotated[
            str | None, Query(description=f"only in this area: {_AREA}", openapi_examples=_examples(here="E09000028"))
        ] = None,
        kind: Annotated[
            list[models.GapKind] | None,
            Query(
                description="only gaps of this kind (repeatable)",
                openapi_examples=_examples(unseated=["duty-holder-without-seat"]),
            ),
        ] = None,
        as_of: Day = None,
        world: World = None,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        """What is amiss or lacking: accountabilities, targets and actions, and duty-holders without a seat."""
        return await told(request, "gaps", as_of, world, area=area, kinds=kind or [], limit=limit, offset=offset)

    @routes.get("/network", response_model=models.Network)
    async def network(
        request: Request,
        region: Annotated[
            str | None,
            Query(description="only partnerships in this region", openapi_examples=_examples(north_east="North East")),
        ] = None,
        as_of: Day = None,
        world: World = None,
        limit: Limit = 20,
    ) -> Response:
        """Who holds the partnerships together: degree, betweenness and connected parts of shared partners."""
        return await told(request, "network", as_of, world, region=region, limit=limit)

    return routes
