"""
The terms that a record in RDF may use: those of the ontology, and those that it borrows.

    ontology/*.ttl  ->  its properties and classes, and the datatype that a property's values have
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, parse

from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import OWL, PREFIXES, RDF, RDFS, XSD
from lsp_graph.record.tables import nearest

_PROPERTIES: Final = frozenset({OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property})
_CLASSES: Final = frozenset({OWL.Class, RDFS.Class})
_RANGE: Final = NamedNode("https://schema.org/rangeIncludes")


@dataclass(frozen=True)
class Vocabulary:
    """What is declared. `datatypes` has the one datatype of a property's values, where it has one."""

    properties: frozenset[NamedNode]
    classes: frozenset[NamedNode]
    datatypes: Mapping[NamedNode, NamedNode]


@cache
def vocabulary(folder: Path = ONTOLOGY) -> Vocabulary:
    """The vocabulary of the ontology in a folder."""
    properties, classes = {RDF.type, RDFS.label, RDFS.comment}, set[NamedNode]()
    ranges: dict[NamedNode, set[NamedNode]] = {}
    for path in sorted(folder.glob("*.ttl")):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            term, said = quad.subject, quad.object
            if not isinstance(term, NamedNode) or not isinstance(said, NamedNode):
                continue
            if quad.predicate == RDF.type and said in _PROPERTIES:
                properties.add(term)
            elif quad.predicate == RDF.type and said in _CLASSES:
                classes.add(term)
            elif quad.predicate == _RANGE:
                ranges.setdefault(term, set()).add(said)
    single = {term: next(iter(kinds)) for term, kinds in ranges.items() if len(kinds) == 1}
    typed = {term: kind for term, kind in single.items() if kind.value.startswith(str(XSD))}
    return Vocabulary(frozenset(properties), frozenset(classes), typed)


def unknown(term: NamedNode, terms: frozenset[NamedNode], kind: str) -> str:
    """What would be right instead of a term that is not declared."""
    known = {short(one): one.value for one in sorted(terms, key=str)}
    local = {name: name.partition(":")[2] for name in known}
    near = nearest(short(term).rpartition(":")[2], local)
    return f"{' or '.join(near)}? {kind} of the ontology" if near else f"{kind} of the ontology"


def short(term: NamedNode) -> str:
    """An IRI as people write it: with a prefix where there is one."""
    for prefix, begins in PREFIXES.items():
        local = term.value.removeprefix(begins)
        if local != term.value and "/" not in local and "#" not in local:
            return f"{prefix}:{local}"
    return f"<{term.value}>"
