"""A document says what the graph says about a thing: both ways, with names and sources, of all periods or of a day."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib

from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import BASE, ID, LSP
from lsp_graph.serve import addresses, jobs
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend

from .conftest import Server
from .linked import BROWSER, POINTING, POPULAR, links, minted, read, things
from .test_protocol import problem


def get(server: Server, path: str, accept: str | None = None) -> httpx.Response:
    return server.http.get(path, headers={"accept": accept} if accept else {})


def sample(iris: set[str], most: int) -> list[str]:
    """So many of each type, spread over its keys in the order of their names."""
    by_type: dict[str, list[str]] = {}
    for iri in sorted(iris):
        by_type.setdefault("/".join(iri.removeprefix(BASE).split("/")[:2]), []).append(iri)
    return [iri for found in by_type.values() for iri in found[:: max(1, len(found) // most)][:most]]


def test_every_kind_of_thing_of_the_real_graph_is_described_both_ways_and_with_labels(real: EmbeddedBackend) -> None:
    view = real.view(None)
    naming = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    known = things(real)
    terms = {iri for iri in minted(real) if iri.startswith(LSP)}
    looked_up = sample(known, 8)
    assert {iri.split("/")[4] for iri in looked_up} == {iri.split("/")[4] for iri in known}
    for iri in looked_up:
        thing = ox.NamedNode(iri)
        head = {"kind": "description", "path": addresses.document_path(iri).removeprefix("/doc/"), "asOf": None}
        reply = jobs.answer(real, Message({**head, "base": "", "accept": "application/n-triples"}), 100_000)
        assert reply.head["status"] == 200, iri
        told = {quad.triple for quad in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)}
        out = {quad.triple for quad in view.quads_for_pattern(thing, None, None, None)}
        into = {quad.triple for quad in view.quads_for_pattern(None, None, thing, None)}
        assert out <= told, iri
        assert into <= told or ("lsp-graph-truncated" in reply.head["headers"] and len(into) > 1000), iri
        assert {triple.predicate for triple in into} <= {t.predicate for t in told if t.object == thing}, iri
        linked = {node for triple in (out | (into & told)) for node in triple if isinstance(node, ox.NamedNode)}
        for node in linked:
            labels = {quad.triple for quad in view.quads_for_pattern(node, naming, None, None)}
            assert labels <= told, (iri, node)
    subjects = {node.value for file in ONTOLOGY.glob("*.ttl") for node in subjects_of(file)}
    assert terms <= subjects


def subjects_of(file: Path) -> set[ox.NamedNode]:
    read = ox.parse(path=file, format=ox.RdfFormat.TURTLE)
    return {quad.subject for quad in read if isinstance(quad.subject, ox.NamedNode)}


def test_a_description_tells_who_says_so_and_what_linked_things_are_called(linked: Server) -> None:
    told = get(linked, "/doc/area/E07000901.json").json()
    assert told["label"] == "Wickham"
    assert {"iri": LSP.Area.value, "label": "area"} in told["types"]
    (evidence,) = told["evidence"]
    assert (evidence["source"]["label"], evidence["document"]["label"]) == ("A register", "The register")
    assert (evidence["place"], evidence["file"], evidence["row"]) == ("page 2", "data/first/areas.csv", "2")
    assert evidence["confidence"]["label"] == "Sourced"
    values = {one["label"]: one["values"] for one in told["properties"]}
    assert values["succeeded by"] == [{"iri": ID["area/E06000903"].value, "label": "Wickshire"}]
    assert values["until"] == [{"value": "2009-03-31", "datatype": "xsd:date"}]
    (council,) = (one["values"] for one in told["incoming"] if one["iri"] == LSP.area.value)
    assert council == [{"iri": ID["authority/E07000901"].value, "label": "Wickham Council"}]
    assert "Rumoured" not in json.dumps(told)


def test_csv_has_a_line_for_each_statement_with_labels(linked: Server) -> None:
    rows = list(csv.DictReader(io.StringIO(get(linked, "/doc/body/script.csv").text, newline="")))
    notes = {row["value"] for row in rows if row["property"] == LSP.note.value}
    assert notes == {"=1+1", 'two\nlines, "quoted"'}
    assert {row["propertyLabel"] for row in rows if row["property"] == LSP.note.value} == {"note"}


def test_unnamed_nodes_are_told_with_all_they_say(linked: Server) -> None:
    turtle = read(get(linked, "/doc/body/structured.ttl"))
    comments = {str(said) for said in turtle.objects(None, rdflib.RDFS.comment)}
    assert {"outer", "inner", "points here"} <= comments
    told = get(linked, "/doc/body/structured.json").json()
    (note,) = (one for one in told["properties"] if one["iri"] == LSP.note.value)
    labels = {one["label"] for one in note["values"][0]["properties"]}
    assert labels == {"rdfs:comment", "note"}
    page = get(linked, "/doc/body/structured.html").text
    assert "inner" in page


def test_what_is_cut_is_said_in_every_format_and_no_property_vanishes(linked: Server) -> None:
    response = get(linked, "/doc/body/popular.ttl")
    turtle = read(response)
    popular = rdflib.URIRef(POPULAR.value)
    about = list(turtle.subjects(rdflib.URIRef(LSP.about.value), popular))
    assert len(about) == 39
    assert len(list(turtle.subjects(rdflib.URIRef(LSP.policeForce.value), popular))) == 1
    assert response.headers["lsp-graph-truncated"] == "incoming=40"
    document = rdflib.URIRef(f"{BASE}doc/body/popular")
    (note,) = turtle.objects(document, rdflib.RDFS.comment)
    assert f"39 of {POINTING}" in str(note)
    told = get(linked, "/doc/body/popular.json").json()
    assert told["truncated"]
    (cut,) = (one for one in told["incoming"] if one["iri"] == LSP.about.value)
    assert (cut["total"], len(cut["values"])) == (POINTING, 39)
    assert f"39 of {POINTING} shown" in get(linked, "/doc/body/popular.html").text


def test_what_has_ended_is_described_with_its_end_and_what_came_after(linked: Server) -> None:
    for path, successor in (("area/E07000901", "area/E06000903"), ("authority/E07000901", "authority/E06000903")):
        told = get(linked, f"/doc/{path}.json").json()
        assert told["ends"] == "2009-03-31"
        assert [one["iri"] for one in told["successors"]] == [ID[successor].value]
        turtle = read(get(linked, f"/doc/{path}.ttl"))
        assert rdflib.URIRef(ID[successor].value) in set(turtle.all_nodes())
        ended = 'Ended on <time datetime="2009-03-31">31 March 2009</time>; succeeded by'
        assert ended in get(linked, f"/doc/{path}.html").text


@pytest.mark.parametrize("path", ["area/E07000901", "authority/E07000901"])
def test_after_its_end_a_thing_is_gone_and_its_successor_is_named(linked: Server, path: str) -> None:
    told = problem(get(linked, f"/doc/{path}?as-of=2009-04-01"), 410)
    assert told["ends"] == "2009-03-31"
    assert [one["label"] for one in told["successors"]] in (["Wickshire"], ["Wickshire Council"])
    page = get(linked, f"/doc/{path}?as-of=2009-04-01", BROWSER)
    assert page.status_code == 410
    assert page.headers["content-type"].startswith("text/html")
    assert "Succeeded by <a href=" in page.text


def test_before_its_beginning_a_thing_is_not_there_yet(linked: Server) -> None:
    told = problem(get(linked, "/doc/area/E06000903?as-of=2008-06-30"), 404)
    assert told["begins"] == "2009-04-01"
    assert "2009-04-01" in get(linked, "/doc/area/E06000903?as-of=2008-06-30", BROWSER).text


@pytest.mark.parametrize("day", ["2009-03-31", "2008-06-30"])
def test_a_day_shows_only_what_was_valid_then(linked: Server, day: str) -> None:
    response = get(linked, f"/doc/area/E07000901.ttl?as-of={day}")
    turtle = read(response)
    assert rdflib.URIRef(ID["area/E06000903"].value) not in set(turtle.all_nodes())
    assert rdflib.URIRef(ID["authority/E07000901"].value) in set(turtle.subjects())
    document = rdflib.URIRef(f"{BASE}doc/area/E07000901?as-of={day}")
    assert (document, rdflib.DCTERMS.valid, rdflib.Literal(date.fromisoformat(day))) in turtle
    assert links(response)["alternate", "text/csv"].endswith(f".csv?as-of={day}")


def test_what_nobody_vouches_for_is_not_described(linked: Server) -> None:
    problem(get(linked, "/doc/area/rumour"), 404)
