r"""
Read SPARQL as tokens, just far enough to see what a query would reach out for.

    text  ->  the place of its first SERVICE clause, or None

A parser that is the store's own would be the better judge, but it neither shows its tree nor can be told to refuse.
So this errs on the side of refusal, in three ways. Where `<` may open an IRI or mean *less than*, both readings are
followed. The store's grammar needs no space after a keyword or a literal (`1SERVICE<…>{}` runs), so the word is looked
for inside other words too. And the text is read twice, as it stands and with its `\u` escapes resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_SPACE = r"(?:[ \t\r\n\f]|\#[^\r\n]*(?:[\r\n]|\Z))"
_IRI = r"<[^<>\"{}|^`\x00-\x20]*>"
_NAME = r"(?:[\w.\-]*:(?:[\w.:\-]|%[0-9A-Fa-f]{2}|\\.)*)"
_VARIABLE = r"[?$]\w+"

_TOKEN: Final = re.compile(
    rf"""
      (?P<space>{_SPACE}+)
    | (?P<string>\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+'''
        | \"(?:[^\"\\\r\n]|\\.)*+\" | '(?:[^'\\\r\n]|\\.)*+')
    | (?P<iri>{_IRI})
    | (?P<quiet>{_VARIABLE} | @[A-Za-z][A-Za-z0-9\-]* | _:[\w.\-]+)
    | (?P<name>{_NAME})
    | (?P<word>\w+)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CLAUSE: Final = re.compile(
    rf"service {_SPACE}* (?:silent {_SPACE}*)? (?:{_VARIABLE} | {_IRI} | {_NAME}) {_SPACE}* \{{",
    re.VERBOSE | re.IGNORECASE,
)
_SERVICE: Final = re.compile("service", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def service_clause(text: str) -> int | None:
    """Where the first SERVICE clause of a query stands, as an offset; None where there is none.

    A clause that shows only once escapes are resolved is told by the offset of the first escape.
    """
    if not _SERVICE.search(text) and "\\" not in text:
        return None
    found = _clause(text)
    escape = _ESCAPE.search(text)
    if found is None and escape is not None and _clause(_ESCAPE.sub(_resolved, text)) is not None:
        found = escape.start()
    return found


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and column of an offset, both counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _clause(text: str) -> int | None:
    hits = []
    for kind, start, end in _tokens(text):
        if kind not in ("word", "name"):
            continue
        searched = end if kind == "word" else _code_end(text, start, end)
        for match in _SERVICE.finditer(text, start, searched):
            if _CLAUSE.match(text, match.start()) and not _is_graph_name(text, kind, start, match.end()):
                hits.append(match.start())
    return min(hits, default=None)


def _code_end(text: str, start: int, end: int) -> int:
    """How far into a prefixed name the store's grammar may see a keyword: the prefix, or all of it after a dot."""
    return end if "." in text[start:end] else text.index(":", start, end) + 1


def _is_graph_name(text: str, kind: str, start: int, service_end: int) -> bool:
    """Whether `service:x {` is the graph of `GRAPH service:x {`."""
    named_graph = kind == "name" and text[service_end] == ":"
    return named_graph and re.search(rf"\bgraph{_SPACE}+\Z", text[max(0, start - 200) : start], re.I | re.X) is not None


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Every token of every reading as (kind, start, end), each place once."""
    places, seen = [0], {0}

    def reach(place: int) -> None:
        if place < len(text) and place not in seen:
            seen.add(place)
            places.append(place)

    while places:
        place = places.pop()
        match = _TOKEN.match(text, place)
        if match is None:
            return
        kind, end = str(match.lastgroup), match.end()
        yield kind, place, end
        reach(end)
        if kind == "iri" and ("'" in match.group() or "#" in match.group()):
            reach(place + 1)  # as "less than": only these two signs can make the two readings differ further on


def _resolved(escape: re.Match[str]) -> str:
    code = int(escape.group(1) or escape.group(2), 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"
