"""All formats of RDF say the same; JSON-LD does so by a context that is made from the ontology."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import ID, LSP
from lsp_graph.serve import jsonld

from .conftest import Server
from .linked import POPULAR, read, same

FORMATS = {"nt": "nt", "rdf": "xml", "jsonld": "json-ld"}


@pytest.mark.parametrize(
    "path", ["/doc/area/E07000901", "/doc/body/structured", "/doc/body/popular", "/ont", "/shapes"]
)
@pytest.mark.parametrize("suffix", FORMATS)
def test_all_formats_of_rdf_say_the_same(linked: Server, path: str, suffix: str) -> None:
    turtle = read(linked.http.get(f"{path}.ttl"))
    assert len(turtle) > 5
    assert same(turtle, read(linked.http.get(f"{path}.{suffix}"), FORMATS[suffix]))


def test_values_of_every_type_come_through_json_ld(linked: Server) -> None:
    turtle = read(linked.http.get("/doc/area/E06000903.ttl"))
    response = linked.http.get("/doc/area/E06000903.jsonld")
    assert same(turtle, read(response, "json-ld"))
    (node,) = (one for one in response.json()["@graph"] if one["@id"] == ID["area/E06000903"].value)
    assert node["@type"] == "Area"
    assert (node["order"], node["statutory"], node["policeForce"]) == (7, True, POPULAR.value)


def test_an_iri_that_looks_like_a_prefixed_name_comes_through_json_ld(linked: Server) -> None:
    turtle = read(linked.http.get("/doc/body/script.ttl"))
    assert rdflib.URIRef("geo:51.5,-0.1") in set(turtle.objects())
    assert same(turtle, read(linked.http.get("/doc/body/script.jsonld"), "json-ld"))


def test_the_context_is_published_and_names_every_term_of_the_ontology(linked: Server) -> None:
    response = linked.http.get("/context.jsonld")
    assert response.headers["content-type"] == "application/ld+json"
    assert "max-age" in response.headers["cache-control"]
    terms = response.json()["@context"]
    assert terms == json.loads(json.dumps(jsonld.context()))
    assert terms["accountable"] == {"@id": LSP.accountable.value, "@type": "@id"}
    assert terms["Accountability"] == LSP.Accountability.value
    owl = "http://www.w3.org/2002/07/owl#"
    kinds = {ox.NamedNode(owl + kind) for kind in ("Class", "ObjectProperty", "DatatypeProperty")}
    named = {term if isinstance(term, str) else term["@id"] for term in terms.values()}
    for file in ONTOLOGY.glob("*.ttl"):
        for quad in ox.parse(path=file, format=ox.RdfFormat.TURTLE):
            if quad.object in kinds and str(quad.subject).startswith(f"<{LSP}"):
                assert quad.subject.value in named


def test_a_datatype_that_the_ontology_states_is_in_the_context_and_need_not_be_said(tmp_path: Path) -> None:
    (tmp_path / "small.ttl").write_text(
        f"""@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix lsp: <{LSP}> .
        lsp:until a owl:DatatypeProperty ; rdfs:range xsd:date . lsp:time a owl:DatatypeProperty .
        lsp:place a owl:DatatypeProperty ; rdfs:range xsd:string .""",
        encoding="utf-8",
    )
    terms = jsonld.context(tmp_path)
    assert terms["until"] == {"@id": LSP.until.value, "@type": "http://www.w3.org/2001/XMLSchema#date"}
    assert terms["time"] == "http://www.w3.org/2006/time#"  # a prefix keeps its meaning
    day = ox.Literal("2009-03-31", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    values = [day, ox.Literal("2009-03-31"), ox.Literal(3), ox.Literal("x", language="en")]
    triples = [ox.Triple(ID.x, predicate, value) for predicate in (LSP.until, LSP.time, LSP.place) for value in values]
    written = json.loads(jsonld.write(triples, "context", terms))
    assert written["@graph"][0]["until"][0] == "2009-03-31"
    read_back = rdflib.Graph().parse(data=json.dumps({**written, "@context": dict(terms)}), format="json-ld")
    said = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert same(read_back, rdflib.Graph().parse(data=said, format="nt"))
