"""
The rows of a SELECT all at once.

    solutions  ->  TSV, written by the store in one go  ->  rows of terms

Taking solutions one by one holds up every other thread at each row; the store writes a table without that, and a term
that comes again is made once. Source: SPARQL 1.1 Query Results CSV and TSV Formats, section 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pyoxigraph as ox

from lsp_graph.namespaces import XSD

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Row = tuple[Term | None, ...]

_LITERAL: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_INTEGER: Final = re.compile(r"[+-]?\d+")
_DECIMAL: Final = re.compile(r"[+-]?\d*\.\d+")


class Terms(dict[str, "Term | None"]):
    """Terms by their text in TSV; one that is not there yet is read. Threads may share it: they would read the same."""

    def __init__(self) -> None:
        super().__init__({"": None})

    def __missing__(self, text: str) -> Term | None:
        self[text] = term = read_term(text)
        return term


def read_rows(solutions: ox.QuerySolutions, terms: Terms | None = None) -> list[Row]:
    """All rows, each with its terms in the order of the SELECT clause, None where a variable is unbound.

    `terms` remembers what other queries of the same store have given.
    """
    read: Callable[[str], Term | None] = (Terms() if terms is None else terms).__getitem__
    columns = len(solutions.variables)
    written: bytes = solutions.serialize(format=ox.QueryResultsFormat.TSV)  # type: ignore[assignment]
    lines = written.decode().split("\n")[1:-1]
    if columns == 1:
        return [(read(line),) for line in lines]
    return [tuple(map(read, line.split("\t"))) for line in lines]


def table(store: ox.Store, query: str) -> bytes:
    """The rows of a SELECT as TSV."""
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101  # whoever asks has written it
    written: bytes = solutions.serialize(format=ox.QueryResultsFormat.TSV)  # type: ignore[assignment]
    return written


def read_term(text: str) -> Term:
    """The term that a TSV cell holds."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    if (match := _LITERAL.fullmatch(text)) is not None:
        value = _ESCAPED.sub(lambda escaped: _ESCAPES.get(escaped[1], escaped[1]), match[1])
        if match[2]:
            return ox.Literal(value, language=match[2])
        return ox.Literal(value, datatype=ox.NamedNode(match[3])) if match[3] else ox.Literal(value)
    if text in ("true", "false"):
        return ox.Literal(text, datatype=XSD.boolean)
    if _INTEGER.fullmatch(text):
        return ox.Literal(text, datatype=XSD.integer)
    return ox.Literal(text, datatype=XSD.decimal if _DECIMAL.fullmatch(text) else XSD.double)
