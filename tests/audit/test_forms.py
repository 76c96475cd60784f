"""Each form of a report tells all findings, and takes no name in them for a sign of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from lsp_graph.audit import AuditReport, Explained, render
from lsp_graph.namespaces import RDF, Namespace

EARL = Namespace("http://www.w3.org/ns/earl#")
Told = tuple[AuditReport, Explained]


@pytest.fixture
def told(explained: Callable[..., Told]) -> Told:
    return explained("millbrook", "norham", "joint", "sourced", "hostile", rules=("S04", "S01", "D02", "B06"))


def shown(told: Told, form: str) -> str:
    return render(told[0], form, explained=told[1])


class Page(HTMLParser):
    """Which elements, attributes and text a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "data")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_is_self_contained_and_has_no_script(told: Told) -> None:
    page = shown(told, "html")

    assert not {"script", "link", "img", "iframe", "object"} & set(Page(page).tags)
    assert {link for link in Page(page).links if not link.startswith(("#", "https://www.legislation.gov.uk/"))} == set()
    assert not re.search(r"url\(|@import", page)


def test_a_page_tells_each_finding_with_law_source_and_mend(told: Told) -> None:
    text = Page(shown(told, "html")).text

    for finding in told[0].findings:
        explanation = told[1].of(finding)
        assert finding.id in text
        assert explanation.found in text
        assert explanation.fix is None or explanation.fix in text
        assert all(source.text in text for source in explanation.sources)
        assert all(authority.text in text for authority in explanation.authority)


def test_a_page_charts_findings_by_rule_level_region_and_aspect(told: Told) -> None:
    page = shown(told, "html")

    assert Page(page).tags.count("svg") == 4
    for label in ("S04 no statutory basis", "guidance", "The Marches", "Sub-partnerships"):
        assert f"<title>{label}" in page


def test_a_page_says_so_where_nothing_was_found(audited: Callable[..., AuditReport]) -> None:
    assert "No breach." in Page(render(audited("millbrook", rules=("B02",)), "html")).text


@pytest.mark.parametrize("form", ["table", "json", "csv", "turtle", "html", "junit"])
def test_a_hostile_name_comes_through_whole(told: Told, form: str) -> None:
    text = shown(told, form)

    assert "Ltd" in text
    assert form in ("csv", "json", "table", "turtle") or "<script>" not in text
    assert form != "table" or "[bold]Ltd[/bold]" in text.replace("\n", "")


def test_junit_has_a_suite_for_each_rule_and_a_case_for_each_area(told: Told) -> None:
    root = ElementTree.fromstring(shown(told, "junit"))  # noqa: S314 # our own text
    suites = {suite.get("name", "").partition(":")[0]: suite for suite in root}
    cases = {code: {case.get("name"): [mark.tag for mark in case] for case in suite} for code, suite in suites.items()}

    assert list(suites) == [rule.code for rule in told[0].rules]
    assert cases["S04"] == {"E06000901 Millbrook": ["failure"], "E06000902 Norham": ["failure"]}
    assert cases["S01"] == {"E06000901 Millbrook": ["skipped"]}
    assert cases["D02"] == {"E06000902 Norham": ["failure"]}
    assert (root.get("failures"), root.get("skipped")) == ("3", "2")


def test_junit_says_why_a_case_is_skipped(told: Told) -> None:
    root = ElementTree.fromstring(shown(told, "junit"))  # noqa: S314 # our own text

    assert all(skipped.get("message", "").startswith("not recorded: ") for skipped in root.iter("skipped"))


def test_turtle_asserts_how_each_rule_stands_in_each_area(told: Told) -> None:
    store = ox.Store()
    store.load(shown(told, "turtle"), format=ox.RdfFormat.TURTLE)
    outcomes = set()
    for quad in store.quads_for_pattern(None, RDF.type, EARL.Assertion):
        values = {one.predicate: one.object for one in store.quads_for_pattern(quad.subject, None, None)}
        result = values[EARL.result]
        assert isinstance(result, ox.NamedNode)
        (outcome,) = store.quads_for_pattern(result, EARL.outcome, None)
        key = [str(values[term]).strip("<>").rpartition("/")[2] for term in (EARL.test, EARL.subject)]
        outcomes.add((*key, str(outcome.object).strip("<>").rpartition("#")[2]))

    assert outcomes >= {
        ("S04", "E06000901", "failed"),
        ("S01", "E06000901", "cantTell"),
        ("S01", "E06000902", "inapplicable"),
    }
    assert len(outcomes) == len(told[0].rules) * len(told[0].areas)


def test_the_table_tells_only_the_first_of_many_gaps_and_counts_the_rest(told: Told) -> None:
    report, _ = told
    gap = next(finding for finding in report.findings if finding.outcome == "not-recorded")
    many = tuple(replace(gap, path=None, message=f"Gap {number}.") for number in range(1, 31))
    text = render(replace(report, findings=many), "table")

    assert "Gap 10." in text
    assert "Gap 11." not in text
    assert f"{gap.rule}: 20 more like these" in text
    assert "30 not recorded" in text
