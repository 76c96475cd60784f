"""
The documents that rows cite: what each is called, who wrote it, where it is found.
"""

from __future__ import annotations

from pyoxigraph import Literal

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import DCTERMS, LSP, RDF, XSD, resource


def state(package: Package, out: Statements) -> None:
    """State every document of the register. A key that two tables give is noted as a problem."""
    known: set[str] = set()
    for row in (row for rows in package.tables.values() for row in rows):
        key = row.text("key")
        if key in known:
            out.problem(row, "key", "a key that no other document has")
        known.add(key)
        says = out.row(row)
        document = resource("document", key)
        says.add(document, RDF.type, LSP.Document)
        says.label(document, row.text("title"))
        says.add(document, DCTERMS.identifier, key)
        says.add(document, DCTERMS.creator, row["creator"])
        says.add(document, DCTERMS.publisher, row["publisher"])
        says.add(document, DCTERMS.date, row["date"])
        says.add(document, DCTERMS.description, row["note"])
        if row["url"] is not None:
            says.add(document, LSP.url, Literal(row.text("url"), datatype=XSD.anyURI))
