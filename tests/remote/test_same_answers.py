"""A graph that was published to another store is asked there as it is here, and gives the same answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, QueryBoolean, QuerySolutions

from lsp_graph.accountability import who
from lsp_graph.audit import audit, explain
from lsp_graph.errors import QueryRefused, StoreUnavailable
from lsp_graph.literals import literal
from lsp_graph.namespaces import GRAPH, ID, LSP, RDF
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Answer, EmbeddedBackend, in_memory
from lsp_graph.store.publish import publish
from lsp_graph.store.remote import RemoteBackend, connect
from tests.questions.cases import cases

from .conftest import differing, published
from .servers import Server

BEFORE, AFTER = date(2009, 3, 31), date(2009, 4, 1)
ALL = "SELECT * { ?s ?p ?o }"
BY_NAME = "SELECT * { GRAPH ?g { ?s ?p ?o } }"


def facts(answer: Answer) -> set[Any]:
    """An answer without its order."""
    if isinstance(answer, QuerySolutions):
        names = [variable.value for variable in answer.variables]
        return {frozenset((name, str(row[name])) for name in names) for row in answer}
    return {bool(answer)} if isinstance(answer, QueryBoolean) else {str(triple) for triple in answer}


def lasting(thing: NamedNode, first: date | None, last: date | None, graph: NamedNode = GRAPH.one) -> list[Quad]:
    edges = [(LSP["from"], first), (LSP.until, last)]
    stated = [Quad(thing, edge, literal(day), graph) for edge, day in edges if day]
    return [*stated, Quad(thing, RDF.type, LSP.Area, graph)]


def country(more: str = "more") -> EmbeddedBackend:
    """Areas that end and begin, a triple that two sources state, and a graph outside the default dataset."""
    return in_memory(
        [
            *lasting(ID.old, None, BEFORE),
            *lasting(ID.new, AFTER, None),
            *lasting(ID.new, AFTER, None, GRAPH.two),
            Quad(ID.x, LSP.succeededBy, ID.new, GRAPH.two),
            Quad(ID[more], RDF.type, LSP.Area, GRAPH[more]),
            Quad(ID.rumour, RDF.type, LSP.Area, GRAPH.unverified),
        ]
    )


def test_every_question_is_answered_as_it_was_worked_out(server: Server) -> None:
    assert len(cases()) > 20
    assert differing(server) == {}


def test_an_audit_finds_the_same_and_explains_it_alike(server: Server, recorded: EmbeddedBackend) -> None:
    there = published(recorded, server, DEFAULT_AS_OF)
    here = audit(recorded, as_of=DEFAULT_AS_OF)

    found = audit(there, as_of=DEFAULT_AS_OF)

    assert len(here.findings) > 20
    assert found == here
    assert explain(there, found) == explain(recorded, here)


def test_an_audit_of_one_area_finds_the_same(server: Server, recorded: EmbeddedBackend) -> None:
    there = published(recorded, server, DEFAULT_AS_OF)

    assert audit(there, as_of=DEFAULT_AS_OF, areas=["Millbrook"]) == audit(
        recorded, as_of=DEFAULT_AS_OF, areas=["Millbrook"]
    )


def test_who_is_accountable_is_the_same(server: Server) -> None:
    case = next(case for case in cases() if case.name == "who-is-accountable-for-the-crime-and-disorder-strategy")
    graph = case.backend()

    here = who(graph, as_of=case.as_of)

    assert here.answers
    assert who(published(graph, server, case.as_of), as_of=case.as_of) == here


@pytest.mark.parametrize(
    "query",
    [
        ALL,
        "ASK { ?s ?p ?o }",
        f"ASK {{ ?s <{ID.nowhere.value}> ?o }}",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        f"DESCRIBE <{ID.x.value}>",
        "SELECT (COUNT(*) AS ?n) (true AS ?yes) (0.5 AS ?half) { ?s ?p ?o }",
        'SELECT ("a\\tb\\n\\"c\\"\\\\ é 雪" AS ?text) ("x"@en AS ?word) (?nothing AS ?none) { }',
    ],
)
@pytest.mark.parametrize("day", [None, BEFORE, AFTER])
def test_queries_of_every_form_see_the_view_of_the_day(server: Server, query: str, day: date | None) -> None:
    graph = country()
    there = published(graph, server, BEFORE, AFTER)

    here = graph.query(query, as_of=day)

    assert facts(there.query(query, as_of=day)) == facts(here)


def test_graphs_are_seen_by_their_names(server: Server) -> None:
    graph = country()
    there = published(graph, server)

    for query, default, named in (
        (BY_NAME, [], []),
        (ALL, [GRAPH.unverified.value, GRAPH.one.value], []),
        (BY_NAME, [], [GRAPH.two.value]),
        (f"SELECT * FROM <{GRAPH.unverified.value}> {{ ?s ?p ?o }}", [], []),
    ):
        here = graph.query(query, default_graphs=default, named_graphs=named)
        assert facts(there.query(query, default_graphs=default, named_graphs=named)) == facts(here)


def test_what_is_published_merged_is_not_asked_by_graph_on_a_day(server: Server) -> None:
    there = published(country(), server, BEFORE)

    with pytest.raises(QueryRefused, match="leave the date away"):
        there.query(BY_NAME, as_of=BEFORE)


def test_a_day_that_was_not_published_is_named_with_what_publishes_it(server: Server) -> None:
    there = published(country(), server, BEFORE)

    with pytest.raises(StoreUnavailable, match=r"2009-04-01.*2009-03-31.*lsp-graph publish ADDRESS --as-of 2009-04-01"):
        there.query(ALL, as_of=AFTER)


def test_days_are_added_to_what_is_published(server: Server) -> None:
    graph = country()
    publish(graph, server.graphs, [BEFORE], server.writer)

    added = publish(graph, server.graphs, [BEFORE, AFTER], server.writer)

    assert added.written == (AFTER,)
    assert facts(connect(server.queries).query(ALL, as_of=AFTER)) == facts(graph.query(ALL, as_of=AFTER))


def test_who_reads_a_version_keeps_it_when_another_is_published(server: Server) -> None:
    graph = country("first")
    reader = published(graph, server)

    newer = published(country("second"), server)

    assert facts(reader.query(ALL)) == facts(graph.query(ALL))
    assert facts(newer.query(BY_NAME)) == facts(country("second").query(BY_NAME))
    assert facts(newer.query(f"SELECT * FROM <{GRAPH.first.value}> {{ ?s ?p ?o }}")) == set()
    with pytest.raises(StoreUnavailable, match="has been replaced"):
        reader.query(BY_NAME)


def test_a_large_graph_is_published_in_parts(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lsp_graph.store.publish._LINES", 2)
    graph = country()

    assert facts(published(graph, server).query(ALL)) == facts(graph.query(ALL))


def test_a_long_query_is_sent_whole(server: Server) -> None:
    there = published(country(), server)
    names = " ".join(f"<{ID[f'thing-{number}'].value}>" for number in range(2000))

    assert len(facts(there.query(f"SELECT ?s {{ VALUES ?s {{ {names} }} }}"))) == 2000


def test_a_malformed_query_is_refused_with_its_place_before_it_is_sent(server: Server) -> None:
    there = published(country(), server)

    with pytest.raises(QueryRefused) as refused:
        there.query("SELECT *\n{ ?s ?p }")

    assert (refused.value.line, refused.value.column) == (2, 10)


def test_a_store_without_a_catalogue_holds_no_graph(server: Server) -> None:
    with pytest.raises(StoreUnavailable, match="holds no graph of LSP Graph; `lsp-graph publish` writes one"):
        connect(server.queries)


def test_a_server_that_can_be_relied_on_is_connected_to(server: Server) -> None:
    publish(country(), server.graphs, [], server.writer)

    assert isinstance(connect(server.queries), RemoteBackend)
