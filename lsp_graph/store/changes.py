"""
What a write adds to the stored quads and takes away.

    quads before, quads after  ->  Change: two lists of N-Quads lines
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, parse, serialize

OWN: Final = ""
"""How the store's own default graph is called where graphs go by their IRI."""


@dataclass(frozen=True)
class Change:
    """What comes and what goes: each a text of N-Quads lines, sorted, each line once.

    A line of the store's own default graph names no graph.
    """

    added: bytes = b""
    removed: bytes = b""

    @classmethod
    def of(cls, added: Iterable[Quad], removed: Iterable[Quad]) -> Change:
        """The change that adds quads and takes others away; what would do both does neither."""
        came, went = set(lines_of(added)), set(lines_of(removed))
        return cls(joined(came - went), joined(went - came))

    @classmethod
    def between(cls, before: bytes, after: bytes) -> Change:
        """The change that leads from one N-Quads text to another of the same labels for blank nodes."""
        old, new = set(before.splitlines()), set(after.splitlines())
        return cls(joined(new - old), joined(old - new))

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @cached_property
    def came(self) -> Sequence[tuple[bytes, Quad]]:
        """Each line that is added, with its quad."""
        return _read(self.added)

    @cached_property
    def went(self) -> Sequence[tuple[bytes, Quad]]:
        """Each line that is taken away, with its quad."""
        return _read(self.removed)

    @property
    def graphs(self) -> frozenset[str]:
        """The IRIs of the graphs that it touches."""
        return frozenset(graph_of(quad) for _, quad in (*self.came, *self.went))

    def counted(self, graphs: dict[str, int]) -> dict[str, int]:
        """How many triples each named graph has after it, where `graphs` says how many it had before."""
        counts = Counter(graphs)
        counts.update(graph_of(quad) for _, quad in self.came)
        counts.subtract(graph_of(quad) for _, quad in self.went)
        return {graph: count for graph, count in sorted(counts.items()) if graph != OWN and count > 0}


def graph_of(quad: Quad) -> str:
    """The IRI of the quad's graph; `OWN` for the store's own default graph."""
    return OWN if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value


def dumped(store: Store) -> bytes:
    """All quads of a store as N-Quads, with its labels for blank nodes."""
    return store.dump(format=RdfFormat.N_QUADS) or b""


def lines_of(quads: Iterable[Quad]) -> list[bytes]:
    """Each quad as its N-Quads line."""
    return (serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines()


def joined(lines: Iterable[bytes]) -> bytes:
    """The lines as a text, sorted."""
    return b"".join(line + b"\n" for line in sorted(lines))


def triple_part(line: bytes, quad: Quad) -> bytes:
    """The N-Quads line without its graph, which is the line of its triple."""
    if isinstance(quad.graph_name, DefaultGraph):
        return line
    # Cutting text is many times faster than making terms.
    return line[: -len(str(quad.graph_name).encode()) - 3] + b" ."


def graph_part(line: bytes) -> bytes:
    """The graph of a canonical N-Quads line as it is written there; empty for the store's own default graph."""
    _, _, rest = line.split(b" ", 2)
    if rest.startswith(b"<<"):
        (quad,) = parse(line, format=RdfFormat.N_QUADS)
        return b"" if isinstance(quad.graph_name, DefaultGraph) else str(quad.graph_name).encode()
    if rest.startswith(b'"'):
        rest = rest[rest.rindex(b'"') :]  # an IRI has no quotation mark: this is the literal's last
    parts = rest.split(b" ")
    return parts[1] if len(parts) == 3 else b""  # object, graph, full stop


def _read(text: bytes) -> list[tuple[bytes, Quad]]:
    return list(zip(text.splitlines(), parse(text, format=RdfFormat.N_QUADS), strict=True))
