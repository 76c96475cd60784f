"""
Where this service answers for an IRI of the graph.

    IRI of a thing  <->  path of the document about it, its formats by suffix, the links from one to the others

A thing is at `/id/…`, `/scheme/…` or `/graph/…` and is no document; the document about it is at `/doc/…` (W3C Note
"Cool URIs for the Semantic Web", section 4.2). Terms of the ontology and the shapes have hash IRIs (section 4.1): their
documents are `/ont` and `/shapes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from pyoxigraph import NamedNode

from lsp_graph.namespaces import BASE, GRAPH, ID, SCHEME
from lsp_graph.serve import problems

FORMATS: Final = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "json": "application/json",
    "csv": "text/csv",
    "html": "text/html",
}
"""The formats of a document by their suffix, best loved first."""

MOST_CHARACTERS: Final = 2000
"""The longest path that is looked at; the longest key in use has about a hundred characters."""

DOCUMENTS: Final = "/doc/"
_SPACES: Final = {"scheme/": SCHEME, "graph/": GRAPH, "": ID}
"""What a document's path begins with, and the namespace of the thing it is about."""

_PATH: Final = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """What the path of a document may mean: the thing it is about, and the suffix that names a format."""

    thing: NamedNode
    suffix: str | None


def checked(path: str) -> str:
    """A path as it was sent, still percent-encoded.

    Raises `Refusal`: 414 where it is too long, 400 where it is no path (RFC 3986 section 3.3) or no UTF-8.
    """
    if len(path) > MOST_CHARACTERS:
        raise problems.Refusal(problems.TOO_LONG.reply(f"a path of {len(path)} characters; at most {MOST_CHARACTERS}"))
    if not _PATH.fullmatch(path):
        raise problems.Refusal(problems.MALFORMED_REQUEST.reply("a path with a character that has to be encoded"))
    try:
        unquote_to_bytes(path).decode()
    except UnicodeDecodeError as error:
        said = "a path that is not UTF-8 when its percent signs are resolved"
        raise problems.Refusal(problems.MALFORMED_REQUEST.reply(said)) from error
    return path


def candidates(path: str) -> Iterator[Candidate]:
    """What the path of a document (after `/doc/`, percent-encoded) may be about, what is more likely first.

    A key may end like a suffix, and an IRI may or may not have its letters encoded; the graph knows which it is.
    """
    prefix, namespace = next((start, space) for start, space in _SPACES.items() if path.startswith(start))
    key = path.removeprefix(prefix)
    stem, dot, suffix = key.rpartition(".")
    readings = [(key, None)] + ([(stem, suffix)] if dot and suffix in FORMATS else [])
    for text, ending in readings:
        for spelling in dict.fromkeys((text, unquote_to_bytes(text).decode())):
            try:
                yield Candidate(NamedNode(f"{namespace}{spelling}"), ending)
            except ValueError:
                continue  # no IRI, so nothing in the graph


def document_path(thing: str) -> str:
    """The path of the document about a thing, without a suffix."""
    prefix, namespace = next((start, space) for start, space in _SPACES.items() if thing.startswith(space))
    return f"{DOCUMENTS}{prefix}{thing.removeprefix(namespace)}"


def encoded(iri: str) -> str:
    """An IRI, or a path of one, as a header takes it (RFC 3987 section 3.1)."""
    return quote(iri, safe="/%:@!$&'()*+,;=~?#[]")


def link(iri: str, base: str) -> str | None:
    """Where a reader goes for an IRI: one of ours is answered here, another where it says; None for other schemes."""
    if iri.startswith(BASE):
        return f"{base}/{iri.removeprefix(BASE)}"
    return iri if _WEB.match(iri) else None


def links(path: str, query: str, base: str, describes: str | None = None) -> str:
    """The `Link` header of a document: itself, its other formats, and the thing it is about (RFC 8288, RFC 6892)."""
    said = [f'<{base}{path}{query}>; rel="canonical"']
    said += [
        f'<{base}{path}.{suffix}{query}>; rel="alternate"; type="{media_type}"'
        for suffix, media_type in FORMATS.items()
    ]
    if describes is not None:
        said.append(f'<{encoded(describes)}>; rel="describes"')
    return ", ".join(said)
