"""
Property paths: from SHACL to SPARQL text and back to triples.

    sh:path ( lsp:leadCouncil [ sh:inversePath lsp:area ] )   <->   lsp:leadCouncil/^lsp:area

Source: SHACL §2.3.1, SPARQL 1.1 §9.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple
from rdflib import BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from lsp_graph.namespaces import PREFIXES, RDF, SH

_SH: Final = str(SH)
_LOCAL: Final = re.compile(r"[A-Za-z][\w-]*")


@dataclass(frozen=True)
class Predicate:
    """A step along one property."""

    iri: str


@dataclass(frozen=True)
class Inverse:
    """A path walked backwards."""

    path: Path


@dataclass(frozen=True)
class Sequence:
    """Paths walked one after another."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class Alternative:
    """Paths of which any may be walked."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class Repeat:
    """A path walked any number of times: `sign` is `*`, `+` or `?`."""

    path: Path
    sign: str


Path = Predicate | Inverse | Sequence | Alternative | Repeat

_REPEATS: Final = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}


def read(graph: Graph, node: Node) -> Path:
    """The path that a node of a shapes or results graph describes.

    Raises `ValueError` when the node is no path.
    """
    if isinstance(node, URIRef):
        return Predicate(str(node))
    if (inverse := graph.value(node, URIRef(_SH + "inversePath"))) is not None:
        return Inverse(read(graph, inverse))
    if (either := graph.value(node, URIRef(_SH + "alternativePath"))) is not None:
        return Alternative(tuple(read(graph, part) for part in Collection(graph, either)))
    for sign, name in _REPEATS.items():
        if (inner := graph.value(node, URIRef(_SH + name))) is not None:
            return Repeat(read(graph, inner), sign)
    parts = tuple(read(graph, part) for part in Collection(graph, node)) if isinstance(node, BNode) else ()
    if len(parts) < 2:
        raise ValueError(f"{node.n3()} describes no property path")
    return Sequence(parts)


def text(path: Path) -> str:
    """The path as SPARQL writes it, with the project's prefixes: `lsp:leadCouncil/lsp:area`."""
    match path:
        case Predicate(iri):
            return _short(iri)
        case Inverse(inner):
            return f"^{_grouped(inner)}"
        case Sequence(parts):
            return "/".join(_grouped(part) for part in parts)
        case Alternative(parts):
            return "|".join(_grouped(part) for part in parts)
        case Repeat(inner, sign):
            return f"{text(inner) if isinstance(inner, Predicate) else f'({text(inner)})'}{sign}"


def triples(path: Path) -> tuple[NamedNode | BlankNode, list[Triple]]:
    """The node that stands for the path in RDF, and the triples that describe it."""
    match path:
        case Predicate(iri):
            return NamedNode(iri), []
        case Sequence(parts):
            return _list(parts)
        case Inverse(inner):
            return _described("inversePath", *triples(inner))
        case Alternative(parts):
            return _described("alternativePath", *_list(parts))
        case Repeat(inner, sign):
            return _described(_REPEATS[sign], *triples(inner))


def _described(term: str, value: NamedNode | BlankNode, below: list[Triple]) -> tuple[BlankNode, list[Triple]]:
    node = BlankNode()
    return node, [Triple(node, SH[term], value), *below]


def _list(parts: tuple[Path, ...]) -> tuple[NamedNode | BlankNode, list[Triple]]:
    head: NamedNode | BlankNode = RDF.nil
    made: list[Triple] = []
    for part in reversed(parts):
        first, below = triples(part)
        cell = BlankNode()
        made = [Triple(cell, RDF.first, first), Triple(cell, RDF.rest, head), *below, *made]
        head = cell
    return head, made


def _grouped(path: Path) -> str:
    plain = isinstance(path, Predicate | Repeat) or (isinstance(path, Inverse) and isinstance(path.path, Predicate))
    return text(path) if plain else f"({text(path)})"


def _short(iri: str) -> str:
    return next(_curies(iri), f"<{iri}>")


def _curies(iri: str) -> Iterator[str]:
    for prefix, base in PREFIXES.items():
        if iri.startswith(base) and _LOCAL.fullmatch(iri[len(base) :]):
            yield f"{prefix}:{iri[len(base) :]}"
