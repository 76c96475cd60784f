"""
Neighbourhood Renewal Fund awards, as far as a source says so.

    awards  ->  lsp:FundingAward, a known *no* among them
"""

from __future__ import annotations

from lsp_graph.ingest.awards import state_awards
from lsp_graph.ingest.package import Package
from lsp_graph.ingest.statements import Statements


def state(package: Package, out: Statements) -> None:
    """State every award."""
    state_awards(package, out)
