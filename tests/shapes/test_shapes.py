"""Every rule has graphs that keep it and graphs that break it, and it alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from lsp_graph.audit import AuditReport, audit
from lsp_graph.audit.rulebook import read_rulebook
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend
from tests.shapes import oracle

CASES = sorted(Path(__file__).parent.glob("[A-Z][0-9][0-9]/*.ttl"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_a_case_is_looked_at_by_its_rule_and_fails_by_no_other(case: Path, audited: Callable[..., AuditReport]) -> None:
    code = case.parent.name
    report = audited(case)

    assert not next(rule for rule in report.rules if rule.code == code).found_nothing
    assert {finding.rule for finding in report.of_outcome("failed")} == (
        {code} if case.stem.startswith("fail-") else set()
    )


@pytest.mark.parametrize("code", read_rulebook().codes)
def test_a_rule_has_cases_that_keep_it_and_cases_that_break_it(code: str) -> None:
    kinds = defaultdict(set)
    for case in CASES:
        kinds[case.parent.name].add(case.stem.partition("-")[0])

    assert kinds[code] == {"pass", "fail"}


def test_every_shape_is_broken_by_some_case(audited: Callable[..., AuditReport]) -> None:
    broken = {
        finding.shape
        for case in CASES
        if case.stem.startswith("fail-")
        for finding in audited(case, case.parent.name).of_outcome("failed")
    }

    assert {str(shape.iri) for shape in read_rulebook().shapes} - broken == set()


def test_a_plain_validator_finds_what_an_audit_finds(merged: EmbeddedBackend) -> None:
    rulebook = read_rulebook()
    shapes = [shape for shape in rulebook.shapes if not shape.all_periods and shape.in_force(DEFAULT_AS_OF)]
    part = rulebook.part(shapes)
    plain = oracle.found(merged.view(DEFAULT_AS_OF), part)
    report = audit(merged, as_of=DEFAULT_AS_OF, rules=sorted({shape.code for shape in shapes}))
    known = {str(shape.iri) for shape in shapes}

    assert {(shape, focus) for shape, focus in plain if shape in known} <= {
        (finding.shape, finding.focus.iri) for finding in report.findings
    }
    assert {focus for _, focus in plain} == {finding.focus.iri for finding in report.findings if finding.shape in known}
