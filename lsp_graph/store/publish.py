"""
Write the graph to a plain SPARQL store, so that it can be asked there as the embedded one is here.

    a version of the graph + days + Graph Store address  ->  an edition in the catalogue

By the SPARQL 1.1 Graph Store HTTP Protocol: a graph by PUT, what is too long for one request by POST after it. Readers
see nothing of a new edition before it is whole; the one before it stays until nobody reads it any more.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import quote

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, serialize

from lsp_graph.errors import StoreUnavailable
from lsp_graph.store import catalogue
from lsp_graph.store.catalogue import CATALOGUE, Catalogue, Edition
from lsp_graph.store.content import SHORTCUTS, left_out
from lsp_graph.store.embedded import EmbeddedBackend, Kind
from lsp_graph.store.endpoint import AGENT, NOBODY, Credentials, Reply, checked, opener, patiently, whole

_LINES: Final = 100_000
"""Triples in one request."""

_KEPT: Final = timedelta(hours=1)
"""How long a replaced edition stays; whoever reads it looks for another in far less time."""

_DEFAULT: Final = DefaultGraph()
_N_TRIPLES: Final = "application/n-triples"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Published:
    """What was written: the edition that counts now, and the days (None: all periods) whose views are new."""

    edition: Edition
    written: tuple[date | None, ...]


class GraphStore:
    """The graphs of a store, by the address of its Graph Store Protocol; errors as those of `Endpoint`."""

    def __init__(self, address: str, credentials: Credentials, timeout: float) -> None:
        self.address, self.timeout = checked(address), timeout
        self._headers = {"User-Agent": AGENT, **credentials.header()}
        self._opener = opener(address, credentials)

    def get(self, graph: str) -> bytes:
        """A graph in N-Triples; empty where there is none."""
        try:
            reply = self._send("GET", graph, None)
        except _Absent:
            return b""
        if reply.media_type != _N_TRIPLES or not reply.ended:
            said = reply.media_type or "no media type"
            raise StoreUnavailable(f"{self.address}: answers with {said}, expected a whole graph as {_N_TRIPLES}")
        return reply.body

    def put(self, graph: str, triples: bytes) -> None:
        """Have the graph hold these triples (N-Triples) and no others."""
        for number, part in enumerate(_parts(triples)):
            self._send("POST" if number else "PUT", graph, part)

    def delete(self, graph: str) -> None:
        """Have no such graph."""
        try:
            self._send("DELETE", graph, None)
        except _Absent:
            return

    def _send(self, method: str, graph: str, body: bytes | None) -> Reply:
        joint = "&" if "?" in self.address else "?"
        # Virtuoso takes N-Triples only by the name of Turtle, of which they are a part.
        kind = (
            {"Content-Type": "text/turtle"} if body is not None else {"Accept": _N_TRIPLES} if method == "GET" else {}
        )
        request = urllib.request.Request(  # noqa: S310  # `checked` lets only http and https pass
            f"{self.address}{joint}graph={quote(graph, safe='')}",
            data=body,
            method=method,
            headers={**self._headers, **kind},
        )

        def attempt() -> Reply:
            try:
                return whole(self._opener.open(request, timeout=self.timeout))
            except urllib.error.HTTPError as error:
                if error.code == 404 and method in ("GET", "DELETE"):
                    raise _Absent from error
                raise

        # A POST adds the triples of a set to a set: made twice, it has the same effect.
        return patiently(attempt, self.address, self.timeout)


class _Absent(Exception):
    """There is no such graph."""


def publish(
    backend: EmbeddedBackend,
    address: str,
    days: Sequence[date],
    credentials: Credentials = NOBODY,
    timeout: float = 600.0,
    progress: Progress = lambda _: None,
) -> Published:
    """Write the graph of all periods, and what was valid on each of these days, to the store at this address.

    An edition that is there already only gets the views that it lacks. Raises `StoreUnavailable` with the reason; then
    readers still find the edition before, but where its sources' graphs were already being replaced, not those.
    """
    store = GraphStore(address, credentials, timeout)
    known = catalogue.read(store.get(CATALOGUE.value))
    edition = catalogue.named(backend.version, backend.content)
    edition = known.editions.get(edition.iri, edition)
    missing = [day for day in (None, *days) if day not in edition.views]
    for day in missing:
        progress("all periods" if day is None else day.isoformat())
        store.put(edition.view(day), _triples(backend.view(day)))
    edition = replace(edition, views={**edition.views, **{day: edition.view(day) for day in missing}})
    others = [one for one in known.editions.values() if one.iri != edition.iri]
    if not edition.graphs:
        # From here on nobody reads the sources' graphs, until the catalogue says whose they are.
        _save(store, known.current, [replace(one, graphs=()) for one in known.editions.values()])
        progress("graphs of the sources")
        edition = replace(edition, graphs=_put_graphs(store, backend))
        others = [replace(one, graphs=_deleted(store, one, edition)) for one in others]
    progress("catalogue")
    now = datetime.now(UTC)
    kept = [replace(one, replaced=one.replaced or now) for one in others if now - (one.replaced or now) < _KEPT]
    _save(store, edition.iri, [*kept, replace(edition, replaced=None)])
    for one in others:
        if one.iri not in {left.iri for left in kept}:
            for view in one.views.values():
                store.delete(view)
    return Published(edition, tuple(missing))


def _put_graphs(store: GraphStore, backend: EmbeddedBackend) -> tuple[str, ...]:
    """Write every graph under its own name; gives the names of the published ones."""
    whole = backend.view(None, Kind.WHOLE)
    names = {name for name in whole.named_graphs() if isinstance(name, NamedNode)} | {SHORTCUTS}
    for name in sorted(names, key=str):
        store.put(name.value, _triples(whole, name))
    return tuple(sorted(name.value for name in names if not left_out(name)))


def _deleted(store: GraphStore, old: Edition, new: Edition) -> tuple[str, ...]:
    """Delete the graphs that only the old edition had; what it has left: none."""
    for name in set(old.graphs) - set(new.graphs):
        store.delete(name)
    return ()


def _save(store: GraphStore, current: str | None, editions: Iterable[Edition]) -> None:
    triples = catalogue.write(Catalogue(current, {one.iri: one for one in editions}))
    store.put(CATALOGUE.value, serialize(triples, format=RdfFormat.N_TRIPLES) or b"")


def _triples(store: Store, graph: NamedNode | DefaultGraph = _DEFAULT) -> bytes:
    return store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""


def _parts(triples: bytes) -> Iterator[bytes]:
    """Parts for requests of their own; all blank nodes are in the first, as each request has its own."""
    lines = triples.splitlines(keepends=True)
    lines.sort(key=lambda line: b"_:" not in line)
    begin = max(_LINES, sum(b"_:" in line for line in lines))
    yield b"".join(lines[:begin])
    for at in range(begin, len(lines), _LINES):
        yield b"".join(lines[at : at + _LINES])
