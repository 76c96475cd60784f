"""A point stands for the area that holds it: of the day, and of the tier that no other of them lies in."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from lsp_graph import areas
from lsp_graph.boundaries import Ingested
from lsp_graph.client import connect
from lsp_graph.errors import AmbiguousName, InputError
from lsp_graph.literals import literal
from lsp_graph.namespaces import GEO, LSP, RDF, RDFS, resource
from lsp_graph.settings import Settings
from lsp_graph.store import EmbeddedBackend, StoreDirectory, in_memory
from tests.serve.conftest import running

from .conftest import GOOD, SAYS, WORLD

Take = Callable[..., Ingested]
World = Callable[[], EmbeddedBackend]

DUNMARROW, QUILLHAVEN = (52.642, -1.93), (52.641, -1.48)


def outlined(
    code: str, shape: shapely.Polygon, *, since: date | None = None, until: date | None = None, within: str = ""
) -> list[Quad]:
    area, drawn = resource("area", code), resource("outline", code)
    stated: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (area, RDF.type, LSP.Area),
        (area, RDFS.label, Literal(code)),
        (area, LSP.gssCode, Literal(code)),
        (area, GEO.hasGeometry, drawn),
        (drawn, GEO.asWKT, Literal(shape.wkt, datatype=GEO.wktLiteral)),
    ]
    edges = (LSP.west, LSP.south, LSP.east, LSP.north)
    stated += [(drawn, edge, literal(float(value))) for edge, value in zip(edges, shape.bounds, strict=True)]
    stated += [(area, LSP["from"], literal(since))] if since else []
    stated += [(area, LSP.until, literal(until))] if until else []
    stated += [(area, LSP.within, resource("area", within))] if within else []
    return [Quad(*triple) for triple in stated]


def at(graph: EmbeddedBackend, lat: float, lon: float, as_of: date | None = None) -> str:
    return areas.at(graph, lat, lon, as_of).value.rpartition("/")[2]


def test_a_point_means_the_area_that_no_other_lies_in(taken: Take, world: World) -> None:
    taken("places.geojson")

    graph = world()
    assert at(graph, *DUNMARROW) == "F07000001"
    assert at(graph, *QUILLHAVEN) == "F06000001"


def test_a_point_outside_of_all_is_refused_with_what_is_nearest(taken: Take, world: World) -> None:
    taken("places.geojson")

    with pytest.raises(InputError, match="54, -1 lies in no boundary in this store; expected a point inside"):
        at(world(), 54.0, -1.0)


def test_a_point_that_two_areas_hold_is_refused_with_both(taken: Take, world: World) -> None:
    taken("misfits.geojson")

    with pytest.raises(AmbiguousName) as refused:
        at(world(), 52.6426, -1.86)

    assert [code for code, _, _ in refused.value.candidates] == ["F07000001", "F07000002"]


def test_the_area_that_stood_on_the_day_is_meant_and_where_none_did_any() -> None:
    place = shapely.box(-1, 52, 0, 53)
    graph = in_memory(
        [
            *outlined("OLD", place, until=date(2009, 3, 31)),
            *outlined("NEW", place, since=date(2009, 4, 1), until=date(2015, 1, 1)),
        ]
    )

    assert at(graph, 52.5, -0.5, date(2009, 3, 31)) == "OLD"
    assert at(graph, 52.5, -0.5, date(2009, 4, 1)) == "NEW"
    with pytest.raises(AmbiguousName):
        at(graph, 52.5, -0.5, date(2020, 1, 1))


def test_a_hole_is_not_in_the_area() -> None:
    ring = shapely.box(-1, 52, 0, 53).difference(shapely.box(-0.6, 52.4, -0.4, 52.6))
    graph = in_memory([*outlined("RING", ring), *outlined("ALL", shapely.box(-2, 51, 1, 54))])
    inside = in_memory([*outlined("RING", ring, within="ALL"), *outlined("ALL", shapely.box(-2, 51, 1, 54))])

    assert at(graph, 52.5, -0.5) == "ALL"
    assert at(inside, 52.2, -0.5) == "RING"


def test_a_geometry_without_stated_edges_is_looked_into_too() -> None:
    edges = {LSP.west, LSP.south, LSP.east, LSP.north}
    graph = in_memory(q for q in outlined("PLAIN", shapely.box(-1, 52, 0, 53)) if q.predicate not in edges)

    assert at(graph, 52.5, -0.5) == "PLAIN"


def test_the_recorded_position_of_an_area_is_no_boundary() -> None:
    position = [
        Quad(resource("area", "X"), GEO.hasGeometry, resource("geometry", "X")),
        Quad(resource("geometry", "X"), GEO.asWKT, Literal("POINT(-0.5 52.5)", datatype=GEO.wktLiteral)),
    ]
    graph = in_memory([*(q for q in outlined("X", shapely.box(0.5, 52, 1, 53))), *position])

    with pytest.raises(InputError):
        at(graph, 52.5, -0.5)


RADII = st.lists(st.floats(0.05, 1.0), min_size=3, max_size=20)


@settings(max_examples=100, deadline=None)
@given(RADII, st.floats(-1, 1), st.floats(-1, 1))
def test_a_point_is_held_just_where_the_geometry_library_says_so(radii: list[float], east: float, north: float) -> None:
    turn = 2 * math.pi / len(radii)
    corners = [(-1 + r * math.cos(turn * i), 53 + r * math.sin(turn * i)) for i, r in enumerate(radii)]
    shape = shapely.Polygon(corners)
    point = shapely.Point(-1 + east, 53 + north)
    if shape.boundary.distance(point) < 1e-9:
        return  # rounding decides

    try:
        held = at(in_memory(outlined("STAR", shape)), point.y, point.x) == "STAR"
    except InputError:
        held = False

    assert held == shape.covers(point)


def test_who_takes_a_point_on_the_command_line(taken: Take, store: StoreDirectory) -> None:
    taken("places.geojson")
    place = "{}, {}".format(*DUNMARROW)
    command = ["who", "community strategy", "--area", place, "--world", WORLD, "--store", str(store.path)]

    told = subprocess.run(
        [sys.executable, "-m", "lsp_graph", *command, "--format", "json"], check=True, capture_output=True, text=True
    )

    assert "F07000001" in {one["area"]["code"] for one in json.loads(told.stdout)["answers"]}


def test_the_client_takes_a_point(taken: Take, store: StoreDirectory) -> None:
    taken("places.geojson")
    graph = connect(store.path, world=WORLD)

    assert graph.area(QUILLHAVEN).label == "Quillhaven (fictional)"
    assert (
        graph.who("community strategy", area=QUILLHAVEN).rows == graph.who("community strategy", area="F06000001").rows
    )


def test_a_service_answers_for_a_point_as_soon_as_boundaries_are_taken_in(store: StoreDirectory) -> None:
    lat, lon = QUILLHAVEN
    drawn = json.loads((GOOD / "places.geojson").read_text(encoding="utf-8"))["features"][0]
    on_the_line = drawn["geometry"]["coordinates"][0][1][::-1]
    asked: dict[str, str | float] = {"for": "community strategy", "lat": lat, "lon": lon, "world": WORLD}
    with running(Settings(store=store.path, port=0)) as service:
        before = service.http.get("/api/v1/accountability", params=asked)
        _ingest(store.path)
        found = before
        until = time.monotonic() + 20
        while found.status_code != 200 and time.monotonic() < until:
            time.sleep(0.2)
            found = service.http.get("/api/v1/accountability", params=asked)
        named = service.http.get(
            "/api/v1/accountability", params={"for": "community strategy", "area": "F06000001", "world": WORLD}
        )
        border = service.http.get(
            "/api/v1/accountability", params={**asked, "lat": on_the_line[0], "lon": on_the_line[1]}
        )

    assert (before.status_code, before.headers["content-type"]) == (400, "application/problem+json")
    assert "lies in no boundary in this store" in before.json()["detail"]
    assert found.json()["answers"] == named.json()["answers"] != []
    assert border.status_code == 400
    assert [one["code"] for one in border.json()["candidates"]] == ["F07000001", "F07000002"]


def _ingest(store: Path) -> None:
    command = ["ingest", str(GOOD / "places.geojson"), "--world", WORLD, "--store", str(store), *SAYS]
    subprocess.run([sys.executable, "-m", "lsp_graph", *command], check=True, capture_output=True)
