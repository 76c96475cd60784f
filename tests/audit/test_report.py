"""A report reads the same in every format, and the JSON keeps its contract."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO

import pyoxigraph as ox
import pytest

from lsp_graph.audit import AuditReport, exit_code, render
from lsp_graph.audit.findings import LEVELS
from lsp_graph.audit.report import FailOn
from lsp_graph.errors import InputError
from lsp_graph.namespaces import RDF, SH, XSD


@pytest.fixture
def report(audited: Callable[..., AuditReport]) -> AuditReport:
    return audited("millbrook", "norham", "complete-sub-partnerships")


def test_json_has_the_fields_of_the_contract(report: AuditReport) -> None:
    shown = json.loads(render(report, "json"))

    assert (shown["asOf"], shown["version"]) == ("2008-06-30", "memory")
    for rule in shown["rules"]:
        assert rule.keys() >= {"code", "level", "tested", "passed", "failed", "notRecorded", "inapplicable"}
    for finding in shown["findings"]:
        assert finding.keys() >= {"id", "rule", "level", "outcome", "focus", "area", "path", "value", "message"}
        assert finding.keys() >= {"basis", "fix", "found", "wanted", "sources"}
        assert finding["focus"].keys() == {"iri", "label"}
        assert finding["area"].keys() == {"code", "label"}
        assert all(basis.keys() == {"iri", "label"} for basis in finding["basis"])
        assert finding["outcome"] in {"failed", "not-recorded"}


def test_json_gives_absent_values_as_null(report: AuditReport) -> None:
    shown = json.loads(render(report, "json"))
    missing = next(finding for finding in shown["findings"] if finding["rule"] == "B06")

    assert (missing["value"], missing["region"]) == (None, None)


def test_csv_has_one_line_for_each_finding(report: AuditReport) -> None:
    rows = list(csv.DictReader(StringIO(render(report, "csv"))))

    assert [row["id"] for row in rows] == [finding.id for finding in report.findings]
    assert [row["message"] for row in rows] == [finding.message for finding in report.findings]


def test_turtle_is_a_validation_report_with_every_finding(report: AuditReport) -> None:
    store = ox.Store()
    store.load(render(report, "turtle"), format=ox.RdfFormat.TURTLE)
    (node,) = (quad.subject for quad in store.quads_for_pattern(None, RDF.type, SH.ValidationReport))
    results = [quad.object for quad in store.quads_for_pattern(node, SH.result, None)]

    assert len(results) == len(report.findings)
    for result in results:
        for term in (SH.focusNode, SH.resultSeverity, SH.sourceShape, SH.sourceConstraintComponent):
            assert len(list(store.quads_for_pattern(result, term, None))) == 1  # type: ignore[arg-type]
    assert ox.Quad(node, SH.conforms, ox.Literal("false", datatype=XSD.boolean)) in store


def test_turtle_shows_what_is_not_recorded_as_info_only(audited: Callable[..., AuditReport]) -> None:
    store = ox.Store()
    store.load(render(audited("millbrook", rules=("S01",)), "turtle"), format=ox.RdfFormat.TURTLE)

    assert [quad.object for quad in store.quads_for_pattern(None, SH.resultSeverity, None)] == [SH.Info]


def test_the_table_counts_breaches_and_what_is_not_recorded_apart(report: AuditReport) -> None:
    last = render(report, "table").splitlines()[-1]

    failed, silent = report.of_outcome("failed"), report.of_outcome("not-recorded")
    law, guidance, practice = (sum(f.level == level for f in failed) for level in LEVELS)
    assert last == (
        f"{len(failed)} failed ({law} law, {guidance} guidance, {practice} practice); {len(silent)} not recorded"
    )


def test_the_table_says_which_rules_found_nothing_to_look_at(audited: Callable[..., AuditReport]) -> None:
    assert "nothing found to look at" in " ".join(render(audited("millbrook", rules=("D02",)), "table").split())
    assert "nothing found to look at" not in render(audited("millbrook", rules=("B02",)), "table")


def test_an_unknown_format_is_refused_with_those_there_are(report: AuditReport) -> None:
    with pytest.raises(InputError, match="'pdf'; expected one of table, json, csv, turtle, html, junit"):
        render(report, "pdf")


@pytest.mark.parametrize(
    ("records", "rule", "fail_on", "code"),
    [
        (("millbrook",), "S04", "law", 1),
        (("millbrook",), "S04", "practice", 1),
        (("millbrook",), "S04", "never", 0),
        (("millbrook",), "S01", "practice", 0),
        (("norham", "complete-norham-partnerships"), "B06", "law", 0),
        (("norham", "complete-norham-partnerships"), "B06", "guidance", 1),
    ],
)
def test_the_exit_code_counts_breaches_at_the_level_or_above(
    audited: Callable[..., AuditReport], records: tuple[str, ...], rule: str, fail_on: FailOn, code: int
) -> None:
    assert exit_code(audited(*records, rules=(rule,)), fail_on) == code
