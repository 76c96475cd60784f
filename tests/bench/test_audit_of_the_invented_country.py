"""What was planted is found, and where nothing was planted nothing is: generator and rulebook agree."""

from __future__ import annotations

import re

import pytest

from bench.questions import backend
from lsp_graph.audit import audit
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
