"""An answer holds the first rows up to the limit, whole and in every format, and says whether there were more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store, parse_query_results

from lsp_graph.serve.results import render

STORE = Store()
TRICKY = """
SELECT ?a ?b { VALUES (?a ?b) {
  (UNDEF UNDEF) (1 UNDEF) (UNDEF 'x'@en-gb) (1.50 1e3) (true "true") ("tab\\tline\\nquote\\"return\\r\\\\" <http://e/é#?a=1&b>)
  ("" " ") ("INF"^^<http://www.w3.org/2001/XMLSchema#double> "x"^^<http://e/type>) ("<&>\\u0001" '2008-06-30'^^<http://www.w3.org/2001/XMLSchema#date>)
} }"""


def numbers(count: int) -> str:
    return f"SELECT ?n {{ VALUES ?n {{ {' '.join(str(number) for number in range(count))} }} }}"


@given(count=st.integers(0, 12), limit=st.integers(1, 12))
@settings(max_examples=60)
@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("application/sparql-results+json", QueryResultsFormat.JSON),
        ("application/sparql-results+xml", QueryResultsFormat.XML),
        ("text/tab-separated-values", QueryResultsFormat.TSV),
    ],
)
def test_the_first_rows_are_kept_and_the_cut_is_told(
    media_type: str, form: QueryResultsFormat, count: int, limit: int
) -> None:
    rendered = render(STORE.query(numbers(count)), media_type, limit)
    rows = parse_query_results(rendered.body, format=form)
    assert isinstance(rows, QuerySolutions)
    assert [row["n"].value for row in rows] == [str(number) for number in range(min(count, limit))]
    assert rendered.truncated == (limit if count > limit else None)


@pytest.mark.parametrize("limit", [999, 1000, 1001, 4999, 5000])
def test_the_limit_holds_wherever_the_writer_happens_to_pause(limit: int) -> None:
    rendered = render(STORE.query(numbers(5000)), "text/csv", limit)
    assert len(rendered.body.splitlines()) == limit + 1
    assert rendered.truncated == (limit if limit < 5000 else None)


@pytest.mark.parametrize("form", [QueryResultsFormat.JSON, QueryResultsFormat.XML, QueryResultsFormat.CSV])
def test_terms_come_out_as_the_store_itself_writes_them(form: QueryResultsFormat) -> None:
    solutions = STORE.query(TRICKY)
    assert isinstance(solutions, QuerySolutions)
    assert render(STORE.query(TRICKY), form.media_type, 100).body == solutions.serialize(format=form)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_graph_is_cut_at_the_limit_too(count: int) -> None:
    values = " ".join(f"<http://e/{number}>" for number in range(count))
    query = f"CONSTRUCT {{ ?s <http://e/p> 1 }} {{ VALUES ?s {{ {values} }} }}"
    rendered = render(STORE.query(query), "application/n-triples", 2)
    assert len(rendered.body.splitlines()) == min(count, 2)
    assert rendered.truncated == (2 if count > 2 else None)


def test_a_query_without_end_is_stopped_at_the_limit() -> None:
    store = Store()
    store.update("INSERT DATA { <http://e/s> <http://e/p> 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }")
    endless = (
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r . ?s ?t ?u . ?v ?w ?x . ?y ?z ?0 }"
    )
    assert render(store.query(endless), "text/csv", 10).truncated == 10
