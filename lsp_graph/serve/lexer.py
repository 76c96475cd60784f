r"""
Read SPARQL as tokens, just far enough to see what a text would reach out for.

    query or update  ->  the place of its first SERVICE clause, or None
    update           ->  its LOAD operations;  the words of its operations, outside of braces

A parser that is the store's own would be the better judge, but it neither shows its tree nor can be told to refuse.
So this errs on the side of refusal, in three ways. Where `<` may open an IRI or mean *less than*, both readings are
followed. The store's grammar needs no space after a keyword or a literal (`1SERVICE<…>{}` runs), so the word is looked
for inside other words too. And the text is read twice, as it stands and with its `\u` escapes resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from lsp_graph.serve.problems import OUTSIDE, Refusal

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
_VISIBLE: Final = re.compile(r"[^\r\n]")
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


def refuse_service(text: str) -> None:
    """Raise `Refusal` (403) for a text that has a SERVICE clause, with its place: it may be well-formed."""
    place = service_clause(text)
    if place is not None:
        line, column = line_and_column(text, place)
        detail = f"line {line}, column {column}: SERVICE is not served here: ask the other endpoint itself"
        raise Refusal(OUTSIDE.reply(detail, line=line, column=column))


@dataclass(frozen=True)
class Token:
    """A piece of an update outside of braces: what kind it is, and where it stands.

    `kind` is word, name, iri, sign and so on, or `group` for a pair of braces with all that is in it.
    """

    kind: str
    start: int
    end: int


def outermost(text: str) -> Iterator[Token]:
    """The tokens of an update that stand outside of braces, space and comments left out.

    Here `<` opens an IRI wherever it can: outside of braces it has no other meaning, and within them this can only be
    wrong about braces in a string that follows a `<` without any space.
    """
    depth = place = opened = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return
        kind, end = str(match.lastgroup), match.end()
        if text[place] == "{" and kind == "sign":
            opened = place if depth == 0 else opened
            depth += 1
        elif text[place] == "}" and kind == "sign" and depth:
            depth -= 1
            if depth == 0:
                yield Token("group", opened, end)
        elif depth == 0 and kind != "space":
            yield Token(kind, place, end)
        place = end


def first_operation(text: str) -> int:
    """Where the first operation of an update begins, after BASE and PREFIX; the text's end where there is none."""
    tokens = list(outermost(text))
    place = 0
    while place < len(tokens):
        token = tokens[place]
        word = text[token.start : token.end].upper()
        if token.kind == "word" and word == "PREFIX":
            place += 3
        elif word == "BASE" or (token.kind == "name" and word.startswith("PREFIX")):
            place += 2
        else:
            return token.start
    return len(text)


def steps(text: str) -> Iterator[str]:
    """The texts to run, one after the other, for an update: each has its BASE and PREFIX at its beginning.

    The store library takes them nowhere else; the standard takes more after each `;` (SPARQL 1.1 Query Language, rules
    4 and 29). Every line and column stays where it was.
    """
    tokens = list(outermost(text))
    cuts = [
        token.start
        for before, token in pairwise(tokens)
        if text[before.start : before.end] == ";" and _declares(text[token.start : token.end].upper(), token)
    ]
    declared, start = "", 0
    for cut in (*cuts, len(text)):
        step = text[start:cut]
        yield declared + step
        operation = first_operation(step)
        declared += step[:operation] + _VISIBLE.sub(" ", step[operation:])
        start = cut


def _declares(word: str, token: Token) -> bool:
    return (token.kind == "word" and word in ("BASE", "PREFIX")) or (token.kind == "name" and word.startswith("PREFIX"))


@dataclass(frozen=True)
class Load:
    """A LOAD operation: where it begins and ends, and whether it may fail silently."""

    start: int
    end: int
    silent: bool


def load_operations(text: str) -> list[Load]:
    """The LOAD operations of an update. That a keyword needs no space after it is thought of: `LOAD:x`."""
    found = []
    tokens = [*outermost(text), Token("end", len(text), len(text))]
    for number, token in enumerate(tokens):
        before = tokens[number - 1] if number else None
        begins = before is None or before.kind == "iri" or text[before.start : before.end] == ";"
        glued = token.kind == "name" and text[token.start : token.end].lower().startswith("load:")
        if begins and (_is_word(text, token, "LOAD") or glued):
            following = tokens[number + 1]
            last = next(n for n in range(number, len(tokens)) if _ends_operation(text, tokens[n + 1]))
            found.append(Load(token.start, tokens[last].end, not glued and _is_word(text, following, "SILENT")))
    return found


def _is_word(text: str, token: Token, word: str) -> bool:
    return token.kind == "word" and text[token.start : token.end].upper() == word


def _ends_operation(text: str, token: Token) -> bool:
    return token.kind == "end" or text[token.start : token.end] == ";"


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
