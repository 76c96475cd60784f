"""
The background paper on partnerships and community strategies (document 001).

    statements, plan_relations, claims  ->  structure, principles of partnership working, kinds of plan
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_reading
from lsp_graph.ingest.statements import Statements


def state(package: Package, out: Statements) -> None:
    """State all that the paper says."""
    state_reading(package, out)
