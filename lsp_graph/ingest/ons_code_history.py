"""
The Code History Database: areas, their councils, the bodies that have a code, and the reorganisation of 2009.

A code's dates are stated only where they are the thing's own: most codes begin on 2009-01-01, when the code system
did, and that is no body's first day.
"""

from __future__ import annotations

from lsp_graph.ingest.bodies import state_bodies, state_period
from lsp_graph.ingest.package import Package
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import LSP, ORG, RDF, concept, provision, resource

_WITHIN = {"county_gss": LSP.county, "region_gss": LSP.region, "within_gss": LSP.within}


def state(package: Package, out: Statements) -> None:
    """State areas, councils, succession, bodies with what they cover, and community safety partnerships."""
    _areas(package, out)
    _councils(package, out)
    _periods(package, out)
    _successions(package, out)
    state_bodies(package, out)
    _community_safety(package, out)


def _areas(package: Package, out: Statements) -> None:
    types = {row["gss_code"]: row["area_type"] for row in package.tables["areas"]}
    for row in package.tables["areas"]:
        says = out.row(row)
        area = resource("area", row.text("gss_code"))
        says.add(area, RDF.type, LSP.Area)
        says.label(area, row.text("name"))
        says.add(area, LSP.gssCode, row["gss_code"])
        says.add(area, LSP.areaType, concept("area-type", row.text("area_type")))
        for column, predicate in _WITHIN.items():
            if row[column] is not None:
                says.add(area, predicate, resource("area", row.text(column)))
        if (row["area_type"] == "non-metropolitan-district") != (row["county_gss"] is not None):
            out.problem(row, "county_gss", "a county for each district in a two-tier area, and for no other area")
        elif row["county_gss"] is not None and types[row["county_gss"]] != "county":
            out.problem(row, "county_gss", "the code of a county")
    for row in package.tables["later_codes"]:
        out.row(row).add(resource("area", row.text("gss_code")), LSP.laterCode, row["later_code"])


def _councils(package: Package, out: Statements) -> None:
    for row in package.tables["authorities"]:
        says = out.row(row)
        council = resource("authority", row.text("gss_code"))
        says.add(council, RDF.type, LSP[row.text("class")])
        says.add(council, LSP.area, resource("area", row.text("gss_code")))
        says.add(council, LSP.tier, concept("tier", row.text("tier")))
    for row in package.tables["council_labels"]:
        out.row(row).label(resource("authority", row.text("gss_code")), row.text("label"))


def _periods(package: Package, out: Statements) -> None:
    for row in package.tables["area_periods"]:
        key = row.text("gss_code")
        state_period(row, out, resource("area", key), resource("authority", key))


def _successions(package: Package, out: Statements) -> None:
    names = {row.text("gss_code"): row.text("name") for row in package.tables["areas"]}
    for row in package.tables["successions"]:
        says = out.row(row)
        old, new, day = row.text("from_gss"), row.text("to_gss"), row.text("on")
        says.add(resource("area", old), LSP.succeededBy, resource("area", new))
        change = resource("change", day, new)
        says.add(change, RDF.type, LSP.Reorganisation)
        says.label(change, f"Reorganisation of {day}: {names[new]}")
        says.add(change, LSP.on, row.day("on"))
        says.add(change, ORG.originalOrganization, resource("authority", old))
        says.add(change, ORG.resultingOrganization, resource("authority", new))


def _community_safety(package: Package, out: Statements) -> None:
    for row in package.tables["community_safety_partnerships"]:
        says = out.row(row)
        partnership = resource("sub-partnership", row.text("gss_code"))
        says.add(partnership, RDF.type, LSP.CrimeAndDisorderReductionPartnership)
        says.label(partnership, row.text("label"))
        says.add(partnership, LSP.gssCode, row["gss_code"])
        says.add(partnership, LSP.policeForce, resource("body", row.text("police_force_gss")))
    for row in package.tables["partnership_areas"]:
        says = out.row(row)
        partnership = resource("sub-partnership", row.text("partnership_gss"))
        says.add(partnership, LSP.area, resource("area", row.text("area_gss")))
        says.period(partnership, None, row.day("until"))
    for row in package.tables["partnership_bases"]:
        partnership = resource("sub-partnership", row.text("partnership_gss"))
        out.row(row).add(partnership, LSP.statutoryBasis, provision(row.text("legislation_id")))
