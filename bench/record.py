"""
The record of one invented partnership: how it is run, who sits in it, what it plans and who answers for it.

    Area + Country + Random  ->  one source with nothing for an audit to find, unless defects are planted
"""

from __future__ import annotations

from random import Random
from typing import Final

from bench.country import Area, Country
from bench.register import AGREEMENT_UNTIL, INDICATORS, Row, agreed, council, partners, place, safety_bearers
from bench.source import Source, span

FORMED: Final = "2001-10-01"
ACTIONS: Final = 4
DESIGNATED: Final = 35
LOCAL: Final = 3

THEMES: Final = {
    "economic-regeneration": "Enterprise Group",
    "community-safety": "Safer Group",
    "homes-and-neighbourhood": "Homes Group",
    "leisure-and-culture": "Culture Group",
    "lifelong-learning": "Learning Group",
    "healthy-communities": "Health Group",
    "environment": "Green Group",
    "transport": "Moving Group",
}
TRUST: Final = ("lifelong-learning", "ChildrensTrust", "Children's Trust", "ukpga/2004/31/section/10")
SAFETY: Final = (
    "community-safety",
    "CrimeAndDisorderReductionPartnership",
    "Crime and Disorder Reduction Partnership",
    "ukpga/1998/37/section/6",
)
BLOCKS: Final = (
    "children-and-young-people",
    "safer-and-stronger-communities",
    "health-and-older-people",
    "economic-development-and-enterprise",
)
GROUPS: Final = (
    ("board", "Board", "board"),
    ("management", "ManagementGroup", "management group"),
    ("forum", "Forum", "forum"),
)
PUBLIC: Final = ("PoliceForce", "FireAndRescueAuthority", "PrimaryCareTrust", "ProbationBoard")
NATIONAL: Final = "jobcentre-plus"
RESOURCES: Final = ("two officers", "£50,000 a year", "the partners' own staff", "a shared fund")
TIMESCALES: Final = ("within a year", "by March 2010", "by March 2011")
MONITORING: Final = (
    "quarterly, by the board",
    "each year, by the scrutiny committee",
    "monthly, by the management group",
)


def write_record(area: Area, country: Country, out: Source, random: Random) -> None:
    """Write the whole record of the area's partnership."""
    base: Row = {
        **place(area),
        **span(FORMED, area.ends or AGREEMENT_UNTIL),
        "role": random.choice(("advisory", "commissioning")),
        "chamber": next(body.key for body, _ in country.active[area.key] if body.kind == "Business"),
    }
    base["district"] = country.some_district
    is_renewal_area = random.random() < 0.22
    out.row("partnership", base)
    out.row("name-claim", base, {"year": "2008"})
    members = _members(area, country, out, base, is_renewal_area)
    _groups(area, country, out, base, members, random)
    _strategy(area, out, base, members, is_renewal_area, random)
    if area.has_agreement:
        _agreement(area, country, out, base, members, random)
    if area.county:
        out.row("area-partnership", base)
    out.close()


def _members(area: Area, country: Country, out: Source, base: Row, is_renewal_area: bool) -> list[Row]:
    """Make the council, the public bodies and those of the place members; the council first."""
    network = "CommunityEmpowermentNetwork" if is_renewal_area else "CommunityOrganisation"
    members: list[Row] = [{**council(area), "member": f"authority/{area.key}", "sector": "public", "kind": "council"}]
    for key, kind, sector in (
        ("cvs", "CouncilForVoluntaryService", "voluntary"),
        ("network", network, "community"),
    ):
        local = f"SYN-{key}-{area.key}"
        members.append(
            {
                "local": local,
                "bodyName": f"{area.name} {key}",
                "member": f"body/{local}",
                "sector": sector,
                "kind": key,
                "BodyClass": kind,
            }
        )
    for body, _ in country.active[area.key]:
        if body.kind in PUBLIC or body.partner_class == NATIONAL or body.kind == "Business":
            sector = "private" if body.kind == "Business" else "public"
            named: Row = {"local": body.key, "bodyName": body.name, "member": f"body/{body.key}"}
            members.append({**named, "sector": sector, "kind": body.kind})
    for member in members:
        out.row("partner", base, member)
        if "BodyClass" in member:
            out.row("partner.local", base, member)
    return members


def _groups(area: Area, country: Country, out: Source, base: Row, members: list[Row], random: Random) -> None:
    """The board, the other groups and the sub-partnerships, and who sits in them."""
    for key, kind, name in GROUPS:
        kept: Row = {"groupKey": key, "GroupClass": kind, "groupName": name, "parent": f"lsp/{area.key}"}
        if out.row("group", base, kept) and key == "management":
            out.row("group.officer", base)
        group: Row = {"group": f"{area.key}-{key}", "groupPath": f"group/{area.key}-{key}", "postKey": area.key}
        if key == "board":
            out.row("leader", base)
            announced = "2007-12-01" if out.is_whole("meetings", base) else None
            for month in ("01", "07"):
                out.row("group.meeting", base, {"on": f"2008-{month}-15", "announced": announced})
        for member in members[:5] if key == "board" else members[:1]:
            out.row("group.seat", base, member, group)
    kinds: dict[str, tuple[str, str, str, str | None]] = {
        theme: (theme, "SubPartnership", name, None) for theme, name in THEMES.items()
    }
    if area.has_agreement:
        kinds[TRUST[0]] = TRUST
    if area.tier != "upper":
        kinds[SAFETY[0]] = SAFETY
    known = {member["local"] for member in members}
    safety: list[Row] = [
        {**bearer, "member": bearer["body"], "sector": "public"} for bearer in safety_bearers(area, country)
    ]
    for theme, kind, name, basis in kinds.values():
        named: Row = {"sub": theme, "theme": theme, "SubClass": kind, "subName": name, "basis": basis}
        if not out.row("sub-partnership", base, named):
            continue
        if basis:
            out.row("sub-partnership.statutory", base, named)
        path = f"sub-partnership/{area.key}-{theme}"
        seats: Row = {"group": f"{area.key}-{theme}", "groupPath": path, "postKey": area.key, "SubClass": kind}
        for member in safety if kind == SAFETY[1] else random.sample(members, 1):
            if out.row("sub-partnership.seat", base, seats, member) and member["local"] not in known:
                out.row("sub-partnership.post", base, member)


def _strategy(area: Area, out: Source, base: Row, members: list[Row], is_renewal_area: bool, random: Random) -> None:
    times = span("2008-03-01", area.ends or AGREEMENT_UNTIL)
    out.row("strategy", base, times)
    for number in range(1, ACTIONS + 1):
        out.row(
            "action",
            base,
            times,
            _means(random),
            {
                "number": str(number),
                "theme": random.choice(list(THEMES)),
                "accountable": random.choice(members)["member"],
            },
        )
    own = f"authority/{area.key}"
    lines = (
        ("to-citizens", own, f"public/{area.key}", "to-citizens"),
        ("upwards", own, "body/secretary-of-state", "upwards"),
        ("between-partners", own, f"lsp/{area.key}", "between-partners"),
    )
    for local, accountable, to, direction in lines:
        values = {"local": local, "accountable": accountable, "to": to, "direction": direction, "lead": "true"}
        out.row("accountability", base, times, _means(random), values, {"for": f"strategy/{area.key}/2008"})
    if is_renewal_area:
        out.row("funding", base, span("2001-04-01", "2006-03-31"))
        out.row("renewal-strategy", base)


def _agreement(area: Area, country: Country, out: Source, base: Row, members: list[Row], random: Random) -> None:
    stood = agreed(area)
    if not out.row("agreement", base, stood):
        return
    out.row("scrutiny", base)
    named = partners(area, country)
    for partner in named:
        out.row("agreement.consulted", stood, partner)
    blocks = BLOCKS if out.is_whole("blocks", base, stood) else BLOCKS[1:]
    bearers = [partner["body"] for partner in named]
    for number in range(1, DESIGNATED + LOCAL + 1):
        level = random.randint(20, 80)
        target: Row = {
            "number": str(number),
            "TargetClass": "DesignatedTarget" if number <= DESIGNATED else "LocalTarget",
            "indicator": f"SYN-{random.randint(1, INDICATORS)}",
            "block": blocks[number % len(blocks)],
            "theme": random.choice(list(THEMES)),
            "baseline": str(level),
            "level": str(level + random.randint(1, 15)),
            "accountable": f"authority/{area.key}" if number % 3 == 0 else random.choice(bearers),
        }
        contributor = random.choice([bearer for bearer in bearers if bearer != target["accountable"]])
        target["contributor"] = contributor
        if out.row("target", base, stood, _means(random), target) and number % 4 == 1:
            out.row("target.contributor", base, stood, target)


def _means(random: Random) -> Row:
    return {
        "resources": random.choice(RESOURCES),
        "timescale": random.choice(TIMESCALES),
        "monitoring": random.choice(MONITORING),
        "due": random.choice(("2009-03-31", "2010-03-31", "2011-03-31")),
    }
