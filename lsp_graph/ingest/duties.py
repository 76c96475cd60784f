"""
What a provision lays on a class of bearers.

    table `duties`  ->  lsp:Duty
"""

from __future__ import annotations

from pyoxigraph import Literal

from lsp_graph.ingest.package import Package, Row
from lsp_graph.ingest.readings import state_period
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, RDF, SKOS, concept, expand, provision, resource


def state_duties(package: Package, out: Statements) -> None:
    """State every duty of the table `duties`."""
    for row in package.tables["duties"]:
        _state_duty(row, out)


def _state_duty(row: Row, out: Statements) -> None:
    with_row = out.row(row)
    duty = resource("duty", row.text("key"))
    with_row.add(duty, RDF.type, LSP.Duty)
    with_row.label(duty, row.text("label"))
    for name in row.list("alt_labels"):
        with_row.add(duty, SKOS.altLabel, Literal(name, language="en"))
    with_row.add(duty, LSP.dutyNumber, row["number"])
    with_row.add(duty, LSP.bearerClass, expand(row.text("bearer_class")))
    for counterpart in row.list("counterparts"):
        with_row.add(duty, LSP.counterpart, concept("counterpart", counterpart))
    with_row.add(duty, LSP.direction, concept("direction", row.text("direction")))
    with_row.add(duty, LSP.dutyType, concept("duty-type", row.text("duty_type")))
    for kind in row.list("concerns_kinds"):
        with_row.add(duty, LSP.concernsKind, expand(kind))
    for identifier in row.list("provisions"):
        with_row.add(duty, LSP.provision, provision(identifier))
    for tier in row.list("tier_condition"):
        with_row.add(duty, LSP.tierCondition, concept("tier", tier))
    if row["place_condition"] is not None:
        with_row.add(duty, LSP.placeCondition, resource("area", row.text("place_condition")))
    state_period(with_row, row, duty)
    for column in ("resources", "timescale", "monitoring", "note"):
        with_row.add(duty, LSP[column], row[column])
