"""
What is said of single things in a view, looked up and kept.

    thing + property  ->  its values;   property + value  ->  the things that have it

A view in memory is looked into pattern by pattern: that takes microseconds, where a query takes as long again to be
planned. A store elsewhere is asked one query for all the things that are wanted at a time. What was read is kept, for
the labels of bodies, areas, provisions and documents are wanted for every answer again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, QuerySolutions

from lsp_graph.binding import bind
from lsp_graph.layout import QUERIES
from lsp_graph.names import Kept
from lsp_graph.namespaces import RDFS, SKOS
from lsp_graph.store.backend import Backend
from lsp_graph.store.embedded import EmbeddedBackend

Value = NamedNode | Literal
_VALUES: Final = (NamedNode, Literal)

_DEFAULT: Final = DefaultGraph()
_MOST: Final = 200_000
"""So many answers are kept for one view; then all of them are forgotten."""

_AT_ONCE: Final = 200
"""So many things are named in one query."""


@dataclass
class _Read:
    """What was read of a view, by property: the values of things, and the things of values."""

    ahead: defaultdict[NamedNode, dict[NamedNode, tuple[Value, ...]]] = field(default_factory=lambda: defaultdict(dict))
    back: defaultdict[NamedNode, dict[NamedNode, tuple[NamedNode, ...]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    @property
    def size(self) -> int:
        return sum(len(known) for looked in (self.ahead, self.back) for known in looked.values())


_KEPT: Final = Kept[_Read]()


class Facts:
    """What is said in the view of a day (None: of all periods). A node without a name is no value here."""

    def __init__(self, backend: Backend, as_of: date | None) -> None:
        self._backend, self._as_of = backend, as_of
        self._store = backend.view(as_of) if isinstance(backend, EmbeddedBackend) else None
        self._read = _KEPT.of(backend, (backend.version, as_of), _Read)
        if self._read.size > _MOST:
            self._read.ahead.clear()
            self._read.back.clear()

    def read(self, things: Iterable[NamedNode], *properties: NamedNode) -> None:
        """Read these properties of all these things, about which they will be asked: of a store elsewhere at once."""
        if self._store is not None:
            return
        wanted = set(things)
        new = sorted({thing for one in properties for thing in wanted - self._read.ahead[one].keys()}, key=str)
        for part in _parts(new):
            found = self._pairs("values", part, properties)
            for one in properties:
                self._read.ahead[one].update({thing: tuple(found.get((thing, one), ())) for thing in part})

    def values(self, thing: NamedNode, one: NamedNode) -> tuple[Value, ...]:
        """The values of a property, in the order of their text."""
        known = self._read.ahead[one]
        if thing not in known:
            if self._store is None:
                self.read([thing], one)
            else:
                quads = self._store.quads_for_pattern(thing, one, None, _DEFAULT)
                known[thing] = _in_order([value for quad in quads if isinstance(value := quad.object, _VALUES)])
        return known[thing]

    def nodes(self, things: Iterable[NamedNode], one: NamedNode) -> list[NamedNode]:
        """The values of a property that are no literals, of several things, each once."""
        found = [value for thing in things for value in self.values(thing, one) if isinstance(value, NamedNode)]
        return found if len(found) < 2 else list(dict.fromkeys(found))

    def read_labels(self, things: Iterable[NamedNode]) -> None:
        """Read what all these things are called."""
        self.read(things, RDFS.label, SKOS.prefLabel)

    def label(self, thing: NamedNode) -> str:
        """What a thing is called, in English where there is a name in English; its IRI where it has no name."""
        labels = self.values(thing, RDFS.label) or self.values(thing, SKOS.prefLabel)
        english = (one for one in labels if isinstance(one, Literal) and one.language in (None, "en"))
        return next(english, next(iter(labels), thing)).value

    def holders(self, one: NamedNode, value: NamedNode) -> tuple[NamedNode, ...]:
        """The things that have this value of a property, in the order of their IRIs."""
        known = self._read.back[one]
        if value not in known:
            if self._store is None:
                found: Iterable[object] = self._pairs("holders", [value], [one]).get((value, one), ())
            else:
                found = (quad.subject for quad in self._store.quads_for_pattern(None, one, value, _DEFAULT))
            known[value] = tuple(sorted((thing for thing in found if isinstance(thing, NamedNode)), key=_text_of))
        return known[value]

    def _pairs(
        self, query: str, things: Sequence[NamedNode], properties: Sequence[NamedNode]
    ) -> Mapping[tuple[object, object], tuple[Value, ...]]:
        """What is at the other end of each property of each thing, asked in one query."""
        answer = self._backend.query(
            bind(_query(query), {"_things": things, "_properties": properties}), as_of=self._as_of
        )
        assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
        found: dict[tuple[object, object], list[Value]] = {}
        for row in answer:
            if isinstance(value := row["value"], Value):
                found.setdefault((row["thing"], row["property"]), []).append(value)
        return {key: _in_order(values) for key, values in found.items()}


def _in_order(values: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(values if len(values) < 2 else sorted(values, key=_text_of))


def _text_of(value: Value) -> str:
    return value.value


def _parts(things: Sequence[NamedNode]) -> Iterator[Sequence[NamedNode]]:
    return (things[start : start + _AT_ONCE] for start in range(0, len(things), _AT_ONCE))


@cache
def _query(name: str) -> str:
    return (QUERIES / "lookup" / f"{name}.rq").read_text(encoding="utf-8")
