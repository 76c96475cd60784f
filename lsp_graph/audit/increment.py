"""
Audit again what a change can matter to.

    the report of a version + what its views differ in from those of another  ->  the report of the other version

The report is the one that a whole audit of the other version gives. What is not validated again is taken over: how many
nodes a rule was tested on is counted on from the report before, by what the nodes tested again were and are. Where a
change can matter to all nodes, the rule is run as a whole; where the areas themselves changed, all rules are.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from lsp_graph.audit.check import Check, Standing, applicable, check, check_some, worst_first
from lsp_graph.audit.findings import AuditedArea, AuditReport, Finding, RuleResult, Verdict, worst
from lsp_graph.audit.record import LocalRecord, WholeRecord, local_record, looks_of
from lsp_graph.audit.rulebook import Part, Rulebook, Shape, read_rulebook
from lsp_graph.audit.run import audit, counted, of_rules, parts, rule_results
from lsp_graph.layout import SHAPES
from lsp_graph.shacl.affected import Affected, Change
from lsp_graph.shacl.model import PropertyShape, Shapes
from lsp_graph.shacl.terms import Node, Term
from lsp_graph.store import Backend
from lsp_graph.store.difference import difference


class Held(Backend, Protocol):
    """A graph whose views are in memory."""

    def view(self, as_of: date | None) -> ox.Store:
        """What was valid on that day, merged in the default graph."""
        ...


@dataclass(frozen=True)
class Changes:
    """What two versions differ in: as seen on the day audited, and over all periods."""

    dated: Change
    timeless: Change


@dataclass(frozen=True)
class Reaudit:
    """A report, and what was done for it.

    `nodes` counts those that were tested again, rule by rule; `whole` are the codes of the rules run as a whole.
    """

    report: AuditReport
    nodes: int
    whole: tuple[str, ...]


def changes(before: Held, after: Held, as_of: date) -> Changes:
    """What the views of two versions differ in."""
    return Changes(_change(before, after, as_of), _change(before, after, None))


def _change(before: Held, after: Held, day: date | None) -> Change:
    removed, added = difference(before.view(day), after.view(day))
    return Change(tuple(removed), tuple(added))


def reaudit(
    previous: AuditReport, before: Held, after: Held, changed: Changes | None = None, shapes: Path = SHAPES
) -> Reaudit:
    """Audit a version by what was found in another: on the same day, by the same rules.

    `previous` is a report of the version `before` over all areas, made with these shapes; `changed` is what
    `changes` gives for the two. Raises `InputError` for shapes that cannot be used.
    """
    rulebook = read_rulebook(shapes)
    codes = [*(rule.code for rule in previous.rules), *previous.not_in_force]
    in_force = [shape for shape in rulebook.chosen(codes) if shape.in_force(previous.as_of)]
    known = changes(before, after, previous.as_of) if changed is None else changed
    again = [
        _Part.of(rulebook, some, known.timeless if day is None else known.dated, before, after, day)
        for day, some in parts(in_force, previous.as_of)
    ]
    touched = _Touched(previous)
    for part in again:
        touched.add(part)
    if touched.everything:
        report = audit(after, as_of=previous.as_of, rules=codes, shapes=shapes)
        return Reaudit(report, 0, tuple(rule.code for rule in report.rules))
    return _counted_on(previous, rulebook, again, touched, after.version)


@dataclass(frozen=True)
class _Part:
    """Some shapes with the views that they look at, before and after."""

    shapes: Sequence[Shape]
    read: Part
    affected: Affected
    before: LocalRecord
    after: LocalRecord

    @classmethod
    def of(
        cls,
        rulebook: Rulebook,
        shapes: Sequence[Shape],
        change: Change,
        before: Held,
        after: Held,
        day: date | None,
    ) -> _Part:
        """The part of an audit that looks at the view of a day, or of all periods."""
        read, view = rulebook.read(shapes), after.view(day)
        affected = Affected(read.shapes, change, view)
        return cls(shapes, read, affected, local_record(before.view(day)), local_record(view))

    def things(self, query: str, variable: str) -> set[Term] | None:
        """The things for which one of the audit's own questions may be answered otherwise; None for any."""
        rows = self.affected.rows_of(looks_of(query), (variable,))
        return None if rows is None or any(variable not in row for row in rows) else {row[variable] for row in rows}


@dataclass
class _Touched:
    """What is to be done again, by rule: the nodes to test, or None for the rule as a whole."""

    previous: AuditReport
    by_rule: dict[str, set[Term] | None] = field(default_factory=dict)
    moved: set[Term] = field(default_factory=set)
    everything: bool = False

    def add(self, part: _Part) -> None:
        """Note what a change can matter to in a part of the audit."""
        areas, things, records = part.things("areas", "area"), part.things("places", "thing"), _declared(part)
        if areas is None or things is None or records is None:
            self.everything = True
            return
        if any(_told(part.before, area) != _told(part.after, area) for area in areas):
            self.everything = True
            return
        moved = {thing for thing in things if part.before.places(thing) != part.after.places(thing)}
        self.moved |= moved
        for shape in part.shapes:
            nodes = part.affected.focus_nodes(shape.node, shape.within)
            if nodes is not None and (nodes or moved) and _leads_away(part.read.shapes, shape.node):
                nodes = None
            self._note(shape.code, None if nodes is None else nodes | moved)
        self._texts(part, records)

    @property
    def whole(self) -> tuple[str, ...]:
        """The rules to run as a whole."""
        return tuple(sorted(code for code, nodes in self.by_rule.items() if nodes is None))

    def run_whole(self, code: str) -> None:
        """Run the rule as a whole."""
        self.by_rule[code] = None

    def _note(self, code: str, nodes: Iterable[Term] | None) -> None:
        known = self.by_rule.get(code, set())
        self.by_rule[code] = None if known is None or nodes is None else known.union(nodes)

    def _texts(self, part: _Part, records: Mapping[str, set[str]]) -> None:
        """Note the findings whose texts or outcomes differ, though what was validated does not."""
        named = {thing.value: thing for thing in part.affected.labelled()}
        own = {str(shape.iri): shape for shape in part.shapes}
        for shape in part.shapes:
            if not named.keys().isdisjoint(shape.basis):
                self._note(shape.code, None)
        for finding in self.previous.findings if named or records else ():
            if finding.shape not in own:
                continue
            focus, aspect = finding.focus.iri, own[finding.shape].aspect
            if focus in named:
                self._note(finding.rule, [named[focus]])
            if aspect is not None and aspect in records:
                holders = records[aspect]
                if focus in holders or any(area.iri in holders for area in finding.areas):
                    self._note(finding.rule, [ox.NamedNode(focus) if ":" in focus else ox.BlankNode(focus)])


def _declared(part: _Part) -> dict[str, set[str]] | None:
    """For each aspect the records that are declared complete for it and were not, or no longer are; None for any."""
    records = part.things("completeness", "record")
    if records is None:
        return None
    found: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for aspect in part.before.aspects(record) ^ part.after.aspects(record):
            found[aspect].add(record.value)
    return found


def _told(record: LocalRecord, area: Term) -> list[tuple[str, str]]:
    """What a report says of an area that has a council."""
    return [(known.code, known.label) for known in record.areas([area]).values()]


def _leads_away(shapes: Shapes, node: Node) -> bool:
    """Whether the shape's results may be about other nodes than those it is tested on (§4.7.2)."""
    shape = shapes.by_node[node]
    nested = [constraint.shape for constraint in shape.constraints if isinstance(constraint, PropertyShape)]
    return bool(nested) and (shape.path is not None or any(_leads_away(shapes, one) for one in nested))


def _counted_on(
    previous: AuditReport, rulebook: Rulebook, again: Sequence[_Part], touched: _Touched, version: str
) -> Reaudit:
    """The report, with what was touched done again."""
    shared = {code for code, number in Counter(area.code for area in previous.areas).items() if number > 1}
    for code, terms in list(touched.by_rule.items()):
        if shared and terms and any(area.code in shared for area in _areas(again, terms)):
            touched.run_whole(code)
    some = {code: frozenset(terms) for code, terms in touched.by_rule.items() if terms}
    counts = {rule.code: _Counts(rule) for rule in previous.rules if rule.code in some}
    gone = {(code, node.value) for code, nodes in some.items() for node in nodes}
    dropped = [finding for finding in previous.findings if (finding.rule, finding.focus.iri) in gone]
    new: list[Finding] = []
    tested = 0
    for part in again:
        nodes = {shape: some[shape.code] for shape in part.shapes if shape.code in some}
        was = _as_found(Check(part.before, applicable(part.before, part.read, nodes), ()), dropped)
        now = check_some(part.after, part.read, nodes)
        tested += sum(len(nodes.keys() | now.outcomes[code].keys()) for code, nodes in was.items())
        for code, outcomes in now.outcomes.items():
            counts[code].move(was[code], outcomes, part, touched.moved)
        new.extend(now.findings)
    whole, found = _run_whole(previous, rulebook, again, touched.whole)
    by_code = of_rules(shape for part in again for shape in part.shapes)
    kept = [
        finding
        for finding in previous.findings
        if finding.rule not in whole and (finding.rule, finding.focus.iri) not in gone
    ]
    for finding in (*new, *found):
        insort(kept, finding, key=worst_first)
    rules = tuple(
        whole.get(rule.code)
        or (counts[rule.code].result(by_code[rule.code], previous.areas) if rule.code in counts else rule)
        for rule in previous.rules
    )
    report = replace(previous, version=version, rules=rules, findings=tuple(kept))
    return Reaudit(report, tested, touched.whole)


def _areas(again: Iterable[_Part], nodes: Collection[Term]) -> Iterator[AuditedArea]:
    for part in again:
        for node in nodes:
            yield from part.before.places(node)
            yield from part.after.places(node)


def _as_found(tested: Check, findings: Iterable[Finding]) -> dict[str, dict[Term, Verdict]]:
    """The outcomes of nodes that were tested, by what was found then."""
    outcomes = tested.outcomes
    shapes = {str(shape.iri) for shape in tested.tested}
    by_focus = {code: {node.value: node for node in nodes} for code, nodes in outcomes.items()}
    for finding in findings:
        node = by_focus.get(finding.rule, {}).get(finding.focus.iri)
        if node is not None and finding.shape in shapes and outcomes[finding.rule][node] != "failed":
            outcomes[finding.rule][node] = finding.outcome
    return outcomes


def _run_whole(
    previous: AuditReport, rulebook: Rulebook, again: Iterable[_Part], codes: Collection[str]
) -> tuple[dict[str, RuleResult], list[Finding]]:
    """The results of rules that are run as a whole, and what they find."""
    if not codes:
        return {}, []
    checks: list[tuple[Check, Standing]] = []
    for part in again:
        record = WholeRecord(part.after.view)
        shapes = [shape for shape in part.shapes if shape.code in codes]
        if shapes:
            checks.append((check(record, rulebook.read(shapes)), record.places))
    run = [shape for part in again for shape in part.shapes if shape.code in codes]
    results = {result.code: result for result in rule_results(run, checks, previous.areas)}
    return results, [finding for done, _ in checks for finding in done.findings]


class _Counts:
    """What was counted for a rule, to be counted on."""

    def __init__(self, rule: RuleResult) -> None:
        self._rule = rule
        self._all: Counter[Verdict] = Counter(
            {"passed": rule.passed, "failed": rule.failed, "not-recorded": rule.not_recorded}
        )
        self._more: dict[AuditedArea, Counter[Verdict]] = defaultdict(Counter)

    def move(
        self, was: Mapping[Term, Verdict], now: Mapping[Term, Verdict], part: _Part, moved: Collection[Term]
    ) -> None:
        """Count the nodes that were tested as they are now, and no longer as they were."""
        for node in was.keys() | now.keys():
            if was.get(node) != now.get(node) or node in moved:
                self._add(was.get(node), part.before, node, -1)
                self._add(now.get(node), part.after, node, 1)

    def _add(self, outcome: Verdict | None, record: LocalRecord, node: Term, number: int) -> None:
        if outcome is not None:
            self._all[outcome] += number
            for area in record.places(node):
                self._more[area][outcome] += number

    def result(self, shapes: Sequence[Shape], areas: Sequence[AuditedArea]) -> RuleResult:
        """The result that the counts come to."""
        by_area, verdicts = dict(self._rule.by_area), dict(self._rule.verdicts)
        for area in self._more.keys() & set(areas):
            sums = Counter(by_area.get(area.code, {}))
            sums.update(self._more[area])
            left = {verdict: number for verdict, number in sums.items() if number}
            by_area[area.code] = left
            verdicts[area.code] = worst(left)
        ordered = {area.code: by_area[area.code] for area in areas if by_area.get(area.code)}
        return counted(shapes, self._all, ordered, verdicts)
