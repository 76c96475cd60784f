"""The view of a day that is made from that of another day is the one that is made from the data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from lsp_graph.literals import literal
from lsp_graph.namespaces import GRAPH, ID, LSP, RDF
from lsp_graph.store import EmbeddedBackend, in_memory

EDGES = (date(2007, 12, 30), date(2009, 4, 1), date(2015, 5, 26))
DAYS = sorted({edge + timedelta(days) for edge in EDGES for days in (-1, 0)})
DAY = st.sampled_from(DAYS)
PERIOD = st.tuples(st.none() | DAY, st.none() | DAY)
THINGS = [ID[f"thing/{number}"] for number in range(5)]
THING = st.sampled_from(THINGS)
RELATIONS = (LSP.covers, LSP.actsIn, LSP.county, LSP.within, LSP.partnerClass, LSP.relatesTo, LSP.isAccountableFor)
STATED = st.tuples(THING, st.sampled_from(RELATIONS), THING)
COVERAGE = st.tuples(PERIOD, THING, THING)
ACCOUNT = st.tuples(PERIOD, THING, THING, THING)


def dated(thing: NamedNode, period: tuple[date | None, date | None]) -> list[Quad]:
    edges = zip((LSP["from"], LSP.until), period, strict=True)
    return [Quad(thing, edge, literal(day), GRAPH.one) for edge, day in edges if day]


def quads_of(
    periods: Sequence[tuple[date | None, date | None]],
    stated: Sequence[tuple[NamedNode, NamedNode, NamedNode]],
    coverages: Sequence[tuple[tuple[date | None, date | None], NamedNode, NamedNode]],
    accounts: Sequence[tuple[tuple[date | None, date | None], NamedNode, NamedNode, NamedNode]],
) -> list[Quad]:
    quads = [quad for thing, period in zip(THINGS, periods, strict=True) for quad in dated(thing, period)]
    quads += [Quad(*triple, GRAPH.two) for triple in stated]
    for number, (period, body, area) in enumerate(coverages):
        one = ID[f"coverage/{number}"]
        said = ((RDF.type, LSP.Coverage), (LSP.body, body), (LSP.area, area))
        quads += dated(one, period) + [Quad(one, prop, value, GRAPH.one) for prop, value in said]
    for number, (period, *ends) in enumerate(accounts):
        one = ID[f"accountability/{number}"]
        props = (LSP.accountable, LSP.accountableTo, LSP.accountableFor)
        quads += [*dated(one, period), Quad(one, RDF.type, LSP.Accountability, GRAPH.one)]
        quads += [Quad(one, prop, value, GRAPH.one) for prop, value in zip(props, ends, strict=True)]
    return quads


@settings(max_examples=30, deadline=None)
@given(
    periods=st.lists(PERIOD, min_size=len(THINGS), max_size=len(THINGS)),
    stated=st.lists(STATED, max_size=6),
    coverages=st.lists(COVERAGE, max_size=3),
    accounts=st.lists(ACCOUNT, max_size=3),
    days=st.lists(DAY, min_size=4, max_size=8),
)
def test_however_one_comes_to_a_day_its_view_is_the_same(
    periods: Sequence[tuple[date | None, date | None]],
    stated: Sequence[tuple[NamedNode, NamedNode, NamedNode]],
    coverages: Sequence[tuple[tuple[date | None, date | None], NamedNode, NamedNode]],
    accounts: Sequence[tuple[tuple[date | None, date | None], NamedNode, NamedNode, NamedNode]],
    days: Sequence[date],
) -> None:
    quads = quads_of(periods, stated, coverages, accounts)
    backend = in_memory(quads)
    backend.view(None)

    for day in days:
        assert set(backend.view(day)) == set(in_memory(quads).view(day))


def graph() -> EmbeddedBackend:
    quads = [
        quad for thing, day in zip(THINGS, DAYS, strict=False) for quad in (*dated(thing, (day, day)), kind(thing))
    ]
    backend = in_memory(quads)
    backend.view(None)
    return backend


def kind(thing: NamedNode) -> Quad:
    return Quad(thing, RDF.type, LSP.Area, GRAPH.one)


def areas(quads: Sequence[Quad]) -> set[object]:
    return {quad.subject for quad in quads if quad.object == LSP.Area}


def test_who_holds_the_view_of_a_day_keeps_that_day() -> None:
    backend = graph()
    held = [backend.view(day) for day in DAYS[:4]]

    assert [areas(list(view)) for view in held] == [{thing} for thing in THINGS[:4]]


def test_an_answer_that_is_still_being_read_is_of_its_day() -> None:
    backend = graph()
    first = backend.view(DAYS[0]).quads_for_pattern(None, None, None)
    for day in DAYS[1:4]:
        backend.view(day)

    assert areas(list(first)) == {THINGS[0]}


def test_a_view_is_made_of_another_when_there_are_enough() -> None:
    backend = graph()
    before = [id(backend.view(day)) for day in DAYS[:2]]

    assert id(backend.view(DAYS[2])) == before[0]
    assert areas(list(backend.view(DAYS[2]))) == {THINGS[2]}
    assert id(backend.view(DAYS[0])) == before[1]
    assert areas(list(backend.view(DAYS[0]))) == {THINGS[0]}
