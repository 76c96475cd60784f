"""
The data as columns of numbers: where a path leads, from many nodes at a time.

    nodes + path  ->  each node with each of its values

Terms are numbered as they are met, and a property is read when it is first asked for. What a query takes milliseconds
for, because the store joins row by row, is then a few operations on whole columns.
Source: SHACL §2.3.1 (paths).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Sequence as Listed
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from lsp_graph.namespaces import RDF
from lsp_graph.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from lsp_graph.shacl.terms import Term
from lsp_graph.store.rows import Terms

Codes = NDArray[np.int64]
"""Terms by their numbers; where they are a set, in order and each once."""

Table = Callable[[str], bytes]
"""Asks a SELECT query; gives its rows as TSV."""

NONE: Final[Codes] = np.empty(0, dtype=np.int64)
_HALF: Final = 32
_LOW: Final = (1 << _HALF) - 1


@dataclass(frozen=True, slots=True)
class Pairs:
    """Nodes with their values, each pair once, ordered by the nodes."""

    start: Codes
    end: Codes

    @property
    def keys(self) -> Codes:
        """Each pair as one number."""
        return (self.start << _HALF) | self.end

    def ends_of(self, start: int) -> list[int]:
        """The values of one node."""
        begin, end = np.searchsorted(self.start, [start, start + 1])
        found: list[int] = self.end[begin:end].tolist()
        return found

    def which(self, chosen: NDArray[np.bool_]) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.start[chosen], self.end[chosen])


class Columns:
    """The properties of one state of the data; threads may share it. `terms` remembers terms by their text."""

    def __init__(self, table: Table, terms: Terms) -> None:
        self._table, self._terms = table, terms
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []
        self._forwards: dict[str, Pairs] = {}
        self._backwards: dict[str, Pairs] = {}
        self._instances: dict[ox.NamedNode, Codes] = {}
        self._known: dict[Term, int] = {}
        self._lock = Lock()

    def terms(self, codes: Codes) -> list[Term]:
        """The terms of these numbers."""
        texts = self._texts
        return [self._terms[texts[code]] for code in codes.tolist()]  # type: ignore[misc]  # only "" is no term

    def text(self, code: int) -> str:
        """The text of a term in TSV."""
        return self._texts[code]

    def codes(self, terms: Iterable[Term]) -> Codes:
        """The numbers of these terms, as a set."""
        wanted = list(terms)
        texts = [str(term) for term in wanted if not isinstance(term, ox.Literal)]
        texts += self._written([term for term in wanted if isinstance(term, ox.Literal)])
        return distinct(np.array(self._numbered(texts), dtype=np.int64))

    def number(self, term: Term) -> int | None:
        """The number of a term that was read from the data; None for one that was not."""
        number = self._known.get(term)
        if number is None:
            (text,) = self._written([term]) if isinstance(term, ox.Literal) else (str(term),)
            number = self._numbers.get(text)
            if number is not None:
                self._known[term] = number
        return number

    def everywhere(self, path: Path) -> Pairs:
        """All that a path holds between, beginning at what has the property that it begins with."""
        return self.along(self._beginnings(path), path)

    def _beginnings(self, path: Path) -> Codes:
        match path:
            case Predicate(iri):
                return distinct(self.property(iri).start)
            case Inverse(Predicate(iri)):
                return distinct(self.property(iri).end)
            case Inverse(inner):
                return self._beginnings(_turned(inner))
            case Sequence(parts):
                return self._beginnings(parts[0])
            case Alternative(parts):
                return union([self._beginnings(part) for part in parts])
            case Repeat(inner, _):
                return self._beginnings(inner)

    def has_nameless(self, codes: Codes) -> bool:
        """Whether a blank node is among them."""
        return any(self._texts[code].startswith("_:") for code in codes.tolist())

    def instances(self, classes: Iterable[ox.NamedNode]) -> Codes:
        """What is stated to be an instance of any of the classes."""
        return union([self._of_class(name) for name in classes])

    def _of_class(self, name: ox.NamedNode) -> Codes:
        if name not in self._instances:
            (column,) = self._read(f"SELECT ?this WHERE {{ ?this {RDF.type} {name} }}", 1)
            self._instances[name] = distinct(column)
        return self._instances[name]

    def property(self, iri: str, *, backwards: bool = False) -> Pairs:
        """All that a property holds between, from its subjects, or backwards from its values."""
        if iri not in self._forwards:
            start, end = self._read(f"SELECT ?this ?value WHERE {{ ?this <{iri}> ?value }}", 2)
            self._forwards[iri] = _ordered(start, end)
        if not backwards:
            return self._forwards[iri]
        if iri not in self._backwards:
            pairs = self._forwards[iri]
            self._backwards[iri] = _ordered(pairs.end, pairs.start)
        return self._backwards[iri]

    def along(self, nodes: Codes, path: Path | None) -> Pairs:
        """Each of the nodes with each of its values by the path; without a path itself."""
        match path:
            case None:
                return Pairs(nodes, nodes)
            case Predicate(iri):
                return _from(nodes, self.property(iri))
            case Inverse(Predicate(iri)):
                return _from(nodes, self.property(iri, backwards=True))
            case Inverse(inner):
                return self.along(nodes, _turned(inner))
            case Sequence(parts):
                pairs = self.along(nodes, parts[0])
                for part in parts[1:]:
                    pairs = self.onwards(pairs, part)
                return pairs
            case Alternative(parts):
                return together([self.along(nodes, part) for part in parts])
            case Repeat(inner, sign):
                return self._repeated(nodes, inner, sign)

    def onwards(self, pairs: Pairs, path: Path) -> Pairs:
        """Each node of the pairs with what the path leads to from its values."""
        step = self.along(distinct(pairs.end), path)
        where, count = _found(pairs.end, step)
        return _ordered(np.repeat(pairs.start, count), step.end[where])

    def _repeated(self, nodes: Codes, path: Path, sign: str) -> Pairs:
        once = self.along(nodes, path)
        if sign == "?":
            return together([Pairs(nodes, nodes), once])
        found, new = once, once
        while new.start.size:
            reached = self.onwards(new, path)
            new = reached.which(~among(reached.keys, found.keys))
            found = together([found, new])
        return together([Pairs(nodes, nodes), found]) if sign == "*" else found

    def _read(self, query: str, columns: int) -> list[Codes]:
        lines = self._table(query).decode().split("\n")[1:-1]
        cells = lines if columns == 1 else "\t".join(lines).split("\t") if lines else []
        self._numbered(dict.fromkeys(cells))
        read = np.fromiter(map(self._numbers.__getitem__, cells), np.int64, len(cells))
        return [read[column::columns] for column in range(columns)]

    def _written(self, literals: Listed[ox.Literal]) -> list[str]:
        """The texts of literals as the store writes what it keeps of them."""
        if not literals:
            return []
        values = " ".join(map(str, literals))
        return self._table(f"SELECT ?value WHERE {{ VALUES ?value {{ {values} }} }}").decode().split("\n")[1:-1]

    def _numbered(self, texts: Iterable[str]) -> list[int]:
        numbers, known = self._numbers, self._texts
        found = []
        with self._lock:
            for text in texts:
                if text not in numbers:
                    numbers[text] = len(known)
                    known.append(text)
                found.append(numbers[text])
        return found


class Numbered(Collection[Term]):
    """A set of terms, as numbers; a term is made when it is looked at."""

    def __init__(self, columns: Columns, codes: Codes) -> None:
        self.columns, self.codes = columns, codes
        self._known: frozenset[int] | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Term]:
        return iter(self.columns.terms(self.codes))

    def __contains__(self, term: object) -> bool:
        if self._known is None:
            self._known = frozenset(self.codes.tolist())
        return isinstance(term, Term) and self.columns.number(term) in self._known

    def without(self, terms: Iterable[Term]) -> Numbered:
        """The set without some of its terms."""
        return Numbered(self.columns, without(self.codes, self.columns.codes(terms)))


def joined(sets: Listed[Collection[Term]]) -> Collection[Term]:
    """What is in any of the sets."""
    numbered = [one for one in sets if isinstance(one, Numbered)]
    if not numbered or len(numbered) < len(sets):
        return frozenset(term for one in sets for term in one)
    return Numbered(numbered[0].columns, union([one.codes for one in numbered]))


def distinct(codes: Codes) -> Codes:
    """The numbers as a set. Sorting suits these better than numpy's own `unique`, which hashes."""
    ordered = np.sort(codes)
    return ordered[_new(ordered)]


def starts(pairs: Pairs, chosen: NDArray[np.bool_]) -> Codes:
    """The nodes of some of the pairs, as a set."""
    found = pairs.start[chosen]
    return found[_new(found)]


def _new(ordered: Codes) -> NDArray[np.bool_]:
    """For each number in order whether it is another than the one before."""
    new = np.ones(ordered.shape, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return new


def union(sets: Iterable[Codes]) -> Codes:
    """What is in any of the sets."""
    some = [one for one in sets if one.size]
    return some[0] if len(some) == 1 else distinct(np.concatenate(some)) if some else NONE


def without(codes: Codes, others: Codes) -> Codes:
    """What is in the one set and not in the other."""
    return codes[~among(codes, others)] if others.size else codes


def among(codes: Codes, others: Codes) -> NDArray[np.bool_]:
    """For each number whether it is in the set."""
    if not others.size:
        return np.zeros(codes.shape, dtype=np.bool_)
    where = np.searchsorted(others, codes)
    where[where == others.size] = 0
    found: NDArray[np.bool_] = others[where] == codes
    return found


def counts(nodes: Codes, pairs: Pairs) -> NDArray[np.int64]:
    """For each of the nodes how many pairs begin with it."""
    begin = np.searchsorted(pairs.start, nodes, "left")
    return np.searchsorted(pairs.start, nodes, "right") - begin


def tally(nodes: Codes, pairs: Pairs) -> list[tuple[int, int]]:
    """What the nodes lead to, each with how many of them."""
    ends = np.sort(_from(nodes, pairs).end)
    firsts = np.flatnonzero(_new(ends))
    return list(zip(ends[firsts].tolist(), np.diff(firsts, append=ends.size).tolist(), strict=True))


def together(some: Iterable[Pairs]) -> Pairs:
    """The pairs of all, each once."""
    keys = union([pairs.keys for pairs in some])
    return Pairs(keys >> _HALF, keys & _LOW)


def _ordered(start: Codes, end: Codes) -> Pairs:
    keys = distinct((start << _HALF) | end)
    return Pairs(keys >> _HALF, keys & _LOW)


def _from(nodes: Codes, pairs: Pairs) -> Pairs:
    where, count = _found(nodes, pairs)
    return Pairs(np.repeat(nodes, count), pairs.end[where])


def _found(nodes: Codes, pairs: Pairs) -> tuple[Codes, Codes]:
    """Where the pairs are that begin with each of the nodes, and how many of them."""
    begin = np.searchsorted(pairs.start, nodes, "left")
    count = np.searchsorted(pairs.start, nodes, "right") - begin
    before = np.cumsum(count) - count
    where = np.arange(int(count.sum())) - np.repeat(before - begin, count)
    return where, count


def _turned(path: Path) -> Path:
    """The path walked backwards, with `Inverse` around single properties only."""
    match path:
        case Predicate():
            return Inverse(path)
        case Inverse(inner):
            return inner
        case Sequence(parts):
            return Sequence(tuple(_turned(part) for part in reversed(parts)))
        case Alternative(parts):
            return Alternative(tuple(_turned(part) for part in parts))
        case Repeat(inner, sign):
            return Repeat(_turned(inner), sign)
