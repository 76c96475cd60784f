"""
The embedded store: Oxigraph in memory, one view per date.

    quads  ->  the view of all periods, and of any day: what was not valid then is not in it

A view's default graph is the merge of all published graphs (SPARQL counts a triple that two sources state once, which
Oxigraph's own union of named graphs does not); its named graphs are the same triples by source.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum
from sys import getrefcount
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple

from lsp_graph.binding import keywords
from lsp_graph.errors import MissingWorld, QueryRefused
from lsp_graph.literals import in_graph, literal
from lsp_graph.namespaces import BASE, LSP, resource
from lsp_graph.store.backend import Answer
from lsp_graph.store.changes import Change, joined, lines_of, triple_part
from lsp_graph.store.complaints import plain
from lsp_graph.store.content import SHORTCUTS, Content, left_out
from lsp_graph.store.functions import Functions, with_functions
from lsp_graph.store.views import Dated, Move, carry, carry_shortcuts, constructed, derived, narrow, shortcuts
from lsp_graph.store.worlds import cut, prefix

NOW: Final = resource("audit", "now")
"""Whoever looks at the view of a day: its `lsp:asOf` is the day, for rules about age."""

_DATED_VIEWS: Final = 2
"""So many days are held at a time; for another, the view that was asked longest ago becomes that day's."""

_REFERENCES_OF_ONES_OWN: Final = 2
"""That of the table of views and the counter's: a store with more is held by somebody who reads that day from it."""

_PLACE = re.compile(r"error at (\d+):(\d+):\s*(.*)", re.DOTALL)


class Kind(Enum):
    """What a view is loaded with: no more than its queries look at, for loading is what a cold start waits for."""

    MERGED = "the triples of the published graphs, merged into the default graph"
    NAMED = "the same, and the published graphs by their names"
    WHOLE = "every graph by its name, those outside the default dataset too; the default graph is the store's own"
    STORED = "the same as it is stored: without shortcuts"


class EmbeddedBackend:
    """Views of one version of the data, made when first asked for; the last two dates are kept.

    `published` are the quads of the published graphs, `merged` the same triples without their graphs (both as
    serialised, which Oxigraph loads fastest), `left_out` the quads of the graphs outside the default dataset.
    Shortcuts are in none of them. `content` is the hash of what they hold, where it is not that of the texts.
    """

    def __init__(
        self, published: bytes, merged: bytes, left_out: bytes, version: str, content: str | None = None
    ) -> None:
        self._content = Content(published, merged, left_out, content)
        self._version = version
        self._views: OrderedDict[tuple[date | None, Kind], Store] = OrderedDict()
        self._made: dict[date | None, set[Triple]] = {}
        self._worlds: dict[str, EmbeddedBackend] = {}

    @property
    def version(self) -> str:
        """The version of the store that this is a view of."""
        return self._version

    @property
    def content(self) -> str:
        """A SHA-256 that tells two versions of one number apart."""
        return self._content.hash

    def advance(self, change: Change, version: str) -> None:
        """Become the next version: the merged views that there are follow the change, others are made when asked for.

        Takes time in proportion to the change, and to the view where the change can matter to shortcuts.
        """
        for key in [key for key in self._views if key[1] is not Kind.MERGED]:
            del self._views[key]
        self.prepare_to_advance()
        effect = self._content.change(change)
        self._version = version
        self._worlds.clear()
        whole = self._views.get((None, Kind.MERGED))
        if whole is None:
            self._views.clear()
            self._made.clear()
            return
        days = {day: store for (day, _), store in self._views.items() if day is not None}
        dated = {day: Dated(whole, day, effect) for day in days}
        carry(whole, effect)
        came_and_went = (*effect.came, *effect.went)
        self._made[None] = carry_shortcuts(whole, self._made[None], came_and_went, self._content)
        for day, store in days.items():
            moved = dated[day].carry(store, self._made[None])
            self._made[day] = carry_shortcuts(store, self._made[day], moved, self._content)

    def prepare_to_advance(self) -> None:
        """Find out which shortcuts of the merged views hold for no other reason; else the first change waits for it."""
        for (day, kind), store in self._views.items():
            if kind is Kind.MERGED and day not in self._made:
                self._made[day] = derived(store, self._content)

    def own(self) -> Store:
        """A new store with all quads as they are stored: to be written to, and compared."""
        store = Store()
        self._content.add_published(store)
        self._content.add_left_out(store)
        return store

    def graph(self, graph: NamedNode | DefaultGraph) -> list[Quad]:
        """The quads of one graph as they are stored; none where there is no such graph."""
        return self._content.graph(graph)

    def about(self, subject: NamedNode) -> list[Quad]:
        """What the published graphs say of a thing, each quad as it is stored; without looking at the rest of them."""
        return self._content.about(subject)

    def texts(self) -> tuple[bytes, bytes, bytes]:
        """The published quads, their triples merged, and the quads left out, each serialised and sorted."""
        return self._content.texts()

    def world(self, name: str) -> EmbeddedBackend:
        """A backend for one of the worlds (`store.worlds`): what is true anywhere, and that world's own places.

        It is kept until the data changes, and shared as views are: it is not to be changed.
        Raises `UnknownName` where there is no such world, `MissingWorld` where this version has nothing of it.
        """
        if name in self._worlds:
            return self._worlds[name]
        published, _, outside = self.texts()
        if f" <{prefix(name)}".encode() not in outside:
            said = f"version {self._version} of the store tells nothing of the world {name}"
            raise MissingWorld(f"{said}; `lsp-graph build` adds it")
        lines = list(cut(published, outside, name))
        triples = {line[: line.rindex(b" ", 0, -2)] + b" ." for line in lines}
        self._worlds[name] = EmbeddedBackend(joined(lines), joined(triples), b"", self._version)
        return self._worlds[name]

    def view(self, as_of: date | None, kind: Kind = Kind.MERGED) -> Store:
        """The store of what was valid on a day (None: all periods). It is shared: read it, never write."""
        key = (as_of, kind)
        if key not in self._views:
            moved = self._moved(as_of) if as_of is not None and kind is Kind.MERGED else None
            self._views[key] = moved or self._build(as_of, kind)
        self._views.move_to_end(key)
        return self._views[key]

    def _moved(self, day: date) -> Store | None:
        """The nearest of the dated views made that of another day; None where to make it anew is better."""
        whole = self._views.get((None, Kind.MERGED))
        dated = [held for held, kind in self._views if held is not None and kind is Kind.MERGED]
        if whole is None or len(dated) < _DATED_VIEWS:
            return None
        way, before = min(((Move(whole, held, day), held) for held in dated), key=lambda one: one[0].length)
        if not way.worth or getrefcount(self._views[before, Kind.MERGED]) > _REFERENCES_OF_ONES_OWN:
            return None
        self._made.pop(before, None)
        store = self._views.pop((before, Kind.MERGED))
        way.make(store, self._content)
        store.remove(_told(before))
        store.add(_told(day))
        return store

    def store_for(
        self, sparql: str, as_of: date | None = None, graphs: Sequence[str] = (), *, strict: bool = False
    ) -> Store:
        """The view that a query looks at: `graphs` or FROM set its dataset, GRAPH looks into named graphs.

        `strict` makes the default graph the store's own instead of the union of the published ones.
        """
        if strict:
            return self.view(as_of, Kind.STORED)
        said = keywords(sparql)
        if graphs or "FROM" in said:
            return self.view(as_of, Kind.WHOLE)
        return self.view(as_of, Kind.NAMED if "GRAPH" in said else Kind.MERGED)

    def query(
        self,
        sparql: str,
        *,
        as_of: date | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        strict: bool = False,
    ) -> Answer:
        """See `Backend.query`; `strict` as for `store_for`.

        A graph outside the default dataset is reached by naming it in the dataset.
        Relative IRIs are those of the project; a function that is unknown here has no value.
        """
        named: list[NamedNode | BlankNode] = [NamedNode(iri) for iri in named_graphs]
        default: list[NamedNode | BlankNode | DefaultGraph] = [NamedNode(iri) for iri in default_graphs]
        store = self.store_for(sparql, as_of, [*default_graphs, *named_graphs], strict=strict)
        given = bool(default or named)

        def run(functions: Functions) -> Answer:
            return store.query(
                sparql,
                base_iri=BASE,
                default_graph=default if given else None,
                named_graphs=named if given else None,
                custom_functions=functions,
            )

        try:
            return with_functions(run)
        except SyntaxError as error:
            raise refusal(error) from error

    def _build(self, as_of: date | None, kind: Kind) -> Store:
        dated = [key for key in self._views if key[0] is not None and key[1] is kind]
        for oldest in dated[: len(dated) + 1 - _DATED_VIEWS] if as_of is not None else ():
            del self._views[oldest]
        store, known = Store(), set()
        if kind is not Kind.MERGED:
            self._content.add_published(store)
        if kind in (Kind.WHOLE, Kind.STORED):
            self._content.add_left_out(store)
        else:
            known = self._content.add_merged(store, as_of)
        if as_of is not None:
            narrow(store, as_of, known)
        if kind is Kind.STORED:
            return store
        if as_of is not None and kind is not Kind.WHOLE:
            store.add(_told(as_of))
        if kind is not Kind.WHOLE:
            shortcuts(store)
        if kind is Kind.MERGED:
            self._made.pop(as_of, None)
        else:
            whole = store if kind is Kind.NAMED else self.view(as_of)
            store.bulk_extend(in_graph(triple, SHORTCUTS) for triple in constructed(whole))
        return store


def _told(day: date) -> Quad:
    """Which day it is, for whoever looks at its view."""
    return Quad(NOW, LSP.asOf, literal(day))


def in_memory(quads: Iterable[Quad], version: str = "memory") -> EmbeddedBackend:
    """A backend over these quads; those of the default graph belong to the published triples, too."""
    return EmbeddedBackend(*split(quads), version)


def merged_view(triples: Iterable[Triple]) -> Store:
    """A store of one's own with these triples of all periods in its default graph, and the shortcuts between them."""
    store = Store()
    store.bulk_extend(in_graph(triple, DefaultGraph()) for triple in triples)
    shortcuts(store)
    return store


def split(quads: Iterable[Quad]) -> tuple[bytes, bytes, bytes]:
    """Published quads, published triples merged, and quads left out: each serialised, sorted, without duplicates."""
    by_graph: dict[NamedNode | BlankNode | DefaultGraph, list[Quad]] = {}
    for quad in quads:
        by_graph.setdefault(quad.graph_name, []).append(quad)
    published: set[bytes] = set()
    merged: set[bytes] = set()
    outside: set[bytes] = set()
    for graph, held in by_graph.items():
        if graph == SHORTCUTS:
            continue
        lines = lines_of(held)
        if left_out(graph):
            outside.update(lines)
        else:
            published.update(lines)
            merged.update(triple_part(line, held[0]) for line in lines)
    return joined(published), joined(merged), joined(outside)


def refusal(error: SyntaxError) -> QueryRefused:
    """Oxigraph's syntax error in our words, with its line and column."""
    placed = _PLACE.match(str(error))
    if placed is None:
        return QueryRefused(str(error))
    return QueryRefused(plain(placed[3]), int(placed[1]), int(placed[2]))
