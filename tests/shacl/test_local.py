"""Validating a few nodes finds what validating all nodes finds of these."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_graph.namespaces import RDF, SH
from lsp_graph.shacl import Shapes, Validation, ValidationResult, read_shapes
from lsp_graph.shacl.local import Among, Local, parted
from lsp_graph.shacl.results import sort_key
from lsp_graph.shacl.terms import Term, graph_of
from lsp_graph.shacl.walk import Walk
from tests.shacl.invented import EX, WORLDS, Triples, cases, data

TEXTS = sorted((Path(__file__).parent / "queries").rglob("*.rq"))


def stored(triples: Triples) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(one.subject, one.predicate, one.object) for one in triples)
    return store


def select(store: ox.Store, text: str) -> ox.QuerySolutions:
    rows = store.query(text)
    assert isinstance(rows, ox.QuerySolutions)
    return rows


def found(shapes: Shapes, store: ox.Store) -> list[ValidationResult]:
    return Validation(shapes, lambda text: select(store, text)).results()


def found_nearby(shapes: Shapes, store: ox.Store, nodes: Iterable[Term]) -> list[ValidationResult]:
    graph = Walk(store)
    local, among = Local(parted(shapes), graph, lambda text: select(store, text)), Among(graph, nodes)
    results = [
        result
        for shape in shapes.targeted
        for result in local.results(shape.node, local.focus_nodes(shape.node, among))
    ]
    return sorted(results, key=sort_key)


def constrained(text: str) -> Shapes:
    """A shape with all kinds of target and one constraint in SPARQL."""
    constraint, shape = ox.BlankNode(), EX.Shape
    return read_shapes(
        graph_of(
            [
                ox.Triple(shape, RDF.type, SH.NodeShape),
                ox.Triple(shape, SH.targetClass, EX.A),
                ox.Triple(shape, SH.targetSubjectsOf, EX.p),
                ox.Triple(shape, SH.targetObjectsOf, EX.q),
                ox.Triple(shape, SH.targetNode, EX.one),
                ox.Triple(shape, SH.sparql, constraint),
                ox.Triple(constraint, SH.select, ox.Literal(text)),
            ]
        )
    )


def terms(triples: Triples) -> set[Term]:
    return {term for quad in stored(triples) for term in (quad.subject, quad.object) if not isinstance(term, ox.Triple)}


@given(cases(), st.data())
@settings(max_examples=150, deadline=None)
def test_a_few_nodes_fare_as_among_all(case: tuple[Triples, Triples], draw: st.DataObject) -> None:
    triples, stated = case
    shapes, store = read_shapes(graph_of(stated)), stored(triples)
    known = sorted(terms(triples), key=str)
    some = draw.draw(st.lists(st.sampled_from(known), unique=True)) if known else []

    assert found_nearby(shapes, store, some) == [one for one in found(shapes, store) if one.root_focus in some]


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
@given(triples=st.sampled_from(WORLDS).flatmap(data))
@settings(max_examples=8, deadline=None)
def test_a_text_is_asked_about_all_nodes_that_can_break_it(file: Path, triples: Triples) -> None:
    named = [one for one in triples if "_:" not in f"{one.subject}{one.object}"]
    held = named if file.parent.name == "one-by-one" else triples
    shapes, store = constrained(file.read_text(encoding="utf-8")), stored(held)
    nodes = terms(held) | {EX.one}

    assert found_nearby(shapes, store, nodes) == found(shapes, store)
