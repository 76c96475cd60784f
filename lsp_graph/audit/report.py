"""
Show an audit: as a table for people, as JSON and CSV for programs, as a standard validation report in Turtle.

    AuditReport  ->  text
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any, Final, Literal

import pyoxigraph as ox
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lsp_graph.audit import paths
from lsp_graph.audit.findings import LEVELS, AuditReport, Finding, RuleResult
from lsp_graph.errors import InputError, Problem
from lsp_graph.namespaces import DCTERMS, LSP, PREFIXES, RDF, SH, XSD, Namespace, resource

FailOn = Literal["law", "guidance", "practice", "never"]

_EARL: Final = Namespace("http://www.w3.org/ns/earl#")
_OUTCOMES: Final = {"failed": _EARL.failed, "not-recorded": _EARL.cantTell}
_SEVERITIES: Final = {"law": SH.Violation, "guidance": SH.Warning, "practice": SH.Info}
_COLUMNS: Final = (
    "id",
    "rule",
    "level",
    "outcome",
    "focus",
    "focusLabel",
    "area",
    "areaLabel",
    "path",
    "value",
    "message",
    "basis",
    "fix",
)


def render(report: AuditReport, format: str) -> str:
    """The report as text in one of `FORMATS`. Raises `InputError` for any other format."""
    if format not in FORMATS:
        raise InputError([Problem("--format", None, repr(format), f"one of {', '.join(FORMATS)}")])
    return FORMATS[format](report)


def exit_code(report: AuditReport, fail_on: FailOn) -> int:
    """1 when a rule failed at this level or a more binding one, else 0. What is not recorded is no breach."""
    if fail_on == "never":
        return 0
    counted = LEVELS[: LEVELS.index(fail_on) + 1]
    return int(any(finding.level in counted for finding in report.of_outcome("failed")))


def to_json(report: AuditReport) -> dict[str, Any]:
    """The report as the API and `audit --format json` give it; absent values are null."""
    return {
        "asOf": report.as_of.isoformat(),
        "version": report.version,
        "rules": [
            {
                "code": rule.code,
                "level": rule.level,
                "names": list(rule.names),
                "tested": rule.tested,
                "passed": rule.passed,
                "failed": rule.failed,
                "notRecorded": rule.not_recorded,
                "inapplicable": rule.inapplicable,
                "verdicts": dict(rule.verdicts),
            }
            for rule in report.rules
        ],
        "notInForce": list(report.not_in_force),
        "findings": [_finding_to_json(finding) for finding in report.findings],
    }


def _finding_to_json(finding: Finding) -> dict[str, Any]:
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
        "fix": finding.fix,
    }


def _json(report: AuditReport) -> str:
    return json.dumps(to_json(report), ensure_ascii=False, indent=2) + "\n"


def _csv(report: AuditReport) -> str:
    """One line for each finding."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for finding in report.findings:
        row = _finding_to_json(finding) | {
            "focus": finding.focus.iri,
            "focusLabel": finding.focus.label,
            "area": finding.area and finding.area.code,
            "areaLabel": finding.area and finding.area.label,
            "basis": " ".join(basis.iri for basis in finding.basis),
        }
        writer.writerow([row[column] for column in _COLUMNS])
    return out.getvalue()


def _turtle(report: AuditReport) -> str:
    """A `sh:ValidationReport`; what is not recorded has severity `sh:Info` and the outcome `earl:cantTell`."""
    prefixes = {**PREFIXES, "earl": str(_EARL), "finding": str(resource("finding", "").value)}
    text: bytes = ox.serialize(_triples(report), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    return text.decode()


def _triples(report: AuditReport) -> Iterator[ox.Triple]:
    node = resource("audit", report.version, report.as_of.isoformat())
    conforms = ox.Literal(str(not report.findings).lower(), datatype=XSD.boolean)
    yield ox.Triple(node, RDF.type, SH.ValidationReport)
    yield ox.Triple(node, SH.conforms, conforms)
    yield ox.Triple(node, DCTERMS.date, ox.Literal(report.as_of.isoformat(), datatype=XSD.date))
    for finding in report.findings:
        result = resource("finding", finding.id)
        yield ox.Triple(node, SH.result, result)
        yield from _finding_triples(finding, result)


def _finding_triples(finding: Finding, result: ox.NamedNode) -> Iterator[ox.Triple]:
    severity = _SEVERITIES[finding.level] if finding.outcome == "failed" else SH.Info
    yield ox.Triple(result, RDF.type, SH.ValidationResult)
    yield ox.Triple(result, LSP.ruleCode, ox.Literal(finding.rule))
    yield ox.Triple(result, _EARL.outcome, _OUTCOMES[finding.outcome])
    yield ox.Triple(result, SH.focusNode, ox.NamedNode(finding.focus.iri))
    yield ox.Triple(result, SH.resultSeverity, severity)
    yield ox.Triple(result, SH.sourceShape, ox.NamedNode(finding.shape))
    yield ox.Triple(result, SH.sourceConstraintComponent, ox.NamedNode(finding.component))
    yield ox.Triple(result, SH.resultMessage, ox.Literal(finding.message))
    if finding.path is not None:
        path, described = paths.triples(finding.path)
        yield ox.Triple(result, SH.resultPath, path)
        yield from described
    if finding.value is not None:
        yield ox.Triple(result, SH.value, finding.value)
    for basis in finding.basis:
        yield ox.Triple(result, LSP.basis, ox.NamedNode(basis.iri))
    for area in finding.areas:
        yield ox.Triple(result, LSP.area, ox.NamedNode(area.iri))


def _table(report: AuditReport) -> str:
    """The rules with their counts, then the findings; breaches and what is not recorded counted apart."""
    out = StringIO()
    console = Console(file=out, width=_WIDTH, highlight=False)
    failed, silent = report.of_outcome("failed"), report.of_outcome("not-recorded")
    console.print(
        f"Audit as of {report.as_of.isoformat()} of version {report.version}: {_count(len(report.rules), 'rule')}, "
        f"{_count(len(report.areas), 'area')}"
    )
    console.print(_rules_table(report.rules))
    for code in report.not_in_force:
        console.print(f"{code}: not in force on {report.as_of.isoformat()}")
    for title, findings in (("Failed", failed), ("Not recorded (no breach)", silent)):
        if findings:
            console.print(_findings_table(title, findings))
    by_level = ", ".join(f"{sum(f.level == level for f in failed)} {level}" for level in LEVELS)
    console.print(f"{len(failed)} failed ({by_level}); {len(silent)} not recorded")
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _rules_table(rules: tuple[RuleResult, ...]) -> Table:
    table = Table(title="Rules", title_justify="left", expand=False)
    for heading in ("rule", "level", "what it asks"):
        table.add_column(heading, overflow="fold")
    for heading in ("tested", "passed", "failed", "not recorded", "areas without"):
        table.add_column(heading, justify="right")
    for rule in rules:
        asks = "; ".join(rule.names) + (" (nothing found to look at)" if rule.found_nothing else "")
        counts = (rule.tested, rule.passed, rule.failed, rule.not_recorded, rule.inapplicable)
        table.add_row(rule.code, rule.level, Text(asks), *(str(count) for count in counts))
    return table


def _findings_table(title: str, findings: tuple[Finding, ...]) -> Table:
    table = Table(title=title, title_justify="left", expand=False)
    for heading in ("rule", "area", "what", "finding"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        area = finding.area.code if finding.area else ""
        mend = f" To mend: {finding.fix}" if finding.fix else ""
        table.add_row(finding.rule, area, Text(finding.focus.label), Text(finding.message + mend))
    return table


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_WIDTH: Final = 120

FORMATS: Final[dict[str, Callable[[AuditReport], str]]] = {
    "table": _table,
    "json": _json,
    "csv": _csv,
    "turtle": _turtle,
}
"""How a report can be shown."""
