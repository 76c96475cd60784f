"""At the edges of the law and of the reorganisation no view loses what was valid, or keeps what was not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, QuerySolutions

from lsp_graph.literals import literal
from lsp_graph.namespaces import GRAPH, ID, LSP, RDF
from lsp_graph.store import EmbeddedBackend, in_memory

EDGES = (
    date(2007, 12, 30),  # the Act of 2007 comes into force
    date(2008, 4, 1),  # the agreements of 2008 begin
    date(2009, 4, 1),  # the reorganisation
    date(2015, 5, 26),  # the duties are repealed
)
DAYS = sorted({edge + timedelta(days) for edge in EDGES for days in (-1, 0, 1)})
NEAR = st.sampled_from(DAYS)
PERIOD = st.tuples(st.none() | NEAR, st.none() | NEAR)
AREA = ID["area/1"]


def valid(period: tuple[date | None, date | None], day: date) -> bool:
    first, last = period
    return (first is None or first <= day) and (last is None or day <= last)


def node(
    thing: NamedNode, kind: NamedNode, period: tuple[date | None, date | None], *said: tuple[NamedNode, NamedNode]
) -> list[Quad]:
    edges = [
        Quad(thing, edge, literal(end), GRAPH.one)
        for edge, end in zip((LSP["from"], LSP.until), period, strict=True)
        if end
    ]
    return [
        Quad(thing, RDF.type, kind, GRAPH.one),
        *edges,
        *(Quad(thing, prop, value, GRAPH.one) for prop, value in said),
    ]


def pairs(backend: EmbeddedBackend, query: str, day: date | None) -> set[tuple[str, ...]]:
    answer = backend.query(query, as_of=day)
    assert isinstance(answer, QuerySolutions)
    return {tuple(str(term) for term in row) for row in answer}


@given(periods=st.lists(PERIOD, min_size=1, max_size=6), day=NEAR)
def test_nothing_valid_is_lost_and_nothing_invalid_stays(
    periods: Sequence[tuple[date | None, date | None]], day: date
) -> None:
    things = [ID[f"thing/{number}"] for number in range(len(periods))]
    quads = [quad for thing, period in zip(things, periods, strict=True) for quad in node(thing, LSP.Duty, period)]
    # A ring: each points to the next, so that what is gone must not be pointed to either.
    ring = [(thing, things[(number + 1) % len(things)]) for number, thing in enumerate(things)]
    quads += [Quad(one, LSP.relatesTo, other, GRAPH.two) for one, other in ring]

    backend = in_memory(quads)

    stands = {thing for thing, period in zip(things, periods, strict=True) if valid(period, day)}
    assert pairs(backend, f"SELECT ?s {{ ?s a <{LSP.Duty.value}> }}", day) == {(str(thing),) for thing in stands}
    assert pairs(backend, f"SELECT ?s ?o {{ ?s <{LSP.relatesTo.value}> ?o }}", day) == {
        (str(one), str(other)) for one, other in ring if {one, other} <= stands
    }


@given(account=PERIOD, bearer=PERIOD, counterpart=PERIOD, day=NEAR)
def test_the_shortcut_of_an_accountability_agrees_with_it(
    account: tuple[date | None, date | None],
    bearer: tuple[date | None, date | None],
    counterpart: tuple[date | None, date | None],
    day: date,
) -> None:
    said = ((LSP.accountable, ID.bearer), (LSP.accountableTo, ID.counterpart), (LSP.accountableFor, ID.matter))
    backend = in_memory(
        [
            *node(ID.account, LSP.Accountability, account, *said),
            *node(ID.bearer, LSP.Body, bearer),
            *node(ID.counterpart, LSP.Body, counterpart),
        ]
    )

    shortcut = pairs(backend, f"SELECT ?s ?o {{ ?s <{LSP.answersTo.value}> ?o }}", day)

    stand = all(valid(period, day) for period in (account, bearer, counterpart))
    assert shortcut == ({(str(ID.bearer), str(ID.counterpart))} if stand else set())


@given(coverage=PERIOD, body=PERIOD, area=PERIOD, day=NEAR)
def test_the_shortcut_of_a_coverage_agrees_with_it(
    coverage: tuple[date | None, date | None],
    body: tuple[date | None, date | None],
    area: tuple[date | None, date | None],
    day: date,
) -> None:
    backend = in_memory(
        [
            *node(ID.coverage, LSP.Coverage, coverage, (LSP.body, ID.body), (LSP.area, AREA)),
            *node(ID.body, LSP.Body, body),
            *node(AREA, LSP.Area, area),
        ]
    )

    stand = all(valid(period, day) for period in (coverage, body, area))
    for prop in (LSP.covers, LSP.actsIn):
        shortcut = pairs(backend, f"SELECT ?s ?o {{ ?s <{prop.value}> ?o }}", day)
        assert shortcut == ({(str(ID.body), str(AREA))} if stand else set())


@pytest.mark.parametrize("day", [date(2007, 12, 30), date(2009, 3, 31), date(2009, 4, 1)], ids=str)
def test_on_the_real_graph_each_view_holds_just_what_was_valid(real: EmbeddedBackend, day: date) -> None:
    dated = f"""SELECT ?s ?from ?until {{
        ?s a ?class VALUES ?class {{ <{LSP.Area.value}> <{LSP.Duty.value}> <{LSP.Accountability.value}> }}
        OPTIONAL {{ ?s <{LSP["from"].value}> ?from }} OPTIONAL {{ ?s <{LSP.until.value}> ?until }} }}"""
    answer = real.query(dated)
    assert isinstance(answer, QuerySolutions)
    every = [(str(row["s"]), row["from"], row["until"]) for row in answer]
    iso = day.isoformat()

    wanted = {s for s, first, last in every if (not first or first.value <= iso) and (not last or iso <= last.value)}

    assert {s for s, *_ in pairs(real, dated, day)} == wanted
    assert wanted
