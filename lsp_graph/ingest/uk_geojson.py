"""
Where areas lie, how large they are, and which of them touch: computed from generalised boundaries.
"""

from __future__ import annotations

from pyoxigraph import Literal

from lsp_graph.ingest.package import Package, Row
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import GEO, LSP, RDF, resource


def state(package: Package, out: Statements) -> None:
    """State a point in each area (GeoSPARQL, WGS 84, longitude first), its size, and its borders."""
    for row in package.tables["points"]:
        says = out.row(row)
        area, geometry = resource("area", row.text("gss_code")), resource("geometry", row.text("gss_code"))
        says.add(area, LSP.latitude, row["lat"])
        says.add(area, LSP.longitude, row["lon"])
        says.add(area, GEO.hasGeometry, geometry)
        says.add(geometry, RDF.type, GEO.Geometry)
        says.add(geometry, GEO.asWKT, Literal(f"POINT({row['lon']} {row['lat']})", datatype=GEO.wktLiteral))
    for row in package.tables["sizes"]:
        out.row(row).add(resource("area", row.text("gss_code")), LSP.areaKm2, row["area_km2"])
    for row in package.tables["neighbours"]:
        _border(row.text("area_a"), row.text("area_b"), row, out)


def _border(first: str, second: str, row: Row, out: Statements) -> None:
    if first >= second:
        out.problem(row, "area_b", f"a code after {first}: each pair stands once, the lower code first")
        return
    says = out.row(row)
    border = resource("border", first, second)
    says.add(border, RDF.type, LSP.SharedBorder)
    for code in (first, second):
        says.add(border, LSP.between, resource("area", code))
    says.add(border, LSP.lengthKm, row["shared_border_km"])
    says.add(resource("area", first), LSP.adjoins, resource("area", second))
