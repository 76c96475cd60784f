"""Comunica works against the endpoint as it comes."""

from __future__ import annotations

from pyoxigraph import NamedNode, QuerySolutions

from lsp_graph.store import EmbeddedBackend

from . import javascript
from .conftest import Server

SOUTHWARK = "https://w3id.org/lsp/id/lsp/E09000028"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


def test_comunica_reads_rows(real_server: Server) -> None:
    found = javascript.ask(f"{real_server.url}/sparql", f"SELECT ?label {{ <{SOUTHWARK}> <{LABEL}> ?label }}")
    assert found == [{"label": "Southwark Alliance"}]


def test_comunica_finds_out_by_itself_what_kind_of_source_it_is(real_server: Server) -> None:
    assert javascript.ask(f"{real_server.url}/sparql", f"ASK {{ <{SOUTHWARK}> ?p ?o }}") is True


def test_comunica_builds_graphs(real_server: Server, real: EmbeddedBackend) -> None:
    query = f"CONSTRUCT {{ ?s a ?c }} WHERE {{ ?s a ?c . FILTER(?s = <{SOUTHWARK}>) }}"
    found = javascript.ask(f"{real_server.url}/sparql", query)
    solutions = real.query(f"SELECT ?c {{ <{SOUTHWARK}> a ?c }}")
    assert isinstance(solutions, QuerySolutions)
    classes = [row["c"] for row in solutions]
    assert classes
    assert sorted(found) == sorted([SOUTHWARK, RDF_TYPE, kind.value] for kind in classes if isinstance(kind, NamedNode))


def test_comunica_reads_a_resource_by_its_address(real_server: Server) -> None:
    found = javascript.ask(f"{real_server.url}/sparql", f"SELECT (COUNT(*) AS ?n) {{ <{SOUTHWARK}> ?p ?o }}")
    assert int(found[0]["n"]) > 5
