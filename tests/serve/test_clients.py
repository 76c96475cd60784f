"""Clients that others wrote work against the endpoint as they come."""

from __future__ import annotations

from xml.dom.minidom import Document

import pytest
from pyoxigraph import QuerySolutions
from rdflib import Graph, URIRef, Variable
from rdflib.namespace import RDF, RDFS
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from lsp_graph.store import EmbeddedBackend

from .conftest import Server

AREA = URIRef("https://w3id.org/lsp/id/area/E09000901")
SELECT = f"SELECT ?label {{ <{AREA}> <{RDFS.label}> ?label }}"
PARTNERSHIPS = f"""
SELECT ?lsp ?label {{ ?lsp a <https://w3id.org/lsp/ont#LocalStrategicPartnership> ; <{RDFS.label}> ?label }}
"""
CONSTRUCT = f"CONSTRUCT {{ <{AREA}> ?p ?o }} WHERE {{ <{AREA}> ?p ?o }}"


def wrapper(server: Server, query: str, form: str, method: str = GET, request: str = URLENCODED) -> SPARQLWrapper:
    made = SPARQLWrapper(f"{server.url}/sparql")
    made.setQuery(query)
    made.setReturnFormat(form)
    made.setMethod(method)
    made.setRequestMethod(request)
    made.setTimeout(10)
    return made


@pytest.mark.parametrize(("method", "request_"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
def test_sparqlwrapper_reads_rows_however_it_sends(server: Server, method: str, request_: str) -> None:
    found = wrapper(server, SELECT, JSON, method, request_).queryAndConvert()
    assert isinstance(found, dict)
    assert [row["label"]["value"] for row in found["results"]["bindings"]] == ["Northwick"]


@pytest.mark.parametrize("form", [XML, CSV, TSV])
def test_sparqlwrapper_reads_every_format_of_rows(server: Server, form: str) -> None:
    found = wrapper(server, SELECT, form).queryAndConvert()
    text = found.toxml() if isinstance(found, Document) else found
    assert "Northwick" in (text.decode() if isinstance(text, bytes) else str(text))


@pytest.mark.parametrize("form", [XML, RDFXML, JSONLD, TURTLE, N3])
def test_sparqlwrapper_reads_every_format_of_graphs(server: Server, form: str) -> None:
    found = wrapper(server, CONSTRUCT, form).queryAndConvert()
    assert isinstance(found, Graph | bytes | str)
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    assert str(graph.value(AREA, RDFS.label)) == "Northwick"


def test_sparqlwrapper_knows_a_malformed_query_for_one(server: Server) -> None:
    with pytest.raises(QueryBadFormed):
        wrapper(server, "SELECT * {", JSON).query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_rdflib_sees_the_endpoint_as_a_graph(server: Server, method: str, form: str) -> None:
    graph = Graph(SPARQLStore(f"{server.url}/sparql", method=method, returnFormat=form))
    assert [str(binding[Variable("label")]) for binding in graph.query(SELECT).bindings] == ["Northwick"]
    assert str(graph.value(AREA, RDFS.label)) == "Northwick"


def test_rdflib_builds_graphs_and_asks(server: Server) -> None:
    graph = Graph(SPARQLStore(f"{server.url}/sparql"))
    constructed = graph.query(CONSTRUCT).graph
    assert constructed is not None
    assert (AREA, RDFS.label, None) in constructed
    assert graph.query(f"ASK {{ <{AREA}> ?p ?o }}").askAnswer is True


def test_sparqlwrapper_reads_all_partnerships_of_the_real_graph(real_server: Server, real: EmbeddedBackend) -> None:
    told = real.query(PARTNERSHIPS)
    assert isinstance(told, QuerySolutions)
    expected = sorted((row["lsp"].value, row["label"].value) for row in told)
    assert len(expected) > 300
    for method, request in ((GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)):
        found = wrapper(real_server, PARTNERSHIPS, JSON, method, request).queryAndConvert()
        assert isinstance(found, dict)
        rows = [(row["lsp"]["value"], row["label"]["value"]) for row in found["results"]["bindings"]]
        assert sorted(rows) == expected


def test_rdflib_walks_the_real_graph(real_server: Server) -> None:
    graph = Graph(SPARQLStore(f"{real_server.url}/sparql"))
    southwark = URIRef("https://w3id.org/lsp/id/lsp/E09000028")
    assert str(graph.value(southwark, RDFS.label)) == "Southwark Alliance"
    kinds = set(graph.objects(southwark, RDF.type))
    assert URIRef("https://w3id.org/lsp/ont#LocalStrategicPartnership") in kinds
    assert southwark in set(graph.subjects(RDF.type, next(iter(kinds))))
