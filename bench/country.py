"""
An invented country of any size: areas, councils and public bodies, none of them real.

    (scale, seed)  ->  Country

Scale 1 has the proportions of England in 2008: 388 areas with a principal council, among them 34 counties with 238
districts. Keys are `SYN-…`, names are made of syllables and marked fictional by the templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from random import Random
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

COUNTRY: Final = "SYN-C1"
REGIONS: Final = (*(f"SYN-R{number}" for number in range(1, 9)), "E12000007")
LONDON: Final = "E12000007"
REORGANISED: Final = "2009-04-01"
LAST_DAY: Final = "2009-03-31"
DISTRICTS_OF_A_METROPOLITAN_COUNTY: Final = 6


@dataclass(frozen=True)
class Kind:
    """A kind of area with a principal council: how many at scale 1, and what its council is."""

    name: str
    count: int
    council: str
    tier: str


KINDS: Final = (
    Kind("county", 34, "CountyCouncil", "upper"),
    Kind("non-metropolitan-district", 238, "NonMetropolitanDistrictCouncil", "lower"),
    Kind("unitary", 46, "UnitaryAuthority", "single"),
    Kind("metropolitan-district", 36, "MetropolitanDistrictCouncil", "single"),
    Kind("london-borough", 32, "LondonBoroughCouncil", "single"),
    Kind("city-of-london", 1, "CityOfLondonCorporation", "single"),
    Kind("isles-of-scilly", 1, "CouncilOfTheIslesOfScilly", "single"),
)


@dataclass(frozen=True)
class Area:
    """An area; those with a principal council carry its class and tier."""

    key: str
    name: str
    kind: str
    council: str | None = None
    tier: str | None = None
    region: str | None = None
    county: str | None = None
    metropolitan_county: str | None = None
    begins: str = "1974-04-01"
    ends: str | None = None
    successor: str | None = None

    @property
    def parents(self) -> tuple[str, ...]:
        """The areas it lies in directly: county or metropolitan county, region, country."""
        above = [key for key in (self.county, self.metropolitan_county, self.region) if key]
        return tuple(above) or (() if self.key == COUNTRY else (COUNTRY,))

    @property
    def has_agreement(self) -> bool:
        """Whether its council is a responsible authority (upper or single tier)."""
        return self.tier in {"upper", "single"}


@dataclass(frozen=True)
class Body:
    """A public body, its class of named partner if it has one, and the areas it covers."""

    key: str
    name: str
    kind: str
    partner_class: str | None
    covers: tuple[str, ...]


@dataclass(frozen=True)
class Country:
    """All areas (the country and its regions first) and all public bodies."""

    areas: tuple[Area, ...]
    bodies: tuple[Body, ...]

    @cached_property
    def area(self) -> Mapping[str, Area]:
        """The areas by key."""
        return {area.key: area for area in self.areas}

    @cached_property
    def places(self) -> tuple[Area, ...]:
        """The areas of the principal councils that stood in 2008, one partnership each."""
        return tuple(area for area in self.areas if area.council and area.begins < REORGANISED)

    @cached_property
    def some_district(self) -> str:
        """A district of a county, for a defect to misplace."""
        return next(area.key for area in self.areas if area.county)

    @cached_property
    def districts(self) -> Mapping[str, tuple[Area, ...]]:
        """The districts of each county."""
        return _grouped((area.county, area) for area in self.areas if area.county)

    @cached_property
    def _within(self) -> Mapping[str, frozenset[str]]:
        """Each area's ancestors, itself among them."""
        found: dict[str, frozenset[str]] = {}
        for area in self.areas:
            found[area.key] = frozenset({area.key}).union(*(found[parent] for parent in area.parents))
        return found

    @cached_property
    def active(self) -> Mapping[str, tuple[tuple[Body, str], ...]]:
        """The bodies that act in each area, each with one area that it covers there.

        A body acts in the areas it covers, in those within them, and in those around them.
        """
        inside: dict[str, list[str]] = {}
        for key, around in self._within.items():
            for outer in around:
                inside.setdefault(outer, []).append(key)
        found: dict[str, list[tuple[Body, str]]] = {area.key: [] for area in self.areas}
        for body in self.bodies:
            reached: dict[str, str] = {}
            for covered in body.covers:
                for key in (*inside[covered], *self._within[covered]):
                    reached.setdefault(key, covered)
            for key in sorted(reached):
                found[key].append((body, reached[key]))
        return {key: tuple(bodies) for key, bodies in found.items()}


def invent(scale: float, seed: int) -> Country:
    """The country of this size; the same scale and seed give the same country."""
    names = _names(seed)
    counts = {kind.name: max(1, round(kind.count * scale)) for kind in KINDS}
    counties = [_key(number) for number in range(1, counts["county"] + 1)]
    successors = {county: _key(sum(counts.values()) + 1 + number) for number, county in enumerate(counties[::5])}
    metropolitan = -(-counts["metropolitan-district"] // DISTRICTS_OF_A_METROPOLITAN_COUNTY)
    areas = [Area(COUNTRY, "Albany", "country")]
    areas += [Area(key, f"Region {number}", "region") for number, key in enumerate(REGIONS, 1)]
    for index in range(metropolitan):
        areas.append(Area(_metropolitan(index), next(names), "metropolitan-county", region=REGIONS[index % 8]))
    for kind in KINDS:
        for index in range(counts[kind.name]):
            areas.append(_area(kind, index, _key(len(areas) - 9 - metropolitan), next(names), counties, successors))
    for index, key in enumerate(successors.values()):
        region = REGIONS[index * 5 % 8]
        areas.append(Area(key, next(names), "unitary", "UnitaryAuthority", "single", region, begins=REORGANISED))
    return Country(tuple(areas), tuple(_bodies(areas)))


def _area(kind: Kind, index: int, key: str, name: str, counties: Sequence[str], successors: Mapping[str, str]) -> Area:
    """The area of this number among those of its kind; every fifth county ends in 2009 with its districts."""
    area = Area(key, name, kind.name, kind.council, kind.tier, REGIONS[index % len(counties) % 8])
    if kind.name == "metropolitan-district":
        number = index // DISTRICTS_OF_A_METROPOLITAN_COUNTY
        return replace(area, region=REGIONS[number % 8], metropolitan_county=_metropolitan(number))
    if kind.name in {"london-borough", "city-of-london"}:
        return replace(area, region=LONDON)
    if kind.tier == "single":
        return area
    county = counties[index % len(counties)]
    if county in successors:
        area = replace(area, ends=LAST_DAY, successor=successors[county])
    return replace(area, county=county) if kind.tier == "lower" else area


def _key(number: int) -> str:
    return f"SYN-{number:04d}"


def _metropolitan(index: int) -> str:
    return f"SYN-M{index + 1:03d}"


NATIONAL: Final = (
    "environment-agency",
    "natural-england",
    "jobcentre-plus",
    "health-and-safety-executive",
    "learning-and-skills-council",
    "sport-england",
    "english-heritage",
    "arts-council",
    "museums-libraries-and-archives-council",
    "highways-agency",
)


def _bodies(areas: Sequence[Area]) -> Iterator[Body]:
    """National bodies, then those of each region, of each police area, of parts of counties and of each council."""
    standing = [area for area in areas if area.council and area.begins < REORGANISED]
    counties = [area for area in standing if area.kind == "county"]
    for name in NATIONAL:
        yield Body(f"SYN-{name}", name.replace("-", " ").title(), "NationalAgency", name, (COUNTRY,))
    for number, region in enumerate(REGIONS, 1):
        name = f"Development Agency {number}"
        yield Body(
            f"SYN-development-{region}", name, "RegionalDevelopmentAgency", "regional-development-agency", (region,)
        )
    yield Body("SYN-transport", "Transport for the Capital", "TransportForLondon", "transport-for-london", (LONDON,))
    for key, name, councils in _police_areas(areas, standing, counties):
        lowest = tuple(area.key for area in councils if area.tier != "upper")
        highest = tuple(area.key for area in councils if area.tier != "lower")
        kinds = JOINT if key.startswith("SYN-M") else JOINT[:-2]
        for kind, slug, partner_class, title in kinds:
            covers = highest if kind == "FireAndRescueAuthority" else lowest
            yield Body(f"SYN-{slug}-{key}", f"{name} {title}", kind, partner_class, covers)
    for county in counties[1::4]:
        part = tuple(area.key for area in standing if area.county == county.key)[:3]
        yield Body(
            f"SYN-park-{county.key}", f"{county.name} Moor", "NationalParkAuthority", "national-park-authority", part
        )
    wetland = tuple(area.key for area in standing if area.county == counties[-1].key)[:2]
    yield Body("SYN-broads", "The Wetlands", "BroadsAuthority", "broads-authority", wetland)
    for area in standing:
        if area.has_agreement:
            name = f"{area.name} Primary Care Trust"
            yield Body(f"SYN-health-{area.key}", name, "PrimaryCareTrust", "primary-care-trust", (area.key,))


JOINT: Final = (
    ("PoliceForce", "police", "chief-officer-of-police", "Police"),
    ("PoliceAuthority", "police-authority", "police-authority", "Police Authority"),
    ("ProbationBoard", "probation", "local-probation-board", "Probation Board"),
    ("FireAndRescueAuthority", "fire", "fire-and-rescue-authority", "Fire Authority"),
    ("Business", "chamber", None, "Chamber of Commerce"),
    (
        "PassengerTransportAuthority",
        "passengers",
        "metropolitan-passenger-transport-authority",
        "Passenger Transport Authority",
    ),
    ("JointWasteDisposalAuthority", "waste", "joint-waste-disposal-authority", "Waste Disposal Authority"),
)
"""What each police area has: class, slug, class of named partner, title; the last two only in metropolitan counties."""


def _police_areas(
    areas: Iterable[Area], standing: Sequence[Area], counties: Sequence[Area]
) -> Iterator[tuple[str, str, list[Area]]]:
    """Key, name and councils of each police area: a county and its neighbours, a metropolitan county, the capital."""
    alone = [area for area in standing if area.kind in {"unitary", "isles-of-scilly"}]
    for index, county in enumerate(counties):
        districts = [area for area in standing if area.county == county.key]
        yield county.key, county.name, [county, *districts, *alone[index :: len(counties)]]
    for area in areas:
        if area.kind == "metropolitan-county":
            yield area.key, area.name, [one for one in standing if one.metropolitan_county == area.key]
    yield LONDON, "the Capital", [area for area in standing if area.region == LONDON and area.tier == "single"]


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _names(seed: int) -> Iterator[str]:
    """Made-up place names, each once, in an order that the seed decides."""
    first = re.split(" ", "Ab Bel Cor Dun Elm Fen Gar Hax Ish Kel Lor Mar Nor Ost Pel Quen Ros Sel Tor Ulm Ver Wil Zen")
    middle = re.split(" ", "a be cham der el fo gle ha in ka li mo")
    last = re.split(" ", "bridge bury combe dale field ford ham hurst leigh mere minster stead stow ton wick worth")
    names = ["".join(parts) for parts in product(first, middle, last)]
    Random(seed).shuffle(names)
    plain = iter(names)
    yield from plain
    yield from (f"Upper {name}" for name in names)
