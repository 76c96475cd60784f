"""
RDF lists, read with care: a list that forks, ends nowhere or runs in a circle is no list (SHACL §1.1).
"""

from __future__ import annotations

from typing import Final

from rdflib import Graph, URIRef
from rdflib.term import Node

from lsp_graph.namespaces import RDF

_FIRST: Final = URIRef(RDF.first.value)
_REST: Final = URIRef(RDF.rest.value)
_NIL: Final = URIRef(RDF.nil.value)


def members(graph: Graph, head: Node) -> list[Node]:
    """The members of the list in order.

    Raises `ValueError` when the node is no well-formed list.
    """
    found: list[Node] = []
    seen: set[Node] = set()
    while head != _NIL:
        firsts, rests = list(graph.objects(head, _FIRST)), list(graph.objects(head, _REST))
        if len(firsts) != 1 or len(rests) != 1 or head in seen:
            raise ValueError(f"{head.n3()} is no well-formed list")
        seen.add(head)
        found.append(firsts[0])
        head = rests[0]
    return found
