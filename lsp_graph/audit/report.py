"""
Show an audit, in the form that its reader wants.

    AuditReport + explanations + waivers + comparison  ->  text, and an exit code
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar

from lsp_graph.audit.comparison import Comparison
from lsp_graph.audit.explain import Explained
from lsp_graph.audit.findings import LEVELS, AuditReport
from lsp_graph.audit.reports import document, html, junit, spreadsheet, table, turtle
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.audit.waivers import Waived
from lsp_graph.errors import InputError, Problem

Shown = TypeVar("Shown")

FailOn = Literal["law", "guidance", "practice", "never"]

FORMATS: Final[dict[str, Callable[[FullReport], str]]] = {
    "table": table.to_text,
    "json": document.to_text,
    "csv": spreadsheet.to_text,
    "turtle": turtle.to_text,
    "html": html.to_text,
    "junit": junit.to_text,
}
"""How a report can be shown."""

COMPARISON_FORMATS: Final[dict[str, Callable[[Comparison], str]]] = {
    "table": table.comparison_to_text,
    "json": document.comparison_to_text,
    "csv": spreadsheet.comparison_to_text,
}
"""How two audits compared can be shown."""


def render(
    report: AuditReport,
    format: str,
    *,
    explained: Explained | None = None,
    waived: Waived | None = None,
    since: Comparison | None = None,
) -> str:
    """The report as text in one of `FORMATS`. Raises `InputError` for any other format."""
    return _form(FORMATS, format)(full_report(report, explained=explained, waived=waived, since=since))


def render_comparison(comparison: Comparison, format: str) -> str:
    """Two audits compared, in one of `COMPARISON_FORMATS`. Raises `InputError` for any other format."""
    return _form(COMPARISON_FORMATS, format)(comparison)


def full_report(
    report: AuditReport,
    *,
    explained: Explained | None = None,
    waived: Waived | None = None,
    since: Comparison | None = None,
) -> FullReport:
    """The report with all that its reader is told; what is not given is left out."""
    return FullReport(report, explained or Explained(), waived or Waived(), since)


def to_json(
    report: AuditReport,
    *,
    explained: Explained | None = None,
    waived: Waived | None = None,
    since: Comparison | None = None,
) -> dict[str, Any]:
    """The report as the API and `audit --format json` give it; absent values are null."""
    return document.to_json(full_report(report, explained=explained, waived=waived, since=since))


def exit_code(report: AuditReport, fail_on: FailOn, waived: Waived | None = None) -> int:
    """1 when a rule failed at this level or a more binding one, else 0.

    What is not recorded is no breach, and what is waived does not count.
    """
    if fail_on == "never":
        return 0
    counted = LEVELS[: LEVELS.index(fail_on) + 1]
    failed = full_report(report, waived=waived).of_outcome("failed")
    return int(any(finding.level in counted for finding in failed))


def _form(forms: dict[str, Callable[[Shown], str]], format: str) -> Callable[[Shown], str]:
    """The function for a format."""
    if format not in forms:
        raise InputError([Problem("--format", None, repr(format), f"one of {', '.join(forms)}")])
    return forms[format]
