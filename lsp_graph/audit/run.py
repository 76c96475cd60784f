"""
Audit a graph: run the rules that bound on a day over what was the case on that day.

    graph as of a day + rulebook  ->  AuditReport
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

import pyoxigraph as ox
from rdflib import BNode, Graph
from rdflib.term import Node

from lsp_graph.areas import resolve
from lsp_graph.audit.convert import to_oxigraph
from lsp_graph.audit.findings import (
    LEVELS,
    AuditedArea,
    AuditReport,
    Finding,
    Outcome,
    RuleResult,
    Verdict,
)
from lsp_graph.audit.record import Record, read_record, visible
from lsp_graph.audit.rulebook import Rulebook, Shape, read_rulebook, term
from lsp_graph.audit.validator import Result, conforming, focus_nodes, validate, with_targets
from lsp_graph.errors import UnknownName
from lsp_graph.layout import SHAPES
from lsp_graph.namespaces import SH
from lsp_graph.store import Backend

_SPARQL: Final = str(SH.SPARQLConstraintComponent.value)


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
    today = read_record(backend.view(as_of))
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
    tested: Mapping[Shape, frozenset[Node]]
    findings: tuple[Finding, ...]


def _check(record: Record, rulebook: Rulebook, shapes: Sequence[Shape], areas: frozenset[AuditedArea] | None) -> _Check:
    """Run shapes over a record, or over the part of it that stands in the areas."""
    part = rulebook.part(shapes)
    data = visible(record.view, part)
    tested = _applicable(data, part, shapes, record, areas)
    results = validate(data, with_targets(part, {shape.iri: nodes for shape, nodes in tested.items()}))
    return _Check(record, tested, _findings(results, shapes, part, record))


def _applicable(
    data: Graph, part: Graph, shapes: Sequence[Shape], record: Record, areas: frozenset[AuditedArea] | None
) -> dict[Shape, frozenset[Node]]:
    """For each shape the focus nodes that it applies to: in the areas, and within its scope."""
    targets = {
        shape: frozenset(
            node
            for node in focus_nodes(data, part, shape.iri)
            if areas is None or areas.intersection(record.places.get(str(node), ()))
        )
        for shape in shapes
    }
    asked: dict[Node, frozenset[Node]] = {}
    for shape, nodes in targets.items():
        if shape.scope is not None:
            asked[shape.scope] = asked.get(shape.scope, frozenset()) | nodes
    within = conforming(data, part, asked)
    return {shape: nodes if shape.scope is None else nodes & within[shape.scope] for shape, nodes in targets.items()}


def _findings(results: Iterable[Result], shapes: Sequence[Shape], part: Graph, record: Record) -> tuple[Finding, ...]:
    """The results as findings of rules, each once."""
    owner = {node: shape for shape in shapes for node in _parts(part, shape.iri)}
    found = [_finding(result, owner[result.shape], part, record) for result in results]
    return tuple({finding.id: finding for finding in sorted(found, key=lambda finding: finding.message)}.values())


def _worst_first(finding: Finding) -> tuple[int, bool, str, str, str, str]:
    """The most binding level first, breaches before what is not recorded, then by rule and place."""
    place = finding.area.code if finding.area else ""
    outcome = finding.outcome != "failed"
    return LEVELS.index(finding.level), outcome, finding.rule, place, finding.focus.iri, finding.id


def _parts(shapes: Graph, node: Node) -> set[Node]:
    """A shape and the nameless shapes it is made of."""
    parts, pending = {node}, [node]
    while pending:
        inner = {value for value in shapes.objects(pending.pop()) if isinstance(value, BNode)} - parts
        parts |= inner
        pending.extend(inner)
    return parts


def _finding(result: Result, shape: Shape, shapes: Graph, record: Record) -> Finding:
    focus = str(result.focus)
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
        value=None if result.value in (None, result.focus) else to_oxigraph(result.value),
        message=_message(result, shape, shapes),
        basis=tuple(record.named(basis) for basis in shape.basis),
        fix=shape.fix,
        shape=str(shape.iri),
        component=result.component,
    )


def _message(result: Result, shape: Shape, shapes: Graph) -> str:
    """What the failed part says; else what its rule says. A SPARQL constraint has filled in names."""
    if result.component == _SPARQL:
        return next((message for message in result.messages if message != shape.message), shape.message)
    return str(shapes.value(result.shape, term(SH, "message")) or shape.message)


def _rule_result(code: str, checks: Sequence[_Check], areas: Sequence[AuditedArea]) -> RuleResult:
    """Count one rule's focus nodes by outcome, and give each area its verdict: the worst of its nodes."""
    shapes = [shape for check in checks for shape in check.tested if shape.code == code]
    outcomes: list[Verdict] = []
    in_area: dict[AuditedArea, set[Verdict]] = defaultdict(set)
    for check in checks:
        for node, outcome in _outcomes(code, check).items():
            outcomes.append(outcome)
            for area in check.record.places.get(node, ()):
                in_area[area].add(outcome)
    verdicts = {area.code: _worst(in_area[area]) for area in areas}
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
    )


def _outcomes(code: str, check: _Check) -> dict[str, Verdict]:
    """Each focus node of a rule with its outcome; a breach outweighs what is not recorded."""
    outcomes: dict[str, Verdict] = {
        str(node): "passed" for shape, nodes in check.tested.items() if shape.code == code for node in nodes
    }
    for finding in check.findings:
        if finding.rule == code and outcomes[finding.focus.iri] != "failed":
            outcomes[finding.focus.iri] = finding.outcome
    return outcomes


def _worst(verdicts: set[Verdict]) -> Verdict:
    order: tuple[Verdict, ...] = ("failed", "not-recorded", "passed")
    return next((verdict for verdict in order if verdict in verdicts), "inapplicable")
