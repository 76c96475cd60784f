"""
mySociety's register of councils: their names, short codes, and those first days that are the council's own.
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, resource


def state(package: Package, out: Statements) -> None:
    """State names, short codes and first days of councils."""
    for row in package.tables["council_names"]:
        out.row(row).label(resource("authority", row.text("gss_code")), row.text("name"))
    for row in package.tables["short_codes"]:
        out.row(row).add(resource("authority", row.text("gss_code")), LSP.shortCode, row["short_code"])
    for row in package.tables["start_dates"]:
        out.row(row).period(resource("authority", row.text("gss_code")), row.day("from"), None)
