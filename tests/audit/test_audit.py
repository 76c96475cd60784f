"""An audit tells a breach from what is not recorded, by the rules that bound on the day, over the areas asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from lsp_graph.audit import AuditReport, RuleResult
from lsp_graph.errors import UnknownName

Audited = Callable[..., AuditReport]


def rule(report: AuditReport, code: str) -> RuleResult:
    return next(result for result in report.rules if result.code == code)


def outcomes(report: AuditReport, code: str) -> list[tuple[str, str]]:
    return [(finding.focus.label, finding.outcome) for finding in report.findings if finding.rule == code]


def test_what_is_missing_from_an_undeclared_record_is_not_recorded(audited: Audited) -> None:
    report = audited("millbrook")

    assert outcomes(report, "S01") == [("Millbrook Together", "not-recorded")]
    assert (rule(report, "S01").failed, rule(report, "S01").not_recorded) == (0, 1)
    assert rule(report, "S01").verdicts == {"E06000901": "not-recorded"}


def test_what_is_missing_from_a_record_declared_complete_has_failed(audited: Audited) -> None:
    report = audited("millbrook", "complete-sub-partnerships")

    assert outcomes(report, "S01") == [("Millbrook Together", "failed")]
    assert (rule(report, "S01").failed, rule(report, "S01").not_recorded) == (1, 0)
    assert rule(report, "S01").verdicts == {"E06000901": "failed"}


def test_completeness_for_one_aspect_says_nothing_of_another(audited: Audited) -> None:
    report = audited("millbrook", "complete-sub-partnerships")

    assert outcomes(report, "C01") == [("Millbrook Council", "not-recorded")]


def test_an_area_without_a_partnership_can_declare_that_there_is_none(audited: Audited) -> None:
    silent, declared = audited("norham"), audited("norham", "complete-norham-partnerships")

    assert outcomes(silent, "B06") == [("Norham Council", "not-recorded")]
    assert outcomes(declared, "B06") == [("Norham Council", "failed")]


def test_a_contradiction_has_failed_in_any_record(audited: Audited) -> None:
    assert outcomes(audited("millbrook"), "S04") == [("Millbrook Culture", "failed")]


def test_nodes_tested_are_those_that_passed_failed_or_are_not_recorded(audited: Audited) -> None:
    report = audited("millbrook", "norham", "complete-sub-partnerships")

    assert [r.tested for r in report.rules] == [r.passed + r.failed + r.not_recorded for r in report.rules]
    assert sum(r.tested for r in report.rules) > 0


def test_a_rule_with_nothing_to_look_at_says_so_and_passes_nowhere(audited: Audited) -> None:
    result = rule(audited("millbrook"), "D02")

    assert result.found_nothing
    assert (result.tested, result.passed, result.inapplicable) == (0, 0, 1)
    assert result.verdicts == {"E06000901": "inapplicable"}


def test_a_rule_is_inapplicable_where_it_applies_to_nothing_in_the_area(audited: Audited) -> None:
    result = rule(audited("millbrook", "norham"), "S04")

    assert result.verdicts == {"E06000901": "failed", "E06000902": "inapplicable"}
    assert result.inapplicable == 1


def test_a_joint_body_counts_in_each_of_its_areas(audited: Audited) -> None:
    report = audited("millbrook", "norham", "joint", rules=("S04",))
    joint = next(finding for finding in report.findings if finding.focus.label == "Riverside Transport")

    assert [area.code for area in joint.areas] == ["E06000901", "E06000902"]
    assert rule(report, "S04").verdicts == {"E06000901": "failed", "E06000902": "failed"}


@pytest.mark.parametrize(("day", "bound"), [(date(2007, 12, 29), False), (date(2007, 12, 30), True)])
def test_a_rule_binds_from_the_day_its_provision_came_into_force(audited: Audited, day: date, bound: bool) -> None:
    report = audited("millbrook", as_of=day)

    assert ("A01" in [result.code for result in report.rules]) is bound
    assert ("A01" in report.not_in_force) is not bound


def test_a_rule_no_longer_binds_after_its_provision_was_repealed(audited: Audited) -> None:
    report = audited("millbrook", as_of=date(2015, 5, 26), rules=("A01", "C01"))

    assert (report.rules, report.not_in_force) == ((), ("A01", "C01"))


@pytest.mark.parametrize("name", ["E06000902", "Norham", "https://w3id.org/lsp/id/area/E06000902"])
def test_an_area_goes_by_code_name_or_iri(audited: Audited, name: str) -> None:
    report = audited("millbrook", "norham", areas=(name,))

    assert [area.code for area in report.areas] == ["E06000902"]
    assert {finding.focus.label for finding in report.findings} == {"Norham Council"}


def test_only_the_named_rules_are_run(audited: Audited) -> None:
    report = audited("millbrook", rules=("s04", "B02"))

    assert [result.code for result in report.rules] == ["B02", "S04"]
    assert {finding.rule for finding in report.findings} == {"S04"}


def test_an_unknown_rule_is_refused_with_the_nearest_codes(audited: Audited) -> None:
    with pytest.raises(UnknownName, match=r"'S99' is no rule .*nearest: \w\d\d"):
        audited("millbrook", rules=("S99",))


def test_an_unknown_area_is_refused_with_the_nearest_names(audited: Audited) -> None:
    with pytest.raises(UnknownName, match=r"Milbrook.*Millbrook"):
        audited("millbrook", areas=("Milbrook",))


def test_the_same_finding_keeps_its_id_from_run_to_run(audited: Audited) -> None:
    first, again = audited("millbrook"), audited("millbrook", "norham")
    known = {finding.id: (finding.rule, finding.focus, finding.message) for finding in again.findings}

    assert len(known) == len(again.findings)
    assert all(known[finding.id] == (finding.rule, finding.focus, finding.message) for finding in first.findings)


def test_a_finding_keeps_its_id_when_the_record_becomes_complete(audited: Audited) -> None:
    before, after = (
        audited("millbrook", rules=("S01",)),
        audited("millbrook", "complete-sub-partnerships", rules=("S01",)),
    )

    assert [finding.id for finding in before.findings] == [finding.id for finding in after.findings]


def test_breaches_come_before_what_is_not_recorded_and_law_before_guidance(audited: Audited) -> None:
    report = audited("millbrook", "norham", "complete-sub-partnerships", rules=("B06", "C01", "S01", "S04"))
    order = [(finding.level, finding.outcome) for finding in report.findings]

    assert list(dict.fromkeys(order)) == [("law", "failed"), ("law", "not-recorded"), ("guidance", "not-recorded")]


def test_a_finding_names_its_basis_and_what_would_mend_it(audited: Audited) -> None:
    (finding,) = audited("millbrook", "complete-sub-partnerships", rules=("S01",)).findings

    assert [basis.label for basis in finding.basis] == ["Children Act 2004 s.10"]
    assert finding.fix is not None
