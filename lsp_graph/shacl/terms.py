"""
Terms of Oxigraph and of rdflib: the shapes are walked in the one library, the data is asked through the other.

    triples  <->  rdflib.Graph
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import IdentifiedNode
from rdflib.term import Node as RdflibNode

from lsp_graph.namespaces import XSD

Node = ox.NamedNode | ox.BlankNode
"""What can be a shape: an IRI or a blank node."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal
"""What can be a focus node or a value."""

Select = Callable[[str], Iterable[Sequence[Any]]]
"""Asks a SELECT query; a row has its terms (None where unbound) in the order of the SELECT clause."""

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

FEW: Final = 500
"""So many nodes are named in a query rather than found again."""


def to_rdflib(term: Term | ox.Triple) -> RdflibNode:
    """The term in rdflib's terms, with its lexical form as it is.

    Raises `ValueError` for a triple term, which RDF 1.1 does not have.
    """
    if not isinstance(term, ox.Literal):
        return _resource(term)
    if term.language:
        return Literal(term.value, lang=term.language)
    if term.datatype == XSD.string:
        return Literal(term.value)
    return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)


def to_oxigraph(term: RdflibNode) -> Term:
    """The term in Oxigraph's terms."""
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if not isinstance(term, Literal):
        return ox.BlankNode(str(term))
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)


def graph_of(triples: Iterable[ox.Triple | ox.Quad]) -> Graph:
    """The triples as an rdflib graph; blank nodes keep their identifiers, literals their lexical forms."""
    graph = Graph()
    for triple in triples:
        graph.add((_resource(triple.subject), URIRef(triple.predicate.value), to_rdflib(triple.object)))
    return graph


def day(term: Term) -> str | None:
    """The text of an `xsd:date` without a time zone, by which days compare; None for anything else."""
    if isinstance(term, ox.Literal) and term.datatype == XSD.date and _DAY.fullmatch(term.value):
        try:
            date.fromisoformat(term.value)
        except ValueError:
            return None
        return term.value
    return None


def order(term: Term | None) -> tuple[int, str]:
    """By which terms are sorted: nothing first, then IRIs, blank nodes and literals, each by its text."""
    if term is None:
        return 0, ""
    return (ox.NamedNode, ox.BlankNode, ox.Literal).index(type(term)) + 1, str(term)


def _resource(term: ox.NamedNode | ox.BlankNode | ox.Triple) -> IdentifiedNode:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise ValueError("a triple term is no RDF 1.1 term")
