"""
Terms of Oxigraph as terms of rdflib, which the validator works on, and back.
"""

from __future__ import annotations

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from lsp_graph.namespaces import XSD

Term = ox.NamedNode | ox.BlankNode | ox.Literal


def triple_to_rdflib(triple: ox.Triple) -> tuple[IdentifiedNode, URIRef, Node]:
    """The triple in rdflib's terms; blank nodes keep their identifiers."""
    return _resource(triple.subject), URIRef(triple.predicate.value), to_rdflib(triple.object)


def to_rdflib(term: Term | ox.Triple) -> Node:
    """The term in rdflib's terms. Raises `ValueError` for a triple term, which RDF 1.1 does not have."""
    if not isinstance(term, ox.Literal):
        return _resource(term)
    if term.language:
        return Literal(term.value, lang=term.language)
    if term.datatype == XSD.string:
        return Literal(term.value)
    return Literal(term.value, datatype=URIRef(term.datatype.value))


def to_oxigraph(term: Node) -> Term:
    """The term in Oxigraph's terms."""
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if not isinstance(term, Literal):
        return ox.BlankNode(str(term))
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)


def _resource(term: ox.NamedNode | ox.BlankNode | ox.Triple) -> IdentifiedNode:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise ValueError("a triple term is no RDF 1.1 term")
