"""
The National Indicator Set: 198 codes, and the titles that were read.

    indicators, titles, statements, claims  ->  lsp:NationalIndicator
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.readings import state_reading
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, RDF, resource


def state(package: Package, out: Statements) -> None:
    """State the indicators; the label of each is its code, with its title where one was read."""
    titles = {row.text("indicator"): row for row in package.tables["titles"]}
    for row in package.tables["indicators"]:
        with_row = out.row(row)
        indicator = resource("indicator", row.text("key"))
        with_row.add(indicator, RDF.type, LSP.NationalIndicator)
        with_row.add(indicator, LSP.indicatorCode, row.text("code"))
        with_row.add(indicator, LSP.order, row["number"])
        titled = titles.get(row.text("key"))
        if titled is None:
            with_row.label(indicator, row.text("code"))
        else:
            out.row(titled).label(indicator, f"{row['code']}: {titled['title']}")
    state_reading(package, out)
