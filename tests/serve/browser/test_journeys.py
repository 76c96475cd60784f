"""A researcher, an auditor and a citizen find what they came for; without a mouse, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Opening

QUERY = """PREFIX lsp: <https://w3id.org/lsp/ont#>
SELECT (COUNT(?area) AS ?areas) { ?area a lsp:Area }"""


def write(page: Page, query: str) -> None:
    """Write a query into the editor in the place of what is there."""
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(query)


def test_a_citizen_finds_how_an_area_was_governed_and_who_says_so(opened: Opening) -> None:
    page = opened(wide=False).go("/")
    page.get_by_label("Your area, a body, a duty").fill("sothwark")
    page.get_by_role("main").get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Southwark", exact=True).first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Southwark")
    page.goto(page.url.partition("/areas/")[0] + "/ask?for=community+strategy&area=E09000028")
    expect(page.get_by_role("main")).to_contain_text("Southwark")
    expect(page.get_by_role("main")).to_contain_text("Local Government Act 2000")


def test_an_auditor_goes_from_the_country_to_a_finding_with_law_source_and_mend(opened: Opening) -> None:
    page = opened().go("/audit")
    page.get_by_role("link", name="London", exact=True).first.click()
    expect(page.get_by_role("heading", name="Areas of London")).to_be_visible()
    page.get_by_role("link", name="Southwark", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit of Southwark")
    page.locator("#not-recorded ~ * .findings a, section[aria-labelledby=not-recorded] .findings a").first.click()

    facts = page.get_by_role("table", name="The finding")
    for told in ("Law and guidance", "Where the facts stand", "What would mend it"):
        expect(facts.get_by_role("rowheader", name=told)).to_be_visible()
    expect(page.get_by_role("table", name=re.compile("audits? says? of it"))).to_contain_text("not recorded")
    assert re.search(r"/audit/findings/[0-9a-f]{16}$", page.url)


def test_an_auditor_sees_a_breach_apart_from_a_gap(opened: Opening) -> None:
    page = opened().go("/audit?world=fictional-breaches")

    expect(page.get_by_role("complementary", name="Invented places")).to_be_visible()
    failed = page.get_by_role("row", name=re.compile("^C04")).locator(".standing.failed").first
    expect(failed).to_contain_text("failed")


def test_the_report_of_an_area_stands_alone_and_its_policy_lets_only_its_own_style_in(opened: Opening) -> None:
    seen = opened()
    answer = seen.page.goto(f"{seen.url}/audit/report.html?area=E09000028")

    assert answer is not None
    assert "unsafe" not in answer.headers["content-security-policy"]
    expect(seen.page.get_by_role("heading", level=1)).to_contain_text("Audit of England")
    assert seen.page.evaluate("getComputedStyle(document.querySelector('h1')).marginTop") == "0px"  # the style holds


def test_a_researcher_runs_an_example_and_a_query_of_their_own(opened: Opening) -> None:
    page = opened().go("/sparql")
    page.get_by_role("link", name=re.compile("^Which bodies must co-operate")).click()
    expect(page.locator(".CodeMirror")).to_contain_text("id/area/E09000028")
    expect(page.get_by_label(re.compile("^As of"))).to_have_value("2008-06-30")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", name=re.compile("rows"))).to_be_focused()
    expect(page.locator("#results")).to_contain_text("Metropolitan Police")

    page.get_by_label(re.compile("^As of")).fill("")
    write(page, QUERY)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#results table")).to_contain_text("areas")
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV").click()
    assert taken.value.path().read_text(encoding="utf-8").startswith("areas\n")


def test_the_editor_completes_what_the_dataset_has_and_shows_where_a_query_is_wrong(opened: Opening) -> None:
    page = opened().go("/sparql")
    write(page, "PREFIX lsp: <https://w3id.org/lsp/ont#>\nSELECT * { ?x a lsp:LocalStr")
    page.keyboard.press("Control+Space")
    hint = page.locator(".CodeMirror-hint", has_text="lsp:LocalStrategicPartnership")
    expect(hint).to_contain_text("things")
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror")).to_contain_text("lsp:LocalStrategicPartnership")
    page.get_by_role("button", name="Run").click()

    expect(page.get_by_role("alert")).to_contain_text("line 2")


def test_the_whole_page_is_reached_by_keyboard_and_the_editor_lets_go(opened: Opening) -> None:
    page = opened().go("/sparql")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.CodeMirror') !== null"):
            break
    assert page.evaluate("document.activeElement.closest('.CodeMirror') !== null")
    page.keyboard.press("Tab")
    expect(page.get_by_label(re.compile("^As of"))).to_be_focused()


@pytest.mark.parametrize("path", ["/audit", "/audit/rules/A06", "/ontology", "/areas/E09000028", "/map", "/questions"])
def test_every_stop_of_the_keyboard_can_be_seen(opened: Opening, path: str) -> None:
    page = opened().go(path)
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "(one => [one.outerHTML.slice(0, 80), getComputedStyle(one).outlineStyle])(document.activeElement)"
        )
        seen.add(told[0])
        assert told[1] != "none", told[0]
    assert len(seen) > 10


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/areas/E09000028", "Southwark"),
        ("/ask?for=crime&area=E09000028", "Southwark"),
        ("/questions/Q03?area=E09000028", "Metropolitan Police"),
        ("/audit/areas/E09000028", "Not recorded"),
        ("/map", "Southwark"),
        ("/ontology", "Accountability"),
        ("/doc/area/E09000028", "Southwark"),
    ],
)
def test_a_page_is_read_without_javascript(opened: Opening, path: str, told: str) -> None:
    expect(opened(script=False).go(path).get_by_role("main")).to_contain_text(told)


def test_a_query_is_asked_without_javascript(opened: Opening) -> None:
    page = opened(script=False).go("/sparql?example=Q03")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("table")).to_contain_text("Metropolitan Police")
    page.get_by_label("Query", exact=True).fill("SELECT ?x {")
    page.get_by_role("button", name="Run").click()

    expect(page.get_by_role("alert")).to_contain_text("line 1")
    expect(page.get_by_label("Query", exact=True)).to_have_value(re.compile(r"^SELECT \?x \{"))
