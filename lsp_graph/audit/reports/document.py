"""
A report as JSON: for programs, for the API, and for the ledger.

    FullReport  ->  JSON

Absent values are null. What a rule rests on stands with the rule, not again with each of its findings. Fields may be
added, never taken away.
"""

from __future__ import annotations

import json
from typing import Any

from lsp_graph.audit.comparison import Comparison, Kept, KeptFinding
from lsp_graph.audit.explain import Authority, Source
from lsp_graph.audit.findings import Finding, RuleResult
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.audit.waivers import Waiver
from lsp_graph.shacl import paths


def to_text(full: FullReport) -> str:
    """The report as `audit --format json` gives it."""
    return json.dumps(to_json(full), ensure_ascii=False, indent=1) + "\n"


def to_json(full: FullReport) -> dict[str, Any]:
    """The report as the API gives it."""
    report = full.report
    return {
        "asOf": report.as_of.isoformat(),
        "version": report.version,
        "rules": [_rule(rule, full) for rule in report.rules],
        "notInForce": list(report.not_in_force),
        "findings": [finding_to_json(finding, full) for finding in report.findings],
        "waivers": {
            "expired": [_waiver(waiver) for waiver in full.waived.expired],
            "unused": [_waiver(waiver) for waiver in full.waived.unused],
        },
        "since": None if full.since is None else comparison_to_json(full.since),
    }


def _rule(rule: RuleResult, full: FullReport) -> dict[str, Any]:
    tally, text = full.tally(rule), full.explained.rules.get(rule.code)
    return {
        "code": rule.code,
        "level": rule.level,
        "names": list(rule.names),
        "tested": tally.tested,
        "passed": tally.passed,
        "failed": tally.failed,
        "notRecorded": tally.not_recorded,
        "waived": tally.waived,
        "inapplicable": rule.inapplicable,
        "wanted": list(text.wanted) if text else [],
        "authority": [_authority(one) for one in text.authority] if text else [],
        "verdicts": full.standings(rule),
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


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """Two audits compared: what became of each finding but the unchanged ones, which are only counted."""
    return {
        "before": _kept(comparison.before),
        "after": _kept(comparison.after),
        "changedRules": list(comparison.changed_rules),
        "new": [_kept_finding(finding) for finding in comparison.new],
        "fixed": [_kept_finding(finding) for finding in comparison.fixed],
        "turned": [_kept_finding(finding) for finding in comparison.turned],
        "ruleChanged": [_kept_finding(finding) for finding in comparison.rule_changed],
        "notCompared": [_kept_finding(finding) for finding in comparison.not_compared],
        "unchanged": len(comparison.unchanged),
    }


def comparison_to_text(comparison: Comparison) -> str:
    """Two audits compared, as the command that compares them gives it."""
    return json.dumps(comparison_to_json(comparison), ensure_ascii=False, indent=2) + "\n"


def _kept(kept: Kept) -> dict[str, Any]:
    return {"id": kept.id, "created": kept.created, "version": kept.version, "asOf": kept.as_of}


def _kept_finding(finding: KeptFinding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "level": finding.level,
        "outcome": finding.outcome,
        "focus": {"iri": finding.focus.iri, "label": finding.focus.label},
        "areas": list(finding.areas),
        "message": finding.message,
    }
