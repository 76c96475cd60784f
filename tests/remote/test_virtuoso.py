"""Virtuoso 7 gets some of standard SPARQL wrong: it is refused, though its dialect of the protocol is understood."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import Quad, QuerySolutions

from lsp_graph.errors import StoreUnavailable
from lsp_graph.literals import literal
from lsp_graph.namespaces import GRAPH, ID, LSP
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import in_memory
from lsp_graph.store.endpoint import Credentials
from lsp_graph.store.publish import publish
from lsp_graph.store.remote import connect
from tests.questions.cases import cases

from .conftest import differing, published
from .servers import Server, virtuoso


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running


def test_a_store_that_gets_standard_sparql_wrong_is_refused(server: Server) -> None:
    publish(in_memory([]), server.graphs, [], server.writer)

    with pytest.raises(StoreUnavailable, match="does not answer standard SPARQL as the standard says"):
        connect(server.queries)


def test_it_is_refused_for_a_reason(server: Server) -> None:
    wrong = differing(server)

    assert 0 < len(wrong) < len(cases())


def test_its_dialect_of_results_is_read_as_the_standard_s(server: Server) -> None:
    stated = [literal('é\t"x"'), literal(7), literal(0.5), literal(True), literal(False), literal(DEFAULT_AS_OF)]
    graph = in_memory(Quad(ID.thing, LSP[f"p{number}"], term, GRAPH.one) for number, term in enumerate(stated))

    found = published(graph, server).query("SELECT ?o { ?s ?p ?o } ORDER BY ?p")

    assert isinstance(found, QuerySolutions)
    assert [row["o"] for row in found] == stated


def test_it_says_no_without_the_password(server: Server) -> None:
    with pytest.raises(StoreUnavailable, match=r"credentials \(401\).*LSP_GRAPH_BACKEND_PASSWORD"):
        publish(in_memory([]), server.graphs, [], Credentials("dba", "wrong"))


def test_an_answer_that_it_cuts_off_is_none(server: Server) -> None:
    graph = in_memory(Quad(ID[f"thing-{n}"], LSP.within, ID.whole, GRAPH.one) for n in range(1001))

    with pytest.raises(StoreUnavailable, match="left out a part of the answer"):
        published(graph, server).query("SELECT * { ?s ?p ?o }")
