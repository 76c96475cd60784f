"""
Answers in the formats of the standards, cut off at the row limit.

    answer + Accept + most rows  ->  media type, bytes, whether anything was left out

Rows are written by the store library as TSV, whose every line is one row, into a file that stops the writer once it has
enough; from there they are turned into the format that is wanted. So the limit also ends the evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO, Any, Final, TypeVar, cast

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse_query_results,
    serialize,
)

from lsp_graph.namespaces import PREFIXES
from lsp_graph.serve.negotiate import choose
from lsp_graph.serve.problems import NOT_ACCEPTABLE, Refusal
from lsp_graph.store import Answer

TABLES: Final[Mapping[str, QueryResultsFormat]] = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
    "application/json": QueryResultsFormat.JSON,
    "application/xml": QueryResultsFormat.XML,
    "text/xml": QueryResultsFormat.XML,
}
"""The media types of SELECT and ASK, best loved first."""

GRAPHS: Final[Mapping[str, RdfFormat]] = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
    "text/n3": RdfFormat.N3,
    "application/json": RdfFormat.JSON_LD,
    "application/xml": RdfFormat.RDF_XML,
    "text/xml": RdfFormat.RDF_XML,
    "text/plain": RdfFormat.N_TRIPLES,
}
"""The media types of CONSTRUCT and DESCRIBE, best loved first."""

_ARTLESS: Final = frozenset({"text/csv", "text/tab-separated-values", "text/plain"})
"""Types whose character set is not UTF-8 unless said."""

_JSON_HEAD: Final = b'{"head":{"truncated":%d,"link":["https://w3id.org/lsp/problem/truncated"],'
"""Members that say of JSON results that they were cut; strict readers allow others in the head, and there alone."""

_NAMELESS: Final = b"<oxprefix: "
"""How the store library writes, without an error, a property that RDF/XML has no element name for."""

Format = TypeVar("Format", QueryResultsFormat, RdfFormat)


@dataclass(frozen=True)
class Rendered:
    """An answer as bytes. `truncated` is the number of rows that were kept where there were more, else None."""

    content_type: str
    body: bytes
    truncated: int | None = None


def render(answer: Answer, accept: str | None, max_rows: int) -> Rendered:
    """The answer in the best format that the client accepts; evaluates the query.

    Raises `Refusal` (406) listing the formats there are.
    """
    if isinstance(answer, QueryBoolean):
        media_type, table = _chosen(TABLES, accept)
        return Rendered(_content_type(media_type), answer.serialize(format=table) or b"")
    if isinstance(answer, QuerySolutions):
        media_type, table = _chosen(TABLES, accept)
        body, cut = _first_rows(answer, max_rows, table)
        return Rendered(_content_type(media_type), body, max_rows if cut else None)
    triples = _First(answer, max_rows)
    rendered = described(triples, accept, PREFIXES)
    return replace(rendered, truncated=max_rows) if triples.cut else rendered


def described(triples: Iterable[Triple], accept: str | None, prefixes: Mapping[str, str]) -> Rendered:
    """A graph in the best format that the client accepts.

    Raises `Refusal` (406) listing the formats there are, or where the one chosen cannot express it.
    """
    media_type, form = _chosen(GRAPHS, accept)
    return Rendered(_content_type(media_type), graph(triples, media_type, form, prefixes))


def graph(triples: Iterable[Triple], media_type: str, form: RdfFormat, prefixes: Mapping[str, str]) -> bytes:
    """Triples in a format of RDF. Raises `Refusal` (406) where it cannot express them."""
    body = serialize(triples, format=form, prefixes=dict(prefixes)) or b""
    if form == RdfFormat.RDF_XML and _NAMELESS in body:
        raise Refusal(NOT_ACCEPTABLE.reply(f"a property here has no local name, so {media_type} cannot express it"))
    return body


class _Enough(Exception):
    """Raised into the writer of rows when there are as many as are wanted, and one more."""


class _Lines:
    """A file for TSV that keeps a heading and `wanted` rows, and ends the writing at the row after."""

    def __init__(self, wanted: int) -> None:
        self.kept: list[bytes] = []
        self.left = wanted + 1
        self.cut = False

    def write(self, chunk: bytes) -> int:
        if chunk.count(b"\n") < self.left:
            self.left -= chunk.count(b"\n")
            self.kept.append(bytes(chunk))
            return len(chunk)
        wanted = _lines(chunk, self.left)
        self.kept.append(wanted)
        self.left = 0
        if len(wanted) < len(chunk):
            self.cut = True
            raise _Enough
        return len(chunk)

    def flush(self) -> None:
        """Nothing is held back."""


class _First(Iterator[Triple]):
    """The first `wanted` triples of an iterator; `cut` once there was one more."""

    def __init__(self, triples: Iterator[Triple], wanted: int) -> None:
        self.triples, self.left, self.cut = triples, wanted, False

    def __next__(self) -> Triple:
        triple = next(self.triples)
        if not self.left:
            self.cut = True
            raise StopIteration
        self.left -= 1
        return triple


def _first_rows(solutions: QuerySolutions, wanted: int, form: QueryResultsFormat) -> tuple[bytes, bool]:
    lines = _Lines(wanted)
    with suppress(_Enough):
        solutions.serialize(cast(IO[bytes], lines), format=QueryResultsFormat.TSV)
    written = b"".join(lines.kept)
    if form != QueryResultsFormat.TSV:
        rows = parse_query_results(written, format=QueryResultsFormat.TSV)
        written = rows.serialize(format=form) or b""
    if lines.cut and form == QueryResultsFormat.JSON:
        written = written.replace(b'{"head":{', _JSON_HEAD % wanted, 1)
    return written, lines.cut


def first_rows(solutions: QuerySolutions, wanted: int) -> tuple[tuple[str, ...], list[tuple[Any, ...]], bool]:
    """The names of the columns, so many rows of terms at most, and whether there were more; evaluates the query."""
    written, cut = _first_rows(solutions, wanted, QueryResultsFormat.TSV)
    read = cast(QuerySolutions, parse_query_results(written, format=QueryResultsFormat.TSV))
    names = tuple(variable.value for variable in read.variables)
    return names, [tuple(row[name] for name in names) for row in read], cut


def _lines(chunk: bytes, count: int) -> bytes:
    """The first `count` lines of a chunk."""
    end = 0
    for _ in range(count):
        end = chunk.index(b"\n", end) + 1
    return bytes(chunk[:end])


def _chosen(formats: Mapping[str, Format], accept: str | None) -> tuple[str, Format]:
    media_type = choose(accept, tuple(formats))
    if media_type is None:
        offered = ", ".join(formats)
        raise Refusal(NOT_ACCEPTABLE.reply(f"{accept!r} is not offered for this query; there are {offered}"))
    return media_type, formats[media_type]


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type in _ARTLESS else media_type
