"""
RDF files from anywhere, parsed without letting them do harm.

    file  ->  quads, or the problem that makes it unreadable

What a small file can do to a parser is looked for before it is parsed: entities of XML that stand for gigabytes, and
nesting without end, at which the parsers' time and memory grow with its square, or the stack ends. Nothing is fetched
from a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.parsers import expat

import pyoxigraph as ox

from lsp_graph.errors import InputError, Problem

FORMATS: Final[dict[str, ox.RdfFormat]] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".n3": ox.RdfFormat.N3,
}
"""The format of a file by its extension."""

DEEPEST: Final = 256
"""How deep XML elements and JSON values may be nested."""

_JSON_REST: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[^\[\]{}"]+', re.DOTALL)
_PLACED: Final = re.compile(r"^Parser error at [^:]*: (.*)$", re.DOTALL)
_BLANK: Final = re.compile(rb"[\s\xef\xbb\xbf]*")


def parse(file: Path, prefixes: dict[str, str] | None = None) -> Iterator[ox.Quad]:
    """The quads of a file; blank nodes get names that no other file has, relative IRIs are resolved by its place.

    The file's own prefixes are put into `prefixes`.

    Raises `InputError` for a file that is missing, of no known format, harmful or ill-formed.
    """
    try:
        if not file.is_file():
            raise _refused(file, "no such file" if not file.exists() else "no file", "an RDF file")
        form = FORMATS.get(file.suffix.lower())
        if form is None:
            raise _refused(file, f"extension {file.suffix!r}", f"one of {' '.join(FORMATS)}")
        if _empty(file):
            return
        if form == ox.RdfFormat.RDF_XML:
            _guard_xml(file)
        elif form == ox.RdfFormat.JSON_LD:
            _guard_json(file)
        parser = ox.parse(path=file, format=form, base_iri=file.resolve().as_uri(), rename_blank_nodes=True)
        yield from parser
        if prefixes is not None:
            prefixes.update(parser.prefixes)
    except SyntaxError as error:
        raise InputError([_told(file, form, error)]) from error
    except OSError as error:
        raise _refused(file, str(error.strerror or error), "a file that can be read") from error


def _refused(file: Path, value: str, expected: str, line: int | None = None) -> InputError:
    return InputError([Problem(str(file), line, value, expected)])


def _told(file: Path, form: ox.RdfFormat | None, error: SyntaxError) -> Problem:
    """A parser's error in our words."""
    placed = _PLACED.match(error.msg)
    reason = placed[1] if placed else error.msg
    if "LoadDocumentCallback" in reason:
        return Problem(str(file), None, "a @context elsewhere", "a @context in the file itself: nothing is fetched")
    return Problem(str(file), error.lineno, " ".join(reason.split()), f"{form.name if form else 'RDF'}")


def _empty(file: Path) -> bool:
    """Whether there is nothing but white space: no triples in any format."""
    with file.open("rb") as opened:
        return all(_BLANK.fullmatch(piece) for piece in iter(lambda: opened.read(1 << 16), b""))


def _guard_xml(file: Path) -> None:
    """Refuse what XML can do: entities of its own, and elements nested without end. Tells the line of an error, too."""
    parser = expat.ParserCreate()
    depth = 0

    def entity(name: str, *_: object) -> None:
        raise _refused(file, f"<!ENTITY {name}>", "RDF/XML without entities of its own", parser.CurrentLineNumber)

    def begin(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _refused(
                file, "deeper nesting", f"elements at most {DEEPEST} deep in each other", parser.CurrentLineNumber
            )

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.EntityDeclHandler, parser.StartElementHandler, parser.EndElementHandler = entity, begin, end
    try:
        with file.open("rb") as opened:
            parser.ParseFile(opened)
    except expat.ExpatError as error:
        raise _refused(file, expat.ErrorString(error.code), "RDF/XML", error.lineno) from error


def _guard_json(file: Path) -> None:
    """Refuse values nested without end."""
    depth = 0
    for mark in _JSON_REST.sub(b"", file.read_bytes()):
        depth += 1 if mark in b"[{" else -1
        if depth > DEEPEST:
            raise _refused(file, "deeper nesting", f"values at most {DEEPEST} deep in each other")
