"""
A document about things, in the format that is wanted.

    document + media type  ->  bytes

The formats of RDF all say the same triples; JSON, CSV and HTML tell them with labels.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from lsp_graph.namespaces import BASE
from lsp_graph.serve import jsonld, results
from lsp_graph.serve.addresses import FORMATS
from lsp_graph.serve.description import Description
from lsp_graph.serve.html import MEDIA_TYPE, page
from lsp_graph.serve.pages.asked import page_of
from lsp_graph.serve.prefixes import PREFIXES
from lsp_graph.serve.readable import Names, readable

_COLUMNS: Final = (
    "subject",
    "subjectLabel",
    "property",
    "propertyLabel",
    "value",
    "valueLabel",
    "datatype",
    "language",
)


@dataclass(frozen=True)
class Document:
    """What is told about one thing or several, and about the document itself.

    `path` and `query` are where it is (without a suffix), `base` the address of the service. `about` are the triples
    about the document, `more` the members that its JSON and its page have beyond the description.
    """

    template: str
    title: str
    path: str
    base: str
    topics: tuple[Description, ...]
    about: tuple[Triple, ...] = ()
    query: str = ""
    as_of: date | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        """All its triples, each once."""
        said = (triple for topic in self.topics for triple in topic.triples)
        return tuple(dict.fromkeys((*said, *self.about)))

    @cached_property
    def names(self) -> Names:
        """What the things in it are called."""
        return Names(self.triples)

    def readable(self) -> list[dict[str, Any]]:
        """Its topics in plain words."""
        return [readable(topic, self.names) for topic in self.topics]


def write(document: Document, media_type: str) -> bytes:
    """The document in one of `addresses.FORMATS`. Raises `Refusal` (406) where the format cannot express it."""
    return _WRITERS[media_type](document)


def _rdf(media_type: str, form: RdfFormat) -> Callable[[Document], bytes]:
    def written(document: Document) -> bytes:
        return results.graph(document.triples, media_type, form, _used(document.triples))

    return written


def _used(triples: Iterable[Triple]) -> dict[str, str]:
    """The prefixes whose namespace begins an IRI of these triples."""
    iris = {node.value for triple in triples for node in triple if isinstance(node, NamedNode)}
    types = {triple.object.datatype.value for triple in triples if isinstance(triple.object, Literal)}
    starts = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in iris | types}
    return {
        prefix: namespace
        for prefix, namespace in PREFIXES.items()
        if any(start.startswith(namespace) for start in starts)
    }


def _jsonld(document: Document) -> bytes:
    return jsonld.write(document.triples, f"{document.base}{jsonld.PATH}")


def _json(document: Document) -> bytes:
    topics = document.readable()
    if document.template == "thing.html":
        told = topics[0] | {"asOf": document.as_of and document.as_of.isoformat(), **document.more}
    else:
        told = {"iri": f"{BASE}{document.path[1:]}", "label": document.title, **document.more, "things": topics}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _csv(document: Document) -> bytes:
    """One line for each statement; CSV as of RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for triple in dict.fromkeys(triple for topic in document.topics for triple in topic.told):
        said = triple.object
        literal = said if isinstance(said, Literal) else None
        writer.writerow(
            (
                *_cell(triple.subject, document.names),
                *_cell(triple.predicate, document.names),
                *_cell(said, document.names),
                literal.datatype.value if literal is not None else "",
                literal.language or "" if literal is not None else "",
            )
        )
    return out.getvalue().encode()


def _cell(node: Any, names: Names) -> tuple[str, str]:
    label = names.label(node) if isinstance(node, NamedNode) else None
    return f"_:{node.value}" if isinstance(node, BlankNode) else node.value, label or ""


def _html(document: Document) -> bytes:
    return page(
        document.template,
        document.base,
        title=document.title,
        topics=document.readable(),
        as_of=document.as_of,
        for_people=page_of(document.topics[0].thing.value) if len(document.topics) == 1 else None,
        formats=[
            {"label": suffix, "type": type_, "href": f"{document.base}{document.path}.{suffix}{document.query}"}
            for suffix, type_ in FORMATS.items()
            if type_ != MEDIA_TYPE
        ],
        **document.more,
    )


_WRITERS: Final[dict[str, Callable[[Document], bytes]]] = {
    "text/turtle": _rdf("text/turtle", RdfFormat.TURTLE),
    "application/n-triples": _rdf("application/n-triples", RdfFormat.N_TRIPLES),
    "application/rdf+xml": _rdf("application/rdf+xml", RdfFormat.RDF_XML),
    jsonld.MEDIA_TYPE: _jsonld,
    "application/json": _json,
    "text/csv": _csv,
    "text/html": _html,
}
