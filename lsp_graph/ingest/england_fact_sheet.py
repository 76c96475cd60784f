"""
The fact sheet on England's Local Strategic Partnerships (document 004).

    statements, claims  ->  setting, instruments, board, funding
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_reading
from lsp_graph.ingest.statements import Statements


def state(package: Package, out: Statements) -> None:
    """State all that the fact sheet says."""
    state_reading(package, out)
