"""
The files that a request brings.

    content type + body  ->  each file with its name and bytes

The body is a file itself, or a form with several (multipart/form-data, RFC 7578). What a file is, its media type says,
or the name that it comes with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from lsp_graph.serve.problems import UNSUPPORTED_MEDIA_TYPE, Refusal
from lsp_graph.serve.protocol import malformed, media_type_of

FORM: Final = "multipart/form-data"
TYPES: Final = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/zip": "zip",
    "text/turtle": "ttl",
    "application/trig": "trig",
    "application/n-triples": "nt",
    "application/n-quads": "nq",
    "application/ld+json": "jsonld",
}
"""The media types of records, each with what the name of such a file ends with."""

MOST_FILES: Final = 1000
_LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class Sent:
    """A file as it came: what it is called, and its bytes."""

    name: str
    data: bytes


@dataclass
class _Part:
    headers: dict[str, str] = field(default_factory=dict)
    data: bytearray = field(default_factory=bytearray)


def files(content_type: str, body: bytes) -> list[Sent]:
    """The files of a request.

    Raises `Refusal`: 415 for a body of another type, 400 for a form that cannot be read or has no file.
    """
    media_type = media_type_of(content_type)
    if media_type == FORM:
        found = [_sent(part) for part in _parts(content_type, body)]
        if not found:
            raise malformed("a form without a file; expected at least one part with a file name")
        return found
    if media_type not in TYPES:
        offered = ", ".join((*TYPES, FORM))
        said = f"a body of type {content_type or 'none'!r}; expected one of {offered}"
        raise Refusal(UNSUPPORTED_MEDIA_TYPE.reply(said, {"accept-post": offered}))
    return [Sent(f"record.{TYPES[media_type]}", body)]


def _sent(part: _Part) -> Sent:
    _, said = parse_options_header(part.headers.get("content-disposition", ""))
    told = said.get(b"filename", b"").decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in told if letter.isprintable())[-_LONGEST_NAME:]
    if not name.strip(". "):
        raise malformed(f"the part {said.get(b'name', b'').decode('latin-1')!r} has no file name; expected files only")
    return Sent(name, bytes(part.data))


def _parts(content_type: str, body: bytes) -> Iterator[_Part]:
    """The parts of a form."""
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise malformed("a form without a boundary; expected it in the header Content-Type")
    parts: list[_Part] = []
    name, value = bytearray(), bytearray()

    def begun() -> None:
        if len(parts) >= MOST_FILES:
            raise malformed(f"more than {MOST_FILES} files; send fewer at a time")
        parts.append(_Part())

    def header_ended() -> None:
        parts[-1].headers[name.decode("latin-1").lower()] = value.decode("utf-8", "replace")
        name.clear()
        value.clear()

    ended: list[bool] = []
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": begun,
            "on_header_field": lambda data, start, end: name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: value.extend(data[start:end]),
            "on_header_end": header_ended,
            "on_part_data": lambda data, start, end: parts[-1].data.extend(data[start:end]),
            "on_end": lambda: ended.append(True),
        },
    )
    try:
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise malformed(f"the form cannot be read: {error}") from error
    if not ended:
        raise malformed("the form breaks off before its end")
    yield from parts
