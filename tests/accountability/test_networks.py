"""The measures of the network of shared partners are those that can be counted by hand."""

from __future__ import annotations

import pytest

from lsp_graph.namespaces import resource
from lsp_graph.networks import BODY, compare, network
from lsp_graph.store import EmbeddedBackend, in_memory


def test_a_body_has_the_degree_of_its_partnerships_and_stands_between_them(place: EmbeddedBackend) -> None:
    found = network(place)
    standing = {one.label: one for one in found.standings}

    assert {label: one.degree for label, one in standing.items()} == {
        "Aford Together": 2,
        "Aford Fire": 2,
        "Aford Police": 1,
        "Beford Together": 1,
    }
    # police - Aford Together - fire - Beford Together: of the 3 pairs of others, 2 go through each in the middle.
    assert standing["Aford Fire"].betweenness == pytest.approx(2 / 3)
    assert standing["Beford Together"].betweenness == 0
    assert standing["Aford Fire"].kind == BODY
    assert (found.components, found.edges, found.estimated) == ((4,), 3, False)
    assert found.computed_from == ("recorded memberships",)


def test_two_partnerships_stand_side_by_side(place: EmbeddedBackend) -> None:
    shared = compare(place, resource("area", "A"), resource("area", "B"))

    assert (shared.both, shared.one, shared.other) == (("Aford Fire",), ("Aford Police",), ())
    assert shared.likeness == 1 / 2


def test_a_region_without_partnerships_has_no_network(place: EmbeddedBackend) -> None:
    assert network(place, region=resource("area", "elsewhere")).standings == ()
    assert len(network(place, region=resource("area", "R")).standings) == 4


def test_of_nothing_recorded_nothing_is_concluded() -> None:
    empty = in_memory([])

    assert network(empty).components == ()
    assert compare(empty, resource("area", "A"), resource("area", "B")).likeness is None
