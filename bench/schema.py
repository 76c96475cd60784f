"""
What the ontology lets follow from a triple: superclasses, superproperties, inverses.

    ontology/*.ttl  ->  Schema;  Schema + quads  ->  quads of graph:inferred
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from lsp_graph.namespaces import OWL, RDF, RDFS, graph

INFERRED: Final = graph("inferred")


@dataclass(frozen=True)
class Schema:
    """All classes above each class, all properties above each property, and the inverse of each that has one."""

    above: Mapping[ox.NamedNode, frozenset[ox.NamedNode]]
    inverse: Mapping[ox.NamedNode, ox.NamedNode]

    @classmethod
    def of(cls, ontology: Path) -> Schema:
        """Read every Turtle file of the folder."""
        store = ox.Store()
        for file in sorted(ontology.glob("*.ttl")):
            store.load(path=str(file), format=ox.RdfFormat.TURTLE)
        steps: dict[ox.NamedNode, set[ox.NamedNode]] = {}
        for lower, higher in _steps(store):
            steps.setdefault(lower, set()).add(higher)
        inverse: dict[ox.NamedNode, ox.NamedNode] = {}
        for quad in store.quads_for_pattern(None, OWL.inverseOf, None):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                inverse |= {quad.subject: quad.object, quad.object: quad.subject}
        return cls({name: _reach(name, steps) for name in steps}, inverse)

    def follow(self, quads: Iterable[ox.Quad]) -> set[ox.Quad]:
        """What follows from the quads and is not among them."""
        stated = {(quad.subject, quad.predicate, quad.object) for quad in quads}
        found = {triple for subject, predicate, value in stated for triple in self._from(subject, predicate, value)}
        return {ox.Quad(*triple, INFERRED) for triple in found - stated}

    def _from(self, subject: _Node, predicate: ox.NamedNode, value: _Term) -> Iterator[_Triple]:
        if predicate == RDF.type and isinstance(value, ox.NamedNode):
            yield from ((subject, predicate, higher) for higher in self.above.get(value, ()))
            return
        for wider in (predicate, *self.above.get(predicate, ())):
            yield subject, wider, value
            if wider in self.inverse and isinstance(value, ox.NamedNode):
                yield value, self.inverse[wider], subject


_Node = ox.NamedNode | ox.BlankNode | ox.Triple
_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_Triple = tuple[_Node, ox.NamedNode, _Term]


def _steps(store: ox.Store) -> Iterator[tuple[ox.NamedNode, ox.NamedNode]]:
    """Each class or property with one directly above it; a part of a union lies below the class that equals it."""
    for relation in (RDFS.subClassOf, RDFS.subPropertyOf):
        for quad in store.quads_for_pattern(None, relation, None):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                yield quad.subject, quad.object
    for quad in store.quads_for_pattern(None, OWL.unionOf, None):
        equals = [q.subject for q in store.quads_for_pattern(None, OWL.equivalentClass, quad.subject)]
        for union in (quad.subject, *equals):
            if isinstance(union, ox.NamedNode):
                yield from ((part, union) for part in _items(store, quad.object))


def _items(store: ox.Store, head: object) -> Iterator[ox.NamedNode]:
    """The named members of an RDF list."""
    while isinstance(head, ox.BlankNode):
        first = next(store.quads_for_pattern(head, RDF.first, None)).object
        if isinstance(first, ox.NamedNode):
            yield first
        head = next(store.quads_for_pattern(head, RDF.rest, None)).object


def _reach(start: ox.NamedNode, steps: Mapping[ox.NamedNode, set[ox.NamedNode]]) -> frozenset[ox.NamedNode]:
    found: set[ox.NamedNode] = set()
    ahead = [start]
    while ahead:
        new = steps.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return frozenset(found - {start, OWL.Thing})
