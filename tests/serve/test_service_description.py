"""Asked nothing, /sparql says what it is (SPARQL 1.1 Service Description)."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse

from lsp_graph.serve.results import TABLES

from .conftest import DATA, Server
from .test_protocol import problem

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"


def described(server: Server, accept: str = "text/turtle", path: str = "/sparql") -> Store:
    """What the service says of itself, as a store."""
    response = server.http.get(path, headers={"accept": accept})
    assert response.status_code == 200
    form = RdfFormat.from_media_type(response.headers["content-type"])
    assert form is not None
    store = Store()
    store.load(response.content, format=form)
    return store


def values(store: Store, text: str) -> set[str]:
    """The values of the only variable of a query."""
    found = store.query(text, prefixes={"sd": SD, "void": "http://rdfs.org/ns/void#"})
    assert isinstance(found, QuerySolutions)
    return {row[0].value for row in found}


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json", "*/*"]
)
def test_it_comes_in_every_format_of_rdf_and_says_the_same_in_each(server: Server, accept: str) -> None:
    assert {str(quad) for quad in described(server, accept)} == {str(quad) for quad in described(server)}


def test_it_names_the_address_that_was_asked(server: Server) -> None:
    store = described(server)
    assert values(store, "SELECT ?o { ?s a sd:Service ; sd:endpoint ?o }") == {f"{server.url}/sparql"}


def test_its_languages_and_formats_are_those_of_the_protocol(server: Server) -> None:
    store = described(server)
    assert f"{SD}SPARQL11Query" in values(store, "SELECT ?o { ?s sd:supportedLanguage ?o }")
    said = values(store, "SELECT ?o { ?s sd:resultFormat ?o }")
    assert {"SPARQL_Results_JSON", "Turtle", "RDF_XML"} <= {iri.removeprefix(FORMATS) for iri in said}
    assert len([iri for iri in said if "SPARQL_Results" in iri]) == len(set(TABLES.values()))


def test_its_default_graph_is_the_union_of_its_named_graphs(server: Server) -> None:
    store = described(server)
    quads = [quad for quad in parse(path=DATA / "small.trig", format=RdfFormat.TRIG) if isinstance(quad, Quad)]
    graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}
    named = values(store, "SELECT ?o { ?s sd:defaultDataset/sd:namedGraph/sd:name ?o }")
    assert named - {"https://w3id.org/lsp/graph/shortcuts"} == graphs - {"https://w3id.org/lsp/graph/unverified"}
    assert values(store, "SELECT ?o { ?s sd:feature ?o }") == {f"{SD}UnionDefaultGraph"}
    (count,) = server.get("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text.split()[1:]
    assert values(store, "SELECT ?n { ?s sd:defaultDataset/sd:defaultGraph/void:triples ?n }") == {count}


def test_every_function_that_it_names_is_one_that_the_store_has(server: Server) -> None:
    functions = values(described(server), "SELECT ?o { ?s sd:extensionFunction ?o . ?o a sd:Function }")
    assert len(functions) > 40
    for function in functions:
        assert known(function), function


def known(function: str) -> bool:
    """Whether the store library has a function of this name, for some number of arguments."""
    for arguments in ("'a'", "'a', 'b'", "'a', 'b', 'c'"):
        try:
            Store().query(f"SELECT (<{function}>({arguments}) AS ?x) {{}}")
        except (RuntimeError, SyntaxError):
            continue
        return True
    return False


def test_a_format_that_is_not_of_rdf_is_not_acceptable(server: Server) -> None:
    response = server.http.get("/sparql", headers={"accept": "text/csv"})
    assert "text/turtle" in problem(response, 406)["detail"]


def test_what_clients_add_of_their_own_does_not_count_as_a_question(server: Server) -> None:
    assert len(described(server, path="/sparql?output=xml")) > 0
    for parameters in ({"as-of": "2008-06-30"}, {"default-graph-uri": "http://e/g"}):
        assert "query" in problem(server.http.get("/sparql", params=parameters), 400)["detail"]


def test_it_is_kept_and_said_to_be_unchanged(server: Server) -> None:
    first = server.http.get("/sparql")
    again = server.http.get("/sparql", headers={"if-none-match": first.headers["etag"]})
    assert (first.headers["vary"], again.status_code, again.content) == ("Accept", 304, b"")
