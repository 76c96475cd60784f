"""
The Indices of Deprivation: the codes of the time, and the metropolitan counties that their ranges show.
"""

from __future__ import annotations

from lsp_graph.ingest.package import Package
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, RDF, concept, resource


def state(package: Package, out: Statements) -> None:
    """State old codes, metropolitan counties, and which districts lie in them."""
    for row in package.tables["old_codes"]:
        out.row(row).add(resource("area", row.text("gss_code")), LSP.onsCode, row["ons_code"])
    for row in package.tables["metropolitan_counties"]:
        says = out.row(row)
        county = resource("area", row.text("key"))
        says.add(county, RDF.type, LSP.Area)
        says.label(county, row.text("name"))
        says.add(county, LSP.areaType, concept("area-type", "metropolitan-county"))
        says.add(county, LSP.region, resource("area", row.text("region_gss")))
    for row in package.tables["metropolitan_districts"]:
        county = resource("area", row.text("metropolitan_county"))
        out.row(row).add(resource("area", row.text("gss_code")), LSP.metropolitanCounty, county)
