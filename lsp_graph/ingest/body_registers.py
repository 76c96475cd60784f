"""
Bodies that single documents name: national agencies, regional bodies, and codes of the health service.
"""

from __future__ import annotations

from lsp_graph.ingest.bodies import state_bodies
from lsp_graph.ingest.package import Package
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, resource


def state(package: Package, out: Statements) -> None:
    """State the bodies, and the health service's codes of primary care trusts."""
    state_bodies(package, out)
    for row in package.tables["nhs_codes"]:
        out.row(row).add(resource("body", row.text("body")), LSP.otherCode, row["nhs_code"])
