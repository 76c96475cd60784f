"""
Worlds: graphs that are asked by themselves, never together with the real register.

    a version's texts + the name of a world  ->  the texts of that world alone

A world has what is true anywhere (the ontology, the law, its duties, what the documents say of partnerships in general)
and the graphs of its own places. The default dataset leaves those out, so that no national question counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pyoxigraph import NamedNode, Quad

from lsp_graph.errors import UnknownName
from lsp_graph.namespaces import GRAPH, ID

FICTIONAL: Final = f"{GRAPH}fictional/"
"""With this the names of all graphs begin that tell of places which do not exist."""

WORLDS: Final[Mapping[str, str]] = {
    "fictional": f"{FICTIONAL}places/",
    "fictional-breaches": f"{FICTIONAL}breaches/",
}
"""Each world with that with which the names of its graphs begin."""

COMMON: Final = frozenset(
    GRAPH[name]
    for name in (
        "background-guide",
        "cles-bulletin-38",
        "documents",
        "england-fact-sheet",
        "indicators",
        "information-sheet",
        "legislation",
        "london-guide",
        "ontology",
    )
)
"""The graphs that every world shares."""

_OF_ENGLAND: Final = tuple(f"{ID}{kind}/" for kind in ("claim", "funding", "measure", "sub-partnership"))
"""What those graphs tell of the real country and its places: in no other world."""


def prefix(world: str) -> str:
    """That with which the names of a world's graphs begin. Raises `UnknownName` where there is no such world."""
    if world not in WORLDS:
        raise UnknownName("world", world, list(WORLDS))
    return WORLDS[world]


def common(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Those of the published quads that every world shares."""
    for quad in quads:
        subject = quad.subject
        if quad.graph_name in COMMON and not (isinstance(subject, NamedNode) and subject.value.startswith(_OF_ENGLAND)):
            yield quad


def cut(published: bytes, left_out: bytes, world: str) -> Iterator[bytes]:
    """The N-Quads lines of a world, from the texts of a version. Raises `UnknownName` where there is no such world."""
    ends = tuple(f" {name} .".encode() for name in COMMON)
    begins = tuple(f"<{kind}".encode() for kind in _OF_ENGLAND)
    own = f" <{prefix(world)}".encode()
    for line in published.splitlines():
        if line.endswith(ends) and not line.startswith(begins):
            yield line
    for line in left_out.splitlines():
        if line.rfind(b" ", 0, -2) == line.rfind(own):
            yield line
