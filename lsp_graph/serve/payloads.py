"""
The triples that a stranger sends, parsed without letting them do harm.

    body + content type  ->  triples, or what is wrong with them

Runs in a worker. What a small text can do to a parser is looked for before it is parsed: a DTD, whose entities can
stand for gigabytes, and nesting without end, at which the stack ends. Nothing is fetched: a remote JSON-LD context is
refused.

Sources: SPARQL 1.1 Graph Store HTTP Protocol §4 and §5.5 (`multipart/form-data`: RFC 7578).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import PurePosixPath
from typing import Final
from xml.parsers import expat

from pyoxigraph import RdfFormat, Triple, parse

from lsp_graph.parsing import complaint, nested_deeper
from lsp_graph.serve.problems import MALFORMED_REQUEST, UNSUPPORTED_MEDIA_TYPE, Refusal
from lsp_graph.serve.protocol import media_type_of

FORMATS: Final = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}
"""The formats of a graph that are read."""

MULTIPART: Final = "multipart/form-data"
DEEPEST: Final = 256
"""How deep XML elements and JSON values may be nested."""

_UNSAID: Final = frozenset({"application/octet-stream", "text/plain"})
"""What a form says of a file whose type it does not know; then the file's name tells."""

_BY_EXTENSION: Final = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
    ".owl": "application/rdf+xml",
    ".jsonld": "application/ld+json",
}


def triples(body: bytes, content_type: str, base: str) -> list[Triple]:
    """The triples of a body; blank nodes get labels that no other graph has, relative IRIs are resolved by `base`.

    Raises `Refusal`: 415 for a type that is not read here, 400 for a text that is not of its type or is harmful.
    """
    media_type = media_type_of(content_type)
    if media_type == MULTIPART:
        return [triple for part in _parts(body, content_type) for triple in _parsed(*part, base)]
    return list(_parsed(body, media_type, "the body", base))


def _parsed(body: bytes, media_type: str, where: str, base: str) -> Iterator[Triple]:
    form = FORMATS.get(media_type)
    if form is None:
        raise Refusal(
            UNSUPPORTED_MEDIA_TYPE.reply(
                f"{where}: type {media_type or 'none'!r}; expected one of {', '.join(FORMATS)}",
                {"accept-post": ", ".join((*FORMATS, MULTIPART)), "accept-put": ", ".join(FORMATS)},
            )
        )
    if not body.strip():
        return
    try:
        body.decode()
        if form == RdfFormat.RDF_XML:
            _guard_xml(body, where)
        elif form == RdfFormat.JSON_LD:
            _guard_json(body, where)
        for quad in parse(body, format=form, base_iri=base, without_named_graphs=True, rename_blank_nodes=True):
            yield quad if isinstance(quad, Triple) else quad.triple
    except UnicodeDecodeError as error:
        raise _wrong(where, f"byte {error.start} is not UTF-8") from error
    except SyntaxError as error:
        raise _told(where, error) from error


def _parts(body: bytes, content_type: str) -> Iterable[tuple[bytes, str, str]]:
    """Body, media type and name of each file of a form."""
    head = f"MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n".encode("latin-1")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    if not message.is_multipart() or message.defects:
        raise _wrong("the form", "it is not multipart/form-data as its boundary says")
    for number, part in enumerate(message.iter_parts(), 1):
        where = f"part {number}"
        if not isinstance(part, EmailMessage) or part.is_multipart():
            raise _wrong(where, "a form within a form")
        media_type = media_type_of(str(part.get("content-type", "application/octet-stream")))
        if media_type in _UNSAID:
            media_type = _BY_EXTENSION.get(PurePosixPath(part.get_filename() or "").suffix.lower(), media_type)
        content = part.get_payload(decode=True)
        yield content if isinstance(content, bytes) else b"", media_type, where


def _guard_xml(body: bytes, where: str) -> None:
    """Refuse a DTD, and elements nested without end. Expat reads both by the standard, and expands nothing here."""
    parser = expat.ParserCreate("UTF-8")
    depth = 0

    def doctype(*_: object) -> None:
        raise _wrong(where, "a DTD; expected RDF/XML without one, as entities can grow without limit", line())

    def begin(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _wrong(where, f"deeper nesting; expected elements at most {DEEPEST} deep in each other", line())

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def line() -> int:
        return parser.CurrentLineNumber

    parser.StartDoctypeDeclHandler, parser.StartElementHandler, parser.EndElementHandler = doctype, begin, end
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise _wrong(where, expat.ErrorString(error.code), error.lineno, error.offset + 1) from error


def _guard_json(body: bytes, where: str) -> None:
    """Refuse values nested without end."""
    if nested_deeper(body, DEEPEST):
        raise _wrong(where, f"deeper nesting; expected values at most {DEEPEST} deep in each other")


def _told(where: str, error: SyntaxError) -> Refusal:
    """A parser's error in our words."""
    reason = complaint(error)
    if reason.startswith("a @context"):
        return _wrong(where, reason)
    if "Named graphs" in reason:
        return _wrong(where, "a graph within the graph; expected the triples of one graph", error.lineno)
    return _wrong(where, reason, error.lineno, error.offset)


def _wrong(where: str, what: str, line: int | None = None, column: int | None = None) -> Refusal:
    place = "" if line is None else f", line {line}" + ("" if column is None else f", column {column}")
    return Refusal(MALFORMED_REQUEST.reply(f"{where}{place}: {what}", line=line, column=column))
