"""
The graph, an area or an answer, in the form that other programs read.

    backend + what of it + form  ->  bytes

    nq trig ttl jsonld     the graph, or all that is said of an area and of what stands in it
    csv xlsx parquet json  the answer to a question, or who is accountable in an area
    graphml                how an area is governed
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import networkx
from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, QueryTriples, RdfFormat, Triple, serialize

from lsp_graph import areas, questions, tables
from lsp_graph.accountability import who
from lsp_graph.binding import bind
from lsp_graph.errors import InputError, Problem
from lsp_graph.layout import QUERIES
from lsp_graph.literals import in_graph
from lsp_graph.namespaces import PREFIXES
from lsp_graph.pictures import Governance, governance
from lsp_graph.questions import Question
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Backend

_RDF: Final = {
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
}
_BY_GRAPH: Final = ("nq", "trig")

FORMS: Final = (*_RDF, *tables.FORMS, "graphml")
"""The forms in which something can be exported."""

_LOOKUP: Final = QUERIES / "lookup"
_MOST: Final = 10_000
"""Accountabilities of one area that a table holds."""


def export(
    backend: Backend,
    form: str,
    *,
    question: Question | None = None,
    arguments: Mapping[str, str] | None = None,
    area: str | None = None,
    as_of: date | None = None,
) -> bytes:
    """The graph (or an area, or the answer to a question) in one of `FORMS`.

    `as_of` is the day it is exported of: without one RDF holds all periods, and tables and pictures are of the day
    that questions are asked of. Raises `InputError` for a form that does not go with what is asked for, and what
    resolving the area and asking the question raise.
    """
    day = as_of or DEFAULT_AS_OF
    if question is not None:
        if form not in tables.FORMS:
            raise _wrong(form, f"for a question one of {', '.join(tables.FORMS)}")
        return tables.of_answer(questions.ask(backend, question, arguments or {}, day)).to_bytes(form)
    place = None if area is None else areas.resolve(backend, area, day)
    if form in _RDF:
        return _as_rdf(_quads(backend, form, place, as_of), form)
    if place is None:
        raise _wrong(form, f"one of {', '.join(_RDF)} for the whole graph; others with an area or a question")
    if form in tables.FORMS:
        return tables.of_accountabilities(who(backend, area=place.value, as_of=day, limit=_MOST)).to_bytes(form)
    if form == "graphml":
        return _as_graphml(governance(backend, place, _label(backend, place), day))
    raise _wrong(form, f"one of {', '.join(FORMS)}")


def _quads(backend: Backend, form: str, place: NamedNode | None, day: date | None) -> Iterable[Quad]:
    """What is exported; each quad in its graph where the form has graphs and the whole is asked for."""
    if place is not None:
        text = bind(_text("area-triples"), {"_area": place})
        return (in_graph(triple, DefaultGraph()) for triple in _triples(backend, text, day))
    if form not in _BY_GRAPH:
        return (in_graph(triple, DefaultGraph()) for triple in _triples(backend, _text("triples"), day))
    graphs = backend.query(_text("named-graphs"), as_of=day)
    assert isinstance(graphs, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    names = [row["graph"] for row in graphs]
    return (
        in_graph(triple, name)
        for name in names
        if isinstance(name, NamedNode)
        for triple in _triples(backend, _text("triples"), day, [name.value])
    )


def _triples(backend: Backend, text: str, day: date | None, graphs: Iterable[str] = ()) -> set[Triple]:
    found = backend.query(text, as_of=day, default_graphs=list(graphs))
    assert isinstance(found, QueryTriples)  # noqa: S101  # the files hold a CONSTRUCT
    return set(found)


def _as_rdf(quads: Iterable[Quad], form: str) -> bytes:
    """The quads, in an order that does not vary."""
    ordered = sorted(quads, key=lambda quad: (str(quad.graph_name), str(quad.subject), str(quad.predicate), str(quad)))
    if form in _BY_GRAPH or form == "jsonld":
        return serialize(ordered, format=_RDF[form], prefixes=PREFIXES) or b""
    return serialize((quad.triple for quad in ordered), format=_RDF[form], prefixes=PREFIXES) or b""


def _as_graphml(governed: Governance) -> bytes:
    graph = networkx.MultiDiGraph(name=governed.area, asOf=governed.as_of.isoformat())
    for thing in governed.things:
        graph.add_node(thing.iri, label=thing.label, kind=thing.kind, sector=thing.sector or "")
    for line in governed.lines:
        graph.add_edge(line.one, line.other, relation=line.relation, number=line.number)
    written = io.BytesIO()
    networkx.write_graphml(graph, written)
    return written.getvalue()


def _label(backend: Backend, place: NamedNode) -> str:
    return next((area.label for area in areas.known(backend) if area.iri == place.value), place.value)


def _text(query: str) -> str:
    return Path(_LOOKUP / f"{query}.rq").read_text(encoding="utf-8")


def _wrong(form: str, expected: str) -> InputError:
    return InputError([Problem("form", None, repr(form), expected)])
