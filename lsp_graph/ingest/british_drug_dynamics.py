"""
Which areas primary care trusts fell in, as a table of a research project gives it.
"""

from __future__ import annotations

from lsp_graph.ingest.bodies import state_bodies
from lsp_graph.ingest.package import Package
from lsp_graph.ingest.statements import Statements


def state(package: Package, out: Statements) -> None:
    """State the tables of bodies of this source."""
    state_bodies(package, out)
