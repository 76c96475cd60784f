"""
Counts of partnerships, agreements and indicators, as texts of the time state them.

    claims  ->  lsp:Claim, one measure for those that differ
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_reading
from lsp_graph.ingest.statements import Statements


def state(package: Package, out: Statements) -> None:
    """State every count."""
    state_reading(package, out)
