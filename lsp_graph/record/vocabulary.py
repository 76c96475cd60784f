"""
The terms that a record in RDF may use: those of the ontology, and those that it borrows.

    ontology/*.ttl  ->  its properties and classes;  the format  ->  the datatype that a property's values have
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, parse

from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import OWL, PREFIXES, RDF, RDFS, XSD, expand
from lsp_graph.record.format import Format, read_format
from lsp_graph.record.tables import nearest

_PROPERTIES: Final = frozenset({OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property})
_CLASSES: Final = frozenset({OWL.Class, RDFS.Class})
_DATATYPES: Final = {"date": XSD.date, "number": XSD.decimal, "integer": XSD.integer, "boolean": XSD.boolean}
"""By what the cells of a column hold."""


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
    for path in sorted(folder.glob("*.ttl")):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            term, said = quad.subject, quad.object
            if not isinstance(term, NamedNode) or not isinstance(said, NamedNode):
                continue
            if quad.predicate == RDF.type and said in _PROPERTIES:
                properties.add(term)
            elif quad.predicate == RDF.type and said in _CLASSES:
                classes.add(term)
    return Vocabulary(frozenset(properties), frozenset(classes), _datatypes(read_format()))


def _datatypes(form: Format) -> dict[NamedNode, NamedNode]:
    """The datatype of each property whose columns all hold the same."""
    held: dict[NamedNode, set[NamedNode | None]] = {}
    for table in form.tables.values():
        for column in table.columns:
            for stated in column.properties.values():
                held.setdefault(expand(stated), set()).add(_DATATYPES.get(column.value))
    single = {property: next(iter(kinds)) for property, kinds in held.items() if len(kinds) == 1}
    return {property: datatype for property, datatype in single.items() if datatype is not None}


def unknown(term: NamedNode, terms: frozenset[NamedNode], kind: str) -> str:
    """What would be right instead of a term that is not declared."""
    if short(term).startswith("<"):
        return f"{kind} of the ontology, or one that it borrows"
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
