"""/sparql speaks the SPARQL 1.1 Protocol, and says what is wrong with a request that does not."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Server

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
LABELS = "SELECT ?l { <https://w3id.org/lsp/id/area/E09000901> <http://www.w3.org/2000/01/rdf-schema#label> ?l }"
COUNCILS = "SELECT ?c { ?c <https://w3id.org/lsp/ont#tier> ?t }"
GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
GRAPH = "https://w3id.org/lsp/graph/"
FORM = "application/x-www-form-urlencoded"


def rows(response: Any) -> list[str]:
    """The values of the first column."""
    assert response.status_code == 200, response.text
    document = response.json()
    variable = document["head"]["vars"][0]
    return [binding[variable]["value"] for binding in document["results"]["bindings"]]


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem document of a response."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["status"] == status
    assert document["type"].startswith("https://")
    assert document["title"]
    assert document["detail"]
    return document


def test_a_query_is_taken_by_get_by_form_and_as_a_body(server: Server) -> None:
    by_get = server.http.get("/sparql", params={"query": COUNT})
    by_form = server.http.post("/sparql", data={"query": COUNT})
    as_body = server.http.post(
        "/sparql", content=COUNT, headers={"content-type": "application/sparql-query; charset=utf-8"}
    )
    assert by_get.content == by_form.content == as_body.content
    assert int(rows(by_get)[0]) > 20


@pytest.mark.parametrize("method", ["get", "form", "body"])
def test_the_dataset_is_named_by_the_protocol(server: Server, method: str) -> None:
    dataset = {"default-graph-uri": GRAPH + "second", "named-graph-uri": [GRAPH + "first", GRAPH + "second"]}
    query = f"{GRAPHS} LIMIT 9"
    if method == "get":
        response = server.http.get("/sparql", params={"query": query, **dataset})
    elif method == "form":
        response = server.http.post("/sparql", data={"query": query, **dataset})
    else:
        headers = {"content-type": "application/sparql-query"}
        response = server.http.post("/sparql", params=dataset, content=query, headers=headers)
    assert rows(response) == [GRAPH + "first", GRAPH + "second"]


def test_the_default_graph_is_what_the_protocol_names(server: Server) -> None:
    assert rows(server.get(LABELS)) == ["Northwick"]
    assert rows(server.get(LABELS, **{"default-graph-uri": GRAPH + "second"})) == []
    assert rows(server.get(LABELS, **{"default-graph-uri": GRAPH + "unverified"})) == ["Rumoured Northwick"]


def test_all_periods_are_there_unless_a_day_is_asked_for(server: Server) -> None:
    assert len(rows(server.get(COUNCILS))) == 2
    assert len(rows(server.get(COUNCILS, **{"as-of": "2008-06-30"}))) == 2
    assert len(rows(server.get(COUNCILS, **{"as-of": "2009-04-01"}))) == 1


def test_parameters_that_clients_add_of_their_own_are_passed_over(server: Server) -> None:
    assert rows(server.get(LABELS, output="json", format="json", results="json")) == ["Northwick"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"default-graph-uri": "http://e/g"}, "query"),
        ({"query": [COUNT, COUNT]}, "exactly one"),
        ({"update": "CLEAR ALL"}, "/update"),
        ({"query": COUNT, "update": "CLEAR ALL"}, "/update"),
        ({"query": COUNT, "as-of": "June 2008"}, "YYYY-MM-DD"),
        ({"query": COUNT, "as-of": "20080630"}, "YYYY-MM-DD"),
        ({"query": COUNT, "as-of": ["2008-06-30", "2009-06-30"]}, "one at most"),
        ({"query": COUNT, "default-graph-uri": "first"}, "'first'"),
        ({"query": COUNT, "named-graph-uri": "a b"}, "'a b'"),
    ],
)
def test_a_request_that_is_not_well_formed_is_told_what_would_be(
    server: Server, parameters: dict[str, Any], said: str
) -> None:
    for response in (
        server.http.get("/sparql", params=parameters),
        server.http.post("/sparql", data=parameters),
    ):
        assert said in problem(response, 400)["detail"]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/sparql-update", b"CLEAR ALL", 400),
        ("application/sparql-query", b"SELECT * { ?s ?p '\xff' }", 400),
        (FORM, b"query=%FF", 400),
        (FORM, b"query=\xff", 400),
        (FORM, b"&".join(b"a=b" for _ in range(2000)), 400),
        ("application/sparql-query", b"", 400),
        ("text/plain", b"SELECT * {}", 415),
        ("", b"SELECT * {}", 415),
        ("application/sparql-query", b"#" * (2**20 + 1), 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(server: Server, content_type: str, body: bytes, status: int) -> None:
    problem(server.http.post("/sparql", content=body, headers={"content-type": content_type}), status)


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT * {\n  ?s ?p ?o\n  FILTER( }", 3, 12),
        ("SELEKT * { ?s ?p ?o }", 1, None),
        ("INSERT DATA { <http://e/s> <http://e/p> 1 }", 1, None),
    ],
)
def test_a_query_that_cannot_run_is_told_its_line_and_column(
    server: Server, query: str, line: int, column: int | None
) -> None:
    document = problem(server.get(query), 400)
    assert document["line"] == line
    assert column is None or document["column"] == column


def test_a_query_that_reaches_out_is_told_where_it_does(server: Server) -> None:
    document = problem(server.get("SELECT *\nWHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), 403)
    assert (document["line"], document["column"]) == (2, 9)


def test_an_unknown_function_has_no_value(server: Server) -> None:
    response = server.get("SELECT ?x ?y { BIND (<http://e/f>(1) AS ?x) BIND (COALESCE(?x, 'none') AS ?y) }", "text/csv")
    assert response.text.split() == ["x,y", ",none"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_with_those_there_are(server: Server, method: str) -> None:
    response = server.http.request(method, "/sparql")
    problem(response, 405)
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_head_tells_what_get_would(server: Server) -> None:
    got, headed = (server.http.request(method, "/sparql", params={"query": COUNT}) for method in ("GET", "HEAD"))
    assert headed.content == b""
    assert {**headed.headers, "date": ""} == {**got.headers, "date": ""}


def test_pages_of_other_sites_may_ask(server: Server) -> None:
    preflight = server.http.options(
        "/sparql", headers={"origin": "https://e.org", "access-control-request-method": "POST"}
    )
    asked = server.http.get("/sparql", params={"query": COUNT}, headers={"origin": "https://e.org"})
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert asked.headers["access-control-allow-origin"] == "*"
