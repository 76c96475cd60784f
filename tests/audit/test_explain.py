"""An explanation says in plain words what was found and wanted, by whose authority, who says so, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from lsp_graph.audit import AuditReport, Explained, Explanation, Finding
from lsp_graph.audit.explain import Authority

Told = Callable[..., tuple[AuditReport, Explained]]

NO_WORDS = re.compile(r"https?://|\b(?:lsp|scheme|rdf|rdfs):\w")


def the_finding(told: tuple[AuditReport, Explained], label: str) -> tuple[Finding, Explanation]:
    report, explained = told
    (finding,) = [finding for finding in report.findings if finding.focus.label == label]
    return finding, explained.of(finding)


def test_what_was_found_names_the_thing_its_area_and_what_is_recorded(explained: Told) -> None:
    _, told = the_finding(explained("millbrook", "sourced", rules=("S04",)), "Millbrook Culture")

    assert told.found.startswith("Millbrook Culture (E06000901): A statutory basis is stated")
    assert told.found.endswith("Recorded: “Local Government Act 2000 s.2” (statutory basis).")


def test_no_explanation_holds_an_iri_or_a_prefixed_name(explained: Told) -> None:
    report, told = explained("millbrook", "norham", "joint", "sourced", "complete-sub-partnerships")
    texts = [text for f in report.findings for text in (told.of(f).found, told.of(f).wanted, told.of(f).fix or "")]

    assert len(texts) > 30
    assert [text for text in texts if NO_WORDS.search(text)] == []


def test_every_finding_is_explained(explained: Told) -> None:
    report, told = explained("millbrook", "norham", "joint", "sourced")

    assert told.findings.keys() == {finding.id for finding in report.findings}
    assert all(explanation.wanted for explanation in told.findings.values())


def test_the_source_is_the_row_that_states_the_offending_fact(explained: Told) -> None:
    _, told = the_finding(explained("millbrook", "sourced", rules=("S04",)), "Millbrook Culture")

    assert [source.text for source in told.sources] == ["Minutes of Millbrook, item 3, data/x/bases.csv:12"]
    assert [source.confidence for source in told.sources] == ["disputed"]


def test_the_source_of_a_concluded_fact_is_that_of_the_facts_its_rule_took(explained: Told) -> None:
    told = explained("millbrook", "norham", "sourced", rules=("D02",))
    _, explanation = the_finding(told, "Transport for London, partner in Norham")
    (source,) = explanation.sources

    assert source.text == "Register of bodies, page 9, data/x/coverage.csv:3"
    assert source.rule == "A body that acts in the area is a partner"


def test_a_rule_names_its_provision_with_the_page_at_legislation_gov_uk(explained: Told) -> None:
    _, told = explained("millbrook", "norham", "sourced", rules=("D02",))

    assert told.rules["D02"].authority[0] == Authority(
        "Local Government and Public Involvement in Health Act 2007 s.104",
        link="https://www.legislation.gov.uk/ukpga/2007/28/section/104",
    )


def test_a_mend_without_blanks_says_first_what_it_concerns(explained: Told) -> None:
    _, told = the_finding(explained("millbrook", "norham", "joint", rules=("S04",)), "Riverside Transport")

    assert told.fix is not None
    assert told.fix.startswith("Riverside Transport (E06000901, E06000902): Remove")


def test_the_blanks_of_a_mend_are_filled_from_the_finding(explained: Told, edition: Callable[[str], Path]) -> None:
    told = explained("millbrook", "sourced", shapes=edition("blanks"))

    assert the_finding(told, "Millbrook Culture")[1].fix == (
        "Remove Local Government Act 2000 s.2 from Millbrook Culture (E06000901) of Millbrook Together "
        "in Millbrook (E06000901), or ask the lead council."
    )


def test_where_the_rule_determines_no_mend_there_is_none(explained: Told, edition: Callable[[str], Path]) -> None:
    told = explained("millbrook", "sourced", shapes=edition("reworded"))

    assert the_finding(told, "Millbrook Culture")[1].fix is None


def test_a_finding_tells_the_region_of_its_area_and_the_aspect_asked_for(explained: Told) -> None:
    _, told = the_finding(explained("millbrook", "sourced", rules=("S01",)), "Millbrook Together")

    assert (told.region, told.aspect) == ("The Marches", "Sub-partnerships")
