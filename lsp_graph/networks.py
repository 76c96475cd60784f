"""
The network of shared partners: who holds the partnerships of the country together.

    graph + date  ->  partnerships and the bodies in them  ->  degree, betweenness, components

The network has two kinds of node, partnerships and bodies, and an edge where a body sits in a partnership. It grows
with the memberships; joining partnerships that share a body directly would grow with the square of their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import networkx
from pyoxigraph import Literal, NamedNode, QuerySolutions

from lsp_graph.binding import bind
from lsp_graph.layout import QUERIES
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Backend

_COLUMNS: Final = ("partnership", "partnershipLabel", "area", "body", "bodyLabel", "how")

PARTNERSHIP: Final = "partnership"
BODY: Final = "body"

_SAMPLED: Final = 200
"""Nodes from which shortest paths are counted where there are more: betweenness is then an estimate (and says so)."""

_SEED: Final = 2008
"""The sample is the same every time, so that an answer can be checked."""


@dataclass(frozen=True)
class Standing:
    """One node: in how many partnerships a body sits, or how many bodies a partnership has (`degree`).

    `betweenness` is the share of the shortest paths between other nodes that lead through it, 0 to 1; `component` is
    the number of the connected part that it belongs to, 1 for the largest.
    """

    iri: str
    label: str
    kind: str
    degree: int
    betweenness: float
    component: int


@dataclass(frozen=True)
class Network:
    """The measures, nodes of most betweenness first, and what they are computed from.

    `components` are the sizes of the connected parts in nodes, the largest first; `estimated` says that betweenness was
    computed from a sample of nodes; `computed_from` names the relations that made edges.
    """

    as_of: date
    standings: tuple[Standing, ...]
    components: tuple[int, ...]
    edges: int
    estimated: bool
    computed_from: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The measures in the shape of the API."""
        return {
            "asOf": self.as_of.isoformat(),
            "nodes": len(self.standings),
            "edges": self.edges,
            "components": list(self.components),
            "estimated": self.estimated,
            "computedFrom": list(self.computed_from),
            "standings": [vars(one) for one in self.standings],
        }


@dataclass(frozen=True)
class Shared:
    """Two partnerships side by side: the bodies in both, in one only, and how alike they are (0 to 1, Jaccard)."""

    both: tuple[str, ...]
    one: tuple[str, ...]
    other: tuple[str, ...]

    @property
    def likeness(self) -> float | None:
        """The share of all their bodies that sit in both; None where neither has any recorded."""
        every = len(self.both) + len(self.one) + len(self.other)
        return len(self.both) / every if every else None

    def as_json(self) -> dict[str, Any]:
        """The comparison in the shape of the API."""
        return {**vars(self), "likeness": self.likeness}


def network(backend: Backend, *, region: NamedNode | None = None, as_of: date = DEFAULT_AS_OF) -> Network:
    """Measure the network of shared partners on a date, of the country or of the partnerships in one region."""
    graph, computed_from = _graph(backend, region, as_of)
    estimated = len(graph) > _SAMPLED
    between = networkx.betweenness_centrality(graph, k=_SAMPLED if estimated else None, seed=_SEED)
    parts = sorted(networkx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    number = {node: position for position, part in enumerate(parts, 1) for node in part}
    standings = (
        Standing(node, said["label"], said["kind"], graph.degree(node), round(between[node], 6), number[node])
        for node, said in graph.nodes(data=True)
    )
    return Network(
        as_of=as_of,
        standings=tuple(sorted(standings, key=lambda one: (-one.betweenness, -one.degree, one.label, one.iri))),
        components=tuple(len(part) for part in parts),
        edges=graph.number_of_edges(),
        estimated=estimated,
        computed_from=computed_from,
    )


def compare(backend: Backend, one: NamedNode, other: NamedNode, as_of: date = DEFAULT_AS_OF) -> Shared:
    """The bodies, by name, that the partnerships of two areas share on a date, and those in one of them only."""
    graph, _ = _graph(backend, None, as_of)
    here, there = (
        {body for node in graph if area.value in graph.nodes[node].get("areas", ()) for body in graph[node]}
        for area in (one, other)
    )

    def names(bodies: set[str]) -> tuple[str, ...]:
        return tuple(sorted(graph.nodes[body]["label"] for body in bodies))

    return Shared(names(here & there), names(here - there), names(there - here))


def _graph(backend: Backend, region: NamedNode | None, as_of: date) -> tuple[Any, tuple[str, ...]]:
    """The bipartite graph, nodes in the order of their IRIs, and the relations that made its edges."""
    text = (QUERIES / "lookup" / "partners.rq").read_text(encoding="utf-8")
    answer = backend.query(bind(text, {} if region is None else {"_region": region}), as_of=as_of)
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    graph = networkx.Graph()
    relations: set[str] = set()
    for row in answer:
        said = {name: term.value for name in _COLUMNS if isinstance(term := row[name], NamedNode | Literal)}
        of = graph.nodes[said["partnership"]]["areas"] if said["partnership"] in graph else set()
        graph.add_node(said["partnership"], label=said["partnershipLabel"], kind=PARTNERSHIP, areas=of | {said["area"]})
        graph.add_node(said["body"], label=said["bodyLabel"], kind=BODY)
        graph.add_edge(said["partnership"], said["body"])
        relations.add(said["how"])
    return graph, tuple(sorted(relations))
