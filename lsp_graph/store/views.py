"""
Views of a day, and the shortcuts of any view: made once, and carried along with a change.

    merged triples of all periods + a day  ->  what was valid on that day
    a view + what a change does            ->  the same view after it

Source of the rules for shortcuts: queries/derive/shortcuts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import cache
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from lsp_graph.layout import QUERIES
from lsp_graph.literals import in_graph
from lsp_graph.namespaces import LSP, RDF
from lsp_graph.store.content import Effect
from lsp_graph.store.rules import construct, files

Node = NamedNode | BlankNode | Triple

_FROM: Final = LSP["from"]
_UNTIL: Final = LSP.until
_HERE: Final = DefaultGraph()
_NAME: Final = re.compile(r"\blsp:(\w+)")


def narrow(store: Store, day: date) -> None:
    """Take out of a store what had ended before the day or began after it, and all that is said of that."""
    out = {quad.subject for quad in _dated(store) if _outside(quad, day.isoformat())}
    for quad in set(_touching(store, out)):
        store.remove(quad)


def shortcuts(store: Store) -> tuple[set[Triple], set[Triple]]:
    """Add the shortcuts that hold in this view, each rule seeing what the ones before it made.

    Gives all of them, and those that the view did not hold before.
    """
    made: set[Triple] = set()
    new: set[Triple] = set()
    for rule in files(QUERIES / "derive" / "shortcuts"):
        constructed = construct(store, rule)
        made |= constructed
        new |= {triple for triple in constructed if in_graph(triple, _HERE) not in store}
        store.bulk_extend(in_graph(triple, _HERE) for triple in constructed)
    return made, new


def carry_shortcuts(store: Store, made: set[Triple], moved: Collection[Triple]) -> set[Triple]:
    """Make the shortcuts of a view anew after triples have moved in or out of it, where these can matter to them.

    `made` are those that the view holds for no other reason; gives the same for what there is now.
    """
    stated = made - set(moved)
    if not _matter(moved):
        return stated
    for triple in stated:
        store.remove(in_graph(triple, _HERE))
    return shortcuts(store)[1]


def carry(store: Store, effect: Effect) -> None:
    """Bring a view of all periods up to date."""
    for triple in effect.went:
        store.remove(in_graph(triple, _HERE))
    store.extend(in_graph(triple, _HERE) for triple in effect.came)


class Dated:
    """The view of a day while the view of all periods changes: made before that, carried after it."""

    def __init__(self, whole: Store, day: date, effect: Effect) -> None:
        self.whole, self.iso, self.effect = whole, day.isoformat(), effect
        self.nodes = {one.subject for one in (*effect.came, *effect.went) if one.predicate in (_FROM, _UNTIL)}
        self.out_before = {node for node in self.nodes if self._is_out(node)}

    def carry(self, store: Store, not_stated: Collection[Triple]) -> set[Triple]:
        """Bring the view up to date; gives the triples that moved. `not_stated` are shortcuts of all periods."""
        out_now = {node for node in self.nodes if self._is_out(node)}
        gone = set(self.effect.went) | {quad.triple for quad in _touching(store, out_now - self.out_before)}
        back = {quad.triple for quad in _touching(self.whole, self.out_before - out_now)} - set(not_stated)
        come = {triple for triple in back | set(self.effect.came) if self._is_in(triple)}
        for triple in gone - come:
            store.remove(in_graph(triple, _HERE))
        store.extend(in_graph(triple, _HERE) for triple in come)
        return gone | come

    def _is_in(self, triple: Triple) -> bool:
        return not (self._is_out(triple.subject) or self._is_out(triple.object))

    def _is_out(self, node: Node | Literal) -> bool:
        if isinstance(node, Literal):
            return False
        return any(_outside(quad, self.iso) for quad in _dated(self.whole, node))


def _dated(store: Store, node: Node | None = None) -> Iterator[Quad]:
    yield from store.quads_for_pattern(node, _FROM, None, None)
    yield from store.quads_for_pattern(node, _UNTIL, None, None)


def _outside(quad: Quad, iso: str) -> bool:
    """Whether what the quad dates was not valid on a day. ISO dates compare as text."""
    if not isinstance(quad.object, Literal):
        return False
    return quad.object.value > iso if quad.predicate == _FROM else quad.object.value < iso


def _touching(store: Store, nodes: Iterable[Node]) -> Iterator[Quad]:
    for node in nodes:
        yield from store.quads_for_pattern(node, None, None, None)
        yield from store.quads_for_pattern(None, None, node, None)


def _matter(moved: Iterable[Triple]) -> bool:
    """Whether a rule for shortcuts looks at one of these triples."""
    named = _looked_at()
    return any((one.object if one.predicate == RDF.type else one.predicate) in named for one in moved)


@cache
def _looked_at() -> frozenset[NamedNode]:
    """The properties and classes that the rules name."""
    texts = (rule.read_text(encoding="utf-8") for rule in files(QUERIES / "derive" / "shortcuts"))
    return frozenset(LSP[name] for text in texts for name in _NAME.findall(text))
