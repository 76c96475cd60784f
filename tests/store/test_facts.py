"""What is said of single things is looked up alike in a view in memory and in a store elsewhere, and is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from pyoxigraph import BlankNode, Literal, Quad

from lsp_graph.literals import literal
from lsp_graph.namespaces import GRAPH, ID, LSP
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Backend, in_memory
from lsp_graph.store.facts import Facts
from lsp_graph.store.publish import publish
from lsp_graph.store.remote import reach
from tests.remote.servers import oxigraph


@pytest.fixture(scope="module", params=["in memory", "elsewhere"])
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """One graph, here and on a server."""
    graph = in_memory(
        [
            *(Quad(ID.strategy, LSP.area, ID[name], GRAPH.one) for name in ("b", "a", "c")),
            Quad(ID.strategy, LSP.area, BlankNode(), GRAPH.one),
            Quad(ID.strategy, LSP.dutyNumber, literal(7), GRAPH.one),
            Quad(ID.agreement, LSP.area, ID.a, GRAPH.two),
            Quad(ID.agreement, LSP.until, literal(date(2005, 1, 1)), GRAPH.two),
        ]
    )
    if request.param == "in memory":
        yield graph
        return
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as server:
        publish(graph, server.graphs, [DEFAULT_AS_OF], server.writer)
        yield reach(server.queries)


def test_values_are_told_in_order_without_nodes_that_have_no_name(backend: Backend) -> None:
    assert Facts(backend, None).values(ID.strategy, LSP.area) == (ID.a, ID.b, ID.c)


def test_a_property_that_a_thing_has_not_has_no_values(backend: Backend) -> None:
    facts = Facts(backend, None)
    facts.read([ID.agreement, ID.nothing], LSP.dutyNumber)

    assert facts.values(ID.agreement, LSP.dutyNumber) == facts.values(ID.nothing, LSP.dutyNumber) == ()


def test_literals_are_values_but_no_nodes(backend: Backend) -> None:
    facts = Facts(backend, None)

    assert facts.values(ID.strategy, LSP.dutyNumber) == (Literal(7),)
    assert facts.nodes([ID.strategy], LSP.dutyNumber) == []


def test_what_has_a_value_is_that_of_the_day(backend: Backend) -> None:
    assert Facts(backend, None).holders(LSP.area, ID.a) == (ID.agreement, ID.strategy)
    assert Facts(backend, DEFAULT_AS_OF).holders(LSP.area, ID.a) == (ID.strategy,)
