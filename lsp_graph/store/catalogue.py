"""
What a plain SPARQL store has of the graph: editions, each a version with the views that were published of it.

    triples of the catalogue's graph  <->  Catalogue

An edition's views are graphs whose names hold the edition's, so that a new edition never touches the one that is read;
it counts from the moment when the catalogue says so. The sources' graphs keep their own names, so there is one edition
of them, and the catalogue says of which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from lsp_graph.literals import literal
from lsp_graph.namespaces import BASE, DCAT, DCTERMS, LSP, PROV, XSD, Namespace

CATALOGUE: Final = NamedNode(BASE + "view/")
"""The graph that says what there is, and the thing in it that all is said of."""

SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")


@dataclass(frozen=True)
class Edition:
    """One version of the graph in a plain store.

    `views` are the graphs that hold what was valid on a day (None: all periods); `graphs` the published graphs under
    their own names, none where these are another edition's. `replaced` says since when another edition counts.
    """

    iri: str
    version: str
    views: Mapping[date | None, str] = field(default_factory=dict)
    graphs: tuple[str, ...] = ()
    replaced: datetime | None = None

    def view(self, day: date | None) -> str:
        """The name that the view of a day has."""
        return f"{self.iri}/{'all' if day is None else day.isoformat()}"


@dataclass(frozen=True)
class Catalogue:
    """All editions by their names, and which one counts."""

    current: str | None
    editions: Mapping[str, Edition]


def named(version: str, content: str) -> Edition:
    """The edition of a version with this content (a hash): the same number may stand for other data elsewhere."""
    return Edition(f"{CATALOGUE.value}{quote(version, safe='')}-{content[:12]}", version)


def read(text: bytes) -> Catalogue:
    """The catalogue that this N-Triples text is; an empty one where it says nothing."""
    triples = (quad.triple for quad in parse(text, format=RdfFormat.N_TRIPLES))
    return of_triples((triple.subject, triple.predicate, triple.object) for triple in triples)


def of_triples(triples: Iterable[tuple[object, object, object]]) -> Catalogue:
    """The catalogue that these triples are; an empty one where they are none."""
    said: dict[object, dict[object, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for subject, property, value in triples:
        if isinstance(value, NamedNode | Literal):
            said[subject][property].append(value)

    def one(subject: object, property: object) -> str | None:
        return next((value.value for value in said[subject][property]), None)

    editions = {}
    for edition in list(said[CATALOGUE][DCAT.hasVersion]):
        replaced = one(edition, PROV.invalidatedAtTime)
        views = {
            None if (day := one(view, LSP.asOf)) is None else date.fromisoformat(day): view.value
            for view in said[edition][DCTERMS.hasPart]
        }
        editions[edition.value] = Edition(
            iri=edition.value,
            version=one(edition, DCTERMS.identifier) or "",
            views=views,
            graphs=tuple(sorted(graph.value for graph in said[edition][SD.namedGraph])),
            replaced=None if replaced is None else datetime.fromisoformat(replaced),
        )
    return Catalogue(one(CATALOGUE, DCAT.hasCurrentVersion), editions)


def write(catalogue: Catalogue) -> Iterator[Triple]:
    """The triples that say this."""
    if catalogue.current is not None:
        yield Triple(CATALOGUE, DCAT.hasCurrentVersion, NamedNode(catalogue.current))
    for edition in catalogue.editions.values():
        node = NamedNode(edition.iri)
        yield Triple(CATALOGUE, DCAT.hasVersion, node)
        yield Triple(node, DCTERMS.identifier, Literal(edition.version))
        if edition.replaced is not None:
            yield Triple(node, PROV.invalidatedAtTime, Literal(edition.replaced.isoformat(), datatype=XSD.dateTime))
        for graph in edition.graphs:
            yield Triple(node, SD.namedGraph, NamedNode(graph))
        for day, view in edition.views.items():
            yield Triple(node, DCTERMS.hasPart, NamedNode(view))
            if day is not None:
                yield Triple(NamedNode(view), LSP.asOf, literal(day))
