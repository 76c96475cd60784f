"""
How much shapes from anywhere may say.

    shapes graph  ->  what goes beyond: nesting, long paths, long texts

A SPARQL parser reads nested groups and long chains by calling itself: a shapes graph of some kilobytes could otherwise
end the process. What people write stays far below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rdflib import Graph, Literal
from rdflib.term import BNode
from rdflib.term import Node as RdflibNode

from lsp_graph.namespaces import RDF, SH
from lsp_graph.shacl.source import rdf

NESTED: Final = 200
"""How deep blank nodes may stand in each other; the cells of a list count as one."""

LONGEST_PATH: Final = 200
"""How many nodes may describe a path."""

LONGEST_TEXT: Final = 20_000
"""How many characters a query may have."""

DEEPEST_TEXT: Final = 100
"""How deep brackets may be nested in a query, and how many signs may follow each other."""

_SIGNS: Final = re.compile(rf"[!+\-\s]{{{DEEPEST_TEXT},}}")
_PATHS: Final = {
    rdf(term)
    for term in (
        RDF.first,
        RDF.rest,
        SH.inversePath,
        SH.alternativePath,
        SH.zeroOrMorePath,
        SH.oneOrMorePath,
        SH.zeroOrOnePath,
    )
}


def beyond(graph: Graph) -> Iterator[tuple[RdflibNode, str, str]]:
    """Each node that says too much: the node, what is wrong, what would be right."""
    yield from _deep(graph)
    for node, start in graph.subject_objects(rdf(SH.path)):
        if _size(graph, start) > LONGEST_PATH:
            yield node, "sh:path", f"a path of at most {LONGEST_PATH} nodes"
    for name in (SH.select, SH.ask):
        for node, text in graph.subject_objects(rdf(name)):
            if isinstance(text, Literal) and _excessive(str(text)):
                expected = f"at most {LONGEST_TEXT} characters, and brackets at most {DEEPEST_TEXT} deep"
                yield node, f"sh:{name.value.removeprefix(SH)}", expected


def _deep(graph: Graph) -> Iterator[tuple[RdflibNode, str, str]]:
    """The first blank node that stands too deep; each is looked at once, where it stands deepest on the way."""
    pending: list[tuple[RdflibNode, int]] = [(node, 0) for node in set(graph.subjects()) if not isinstance(node, BNode)]
    seen: set[RdflibNode] = set()
    while pending:
        node, depth = pending.pop()
        if depth > NESTED:
            yield node, "deeper nesting", f"blank nodes at most {NESTED} deep in each other"
            return
        for predicate, value in graph.predicate_objects(node):
            if isinstance(value, BNode) and value not in seen:
                seen.add(value)
                pending.append((value, depth + (predicate != rdf(RDF.rest))))


def _size(graph: Graph, start: RdflibNode) -> int:
    """How many nodes describe a path, as far as they are too many."""
    pending, count = [start], 0
    while pending and count <= LONGEST_PATH:
        node = pending.pop()
        count += 1
        pending.extend(value for predicate, value in graph.predicate_objects(node) if predicate in _PATHS)
    return count


def _excessive(text: str) -> bool:
    if len(text) > LONGEST_TEXT or _SIGNS.search(text):
        return True
    depth = 0
    for mark in text:
        if mark in "([{":
            depth += 1
            if depth > DEEPEST_TEXT:
                return True
        elif mark in ")]}":
            depth -= 1
    return False
