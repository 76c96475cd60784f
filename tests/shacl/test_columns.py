"""Columns lead where the store's own paths lead, and count what they hold."""

from __future__ import annotations

from functools import partial

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_graph.namespaces import RDF, SH, XSD
from lsp_graph.shacl import Validation, read_shapes
from lsp_graph.shacl.columns import Columns, Numbered, distinct, joined, tally, union
from lsp_graph.shacl.paths import Path, sparql
from lsp_graph.shacl.terms import graph_of
from lsp_graph.store.rows import Terms, table
from tests.shacl.invented import EX, WORLDS, Triples, data, paths


def columns_of(triples: Triples) -> tuple[Columns, ox.Store]:
    store = ox.Store()
    store.extend(ox.Quad(one.subject, one.predicate, one.object) for one in triples)
    return Columns(partial(table, store), Terms()), store


@given(data(WORLDS[2]), paths)
@settings(max_examples=150, deadline=None)
def test_a_path_leads_where_the_store_says(triples: Triples, path: Path) -> None:
    columns, store = columns_of(triples)
    subjects = {one.subject for one in triples if not isinstance(one.subject, ox.Triple)}
    nodes = columns.codes(subjects)
    pairs = columns.along(nodes, path)
    found = list(zip(columns.terms(pairs.start), columns.terms(pairs.end), strict=True))
    subject = "{ SELECT DISTINCT ?this { ?this ?p ?o } }"
    rows = store.query(f"SELECT DISTINCT ?this ?value {{ {subject} ?this {sparql(path)} ?value }}")
    assert isinstance(rows, ox.QuerySolutions)

    assert len(set(found)) == len(found)
    assert set(found) == {(row["this"], row["value"]) for row in rows}


@given(data(WORLDS[2]))
@settings(max_examples=50, deadline=None)
def test_a_set_in_numbers_is_the_set(triples: Triples) -> None:
    columns, _ = columns_of(triples)
    objects = {one.object for one in triples if one.predicate == EX.p and not isinstance(one.object, ox.Triple)}
    numbered = Numbered(columns, distinct(columns.property(EX.p.value).end))

    assert len(numbered) == len(objects)
    assert set(numbered) == objects
    assert all(one in numbered for one in objects)
    assert ox.NamedNode("urn:not-there") not in numbered
    assert set(numbered.without(list(objects)[:1])) == set(list(objects)[1:])
    assert set(joined([numbered, frozenset([EX.more])])) == {*objects, EX.more}


@given(st.lists(st.lists(st.integers(0, 20)), max_size=4))
def test_a_union_has_each_number_once_and_in_order(lists: list[list[int]]) -> None:
    import numpy as np

    sets = [distinct(np.array(one, dtype=np.int64)) for one in lists]

    assert union(sets).tolist() == sorted({number for one in lists for number in one})


def test_a_tally_counts_what_nodes_lead_to() -> None:
    edges = [(1, 8), (2, 8), (2, 9), (3, 9)]
    columns, _ = columns_of([ox.Triple(EX[f"n{a}"], EX.p, EX[f"n{b}"]) for a, b in edges])
    nodes = columns.codes([EX.n1, EX.n2])

    told = tally(nodes, columns.property(EX.p.value))
    assert {columns.text(end): number for end, number in told} == {str(EX.n8): 2, str(EX.n9): 1}


@pytest.mark.parametrize("day", ["2008-13-45", "2008-02-30", "2008-06-30Z", "-2008-06-30"])
def test_what_is_no_plain_day_is_left_to_the_store(day: str) -> None:
    """It compares as text only by chance: an ill-formed day is an error in SPARQL, and so a violation."""
    triples = [
        ox.Triple(EX.one, EX.p, ox.Literal(day, datatype=XSD.date)),
        ox.Triple(EX.one, EX.q, ox.Literal("2009-01-01", datatype=XSD.date)),
    ]
    columns, store = columns_of(triples)
    shape, part = EX.Shape, ox.BlankNode()
    shapes = read_shapes(
        graph_of(
            [
                ox.Triple(shape, RDF.type, SH.NodeShape),
                ox.Triple(shape, SH.targetNode, EX.one),
                ox.Triple(shape, SH.property, part),
                ox.Triple(part, SH.path, EX.p),
                ox.Triple(part, SH.lessThan, EX.q),
            ]
        )
    )

    def select(query: str) -> ox.QuerySolutions:
        rows = store.query(query)
        assert isinstance(rows, ox.QuerySolutions)
        return rows

    assert Validation(shapes, select, columns=columns).results() == Validation(shapes, select).results()
