"""
Python values as RDF: literals, quads, the shared intervals of periods, the provenance of a graph.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from lsp_graph.namespaces import GRAPH, PROV, RDF, RDFS, TIME, XSD, resource

_OPEN: Final = ".."

SOFTWARE: Final = resource("software", "lsp-graph")
"""This program, as the agent of what it makes."""


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


def in_graph(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    """The triple as a quad of this graph."""
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def generated(graph: NamedNode, by: str, inputs: Iterable[NamedNode]) -> list[Triple]:
    """The provenance of a named graph (PROV-O §3.1): the activity that made it, with which software, from which graphs.

    `by` says in words what the activity was. No time is stated, so that two builds of the same sources are the same;
    when a version was made is in its manifest.
    """
    activity = resource("activity", graph.value.removeprefix(str(GRAPH)))
    triples = [
        Triple(graph, RDF.type, PROV.Entity),
        Triple(graph, PROV.wasGeneratedBy, activity),
        Triple(activity, RDF.type, PROV.Activity),
        Triple(activity, RDFS.label, Literal(by, language="en")),
        Triple(activity, PROV.wasAssociatedWith, SOFTWARE),
        Triple(SOFTWARE, RDF.type, PROV.SoftwareAgent),
        Triple(SOFTWARE, RDFS.label, Literal("LSP Graph", language="en")),
    ]
    for used in inputs:
        triples += [Triple(activity, PROV.used, used), Triple(graph, PROV.wasDerivedFrom, used)]
    return triples
