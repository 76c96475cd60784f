"""Whatever a file holds, it is read or refused with a reason: never anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, Quad

from lsp_graph import geometry
from lsp_graph.boundaries.outlines import Known, Outline, outlines
from lsp_graph.boundaries.reading import Asked, Limits, read
from lsp_graph.errors import InputError, Problem
from lsp_graph.namespaces import LSP, RDF, RDFS, resource
from lsp_graph.store import in_memory

AREA = resource("area", "E07000001")
KNOWN = Known(
    in_memory(
        [
            Quad(AREA, RDF.type, LSP.Area),
            Quad(AREA, RDFS.label, Literal("Aford")),
            Quad(AREA, LSP.gssCode, Literal("E07000001")),
        ]
    )
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

HUGE = 10**400
NUMBERS = st.floats(-10, 60) | st.integers(-HUGE, HUGE) | st.floats() | st.sampled_from([-1.5, -1.4, 52.0, HUGE])
POSITIONS = st.lists(NUMBERS, max_size=4)
RINGS = st.lists(POSITIONS, max_size=6) | st.just([[-1.5, 52.0], [-1.4, 52.0], [-1.4, 52.1], [-1.5, 52.0]])
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "coordinates", "x"]), inner),
    max_leaves=8,
)
GEOMETRIES = ANYTHING | st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Polygon", "MultiPolygon", "Point", "GeometryCollection"]) | ANYTHING,
        "coordinates": st.lists(RINGS, max_size=3) | st.lists(st.lists(RINGS, max_size=2), max_size=2) | ANYTHING,
    }
)
FEATURES = ANYTHING | st.fixed_dictionaries(
    {
        "type": st.just("Feature") | ANYTHING,
        "properties": st.fixed_dictionaries({"gss_code": st.just("E07000001") | ANYTHING}) | ANYTHING,
        "geometry": GEOMETRIES,
    }
)
COLLECTIONS = st.fixed_dictionaries(
    {"type": st.just("FeatureCollection"), "features": st.lists(FEATURES, max_size=3) | ANYTHING},
    optional={"crs": st.fixed_dictionaries({"type": st.just("name"), "properties": ANYTHING}) | ANYTHING},
)


def taken(file: Path, crs: str | None = None) -> bool:
    """Whether the outlines of a file can be used; what it holds is in England then."""
    found: list[Outline] = []
    problems: tuple[Problem, ...] = ()
    try:
        found = outlines(read(file, Asked(), Limits()), KNOWN, crs, Limits())
    except InputError as error:
        problems = error.problems
    assert all(problem.file == str(file) and "\n" not in problem.value for problem in problems)
    for outline in found:
        west, south, east, north = geometry.bounds(outline.shape)
        assert -6.5 <= west <= east <= 1.9
        assert 49.8 <= south <= north <= 55.9
        assert outline.shape.is_valid
    return not problems


@QUICK
@given(COLLECTIONS | FEATURES | ANYTHING)
def test_any_json_is_read_or_refused(tmp_path: Path, told: Any) -> None:
    file = tmp_path / "any.geojson"
    file.write_text(json.dumps(told), encoding="utf-8")

    taken(file)


@QUICK
@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path: Path, told: bytes) -> None:
    for name in ("any.geojson", "any.csv"):
        file = tmp_path / name
        file.write_bytes((b"gss_code,wkt\n" if name == "any.csv" else b"") + told)

        taken(file, "EPSG:27700")


@QUICK
@given(
    st.text("POLYGNMUTIEHZ ((,)) 0123456789.-e;SRID=<>/:", max_size=60)
    | st.sampled_from(["SRID=27700;", "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> ", "<x:y> ", "SRID=1;"]).map(
        lambda stated: f"{stated}POLYGON((-1.5 52, -1.4 52, -1.4 52.1, -1.5 52))"
    )
)
def test_any_wkt_is_read_or_refused(tmp_path: Path, told: str) -> None:
    file = tmp_path / "any.csv"
    file.write_text(f'gss_code,wkt\nE07000001,"{told}"\n', encoding="utf-8")

    taken(file)


@pytest.mark.parametrize("crs", ["OGC:CRS84", "EPSG:4326"])
def test_what_is_right_is_taken(tmp_path: Path, crs: str) -> None:
    file = tmp_path / "right.csv"
    file.write_text('gss_code,wkt\nE07000001,"POLYGON((-1.5 52, -1.4 52, -1.4 52.1, -1.5 52))"\n', encoding="utf-8")

    assert taken(file, crs)
