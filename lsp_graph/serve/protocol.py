"""
The SPARQL 1.1 Protocol: what an HTTP request asks.

    method, query string, content type, body  ->  an operation

GET with `?query=`, POST of a form, POST of the query itself (§2.1); the dataset by `default-graph-uri` and
`named-graph-uri`. Beyond the standard, `as-of=YYYY-MM-DD` asks for what was valid on that day. Unknown parameters are
passed over, as clients add their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import parse_qsl

from pyoxigraph import NamedNode

from lsp_graph.serve.problems import MALFORMED_REQUEST, UNSUPPORTED_MEDIA_TYPE, Refusal

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_PARAMETERS: Final = 1000


@dataclass(frozen=True)
class Operation:
    """A query, the dataset it is asked of, and the day (None: all periods)."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    as_of: date | None


def operation(method: str, query_string: str, content_type: str, body: bytes) -> Operation:
    """The operation that a request asks for.

    Raises `Refusal` (400, or 415 for a body of another type) saying what would be right.
    """
    in_url = _pairs(query_string.encode("latin-1"))
    media_type = content_type.partition(";")[0].strip().lower()
    if method != "POST":
        return _operation(in_url, _values(in_url, "query"))
    if media_type == FORM:
        pairs = _pairs(body) + [pair for pair in in_url if pair[0] != "query"]
        return _operation(pairs, _values(pairs, "query"))
    if media_type == QUERY:
        return _operation(in_url, [_text(body)])
    if media_type == UPDATE:
        raise _no_update()
    raise Refusal(
        UNSUPPORTED_MEDIA_TYPE.reply(
            f"a body of type {content_type or 'none'!r}; expected {QUERY} or {FORM}",
            {"accept-post": f"{QUERY}, {FORM}"},
        )
    )


def day(value: str) -> date:
    """The day of an `as-of` parameter. Raises `Refusal` (400) where it is none."""
    try:
        if _DAY.fullmatch(value):  # ISO 8601 has other forms too, which the contract has not
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _malformed(f"as-of: {value!r} is no date; expected YYYY-MM-DD")


def _operation(pairs: Sequence[tuple[str, str]], queries: Sequence[str]) -> Operation:
    if _values(pairs, "update"):
        raise _no_update()
    if len(queries) != 1:
        raise _malformed(f"{len(queries) or 'no'} query parameters; expected exactly one `query`")
    days = _values(pairs, "as-of")
    if len(days) > 1:
        raise _malformed(f"{len(days)} as-of parameters; expected one at most")
    return Operation(
        query=queries[0],
        default_graphs=tuple(_iri(value) for value in _values(pairs, "default-graph-uri")),
        named_graphs=tuple(_iri(value) for value in _values(pairs, "named-graph-uri")),
        as_of=day(days[0]) if days else None,
    )


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS, separator="&"
        )
    except ValueError as error:  # of which a UnicodeDecodeError is one
        raise _malformed(f"parameters that cannot be read ({error}); expected UTF-8, percent-encoded") from error


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise _malformed(f"a query that is not UTF-8 (byte {error.start})") from error


def _values(pairs: Sequence[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in pairs if key == name]


def _iri(value: str) -> str:
    try:
        return NamedNode(value).value
    except ValueError as error:
        raise _malformed(f"graph {value!r} is no absolute IRI") from error


def _malformed(detail: str) -> Refusal:
    return Refusal(MALFORMED_REQUEST.reply(detail))


def _no_update() -> Refusal:
    return _malformed("an update; /sparql answers queries only, updates are sent to /update with a token")
