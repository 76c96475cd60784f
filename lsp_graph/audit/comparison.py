"""
What has changed between two audits.

    an earlier audit + a later one  ->  new, fixed, unchanged, turned, by a changed rule, not compared

A finding is the same when its id is: same rule, same thing, same path and value. Where a rule was changed, or one of
the audits did not look at that rule or area, a finding that came or went tells nothing about the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lsp_graph.audit.findings import Level, Outcome, Reference

Change = Literal["new", "fixed", "unchanged", "turned", "rule changed", "not compared"]


@dataclass(frozen=True)
class KeptFinding:
    """A finding as the ledger keeps it; `areas` are codes."""

    id: str
    rule: str
    level: Level
    outcome: Outcome
    focus: Reference
    areas: tuple[str, ...]
    message: str

    def as_json(self) -> dict[str, Any]:
        """The finding as comparisons and forecasts tell it."""
        return {
            "id": self.id,
            "rule": self.rule,
            "level": self.level,
            "outcome": self.outcome,
            "focus": {"iri": self.focus.iri, "label": self.focus.label},
            "areas": list(self.areas),
            "message": self.message,
        }


@dataclass(frozen=True)
class KeptHead:
    """What the ledger says of an audit before it tells the findings.

    `rules` gives each rule that was in force the hash of its shapes; `areas` the codes of the areas audited, or None
    where all were; `counts` of findings leave out those that were waived, which stand apart.
    """

    id: str
    created: str
    version: str
    as_of: str
    rules: Mapping[str, str]
    areas: tuple[str, ...] | None
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Kept(KeptHead):
    """An audit of the ledger, with what is compared of each finding."""

    findings: tuple[KeptFinding, ...]

    def looked_at(self, finding: KeptFinding) -> bool:
        """Whether this audit would have told of the finding."""
        within = self.areas is None or any(area in self.areas for area in finding.areas)
        return finding.rule in self.rules and within


@dataclass(frozen=True)
class Comparison:
    """Two audits compared: each finding of either is in one of the groups, worst first as it was.

    `turned` findings are in both with another outcome (as the later one tells it): what was not recorded has become a
    breach, or the other way round. `rule_changed` findings came or went with a change to the rule's shapes, and
    `not_compared` ones are outside what the other audit looked at. `changed_rules` are the codes of all rules whose
    shapes differ.
    """

    before: Kept
    after: Kept
    new: tuple[KeptFinding, ...]
    fixed: tuple[KeptFinding, ...]
    unchanged: tuple[KeptFinding, ...]
    turned: tuple[KeptFinding, ...]
    rule_changed: tuple[KeptFinding, ...]
    not_compared: tuple[KeptFinding, ...]
    changed_rules: tuple[str, ...]

    @property
    def groups(self) -> dict[Change, tuple[KeptFinding, ...]]:
        """The findings by what became of them."""
        return {
            "new": self.new,
            "fixed": self.fixed,
            "turned": self.turned,
            "rule changed": self.rule_changed,
            "not compared": self.not_compared,
            "unchanged": self.unchanged,
        }

    @property
    def changes(self) -> dict[str, Change]:
        """What became of each finding, by id."""
        return {finding.id: change for change, findings in self.groups.items() for finding in findings}


def compare(before: Kept, after: Kept) -> Comparison:
    """Compare two audits; the findings of both stay in the order of their audit, the later one's first."""
    earlier = {finding.id: finding for finding in before.findings}
    later = {finding.id: finding for finding in after.findings}
    changed = {code for code in before.rules.keys() & after.rules.keys() if before.rules[code] != after.rules[code]}
    sorted_out: dict[Change, list[KeptFinding]] = {}

    def put(change: Change, finding: KeptFinding) -> None:
        sorted_out.setdefault(change, []).append(finding)

    for finding in later.values():
        if finding.id in earlier:
            put("unchanged" if finding.outcome == earlier[finding.id].outcome else "turned", finding)
        else:
            put(_came_or_went("new", finding, before, changed), finding)
    for finding in earlier.values():
        if finding.id not in later:
            put(_came_or_went("fixed", finding, after, changed), finding)
    return Comparison(
        before=before,
        after=after,
        new=tuple(sorted_out.get("new", ())),
        fixed=tuple(sorted_out.get("fixed", ())),
        unchanged=tuple(sorted_out.get("unchanged", ())),
        turned=tuple(sorted_out.get("turned", ())),
        rule_changed=tuple(sorted_out.get("rule changed", ())),
        not_compared=tuple(sorted_out.get("not compared", ())),
        changed_rules=tuple(sorted(changed)),
    )


def _came_or_went(change: Change, finding: KeptFinding, other: Kept, changed: set[str]) -> Change:
    """What it tells that only one of two audits has the finding; `other` is the one that has it not."""
    if not other.looked_at(finding):
        return "not compared"
    return "rule changed" if finding.rule in changed else change
