from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from pyoxigraph import NamedNode

from lsp_graph.namespaces import LSP, WIKIBASE, concept, provision, resource
from tests.ingest.register.facts import Facts, key

BODIES = {
    LSP.PoliceForce: 39,
    LSP.PoliceAuthority: 39,
    LSP.ProbationBoard: 38,
    LSP.PrimaryCareTrust: 152,
    LSP.StrategicHealthAuthority: 10,
    LSP.FireAndRescueAuthority: 46,
    LSP.LearningAndSkillsCouncilArea: 47,
    LSP.NationalParkAuthority: 9,
    LSP.BroadsAuthority: 1,
    LSP.TransportForLondon: 1,
    LSP.PassengerTransportAuthority: 6,
    LSP.JointWasteDisposalAuthority: 6,
    LSP.RegionalDevelopmentAgency: 9,
    LSP.GovernmentOffice: 9,
    LSP.NationalAgency: 10,
    LSP.Minister: 1,
}
PARTNERS = {
    "arts-council": 1,
    "broads-authority": 1,
    "chief-officer-of-police": 39,
    "district-council": 238,
    "english-heritage": 1,
    "environment-agency": 1,
    "fire-and-rescue-authority": 46,
    "health-and-safety-executive": 1,
    "highways-agency": 1,
    "jobcentre-plus": 1,
    "joint-waste-disposal-authority": 6,
    "learning-and-skills-council": 1,
    "local-probation-board": 38,
    "metropolitan-passenger-transport-authority": 6,
    "museums-libraries-and-archives-council": 1,
    "national-park-authority": 9,
    "natural-england": 1,
    "police-authority": 39,
    "primary-care-trust": 152,
    "regional-development-agency": 9,
    "sport-england": 1,
    "transport-for-london": 1,
}
FOUND = {
    "Southwark": (
        "E09000028",
        {"E23000001", "police-authority-E23000001", "probation-E23000001", "E31000046", "E16000059"},
    ),
    "City of London": (
        "E09000001",
        {"E23000034", "police-authority-E23000034", "probation-E23000001", "E31000046", "E16000010"},
    ),
    "London": ("E12000007", {"E18000007", "london-development-agency", "government-office-for-london"}),
    "Cornwall after April 2009": (
        "E06000052",
        {"E23000035", "police-authority-E23000035", "probation-E23000035", "E31000008", "E16000144"},
    ),
}


def covering(facts: Facts) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for coverage in facts.of_type(LSP.Coverage):
        body, area = facts.value(LSP.body, coverage), facts.value(LSP.area, coverage)
        assert body is not None
        assert area is not None
        found[key(area)].add(key(body))
    return found


def test_the_register_holds_every_listed_body_once(register: Facts) -> None:
    assert {kind: len(register.of_type(kind)) for kind in BODIES} == BODIES


@pytest.mark.parametrize(("code", "bodies"), FOUND.values(), ids=FOUND)
def test_who_covers_an_area(register: Facts, code: str, bodies: set[str]) -> None:
    found = covering(register)[code]
    assert bodies <= found
    assert found - bodies <= {"transport-for-london"}


def test_each_district_and_single_tier_area_has_one_force_one_authority_one_board(register: Facts) -> None:
    kinds = {
        kind: {key(body) for body in register.of_type(kind)}
        for kind in (LSP.PoliceForce, LSP.PoliceAuthority, LSP.ProbationBoard)
    }
    covered = {area: bodies for area, bodies in covering(register).items() if bodies & kinds[LSP.PoliceForce]}
    assert len(covered) == 354 + 9
    for area, bodies in covered.items():
        assert {kind: len(bodies & keys) for kind, keys in kinds.items()} == dict.fromkeys(kinds, 1), area


def test_london_is_one_probation_area_with_two_forces(register: Facts) -> None:
    boroughs = {area for area, bodies in covering(register).items() if "probation-E23000001" in bodies}
    assert len(boroughs) == 33
    assert resource("body", "probation-E23000034") not in register.of_type(LSP.ProbationBoard)


def test_each_body_names_the_class_of_named_partner_it_belongs_to(register: Facts) -> None:
    classes = Counter(key(partner) for _, partner in register.pairs(LSP.partnerClass))
    assert classes == PARTNERS


def test_health_authorities_and_government_offices_are_no_named_partners(register: Facts) -> None:
    unnamed = register.of_type(LSP.StrategicHealthAuthority, LSP.GovernmentOffice, LSP.LearningAndSkillsCouncilArea)
    assert unnamed.isdisjoint(register.subjects(LSP.partnerClass))


def test_national_agencies_cover_england_and_transport_for_london_covers_london(register: Facts) -> None:
    found = covering(register)
    assert found["E92000001"] == {key(body) for body in register.of_type(LSP.NationalAgency)}
    assert {area for area, bodies in found.items() if "transport-for-london" in bodies} == {"E12000007"}


def test_parks_and_broads_have_no_coverage_recorded(register: Facts) -> None:
    parks = {key(body) for body in register.of_type(LSP.NationalParkAuthority, LSP.BroadsAuthority)}
    assert parks.isdisjoint(set().union(*covering(register).values()))


def test_every_coverage_joins_a_known_body_to_a_known_area(register: Facts, unverified: Facts) -> None:
    bodies = register.of_type(*BODIES) | unverified.of_type(LSP.NationalAgency)
    areas = register.of_type(LSP.Area)
    for facts in (register, unverified):
        for coverage in facts.of_type(LSP.Coverage):
            assert NamedNode(facts.value(LSP.body, coverage) or "") in bodies, coverage
            assert NamedNode(facts.value(LSP.area, coverage) or "") in areas, coverage


def test_a_coverage_does_not_outlast_its_area(register: Facts, unverified: Facts) -> None:
    for facts in (register, unverified):
        for coverage in facts.of_type(LSP.Coverage):
            area = NamedNode(facts.value(LSP.area, coverage) or "")
            assert facts.value(LSP.until, coverage) == register.value(LSP.until, area), coverage
            if (begun := register.value(LSP["from"], area)) is not None:
                assert facts.value(LSP["from"], coverage) == begun


def test_the_ten_disputed_areas_of_health_trusts_are_kept_and_marked(register: Facts) -> None:
    disputed = concept("confidence", "disputed").value
    doubted = {
        coverage
        for coverage in register.of_type(LSP.Coverage)
        for evidence in register.values(LSP.evidence, coverage)
        if disputed in register.values(LSP.confidence, NamedNode(evidence))
    }
    assert len(doubted) == 10
    assert doubted == {s for s, o in register.pairs(WIKIBASE.rank) if o == WIKIBASE.DeprecatedRank.value}
    assert {key(register.value(LSP.area, coverage) or "") for coverage in doubted} == {
        "E06000033",  # Southend-on-Sea
        "E06000034",  # Thurrock
        "E06000038",  # Reading
        "E06000041",  # Wokingham
    }


def test_each_community_safety_area_has_one_statutory_partnership(register: Facts) -> None:
    partnerships = register.of_type(LSP.CrimeAndDisorderReductionPartnership)
    assert len(partnerships) == 348
    areas = Counter(area for partnership in partnerships for area in register.values(LSP.area, partnership))
    assert (len(areas), set(areas.values())) == (354, {1})
    assert {base for p in partnerships for base in register.values(LSP.statutoryBasis, p)} == {
        provision("ukpga/1998/37/section/6").value
    }


def test_a_safety_partnership_ends_only_with_its_area(register: Facts) -> None:
    for partnership in register.of_type(LSP.CrimeAndDisorderReductionPartnership):
        ends = {register.value(LSP.until, NamedNode(area)) for area in register.values(LSP.area, partnership)}
        assert {register.value(LSP.until, partnership)} == ends
        assert register.value(LSP["from"], partnership) is None
