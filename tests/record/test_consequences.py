"""What follows from a record, concluded from what is near it, is what follows when everything is concluded anew."""

from __future__ import annotations

from functools import cache

import pytest
from pyoxigraph import NamedNode, Quad, Store

from lsp_graph.derive import apply_rules, closure
from lsp_graph.record.consequences import change_of
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.changes import Change
from lsp_graph.store.worlds import prefix

WORLD = "fictional"
INFERRED, DERIVED = (NamedNode(f"{prefix(WORLD)}{name}") for name in ("inferred", "derived"))


@cache
def concluded(stated: frozenset[Quad]) -> frozenset[Quad]:
    """Everything, as a build concludes it."""
    closed = closure(stated, INFERRED)
    return stated | closed | apply_rules(stated | closed, DERIVED)


def stored(quads: frozenset[Quad]) -> Store:
    store = Store()
    store.bulk_extend(quads)
    return store


def after(quads: frozenset[Quad], change: Change) -> frozenset[Quad]:
    return (quads - {quad for _, quad in change.went}) | {quad for _, quad in change.came}


@pytest.fixture(scope="module")
def stated(real: EmbeddedBackend) -> frozenset[Quad]:
    return frozenset(quad for quad in real.world(WORLD).own() if quad.graph_name not in (INFERRED, DERIVED))


@pytest.mark.parametrize("key", ["F06000001", "F07000002"], ids=["a borough", "a district"])
def test_a_record_comes_with_all_that_follows_from_it_and_goes_with_it(stated: frozenset[Quad], key: str) -> None:
    record = frozenset(quad for quad in stated if quad.graph_name == NamedNode(f"{prefix(WORLD)}record/{key}"))
    without, whole = concluded(stated - record), concluded(stated)

    came = change_of(stored(without), record, (), WORLD)
    went = change_of(stored(whole), (), record, WORLD)

    assert len(record) > 1000
    assert after(without, came) == whole
    assert after(whole, went) == without


def test_a_record_in_place_of_itself_changes_nothing(stated: frozenset[Quad]) -> None:
    record = frozenset(quad for quad in stated if quad.graph_name == NamedNode(f"{prefix(WORLD)}record/F07000001"))

    assert record
    assert not change_of(stored(concluded(stated)), record, record, WORLD)


def test_a_part_of_a_record_that_goes_takes_with_it_only_what_nothing_else_supports(stated: frozenset[Quad]) -> None:
    graph = NamedNode(f"{prefix(WORLD)}record/F06000001")
    record = frozenset(quad for quad in stated if quad.graph_name == graph)
    fewer = frozenset(quad for quad in record if "agreement" not in str(quad.subject))

    change = change_of(stored(concluded(stated)), fewer, record, WORLD)

    assert change.removed
    assert after(concluded(stated), change) == concluded((stated - record) | fewer)
