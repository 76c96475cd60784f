"""A waiver takes a finding out of the count, for as long as it runs, and hides nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lsp_graph.audit import AuditReport, Waiver, apply, exit_code, render, waivers_of
from lsp_graph.audit.waivers import read_waivers
from lsp_graph.errors import InputError

TODAY = date(2026, 1, 31)
BAD = Path(__file__).parent / "waivers"


def waiver(finding: str, until: date = TODAY) -> Waiver:
    return Waiver(finding, "in the archive", "Jane Roe", until, "waivers.csv", 2)


@pytest.fixture
def report(audited: Callable[..., AuditReport]) -> AuditReport:
    """Two breaches of S04: one in Millbrook, one in Millbrook and Norham; and S01 not recorded."""
    return audited("millbrook", "norham", "joint", rules=("S04", "S01"))


def of_rule(report: AuditReport, rule: str) -> set[str]:
    return {finding.id for finding in report.findings if finding.rule == rule}


@pytest.mark.parametrize("pattern", ["S04/E06000901", "s04/*", "S04/E060009*", "*4/*01"])
def test_a_pattern_covers_findings_by_rule_and_area(report: AuditReport, pattern: str) -> None:
    assert apply([waiver(pattern)], report, TODAY).by_finding.keys() == of_rule(report, "S04")


def test_a_pattern_covers_a_joint_finding_in_any_of_its_areas(report: AuditReport) -> None:
    (joint,) = [finding for finding in report.findings if finding.focus.label == "Riverside Transport"]

    assert apply([waiver("S04/E06000902")], report, TODAY).by_finding.keys() == {joint.id}


def test_an_id_covers_one_finding(report: AuditReport) -> None:
    first = report.findings[0]

    assert apply([waiver(first.id)], report, TODAY).by_finding == {first.id: waiver(first.id)}


@pytest.mark.parametrize(("until", "counts"), [(TODAY, True), (date(2026, 1, 30), False)])
def test_a_waiver_counts_to_its_last_day(report: AuditReport, until: date, counts: bool) -> None:
    waived = apply([waiver("S04/*", until)], report, TODAY)

    assert bool(waived.by_finding) is counts
    assert bool(waived.expired) is not counts


def test_a_waiver_that_fits_no_finding_is_told(report: AuditReport) -> None:
    idle = waiver("B01/*")

    assert apply([idle, waiver("S04/*")], report, TODAY).unused == (idle,)
    assert "B01/* fits no finding" in render(report, "table", waived=apply([idle], report, TODAY))


def test_an_expired_waiver_is_told(report: AuditReport) -> None:
    late = waiver("S04/*", date(2020, 1, 1))

    assert "S04/* has expired" in render(report, "table", waived=apply([late], report, TODAY))


def test_waived_breaches_do_not_fail_the_audit(report: AuditReport) -> None:
    assert exit_code(report, "law") == 1
    assert exit_code(report, "law", apply([waiver("S04/*")], report, TODAY)) == 0
    assert exit_code(report, "law", apply([waiver("S04/E06000902")], report, TODAY)) == 1


def test_waived_findings_leave_the_counts_and_stay_in_the_report(report: AuditReport) -> None:
    shown = json.loads(render(report, "json", waived=apply([waiver("S04/E06000902")], report, TODAY)))
    (rule,) = [rule for rule in shown["rules"] if rule["code"] == "S04"]

    assert (rule["tested"], rule["failed"], rule["waived"]) == (2, 1, 1)
    assert rule["verdicts"] == {"E06000901": "failed", "E06000902": "waived"}
    assert len(shown["findings"]) == len(report.findings)
    (marked,) = [finding["waived"] for finding in shown["findings"] if finding["waived"]]
    assert marked == {
        "finding": "S04/E06000902",
        "reason": "in the archive",
        "who": "Jane Roe",
        "until": "2026-01-31",
    }


def test_a_thing_of_which_one_finding_is_waived_still_counts_by_the_other(report: AuditReport) -> None:
    first = next(finding for finding in report.findings if finding.rule == "S04")
    twice = replace(report, findings=(*report.findings, replace(first, path=None)))
    shown = json.loads(render(twice, "json", waived=apply([waiver(first.id)], twice, TODAY)))

    assert next((r["failed"], r["waived"]) for r in shown["rules"] if r["code"] == "S04") == (2, 0)


@pytest.mark.parametrize("form", ["table", "json", "csv", "turtle", "html", "junit"])
def test_every_form_tells_the_reason_who_and_until(report: AuditReport, form: str) -> None:
    shown = render(report, form, waived=apply([waiver("S04/*")], report, TODAY))

    assert all(text in shown for text in ("in the archive", "Jane Roe", "2026-01-31"))


def test_all_bad_cells_are_told_at_once_with_file_and_line() -> None:
    with pytest.raises(InputError) as refused:
        read_waivers(BAD / "bad.csv")

    assert [(problem.line, problem.value) for problem in refused.value.problems] == [
        (3, "'C01'"),
        (3, "'next year'"),
        (4, "'C01/*'"),
        (4, "no reason"),
        (4, "no who"),
        (5, "3 cells"),
    ]
    assert str(refused.value).splitlines()[0].startswith(f"{BAD / 'bad.csv'}:3: 'C01'; expected the id of a finding")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("columns.csv", "the columns finding, reason, who, until"), ("latin1.csv", "UTF-8"), ("none.csv", "a file")],
)
def test_a_file_that_holds_no_waivers_is_refused(name: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        read_waivers(BAD / name)


def test_the_waivers_of_a_store_are_read_unless_others_are_given(tmp_path: Path) -> None:
    assert waivers_of(tmp_path, None) == ()
    (tmp_path / "waivers.csv").write_text("finding,reason,who,until\nC01/*,a,b,2030-01-01\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("finding,reason,who,until\nS01/*,a,b,2030-01-01\n", encoding="utf-8")

    assert [waiver.finding for waiver in waivers_of(tmp_path, None)] == ["C01/*"]
    assert [waiver.finding for waiver in waivers_of(tmp_path, tmp_path / "other.csv")] == ["S01/*"]
