"""
Walk a graph from a few nodes.

    nodes + path  ->  where it leads;   nodes + path, backwards  ->  where it comes from

What was looked up is kept: what is asked about a few nodes is asked again and again. A graph may be that of several
stores together, such as a view and the triples that went out of it.
Source: SPARQL 1.1 §9.3 (what a path leads to; a path without a step leads from every node to itself).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, islice
from typing import Final

import pyoxigraph as ox

from lsp_graph.namespaces import RDFS
from lsp_graph.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from lsp_graph.shacl.terms import Term

FAR: Final = 5000
"""More nodes than these are not walked to: then it is better to ask the store."""

_MUCH: Final = 100
"""A node of which more is said than so many triples is not read whole."""

_DEFAULT: Final = ox.DefaultGraph()

_Step = defaultdict[str, dict[Term, tuple[Term, ...]]]
"""For each property what it leads to from each node that was asked about."""


class TooFar(Exception):
    """There are more nodes to walk to than is worth it. Never told to a person: whoever walks asks otherwise."""


class Walk:
    """The default graphs of some stores as one graph. It reads them when asked: they must not change meanwhile."""

    def __init__(self, *stores: ox.Store) -> None:
        self._stores = stores
        self._whole: dict[Term, dict[str, tuple[Term, ...]]] = {}
        self._ahead: _Step = defaultdict(dict)
        self._back: _Step = defaultdict(dict)
        self._names: dict[str, ox.NamedNode] = {}
        self._classes: dict[ox.NamedNode, frozenset[Term]] = {}

    @property
    def size(self) -> int:
        """How many answers are kept."""
        looked_up = (*self._ahead.values(), *self._back.values())
        return len(self._whole) + sum(len(known) for known in looked_up)

    def read(self, nodes: Iterable[Term]) -> None:
        """Read all that is said of some nodes, about which much will be asked."""
        for node in nodes:
            if node in self._whole or isinstance(node, ox.Literal):
                continue
            found: dict[str, list[Term]] = {}
            quads = [quad for store in self._stores for quad in _said(store, node)]
            if len(quads) <= _MUCH:
                for quad in quads:
                    found.setdefault(quad.predicate.value, []).append(quad.object)  # type: ignore[arg-type]
                self._whole[node] = {iri: tuple(ends) for iri, ends in found.items()}

    def values(self, node: Term, iri: str) -> tuple[Term, ...]:
        """The values of a property. Raises `TooFar`."""
        whole = self._whole.get(node)
        if whole is not None:
            return whole.get(iri, ())
        known = self._ahead[iri]
        if node not in known:
            known[node] = self._all(node, iri, False)
        return known[node]

    def holders(self, node: Term, iri: str) -> tuple[Term, ...]:
        """What has this value of a property. Raises `TooFar`."""
        known = self._back[iri]
        if node not in known:
            known[node] = self._all(node, iri, True)
        return known[node]

    def has(self, node: Term, iri: str, value: Term) -> bool:
        """Whether a property has the value."""
        whole = self._whole.get(node)
        if whole is not None:
            return value in whole.get(iri, ())
        if isinstance(node, ox.Literal):
            return False
        name = self._name(iri)
        return any(ox.Quad(node, name, value) in store for store in self._stores)

    def along(self, path: Path, nodes: Iterable[Term], backwards: bool = False) -> set[Term]:
        """Where the path leads from any of the nodes; backwards, from where it leads to any of them.

        Raises `TooFar`.
        """
        match path:
            case Predicate(iri):
                step = self.holders if backwards else self.values
                found = {end for node in nodes for end in step(node, iri)}
            case Inverse(inner):
                found = self.along(inner, nodes, not backwards)
            case Sequence(parts):
                found = set(nodes)
                for part in reversed(parts) if backwards else parts:
                    found = self.along(part, found, backwards)
            case Alternative(parts):
                start = set(nodes)
                found = {end for part in parts for end in self.along(part, start, backwards)}
            case Repeat(inner, sign):
                found = self._repeated(inner, set(nodes), sign, backwards)
        if len(found) > FAR:
            raise TooFar
        return found

    def ends(self, path: Path, node: Term, backwards: bool = False) -> Iterator[Term]:
        """Where the path leads from a node, one after the other, perhaps repeatedly. Raises `TooFar`."""
        match path:
            case Predicate(iri):
                yield from self._arriving(node, iri) if backwards else self.values(node, iri)
            case Inverse(inner):
                yield from self.ends(inner, node, not backwards)
            case Sequence(parts):
                yield from self._in_turn(parts[::-1] if backwards else parts, node, backwards)
            case Alternative(parts):
                for part in parts:
                    yield from self.ends(part, node, backwards)
            case Repeat(inner, "+"):
                yield from self.ends(inner, node, backwards)  # if it leads anywhere, one step does
                yield from self.along(path, (node,), backwards)
            case Repeat():
                yield node
                yield from self.along(path, (node,), backwards)

    def _in_turn(self, parts: tuple[Path, ...], node: Term, backwards: bool) -> Iterator[Term]:
        if len(parts) == 1:
            yield from self.ends(parts[0], node, backwards)
            return
        for end in self.ends(parts[0], node, backwards):
            yield from self._in_turn(parts[1:], end, backwards)

    def _arriving(self, node: Term, iri: str) -> Iterable[Term]:
        """What has this value of a property; where that is much, one after the other."""
        known = self._back[iri]
        if node not in known:
            steps = self._step(node, iri, True)
            first = tuple(islice(steps, _MUCH))
            if len(first) == _MUCH:
                return chain(first, steps)
            known[node] = first
        return known[node]

    def leads(self, start: Term, path: Path, end: Term) -> bool:
        """Whether the path leads from the one node to the other. Raises `TooFar`."""
        match path:
            case Predicate(iri):
                return self.has(start, iri, end)
            case Inverse(inner):
                return self.leads(end, inner, start)
            case Alternative(parts):
                return any(self.leads(start, part, end) for part in parts)
            case Sequence((*first, last)) if first:
                before = first[0] if len(first) == 1 else Sequence(tuple(first))
                return any(self.leads(one, last, end) for one in self.along(before, (start,)))
            case _:
                return end in self.along(path, (start,))

    def width(self, node: Term, path: Path, backwards: bool, limit: int) -> int:
        """About how many nodes the first step of a path leads to, up to the limit."""
        match path:
            case Predicate(iri):
                known = (self._back if backwards else self._ahead)[iri].get(node)
                if not backwards and node in self._whole:
                    known = self._whole[node].get(iri, ())
                if known is not None:
                    return min(limit, len(known))
                return sum(1 for _ in islice(self._step(node, iri, backwards), limit))
            case Inverse(inner):
                return self.width(node, inner, not backwards, limit)
            case Sequence(parts):
                return self.width(node, parts[-1 if backwards else 0], backwards, limit)
            case Alternative(parts):
                return sum(self.width(node, part, backwards, limit) for part in parts)
            case Repeat(inner, _):
                return 1 + self.width(node, inner, backwards, limit)

    def begins(self, node: Term, path: Path, backwards: bool = False) -> bool:
        """Whether a path can be begun at a node: it leads nowhere else. Raises `TooFar`."""
        match path:
            case Predicate(iri):
                return bool(self.holders(node, iri) if backwards else self.values(node, iri))
            case Inverse(inner):
                return self.begins(node, inner, not backwards)
            case Sequence(parts):
                return self.begins(node, parts[-1 if backwards else 0], backwards)
            case Alternative(parts):
                return any(self.begins(node, part, backwards) for part in parts)
            case Repeat(inner, "+"):
                return self.begins(node, inner, backwards)
            case Repeat():
                return True

    def below(self, name: ox.NamedNode) -> frozenset[Term]:
        """The class and all classes below it."""
        if name not in self._classes:
            found: set[Term] = {name}
            pending: list[Term] = [name]
            while pending:
                new = self._subclasses.get(pending.pop(), set()) - found
                found |= new
                pending.extend(new)
            self._classes[name] = frozenset(found)
        return self._classes[name]

    @cached_property
    def _subclasses(self) -> dict[Term, set[Term]]:
        """The classes right below each class."""
        found: dict[Term, set[Term]] = {}
        for store in self._stores:
            for quad in store.quads_for_pattern(None, RDFS.subClassOf, None, _DEFAULT):
                found.setdefault(quad.object, set()).add(quad.subject)  # type: ignore[arg-type]
        return found

    def _repeated(self, inner: Path, start: set[Term], sign: str, backwards: bool) -> set[Term]:
        if sign == "?":
            return start | self.along(inner, start, backwards)
        found: set[Term] = set() if sign == "+" else set(start)
        pending = start
        while pending:
            pending = self.along(inner, pending, backwards) - found
            found |= pending
            if len(found) > FAR:
                raise TooFar
        return found

    def _all(self, node: Term, iri: str, backwards: bool) -> tuple[Term, ...]:
        found = tuple(islice(self._step(node, iri, backwards), FAR + 1))
        if len(found) > FAR:
            raise TooFar
        return found

    def _step(self, node: Term, iri: str, backwards: bool) -> Iterator[Term]:
        name = self._name(iri)
        for store in self._stores:
            if backwards:
                for quad in store.quads_for_pattern(None, name, node, _DEFAULT):
                    yield quad.subject  # type: ignore[misc]  # RDF 1.1 has no triple terms
            elif not isinstance(node, ox.Literal):
                for quad in store.quads_for_pattern(node, name, None, _DEFAULT):
                    yield quad.object  # type: ignore[misc]

    def _name(self, iri: str) -> ox.NamedNode:
        if iri not in self._names:
            self._names[iri] = ox.NamedNode(iri)
        return self._names[iri]


def _said(store: ox.Store, node: ox.NamedNode | ox.BlankNode) -> Iterator[ox.Quad]:
    return islice(store.quads_for_pattern(node, None, None, _DEFAULT), _MUCH + 1)
