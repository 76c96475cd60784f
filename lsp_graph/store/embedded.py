"""
The embedded store: Oxigraph in memory, one view per date.

    quads  ->  the view of all periods, and of any day: what was not valid then is not in it

A view's default graph is the merge of all published graphs (SPARQL counts a triple that two sources state once, which
Oxigraph's own union of named graphs does not); its named graphs are the same triples by source.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import Enum
from functools import cached_property
from hashlib import sha256
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from lsp_graph.binding import keywords
from lsp_graph.errors import QueryRefused, UnknownFunction
from lsp_graph.layout import QUERIES
from lsp_graph.literals import in_graph, literal
from lsp_graph.namespaces import GRAPH, LSP, resource
from lsp_graph.store.backend import Answer
from lsp_graph.store.rules import construct, files

SHORTCUTS = GRAPH.shortcuts
"""The graph of the plain triples that stand for a relation with a period; each view makes its own."""

NOW: Final = resource("audit", "now")
"""Whoever looks at the view of a day: its `lsp:asOf` is the day, for rules about age."""

LEFT_OUT = frozenset({GRAPH.unverified})
"""The graphs that the default dataset leaves out."""

Node = NamedNode | BlankNode | Triple

_DATED_VIEWS = 4
_PLACE = re.compile(r"error at (\d+):(\d+):\s*(.*)", re.DOTALL)


class Kind(Enum):
    """What a view is loaded with: no more than its queries look at, for loading is what a cold start waits for."""

    MERGED = "the triples of the published graphs, merged into the default graph"
    NAMED = "the same, and the published graphs by their names"
    WHOLE = "every graph by its name, those outside the default dataset too; the default graph is empty"


class EmbeddedBackend:
    """Views of one version of the data, made when first asked for; the last few dates are kept.

    `published` are the quads of the published graphs, `merged` the same triples without their graphs (both as
    serialised, which Oxigraph loads fastest), `left_out` the quads of the graphs outside the default dataset.
    Shortcuts are in none of them.
    """

    def __init__(self, published: bytes, merged: bytes, left_out: bytes, version: str) -> None:
        self._published, self._merged, self._left_out = published, merged, left_out
        self._version = version
        self._views: OrderedDict[tuple[date | None, Kind], Store] = OrderedDict()

    @property
    def version(self) -> str:
        """The version of the store that this is a view of."""
        return self._version

    @cached_property
    def content(self) -> str:
        """The SHA-256 of the data, which tells two versions of one number apart."""
        return sha256(self._published + self._left_out + self._merged).hexdigest()

    def view(self, as_of: date | None, kind: Kind = Kind.MERGED) -> Store:
        """The store of what was valid on a day (None: all periods). It is shared: read it, never write."""
        key = (as_of, kind)
        if key not in self._views:
            self._views[key] = self._build(as_of, kind)
        self._views.move_to_end(key)
        dated = [key for key in self._views if key[0] is not None]
        for oldest in dated[: max(0, len(dated) - _DATED_VIEWS)]:
            del self._views[oldest]
        return self._views[key]

    def store_for(self, sparql: str, as_of: date | None = None, graphs: Sequence[str] = ()) -> Store:
        """The view that a query looks at: `graphs` or FROM set its dataset, GRAPH looks into named graphs."""
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
    ) -> Answer:
        """See `Backend.query`. A graph outside the default dataset is reached by naming it in the dataset."""
        named: list[NamedNode | BlankNode] = [NamedNode(iri) for iri in named_graphs]
        default: list[NamedNode | BlankNode | DefaultGraph] = [NamedNode(iri) for iri in default_graphs]
        store = self.store_for(sparql, as_of, [*default_graphs, *named_graphs])
        try:
            if default or named:
                return store.query(sparql, default_graph=default, named_graphs=named)
            return store.query(sparql)
        except SyntaxError as error:
            raise refusal(error) from error
        except RuntimeError as error:
            if "custom function" in str(error):
                raise UnknownFunction(str(error)) from error
            raise

    def _build(self, as_of: date | None, kind: Kind) -> Store:
        store = Store()
        if kind is not Kind.MERGED:
            store.bulk_load(self._published, format=RdfFormat.N_QUADS)
        if kind is Kind.WHOLE:
            store.bulk_load(self._left_out, format=RdfFormat.N_QUADS)
        else:
            store.bulk_load(self._merged, format=RdfFormat.N_TRIPLES)
        if as_of is not None:
            for quad in set(_touching(store, set(_not_valid(store, as_of)))):
                store.remove(quad)
            if kind is not Kind.WHOLE:
                store.add(Quad(NOW, LSP.asOf, literal(as_of)))
        shortcuts = _shortcuts(store if kind is not Kind.WHOLE else self.view(as_of))
        if kind is not Kind.MERGED:
            store.bulk_extend(in_graph(triple, SHORTCUTS) for triple in shortcuts)
        return store


def in_memory(quads: Iterable[Quad], version: str = "memory") -> EmbeddedBackend:
    """A backend over these quads; those of the default graph belong to the published triples, too."""
    published, merged, left_out = split(quads)
    return EmbeddedBackend(published, merged, left_out, version)


def merged_view(triples: Iterable[Triple]) -> Store:
    """A store of one's own with these triples of all periods in its default graph, and the shortcuts between them."""
    store = Store()
    store.bulk_extend(in_graph(triple, DefaultGraph()) for triple in triples)
    _shortcuts(store)
    return store


def split(quads: Iterable[Quad]) -> tuple[bytes, bytes, bytes]:
    """Published quads, published triples merged, and quads left out: each serialised, sorted, without duplicates."""
    by_graph: dict[NamedNode | BlankNode | DefaultGraph, list[Quad]] = {}
    for quad in quads:
        by_graph.setdefault(quad.graph_name, []).append(quad)
    published: set[bytes] = set()
    merged: set[bytes] = set()
    left_out: set[bytes] = set()
    for graph, held in by_graph.items():
        if graph == SHORTCUTS:
            continue
        lines = (serialize(held, format=RdfFormat.N_QUADS) or b"").splitlines()
        if graph in LEFT_OUT:
            left_out.update(lines)
            continue
        # An N-Quads line without its graph is the N-Triples line; cutting text is many times faster than making terms.
        name = b"" if isinstance(graph, DefaultGraph) else f" {graph}".encode()
        merged.update(line[: -len(name) - 2] + b" ." for line in lines)
        if name:
            published.update(lines)
    return _sorted(published), _sorted(merged), _sorted(left_out)


def _sorted(lines: set[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in sorted(lines))


def _not_valid(store: Store, day: date) -> Iterator[Node]:
    """What had ended before the day, or began after it. ISO dates compare as text."""
    iso = day.isoformat()
    for quad in store.quads_for_pattern(None, LSP["from"], None, None):
        if isinstance(quad.object, Literal) and quad.object.value > iso:
            yield quad.subject
    for quad in store.quads_for_pattern(None, LSP.until, None, None):
        if isinstance(quad.object, Literal) and quad.object.value < iso:
            yield quad.subject


def _touching(store: Store, nodes: set[Node]) -> Iterator[Quad]:
    for node in nodes:
        yield from store.quads_for_pattern(node, None, None, None)
        yield from store.quads_for_pattern(None, None, node, None)


def _shortcuts(store: Store) -> set[Triple]:
    """The shortcuts that hold in this view, each rule seeing what the ones before it made."""
    made: set[Triple] = set()
    for rule in files(QUERIES / "derive" / "shortcuts"):
        constructed = construct(store, rule)
        made |= constructed
        store.bulk_extend(in_graph(triple, DefaultGraph()) for triple in constructed)
    return made


def refusal(error: SyntaxError) -> QueryRefused:
    """Oxigraph's syntax error in our words, with its line and column."""
    placed = _PLACE.match(str(error))
    if placed is None:
        return QueryRefused(str(error))
    return QueryRefused(placed[3], int(placed[1]), int(placed[2]))
