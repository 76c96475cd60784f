"""Quads looked up by predicate, subject and type: what claims about the register are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from lsp_graph.namespaces import RDF

SOURCES = (
    "body-registers",
    "british-drug-dynamics",
    "documents",
    "hansard-bodies",
    "indices-of-deprivation",
    "joint-authorities",
    "mysociety",
    "ons-code-history",
    "uk-geojson",
)


@dataclass(frozen=True)
class Facts:
    """Quads, found by predicate and subject or by type."""

    quads: frozenset[Quad]
    by_predicate: dict[str, dict[NamedNode, set[NamedNode | Literal]]]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Facts:
        found = frozenset(quads)
        index: dict[str, dict[NamedNode, set[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(set))
        for quad in found:
            assert isinstance(quad.subject, NamedNode), "no blank nodes in data"
            assert isinstance(quad.object, NamedNode | Literal)
            index[quad.predicate.value][quad.subject].add(quad.object)
        return cls(found, {predicate: dict(subjects) for predicate, subjects in index.items()})

    def values(self, predicate: NamedNode, subject: NamedNode) -> set[str]:
        return {value.value for value in self.by_predicate.get(predicate.value, {}).get(subject, set())}

    def value(self, predicate: NamedNode, subject: NamedNode) -> str | None:
        found = self.values(predicate, subject)
        assert len(found) <= 1, f"{subject} has several {predicate}: {found}"
        return next(iter(found), None)

    def subjects(self, predicate: NamedNode) -> set[NamedNode]:
        return set(self.by_predicate.get(predicate.value, {}))

    def pairs(self, predicate: NamedNode) -> set[tuple[NamedNode, str]]:
        return {
            (s, value.value) for s, values in self.by_predicate.get(predicate.value, {}).items() for value in values
        }

    def of_type(self, *classes: NamedNode) -> set[NamedNode]:
        wanted = set(classes)
        return {s for s, types in self.by_predicate[RDF.type.value].items() if types & wanted}


def key(thing: NamedNode | str) -> str:
    """The last part of an IRI."""
    return (thing if isinstance(thing, str) else thing.value).rsplit("/", 1)[-1]
