"""
Python values as RDF: literals, and the shared intervals of periods.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from lsp_graph.namespaces import RDF, TIME, XSD, resource

_OPEN: Final = ".."


def literal(value: str | int | float | bool | date) -> Literal:
    """The RDF literal of a Python value; text carries no language, a float becomes a decimal (a measured number)."""
    if isinstance(value, bool | int | str):
        return Literal(value)
    if isinstance(value, float):
        return Literal(f"{value:.10f}".rstrip("0").rstrip("."), datatype=XSD.decimal)
    return Literal(value.isoformat(), datatype=XSD.date)


def interval_of(begins: date | None, ends: date | None) -> tuple[NamedNode, list[Triple]]:
    """The shared `time:ProperInterval` of two days (OWL-Time §4.1.4), and the triples that describe it.

    Both days belong to it; its end instant is therefore the last day, as `lsp:until` is.
    """
    first, last = begins or _OPEN, ends or _OPEN
    interval = resource("period", f"{first}_{last}")
    triples = [Triple(interval, RDF.type, TIME.ProperInterval)]
    for edge, day in ((TIME.hasBeginning, begins), (TIME.hasEnd, ends)):
        if day is not None:
            instant = resource("day", day.isoformat())
            triples += [
                Triple(interval, edge, instant),
                Triple(instant, RDF.type, TIME.Instant),
                Triple(instant, TIME.inXSDDate, literal(day)),
            ]
    return interval, triples
