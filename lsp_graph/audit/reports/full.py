"""
An audit as it is reported.

    AuditReport + explanations + waivers + comparison with an earlier audit  ->  FullReport
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from lsp_graph.audit.comparison import Comparison
from lsp_graph.audit.explain import Explained
from lsp_graph.audit.findings import AuditReport, Finding, Outcome, RuleResult, Verdict
from lsp_graph.audit.waivers import Waived

Standing = Literal["passed", "failed", "not-recorded", "waived", "inapplicable"]
"""How a rule stands in an area once waivers are taken into account."""


@dataclass(frozen=True)
class Tally:
    """How many focus nodes of a rule passed, failed, are not recorded, or have nothing but waived findings."""

    tested: int
    passed: int
    failed: int
    not_recorded: int
    waived: int


@dataclass(frozen=True)
class FullReport:
    """All that a reader of an audit is told; each part but the first may be left out."""

    report: AuditReport
    explained: Explained = field(default_factory=Explained)
    waived: Waived = field(default_factory=Waived)
    since: Comparison | None = None

    @cached_property
    def counted(self) -> tuple[Finding, ...]:
        """The findings that are not waived."""
        return tuple(finding for finding in self.report.findings if finding.id not in self.waived.by_finding)

    def of_outcome(self, outcome: Outcome) -> tuple[Finding, ...]:
        """The findings of one outcome that are not waived."""
        return tuple(finding for finding in self.counted if finding.outcome == outcome)

    @cached_property
    def waived_findings(self) -> tuple[Finding, ...]:
        """The findings that are waived."""
        return tuple(finding for finding in self.report.findings if finding.id in self.waived.by_finding)

    @cached_property
    def changes(self) -> dict[str, str]:
        """What became of each finding since the earlier audit, by id; empty where none was compared."""
        return {} if self.since is None else dict(self.since.changes)

    @cached_property
    def idle(self) -> str:
        """What is to be said of rules that found nothing to look at, for nothing then passed; empty if none did."""
        idle = [rule.code for rule in self.report.rules if rule.found_nothing]
        if len(idle) == len(self.report.rules):
            return "Nothing was audited: no rule found anything to look at."
        return f"These rules found nothing to look at: {', '.join(idle)}." if idle else ""

    def of_rule(self, code: str) -> tuple[Finding, ...]:
        """All findings of a rule."""
        return self._by_rule.get(code, ())

    @cached_property
    def _by_rule(self) -> dict[str, tuple[Finding, ...]]:
        grouped: dict[str, list[Finding]] = {}
        for finding in self.report.findings:
            grouped.setdefault(finding.rule, []).append(finding)
        return {code: tuple(findings) for code, findings in grouped.items()}

    @cached_property
    def _in_area(self) -> dict[tuple[str, str], tuple[Finding, ...]]:
        """The findings by rule and area."""
        grouped: dict[tuple[str, str], list[Finding]] = {}
        for finding in self.report.findings:
            for area in finding.areas:
                grouped.setdefault((finding.rule, area.code), []).append(finding)
        return {key: tuple(findings) for key, findings in grouped.items()}

    def tally(self, rule: RuleResult, area: str | None = None) -> Tally:
        """Count the nodes of a rule, or those that stand in the area of a code, waived findings set aside."""
        findings = self.of_rule(rule.code) if area is None else self._in_area.get((rule.code, area), ())
        passed, failed, silent = rule.passed, rule.failed, rule.not_recorded
        if area is not None:
            there = rule.by_area.get(area, {})
            passed, failed, silent = (there.get(verdict, 0) for verdict in ("passed", "failed", "not-recorded"))
        before = _worst(findings)
        after = _worst(finding for finding in findings if finding.id not in self.waived.by_finding)
        return Tally(
            tested=passed + failed + silent,
            passed=passed,
            failed=failed - _count(before, "failed") + _count(after, "failed"),
            not_recorded=silent - _count(before, "not-recorded") + _count(after, "not-recorded"),
            waived=len(before) - len(after),
        )

    def standings(self, rule: RuleResult) -> dict[str, Standing]:
        """How the rule stands in each audited area, by code."""
        if not self.waived.by_finding:
            return dict(rule.verdicts)
        left: dict[str, set[Outcome]] = {}
        for finding in self.of_rule(rule.code):
            if finding.id not in self.waived.by_finding:
                for area in finding.areas:
                    left.setdefault(area.code, set()).add(finding.outcome)
        return {code: _standing(verdict, left.get(code, set())) for code, verdict in rule.verdicts.items()}


def _worst(findings: Iterable[Finding]) -> dict[str, Outcome]:
    """Each focus node with its worst outcome."""
    worst: dict[str, Outcome] = {}
    for finding in findings:
        if worst.get(finding.focus.iri) != "failed":
            worst[finding.focus.iri] = finding.outcome
    return worst


def _count(outcomes: dict[str, Outcome], outcome: Outcome) -> int:
    return sum(found == outcome for found in outcomes.values())


def _standing(verdict: Verdict, left: set[Outcome]) -> Standing:
    """A verdict, given the outcomes of the findings that are not waived."""
    if verdict in ("passed", "inapplicable"):
        return verdict
    if "failed" in left:
        return "failed"
    return "not-recorded" if left else "waived"
