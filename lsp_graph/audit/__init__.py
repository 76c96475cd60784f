"""
Check a graph against the rulebook.

    graph as of a day + shapes  ->  findings, worst first;  findings + explanations + waivers  ->  a report
    reports kept in a ledger    ->  what is new, fixed, unchanged
"""

from lsp_graph.audit.comparison import Comparison, Kept, KeptFinding, KeptHead, compare
from lsp_graph.audit.explain import Explained, Explanation, explain
from lsp_graph.audit.findings import AuditedArea, AuditReport, Finding, Level, Outcome, Reference, RuleResult, Verdict
from lsp_graph.audit.ledger import (
    FOLDER,
    LATEST,
    heads,
    keep,
    load,
    of_version,
    outcome_of,
    read_kept,
    read_report,
    recall,
    recall_part,
    rule_hashes,
    unkept,
)
from lsp_graph.audit.overview import NO_REGION, Cell, Overview, by_area, overview
from lsp_graph.audit.report import (
    COMPARISON_FORMATS,
    FORMATS,
    exit_code,
    full_report,
    render,
    render_comparison,
    to_json,
)
from lsp_graph.audit.rulebook import Rulebook, read_rulebook
from lsp_graph.audit.run import audit
from lsp_graph.audit.since import audit_since, note_basis
from lsp_graph.audit.waivers import Waived, Waiver, apply, waivers_of

__all__ = [
    "COMPARISON_FORMATS",
    "FOLDER",
    "FORMATS",
    "LATEST",
    "NO_REGION",
    "AuditReport",
    "AuditedArea",
    "Cell",
    "Comparison",
    "Explained",
    "Explanation",
    "Finding",
    "Kept",
    "KeptFinding",
    "KeptHead",
    "Level",
    "Outcome",
    "Overview",
    "Reference",
    "RuleResult",
    "Rulebook",
    "Verdict",
    "Waived",
    "Waiver",
    "apply",
    "audit",
    "audit_since",
    "by_area",
    "compare",
    "exit_code",
    "explain",
    "full_report",
    "heads",
    "keep",
    "load",
    "note_basis",
    "of_version",
    "outcome_of",
    "overview",
    "read_kept",
    "read_report",
    "read_rulebook",
    "recall",
    "recall_part",
    "render",
    "render_comparison",
    "rule_hashes",
    "to_json",
    "unkept",
    "waivers_of",
]
