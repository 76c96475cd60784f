"""
What an audit found, as data.

    AuditReport  =  per rule: tested, passed, failed, not recorded, inapplicable;  and the findings, worst first

A finding is data, not an exception: the caller decides what stops a release.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final, Literal

from pyoxigraph import BlankNode, NamedNode
from pyoxigraph import Literal as RdfLiteral

from lsp_graph.shacl.paths import Path, text

Level = Literal["law", "guidance", "practice"]
Outcome = Literal["failed", "not-recorded"]
Verdict = Literal["passed", "failed", "not-recorded", "inapplicable"]
Value = NamedNode | BlankNode | RdfLiteral

LEVELS: Final[tuple[Level, ...]] = ("law", "guidance", "practice")
"""How binding a rule is, the most binding first."""


@dataclass(frozen=True, order=True)
class Reference:
    """A thing and what it is called; where it has no label, its IRI stands in."""

    iri: str
    label: str


@dataclass(frozen=True, order=True)
class AuditedArea:
    """An area that has a council, by its GSS code."""

    code: str
    label: str = field(compare=False)
    iri: str


@dataclass(frozen=True)
class Finding:
    """Which node broke which rule, where, and what would mend it.

    `outcome` is `not-recorded` where the rule asks for something to be there and the record is not declared complete
    for that: it is then no breach. `area` is the first of `areas` (a joint partnership stands in several).
    `path` and `value` say what was looked at, as far as the rule tells.
    """

    rule: str
    level: Level
    outcome: Outcome
    focus: Reference
    areas: tuple[AuditedArea, ...]
    path: Path | None
    value: Value | None
    message: str
    basis: tuple[Reference, ...]
    fix: str | None
    shape: str
    component: str

    @property
    def id(self) -> str:
        """Stays the same from run to run while rule, focus, path and value do, so that audits can be compared."""
        key = (self.rule, self.focus.iri, text(self.path) if self.path else "", str(self.value or ""))
        return sha256("\n".join(key).encode()).hexdigest()[:16]

    @property
    def area(self) -> AuditedArea | None:
        """The area the finding is counted under first; None where the focus stands in no council's area."""
        return self.areas[0] if self.areas else None


@dataclass(frozen=True)
class RuleResult:
    """How one rule fared.

    `tested`, `passed`, `failed` and `not_recorded` count focus nodes (a node with both a failed and a not recorded
    finding counts as failed); `inapplicable` counts areas in which the rule found nothing to look at. `verdicts` has
    one entry for each audited area, by code; `by_area` counts the nodes of those in which there are any by verdict.
    """

    code: str
    level: Level
    names: tuple[str, ...]
    tested: int
    passed: int
    failed: int
    not_recorded: int
    inapplicable: int
    verdicts: Mapping[str, Verdict]
    by_area: Mapping[str, Mapping[Verdict, int]]

    @property
    def found_nothing(self) -> bool:
        """Whether the rule had no node at all to look at: it then says nothing."""
        return self.tested == 0


def worst(verdicts: Collection[Verdict]) -> Verdict:
    """The verdict that stands for several: a breach outweighs all else; of none it is that the rule does not apply."""
    order: tuple[Verdict, ...] = ("failed", "not-recorded", "passed")
    return next((verdict for verdict in order if verdict in verdicts), "inapplicable")


@dataclass(frozen=True)
class AuditReport:
    """One audit: of which version, as of which day, by which rules, with which findings.

    `not_in_force` are the codes of rules that were asked for and did not bind on that day; `world` is named where it is
    not the real one.
    """

    as_of: date
    version: str
    areas: tuple[AuditedArea, ...]
    rules: tuple[RuleResult, ...]
    findings: tuple[Finding, ...]
    not_in_force: tuple[str, ...]
    world: str | None = None

    def of_outcome(self, outcome: Outcome) -> tuple[Finding, ...]:
        """The findings of one outcome, worst first."""
        return tuple(finding for finding in self.findings if finding.outcome == outcome)
