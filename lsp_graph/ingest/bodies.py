"""
What tables of bodies say, whichever source they stand in.

    bodies, body_periods, coverage, partner_classes  ->  what a body is, when it was, where it acts, which partner it is

Several registers tell of public bodies in the same four tables; a source has those of them that it has facts for.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode

from lsp_graph.ingest.package import Package, Row
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import DCTERMS, LSP, RDF, WIKIBASE, concept, resource


def state_bodies(package: Package, out: Statements) -> None:
    """State every table of bodies that the package has."""
    _bodies(package.tables.get("bodies", ()), out)
    for row in package.tables.get("body_periods", ()):
        state_period(row, out, resource("body", row.text("key")))
    _coverage(package.tables.get("coverage", ()), out)
    _partner_classes(package.tables.get("partner_classes", ()), out)


def state_period(row: Row, out: Statements, *subjects: NamedNode) -> None:
    """State the row's first and last day of these subjects, with its precision where the table has that column.

    A period that ends before it begins, or that has neither day, is noted as a problem.
    """
    begins, ends = row.day("from"), row.day("until")
    if begins is None and ends is None:
        out.problem(row, "from", "a first day, a last day, or both")
    elif begins is not None and ends is not None and ends < begins:
        out.problem(row, "until", f"a day not before {begins}")
    else:
        precision = row.text("precision") if row.cells.get("precision") else None
        for subject in subjects:
            out.row(row).period(subject, begins, ends, precision)


def _bodies(rows: Iterable[Row], out: Statements) -> None:
    for row in rows:
        says = out.row(row)
        body = resource("body", row.text("key"))
        says.add(body, RDF.type, LSP[row.text("class")])
        says.label(body, row.text("label"))
        says.add(body, LSP.gssCode, row["gss_code"])
        if row["name"] != row["label"]:
            says.add(body, DCTERMS["title"], row["name"])


def _coverage(rows: Iterable[Row], out: Statements) -> None:
    for row in rows:
        says = out.row(row)
        coverage = resource("coverage", row.text("body"), row.text("area_gss"))
        says.add(coverage, RDF.type, LSP.Coverage)
        says.add(coverage, LSP.body, resource("body", row.text("body")))
        says.add(coverage, LSP.area, resource("area", row.text("area_gss")))
        if row["from"] is not None or row["until"] is not None:
            state_period(row, out, coverage)
        if row["confidence"] == "disputed":
            says.add(coverage, WIKIBASE.rank, WIKIBASE.DeprecatedRank)


def _partner_classes(rows: Iterable[Row], out: Statements) -> None:
    for row in rows:
        member = resource(row.text("kind"), row.text("key"))
        out.row(row).add(member, LSP.partnerClass, concept("partner-class", row.text("partner_class")))
