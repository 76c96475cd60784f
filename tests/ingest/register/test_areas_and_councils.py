from __future__ import annotations

from collections import Counter

import pytest
from pyoxigraph import NamedNode

from lsp_graph.namespaces import GEO, LSP, ORG, RDF, RDFS, concept, resource
from tests.ingest.register.facts import Facts, key

COUNCILS = {
    LSP.CountyCouncil: 34,
    LSP.NonMetropolitanDistrictCouncil: 238,
    LSP.UnitaryAuthority: 46,
    LSP.MetropolitanDistrictCouncil: 36,
    LSP.LondonBoroughCouncil: 32,
    LSP.CityOfLondonCorporation: 1,
    LSP.CouncilOfTheIslesOfScilly: 1,
}
REGIONS = {
    "South East": 74,
    "East of England": 54,
    "South West": 51,
    "North West": 46,
    "East Midlands": 45,
    "West Midlands": 38,
    "London": 33,
    "North East": 25,
    "Yorkshire and The Humber": 22,
}
DAY = "2008-06-30"


def standing(facts: Facts, things: set[NamedNode], day: str = DAY) -> set[NamedNode]:
    """Those of the things that are not recorded as later or already ended on the day."""
    return {
        thing
        for thing in things
        if (facts.value(LSP["from"], thing) or day) <= day <= (facts.value(LSP.until, thing) or day)
    }


def test_there_are_397_councils_of_which_388_stood_in_june_2008(register: Facts) -> None:
    councils = register.of_type(*COUNCILS)
    assert len(councils) == 397
    assert {kind: len(standing(register, register.of_type(kind))) for kind in COUNCILS} == COUNCILS
    assert len(standing(register, councils)) == sum(COUNCILS.values()) == 388
    assert {register.value(LSP.area, council) for council in councils} == {
        resource("area", key(council)).value for council in councils
    }


def test_the_areas_of_june_2008_lie_in_the_nine_regions_as_published(register: Facts) -> None:
    councils = standing(register, register.of_type(*COUNCILS))
    regions = Counter(register.value(LSP.region, resource("area", key(council))) for council in councils)
    named = {register.value(RDFS.label, NamedNode(region)): count for region, count in regions.items() if region}
    assert named == REGIONS


def test_every_thing_of_the_register_has_exactly_one_label(register: Facts) -> None:
    named = {
        thing
        for kind in ("area", "authority", "body", "sub-partnership", "change", "document")
        for thing in register.subjects(RDF.type)
        if thing.value.startswith(resource(kind).value + "/")
    }
    assert len(named) > 1500
    assert {thing for thing in named if len(register.values(RDFS.label, thing)) != 1} == set()


def test_only_sourced_first_days_are_stated_of_councils(register: Facts) -> None:
    begun = Counter(register.value(LSP["from"], council) for council in register.of_type(*COUNCILS))
    assert begun.pop("2009-04-01") == 9
    assert sum(count for day, count in begun.items() if day) == 43


def test_the_first_day_of_the_code_system_is_nobodys_first_day(register: Facts, unverified: Facts) -> None:
    for facts in (register, unverified):
        assert {pair for pair in facts.pairs(LSP["from"]) if pair[1] == "2009-01-01"} == set()


def test_44_councils_end_and_9_begin_with_the_reorganisation(register: Facts) -> None:
    ended = {council for council in register.of_type(*COUNCILS) if register.value(LSP.until, council)}
    assert {register.value(LSP.until, council) for council in ended} == {"2009-03-31"}
    assert len(ended) == 44
    changes = register.of_type(LSP.Reorganisation)
    assert len(changes) == 9
    assert {register.value(LSP.on, change) for change in changes} == {"2009-04-01"}
    originals = {council for change in changes for council in register.values(ORG.originalOrganization, change)}
    assert originals == {council.value for council in ended}


@pytest.mark.parametrize("old", ["E07000021", "E07000023"], ids=["Kerrier", "Penwith"])
def test_cornish_districts_pass_to_cornwall(register: Facts, old: str) -> None:
    assert register.values(LSP.succeededBy, resource("area", old)) == {resource("area", "E06000052").value}


def test_bedfordshire_is_succeeded_by_two_areas(register: Facts) -> None:
    successors = register.values(LSP.succeededBy, resource("area", "E10000001"))
    assert {key(area) for area in successors} == {"E06000055", "E06000056"}


def test_scilly_keeps_its_council_under_a_later_code(register: Facts) -> None:
    assert register.values(LSP.laterCode, resource("area", "E07000025")) == {"E06000053"}
    assert register.value(LSP.until, resource("authority", "E07000025")) is None


def test_every_district_of_a_two_tier_area_has_its_county_and_old_code(register: Facts) -> None:
    districts = {s for s, o in register.pairs(LSP.areaType) if key(o) == "non-metropolitan-district"}
    assert len(districts) == 238
    for district in districts:
        county = register.value(LSP.county, district)
        assert county is not None
        old = register.value(LSP.onsCode, NamedNode(county))
        assert old == (register.value(LSP.onsCode, district) or "")[:2]


def test_the_36_metropolitan_districts_lie_in_six_counties(register: Facts) -> None:
    counties = Counter(key(county) for _, county in register.pairs(LSP.metropolitanCounty))
    assert counties["metropolitan-county-greater-manchester"] == 10
    assert (len(counties), counties.total()) == (6, 36)
    assert len({s for s, o in register.pairs(LSP.areaType) if key(o) == "metropolitan-county"}) == 6


def test_regions_lie_in_england(register: Facts) -> None:
    regions = {s for s, o in register.pairs(LSP.areaType) if o == concept("area-type", "region").value}
    assert len(regions) == 9
    assert {register.value(LSP.within, region) for region in regions} == {resource("area", "E92000001").value}


def test_a_point_is_written_longitude_first(register: Facts) -> None:
    wkt = register.value(GEO.asWKT, resource("geometry", "E09000028"))
    assert wkt is not None
    longitude, latitude = (float(part) for part in wkt.removeprefix("POINT(").removesuffix(")").split())
    assert -0.12 < longitude < -0.02
    assert 51.4 < latitude < 51.52


def test_islands_have_no_neighbours(register: Facts) -> None:
    touching = register.pairs(LSP.adjoins)
    assert len(touching) == 893
    met = {key(area) for pair in touching for area in pair}
    assert met.isdisjoint({"E06000046", "E07000025"})
    assert len(met) == 352
