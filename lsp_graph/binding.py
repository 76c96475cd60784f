"""
Bind the parameters of a SPARQL text.

    text + {"_area": term}  ->  text in which every variable ?_area is that term

The text is read as SPARQL tokens (SPARQL 1.1 Query Language, section 19.8), so strings, IRIs, prefixed names, comments
and longer variable names stay as they are, and a value enters only as one serialised RDF term.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, NamedNode

Term = NamedNode | Literal

_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff0-9"
)
_NAME_REST = _NAME_START + "\u00b7\u0300-\u036f\u203f-\u2040"

_TOKEN: Final = re.compile(
    rf"""
      \#[^\r\n]*                                            # a comment
    | <(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>  # an IRI
    | \"\"\"(?:\"{{0,2}}(?:[^"\\]|\\.))*\"\"\"              # the four kinds of string
    | '''(?:'{{0,2}}(?:[^'\\]|\\.))*'''
    | "(?:[^"\\\r\n]|\\.)*"
    | '(?:[^'\\\r\n]|\\.)*'
    | (?:[{_NAME_REST}][{_NAME_REST}.\-]*)?:(?:[{_NAME_REST}.:\-]|%[0-9A-Fa-f]{{2}}|\\.)*   # a prefixed name
    | [?$](?P<variable>[{_NAME_START}][{_NAME_REST}]*)
    """,
    re.VERBOSE | re.DOTALL,
)

_WORD: Final = re.compile(r"[A-Za-z]+")


def bind(text: str, values: Mapping[str, Term | Sequence[Term]]) -> str:
    """The SPARQL text with each variable of `values` (names without `?`) replaced by its term.

    Several terms stand one after the other, as a `VALUES` block takes them. A variable that is not in `values` stays
    free.
    """

    def replaced(token: re.Match[str]) -> str:
        name = token["variable"]
        return _written(values[name]) if name is not None and name in values else token[0]

    return _TOKEN.sub(replaced, text)


def _written(value: Term | Sequence[Term]) -> str:
    return str(value) if isinstance(value, NamedNode | Literal) else " ".join(str(term) for term in value)


def variables(text: str) -> Iterator[str]:
    """The names of the variables of a SPARQL text, without `?`, in the order in which they stand there."""
    for token in _TOKEN.finditer(text):
        if token["variable"] is not None:
            yield token["variable"]


def words(text: str) -> list[str]:
    """The bare words of a SPARQL text in upper case: its keywords, and no part of a string, IRI, name or comment."""
    return [word.upper() for word in _WORD.findall(_TOKEN.sub(" ", text))]


@lru_cache(maxsize=16)
def keywords(text: str) -> frozenset[str]:
    """The bare words of a SPARQL text, each once."""
    return frozenset(words(text))
