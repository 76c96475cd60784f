"""
The London guide to Local Strategic Partnerships (document 003).

    statements, plan_relations, claims, awards  ->  blocks and structure, and the boroughs with renewal money
"""

from __future__ import annotations

from lsp_graph.ingest.awards import state_awards
from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_reading
from lsp_graph.ingest.statements import Statements


def state(package: Package, out: Statements) -> None:
    """State all that the guide says, and its list of boroughs."""
    state_reading(package, out)
    state_awards(package, out)
