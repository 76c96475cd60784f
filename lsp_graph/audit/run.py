"""
Audit a graph: run the rules that bound on a day over what was the case on that day.

    graph as of a day + rulebook  ->  AuditReport

An audit of some areas looks at what stands there and at nothing else; it finds what an audit of all areas finds there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from lsp_graph.areas import resolve
from lsp_graph.audit.check import Check, Standing, Tally, check, check_some, worst_first
from lsp_graph.audit.findings import AuditedArea, AuditReport, RuleResult, Verdict, worst
from lsp_graph.audit.record import Places, WholeRecord, local_record
from lsp_graph.audit.rulebook import Rulebook, Shape, read_rulebook
from lsp_graph.errors import StoreUnavailable, UnknownName
from lsp_graph.layout import SHAPES
from lsp_graph.shacl.terms import Term
from lsp_graph.store import Backend, View


class Viewed(Backend, Protocol):
    """A graph that can be had as it was on a day."""

    def view(self, as_of: date | None) -> View:
        """What was valid on that day, merged in the default graph; it tells which day it is (`lsp:asOf`)."""
        ...


def audit(
    backend: Viewed, *, as_of: date, areas: Sequence[str] = (), rules: Sequence[str] = (), shapes: Path = SHAPES
) -> AuditReport:
    """Run the rules that were in force on a day: all or those named, over all areas or those named.

    Areas go by GSS code, old code, name or IRI; rules by code. Raises `InputError` for shapes that cannot be used
    (also when there are none), `UnknownName` and `AmbiguousName` for areas and rules.
    """
    rulebook = read_rulebook(shapes)
    chosen = rulebook.chosen(rules)
    in_force = tuple(shape for shape in chosen if shape.in_force(as_of))
    if areas:
        audited, checks = _of_areas(backend, rulebook, in_force, areas, as_of)
    else:
        audited, checks = _of_all(backend, rulebook, in_force, as_of)
    found = [each for one, _ in checks for each in one.findings]
    codes = sorted({shape.code for shape in in_force})
    return AuditReport(
        as_of=as_of,
        version=backend.version,
        areas=audited,
        rules=rule_results(in_force, checks, audited),
        findings=tuple(sorted(found, key=worst_first)),
        not_in_force=tuple(sorted({shape.code for shape in chosen} - set(codes))),
    )


def parts(shapes: Iterable[Shape], as_of: date) -> list[tuple[date | None, list[Shape]]]:
    """The shapes by the view that they look at: that of the day, and that of all periods."""
    known = list(shapes)
    dated = [shape for shape in known if not shape.all_periods]
    timeless = [shape for shape in known if shape.all_periods]
    return [(as_of, dated), (None, timeless)] if timeless else [(as_of, dated)]


def view_of(backend: Viewed, day: date | None) -> ox.Store:
    """A view whose nodes can be walked from one to the next.

    Raises `StoreUnavailable` where the graph is elsewhere, and views can only be queried.
    """
    view = backend.view(day)
    if not isinstance(view, ox.Store):
        raise StoreUnavailable("this needs the embedded store; leave --backend and LSP_GRAPH_BACKEND away")
    return view


def _of_all(
    backend: Viewed, rulebook: Rulebook, in_force: Sequence[Shape], as_of: date
) -> tuple[Places, list[tuple[Check, Standing]]]:
    checks: list[tuple[Check, Standing]] = []
    areas: list[Places] = []
    for day, shapes in parts(in_force, as_of):
        record = WholeRecord(backend.view(day))
        areas.append(record.areas)
        checks.append((check(record, rulebook.read(shapes)), record.places))
    return areas[0], checks


def _of_areas(
    backend: Viewed, rulebook: Rulebook, in_force: Sequence[Shape], names: Iterable[str], as_of: date
) -> tuple[Places, list[tuple[Check, Standing]]]:
    if not isinstance(backend.view(as_of), ox.Store):
        return _of_areas_elsewhere(backend, rulebook, in_force, names, as_of)
    today = local_record(view_of(backend, as_of))
    audited: dict[AuditedArea, None] = {}
    for name in names:
        known = today.areas([resolve(backend, name, as_of)])
        if not known:
            raise UnknownName(f"area with a council on {as_of.isoformat()}", name)
        audited.update(dict.fromkeys(known.values()))
    checks: list[tuple[Check, Standing]] = []
    for day, shapes in parts(in_force, as_of):
        record = local_record(view_of(backend, day)) if day is None else today
        standing: dict[Term, list[AuditedArea]] = defaultdict(list)
        for area in audited:
            if area in record.areas([ox.NamedNode(area.iri)]).values():
                for thing in record.things(area):
                    standing[thing].append(area)
        done = check_some(record, rulebook.read(shapes), dict.fromkeys(shapes, standing.keys()))
        checks.append((done, _looked_up(standing)))
    return tuple(audited), checks


def _of_areas_elsewhere(
    backend: Viewed, rulebook: Rulebook, in_force: Sequence[Shape], names: Iterable[str], as_of: date
) -> tuple[Places, list[tuple[Check, Standing]]]:
    """The same over a view that is only queried, where a step from node to node costs as much as a whole question."""
    known, checks = _of_all(backend, rulebook, in_force, as_of)
    by_iri = {area.iri: area for area in known}
    audited: dict[AuditedArea, None] = {}
    for name in names:
        iri = resolve(backend, name, as_of).value
        if iri not in by_iri:
            raise UnknownName(f"area with a council on {as_of.isoformat()}", name)
        audited[by_iri[iri]] = None
    return tuple(audited), [_within(audited.keys(), done, standing) for done, standing in checks]


def _within(audited: Collection[AuditedArea], done: Check, standing: Standing) -> tuple[Check, Standing]:
    """A check of what stands in the areas, out of a check of everything."""
    places: dict[Term, list[AuditedArea]] = {}
    for node in chain.from_iterable(done.tested.values()):
        if node not in places:
            places[node] = [area for area in standing(node) if area in audited]
    tested = {shape: [node for node in nodes if places[node]] for shape, nodes in done.tested.items()}
    found = [(node, finding) for node, finding in done.found if places[node]]
    return Check(done.record, tested, found), _looked_up(places)


def _looked_up(standing: Mapping[Term, Sequence[AuditedArea]]) -> Standing:
    return lambda node: standing.get(node, ())


def rule_results(
    shapes: Iterable[Shape], checks: Iterable[tuple[Check, Standing]], areas: Sequence[AuditedArea]
) -> tuple[RuleResult, ...]:
    """How each rule fared, by code: its nodes counted by outcome, and for each area the worst of its nodes."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for done, standing in checks:
        done.tallies(standing, tallies)
    by_code = of_rules(shapes)
    return tuple(rule_result(by_code[code], tallies[code], areas) for code in sorted(by_code))


def of_rules(shapes: Iterable[Shape]) -> dict[str, list[Shape]]:
    """The shapes by rule, those that look at the day audited first."""
    by_code: dict[str, list[Shape]] = defaultdict(list)
    for shape in sorted(shapes, key=lambda shape: shape.all_periods):
        by_code[shape.code].append(shape)
    return by_code


def rule_result(shapes: Sequence[Shape], tally: Tally, areas: Sequence[AuditedArea]) -> RuleResult:
    """How one rule fared in the areas."""
    by_area = {area.code: dict(tally.in_area[area]) for area in areas if area in tally.in_area}
    return counted(shapes, tally.counts, by_area, {area.code: worst(by_area.get(area.code, {})) for area in areas})


def counted(
    shapes: Sequence[Shape],
    counts: Mapping[Verdict, int],
    by_area: Mapping[str, Mapping[Verdict, int]],
    verdicts: Mapping[str, Verdict],
) -> RuleResult:
    """The result of a rule from what was counted."""
    return RuleResult(
        code=shapes[0].code,
        level=shapes[0].level,
        names=tuple(dict.fromkeys(shape.name for shape in shapes)),
        tested=sum(counts.values()),
        passed=counts.get("passed", 0),
        failed=counts.get("failed", 0),
        not_recorded=counts.get("not-recorded", 0),
        inapplicable=sum(verdict == "inapplicable" for verdict in verdicts.values()),
        verdicts=verdicts,
        by_area=by_area,
    )
