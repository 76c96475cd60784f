"""
Check a graph against the rulebook.

    graph as of a day + shapes  ->  findings, worst first;  findings  ->  table, JSON, CSV, Turtle
"""

from lsp_graph.audit.findings import AuditedArea, AuditReport, Finding, Level, Outcome, Reference, RuleResult, Verdict
from lsp_graph.audit.report import FORMATS, exit_code, render
from lsp_graph.audit.run import audit

__all__ = [
    "FORMATS",
    "AuditReport",
    "AuditedArea",
    "Finding",
    "Level",
    "Outcome",
    "Reference",
    "RuleResult",
    "Verdict",
    "audit",
    "exit_code",
    "render",
]
