"""The invented places as quads, without a build of the real register: made in two seconds."""

from __future__ import annotations

from functools import cache

from pyoxigraph import NamedNode, Quad

from lsp_graph.build import read_ontology
from lsp_graph.fictional import read_world
from lsp_graph.ingest.sources import ingest
from lsp_graph.layout import DATA
from lsp_graph.namespaces import GRAPH
from lsp_graph.store.worlds import COMMON, common, prefix

WORLD = "fictional"


@cache
def quads() -> frozenset[Quad]:
    """The invented places in their graphs, and what is true anywhere."""
    names = (graph.value.removeprefix(str(GRAPH)) for graph in COMMON)
    stated = {quad for name in names if (DATA / name).is_dir() for quad in ingest(DATA / name)}
    shared = set(common(stated | read_ontology()))
    return frozenset(shared | read_world(DATA / "fictional", WORLD, shared))


def published() -> set[Quad]:
    """The same as if the places were real: in graphs of the default dataset."""
    return {Quad(one.subject, one.predicate, one.object, _renamed(one.graph_name)) for one in quads()}


def _renamed(graph: object) -> NamedNode:
    assert isinstance(graph, NamedNode)
    return NamedNode(graph.value.replace(prefix(WORLD), f"{GRAPH}places/"))
