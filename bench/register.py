"""
The registers of the invented country, and what the rules derive from them.

    Country  ->  areas and councils, bodies and coverages, duties and provisions, indicators;
                 named partners and the accountabilities that the law lays on them
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from bench.country import LAST_DAY, REGIONS, REORGANISED, Area, Country
from bench.source import Source, span

DUTIES: Final = Path(__file__).parent / "duties.csv"
STATEMENTS: Final = DUTIES.with_name("statements.csv")
INDICATORS: Final = 198
AGREEMENT_FROM: Final = "2008-04-01"
AGREEMENT_UNTIL: Final = "2011-03-31"

Row = dict[str, str | None]


def write_registers(country: Country, source: Callable[[str, str], Source]) -> None:
    """Write the register graphs and the graphs that follow from them."""
    with DUTIES.open(newline="") as file:
        duties = tuple(csv.DictReader(file))
    _areas(country, source("synthetic-areas", "Areas and councils"))
    _bodies(country, source("synthetic-bodies", "Public bodies"))
    _law(duties, source("synthetic-law", "Duties and indicators"))
    _said(country, source("synthetic-sayings", "Statements and claims"))
    rules = source("derived", "Derived")
    for area in country.places:
        for partner in partners(area, country):
            rules.row("named-partner", place(area), agreed(area), {"district": country.some_district}, partner)
        for duty in duties:
            for bearer, to in _borne(duty, area, country):
                _state(rules, duty, area, bearer, to)


def place(area: Area) -> Row:
    """What the templates call an area."""
    return {
        "key": area.key,
        "name": area.name,
        "kind": area.kind,
        "region": area.region,
        "county": area.county,
        "metropolitanCounty": area.metropolitan_county,
        "tier": area.tier,
    }


def agreed(area: Area) -> Row:
    """The agreement of an area and the time for which it stood."""
    return {"agreement": f"{area.key}-2008", **span(AGREEMENT_FROM, area.ends or AGREEMENT_UNTIL)}


def partners(area: Area, country: Country) -> list[Row]:
    """The named partners of an area's agreement; none where the council is no responsible authority."""
    if not area.has_agreement:
        return []
    found: list[Row] = [
        {
            "local": body.key,
            "body": f"body/{body.key}",
            "bodyName": body.name,
            "partnerClass": body.partner_class,
            "fact": f"coverage/{body.key}/{covered}",
        }
        for body, covered in country.active[area.key]
        if body.partner_class
    ]
    for district in country.districts.get(area.key, ()):
        found.append({**council(district), "partnerClass": "district-council"})
    return found


def safety_bearers(area: Area, country: Country) -> list[Row]:
    """Who shares the crime and disorder strategy of an area; none for a county."""
    if area.tier == "upper":
        return []
    kinds = {"PoliceForce", "PoliceAuthority", "FireAndRescueAuthority", "PrimaryCareTrust"}
    found: list[Row] = [
        {
            "local": body.key,
            "body": f"body/{body.key}",
            "bodyName": body.name,
            "kind": body.kind,
            "fact": f"coverage/{body.key}/{covered}",
        }
        for body, covered in country.active[area.key]
        if body.kind in kinds
    ]
    councils = [area, *([country.area[area.county]] if area.county else [])]
    return [*found, *(council(one) for one in councils)]


def council(area: Area) -> Row:
    """The council of an area as a bearer."""
    own = f"authority/{area.key}"
    return {"local": area.key, "body": own, "bodyName": f"{area.name} Council", "fact": own}


def _areas(country: Country, out: Source) -> None:
    for number, area in enumerate(country.areas):
        values: Row = {
            **place(area),
            **span(area.begins, area.ends),
            "parent": None if area.kind == "country" else country.areas[0].key,
            "oldCode": f"S{number:04d}" if area.council else None,
            "laterCode": f"{area.key}L" if area.council and number % 10 == 0 else None,
            "successor": area.successor,
            "CouncilClass": area.council,
            "on": REORGANISED,
        }
        out.row("area", values)
        if area.council:
            out.row("authority", values)
            out.row("public", values)
        if area.successor:
            out.row("change", values, {"name": country.area[area.successor].name})
        if area.key in REGIONS:
            out.row("spatial-strategy", values, {"region": area.key})
    out.row("minister")
    out.close()


def _bodies(country: Country, out: Source) -> None:
    for body in country.bodies:
        names: Row = {
            "body": body.key,
            "BodyClass": body.kind,
            "bodyName": body.name,
            "partnerClass": body.partner_class,
        }
        out.row("body", names, span("1998-04-01", None))
        for key in body.covers:
            out.row("coverage", names, {"key": key})
    for key in sorted(country.active):
        for body, _ in country.active[key]:
            out.row("acts-in", {"key": key, "body": body.key})
    out.close()


def _law(duties: tuple[dict[str, str], ...], out: Source) -> None:
    provisions: dict[str, Row] = {}
    for duty in duties:
        times = span(duty["from"], duty["until"] or None)
        out.row("duty", duty, times)
        act, _, section = duty["provision"].partition("/section/")
        provisions[duty["provision"]] = {"act": act, "provisionName": f"{act} s.{section}", **times}
        out.row(
            "rule", {"rule": duty["rule"], "ruleName": duty["rule"].replace("-", " "), "provision": duty["provision"]}
        )
    for provision, values in provisions.items():
        out.row("provision", values, {"provision": provision})
    for number in range(1, INDICATORS + 1):
        out.row(
            "indicator",
            {"indicator": f"SYN-{number}", "indicatorCode": f"SYN {number}", "indicatorName": f"Indicator {number}"},
        )
    out.close()


def _said(country: Country, out: Source) -> None:
    out.row("document")
    with STATEMENTS.open(newline="") as file:
        for number, line in enumerate(csv.DictReader(file), 1):
            absent: Row = {name: value or None for name, value in line.items()}
            out.row("statement", absent, {"number": str(number)})
    total = len(country.places)
    measures = (
        ("SYN-partnerships", "partnerships", (total, total - 20)),
        ("laa-blocks", "blocks of an agreement", (3, 4)),
    )
    for measure, name, amounts in measures:
        for number, amount in enumerate(amounts, 1):
            values: Row = {"measure": measure, "measureName": name, "number": str(number), "on": LAST_DAY}
            out.row("claim", values, {"value": f"about {amount}", "amount": str(amount)})
    out.close()


def _borne(duty: Mapping[str, str], area: Area, country: Country) -> Iterator[tuple[Row, list[str | None]]]:
    """Who bears the duty in the area, each with those to whom."""
    own, named = council(area), partners(area, country)
    if duty["BearerClass"] == "CommunitySafetyBearer":
        bearers = safety_bearers(area, country)
        for bearer in bearers:
            yield bearer, [other["body"] for other in bearers if other is not bearer]
    elif duty["BearerClass"] == "NamedPartner":
        for partner in named:
            yield {**partner, "fact": f"named-partner/{area.key}-2008/{partner['local']}"}, [own["body"]]
    elif area.has_agreement or duty["BearerClass"] == "PrincipalLocalAuthority":
        to: dict[str, list[str | None]] = {
            "secretary-of-state": ["body/secretary-of-state"],
            "partners": [partner["body"] for partner in named],
            "people": [f"public/{area.key}"],
        }
        yield own, to[duty["counterpart"]]


def _state(out: Source, duty: Mapping[str, str], area: Area, bearer: Row, to: list[str | None]) -> None:
    of_agreement = duty["PlanClass"] == "LocalAreaAgreement"
    times = agreed(area) if of_agreement else span(duty["from"], area.ends or duty["until"] or None)
    values: Row = {**duty, **place(area), **bearer, **times, "lead": duty["lead"] or None}
    values["concerns"] = f"agreement/{area.key}-2008" if of_agreement else None
    out.row("statutory-accountability", values, {"to": to[0]})
    for other in to[1:]:
        out.row("answers-to", values, {"to": other})
