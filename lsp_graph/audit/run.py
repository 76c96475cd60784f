"""
Audit a graph: run the rules that bound on a day over what was the case on that day.

    graph as of a day + rulebook  ->  AuditReport
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

import pyoxigraph as ox
from rdflib import Graph

from lsp_graph.areas import resolve
from lsp_graph.audit.findings import (
    LEVELS,
    AuditedArea,
    AuditReport,
    Finding,
    Outcome,
    RuleResult,
    Verdict,
    worst,
)
from lsp_graph.audit.record import Record, read_record
from lsp_graph.audit.rulebook import Rulebook, Shape, read_rulebook, term
from lsp_graph.errors import UnknownName
from lsp_graph.layout import SHAPES
from lsp_graph.literals import literal
from lsp_graph.namespaces import LSP, SH, resource
from lsp_graph.shacl import Validation, ValidationResult, read_shapes
from lsp_graph.shacl.terms import Node, Term, to_rdflib
from lsp_graph.store import Backend

_NOW: Final = resource("audit", "now")
"""Stands for the audit itself in the graph that it looks at: `lsp:asOf` is the day audited, for rules about age."""


class Viewed(Backend, Protocol):
    """A graph that can be had as it was on a day."""

    def view(self, as_of: date | None) -> ox.Store:
        """What was valid on that day, merged in the default graph."""
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
    today = read_record(with_day(backend.view(as_of), as_of))
    audited = _chosen(backend, today, areas, as_of) if areas else today.areas
    within = frozenset(audited) if areas else None
    checks = [_check(today, rulebook, [shape for shape in in_force if not shape.all_periods], within)]
    if timeless := [shape for shape in in_force if shape.all_periods]:
        checks.append(_check(read_record(backend.view(None)), rulebook, timeless, within))
    codes = sorted({shape.code for shape in in_force})
    return AuditReport(
        as_of=as_of,
        version=backend.version,
        areas=audited,
        rules=tuple(_rule_result(code, checks, audited) for code in codes),
        findings=tuple(sorted((finding for check in checks for finding in check.findings), key=_worst_first)),
        not_in_force=tuple(sorted({shape.code for shape in chosen} - set(codes))),
    )


def with_day(view: ox.Store, day: date) -> ox.Store:
    """The view of a day, which then tells which day it is: rules about age compare with that."""
    view.add(ox.Quad(_NOW, LSP.asOf, literal(day)))
    return view


def _chosen(backend: Backend, record: Record, names: Iterable[str], as_of: date) -> tuple[AuditedArea, ...]:
    """The areas of these names, each once."""
    by_iri = {area.iri: area for area in record.areas}
    chosen: dict[AuditedArea, None] = {}
    for name in names:
        iri = resolve(backend, name, as_of).value
        if iri not in by_iri:
            raise UnknownName(f"area with a council on {as_of.isoformat()}", name)
        chosen[by_iri[iri]] = None
    return tuple(chosen)


@dataclass(frozen=True)
class _Check:
    """Shapes run over one record: the nodes that each applies to, and what was found."""

    record: Record
    tested: Mapping[Shape, frozenset[str]]
    findings: tuple[Finding, ...]


def _check(record: Record, rulebook: Rulebook, shapes: Sequence[Shape], areas: frozenset[AuditedArea] | None) -> _Check:
    """Run shapes over a record, or over the part of it that stands in the areas."""
    part = rulebook.part(shapes)
    validation = Validation(read_shapes(part), record.select)
    tested = {shape: _applicable(validation, shape, record, areas) for shape in shapes}
    owner: dict[Node, Shape] = {ox.NamedNode(shape.iri): shape for shape in shapes}
    found = [
        _finding(result, owner[result.root], part, record)
        for result in validation.results(owner)
        if _iri(result.root_focus) in tested[owner[result.root]]
    ]
    each = {finding.id: finding for finding in sorted(found, key=lambda finding: finding.message)}
    return _Check(record, tested, tuple(each.values()))


def _applicable(
    validation: Validation, shape: Shape, record: Record, areas: frozenset[AuditedArea] | None
) -> frozenset[str]:
    """The focus nodes that a shape applies to: in the areas, and within its scope."""
    node = ox.NamedNode(shape.iri)
    nodes = validation.focus_nodes(node)
    if shape.scope is not None:
        nodes = validation.conforming(ox.NamedNode(str(shape.scope)), node)
    names = (_iri(focus) for focus in nodes)
    return frozenset(name for name in names if areas is None or areas.intersection(record.places.get(name, ())))


def _iri(node: Term) -> str:
    return node.value


def _worst_first(finding: Finding) -> tuple[int, bool, str, str, str, str]:
    """The most binding level first, breaches before what is not recorded, then by rule and place."""
    place = finding.area.code if finding.area else ""
    outcome = finding.outcome != "failed"
    return LEVELS.index(finding.level), outcome, finding.rule, place, finding.focus.iri, finding.id


def _finding(result: ValidationResult, shape: Shape, shapes: Graph, record: Record) -> Finding:
    focus = _iri(result.focus)
    outcome: Outcome = "failed"
    if shape.aspect is not None and not record.is_complete(focus, shape.aspect):
        outcome = "not-recorded"
    return Finding(
        rule=shape.code,
        level=shape.level,
        outcome=outcome,
        focus=record.named(focus),
        areas=record.places.get(focus, ()),
        path=result.path or shape.path,
        value=None if result.value in (None, result.focus) else result.value,
        message=_message(result, shape, shapes),
        basis=tuple(record.named(basis) for basis in shape.basis),
        fix=shape.fix,
        shape=str(shape.iri),
        component=result.component.value,
    )


def _message(result: ValidationResult, shape: Shape, shapes: Graph) -> str:
    """What the failed part says; else what its rule says. A SPARQL constraint has filled in names."""
    if result.component == SH.SPARQLConstraintComponent:
        said = (message.value for message in result.messages)
        return next((message for message in said if message != shape.message), shape.message)
    return str(shapes.value(to_rdflib(result.shape), term(SH, "message")) or shape.message)


def _rule_result(code: str, checks: Sequence[_Check], areas: Sequence[AuditedArea]) -> RuleResult:
    """Count one rule's focus nodes by outcome, and give each area its verdict: the worst of its nodes."""
    shapes = [shape for check in checks for shape in check.tested if shape.code == code]
    outcomes: list[Verdict] = []
    in_area: dict[AuditedArea, Counter[Verdict]] = defaultdict(Counter)
    for check in checks:
        for node, outcome in _outcomes(code, check).items():
            outcomes.append(outcome)
            for area in check.record.places.get(node, ()):
                in_area[area][outcome] += 1
    by_area = {area.code: dict(in_area[area]) for area in areas if area in in_area}
    verdicts = {area.code: worst(by_area.get(area.code, {})) for area in areas}
    return RuleResult(
        code=code,
        level=shapes[0].level,
        names=tuple(dict.fromkeys(shape.name for shape in shapes)),
        tested=len(outcomes),
        passed=outcomes.count("passed"),
        failed=outcomes.count("failed"),
        not_recorded=outcomes.count("not-recorded"),
        inapplicable=sum(verdict == "inapplicable" for verdict in verdicts.values()),
        verdicts=verdicts,
        by_area=by_area,
    )


def _outcomes(code: str, check: _Check) -> dict[str, Verdict]:
    """Each focus node of a rule with its outcome; a breach outweighs what is not recorded."""
    outcomes: dict[str, Verdict] = {
        node: "passed" for shape, nodes in check.tested.items() if shape.code == code for node in nodes
    }
    for finding in check.findings:
        if finding.rule == code and outcomes[finding.focus.iri] != "failed":
            outcomes[finding.focus.iri] = finding.outcome
    return outcomes
