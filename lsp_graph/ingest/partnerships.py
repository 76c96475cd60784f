"""
The Local Strategic Partnerships, what sources call them, and their strategies.

    lsps, name_claims, strategies  ->  lsp:LocalStrategicPartnership, lsp:NameClaim, lsp:CommunityStrategy

Where no source gives a name, the label says plainly whose partnership it is.
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package, Row
from lsp_graph.ingest.readings import state_period
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, RDF, concept, expand, resource


def state(package: Package, out: Statements) -> None:
    """State the partnerships, their names and their strategies."""
    for row in package.tables["lsps"]:
        _state_partnership(row, out)
    for row in package.tables["name_claims"]:
        with_row = out.row(row)
        claim = resource("name-claim", row.text("partnership"), row.text("number"))
        with_row.add(claim, RDF.type, LSP.NameClaim)
        with_row.add(claim, LSP.about, resource("lsp", row.text("partnership")))
        with_row.add(claim, LSP.value, row.text("name"))
        with_row.add(claim, LSP.evidenceYear, row["evidence_year"])
        with_row.add(claim, LSP.note, row["note"])
        state_period(with_row, row, claim)
    for row in package.tables["strategies"]:
        _state_strategy(row, out)


def _state_partnership(row: Row, out: Statements) -> None:
    with_row = out.row(row)
    partnership = resource("lsp", row.text("key"))
    with_row.add(partnership, RDF.type, LSP.LocalStrategicPartnership)
    named = row["name"] or f"Local Strategic Partnership for {row['area_name']}"
    with_row.label(partnership, str(named))
    for code in row.list("areas"):
        with_row.add(partnership, LSP.area, resource("area", code))
    if row["lead_council"] is not None:
        with_row.add(partnership, LSP.leadCouncil, resource("authority", row.text("lead_council")))
    with_row.add(partnership, LSP.evidenceLevel, concept("evidence-level", row.text("evidence_level")))
    with_row.add(partnership, LSP.note, row["note"])
    state_period(with_row, row, partnership)


def _state_strategy(row: Row, out: Statements) -> None:
    with_row = out.row(row)
    strategy = resource("strategy", row.text("key"))
    with_row.add(strategy, RDF.type, expand(row.text("type")))
    with_row.label(strategy, row.text("title"))
    if row["area"] is not None:
        with_row.add(strategy, LSP.area, resource("area", row.text("area")))
    if row["prepared_by"] is not None:
        with_row.add(strategy, LSP.preparedBy, resource("authority", row.text("prepared_by")))
    with_row.add(strategy, LSP.partnership, resource("lsp", row.text("partnership")))
    with_row.add(strategy, LSP.termFrom, row["term_from"])
    with_row.add(strategy, LSP.termUntil, row["term_until"])
    with_row.add(strategy, LSP.note, row["note"])
    state_period(with_row, row, strategy)
