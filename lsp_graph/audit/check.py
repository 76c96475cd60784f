"""
Shapes run over a record: what they apply to, and what they find.

    record + shapes                     ->  Check, of all nodes
    record + shapes + a few nodes       ->  Check, of these nodes
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pyoxigraph as ox

from lsp_graph.audit.findings import LEVELS, AuditedArea, Finding, Outcome, Verdict
from lsp_graph.audit.record import LocalRecord, Record, WholeRecord
from lsp_graph.audit.rulebook import Part, Shape
from lsp_graph.namespaces import SH
from lsp_graph.shacl import Validation, ValidationResult
from lsp_graph.shacl.columns import Numbered, joined
from lsp_graph.shacl.local import Among, Local
from lsp_graph.shacl.terms import Node, Term

Standing = Callable[[Term], Iterable[AuditedArea]]
"""The areas under which a node counts."""


@dataclass(frozen=True)
class Tally:
    """The nodes of a rule by outcome: in all, and in each area."""

    counts: Counter[Verdict] = field(default_factory=Counter)
    in_area: dict[AuditedArea, Counter[Verdict]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, outcome: Verdict, places: Iterable[AuditedArea]) -> None:
        """Count a node that stands in these areas."""
        self.add_many(outcome, 1, ((area, 1) for area in places))

    def add_many(self, outcome: Verdict, number: int, places: Iterable[tuple[AuditedArea, int]]) -> None:
        """Count so many nodes, of which so many stand in each of these areas."""
        self.counts[outcome] += number
        for area, standing in places:
            self.in_area[area][outcome] += standing


@dataclass(frozen=True)
class Check:
    """Shapes run over one record: the nodes that each was tested on, and each finding with the node tested."""

    record: Record
    tested: Mapping[Shape, Collection[Term]]
    found: Sequence[tuple[Term, Finding]]

    @property
    def findings(self) -> Iterable[Finding]:
        """The findings, each once, though several nodes may lead to the same."""
        each: dict[str, Finding] = {}
        for _, finding in self.found:
            each[finding.id] = max(each.get(finding.id, finding), finding, key=_precedence)
        return each.values()

    @property
    def outcomes(self) -> dict[str, dict[Term, Verdict]]:
        """By rule each node that it was tested on with its outcome."""
        broken = self._broken()
        return {code: {**dict.fromkeys(nodes, "passed"), **broken[code]} for code, nodes in self._nodes().items()}

    def tallies(self, standing: Standing, into: Mapping[str, Tally]) -> None:
        """Count the nodes of each rule by outcome, in all and in the areas under which they count."""
        broken = self._broken()
        for code, nodes in self._nodes().items():
            for node, outcome in broken[code].items():
                into[code].add(outcome, standing(node))
            if isinstance(nodes, Numbered) and isinstance(self.record, WholeRecord):
                passed = nodes.without(broken[code])
                into[code].add_many("passed", len(passed), self.record.numbers(passed))
            else:
                for node in nodes:
                    if node not in broken[code]:
                        into[code].add("passed", standing(node))

    def _nodes(self) -> dict[str, Collection[Term]]:
        """By rule the nodes that it was tested on."""
        by_code: dict[str, list[Collection[Term]]] = {}
        for shape, nodes in self.tested.items():
            by_code.setdefault(shape.code, []).append(nodes)
        return {code: joined(sets) for code, sets in by_code.items()}

    def _broken(self) -> dict[str, dict[Term, Verdict]]:
        """By rule the nodes that break it; a breach outweighs what is not recorded."""
        broken: dict[str, dict[Term, Verdict]] = {shape.code: {} for shape in self.tested}
        for node, finding in self.found:
            if broken[finding.rule].get(node) != "failed":
                broken[finding.rule][node] = finding.outcome
        return broken


def check(record: WholeRecord, part: Part) -> Check:
    """Run shapes over all that they apply to."""
    validation = Validation(part.shapes, record.select, columns=record.columns)
    threads = (os.cpu_count() or 1) if isinstance(record.view, ox.Store) else 1  # an endpoint is asked one by one

    def focus_nodes(shape: Shape) -> Collection[Term]:
        if shape.within is None:
            return validation.focus_nodes(shape.node)
        return validation.conforming(shape.within, shape.node)

    with ThreadPoolExecutor(threads) as pool:
        tested = dict(zip(part.rules, pool.map(focus_nodes, part.rules), strict=True))
    owner: dict[Node, Shape] = {shape.node: shape for shape in part.rules}
    return Check(record, tested, _findings(validation.results(owner, threads), owner, tested, part, record))


def check_some(record: LocalRecord, part: Part, nodes: Mapping[Shape, Collection[Term]]) -> Check:
    """Run each shape over those of some nodes that it applies to."""
    local = Local(part.parted, record.graph, record.select)
    tested = _applicable(local, record, nodes)
    found = [result for shape, focus in tested.items() if focus for result in local.results(shape.node, focus)]
    return Check(record, tested, _findings(found, {shape.node: shape for shape in nodes}, tested, part, record))


def applicable(
    record: LocalRecord, part: Part, nodes: Mapping[Shape, Collection[Term]]
) -> Mapping[Shape, Collection[Term]]:
    """For each shape those of some nodes that it applies to."""
    return _applicable(Local(part.parted, record.graph, record.select), record, nodes)


def _applicable(
    local: Local, record: LocalRecord, nodes: Mapping[Shape, Collection[Term]]
) -> dict[Shape, Collection[Term]]:
    sets: dict[int, Among] = {}
    tested: dict[Shape, Collection[Term]] = {}
    for shape, some in nodes.items():
        if id(some) not in sets:  # many shapes are asked about the same nodes
            sets[id(some)] = Among(record.graph, some)
        focus = local.focus_nodes(shape.node, sets[id(some)])
        if shape.within is not None and focus:
            focus = local.conforming(shape.within, shape.node, focus)
        tested[shape] = focus
    return tested


def worst_first(finding: Finding) -> tuple[int, bool, str, str, str, str]:
    """The most binding level first, breaches before what is not recorded, then by rule and place."""
    place = finding.area.code if finding.area else ""
    outcome = finding.outcome != "failed"
    return LEVELS.index(finding.level), outcome, finding.rule, place, finding.focus.iri, finding.id


def _findings(
    results: Iterable[ValidationResult],
    owner: Mapping[Node, Shape],
    tested: Mapping[Shape, Collection[Term]],
    part: Part,
    record: Record,
) -> list[tuple[Term, Finding]]:
    """The findings, each once; of those of one id that with the last message, in the order of the texts."""
    each: dict[tuple[Term, str], Finding] = {}
    for result in results:
        shape = owner[result.root]
        if result.root_focus in tested[shape]:
            finding = _finding(result, shape, part, record)
            key = result.root_focus, finding.id
            each[key] = max(each.get(key, finding), finding, key=_precedence)
    return [(node, finding) for (node, _), finding in each.items()]


def _precedence(finding: Finding) -> tuple[str, str, str]:
    return finding.message, finding.shape, finding.component


def _finding(result: ValidationResult, shape: Shape, part: Part, record: Record) -> Finding:
    outcome: Outcome = "failed"
    if shape.aspect is not None and not record.is_complete(result.focus, shape.aspect):
        outcome = "not-recorded"
    return Finding(
        rule=shape.code,
        level=shape.level,
        outcome=outcome,
        focus=record.named(result.focus),
        areas=record.places(result.focus),
        path=result.path or shape.path,
        value=None if result.value in (None, result.focus) else result.value,
        message=_message(result, shape, part),
        basis=tuple(record.named(ox.NamedNode(basis)) for basis in shape.basis),
        fix=shape.fix,
        shape=str(shape.iri),
        component=result.component.value,
    )


def _message(result: ValidationResult, shape: Shape, part: Part) -> str:
    """What the failed part says; else what its rule says. A SPARQL constraint has filled in names."""
    if result.component == SH.SPARQLConstraintComponent:
        said = (message.value for message in result.messages)
        return next((message for message in said if message != shape.message), shape.message)
    stated = part.shapes.by_node[result.shape].messages
    return stated[0].value if stated else shape.message
