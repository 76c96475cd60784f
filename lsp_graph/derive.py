"""
What follows from what is stated.

    stated quads  ->  the OWL RL closure        (graph:inferred)
                  ->  duties instantiated       (graph:derived), by the rules of queries/derive/
                  ->  shortcuts                 (graph:shortcuts; made anew in every view, see `store.embedded`)

Every derived node names its rule (`lsp:derivedBy`) and the facts the rule took (`prov:wasDerivedFrom`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from lsp_graph.headers import read_query
from lsp_graph.layout import QUERIES, shown
from lsp_graph.literals import generated, in_graph, interval_of
from lsp_graph.namespaces import GRAPH, LSP, RDF, RDFS, provision, resource
from lsp_graph.reasoning import owl_rl
from lsp_graph.store import merged_view
from lsp_graph.store.rules import construct, files

INFERRED = GRAPH.inferred
DERIVED = GRAPH.derived


@dataclass(frozen=True)
class Rule:
    """A rule of `queries/derive/`: the CONSTRUCT query, and who says that it holds."""

    path: Path
    label: str
    order: int
    basis: tuple[str, ...]
    document: str
    place: str

    @property
    def iri(self) -> NamedNode:
        """The rule's IRI, from its file name."""
        return resource("rule", self.path.stem)

    def description(self) -> Iterator[Triple]:
        """The rule as data, so that a derived answer can say by what rule it came about, and who says so."""
        yield Triple(self.iri, RDF.type, LSP.DerivationRule)
        yield Triple(self.iri, RDFS.label, Literal(self.label, language="en"))
        yield Triple(self.iri, LSP.file, Literal(shown(self.path)))
        yield Triple(self.iri, LSP.document, resource("document", self.document))
        yield Triple(self.iri, LSP.place, Literal(self.place))
        for basis in self.basis:
            yield Triple(self.iri, LSP.basis, provision(basis))


def rules(folder: Path = QUERIES / "derive") -> list[Rule]:
    """The rules in the order in which they build on each other."""
    found = []
    for path in files(folder):
        header, _ = read_query(path)
        found.append(
            Rule(
                path=path,
                label=header["label"],
                order=header["order"],
                basis=tuple(header.get("basis", ())),
                document=header["document"],
                place=header["place"],
            )
        )
    return sorted(found, key=lambda rule: (rule.order, rule.path))


def closure(stated: Iterable[Quad], graph: NamedNode = INFERRED) -> set[Quad]:
    """The OWL RL closure of what is stated, less what is stated already, as quads of `graph`."""
    quads = list(stated)
    triples = {quad.triple for quad in quads}
    made = set(owl_rl(triples)) - triples
    made.update(_provenance(graph, "the OWL 2 RL closure", quads))
    return {in_graph(triple, graph) for triple in made}


def apply_rules(stated: Iterable[Quad], graph: NamedNode = DERIVED) -> set[Quad]:
    """What the rules derive from the quads that are asked together, as quads of `graph`, with the rules' descriptions.

    Each rule sees what the ones of a lower order derived, of all periods; a rule itself intersects the periods of what
    it takes.
    """
    quads = list(stated)
    store = merged_view(quad.triple for quad in quads)
    derived: set[Quad] = set()
    awaited: list[Triple] = []
    for _, level in groupby(rules(), key=lambda rule: rule.order):
        store.bulk_extend(in_graph(triple, DefaultGraph()) for triple in awaited)
        awaited = [triple for rule in level for triple in construct(store, rule.path)]
        derived.update(in_graph(triple, graph) for triple in awaited)
    described = chain(
        _intervals(derived),
        chain.from_iterable(rule.description() for rule in rules()),
        _provenance(graph, "the rules of queries/derive", quads),
    )
    return derived | {in_graph(triple, graph) for triple in described}


def _provenance(graph: NamedNode, by: str, quads: Iterable[Quad]) -> list[Triple]:
    """From which graphs a graph was made."""
    names = {quad.graph_name for quad in quads}
    inputs = sorted((name for name in names if isinstance(name, NamedNode)), key=str)
    return generated(graph, by, inputs)


def _intervals(quads: Iterable[Quad]) -> Iterator[Triple]:
    """`lsp:during` for what the rules gave a first or last day."""
    edges = (LSP["from"], LSP.until)
    days: dict[NamedNode, dict[NamedNode, date]] = {}
    for quad in quads:
        if quad.predicate in edges and isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            days.setdefault(quad.subject, {})[quad.predicate] = date.fromisoformat(quad.object.value)
    periods: dict[tuple[date | None, date | None], NamedNode] = {}
    for subject, edge in days.items():
        period = (edge.get(edges[0]), edge.get(edges[1]))
        if period not in periods:
            periods[period], described = interval_of(*period)
            yield from described
        yield Triple(subject, LSP.during, periods[period])
