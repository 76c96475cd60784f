"""
The graph in a SPARQL endpoint somewhere else.

    connect(address)  ->  RemoteBackend, which answers as the embedded one does

The endpoint is an `lsp-graph serve`, which makes the view of a day itself, or any store that speaks the SPARQL 1.1
Protocol, to which `lsp-graph publish` has written the views. Only standard SPARQL is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence, Set
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from pyoxigraph import QuerySolutions, Store

from lsp_graph.binding import keywords, words
from lsp_graph.errors import LspGraphError, QueryRefused, StoreUnavailable
from lsp_graph.headers import read_query
from lsp_graph.layout import QUERIES
from lsp_graph.store import catalogue
from lsp_graph.store.backend import Answer
from lsp_graph.store.embedded import refusal
from lsp_graph.store.endpoint import NOBODY, Credentials, Endpoint, Reply
from lsp_graph.store.replies import FORMS, RESULTS, accepted, read

_LOOK_SECONDS: Final = 600.0
"""How often to look whether the edition that is read still stands; a replaced one stays for longer than that."""

_LOOKUP: Final = QUERIES / "lookup"
_NAMING: Final = frozenset({"GRAPH", "FROM"})

Parameters = list[tuple[str, str]]


class Views(Protocol):
    """How an endpoint is told which view of the graph a query is asked of."""

    version: str

    def dataset(
        self, said: Set[str], as_of: date | None, default_graphs: Sequence[str], named_graphs: Sequence[str]
    ) -> Parameters:
        """The parameters of the request for a query with these keywords (FROM where the graphs are given)."""
        ...

    def verify(self, reply: Reply, said: Set[str]) -> None:
        """Raise `StoreUnavailable` where the answer may be that of another version."""
        ...


class RemoteBackend:
    """One version of the graph behind an endpoint. Use `connect`."""

    def __init__(self, endpoint: Endpoint, views: Views) -> None:
        self._endpoint, self._views = endpoint, views

    @property
    def served(self) -> bool:
        """Whether an `lsp-graph serve` answers."""
        return isinstance(self._views, _Served)

    @property
    def version(self) -> str:
        """The version of the data; what the endpoint says of another one is refused."""
        return self._views.version

    def query(
        self,
        sparql: str,
        *,
        as_of: date | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """See `Backend.query`. The answer is whole before it is given.

        Raises `QueryRefused` where the text is no standard query, or the endpoint refuses it; `StoreUnavailable` where
        the endpoint cannot be had, has no view of the day, or gives anything but a whole answer.
        """
        form, said = form_of(sparql), keywords(sparql) | ({"FROM"} if default_graphs or named_graphs else set())
        parameters = self._views.dataset(said, as_of, default_graphs, named_graphs)
        reply = self._endpoint.ask(sparql, form, accepted(form), parameters)
        answer = read(reply, form, self._endpoint.address)
        self._views.verify(reply, said)
        return answer

    def view(self, as_of: date | None) -> RemoteView:
        """What was valid on a day (None: all periods), to be queried."""
        return RemoteView(self, as_of)


class RemoteView:
    """A view of a remote graph."""

    def __init__(self, backend: RemoteBackend, as_of: date | None) -> None:
        self.backend, self.as_of = backend, as_of

    def query(self, sparql: str) -> Answer:
        """The answer to a query of this view."""
        return self.backend.query(sparql, as_of=self.as_of)


class _Served:
    """The views of an `lsp-graph serve`, which makes them as they are asked for."""

    def __init__(self, address: str, version: str) -> None:
        self.address, self.version = address, version

    def dataset(
        self, said: Set[str], as_of: date | None, default_graphs: Sequence[str], named_graphs: Sequence[str]
    ) -> Parameters:
        """The protocol's parameters, and `as-of`."""
        day = [] if as_of is None else [("as-of", as_of.isoformat())]
        return [*_graphs(default_graphs, named_graphs), *day]

    def verify(self, reply: Reply, said: Set[str]) -> None:
        """Every answer says of which version it is."""
        version = reply.headers.get("lsp-graph-version", "")
        if version != self.version:
            raise StoreUnavailable(f"{self.address}: has gone from version {self.version} to {version}; ask again")


class _Published:
    """The views that were published to a plain store: an edition of them, the one that counted at first."""

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float] = time.monotonic) -> None:
        self.endpoint, self.clock = endpoint, clock
        self.looked = clock()
        found = _catalogue(endpoint)
        if found.current is None or found.current not in found.editions:
            raise StoreUnavailable(
                f"{endpoint.address}: holds no graph of LSP Graph; `lsp-graph publish` writes one there"
            )
        self.edition = found.editions[found.current]
        self.version = self.edition.version

    def dataset(
        self, said: Set[str], as_of: date | None, default_graphs: Sequence[str], named_graphs: Sequence[str]
    ) -> Parameters:
        """The graph that holds the view, for GRAPH with the published graphs beside it; or what the query sets."""
        if as_of is not None and not said.isdisjoint(_NAMING):
            raise QueryRefused(
                "GRAPH, FROM and a dataset of one's own can only be asked of all periods here, "
                "as the views of a day are published merged; leave the date away"
            )
        if "FROM" in said:
            return _graphs(default_graphs, named_graphs)
        if as_of not in self.edition.views:
            raise StoreUnavailable(self._missing(as_of))
        if "GRAPH" in said and not self.edition.graphs:
            raise self._replaced()
        return _graphs([self.edition.views[as_of]], self.edition.graphs if "GRAPH" in said else ())

    def verify(self, reply: Reply, said: Set[str]) -> None:
        """A view stays as it is until long after it was replaced; the graphs of the sources are replaced in place."""
        naming = not said.isdisjoint(_NAMING)
        if not naming and self.clock() - self.looked < _LOOK_SECONDS:
            return
        self.looked = self.clock()
        stands = _catalogue(self.endpoint).editions.get(self.edition.iri)
        if stands is None or (naming and not stands.graphs):
            raise self._replaced()

    def _replaced(self) -> StoreUnavailable:
        said = f"version {self.version} has been replaced, or is just being"
        return StoreUnavailable(f"{self.endpoint.address}: {said}; ask again in a while")

    def _missing(self, day: date | None) -> str:
        there = ", ".join(sorted("all periods" if one is None else one.isoformat() for one in self.edition.views))
        wanted, option = ("all periods", "") if day is None else (day.isoformat(), f" --as-of {day.isoformat()}")
        return (
            f"{self.endpoint.address}: has no view of {wanted} (there are {there}); "
            f"`lsp-graph publish ADDRESS{option}` writes it, where ADDRESS is that of its Graph Store Protocol"
        )


def connect(address: str, credentials: Credentials = NOBODY, timeout: float = 60.0) -> RemoteBackend:
    """The graph behind an endpoint that answers standard SPARQL as the standard says, in the version that counts now.

    Raises `StoreUnavailable` where there is no endpoint, none with a graph or none that can be relied on, `InputError`
    for what is no address.
    """
    backend = reach(address, credentials, timeout)
    if not backend.served:
        prove(backend, address)
    return backend


def reach(address: str, credentials: Credentials = NOBODY, timeout: float = 60.0) -> RemoteBackend:
    """The graph behind an endpoint, whatever its answers are worth. Raises as `connect` does."""
    endpoint = Endpoint(address, credentials, timeout)
    reply = endpoint.ask(_text("anything"), "ASK", RESULTS)
    read(reply, "ASK", address)
    version = reply.headers.get("lsp-graph-version")
    return RemoteBackend(endpoint, _Published(endpoint) if version is None else _Served(address, version))


def prove(backend: RemoteBackend, address: str) -> None:
    """Ask what has a known answer, before others are believed.

    Raises `StoreUnavailable` with what the endpoint answers otherwise than the standard says.
    """
    for path in sorted((_LOOKUP / "probes").glob("*.rq")):
        header, text = read_query(path)
        try:
            holds = bool(backend.query(text))
        except LspGraphError:
            holds = False
        if not holds:
            raise StoreUnavailable(
                f"{address}: does not answer standard SPARQL as the standard says, so that its answers cannot be "
                f"relied on; use another store ({header['summary']} It says no.)"
            )


def form_of(sparql: str) -> str:
    """The form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    The text is read here first, so that it is refused in the same words whatever store is asked, and nothing beside a
    query is sent. Raises `QueryRefused` where it is none.
    """
    said = words(sparql)
    # Reading an ASK answers it, on a store without triples; SERVICE would already call another endpoint for that.
    if "SERVICE" not in said:
        try:
            Store().query(sparql)
        except SyntaxError as error:
            raise refusal(error) from error
        except RuntimeError:
            pass  # a function that the endpoint may know
    form = next((word for word in said if word in FORMS), None)
    if form is None:
        raise QueryRefused(f"no query; expected one of {', '.join(FORMS)}")
    return form


def _graphs(default: Sequence[str], named: Sequence[str]) -> Parameters:
    return [*(("default-graph-uri", iri) for iri in default), *(("named-graph-uri", iri) for iri in named)]


def _catalogue(endpoint: Endpoint) -> catalogue.Catalogue:
    reply = endpoint.ask(_text("catalogue"), "SELECT", RESULTS)
    rows = read(reply, "SELECT", endpoint.address)
    assert isinstance(rows, QuerySolutions)  # noqa: S101  # as `read` has made sure
    return catalogue.of_triples(_triples(rows))


def _triples(rows: QuerySolutions) -> Iterator[tuple[object, object, object]]:
    return ((row["subject"], row["property"], row["value"]) for row in rows)


def _text(name: str) -> str:
    return Path(_LOOKUP / f"{name}.rq").read_text(encoding="utf-8")
