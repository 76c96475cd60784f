"""
Property paths: from SHACL to SPARQL text and back to triples.

    sh:path ( lsp:leadCouncil [ sh:inversePath lsp:area ] )   <->   lsp:leadCouncil/^lsp:area

Source: SHACL §2.3.1, SPARQL 1.1 §9.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple
from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from lsp_graph.namespaces import PREFIXES, RDF, SH
from lsp_graph.shacl.lists import members

_LOCAL: Final = re.compile(r"[A-Za-z][\w-]*")
_FIRST: Final = URIRef(RDF.first.value)


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


def read(graph: Graph, node: Node, seen: frozenset[Node] = frozenset()) -> Path:
    """The path that a node of a shapes or results graph describes.

    Raises `ValueError` when the node is no path (§2.3.1: ill-formed, or part of itself).
    """
    if isinstance(node, URIRef):
        return Predicate(str(node))
    if not isinstance(node, BNode) or node in seen:
        raise ValueError(f"{node.n3()} describes no property path")

    def part(inner: Node) -> Path:
        return read(graph, inner, seen | {node})

    if graph.value(node, _FIRST) is not None:
        parts = tuple(part(inner) for inner in members(graph, node))
        if len(parts) < 2:
            raise ValueError("a sequence path has at least two members")
        return Sequence(parts)
    for name, make in _KINDS.items():
        if (inner := graph.value(node, URIRef(SH + name), any=True)) is not None:
            return make(part(inner))
    if (either := graph.value(node, URIRef(SH.alternativePath.value))) is not None:
        parts = tuple(part(inner) for inner in members(graph, either))
        if len(parts) < 2:
            raise ValueError("an alternative path has at least two members")
        return Alternative(parts)
    raise ValueError("a blank node that says nothing of a path is no property path")


def _repeat(sign: str) -> Callable[[Path], Path]:
    return lambda path: Repeat(path, sign)


_KINDS: Final[dict[str, Callable[[Path], Path]]] = {
    "inversePath": Inverse,
    **{name: _repeat(sign) for sign, name in _REPEATS.items()},
}


def text(path: Path) -> str:
    """The path as people read it, with the project's prefixes: `lsp:leadCouncil/lsp:area`."""
    return _written(path, _short)


def sparql(path: Path) -> str:
    """The path as SPARQL text with full IRIs."""
    return _written(path, lambda iri: str(NamedNode(iri)))


def single(path: Path) -> bool:
    """Whether one triple pattern walks the path: it then needs no sub-select and yields no value twice."""
    return isinstance(path, Predicate) or (isinstance(path, Inverse) and isinstance(path.path, Predicate))


def stays(path: Path) -> bool:
    """Whether the path may have no step, so that it leads from every node to that node itself."""
    match path:
        case Predicate():
            return False
        case Inverse(inner) | Repeat(inner, "+"):
            return stays(inner)
        case Repeat():
            return True
        case Sequence(parts):
            return all(stays(part) for part in parts)
        case Alternative(parts):
            return any(stays(part) for part in parts)


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


def _written(path: Path, name: Callable[[str], str]) -> str:
    def grouped(part: Path) -> str:
        plain = isinstance(part, Predicate | Repeat) or (isinstance(part, Inverse) and single(part))
        return _written(part, name) if plain else f"({_written(part, name)})"

    match path:
        case Predicate(iri):
            return name(iri)
        case Inverse(Repeat() | Inverse() as inner):
            return f"^({_written(inner, name)})"
        case Inverse(inner):
            return f"^{grouped(inner)}"
        case Sequence(parts):
            return "/".join(grouped(part) for part in parts)
        case Alternative(parts):
            return "|".join(grouped(part) for part in parts)
        case Repeat(inner, sign):
            return f"{_written(inner, name) if isinstance(inner, Predicate) else f'({_written(inner, name)})'}{sign}"


def _short(iri: str) -> str:
    return next(_curies(iri), f"<{iri}>")


def _curies(iri: str) -> Iterator[str]:
    for prefix, base in PREFIXES.items():
        if iri.startswith(base) and _LOCAL.fullmatch(iri[len(base) :]):
            yield f"{prefix}:{iri[len(base) :]}"
