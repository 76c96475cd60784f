"""Boundaries are taken in whole, with their source; the same again is nothing new, another drawing replaces them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from pyoxigraph import Literal, NamedNode, Quad

from lsp_graph.boundaries import Ingested, Origin, ingest_boundaries
from lsp_graph.errors import InputError, StoreUnavailable
from lsp_graph.namespaces import DCTERMS, GEO, GRAPH, LSP, PROV, RDF, RDFS, resource
from lsp_graph.store import EmbeddedBackend, StoreDirectory
from lsp_graph.store.changes import Change
from lsp_graph.store.folding import SLACK
from tests.places import WORLD

from .conftest import GOOD, SAYS, SURVEY

Take = Callable[..., Ingested]
World = Callable[[], EmbeddedBackend]


def values(backend: EmbeddedBackend, thing: NamedNode, one: NamedNode) -> set[str]:
    return {quad.object.value for quad in backend.view(None).quads_for_pattern(thing, one, None, None)}  # type: ignore[union-attr]


def outline(backend: EmbeddedBackend, code: str) -> NamedNode:
    (found,) = values(backend, resource("area", code), GEO.hasGeometry)
    return NamedNode(found)


def shape(backend: EmbeddedBackend, code: str) -> shapely.Polygon:
    (text,) = values(backend, outline(backend, code), GEO.asWKT)
    crs, _, wkt = text.partition(" ")
    assert crs == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    return shapely.from_wkt(wkt)


def test_an_outline_is_stored_with_its_system_size_edges_and_source(taken: Take, world: World) -> None:
    made = taken("places.geojson")

    graph = world()
    drawn = outline(graph, "F07000001")
    assert (made.version, made.new, made.count) == ("2", True, 5)
    assert values(graph, drawn, RDF.type) >= {LSP.Outline.value, GEO.Geometry.value}
    assert values(graph, drawn, LSP.source) == {made.graph.value}
    assert float(*values(graph, drawn, LSP.hectares)) == pytest.approx(10_000, abs=1)
    edges = [float(*values(graph, drawn, edge)) for edge in (LSP.west, LSP.south, LSP.east, LSP.north)]
    assert edges == pytest.approx(shape(graph, "F07000001").bounds)
    assert values(graph, made.graph, DCTERMS.license) == {SURVEY.licence}
    assert values(graph, made.graph, LSP.attribution) == {SURVEY.attribution}
    (evidence,) = values(graph, drawn, LSP.evidence)
    assert values(graph, NamedNode(evidence), LSP.file) == {"places.geojson"}
    assert values(graph, NamedNode(evidence), LSP.place) == {"feature 1, F07000001"}
    (document,) = values(graph, NamedNode(evidence), LSP.document)
    assert values(graph, NamedNode(document), RDFS.label) == {"Survey of Loria (places.geojson)"}


def test_every_fact_about_an_outline_leads_to_evidence_or_to_the_rule_and_the_outlines(
    taken: Take, store: StoreDirectory
) -> None:
    made = taken("misfits.geojson")

    view = store.open().own()
    stated = list(view.quads_for_pattern(None, None, None, made.graph))
    tables = {quad.subject: set[object]() for quad in stated if quad.predicate == LSP.statesProperty}
    for quad in stated:
        if quad.predicate == LSP.statesProperty:
            tables[quad.subject].add(quad.object)
    proven = {quad.subject for quad in stated if quad.predicate == LSP.evidence}
    told = {str(quad.predicate) for quad in stated if quad.subject in proven} - {str(LSP.evidence)}
    assert told == {str(one) for table in tables.values() for one in table}
    derived = NamedNode(made.graph.value.replace("boundaries/survey-of-loria", "outline-comparisons"))
    pieces = {q.subject for q in view.quads_for_pattern(None, RDF.type, LSP.Discrepancy, derived)}
    assert len(pieces) == 3
    for piece in pieces:
        outlines = {q.object for q in view.quads_for_pattern(piece, PROV.wasDerivedFrom, None, derived)}
        assert outlines <= proven
        (rule,) = [q.object for q in view.quads_for_pattern(piece, LSP.derivedBy, None, derived)]
        assert Quad(rule, RDF.type, LSP.DerivationRule, derived) in view  # type: ignore[arg-type]


def test_the_same_again_is_no_new_version_wherever_the_file_lies(
    taken: Take, store: StoreDirectory, tmp_path: Path
) -> None:
    taken("places.geojson")
    moved = tmp_path / "places.geojson"
    moved.write_bytes((GOOD / "places.geojson").read_bytes())

    again = ingest_boundaries([moved], store, SURVEY, world=WORLD)

    assert (again.version, again.new, store.current()) == ("2", False, "2")


def test_a_source_replaces_what_it_said_before_and_leaves_others_alone(taken: Take, world: World) -> None:
    other = Origin("Atlas of Loria", SURVEY.licence, "The Atlas.")
    taken("places.geojson", origin=other)
    taken("places.geojson")
    taken("misfits.geojson")

    graph = world()
    drawn = values(graph, resource("area", "F07000002"), GEO.hasGeometry)
    sizes = {iri.split("/")[-2]: float(*values(graph, NamedNode(iri), LSP.hectares)) for iri in drawn}
    assert sizes == {
        "atlas-of-loria": pytest.approx(10_000, abs=1),
        "survey-of-loria": pytest.approx(11_000, abs=1),
    }


def test_the_real_register_knows_nothing_of_invented_boundaries(taken: Take, store: StoreDirectory) -> None:
    taken("places.geojson")

    assert not list(store.open().view(None).quads_for_pattern(None, RDF.type, LSP.Outline, None))


def test_boundaries_outlast_a_build(taken: Take, store: StoreDirectory, world: World) -> None:
    made = taken("places.geojson")
    whole = store.open()
    built = [quad for quad in whole.own() if quad.graph_name not in (made.graph,)]

    store.commit(built, "build from sources")

    assert shape(world(), "F07000001").area > 0


def test_metres_are_brought_to_degrees_and_codes_of_any_day_are_known(taken: Take, world: World) -> None:
    told = taken("grid.csv", crs="EPSG:27700")
    codes = ("F07000001", "F10000001", "F06000001")
    before = world()
    in_metres = {code: shape(before, code) for code in codes}
    taken("places.geojson")
    after = world()

    assert told.notes == (
        f"{GOOD / 'grid.csv'}: 5 outlines brought from EPSG:27700 (OSGB36 / British National Grid) to WGS 84, "
        "to within some metres",
    )
    for code in codes:
        assert shapely.hausdorff_distance(in_metres[code], shape(after, code)) < 1e-6


@pytest.mark.parametrize(
    "stated",
    [
        "SRID=27700;{metres}",
        "<http://www.opengis.net/def/crs/EPSG/0/27700> {metres}",
        "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> {degrees}",
        "<http://www.opengis.net/def/crs/EPSG/0/4326> {turned}",
    ],
)
def test_the_wkt_itself_may_state_its_system(store: StoreDirectory, world: World, tmp_path: Path, stated: str) -> None:
    corners = [(-2.0, 52.6), (-1.9, 52.6), (-1.9, 52.7), (-2.0, 52.6)]
    metres = [(400000, 300000), (410000, 300000), (410000, 310000), (400000, 300000)]

    def written(points: list[tuple[float, float]]) -> str:
        return f"POLYGON(({', '.join(f'{x} {y}' for x, y in points)}))"

    text = stated.format(
        degrees=written(corners), turned=written([(y, x) for x, y in corners]), metres=written(list(metres))
    )
    file = tmp_path / "one.csv"
    file.write_text(f'\ufeffcode,Geometry\nF07000001,"{text}"\n', encoding="utf-8")

    ingest_boundaries([file], store, SURVEY, world=WORLD)

    assert shapely.Point(-1.92, 52.62).within(shape(world(), "F07000001"))


def test_a_geopackage_is_read_with_its_layer_and_system(store: StoreDirectory, world: World, tmp_path: Path) -> None:
    square = shapely.Polygon([(400000, 300000), (410000, 300000), (410000, 310000), (400000, 310000)])
    file = tmp_path / "places.gpkg"
    for layer, code in (("districts", "F07000001"), ("others", "F07000002")):
        pyogrio.raw.write(
            file,
            shapely.to_wkb(np.array([square])),
            [np.array([code])],
            ["gss_code"],
            layer=layer,
            geometry_type="Polygon",
            crs="EPSG:27700",
            append=file.exists(),
        )

    with pytest.raises(InputError, match=r"layers districts, others; expected one layer, or --layer NAME"):
        ingest_boundaries([file], store, SURVEY, world=WORLD)
    with pytest.raises(InputError, match=r"no layer 'wards'; expected one of districts, others"):
        ingest_boundaries([file], store, SURVEY, world=WORLD, layer="wards")
    made = ingest_boundaries([file], store, SURVEY, world=WORLD, layer="districts")

    assert made.count == 1
    graph = world()
    assert float(*values(graph, outline(graph, "F07000001"), LSP.hectares)) == pytest.approx(10_000, abs=1)


def test_a_geopackage_without_a_system_needs_one_to_be_said(store: StoreDirectory, tmp_path: Path) -> None:
    file = tmp_path / "places.gpkg"
    square = shapely.Polygon([(400000, 300000), (410000, 300000), (410000, 310000), (400000, 310000)])
    with pytest.warns(UserWarning, match="crs"):
        pyogrio.raw.write(
            file, shapely.to_wkb(np.array([square])), [np.array(["F07000001"])], ["gss_code"], geometry_type="Polygon"
        )

    with pytest.raises(InputError, match="CRS"):
        ingest_boundaries([file], store, SURVEY, world=WORLD)


def test_what_crosses_itself_is_mended_and_heights_are_dropped_and_both_are_said(taken: Take, world: World) -> None:
    made = taken("mended.geojson")

    file = GOOD / "mended.geojson"
    assert [note for note in made.notes if note.startswith(str(file))] == [
        f"{file}: feature 1 (F07000001 Dunmarrow (fictional)): repaired: {made.notes[0].partition('repaired: ')[2]}",
        f"{file}: feature 2 (F07000002 Pellowfen (fictional)): heights left out",
    ]
    assert made.notes[0].partition("repaired: ")[2].startswith("self-intersection[-1.9")
    graph = world()
    drawn = shape(graph, "F07000001")
    assert drawn.is_valid
    assert drawn.geom_type == "MultiPolygon"
    assert values(graph, outline(graph, "F07000002"), LSP.note) == {"heights left out"}
    assert not shape(graph, "F07000002").has_z


def test_another_writer_at_the_same_time_is_told(taken: Take, store: StoreDirectory) -> None:
    with store.writing(), pytest.raises(StoreUnavailable, match="another process is writing here"):
        taken("places.geojson")

    assert store.current() == "1"


def test_the_command_tells_what_it_took_in_and_what_does_not_fit(store: StoreDirectory) -> None:
    command = [sys.executable, "-m", "lsp_graph", "ingest", "--store", str(store.path), "--world", WORLD, *SAYS]
    first, second = (
        subprocess.run([*command, str(GOOD / "misfits.geojson")], check=True, capture_output=True, text=True)
        for _ in range(2)
    )

    assert first.stderr == second.stderr == ""
    assert first.stdout.splitlines() == [
        "version 2 has 5 outlines in https://w3id.org/lsp/graph/fictional/places/boundaries/survey-of-loria",
        "Ambershire (fictional): overlap 1",
        "Ambershire (fictional): gap 1",
        "Ambershire (fictional): excess 1",
        "1 comparisons, 3 discrepancies wider than the tolerance",
    ]
    assert second.stdout.startswith("nothing is new: version 2 had 5 outlines")


def test_the_command_lets_old_versions_go_as_it_is_told_to(store: StoreDirectory) -> None:
    for number in range(1, SLACK + 1):
        change = Change.of([Quad(resource("area", f"X{number}"), RDF.type, LSP.Area, GRAPH.others)], [])
        store.commit_change(change, parent=str(number), author="", message="another's")
    arguments = ["ingest", "--store", str(store.path), "--world", WORLD, *SAYS, str(GOOD / "places.geojson")]

    subprocess.run(
        [sys.executable, "-m", "lsp_graph", *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, "LSP_GRAPH_KEEP_VERSIONS": "1"},
    )

    assert [one.version for one in store.versions()] == [str(SLACK + 2)]


def test_a_long_title_is_cut_in_iris_and_still_told_from_others() -> None:
    slugs = {Origin("word " * 30 + ending, SURVEY.licence, "x").slug for ending in ("one", "two")}

    assert len(slugs) == 2
    assert all(len(slug) < 80 for slug in slugs)


def test_a_feature_by_itself_is_a_file_of_one(store: StoreDirectory, tmp_path: Path) -> None:
    one = json.loads((GOOD / "places.geojson").read_text(encoding="utf-8"))["features"][0]
    file = tmp_path / "one.json"
    file.write_text(json.dumps(one), encoding="utf-8")

    assert ingest_boundaries([file], store, SURVEY, world=WORLD).count == 1


def test_a_literal_states_its_system() -> None:
    from lsp_graph.boundaries.statements import text_of, wkt_literal

    literal = wkt_literal("POINT(0 51)")

    assert literal == Literal("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(0 51)", datatype=GEO.wktLiteral)
    assert text_of(literal.value) == text_of("POINT(0 51)") == "POINT(0 51)"


def test_the_command_of_the_readme_takes_boundaries_in(store: StoreDirectory, tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^\$ (lsp-graph ingest districts.*?[^\\])$", readme, re.MULTILINE | re.DOTALL)
    places = json.loads((GOOD / "places.geojson").read_text(encoding="utf-8"))
    for name, chosen in (("districts", "F07"), ("counties", "F10")):
        features = [one for one in places["features"] if one["properties"]["gss_code"].startswith(chosen)]
        (tmp_path / f"{name}.geojson").write_text(json.dumps({**places, "features": features}), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "lsp_graph", *shlex.split(shown.replace("\\\n", ""))[1:], "--world", WORLD],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"LSP_GRAPH_STORE": str(store.path), "PYTHONPATH": str(Path(__file__).parents[2])},
    )

    assert "1 comparisons, 0 discrepancies" in done.stdout
