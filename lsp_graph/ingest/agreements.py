"""
Local Area Agreements: whose they are, and when they stood.

    agreements, terms  ->  lsp:LocalAreaAgreement
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_period
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, RDF, concept, resource


def state(package: Package, out: Statements) -> None:
    """State the agreements, then their terms, which rest on other documents than the agreements themselves."""
    for row in package.tables["agreements"]:
        with_row = out.row(row)
        agreement, code = resource("agreement", row.text("key")), row.text("area")
        with_row.add(agreement, RDF.type, LSP.LocalAreaAgreement)
        with_row.label(agreement, row.text("label"))
        with_row.add(agreement, LSP.area, resource("area", code))
        with_row.add(agreement, LSP.responsibleAuthority, resource("authority", code))
        with_row.add(agreement, LSP.partnership, resource("lsp", code))
        with_row.add(agreement, LSP.agreementRound, concept("agreement-round", row.text("round")))
        with_row.add(agreement, LSP.note, row["note"])
    for row in package.tables["terms"]:
        with_row = out.row(row)
        agreement = resource("agreement", row.text("agreement"))
        with_row.add(agreement, LSP.termFrom, row["term_from"])
        with_row.add(agreement, LSP.termUntil, row["term_until"])
        with_row.add(agreement, LSP.note, row["note"])
        state_period(with_row, row, agreement)
