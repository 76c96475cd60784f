"""Each kind of answer comes in each format of the standards, as the client prefers."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from pyoxigraph import RdfFormat, parse

from .conftest import Server
from .test_protocol import problem

SELECT = "SELECT ?s ?o { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o } ORDER BY ?o"
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o ; ?p ?o }"
DESCRIBE = "DESCRIBE <https://w3id.org/lsp/id/area/E09000901>"
LABELS = 6
ALL = "SELECT * { ?s ?p ?o }"
XML = "{http://www.w3.org/2005/sparql-results#}"


def test_rows_come_as_json(server: Server) -> None:
    document = json.loads(server.get(SELECT, "application/sparql-results+json").content)
    assert document["head"]["vars"] == ["s", "o"]
    assert len(document["results"]["bindings"]) == LABELS


def test_rows_come_as_xml(server: Server) -> None:
    root = ElementTree.fromstring(server.get(SELECT, "application/sparql-results+xml").content)  # noqa: S314  # ours
    assert len(root.findall(f"{XML}results/{XML}result")) == LABELS


def test_rows_come_as_csv(server: Server) -> None:
    response = server.get(SELECT, "text/csv")
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows[0] == ["s", "o"]
    assert ["https://w3id.org/lsp/id/authority/E07000902", 'Southwick "District" Council'] in rows
    assert len(rows) == LABELS + 1


def test_rows_come_as_tsv(server: Server) -> None:
    lines = server.get(SELECT, "text/tab-separated-values").text.splitlines()
    assert lines[0] == "?s\t?o"
    assert '<https://w3id.org/lsp/id/public/E09000901>\t"the people of Northwick"@en' in lines


@pytest.mark.parametrize(
    ("media_type", "sign"),
    [
        ("application/sparql-results+json", '"boolean":true'),
        ("application/sparql-results+xml", "<boolean>true</boolean>"),
        ("text/csv", "true"),
        ("text/tab-separated-values", "true"),
    ],
)
def test_a_yes_comes_in_every_format_of_results(server: Server, media_type: str, sign: str) -> None:
    assert sign in server.get(ASK, media_type).text


@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("application/ld+json", RdfFormat.JSON_LD),
    ],
)
def test_a_graph_is_the_same_in_every_format(server: Server, query: str, media_type: str, form: RdfFormat) -> None:
    plain = set(parse(server.get(query, "application/n-triples").content, format=RdfFormat.N_TRIPLES))
    response = server.get(query, media_type)
    assert response.headers["content-type"] == media_type
    assert set(parse(response.content, format=form)) == plain
    assert plain


def test_turtle_is_written_with_the_projects_prefixes(server: Server) -> None:
    assert "lsp:Area" in server.get(DESCRIBE, "text/turtle").text


@pytest.mark.parametrize(
    ("query", "accept", "sent"),
    [
        (SELECT, None, "application/sparql-results+json"),
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "application/json", "application/json"),
        (SELECT, "text/csv;q=0.4, application/sparql-results+xml;q=0.6", "application/sparql-results+xml"),
        (SELECT, "text/turtle, text/csv;q=0.1", "text/csv; charset=utf-8"),
        (SELECT, "application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (ASK, "application/sparql-results+xml, */*;q=0.1", "application/sparql-results+xml"),
        (CONSTRUCT, None, "text/turtle"),
        (CONSTRUCT, "application/sparql-results+json, application/rdf+xml;q=0.2", "application/rdf+xml"),
        (CONSTRUCT, "application/json", "application/json"),
    ],
)
def test_the_client_gets_what_it_prefers(server: Server, query: str, accept: str | None, sent: str) -> None:
    response = server.get(query, accept)
    assert response.headers["content-type"] == sent
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("query", "accept"),
    [(SELECT, "text/turtle"), (ASK, "image/png"), (CONSTRUCT, "text/csv"), (SELECT, "text/csv;q=0")],
)
def test_what_no_format_fits_is_told_the_formats(server: Server, query: str, accept: str) -> None:
    document = problem(server.get(query, accept), 406)
    assert ("text/turtle" if query == CONSTRUCT else "text/csv") in document["detail"]


@pytest.mark.parametrize(
    "accept",
    ["application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"],
)
def test_rows_that_were_left_out_are_told(server: Server, accept: str) -> None:
    assert server.get(ALL, accept).headers["lsp-graph-truncated"] == "rows=20"
    assert "lsp-graph-truncated" not in server.get(SELECT, accept).headers


def test_json_results_say_themselves_that_they_were_cut(server: Server) -> None:
    document = server.get(ALL).json()
    assert document["head"]["truncated"] == len(document["results"]["bindings"]) == 20


def test_a_graph_that_was_cut_is_told_too(server: Server) -> None:
    response = server.get("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples")
    assert response.headers["lsp-graph-truncated"] == "rows=20"
    assert len(response.text.splitlines()) == 20


def test_a_graph_that_a_format_cannot_express_is_not_acceptable(server: Server) -> None:
    query = "CONSTRUCT { <http://e/s> <http://e/1/> 1 } WHERE {}"
    problem(server.get(query, "application/rdf+xml"), 406)
