"""An audit of what a change can matter to is the audit of all; an audit of an area is that part of the audit of all."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_graph.audit import AuditReport, audit
from lsp_graph.audit.increment import reaudit
from lsp_graph.layout import ONTOLOGY
from lsp_graph.literals import literal
from lsp_graph.namespaces import LSP, RDF, RDFS
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend, in_memory

RECORDS = Path(__file__).parent / "records"
GRAPHS = Path(__file__).parents[1] / "shapes"
"""For each rule graphs that pass and graphs that fail: with the records, a graph with findings of all kinds."""

Triples = frozenset[ox.Triple]


@cache
def recorded() -> tuple[ox.Triple, ...]:
    """All that the graphs state, in an order that does not vary; but no two areas of one code."""
    files = [file for file in sorted(GRAPHS.glob("*/*.ttl")) if file.parent.name != "E04"] + sorted(
        RECORDS.glob("*.ttl")
    )
    return tuple(sorted({quad.triple for file in files for quad in ox.parse(path=file)}, key=str))


def named() -> Triples:
    """The same, but for blank nodes, of which no two versions have the same."""
    blank = ox.BlankNode
    return frozenset(
        one for one in recorded() if not isinstance(one.subject, blank) and not isinstance(one.object, blank)
    )


@cache
def schema() -> tuple[ox.Triple, ...]:
    """Labels, code lists and the class hierarchy."""
    return tuple(quad.triple for file in sorted(ONTOLOGY.glob("*.ttl")) for quad in ox.parse(path=file))


def held(triples: Triples) -> EmbeddedBackend:
    return in_memory(ox.Quad(one.subject, one.predicate, one.object) for one in (*schema(), *triples))


def told(report: AuditReport) -> tuple[object, ...]:
    """All that a report tells: labels of areas are left out where two areas are compared."""
    areas = [(area.code, area.label, area.iri) for area in report.areas]
    places = [[(area.code, area.label, area.iri) for area in finding.areas] for finding in report.findings]
    return report, areas, places


@st.composite
def changes(draw: st.DrawFn) -> tuple[Triples, Triples]:
    """The records, less some of them, before and after a change: whole things and single triples, old and new."""
    known = recorded()
    things = sorted({one.subject for one in known}, key=str)
    classes = sorted({one.object for one in known if one.predicate == RDF.type}, key=str)
    aspects = sorted({one.object for one in known if one.predicate == LSP.completeFor}, key=str)
    placed = [one for one in known if one.predicate in (LSP.area, LSP.gssCode)]
    areas = sorted({term for one in placed for term in (one.subject, one.object) if term in things}, key=str)
    some = st.one_of(st.sampled_from(things), st.sampled_from(areas))
    days = st.sampled_from([literal(day) for day in (DEFAULT_AS_OF.replace(year=year) for year in (2005, 2008, 2011))])
    new = st.one_of(
        st.builds(lambda one, other: ox.Triple(one, other.predicate, other.object), some, st.sampled_from(known)),
        st.builds(lambda one, other: ox.Triple(one.subject, one.predicate, other), st.sampled_from(known), some),
        st.builds(ox.Triple, some, st.just(RDF.type), st.sampled_from(classes)),
        st.builds(ox.Triple, some, st.just(LSP.area), st.sampled_from(areas)),
        st.builds(ox.Triple, some, st.just(LSP.completeFor), st.sampled_from(aspects)),
        st.builds(ox.Triple, some, st.sampled_from([LSP["from"], LSP.until]), days),
        st.builds(ox.Triple, some, st.just(RDFS.label), st.sampled_from([ox.Literal("Renamed", language="en")])),
    )
    away = st.one_of(
        st.builds(lambda one: frozenset([one]), st.one_of(st.sampled_from(known), st.sampled_from(placed))),
        st.builds(lambda thing: frozenset(one for one in known if one.subject == thing), some),
        st.builds(lambda thing: frozenset(one for one in known if thing in (one.subject, one.object)), some),
    )
    without = frozenset().union(*draw(st.lists(away, max_size=3)))
    before = (frozenset(known) - without) | frozenset(draw(st.lists(new, max_size=2)))
    gone = frozenset().union(*draw(st.lists(away, max_size=2)))
    after = (before - gone) | frozenset(draw(st.lists(new, max_size=2)))
    return (before, after) if draw(st.booleans()) else (after, before)


@given(changes())
@settings(max_examples=25, deadline=None)
def test_what_a_change_can_matter_to_is_all_that_differs(case: tuple[Triples, Triples]) -> None:
    before, after = (held(triples) for triples in case)
    earlier = audit(before, as_of=DEFAULT_AS_OF)

    assert told(reaudit(earlier, before, after).report) == told(audit(after, as_of=DEFAULT_AS_OF))


def renamed(area: str) -> Triples:
    """The records, with another name for an area."""
    name = ox.Triple(ox.NamedNode(area), RDFS.label, ox.Literal("Aa", language="en"))
    return frozenset(recorded()) | {name}


def without_council(area: str) -> Triples:
    """The records, without what makes an area one that is audited."""
    return frozenset(one for one in recorded() if one.object != ox.NamedNode(area) or one.predicate != LSP.area)


def elsewhere(area: str) -> Triples:
    """The records, with all that stands in an area standing in another one as well, and so not in the next of all."""
    there = [one.subject for one in recorded() if one.object == ox.NamedNode(area) and one.predicate == LSP.agreement]
    held = [one.subject for one in recorded() if one.predicate == LSP.area and one.object == ox.NamedNode(area)]
    moved = [ox.Triple(one, LSP.area, ox.NamedNode(area + "/elsewhere")) for one in (*there, *held)]
    return without_council(area) | frozenset(moved)


def undeclared(area: str) -> Triples:
    """The records, none declared complete, those of the area included."""
    return frozenset(one for one in recorded() if one.predicate != LSP.completeFor)


@pytest.mark.parametrize("change", [renamed, without_council, elsewhere, undeclared])
def test_a_change_of_an_area_is_told_of_all_that_stands_in_it(change: Callable[[str], Triples]) -> None:
    before = held(frozenset(recorded()))
    earlier = audit(before, as_of=DEFAULT_AS_OF)
    after = held(change(earlier.areas[0].iri))

    assert told(reaudit(earlier, before, after).report) == told(audit(after, as_of=DEFAULT_AS_OF))


def test_a_version_that_is_the_same_is_not_tested_again() -> None:
    before, after = held(named()), held(named())
    again = reaudit(audit(before, as_of=DEFAULT_AS_OF), before, after)

    assert (again.nodes, again.whole) == (0, ())


def test_a_change_of_one_record_is_tested_at_what_has_to_do_with_it() -> None:
    whole = named()
    strategy = next(one.subject for one in recorded() if one.object == LSP.SustainableCommunityStrategy)
    less = frozenset(one for one in whole if strategy not in (one.subject, one.object))
    before, after = held(whole), held(less)
    earlier = audit(before, as_of=DEFAULT_AS_OF)
    again = reaudit(earlier, before, after)

    assert again.whole == ()
    assert 0 < again.nodes < sum(rule.tested for rule in earlier.rules)


@pytest.mark.parametrize("rules", [("S04", "B02"), ("C01",)])
def test_the_rules_of_the_audit_before_are_those_that_are_run(rules: tuple[str, ...]) -> None:
    before, after = held(frozenset(recorded())), held(frozenset(recorded()[1:]))
    earlier = audit(before, as_of=DEFAULT_AS_OF, rules=rules)

    assert told(reaudit(earlier, before, after).report) == told(audit(after, as_of=DEFAULT_AS_OF, rules=rules))
