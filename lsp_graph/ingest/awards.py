"""
Money that an area received, or is known not to have received.

    table `awards`  ->  lsp:FundingAward
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_period
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, RDF, concept, resource


def state_awards(package: Package, out: Statements) -> None:
    """State every award of the table `awards`; rows of one award with several documents become its several proofs."""
    for row in package.tables["awards"]:
        with_row = out.row(row)
        award = resource("funding", row.text("scheme"), row.text("area"))
        with_row.add(award, RDF.type, LSP.FundingAward)
        with_row.add(award, LSP.fundingStream, concept("funding-stream", row.text("stream")))
        with_row.add(award, LSP.area, resource("area", row.text("area")))
        with_row.add(award, LSP.received, row["received"])
        with_row.add(award, LSP.note, row["note"])
        state_period(with_row, row, award)
