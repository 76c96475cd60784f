"""What was planted is found, and where nothing was planted nothing is: generator and rulebook agree."""

from __future__ import annotations

import re

import pytest

from bench.questions import backend
from bench.reaudit import record_changes
from lsp_graph.audit import audit
from lsp_graph.audit.increment import reaudit
from lsp_graph.settings import DEFAULT_AS_OF

SMALL = 0.02


def test_a_country_without_defects_has_no_findings() -> None:
    country, _ = backend(SMALL)
    found = audit(country, as_of=DEFAULT_AS_OF).findings
    assert [(finding.rule, finding.focus.iri, finding.message) for finding in found] == []


@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_every_planted_defect_is_found_at_its_node_by_its_rule(rate: float) -> None:
    country, planted = backend(SMALL, rate)
    report = audit(country, as_of=DEFAULT_AS_OF)
    known = {rule.code for rule in report.rules}
    found = {(finding.rule, finding.focus.iri) for finding in report.findings}
    assert {(rule, focus) for rule, focus in planted if rule in known} <= found


def test_planted_defects_are_of_rules_of_the_rulebook() -> None:
    _, planted = backend(SMALL, 0.05)
    assert planted
    assert all(re.fullmatch(r"[BSMCATDKGE][0-9]{2}", rule) for rule, _ in planted)


@pytest.mark.parametrize("rate", [0, 0.2])
def test_an_audit_of_an_area_is_that_part_of_the_audit_of_all(rate: float) -> None:
    country, _ = backend(SMALL, rate)
    whole = audit(country, as_of=DEFAULT_AS_OF)
    for area in whole.areas:
        part = audit(country, as_of=DEFAULT_AS_OF, areas=[area.iri])

        assert part.areas == (area,)
        assert part.findings == tuple(finding for finding in whole.findings if area in finding.areas)
        for one, of_all in zip(part.rules, whole.rules, strict=True):
            assert one.by_area.get(area.code) == of_all.by_area.get(area.code)
            assert one.verdicts == {area.code: of_all.verdicts[area.code]}
            assert one.tested == sum(of_all.by_area.get(area.code, {}).values())


def test_a_few_areas_count_what_stands_in_several_of_them_once() -> None:
    country, _ = backend(SMALL, 0.2)
    whole = audit(country, as_of=DEFAULT_AS_OF)
    some = whole.areas[:4]
    part = audit(country, as_of=DEFAULT_AS_OF, areas=[area.iri for area in some])

    assert part.findings == tuple(one for one in whole.findings if not set(some).isdisjoint(one.areas))
    assert all(
        sum(map(sum, (counts.values() for counts in rule.by_area.values()))) >= rule.tested for rule in part.rules
    )
    assert [rule.by_area for rule in part.rules] == [
        {area.code: rule.by_area[area.code] for area in some if area.code in rule.by_area} for rule in whole.rules
    ]


def test_an_audit_of_what_one_record_can_matter_to_is_the_audit_of_all() -> None:
    country, planted = backend(SMALL, 0.2)
    earlier = audit(country, as_of=DEFAULT_AS_OF)
    for change in record_changes(country, 5, seed=len(planted)):
        again = reaudit(earlier, country, change.after, change.changes)

        assert again.report == audit(change.after, as_of=DEFAULT_AS_OF)
        assert again.whole == ()
