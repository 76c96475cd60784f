"""
JSON-LD with a context of its own, which is published and made from the ontology.

    ontology/*.ttl  ->  context            triples + context  ->  a document that refers to it

A name of the ontology's namespace stands for itself (`area`, `Duty`), names from elsewhere keep their prefix. A value
that the context would read otherwise is written in full, so a document always says just the triples it was made from.
Source: JSON-LD 1.1, sections 4.1 (the context) and 4.2.3 (type coercion).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import LSP, OWL, RDF, RDFS, XSD
from lsp_graph.serve.prefixes import PREFIXES, curie

MEDIA_TYPE: Final = "application/ld+json"
PATH: Final = "/context.jsonld"

_RANGES: Final = frozenset({RDFS.range, NamedNode("https://schema.org/rangeIncludes")})
_NAMED: Final = frozenset({OWL.Class, OWL.DatatypeProperty, OWL.AnnotationProperty})
_NATIVE: Final = 2**53
"""From here on a JSON number is no exact integer to every reader (RFC 8259 section 6)."""


@cache
def context(ontology: Path = ONTOLOGY) -> Mapping[str, Any]:
    """The prefixes, and the classes and properties of an ontology with how their values are to be read."""
    kinds: dict[NamedNode, set[Any]] = {}
    ranges: dict[NamedNode, set[Any]] = {}
    for path in sorted(ontology.glob("*.ttl")):
        for quad in parse(path=path, format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode) and quad.predicate == RDF.type:
                kinds.setdefault(quad.subject, set()).add(quad.object)
            elif isinstance(quad.subject, NamedNode) and quad.predicate in _RANGES:
                ranges.setdefault(quad.subject, set()).add(quad.object)
    terms: dict[str, Any] = dict(PREFIXES)
    for term in sorted(kinds, key=str):
        datatype = _datatype(ranges.get(term, set())) if OWL.DatatypeProperty in kinds[term] else None
        if OWL.ObjectProperty in kinds[term]:
            terms[_name(term.value)] = {"@id": term.value, "@type": "@id"}
        elif datatype is not None:
            terms[_name(term.value)] = {"@id": term.value, "@type": datatype}
        elif kinds[term] & _NAMED and ":" not in _name(term.value):
            terms[_name(term.value)] = term.value
    return terms


def published() -> bytes:
    """The context as the document that others refer to."""
    return json.dumps({"@context": context()}, ensure_ascii=False, indent=1).encode()


def write(triples: Iterable[Triple], address: str, terms: Mapping[str, Any] | None = None) -> bytes:
    """The triples as JSON-LD that refers to the context at an address; `terms` are what is there."""
    terms = context() if terms is None else terms
    triples = tuple(triples)
    if any(_looks_prefixed(node, terms) for triple in triples for node in triple):
        return serialize(triples, format=RdfFormat.JSON_LD) or b""  # in full: an IRI like geo:51,0 has no other form
    nodes: dict[str, dict[str, Any]] = {}
    for triple in triples:
        node = nodes.setdefault(_id(triple.subject), {"@id": _id(triple.subject)})
        if triple.predicate == RDF.type and not isinstance(triple.object, Literal):
            key, value = "@type", _known(_id(triple.object), terms)
        else:
            key = _known(triple.predicate.value, terms)
            value = _value(triple.object, terms.get(key), terms)
        node.setdefault(key, []).append(value)
    graph = [
        {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in node.items()}
        for node in nodes.values()
    ]
    return json.dumps({"@context": address, "@graph": graph}, ensure_ascii=False, indent=1).encode()


def _value(node: Any, term: Any, terms: Mapping[str, Any]) -> Any:
    """An object as the value of a term; in full wherever the context would make another triple of it."""
    coerced = term["@type"] if isinstance(term, dict) else None
    if not isinstance(node, Literal):
        return _id(node) if coerced == "@id" else {"@id": _id(node)}
    if node.language is not None:
        return {"@value": node.value, "@language": node.language}
    if coerced == node.datatype.value:
        return node.value
    if node.datatype == XSD.string:
        return node.value if coerced is None else {"@value": node.value}
    if coerced is None and node.datatype == XSD.boolean and node.value in ("true", "false"):
        return node.value == "true"
    if coerced is None and node.datatype == XSD.integer and _plain(node.value):
        return int(node.value)
    return {"@value": node.value, "@type": _known(node.datatype.value, terms)}


def _plain(digits: str) -> bool:
    """Whether JSON says this integer as it stands."""
    return len(digits) < 17 and str(int(digits)) == digits and abs(int(digits)) < _NATIVE


def _name(iri: str) -> str:
    """The term of an IRI: its bare name if it is the ontology's, unless a prefix is called so; else a prefixed name."""
    name = iri.removeprefix(LSP)
    return name if iri.startswith(LSP) and name not in PREFIXES else curie(iri) or iri


def _known(iri: str, terms: Mapping[str, Any]) -> str:
    """How a document names a class, property or datatype: by its term, its prefixed name, or in full."""
    name = _name(iri)
    if name in terms or ":" not in name:
        return name if name in terms else iri
    return name if name.partition(":")[0] in terms else iri


def _id(node: Any) -> str:
    return f"_:{node.value}" if isinstance(node, BlankNode) else str(node.value)


def _datatype(ranges: set[Any]) -> str | None:
    """The one XML Schema type that the values of a property have; None where there is none or several."""
    types = [range_.value for range_ in ranges if isinstance(range_, NamedNode) and range_.value.startswith(XSD)]
    return types[0] if len(types) == 1 and types[0] != XSD.string.value else None


def _looks_prefixed(node: Any, terms: Mapping[str, Any]) -> bool:
    """Whether an IRI would be read as a prefixed name: its scheme is called like a prefix."""
    scheme, _, rest = node.value.partition(":") if isinstance(node, NamedNode) else ("", "", "")
    return scheme in terms and not rest.startswith("//")
