"""
Facts for which no document was found: they stand in a graph of their own that the default dataset leaves out.
"""

from __future__ import annotations

import re
from datetime import date

from lsp_graph.ingest.bodies import state_bodies
from lsp_graph.ingest.package import Package
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import DCTERMS, ELI, LSP, RDF, concept, provision, resource

_FUND_YEARS = {
    "2001-2006": (date(2001, 4, 1), date(2006, 3, 31)),
    "2006-2008": (date(2006, 4, 1), date(2008, 3, 31)),
}


def state(package: Package, out: Statements) -> None:
    """State first days, bodies, coverage, funding, indicators, provisions and names that nobody could trace."""
    for row in package.tables["start_dates"]:
        out.row(row).period(resource("authority", row.text("gss_code")), row.day("from"), None)
    state_bodies(package, out)
    _funding(package, out)
    _indicators(package, out)
    _provisions(package, out)
    _names(package, out)


def _funding(package: Package, out: Statements) -> None:
    for row in package.tables["nrf"]:
        says = out.row(row)
        area, period = row.text("authority_gss"), row.text("period")
        award = resource("funding", f"nrf-{period}", area)
        says.add(award, RDF.type, LSP.FundingAward)
        says.add(award, LSP.fundingStream, concept("funding-stream", "neighbourhood-renewal-fund"))
        says.add(award, LSP.area, resource("area", area))
        says.add(award, LSP.received, row["received"] == 1)
        says.period(award, *_FUND_YEARS[period], precision="year")


def _indicators(package: Package, out: Statements) -> None:
    for row in package.tables["indicators"]:
        says = out.row(row)
        code = row.text("ni_code")
        indicator = resource("indicator", code.replace(" ", "-"))
        says.add(indicator, RDF.type, LSP.NationalIndicator)
        says.add(indicator, LSP.indicatorCode, code)
        says.add(indicator, DCTERMS["title"], row["title"])
        says.add(indicator, LSP.leadDepartment, row["lead_department"])
        if row["theme"] is not None:
            says.add(indicator, LSP.theme, concept("indicator-theme", _slug(row.text("theme"))))


def _provisions(package: Package, out: Statements) -> None:
    for row in package.tables["provisions"]:
        says = out.row(row)
        identifier = row.text("legislation_id")
        subject = provision(identifier)
        says.add(subject, DCTERMS["title"], row["heading"])
        if row["act"] is None:
            if row["heading"] is None:
                out.problem(row, "heading", "a heading where no act is given")
            continue
        says.add(subject, RDF.type, LSP.Provision)
        says.label(subject, " ".join(str(row[part]) for part in ("act", "provision") if row[part] is not None))
        act = "/".join(identifier.split("/")[:3])
        if act != identifier:
            says.add(subject, ELI.is_part_of, provision(act))


def _names(package: Package, out: Statements) -> None:
    for row in package.tables["lsp_names"]:
        says = out.row(row)
        key, name = row.text("lsp_key"), row.text("name")
        claim = resource("name-claim", key, _slug(name))
        says.add(claim, RDF.type, LSP.NameClaim)
        says.add(claim, LSP.about, resource("lsp", key))
        says.add(claim, LSP.value, name)


def _slug(text: str) -> str:
    """The text as the last part of an IRI: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
