"""
What two graphs differ in.

    a store before + a store after  ->  the triples of the default graph that went, and those that came

A blank node has no name that outlives its store: the triples that it stands in are among both.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox


def difference(before: ox.Store, after: ox.Store) -> tuple[list[ox.Triple], list[ox.Triple]]:
    """The triples that only the first store has, and those that only the second has, in the order of their text."""
    earlier, later = _lines(before), _lines(after)
    return _triples(earlier - later), _triples(later - earlier)


def _lines(store: ox.Store) -> set[bytes]:
    return set((store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b"").splitlines())


def _triples(lines: Iterable[bytes]) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(b"\n".join(sorted(lines)), format=ox.RdfFormat.N_TRIPLES)]
