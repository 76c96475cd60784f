"""
The accountabilities of an area, chosen by direction, theme, matter and body.

    area + filters  ->  how many there are of each kind, and some of them in full, with their proof
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from pyoxigraph import NamedNode

from lsp_graph import accountability
from lsp_graph.accountability import Accountability
from lsp_graph.errors import UnknownName
from lsp_graph.namespaces import ID, LSP, SCHEME
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.listing import Listing, Option
from lsp_graph.serve.pages.partners import named
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.facts import Facts

SHOWN: Final = 20
"""Accountabilities that are told at once."""


_NEAREST: Final = 10


@dataclass(frozen=True)
class Filter:
    """One way to choose: its parameter, its title, what there is to choose from, and what is chosen."""

    name: str
    title: str
    options: tuple[Option, ...]
    chosen: str | None


@dataclass(frozen=True)
class Alike:
    """Accountabilities for one matter in one direction, on one basis, for one time: they differ in who answers to whom.

    `first` stands for all of them in what they have in common.
    """

    first: Accountability
    told: tuple[Accountability, ...]


@dataclass(frozen=True)
class Accounts:
    """The accountabilities that fit, of how many in all, with the filters; and some of them in full."""

    filters: tuple[Filter, ...]
    all: int
    listing: Listing[NamedNode]
    told: tuple[Alike, ...]


def accounts(backend: EmbeddedBackend, asked: Asked, area: NamedNode) -> Accounts:
    """The accountabilities for an area that fit the filters. Raises `UnknownName` for a choice that none has."""
    facts = Facts(backend, asked.as_of)
    every = accountability.in_area(backend, area.value, asked.as_of)
    facts.read(every, LSP.direction, LSP.accountable, LSP.accountableFor)
    facts.read(facts.nodes(every, LSP.accountableFor), LSP.theme)
    found = every
    filters = []
    for name, (title, values) in _FILTERS.items():
        having = {one: values(facts, one) for one in every}
        wanted = asked.one(name)
        if wanted is not None:
            by_key = {_key(value): value for each in having.values() for value in each}
            if wanted not in by_key:
                raise UnknownName(f"{name} of an accountability here", wanted, sorted(by_key)[:_NEAREST])
            found = [one for one in found if by_key[wanted] in having[one]]
        filters.append(Filter(name, title, _options(facts, having.values()), wanted))
    listing = Listing.of(asked, found, SHOWN)
    return Accounts(
        filters=tuple(one for one in filters if len(one.options) > 1 or one.chosen),
        all=len(every),
        listing=listing,
        told=tuple(_alike(accountability.told(backend, [one.value for one in listing.shown], asked.as_of))),
    )


def _alike(told: Iterable[Accountability]) -> Iterator[Alike]:
    """What is told, those together that stand side by side and are alike."""
    for _, group in groupby(told, _in_common):
        found = tuple(group)
        yield Alike(found[0], found)


def _in_common(one: Accountability) -> tuple[object, ...]:
    said = (one.resources, one.timescale, one.monitoring)
    return (one.matter.iri, one.area.iri, one.direction, one.basis, one.since, one.until, *said)


def _options(facts: Facts, having: Iterable[Iterable[NamedNode]]) -> tuple[Option, ...]:
    """The values there are, by name, with how many accountabilities have each."""
    counts = Counter(value for each in having for value in each)
    facts.read_labels(counts)
    options = ((_key(value), named(facts, value).label, number) for value, number in counts.items())
    return tuple(sorted(options, key=lambda option: option[1]))


def _key(value: NamedNode) -> str:
    """How a value is written in an address: a concept by its own name, a thing of ours by its key."""
    if value.value.startswith(SCHEME):
        return value.value.rpartition("/")[2]
    return value.value.removeprefix(str(ID))


def _directions(facts: Facts, one: NamedNode) -> list[NamedNode]:
    return facts.nodes([one], LSP.direction)


def _matters(facts: Facts, one: NamedNode) -> list[NamedNode]:
    return facts.nodes([one], LSP.accountableFor)


def _themes(facts: Facts, one: NamedNode) -> list[NamedNode]:
    return facts.nodes(facts.nodes([one], LSP.accountableFor), LSP.theme)


def _bearers(facts: Facts, one: NamedNode) -> list[NamedNode]:
    return facts.nodes([one], LSP.accountable)


_FILTERS: Final[Mapping[str, tuple[str, Callable[[Facts, NamedNode], list[NamedNode]]]]] = {
    "direction": ("Direction", _directions),
    "theme": ("Theme", _themes),
    "body": ("Who answers", _bearers),
    "for": ("For what", _matters),
}
"""The filters by their parameter: their title, and the values of an accountability."""
