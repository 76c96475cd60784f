"""
The information sheet on Local Strategic Partnerships (document 000).

    statements, duties, kinds, sub_partnerships, partner_classes  ->  what the law asks of whom, and Southwark's example
"""

from __future__ import annotations

from lsp_graph.ingest.duties import state_duties
from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_reading, state_text
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, RDF, concept, expand, provision, resource


def state(package: Package, out: Statements) -> None:
    """State all that the sheet says."""
    state_reading(package, out)
    state_duties(package, out)
    _state_kinds(package, out)
    _state_sub_partnerships(package, out)
    for row in package.tables["partner_classes"]:
        about = concept("partner-class", row.text("key"))
        state_text(out, row, f"named-partner-{row['key']}", about, "duty", f"On the list: {row['name']}.")


def _state_kinds(package: Package, out: Statements) -> None:
    for row in package.tables["kinds"]:
        about = expand(row.text("kind"))
        subject, with_row = state_text(out, row, f"kind-{row['key']}", about, "partnership-kind")
        with_row.label(subject, row.text("label"))
        with_row.add(subject, LSP.statutory, row["statutory"])
        if row["theme"] is not None:
            with_row.add(subject, LSP.theme, concept("theme", row.text("theme")))
        for identifier in row.list("provisions"):
            with_row.add(subject, LSP.basis, provision(identifier))
        for tier in row.list("tiers"):
            with_row.add(subject, LSP.tier, concept("tier", tier))


def _state_sub_partnerships(package: Package, out: Statements) -> None:
    for row in package.tables["sub_partnerships"]:
        with_row = out.row(row)
        subject = resource("sub-partnership", row.text("key"))
        with_row.add(subject, RDF.type, LSP.SubPartnership)
        with_row.label(subject, row.text("name"))
        with_row.add(subject, LSP.partOf, resource("lsp", row.text("area")))
        with_row.add(subject, LSP.area, resource("area", row.text("area")))
        if row["theme"] is not None:
            with_row.add(subject, LSP.theme, concept("theme", row.text("theme")))
