"""
CLES Bulletin 38 on the future of Local Strategic Partnerships (document 002).

    statements, plan_relations, claims  ->  roles, stages, lines of accountability, capacity
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_reading
from lsp_graph.ingest.statements import Statements


def state(package: Package, out: Statements) -> None:
    """State all that the bulletin says."""
    state_reading(package, out)
