"""The overview counts each area once for each rule, and a part of an audit tells of it what the whole would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lsp_graph.audit import AuditReport, Waiver, apply, full_report, keep, recall, recall_part
from lsp_graph.audit.overview import NO_REGION, Overview, by_area, overview

REGIONS = {"E06000901": "North East"}
TODAY = date(2026, 1, 31)


@pytest.fixture
def report(audited: Callable[..., AuditReport]) -> AuditReport:
    """Two breaches of S04: one in Millbrook, one in Millbrook and Norham; and S01 not recorded in Millbrook."""
    return audited("millbrook", "norham", "joint", rules=("S04", "S01"))


@pytest.fixture
def seen(report: AuditReport) -> Overview:
    return overview(full_report(report), REGIONS)


def test_an_area_with_two_breaches_of_a_rule_is_one_area(report: AuditReport, seen: Overview) -> None:
    line = next(line for line in seen.lines if line.rule.code == "S04")

    assert len([finding for finding in report.findings if finding.rule == "S04"]) == 2
    assert line.cells["North East"] == {"failed": 1}
    assert line.total == {"failed": 2}


def test_each_rule_has_every_area_once(report: AuditReport, seen: Overview) -> None:
    assert {sum(line.total.values()) for line in seen.lines} == {len(report.areas)}


def test_areas_of_no_known_region_stand_last(seen: Overview) -> None:
    assert seen.regions == ("North East", NO_REGION)


def test_the_total_of_a_region_is_of_all_its_rules_and_areas(report: AuditReport, seen: Overview) -> None:
    assert sum(seen.totals["North East"].values()) == len(report.rules)


def test_the_rules_of_an_area_are_each_counted_once(report: AuditReport) -> None:
    counted = by_area(full_report(report), report.rules)

    assert counted.keys() == {area.code for area in report.areas}
    assert counted["E06000901"] == {"failed": 1, "not-recorded": 1}


@pytest.mark.parametrize("waived", [False, True])
@pytest.mark.parametrize("text", [None, "S04", "E06000902"])
def test_a_part_of_an_audit_stands_as_the_whole_does(
    report: AuditReport, tmp_path: Path, text: str | None, waived: bool
) -> None:
    waivers = [Waiver("S04/E06000901", "in the archive", "Jane Roe", TODAY, "waivers.csv", 2)] if waived else []
    kept = keep(tmp_path, full_report(report, waived=apply(waivers, report, TODAY)))

    whole, part = recall(tmp_path, kept.id), recall_part(tmp_path, kept.id, text)

    assert part[0] == whole[0]
    assert overview(part[1], REGIONS) == overview(whole[1], REGIONS)


def test_a_part_of_an_audit_has_just_the_findings_with_the_value(report: AuditReport, tmp_path: Path) -> None:
    kept = keep(tmp_path, report)

    def found(text: str | None) -> list[str]:
        return [finding.id for finding in recall_part(tmp_path, kept.id, text)[1].report.findings]

    assert found(None) == []
    assert found("S04") == [finding.id for finding in report.findings if finding.rule == "S04"]
    assert found("E06000902") == [
        finding.id for finding in report.findings if "E06000902" in {area.code for area in finding.areas}
    ]
    assert found(report.findings[0].id) == [report.findings[0].id]
    assert found('S04","level":"law') == []
