"""
Views of a day, and the shortcuts of any view: made once, and carried along with a change.

    merged triples of all periods + a day  ->  what was valid on that day
    the view of a day + another day        ->  the view of that one
    a view + what a change does            ->  the same view after it

Source of the rules for shortcuts: queries/derive/shortcuts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from lsp_graph.layout import QUERIES
from lsp_graph.literals import in_graph
from lsp_graph.namespaces import LSP, RDF
from lsp_graph.store.content import Content, Effect
from lsp_graph.store.rules import Node, construct, files, insert

_FROM: Final = LSP["from"]
_UNTIL: Final = LSP.until
_HERE: Final = DefaultGraph()
_DATED_THAT_MAY_MOVE: Final = 4
"""One in so many; to take out and put in costs about as much a triple as to load four."""

_TYPE: Final = RDF.type
_BEARER: Final = LSP.accountable
_OF_ACCOUNTS: Final = frozenset([_BEARER, LSP.accountableTo, LSP.accountableFor])
_ACCOUNTS: Final = frozenset([LSP.answersTo, LSP.isAccountableFor])
_OF_CLASS: Final = re.compile(r"\?\w+ a lsp:(\w+)((?:\s*;\s*lsp:\w+ \?\w+)*)")
_BESIDE: Final = re.compile(r"\?\w+ lsp:(\w+) \?\w+ ; lsp:(\w+) \?\w+")
_NAME: Final = re.compile(r"\blsp:(\w+)")


def narrow(store: Store, day: date, known: Collection[Node] = ()) -> None:
    """Take out of a store what had ended before the day or began after it, and all that is said of that.

    `known` are things of which it is known, where the store no longer tells.
    """
    out = {quad.subject for quad in _dated(store) if _outside(quad, day.isoformat())}.union(known)
    for quad in set(_touching(store, out)):
        store.remove(quad)


class Move:
    """The way from the view of one day to that of another; `whole` is the view of all periods.

    `worth` says whether it is shorter than making the view from the data.
    """

    def __init__(self, whole: Store, before: date, after: date) -> None:
        self._whole = whole
        dated = list(_dated(whole))
        self._was, self._now = (
            {quad.subject for quad in dated if _outside(quad, day.isoformat())} for day in (before, after)
        )
        self.length = len(self._was ^ self._now)
        self.worth = self.length * _DATED_THAT_MAY_MOVE < len(dated)

    def make(self, store: Store, content: Content) -> None:
        """Go it: what is in the store, shortcuts included, is then what was valid on the other day."""
        gone = {quad.triple for quad in _touching(store, self._now - self._was)}
        back = {quad.triple for quad in _touching(self._whole, self._was - self._now)}
        come = {one for one in back if not {one.subject, one.object} & self._now and _states(content, one)}
        matter = bool(_that_matter(store, gone | come))
        for triple in gone | derived(store, content) if matter else gone:
            store.remove(in_graph(triple, _HERE))
        store.extend(in_graph(triple, _HERE) for triple in come)
        if matter:
            shortcuts(store)


def _states(content: Content, triple: Triple) -> bool:
    """Whether a graph states a triple of a view: only shortcuts can be there without."""
    return triple.predicate not in _shortcut_properties() or content.states(triple)


def shortcuts(store: Store) -> None:
    """Add the shortcuts that hold in this view, each rule seeing what the ones before it made."""
    for rule in _rules():
        insert(store, rule)


def constructed(store: Store) -> set[Triple]:
    """All shortcuts of a view that has them."""
    return {triple for rule in _rules() for triple in construct(store, rule)}


def derived(store: Store, content: Content) -> set[Triple]:
    """The shortcuts of a view that hold for no other reason: no graph states them."""
    found: set[Triple] = set()
    for one in _shortcut_properties():
        held = {quad.triple for quad in store.quads_for_pattern(None, one, None, _HERE)}
        found |= {triple for triple in held if not content.states(triple)} if content.uses(one) else held
    return found


def carry_shortcuts(store: Store, made: set[Triple], moved: Collection[Triple], content: Content) -> set[Triple]:
    """Make the shortcuts of a view anew after triples have moved in or out of it, where these can matter to them.

    `made` are those that the view holds for no other reason; gives the same for what there is now.
    """
    stated = made - set(moved)
    matter = _that_matter(store, moved)
    if not matter:
        return stated
    bearers = _bearers(store, matter)
    if bearers is not None:
        return _carry_accounts(store, stated, bearers, content)
    for triple in stated:
        store.remove(in_graph(triple, _HERE))
    shortcuts(store)
    return derived(store, content)


def _bearers(store: Store, matter: Iterable[Triple]) -> set[Node] | None:
    """The bodies whose accounts have moved; None where more has moved that a rule for shortcuts looks at."""
    things: set[Node] = set()
    for one in matter:
        if one.predicate not in _OF_ACCOUNTS and one.object != LSP.Accountability:
            return None
        things.add(one.subject)
    held = {quad.object for thing in things for quad in store.quads_for_pattern(thing, _BEARER, None, _HERE)}
    moved = {one.object for one in matter if one.predicate == _BEARER}
    return {body for body in held | moved if isinstance(body, Node)}


def _carry_accounts(store: Store, made: set[Triple], bearers: Collection[Node], content: Content) -> set[Triple]:
    """The same where nothing but accounts of these bodies has moved: what stands for those is made anew."""
    before = {one for one in made if one.subject in bearers and one.predicate in _ACCOUNTS}
    after = {one for body in bearers for one in construct(store, _rule_of_accounts(), body=body)}
    for triple in before - after:
        store.remove(in_graph(triple, _HERE))
    store.extend(in_graph(triple, _HERE) for triple in after)
    return (made - before) | {one for one in after if not (content.uses(one.predicate) and content.states(one))}


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


def _that_matter(store: Store, moved: Collection[Triple]) -> list[Triple]:
    """Those of the triples that a rule for shortcuts looks at, now or before they moved."""
    looks = _looks()
    typed = {(one.subject, one.object) for one in moved if one.predicate == _TYPE}

    def is_of(thing: Node, classes: frozenset[NamedNode]) -> bool:
        return any(
            (thing, kind) in typed or next(store.quads_for_pattern(thing, _TYPE, kind, _HERE), None) is not None
            for kind in classes
        )

    def has(thing: Node, properties: frozenset[NamedNode]) -> bool:
        return any(next(store.quads_for_pattern(thing, one, None, _HERE), None) is not None for one in properties)

    return [
        one
        for one in moved
        if (one.object in looks.classes if one.predicate == _TYPE else one.predicate in looks.anywhere)
        or (one.predicate in looks.of and is_of(one.subject, looks.of[one.predicate]))
        or (one.predicate in looks.beside and has(one.subject, looks.beside[one.predicate]))
    ]


@dataclass(frozen=True)
class _Looks:
    """What the rules look at: classes, properties of anything, and properties of some things only.

    Those are things `of` a class, or things that have a shortcut `beside`: what has none before or after a change, is
    looked at for nothing, and where shortcuts come or go there is more that matters.
    """

    classes: frozenset[NamedNode]
    anywhere: frozenset[NamedNode]
    of: Mapping[NamedNode, frozenset[NamedNode]]
    beside: Mapping[NamedNode, frozenset[NamedNode]]


@cache
def _looks() -> _Looks:
    """What the rules name, and how."""
    classes: set[NamedNode] = set()
    anywhere: set[NamedNode] = set()
    of: dict[NamedNode, set[NamedNode]] = {}
    beside: dict[NamedNode, set[NamedNode]] = {}
    for rule in _rules():
        asked = rule.read_text(encoding="utf-8").partition("WHERE")[2]
        for kind, said in _OF_CLASS.findall(asked):
            classes.add(LSP[kind])
            for name in _NAME.findall(said):
                of.setdefault(LSP[name], set()).add(LSP[kind])
        rest = _OF_CLASS.sub("", asked)
        for name, shortcut in _BESIDE.findall(rest):
            if LSP[shortcut] in _shortcut_properties():
                beside.setdefault(LSP[name], set()).add(LSP[shortcut])
                rest = rest.replace(f"lsp:{name} ", "", 1)
        anywhere |= {LSP[name] for name in _NAME.findall(rest)}
    anywhere |= _shortcut_properties()
    return _Looks(frozenset(classes), frozenset(anywhere), _but(of, anywhere), _but(beside, anywhere))


def _but(
    some: Mapping[NamedNode, set[NamedNode]], anywhere: Collection[NamedNode]
) -> dict[NamedNode, frozenset[NamedNode]]:
    return {one: frozenset(these) for one, these in some.items() if one not in anywhere}


@cache
def _rule_of_accounts() -> Path:
    """The rule whose shortcuts belong to the bearer of an account alone."""
    return next(rule for rule in _rules() if "lsp:Accountability" in rule.read_text(encoding="utf-8"))


@cache
def _shortcut_properties() -> frozenset[NamedNode]:
    """The properties of what the rules construct."""
    heads = (rule.read_text(encoding="utf-8").partition("CONSTRUCT {")[2].partition("}")[0] for rule in _rules())
    return frozenset(LSP[name] for head in heads for name in _NAME.findall(head))


@cache
def _rules() -> tuple[Path, ...]:
    return tuple(files(QUERIES / "derive" / "shortcuts"))
