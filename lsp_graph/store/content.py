"""
What one version holds, as text: that of a version written whole, and the lines that came and went since.

    three texts + changes  ->  stores to be asked, and what a change does to the merged triples
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from lsp_graph.literals import in_graph
from lsp_graph.namespaces import GRAPH, LSP
from lsp_graph.store.changes import Change, graph_part, joined, lines_of, triple_part
from lsp_graph.store.sorted_text import apart, beginning, days, has_property, without
from lsp_graph.store.worlds import FICTIONAL

SHORTCUTS: Final = GRAPH.shortcuts
"""The graph of the plain triples that stand for a relation with a period; each view makes its own."""

_LABEL: Final = b"_:"


@dataclass(frozen=True)
class Effect:
    """What a change does to the published triples, merged: a triple goes when the last graph that had it loses it."""

    came: tuple[Triple, ...]
    went: tuple[Triple, ...]


class Content:
    """The published quads, their triples merged, and the quads left out: each a sorted text, with changes upon it."""

    def __init__(self, published: bytes, merged: bytes, left_out: bytes, hash: str | None = None) -> None:
        self._published, self._merged, self._left_out = published, merged, left_out
        self._hash = hash or sha256(published + left_out).hexdigest()
        self._came: dict[bytes, set[bytes]] = defaultdict(set)  # by the line of the triple
        self._came_of: dict[bytes, set[bytes]] = defaultdict(set)  # the lines of triples, by their subject
        self._went: set[bytes] = set()
        self._left_out_came: set[bytes] = set()

    @property
    def hash(self) -> str:
        """SHA-256: of the quads as last written whole, and of each change upon what was before."""
        return self._hash

    def change(self, change: Change) -> Effect:
        """Take a change in; says what it does to the merged triples."""
        self._hash = changed_hash(self._hash, change)
        touched = {
            triple_part(line, quad): quad.triple
            for line, quad in (*change.came, *change.went)
            if not left_out(quad.graph_name)
        }
        before = {line for line in touched if self._holds(line)}
        for line, quad in change.went:
            self._take_away(line, quad)
        for line, quad in change.came:
            self._add(line, quad)
        after = {line for line in touched if self._holds(line)}
        return Effect(
            tuple(touched[line] for line in sorted(after - before)),
            tuple(touched[line] for line in sorted(before - after)),
        )

    def states(self, triple: Triple) -> bool:
        """Whether a published graph, or the store's own default graph, holds the triple."""
        return self._holds(lines_of([in_graph(triple, DefaultGraph())])[0])

    def about(self, subject: NamedNode) -> list[Quad]:
        """The published quads with this subject."""
        begins = f"{subject} ".encode()
        lines = {line for line in beginning(self._published, begins) if line not in self._went}
        lines.update(line for triple in self._came_of.get(begins[:-1], ()) for line in self._came[triple])
        return list(parse(b"\n".join(lines), format=RdfFormat.N_QUADS))

    def uses(self, one: NamedNode) -> bool:
        """Whether a published graph may have a triple of this property: false where none has."""
        return has_property(self._merged, one) or any(has_property(line, one) for line in self._came)

    def add_merged(self, store: Store, day: date | None = None) -> set[NamedNode | BlankNode]:
        """Load the published triples into the default graph of a store, after the quads that are to be in it.

        With a day, what is said of things that were not valid then may be left out: gives those of which it is.
        """
        out: set[bytes] = set()
        if day is not None and not (self._came or self._went):
            out = self._not_valid(day)
        load(store, without(self._merged, out), RdfFormat.N_TRIPLES)
        for quad in parse(b"\n".join(self._gone()), format=RdfFormat.N_QUADS):
            store.remove(quad)
        load(store, b"\n".join(self._came), RdfFormat.N_TRIPLES)
        return {_node(written) for written in out}

    def add_published(self, store: Store) -> None:
        """Load the published quads into a store, each in its graph."""
        load(store, self._published, RdfFormat.N_QUADS)
        store.bulk_extend(parse(b"\n".join(self._lines_came()), format=RdfFormat.N_QUADS))
        self._remove_went(store)

    def add_left_out(self, store: Store) -> None:
        """Load the quads left out into a store, each in its graph."""
        load(store, self._left_out, RdfFormat.N_QUADS)
        store.bulk_extend(parse(b"\n".join(self._left_out_came), format=RdfFormat.N_QUADS))
        self._remove_went(store)

    def graph(self, graph: NamedNode | DefaultGraph) -> list[Quad]:
        """The quads of one graph as they are stored; none where there is no such graph."""
        part = b"" if isinstance(graph, DefaultGraph) else str(graph).encode()
        if left_out(graph):
            text, came = self._left_out, iter(self._left_out_came)
        else:
            text, came = self._published, self._lines_came()
        end = part + b" ."
        lines = chain(_ending(text, end) if part else text.splitlines(), came)
        found = {line for line in lines if line.endswith(end) and graph_part(line) == part}
        return list(parse(b"\n".join(found - self._went), format=RdfFormat.N_QUADS))

    def texts(self) -> tuple[bytes, bytes, bytes]:
        """The three texts with all changes in them."""
        if not (self._came or self._went or self._left_out_came):
            return self._published, self._merged, self._left_out
        published = (set(self._published.splitlines()) - self._went) | set(self._lines_came())
        left_out = (set(self._left_out.splitlines()) - self._went) | self._left_out_came
        merged = (set(self._merged.splitlines()) - set(self._gone())) | self._came.keys()
        return joined(published), joined(merged), joined(left_out)

    def _not_valid(self, day: date) -> set[bytes]:
        """How the lines of each thing begin that had ended before the day or began after it."""
        iso = day.isoformat().encode()
        begins, ends = self._edges
        return {line for first, line in begins if first > iso} | {line for last, line in ends if last < iso}

    @cached_property
    def _edges(self) -> tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]]]:
        """Each day on which something begins, and each on which something ends, with how that thing's lines begin."""
        return days(self._merged, LSP["from"]), days(self._merged, LSP.until)

    def _holds(self, triple: bytes) -> bool:
        """Whether a published graph has the triple of this line."""
        if self._came.get(triple):
            return True
        return any(line not in self._went for line in beginning(self._published, triple[:-1]))

    def _gone(self) -> Iterator[bytes]:
        """The lines of the triples that no published graph has any more."""
        for line in self._went:
            (quad,) = parse(line, format=RdfFormat.N_QUADS)
            triple = triple_part(line, quad)
            if not left_out(quad.graph_name) and not self._holds(triple):
                yield triple

    def _lines_came(self) -> Iterator[bytes]:
        return (line for lines in self._came.values() for line in lines)

    def _take_away(self, line: bytes, quad: Quad) -> None:
        if left_out(quad.graph_name):
            self._left_out_came.discard(line)
        else:
            triple = triple_part(line, quad)
            self._came[triple].discard(line)
            if not self._came[triple]:
                del self._came[triple]
                self._came_of[_subject(triple)].discard(triple)
        self._went.add(line)

    def _add(self, line: bytes, quad: Quad) -> None:
        self._went.discard(line)
        if left_out(quad.graph_name):
            self._left_out_came.add(line)
        else:
            triple = triple_part(line, quad)
            self._came[triple].add(line)
            self._came_of[_subject(triple)].add(triple)

    def _remove_went(self, store: Store) -> None:
        for line in self._went:
            for quad in parse(line, format=RdfFormat.N_QUADS):
                store.remove(quad)


def left_out(graph: object) -> bool:
    """Whether the default dataset leaves a graph out: what nobody could source, and what is invented."""
    return isinstance(graph, NamedNode) and (graph == GRAPH.unverified or graph.value.startswith(FICTIONAL))


def changed_hash(before: str, change: Change) -> str:
    """The hash of what a change makes of something with a hash."""
    return sha256(b"\0".join((before.encode(), change.added, change.removed))).hexdigest()


def load(store: Store, text: bytes, format: RdfFormat) -> None:
    """Load canonical lines into a store. Blank nodes keep their labels, by which a later change will call them."""
    plain, labelled = apart(text, _LABEL)
    store.bulk_extend(
        quad if isinstance(quad, Quad) else in_graph(quad, DefaultGraph()) for quad in parse(labelled, format=format)
    )
    # Quicker, but every blank node gets another label. The lines were made from terms, so no IRI needs looking at.
    store.load(plain, format=format, lenient=True)


def _node(written: bytes) -> NamedNode | BlankNode:
    """The node whose lines begin so."""
    name = written.decode().strip()
    return BlankNode(name[2:]) if name.startswith("_:") else NamedNode(name[1:-1])


def _ending(text: bytes, end: bytes) -> Iterator[bytes]:
    """The lines that end so: found without making all the others."""
    found = text.find(end + b"\n")
    while found >= 0:
        yield text[text.rfind(b"\n", 0, found) + 1 : found + len(end)]
        found = text.find(end + b"\n", found + len(end))


def _subject(line: bytes) -> bytes:
    return line[: line.index(b" ")]
