"""
The SPARQL 1.1 Protocol: what an HTTP request asks.

    method, query string, content type, body  ->  an operation

GET with `?query=`, POST of a form, POST of the query itself (§2.1); the dataset by `default-graph-uri` and
`named-graph-uri`. Beyond the standard, `as-of=YYYY-MM-DD` asks for what was valid on that day, `version=N` for what
version N holds, and `world=NAME` for invented places instead of the real register. Unknown parameters are passed over,
as clients add their own.
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
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
_CHARSETS: Final = frozenset({"utf-8", "utf8", "us-ascii"})
_OURS: Final = frozenset({"query", "update", "default-graph-uri", "named-graph-uri", "as-of", "version", "world"})
_MOST_PARAMETERS: Final = 1000


@dataclass(frozen=True)
class Operation:
    """A query and what it is asked of.

    That is the dataset, the day (None: all periods), the version (None: the current one) and the world (None: the real
    one).
    """

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    as_of: date | None
    version: str | None = None
    world: str | None = None


def operation(method: str, query_string: str, content_type: str, body: bytes) -> Operation:
    """The operation that a request asks for.

    Raises `Refusal` (400, or 415 for a body of another type) saying what would be right.
    """
    in_url = parameters(query_string.encode("latin-1"))
    if method != "POST":
        return _operation(in_url, values(in_url, "query"))
    media_type = media_type_of(content_type)
    if media_type == FORM:
        pairs = parameters(body) + [pair for pair in in_url if pair[0] != "query"]
        return _operation(pairs, values(pairs, "query"))
    if media_type == QUERY:
        return _operation(in_url, [text_of(body)])
    if media_type == UPDATE:
        raise _no_update()
    raise Refusal(
        UNSUPPORTED_MEDIA_TYPE.reply(
            f"a body of type {content_type or 'none'!r}; expected {QUERY} or {FORM}",
            {"accept-post": f"{QUERY}, {FORM}"},
        )
    )


def asks_nothing(query_string: str) -> bool:
    """Whether a GET has none of the parameters above: it asks what the service is (Service Description, section 2)."""
    return not any(name in _OURS for name, _ in parameters(query_string.encode("latin-1")))


def media_type_of(content_type: str) -> str:
    """The media type that a `Content-Type` names. Raises `Refusal` (415) for a character set other than UTF-8."""
    media_type, *given = (part.strip().lower() for part in content_type.split(";"))
    charsets = [value.strip(' "') for name, _, value in (one.partition("=") for one in given) if name == "charset"]
    if any(charset not in _CHARSETS for charset in charsets):
        raise Refusal(UNSUPPORTED_MEDIA_TYPE.reply(f"a body in {charsets[0]!r}; expected UTF-8"))
    return media_type


def day(value: str) -> date:
    """The day of an `as-of` parameter. Raises `Refusal` (400) where it is none."""
    try:
        if _DAY.fullmatch(value):  # ISO 8601 has other forms too, which the contract has not
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise malformed(f"as-of: {value!r} is no date; expected YYYY-MM-DD")


def _operation(pairs: Sequence[tuple[str, str]], queries: Sequence[str]) -> Operation:
    if values(pairs, "update"):
        raise _no_update()
    if len(queries) != 1:
        raise malformed(f"{len(queries) or 'no'} query parameters; expected exactly one `query`")
    day_asked, version = _one_at_most(pairs, "as-of"), _one_at_most(pairs, "version")
    if version is not None and not _NUMBER.fullmatch(version):
        raise malformed(f"version: {version!r} is no version; expected a number, as /dumps/ lists them")
    return Operation(
        query=queries[0],
        default_graphs=tuple(iri(value) for value in values(pairs, "default-graph-uri")),
        named_graphs=tuple(iri(value) for value in values(pairs, "named-graph-uri")),
        as_of=None if day_asked is None else day(day_asked),
        version=version,
        world=_one_at_most(pairs, "world"),
    )


def _one_at_most(pairs: Sequence[tuple[str, str]], name: str) -> str | None:
    given = [value for value in values(pairs, name) if value]  # a form sends fields that nobody filled in
    if len(given) > 1:
        raise malformed(f"{len(given)} {name} parameters; expected one at most")
    return given[0] if given else None


def parameters(encoded: bytes) -> list[tuple[str, str]]:
    """The parameters of a query string or form, in their order. Raises `Refusal` (400) where they cannot be read."""
    try:
        return parse_qsl(
            encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS, separator="&"
        )
    except ValueError as error:  # of which a UnicodeDecodeError is one
        raise malformed(f"parameters that cannot be read ({error}); expected UTF-8, percent-encoded") from error


def text_of(body: bytes) -> str:
    """The SPARQL text that a body is. Raises `Refusal` (400) where it is not UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise malformed(f"a text that is not UTF-8 (byte {error.start})") from error


def values(pairs: Sequence[tuple[str, str]], name: str) -> list[str]:
    """The values of the parameters of a name."""
    return [value for key, value in pairs if key == name]


def iri(value: str) -> str:
    """The IRI of a graph that a parameter names. Raises `Refusal` (400) where it is none."""
    try:
        return NamedNode(value).value
    except ValueError as error:
        raise malformed(f"graph {value!r} is no absolute IRI") from error


def malformed(detail: str) -> Refusal:
    """What is raised for a request that is not well formed."""
    return Refusal(MALFORMED_REQUEST.reply(detail))


def _no_update() -> Refusal:
    return malformed("an update; /sparql answers queries only, updates are sent to /update with a token")
