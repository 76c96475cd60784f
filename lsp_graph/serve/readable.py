"""
A description in plain words, for people and for programs that know no RDF.

    description  ->  label, types, properties with their labels and values, what points here, who says so

Used as the JSON of a document, and by its page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from lsp_graph.namespaces import BASE, DCTERMS, ID, LSP, RDF, RDFS, SKOS, XSD
from lsp_graph.serve.description import Description
from lsp_graph.serve.prefixes import curie

_NAMING: Final = (RDFS.label, SKOS.prefLabel, DCTERMS.title)
_TOLD_APART: Final = frozenset({RDF.type, LSP.evidence})
"""Properties that have members of their own."""

_PLAIN: Final = frozenset({XSD.string, RDF.langString})
_SPACES: Final = (str(ID), BASE)

Subjects = Mapping[Any, Sequence[Triple]]


class Names:
    """What things are called, by these triples; what has no name goes by its IRI, shortened."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._labels: dict[Any, tuple[int, bool, int, str]] = {}
        for triple in triples:
            if triple.predicate in _NAMING and isinstance(triple.object, Literal):
                said = triple.object
                foreign = said.language is not None and not said.language.startswith("en")
                label = (_NAMING.index(triple.predicate), foreign, len(said.value), said.value)
                self._labels[triple.subject] = min(label, self._labels.get(triple.subject, label))

    def label(self, node: NamedNode) -> str | None:
        """The label of a thing."""
        found = self._labels.get(node)
        return found[3] if found else None

    def name(self, node: NamedNode) -> str:
        """The label of a thing, or else what of its IRI tells it from others."""
        return self.label(node) or curie(node.value) or _rest(node.value)

    def reference(self, node: NamedNode) -> dict[str, Any]:
        """A thing as others refer to it."""
        return {"iri": node.value, "label": self.name(node)}


def readable(described: Description, names: Names | None = None) -> dict[str, Any]:
    """The description as JSON values; `names` where they are known beyond its own triples."""
    names = names or Names(described.triples)
    subjects: dict[Any, list[Triple]] = {}
    for triple in described.told:
        subjects.setdefault(triple.subject, []).append(triple)
    types = sorted({triple.object for triple in described.said if triple.predicate == RDF.type}, key=str)
    pointing: dict[NamedNode, list[Any]] = {}
    for triple in described.pointing:
        pointing.setdefault(triple.predicate, []).append(triple.subject)
    return {
        "iri": described.thing.value,
        "label": names.name(described.thing),
        "types": [names.reference(class_) for class_ in types if isinstance(class_, NamedNode)],
        "properties": _properties(described.said, subjects, names, frozenset()),
        "incoming": [
            {
                **names.reference(property_),
                "total": described.totals.get(property_, len(others)),
                "values": [_value(other, subjects, names, frozenset()) for other in others],
            }
            for property_, others in sorted(pointing.items(), key=lambda item: names.name(item[0]))
        ],
        "evidence": [
            _evidence(triple, subjects, names) for triple in described.told if triple.predicate == LSP.evidence
        ],
    }


def _properties(
    triples: Iterable[Triple], subjects: Subjects, names: Names, above: frozenset[Any]
) -> list[dict[str, Any]]:
    values: dict[NamedNode, list[Any]] = {}
    for triple in triples:
        if triple.predicate not in _TOLD_APART or above:
            values.setdefault(triple.predicate, []).append(triple.object)
    return [
        {**names.reference(property_), "values": [_value(one, subjects, names, above) for one in objects]}
        for property_, objects in sorted(values.items(), key=lambda item: names.name(item[0]))
    ]


def _value(node: Any, subjects: Subjects, names: Names, above: frozenset[Any]) -> dict[str, Any]:
    """A thing by reference, a literal with its type or language; a blank node with all that it says."""
    if isinstance(node, NamedNode):
        return names.reference(node)
    if isinstance(node, BlankNode):
        if node in above:
            return {"properties": []}
        return {"properties": _properties(subjects.get(node, ()), subjects, names, above | {node})}
    said = {"value": node.value}
    if node.language is not None:
        said["language"] = node.language
    elif node.datatype not in _PLAIN:
        said["datatype"] = curie(node.datatype.value) or node.datatype.value
    return said


def _evidence(triple: Triple, subjects: Subjects, names: Names) -> dict[str, Any]:
    """Where a fact stands: of which thing, in which source, document and place, file and row, and how sure it is."""
    said = {one.predicate: one.object for one in subjects.get(triple.object, ())}
    told: dict[str, Any] = {"iri": getattr(triple.object, "value", None)}
    told["of"] = names.reference(triple.subject) if isinstance(triple.subject, NamedNode) else None
    for member in ("source", "document", "confidence"):
        node = said.get(LSP[member])
        told[member] = names.reference(node) if isinstance(node, NamedNode) else None
    for member in ("place", "file", "row"):
        literal = said.get(LSP[member])
        told[member] = literal.value if isinstance(literal, Literal) else None
    return told


def _rest(iri: str) -> str:
    for space in _SPACES:
        if iri.startswith(space):
            return iri.removeprefix(space)
    return iri
