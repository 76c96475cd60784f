"""
Statutes: the provisions that duties, partnerships and agreements rest on, while they were in force.

    acts, provisions, changes, duties  ->  lsp:Enactment, lsp:Provision, lsp:Duty

Only identifiers that were read on legislation.gov.uk, or in a Bill, are here.
"""

from __future__ import annotations

from lsp_graph.ingest.duties import state_duties
from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_period
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import DCTERMS, ELI, LSP, RDF, provision


def state(package: Package, out: Statements) -> None:
    """State the Acts, their provisions, what changes what, and the duties read from the statutes themselves."""
    for row in package.tables["acts"]:
        with_row = out.row(row)
        act = provision(row.text("key"))
        with_row.add(act, RDF.type, LSP.Enactment)
        with_row.label(act, row.text("title"))
        with_row.add(act, LSP.legislationId, row.text("key"))
    _state_provisions(package, out)
    for row in package.tables["changes"]:
        with_row = out.row(row)
        changing, changed = provision(row.text("provision")), provision(row.text("changed"))
        if row["change"] == "repeals":
            with_row.add(changed, LSP.repealedBy, changing)
        else:
            with_row.add(changing, LSP.amends, changed)
    state_duties(package, out)


def _state_provisions(package: Package, out: Statements) -> None:
    for row in package.tables["provisions"]:
        with_row = out.row(row)
        subject = provision(row.text("key"))
        if row["act"] is None:
            with_row.add(subject, RDF.type, LSP.Enactment)
        else:
            with_row.add(subject, RDF.type, LSP.Provision)
            with_row.add(subject, ELI.is_part_of, provision(row.text("act")))
        with_row.label(subject, row.text("label"))
        with_row.add(subject, DCTERMS["title"], row["heading"])
        with_row.add(subject, LSP.legislationId, row.text("key"))
        with_row.add(subject, LSP.relevance, row["about"])
        with_row.add(subject, LSP.note, row["note"])
        state_period(with_row, row, subject)
