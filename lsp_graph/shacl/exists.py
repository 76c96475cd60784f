"""
FILTER EXISTS and FILTER NOT EXISTS answered for all rows at once.

    M  FILTER NOT EXISTS { G }   ->   M  MINUS { SELECT DISTINCT v WHERE { VALUES v { the rows of M } G } }

where v are the variables that M binds and G mentions; with many rows, or where a blank node is among them, a sub-select
that finds them again stands for the rows. A store may answer the pattern in an EXISTS anew for each row, in
an order chosen without knowing the row (Oxigraph does): on a country's graph that is the difference between minutes and
a fraction of a second. Only what surely means the same is rewritten; all else stays as it is.

Source: SPARQL 1.1 §8.1 to §8.3 (the two kinds of negation), §18.6 (evaluation of EXISTS).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from pyoxigraph import BlankNode

from lsp_graph.shacl.blocks import apart
from lsp_graph.shacl.terms import Select
from lsp_graph.shacl.tokens import Token, tokens

MANY: Final = 2500
"""More rows than these are found again rather than named."""


@dataclass
class _Group:
    """What stands between braces; `before` stands before them, `after` before the closing one."""

    items: list[Token | _Group] = field(default_factory=list)
    before: str = " "
    after: str = " "

    def text(self) -> str:
        return f"{self.before}{{{''.join(_text(item) for item in self.items)}{self.after}}}"


_Item = Token | _Group


@dataclass
class _Parts:
    """A group taken apart: what binds rows, the EXISTS filters with their sign, the first OPTIONAL and all after it."""

    binding: list[_Item] = field(default_factory=list)
    exists: list[tuple[bool, _Group]] = field(default_factory=list)
    rest: list[_Item] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    movable: bool = True


@dataclass(frozen=True)
class Asked:
    """What a query is asked of: how, whether of many nodes, whether of few that are named in it."""

    select: Select
    many: bool
    few: bool


def anchored(query: str, asked: Asked) -> str:
    """The query (without its prologue) with its EXISTS filters rewritten, as far as that surely gives the same rows.

    `asked` tells how to ask for the rows that they are about.
    """
    whole = _tree(query)
    if any(token.text.startswith("_:") for token in _tokens(whole)):
        return query  # a labelled blank node may stand in one group only
    return "".join(_text(item) for item in _inner(whole.items, asked))


def _tree(query: str) -> _Group:
    stack = [_Group()]
    for token in tokens(query):
        if token.text == "{":
            stack.append(_Group(before=token.before))
        elif token.text == "}" and len(stack) > 1:
            closed = stack.pop()
            closed.after = token.before
            stack[-1].items.append(closed)
        else:
            stack[-1].items.append(token)
    return stack[0]


def _inner(items: list[_Item], asked: Asked) -> list[_Item]:
    """The items with the groups among them rewritten."""
    return [_rewritten(item, asked) if isinstance(item, _Group) else item for item in items]


def _rewritten(group: _Group, asked: Asked) -> _Group:
    if _first_word(group) == "SELECT":
        return _Group(_inner(group.items, asked), group.before, group.after)
    parts = _parts(group)
    if not parts.movable:
        return group
    known = list(parts.binding)
    made = list(parts.binding) if asked.few else _apart(parts.binding, asked.many)
    for positive, inner in parts.exists:
        mentioned = _variables(inner)
        joint = sorted(mentioned & parts.bound)
        if not joint or mentioned & (parts.unsure - parts.bound) or not _plain(inner):
            made.extend(tokens(f" FILTER {'' if positive else 'NOT '}EXISTS {inner.text()} "))
            continue
        names = " ".join(f"?{name}" for name in joint)
        start = _rows(names, made, known, asked.select)
        # Within, each row has its own few answers: what is found for all rows at once would be more.
        found = _rewritten(_Group([*start, *inner.items]), replace(asked, few=True))
        filtering = _tree(f" {'' if positive else 'MINUS '}{{ SELECT DISTINCT {names} WHERE {found.text()} }} ").items
        made.extend(filtering)
        known.extend(filtering)  # the next filter is about the rows that are left
    return _Group([*made, *parts.rest], group.before, group.after)


def _apart(items: list[_Item], many: bool) -> list[_Item]:
    """The items, with blocks of triples put apart in each run of tokens between groups."""
    made: list[_Item] = []
    for grouped, run in groupby(items, lambda item: isinstance(item, _Group)):
        found = list(run)
        plain = [item for item in found if isinstance(item, Token)]
        made.extend(found if grouped else apart(plain, frozenset(["this"]), many))
    return made


def _rows(names: str, quick: list[_Item], plain: list[_Item], select: Select) -> list[_Item]:
    """A pattern for the rows of a group: the rows themselves where they are few and can be named, else a sub-select.

    The group comes in two forms: to be asked by itself, and to stand in another query.
    """
    rows = []
    for row in select(_distinct(names, quick)):
        rows.append(f"({' '.join(str(term) for term in row)})")
        if len(rows) > MANY or any(term is None or isinstance(term, BlankNode) for term in row):
            return _tree(f" {{ {_distinct(names, plain)} }} ").items
    # The rows are one piece, of which nothing is to be told: they are long.
    return [*tokens(f" VALUES ({names})"), _Group([Token(" ".join(rows), "", "", " ")])]


def _distinct(names: str, items: list[_Item]) -> str:
    return f"SELECT DISTINCT {names} WHERE {{ {''.join(_text(item) for item in items)} }}"


def _parts(group: _Group) -> _Parts:
    """Take a group apart. It is not movable where something other than filters follows an OPTIONAL."""
    parts = _Parts()
    items = group.items
    place, past_optional = 0, False
    while place < len(items):
        item = items[place]
        word = item.word if isinstance(item, Token) else ""
        if word == "FILTER":
            sign, length = _exists(items, place)
            if sign is not None:
                parts.exists.append((sign, _group(items[place + length - 1])))
                # A filter parts the triples before it from those after it; so does this one, which does nothing.
                (parts.rest if past_optional else parts.binding).extend(tokens(" FILTER (true) "))
            else:
                length = _filter(items, place)
                parts.rest.extend(items[place : place + length])
                (parts.rest if past_optional else parts.binding).extend(tokens(" FILTER (true) "))
            place += length
            continue
        if word == "OPTIONAL":
            past_optional = True
            parts.unsure |= _variables(items[place + 1])
            parts.rest.extend(items[place : place + 2])
            place += 2
            continue
        if past_optional:
            parts.movable = parts.movable and isinstance(item, Token) and item.text == "."
            parts.rest.extend([item])
            place += 1
            continue
        length = _bind(items, place) if word == "BIND" else _block(items, place) if word == "VALUES" else 1
        taken = items[place : place + length]
        _note(parts, taken, word)
        parts.binding.extend(taken)
        place += length
    return parts


def _note(parts: _Parts, taken: list[_Item], word: str) -> None:
    """Note which variables these items bind."""
    for item in taken:
        if isinstance(item, Token):
            if item.variable and word != "BIND":
                parts.bound.add(item.variable)
        elif _first_word(item) == "SELECT":
            parts.bound |= _returned(item)
        elif word != "VALUES":
            parts.unsure |= _variables(item)
    if word == "BIND":
        named = [item.variable for item in taken if isinstance(item, Token) and item.variable]
        parts.unsure.add(named[-1])


def _group(item: _Item) -> _Group:
    """The item, which the grammar makes a group here."""
    if isinstance(item, _Group):
        return item
    raise TypeError(f"{item.text} stands where a group must")


def _exists(items: list[_Item], place: int) -> tuple[bool | None, int]:
    """Whether a FILTER is one of EXISTS (True) or NOT EXISTS (False), and how many items it takes."""
    words = [item.word if isinstance(item, Token) else "" for item in items[place + 1 : place + 3]]
    if words[:1] == ["EXISTS"]:
        return True, 3
    if words == ["NOT", "EXISTS"]:
        return False, 4
    return None, 0


def _filter(items: list[_Item], place: int) -> int:
    """How many items a FILTER with an expression takes: up to the parenthesis that closes it."""
    return _closing(items, place + 1) - place + 1


def _bind(items: list[_Item], place: int) -> int:
    return _closing(items, place + 1) - place + 1


def _block(items: list[_Item], place: int) -> int:
    """How many items a VALUES block takes: up to its braces."""
    return next(here for here in range(place, len(items)) if isinstance(items[here], _Group)) - place + 1


def _closing(items: list[_Item], place: int) -> int:
    """Where the first parenthesis from this place on is closed."""
    depth = 0
    for here in range(place, len(items)):
        item = items[here]
        if isinstance(item, Token) and item.text in "()":
            depth += 1 if item.text == "(" else -1
            if depth == 0:
                return here
    return len(items) - 1


def _plain(group: _Group) -> bool:
    """Whether a group can begin with a sub-select without a group within it then missing a variable's value."""
    before = ""
    for item in group.items:
        if isinstance(item, _Group):
            expressions = {token.word for token in _tokens(item)} & {"FILTER", "BIND", "SELECT"}
            if before not in ("EXISTS", "OPTIONAL") and expressions:
                return False
            if before == "OPTIONAL" and expressions - {"FILTER"}:
                return False
        else:
            if item.word in ("SELECT", "GRAPH"):
                return False
            before = item.word
    return True


def _returned(group: _Group) -> set[str]:
    """The variables that a sub-select returns, as far as they are named by themselves."""
    found: set[str] = set()
    for item in group.items:
        if isinstance(item, _Group):
            break
        if item.variable:
            found.add(item.variable)
    return found


def _first_word(group: _Group) -> str:
    return next((item.word for item in group.items if isinstance(item, Token)), "")


def _variables(item: _Item) -> set[str]:
    return {token.variable for token in _tokens(item) if token.variable}


def _tokens(item: _Item) -> Iterator[Token]:
    if isinstance(item, Token):
        yield item
    else:
        for inner in item.items:
            yield from _tokens(inner)


def _text(item: _Item) -> str:
    return item.text() if isinstance(item, _Group) else item.whole
