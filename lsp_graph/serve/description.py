"""
What the graph says about a thing.

    view of the graph + IRI  ->  a symmetric concise bounded description

The statements about the thing and those that point to it (bounded, what was cut is counted), all about the blank nodes
among them, where the facts stand, what came before and after, and the names of everything that is linked.
Source: W3C Member Submission "CBD - Concise Bounded Description", sections 2 and 5 (symmetric).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, QueryTriples, Triple

from lsp_graph.binding import Term, bind
from lsp_graph.layout import QUERIES
from lsp_graph.store import EmbeddedBackend


@dataclass(frozen=True)
class Description:
    """A thing, and what is known about it.

    `said` are the statements about it, `pointing` those that point to it, `around` those about blank nodes, evidence
    and succession, `names` what linked things are called. `totals` has, of each property that was cut, how many
    statements point to the thing by it.
    """

    thing: NamedNode
    said: tuple[Triple, ...]
    pointing: tuple[Triple, ...] = ()
    around: tuple[Triple, ...] = ()
    names: tuple[Triple, ...] = ()
    totals: Mapping[NamedNode, int] = field(default_factory=dict)

    @property
    def told(self) -> tuple[Triple, ...]:
        """All but the names, each statement once."""
        return tuple(dict.fromkeys((*self.said, *self.pointing, *self.around)))

    @property
    def triples(self) -> tuple[Triple, ...]:
        """The whole description, each statement once."""
        return tuple(dict.fromkeys((*self.told, *self.names)))


@dataclass(frozen=True)
class Period:
    """From when until when a thing was, as ISO dates (None: not recorded), and what came after it, by IRI and label."""

    begins: str | None
    ends: str | None
    successors: tuple[tuple[str, str | None], ...]


def known(backend: EmbeddedBackend, things: Sequence[NamedNode]) -> set[NamedNode]:
    """Those of the things that the graph speaks of, in all periods."""
    rows = select(backend, "known", {"_things": things}, None)
    return {row["thing"] for row in rows if isinstance(row["thing"], NamedNode)}


def period(backend: EmbeddedBackend, thing: NamedNode) -> Period:
    """When a thing was, as the views of dates understand it: what has several ends ended with the first."""
    rows = list(select(backend, "period", {"_thing": thing}, None))
    begins = [row["from"].value for row in rows if isinstance(row["from"], Literal)]
    ends = [row["until"].value for row in rows if isinstance(row["until"], Literal)]
    successors = {
        row["successor"].value: row["label"].value if isinstance(row["label"], Literal) else None
        for row in rows
        if isinstance(row["successor"], NamedNode)
    }
    return Period(
        max(begins, default=None),
        min(ends, default=None),
        tuple(successors.items()),
    )


def called(backend: EmbeddedBackend, things: Sequence[NamedNode], as_of: date | None) -> tuple[Triple, ...]:
    """The names of these things."""
    return _triples(backend, "names", {"_things": things}, as_of)


def describe(backend: EmbeddedBackend, thing: NamedNode, as_of: date | None, most: int) -> Description:
    """What the graph says about a thing, as it was on a day (None: in all periods).

    Of the statements that point to it there are `most` at most, of each property its share.
    """
    said = _triples(backend, "said", {"_thing": thing}, as_of)
    pointing, totals = _pointing(backend, thing, as_of, most)
    around = {
        *_triples(backend, "evidence", {"_thing": thing}, as_of),
        *_triples(backend, "succession", {"_thing": thing}, as_of),
        *_about_blank_nodes(backend, (*said, *pointing), as_of),
    }
    linked = {node for triple in (*said, *pointing, *around) for node in triple if isinstance(node, NamedNode)}
    names = called(backend, sorted(linked - {thing}, key=str), as_of)
    return Description(thing, said, pointing, tuple(sorted(around, key=str)), names, totals)


def _pointing(
    backend: EmbeddedBackend, thing: NamedNode, as_of: date | None, most: int
) -> tuple[tuple[Triple, ...], dict[NamedNode, int]]:
    """The statements that point to a thing; where they are more than `most`, as many of each property as is fair."""
    all_of_them = islice(constructed(backend, "pointing", {"_thing": thing}, as_of), most + 1)
    found = tuple(sorted(all_of_them, key=str))
    if len(found) <= most:
        return found, {}
    counted = {
        row["property"]: int(row["number"].value)
        for row in select(backend, "pointing-counts", {"_thing": thing}, as_of)
        if isinstance(row["property"], NamedNode) and isinstance(row["number"], Literal)
    }
    taken: list[Triple] = []
    totals = {}
    for done, (property_, number) in enumerate(counted.items()):  # the rarest first: what they leave is for the others
        share = (most - len(taken)) // (len(counted) - done)
        bound = {"_thing": thing, "_property": property_}
        taken += islice(constructed(backend, "pointing-by", bound, as_of), share)
        if number > share:
            totals[property_] = number
    return tuple(sorted(taken, key=str)), totals


def _about_blank_nodes(backend: EmbeddedBackend, triples: Iterable[Triple], as_of: date | None) -> Iterator[Triple]:
    """All that is said about the blank nodes in these triples, and about those that this leads to."""
    view = backend.view(as_of)
    waiting = [node for triple in triples for node in triple if isinstance(node, BlankNode)]
    seen = set(waiting)
    while waiting:
        for quad in view.quads_for_pattern(waiting.pop(), None, None, None):
            yield quad.triple
            if isinstance(quad.object, BlankNode) and quad.object not in seen:
                seen.add(quad.object)
                waiting.append(quad.object)


def _triples(
    backend: EmbeddedBackend, query: str, values: Mapping[str, Term | Sequence[Term]], as_of: date | None
) -> tuple[Triple, ...]:
    return tuple(sorted(constructed(backend, query, values, as_of), key=str))


def constructed(
    backend: EmbeddedBackend,
    query: str,
    values: Mapping[str, Term | Sequence[Term]],
    as_of: date | None = None,
    **options: Any,
) -> QueryTriples:
    """What a query of `queries/serve/` constructs from the view of a day, with its parameters bound.

    `options` are those of the backend's `query`.
    """
    found = backend.query(bind(_text(query), values), as_of=as_of, **options)
    if not isinstance(found, QueryTriples):
        raise TypeError(f"queries/serve/{query}.rq is no CONSTRUCT query")
    return found


def select(
    backend: EmbeddedBackend, query: str, values: Mapping[str, Term | Sequence[Term]], as_of: date | None
) -> QuerySolutions:
    """What a SELECT of `queries/serve/` finds in the view of a day, with its parameters bound."""
    found = backend.query(bind(_text(query), values), as_of=as_of)
    if not isinstance(found, QuerySolutions):
        raise TypeError(f"queries/serve/{query}.rq is no SELECT query")
    return found


@cache
def _text(query: str) -> str:
    """The text of a query in `queries/serve/`."""
    return (QUERIES / "serve" / f"{query}.rq").read_text(encoding="utf-8")
