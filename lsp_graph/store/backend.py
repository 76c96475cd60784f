"""
What every store can do, wherever the triples live.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples

Answer = QuerySolutions | QueryBoolean | QueryTriples


class View(Protocol):
    """The graph as it was on a day, or of all periods."""

    def query(self, query: str) -> Answer:
        """The answer to a SPARQL 1.1 query."""
        ...


class Backend(Protocol):
    """A graph that can be asked, as a whole or as it was on a day."""

    @property
    def version(self) -> str:
        """What identifies the state of the data that is being asked."""
        ...

    def query(
        self,
        sparql: str,
        *,
        as_of: date | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """The answer to a SPARQL 1.1 query.

        With `as_of` only what was valid on that day is there; without it, all periods. The default graph is the
        merge of all published graphs, unless `default_graphs` or `named_graphs` name the dataset (SPARQL 1.1 Protocol
        §2.1.4).
        Raises `QueryRefused` when the text is no query that may run here.
        """
        ...
