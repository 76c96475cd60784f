"""
A report as JSON: for programs, for the API, and for the ledger.

    FullReport  ->  JSON

Absent values are null. What a rule rests on stands with the rule, not again with each of its findings. Fields may be
added, never taken away.
"""

from __future__ import annotations

import json
from typing import Any, Final

from lsp_graph.audit.comparison import Change, Comparison, Kept
from lsp_graph.audit.explain import Authority, Explained, Source
from lsp_graph.audit.findings import AuditedArea, Finding, RuleResult
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.audit.waivers import Waiver
from lsp_graph.shacl import paths

_MEMBERS: Final[dict[Change, str]] = {
    "new": "new",
    "fixed": "fixed",
    "turned": "turned",
    "rule changed": "ruleChanged",
    "not compared": "notCompared",
    "unchanged": "unchanged",
}
"""What became of a finding, as JSON calls it."""


def to_text(full: FullReport) -> str:
    """The report as `audit --format json` gives it."""
    return json.dumps(to_json(full), ensure_ascii=False, indent=1) + "\n"


def to_json(full: FullReport) -> dict[str, Any]:
    """The report as the API gives it."""
    report = full.report
    return {
        **({"world": report.world} if report.world else {}),
        "asOf": report.as_of.isoformat(),
        "version": report.version,
        "rules": [
            rule_to_json(rule, full, full.explained) | {"verdicts": full.standings(rule)} for rule in report.rules
        ],
        "notInForce": list(report.not_in_force),
        "findings": [finding_to_json(finding, full) for finding in report.findings],
        "waivers": {
            "expired": [_waiver(waiver) for waiver in full.waived.expired],
            "unused": [_waiver(waiver) for waiver in full.waived.unused],
        },
        "since": None if full.since is None else comparison_to_json(full.since),
    }


def rule_to_json(
    rule: RuleResult, full: FullReport, explained: Explained, area: AuditedArea | None = None
) -> dict[str, Any]:
    """How a rule fared, everywhere or in one area; but for the verdicts of areas, which are many."""
    tally, text = full.tally(rule, area.code if area else None), explained.rules.get(rule.code)
    inapplicable = rule.inapplicable if area is None else int(rule.verdicts[area.code] == "inapplicable")
    return {
        "code": rule.code,
        "level": rule.level,
        "names": list(rule.names),
        "tested": tally.tested,
        "passed": tally.passed,
        "failed": tally.failed,
        "notRecorded": tally.not_recorded,
        "waived": tally.waived,
        "inapplicable": inapplicable,
        "wanted": list(text.wanted) if text else [],
        "authority": [_authority(one) for one in text.authority] if text else [],
    }


def finding_to_json(finding: Finding, full: FullReport) -> dict[str, Any]:
    """One finding, with its explanation."""
    told, waiver = full.explained.of(finding), full.waived.by_finding.get(finding.id)
    return {
        "id": finding.id,
        "rule": finding.rule,
        "level": finding.level,
        "outcome": finding.outcome,
        "focus": {"iri": finding.focus.iri, "label": finding.focus.label},
        "area": {"code": finding.area.code, "label": finding.area.label} if finding.area else None,
        "areas": [{"code": area.code, "label": area.label} for area in finding.areas],
        "path": None if finding.path is None else paths.text(finding.path),
        "value": None if finding.value is None else finding.value.value,
        "message": finding.message,
        "basis": [{"iri": basis.iri, "label": basis.label} for basis in finding.basis],
        "found": told.found,
        "wanted": told.wanted,
        "fix": told.fix,
        "sources": [_source(source) for source in told.sources],
        "region": told.region,
        "aspect": told.aspect,
        "waived": None if waiver is None else _waiver(waiver),
        "since": full.changes.get(finding.id),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "source": source.document,
        "place": source.place or None,
        "file": source.file or None,
        "row": source.row,
        "confidence": source.confidence or None,
        "about": {"iri": source.about.iri, "label": source.about.label},
        "derivedBy": source.rule,
    }


def _authority(authority: Authority) -> dict[str, Any]:
    return {"label": authority.label, "place": authority.place, "link": authority.link}


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "finding": waiver.finding,
        "reason": waiver.reason,
        "who": waiver.who,
        "until": waiver.until.isoformat(),
    }


def comparison_to_json(comparison: Comparison, offset: int = 0, limit: int | None = None) -> dict[str, Any]:
    """Two audits compared: what became of each finding but the unchanged ones, which are only counted.

    `offset` and `limit` choose a page of each kind of change; `counts` is of all.
    """
    page = slice(offset, None if limit is None else offset + limit)
    return {
        "before": _kept(comparison.before),
        "after": _kept(comparison.after),
        "changedRules": list(comparison.changed_rules),
        "counts": {_MEMBERS[change]: len(findings) for change, findings in comparison.groups.items()},
        **{
            _MEMBERS[change]: [finding.as_json() for finding in findings[page]]
            for change, findings in comparison.groups.items()
        },
        "unchanged": len(comparison.unchanged),
    }


def comparison_to_text(comparison: Comparison) -> str:
    """Two audits compared, as the command that compares them gives it."""
    return json.dumps(comparison_to_json(comparison), ensure_ascii=False, indent=2) + "\n"


def _kept(kept: Kept) -> dict[str, Any]:
    return {"id": kept.id or None, "created": kept.created, "version": kept.version, "asOf": kept.as_of}
