"""What a record may refer to follows each change of the graph: as if all had been read again."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, Quad

from lsp_graph.namespaces import LSP, RDFS, graph, resource
from lsp_graph.record import follow_things, known_things
from lsp_graph.store import in_memory
from lsp_graph.store.changes import Change

THINGS = [
    resource("area", "E09000028"),
    resource("authority", "E09000028"),
    resource("body", "a"),
    resource("body", "a/b"),  # none that records refer to
    resource("membership", "a"),
]
QUADS = st.frozensets(
    st.builds(
        Quad,
        st.sampled_from(THINGS),
        st.sampled_from([RDFS.label, LSP.ofName]),
        st.sampled_from([Literal("A"), Literal("B", language="en"), Literal("C")]),
        st.sampled_from([graph("one"), graph("two")]),
    ),
    max_size=12,
)


@given(st.lists(QUADS, min_size=2, max_size=4))
def test_what_is_known_follows_a_change(states: list[frozenset[Quad]]) -> None:
    graph_held = in_memory(states[0])
    known_things(graph_held)
    for before, after in pairwise(states):
        version, change = graph_held.version, Change.of(after - before, before - after)
        graph_held.advance(change, f"{version}+")
        follow_things(graph_held, version, change)
        assert known_things(graph_held) == known_things(in_memory(after))
