"""What a change can matter to holds every node of which the results differ."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_graph.shacl import Shapes, Validation, read_shapes
from lsp_graph.shacl.affected import Affected, Change
from lsp_graph.shacl.terms import Node, Term, graph_of
from tests.shacl.invented import EX, WORLDS, Triples, data, shapes
from tests.shacl.test_local import TEXTS, constrained, select, stored

CHANGES = Path(__file__).parent / "changes"
"""Each a graph before and after, shapes, and the nodes that are to be validated again (`:any` for all)."""


def difference(before: ox.Store, after: ox.Store) -> Change:
    def triples(quads: set[ox.Quad]) -> tuple[ox.Triple, ...]:
        return tuple(quad.triple for quad in sorted(quads, key=str))

    return Change(triples(set(before) - set(after)), triples(set(after) - set(before)))


def fates(known: Shapes, store: ox.Store) -> dict[Node, dict[Term, object]]:
    """For each shape with a target how each of its focus nodes fares."""
    validation = Validation(known, lambda text: select(store, text))
    found: dict[Node, dict[Term, object]] = {}
    for shape in known.targeted:
        results = defaultdict(list)
        for result in validation.results([shape.node]):
            results[result.root_focus].append(result)
        found[shape.node] = {node: results.get(node) for node in validation.focus_nodes(shape.node)}
    return found


def assert_none_is_left_out(known: Shapes, before: ox.Store, after: ox.Store) -> None:
    affected = Affected(known, difference(before, after), after)
    earlier, later = fates(known, before), fates(known, after)
    for shape in known.targeted:
        was, now = earlier[shape.node], later[shape.node]
        differing = {node for node in was.keys() | now.keys() if was.get(node, "no") != now.get(node, "no")}
        told = affected.focus_nodes(shape.node)
        assert told is None or differing <= told


@pytest.mark.parametrize("file", sorted(CHANGES.glob("*.trig")), ids=lambda file: file.stem)
def test_a_change_reaches_just_the_nodes_that_it_can_matter_to(file: Path) -> None:
    graphs: dict[str, list[ox.Triple]] = defaultdict(list)
    for quad in ox.parse(path=file, format=ox.RdfFormat.TRIG):
        graphs[quad.graph_name.value.rpartition("/")[2]].append(quad.triple)
    known, after = read_shapes(graph_of(graphs["shapes"])), stored(graphs["after"])
    affected = Affected(known, difference(stored(graphs["before"]), after), after)
    expected = {one.object for one in graphs["affected"]}
    told = affected.focus_nodes(EX.S)

    assert told == (None if EX.any in expected else expected)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Triples, Triples, Triples]:
    """Data before, data after, and shapes."""
    world = draw(st.sampled_from(WORLDS))
    before, more = draw(data(world)), draw(data(world))
    kept = [one for one in before if draw(st.integers(0, 4))]
    return before, kept + more[: draw(st.integers(0, 3))], draw(shapes(world))


@given(changes())
@settings(max_examples=150, deadline=None)
def test_no_node_is_left_out(case: tuple[Triples, Triples, Triples]) -> None:
    before, after, stated = case
    assert_none_is_left_out(read_shapes(graph_of(stated)), stored(before), stored(after))


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
@given(case=changes())
@settings(max_examples=6, deadline=None)
def test_no_node_that_a_text_is_about_is_left_out(file: Path, case: tuple[Triples, Triples, Triples]) -> None:
    before, after, _ = case
    if file.parent.name == "one-by-one":
        before, after = ([one for one in each if "_:" not in f"{one.subject}{one.object}"] for each in (before, after))
    assert_none_is_left_out(constrained(file.read_text(encoding="utf-8")), stored(before), stored(after))
