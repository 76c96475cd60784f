"""A change carries a graph from one version to the next: the same as if the next had been written whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from lsp_graph.errors import StaleVersion
from lsp_graph.literals import in_graph, literal
from lsp_graph.namespaces import GRAPH, ID, LSP, RDF, RDFS
from lsp_graph.store import EmbeddedBackend, Kind, StoreDirectory, in_memory
from lsp_graph.store.changes import Change

DAY = date(2008, 6, 30)
DAYS = (None, DAY)

_THINGS = [ID[f"thing/{letter}"] for letter in "abc"] + [BlankNode("x"), BlankNode("y")]
_GRAPHS: list[NamedNode | DefaultGraph] = [GRAPH.one, GRAPH.two, GRAPH.unverified, DefaultGraph()]
_DATES = [literal(date(year, 6, 30)) for year in (2007, 2008, 2009)]
_TYPES = [LSP.Coverage, LSP.LocalAuthority, LSP.Accountability, LSP.Area]
_LINKS = [
    *(LSP[name] for name in ("body", "area", "covers", "county", "within", "partnerClass")),
    *(LSP[name] for name in ("accountable", "accountableTo", "accountableFor")),
]

_things = st.sampled_from(_THINGS)
_triples = st.one_of(
    st.builds(Triple, _things, st.sampled_from(_LINKS), _things),
    st.builds(Triple, _things, st.just(RDF.type), st.sampled_from(_TYPES)),
    st.builds(Triple, _things, st.sampled_from([LSP["from"], LSP.until]), st.sampled_from(_DATES)),
    st.builds(
        Triple,
        _things,
        st.just(RDFS.label),
        st.sampled_from([Literal('a "quoted" <a> .'), Literal("x", language="en")]),
    ),
)
_quads = st.sets(st.builds(in_graph, _triples, st.sampled_from(_GRAPHS)), max_size=25)


def views(backend: EmbeddedBackend) -> dict[tuple[date | None, Kind], set[Quad]]:
    """Everything that can be asked of a graph."""
    return {(day, kind): set(backend.view(day, kind)) for day in DAYS for kind in Kind}


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_quads, st.lists(_quads, min_size=1, max_size=3), st.booleans())
def test_a_graph_that_follows_changes_is_the_graph_written_whole(
    before: set[Quad], states: list[set[Quad]], asked: bool
) -> None:
    backend = in_memory(before)
    for number, after in enumerate(states):
        if asked:
            for day in DAYS:
                backend.view(day)
        backend.advance(Change.of(after - before, before - after), str(number))
        whole = in_memory(after)
        assert views(backend) == views(whole)
        assert backend.texts() == whole.texts()
        assert set(backend.own()) == set(whole.own())
        for graph in _GRAPHS:
            assert set(backend.graph(graph)) == {quad for quad in after if quad.graph_name == graph}
        before = after


def _stored(*names: str) -> list[Quad]:
    return [Quad(ID[f"thing/{name}"], RDFS.label, Literal(name), GRAPH.one) for name in names]


def _written(store: StoreDirectory, added: list[Quad], removed: list[Quad], parent: str) -> str:
    change = Change.of(added, removed)
    return store.commit_change(change, parent=parent, author="an officer", message="a test").version


def test_a_version_that_is_a_change_opens_as_what_it_makes_of_the_ones_before(tmp_path: Path) -> None:
    store = StoreDirectory(tmp_path)
    first, _ = store.commit(_stored("a", "b"), "whole")
    second = _written(store, _stored("c"), _stored("a"), first.version)
    _written(store, _stored("d"), [], second)
    assert store.open().texts() == in_memory(_stored("b", "c", "d")).texts()
    assert store.open("1").texts() == in_memory(_stored("a", "b")).texts()
    manifest = store.manifest(second)
    assert (manifest.author, manifest.parent, manifest.added, manifest.removed) == ("an officer", "1", 1, 1)
    assert manifest.graphs == {GRAPH.one.value: 2}
    assert [one.version for one in store.changes("1") or []] == ["2", "3"]


def test_a_change_of_a_version_that_is_not_current_any_more_is_refused(tmp_path: Path) -> None:
    store = StoreDirectory(tmp_path)
    store.commit(_stored("a"), "whole")
    _written(store, _stored("b"), [], "1")
    with pytest.raises(StaleVersion, match="version 2 has come after version 1"):
        _written(store, _stored("c"), [], "1")
    assert store.current() == "2"


def test_a_build_keeps_what_was_written_into_graphs_of_their_own(tmp_path: Path) -> None:
    store = StoreDirectory(tmp_path)
    store.commit(_stored("a"), "whole")
    mine = [
        Quad(ID["thing/mine"], RDFS.label, Literal("mine"), graph) for graph in (NamedNode("urn:mine"), DefaultGraph())
    ]
    _written(store, [*mine, *_stored("b")], [], "1")
    store.commit(_stored("a", "c"), "built again")
    assert store.open().texts() == in_memory([*_stored("a", "c"), *mine]).texts()
    assert store.changes("2") is None
    _, new = store.commit(_stored("a", "c"), "and again")
    assert not new
