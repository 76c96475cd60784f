"""
What several sources have in common: rows that restate a document, claim a number, or tell a period.

    tables `statements`, `plan_relations`, `claims`  ->  lsp:Statement and lsp:Claim
"""

from __future__ import annotations

from pyoxigraph import NamedNode

from lsp_graph.ingest.package import Package, Row
from lsp_graph.ingest.statements import RowStatements, Statements
from lsp_graph.namespaces import LSP, RDF, WIKIBASE, concept, expand, resource

RELATION = "relation"
"""The topic of statements on how two kinds of plan relate."""


def state_period(with_row: RowStatements, row: Row, subject: NamedNode) -> None:
    """State the period that the columns `from`, `until` and `date_precision` of a row give to a subject."""
    precision = None if row["date_precision"] is None else row.text("date_precision")
    with_row.period(subject, row.day("from"), row.day("until"), precision)


def state_reading(package: Package, out: Statements) -> None:
    """State all that a source says in words and numbers: its statements, relations of plans, and claims.

    Tables that the package does not have are passed over.
    """
    for row in package.tables.get("statements", ()):
        about, topic = expand(row.text("about")), row.text("topic")
        subject, with_row = state_text(out, row, row.text("key"), about, topic)
        if row["stage"] is not None:
            with_row.add(subject, LSP.stage, concept("strategy-stage", row.text("stage")))
    for row in package.tables.get("plan_relations", ()):
        subject, with_row = state_text(out, row, row.text("key"), expand(row.text("about")), RELATION)
        with_row.add(subject, LSP.relation, expand(row.text("relation")))
        with_row.add(subject, LSP.relatedKind, expand(row.text("related")))
    for row in package.tables.get("claims", ()):
        state_claim(out, row)


def state_text(
    out: Statements, row: Row, key: str, about: NamedNode, topic: str, text: str | None = None
) -> tuple[NamedNode, RowStatements]:
    """State one point of a document, and return its node with the row's statements for what more there is to say.

    `text` defaults to the row's column of that name; `order` is always the row's own.
    """
    with_row = out.row(row)
    subject = resource("statement", row.source, key)
    with_row.add(subject, RDF.type, LSP.Statement)
    with_row.add(subject, LSP.about, about)
    with_row.add(subject, LSP.topic, concept("statement-topic", topic))
    with_row.add(subject, LSP.order, row["order"])
    with_row.add(subject, LSP.text, row.text("text") if text is None else text)
    return subject, with_row


def state_claim(out: Statements, row: Row) -> None:
    """State what one source gives as the value of a measure; sources that differ share the measure."""
    with_row = out.row(row)
    measure = resource("measure", row.text("measure"))
    with_row.add(measure, RDF.type, LSP.Measure)
    with_row.label(measure, row.text("measure_label"))
    claim = resource("claim", row.source, row.text("key"))
    with_row.add(claim, RDF.type, LSP.Claim)
    with_row.add(claim, LSP.about, measure)
    with_row.add(claim, LSP.value, row.text("value"))
    with_row.add(claim, LSP.number, row["number"])
    with_row.add(claim, LSP.lowest, row["lowest"])
    with_row.add(claim, LSP.highest, row["highest"])
    with_row.add(claim, LSP.atDate, row["at_date"])
    with_row.add(claim, WIKIBASE.rank, WIKIBASE.NormalRank)
