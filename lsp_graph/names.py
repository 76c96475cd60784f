"""
Find things by what they are called, though it be misspelt or half typed.

    names of things  ->  Index;  Index + text  ->  the things that go by it, the best first

A word of the text stands for a word of a name that is the same, begins with it, or is nearly the same. A thing is found
when it has all the words, spread over its names; nothing is found by some of them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

_WORDS: Final = re.compile(r"[^\W_]+")
_IDLE: Final = frozenset({"a", "an", "and", "by", "for", "in", "is", "of", "on", "the", "to", "who"})
"""Words that say nothing where others stand beside them."""

_LONG: Final = 8
"""Letters from which on a word may be misspelt in two places, not in one only."""

_LEAST: Final = 4
"""Letters from which on a word may be misspelt, and a beginning counts in a text that is no longer being typed."""

_MOST_ALIKE: Final = 8
_BEGINNING: Final = 90
_KEPT: Final = 8
"""Of how many views of one backend something is kept: of the last days that were asked about."""

T = TypeVar("T")


@dataclass(frozen=True)
class Thing:
    """What can be found: its label, its kind, and all that it is called (the label need not be among them)."""

    iri: str
    label: str
    kind: str
    names: frozenset[str]


@dataclass(frozen=True)
class Match:
    """A thing found, the name that fits best, and how well it does (100: it is the whole text)."""

    thing: Thing
    name: str
    score: float


def folded(name: str) -> str:
    """A name without case, accents and punctuation: what two spellings of it have in common."""
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("'", "").replace("\u2019", "")).casefold()
    return " ".join(_WORDS.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))


class Index:
    """The words of the names of some things."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.things = tuple(things)
        self._names = [{folded(name): name for name in sorted(thing.names)} for thing in self.things]
        self._bearing: dict[str, set[int]] = {}  # the things of each name: many may have one
        for number, names in enumerate(self._names):
            for name in names:
                self._bearing.setdefault(name, set()).add(number)
        self._having: dict[str, set[int]] = {}
        self._within: dict[str, set[str]] = {}  # the names that have each word
        for name, bearing in self._bearing.items():
            for word in set(name.split()):
                self._having.setdefault(word, set()).update(bearing)
                self._within.setdefault(word, set()).add(name)
        self._words = sorted(self._having)

    def find(self, text: str, *, typing: bool = False) -> list[Match]:
        """The things that go by the text, the best first; `typing` says that its last word may go on."""
        words = self._telling(text)
        if not words:
            return []
        meant = [self._meant(word, typing and word is words[-1]) for word in words]
        holding = [set().union(*(self._having[word] for word in likely)) for likely in meant]
        matches = list(self._best(set.intersection(*holding), " ".join(words), meant))
        return sorted(matches, key=lambda match: (-match.score, match.thing.label, match.thing.iri))

    def called(self, text: str) -> list[Thing]:
        """The things that have just this name."""
        wanted = folded(text)
        having = set.intersection(*(self._having.get(word, set()) for word in wanted.split())) if wanted else set()
        return [self.things[number] for number in sorted(having) if wanted in self._names[number]]

    def nearest(self, text: str, limit: int = 5) -> list[str]:
        """The names that are most like the text, each once, for somebody who mistook one."""
        known = {name: shown for names in self._names for name, shown in names.items()}
        near = process.extract(folded(text), list(known), scorer=fuzz.WRatio, limit=limit, score_cutoff=50)
        return [known[name] for name, _, _ in near]

    def _telling(self, text: str) -> list[str]:
        words = folded(text).split()
        return [word for word in words if word not in _IDLE] or words

    def _meant(self, word: str, goes_on: bool) -> Mapping[str, float]:
        """The words of names that a word stands for, and how well; those nearly the same where there is no other."""
        likely: dict[str, float] = {word: 100.0} if word in self._having else {}
        if goes_on or len(word) >= _LEAST:
            longer = takewhile(lambda known: known.startswith(word), self._words[bisect_left(self._words, word) :])
            likely.update((known, _BEGINNING) for known in longer if known != word)
        if not likely and len(word) >= _LEAST and word.isalpha():  # a code is not misspelt
            slips = 1 if len(word) < _LONG else 2
            alike = process.extract(word, self._words, scorer=OSA.distance, limit=_MOST_ALIKE, score_cutoff=slips)
            likely.update((known, _BEGINNING - 10.0 * distance) for known, distance, _ in alike)
        return likely

    def _best(self, found: set[int], text: str, meant: list[Mapping[str, float]]) -> Iterator[Match]:
        """Each thing found, with the name that fits best. A name is looked at once, however many things have it."""
        names = {name for likely in meant for word in likely for name in self._within[word]}
        scored = ((self._score(name, text, meant), -len(name), name) for name in names)
        left = set(found)
        for score, _, name in sorted(scored, reverse=True):
            for number in self._bearing[name] & left:
                yield Match(self.things[number], self._names[number][name], round(score, 1))
            left -= self._bearing[name]
            if not left:
                break

    @staticmethod
    def _score(name: str, text: str, meant: list[Mapping[str, float]]) -> float:
        if name == text:
            return 100.0
        words = name.split()
        said = [max((likely[word] for word in words if word in likely), default=0.0) for likely in meant]
        covered = min(1.0, sum(1 for score in said if score) / len(words))
        return sum(said) / len(said) * (0.6 + 0.39 * covered)


class Kept(Generic[T]):
    """What is made once for each view of a backend, and forgotten with it."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[Any, dict[Hashable, T]] = WeakKeyDictionary()

    def of(self, backend: Any, view: Hashable, make: Callable[[], T]) -> T:
        """What is kept for a view, made where nothing is."""
        kept = self._of.setdefault(backend, {})
        if view not in kept:
            kept[view] = make()
            for oldest in list(kept)[:-_KEPT]:
                del kept[oldest]
        return kept[view]

    def held(self, backend: Any, view: Hashable) -> T | None:
        """What is kept for a view; None where nothing is."""
        return self._of.get(backend, {}).get(view)
