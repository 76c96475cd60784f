"""A view holds just what was valid on its day, and counts a triple once however many sources state it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, QueryBoolean, QuerySolutions

from lsp_graph.errors import QueryRefused
from lsp_graph.literals import literal
from lsp_graph.namespaces import GRAPH, ID, LSP, RDF, XSD
from lsp_graph.store import EmbeddedBackend, in_memory
from lsp_graph.store.functions import MOST

ONE, TWO = GRAPH.one, GRAPH.two
ALL = "SELECT * { ?s ?p ?o }"
DAYS = st.dates(date(1999, 1, 1), date(2016, 12, 31))


def rows(backend: EmbeddedBackend, query: str, **options: object) -> int:
    answer = backend.query(query, **options)  # type: ignore[arg-type]  # each test names its own options
    assert isinstance(answer, QuerySolutions)
    return len(list(answer))


def lasting(thing: NamedNode, first: date | None, last: date | None) -> list[Quad]:
    edges = [(LSP["from"], first), (LSP.until, last)]
    return [Quad(thing, edge, literal(day), ONE) for edge, day in edges if day] + [Quad(thing, RDF.type, LSP.Area, ONE)]


def test_a_triple_that_two_sources_state_is_one_triple() -> None:
    backend = in_memory([Quad(ID.a, LSP.within, ID.b, graph) for graph in (ONE, TWO)])

    assert rows(backend, ALL) == 1
    assert rows(backend, "SELECT * { GRAPH ?g { ?s ?p ?o } }") == 2


def test_the_unverified_graph_is_reached_only_by_its_name() -> None:
    backend = in_memory([Quad(ID.a, LSP.within, ID.b, GRAPH.unverified), Quad(ID.c, LSP.within, ID.d, ONE)])

    assert rows(backend, ALL) == 1
    assert rows(backend, "SELECT * { GRAPH ?g { ?s ?p ?o } }") == 1
    assert rows(backend, ALL, default_graphs=[GRAPH.unverified.value]) == 1
    assert rows(backend, ALL, default_graphs=[GRAPH.unverified.value, ONE.value]) == 2
    assert rows(backend, f"SELECT * FROM <{GRAPH.unverified.value}> {{ ?s ?p ?o }}") == 1
    assert rows(backend, f"SELECT * FROM <{GRAPH.unverified.value}> {{ ?s ?p ?o }}", as_of=date(2008, 6, 30)) == 1


@pytest.mark.parametrize("written", ["graph ?g", "GRAPH?g", "# no GRAPH here\nGraPh ?g"])
def test_named_graphs_are_found_however_the_query_spells_it(written: str) -> None:
    backend = in_memory([Quad(ID.a, LSP.within, ID.b, ONE)])

    assert rows(backend, f"SELECT * {{ {written} {{ ?s ?p ?o }} }}") == 1


@pytest.mark.parametrize("written", ['"FROM <x>"', "'''from <x>'''", f"<{LSP}from>", "lsp:from"])
def test_a_word_that_is_no_keyword_sets_no_dataset(written: str) -> None:
    backend = in_memory([Quad(ID.a, LSP.within, ID.b, ONE)])

    assert rows(backend, f"PREFIX lsp: <{LSP}> SELECT * {{ ?s ?p ?o BIND ({written} AS ?x) }} # FROM <x>") == 1


@pytest.mark.parametrize(
    ("day", "valid"),
    [(date(2009, 3, 31), {"old"}), (date(2009, 4, 1), {"new"}), (None, {"old", "new"})],
)
def test_both_days_of_a_period_belong_to_it(day: date | None, valid: set[str]) -> None:
    backend = in_memory(lasting(ID.old, None, date(2009, 3, 31)) + lasting(ID.new, date(2009, 4, 1), None))

    assert {name for name in ("old", "new") if ask(backend, name, day)} == valid


def ask(backend: EmbeddedBackend, name: str, day: date | None) -> bool:
    answer = backend.query(f"ASK {{ <{ID[name].value}> a ?class }}", as_of=day)
    assert isinstance(answer, QueryBoolean)
    return bool(answer)


def test_what_is_not_valid_is_not_pointed_to_either() -> None:
    backend = in_memory([*lasting(ID.new, date(2009, 4, 1), None), Quad(ID.x, LSP.succeededBy, ID.new, TWO)])

    assert rows(backend, f"SELECT * {{ <{ID.x.value}> ?p ?o }}", as_of=date(2009, 3, 31)) == 0
    assert rows(backend, "SELECT * { GRAPH ?g { ?s ?p ?o } }", as_of=date(2009, 3, 31)) == 0


def test_the_view_of_a_day_tells_which_day_it_is() -> None:
    backend, query = in_memory([]), f"SELECT * {{ ?whoever <{LSP.asOf.value}> ?day }}"

    assert rows(backend, query) == 0
    assert rows(backend, f'{query} VALUES ?day {{ "2009-03-31"^^<{XSD.date.value}> }}', as_of=date(2009, 3, 31)) == 1


@given(first=st.none() | DAYS, last=st.none() | DAYS, day=DAYS)
def test_nothing_valid_is_lost_and_nothing_invalid_stays(first: date | None, last: date | None, day: date) -> None:
    backend = in_memory(lasting(ID.thing, first, last))
    valid = (first is None or first <= day) and (last is None or day <= last)

    assert ask(backend, "thing", day) is valid


def test_shortcuts_follow_the_relation_of_the_day() -> None:
    coverage = [
        *lasting(ID.coverage, None, date(2009, 3, 31)),
        Quad(ID.coverage, RDF.type, LSP.Coverage, ONE),
        Quad(ID.coverage, LSP.body, ID.body, ONE),
        Quad(ID.coverage, LSP.area, ID.area, ONE),
    ]
    backend = in_memory(coverage)
    query = f"SELECT * {{ <{ID.body.value}> <{LSP.covers.value}> ?area }}"

    assert rows(backend, query, as_of=date(2009, 3, 31)) == 1
    assert rows(backend, query, as_of=date(2009, 4, 1)) == 0
    assert rows(backend, query) == 1


def test_malformed_sparql_is_refused_with_its_place() -> None:
    with pytest.raises(QueryRefused) as refused:
        in_memory([]).query("SELECT *\n{ ?s ?p }")

    assert (refused.value.line, refused.value.column) == (2, 10)


def test_a_function_that_is_not_there_is_an_error_of_its_expression_alone() -> None:
    backend = in_memory(lasting(ID.thing, None, None))
    everything = "SELECT * { ?s ?p ?o %s }"

    assert rows(backend, everything % "FILTER (<https://example.org/f>(?s))") == 0
    assert rows(backend, everything % "FILTER (<https://example.org/f>(?s) || true)") == rows(backend, everything % "")


def test_many_functions_that_are_not_there_are_refused() -> None:
    calls = " ".join(f"BIND (<https://example.org/{number}>() AS ?x{number})" for number in range(MOST + 1))

    with pytest.raises(QueryRefused, match=r"https://example\.org/"):
        in_memory([]).query(f"SELECT * {{ {calls} }}")
