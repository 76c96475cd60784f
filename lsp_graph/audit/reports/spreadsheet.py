"""
A report as CSV (RFC 4180): one line for each finding.

    FullReport  ->  CSV
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO
from typing import Final

from lsp_graph.audit.comparison import Comparison
from lsp_graph.audit.reports.document import finding_to_json
from lsp_graph.audit.reports.full import FullReport

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
    "found",
    "wanted",
    "sources",
    "authority",
    "region",
    "aspect",
    "since",
    "waived",
    "waivedBy",
    "waivedUntil",
)


def to_text(full: FullReport) -> str:
    """The findings, worst first; several sources or authorities stand in one cell, parted by ` | `."""
    rows = []
    for finding in full.report.findings:
        told, waiver = full.explained.of(finding), full.waived.by_finding.get(finding.id)
        row = finding_to_json(finding, full) | {
            "focus": finding.focus.iri,
            "focusLabel": finding.focus.label,
            "area": finding.area and finding.area.code,
            "areaLabel": finding.area and finding.area.label,
            "basis": " ".join(basis.iri for basis in finding.basis),
            "sources": " | ".join(source.text for source in told.sources),
            "authority": " | ".join(one.text for one in told.authority),
            "waived": waiver and waiver.reason,
            "waivedBy": waiver and waiver.who,
            "waivedUntil": waiver and waiver.until.isoformat(),
        }
        rows.append([row[column] for column in _COLUMNS])
    return _csv(_COLUMNS, rows)


def comparison_to_text(comparison: Comparison) -> str:
    """The findings of two audits with what became of each."""
    return _csv(
        ("change", "id", "rule", "level", "outcome", "focus", "focusLabel", "areas", "message"),
        (
            (
                change,
                one.id,
                one.rule,
                one.level,
                one.outcome,
                one.focus.iri,
                one.focus.label,
                " ".join(one.areas),
                one.message,
            )
            for change, findings in comparison.groups.items()
            for one in findings
        ),
    )


_FORMULA: Final = re.compile(r"[=+@\t\r-](?!\d+(\.\d+)?$)")
"""How a cell begins that a spreadsheet would take for a formula; a number is none."""


def _cell(value: object) -> object:
    """A cell that says what it says, whoever opens it: an apostrophe before a formula makes it text."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()
