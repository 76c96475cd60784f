"""An audit that finds nothing says so, odd names command nobody, and what is kept is read back whole."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from lsp_graph.audit import AuditReport, Explained, Waiver, apply, full_report, keep, recall, render
from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import LSP
from lsp_graph.store import StoreDirectory

from .conftest import RECORDS

Audited = Callable[..., AuditReport]
Told = tuple[AuditReport, Explained]
FORMS = ("table", "turtle", "json", "csv", "html", "junit")
NOTHING = "Nothing was audited: no rule found anything to look at."


def waiver(finding: str, until: date) -> Waiver:
    return Waiver(finding, "old record", "A. Clerk", until, "waivers.csv", 2)


@pytest.mark.parametrize("records", [("millbrook", "norham", "joint", "hostile"), ("formula",), ()])
def test_a_kept_report_is_read_back_whole(audited: Audited, tmp_path: Path, records: tuple[str, ...]) -> None:
    report = audited(*records)
    granted = [
        waiver("S04/*", date(2030, 1, 1)),
        waiver("*/E06000901", date(2030, 1, 1)),
        waiver("B01/X", date(2030, 1, 1)),
        waiver("S01/*", date(2020, 1, 1)),
    ]
    full = full_report(report, waived=apply(granted, report, date(2026, 1, 1)))
    kept = keep(tmp_path, full)
    head, recalled = recall(tmp_path, kept.id)

    assert recalled == full
    assert (head.id, head.counts, head.rules) == (kept.id, kept.counts, kept.rules)


def test_the_nodes_of_the_areas_make_up_those_of_a_rule_where_each_stands_in_one(audited: Audited) -> None:
    full = full_report(audited("millbrook", "norham"))

    for rule in full.report.rules:
        everywhere, places = full.tally(rule), [full.tally(rule, area.code) for area in full.report.areas]
        for count in ("tested", "passed", "failed", "not_recorded"):
            assert sum(getattr(place, count) for place in places) == getattr(everywhere, count)


@pytest.mark.parametrize("form", FORMS)
def test_an_audit_of_nothing_comes_in_every_form(audited: Audited, form: str) -> None:
    text = render(audited(), form)

    assert (NOTHING in text) == (form in ("table", "html"))


@pytest.mark.parametrize("form", ["table", "html"])
def test_rules_that_found_nothing_are_named_and_not_called_kept(audited: Audited, form: str) -> None:
    text = render(audited("millbrook", rules=("S04", "D02")), form)

    assert "These rules found nothing to look at: D02." in text
    assert NOTHING not in text


def test_an_area_without_a_partnership_is_audited_all_the_same(audited: Audited) -> None:
    report = audited("formula", rules=("B06", "B02"))
    verdicts = {rule.code: rule.verdicts["E06000903"] for rule in report.rules}

    assert verdicts == {"B02": "inapplicable", "B06": "not-recorded"}
    assert "Overton" in render(report, "html")


@pytest.mark.parametrize("form", FORMS)
def test_a_thing_without_a_name_is_told_in_every_form(explained: Callable[..., Told], form: str) -> None:
    report, explanations = explained("formula", rules=("S04",))

    assert "Nameless" in render(report, form, explained=explanations)


def test_no_cell_of_a_spreadsheet_begins_as_a_formula(explained: Callable[..., Told]) -> None:
    report, explanations = explained("formula", rules=("S04",))
    rows = list(csv.DictReader(io.StringIO(render(report, "csv", explained=explanations))))

    assert {row["focusLabel"] for row in rows} >= {'\'=HYPERLINK("http://e.org")', "'@SUM(1)"}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "@", "+", "-", "\t", "\r"))]


def test_no_name_commands_the_terminal(explained: Callable[..., Told]) -> None:
    report, explanations = explained("formula", rules=("S04",))
    text = render(report, "table", explained=explanations)

    assert "red" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_junit_is_xml_whatever_the_names(explained: Callable[..., Told]) -> None:
    report, explanations = explained("formula", rules=("S04",))

    assert ElementTree.fromstring(render(report, "junit", explained=explanations)).get("failures") == "1"  # noqa: S314


def test_every_term_of_a_report_in_turtle_is_in_the_ontology(audited: Audited) -> None:
    report = audited("millbrook", "norham")
    waived = apply([waiver("S04/*", date(2030, 1, 1))], report, date(2026, 1, 1))
    quads = list(ox.parse(render(report, "turtle", waived=waived).encode(), format=ox.RdfFormat.TURTLE))
    used = {quad.predicate.value for quad in quads if quad.predicate.value.startswith(str(LSP))}
    said = {quad.subject for file in ONTOLOGY.glob("*.ttl") for quad in ox.parse(path=file, format=ox.RdfFormat.TURTLE)}

    assert {LSP.waivedBecause.value, LSP.waivedBy.value, LSP.waivedUntil.value} <= used
    assert {ox.NamedNode(term) for term in used} <= said


@pytest.fixture
def unwritable(tmp_path: Path) -> Path:
    """A store of one record in which no audit can be kept: a file stands where the ledger would be."""
    graph = ox.NamedNode("https://w3id.org/lsp/graph/records")
    triples = ox.parse(path=RECORDS / "millbrook.ttl", format=ox.RdfFormat.TURTLE)
    quads = [ox.Quad(one.subject, one.predicate, one.object, graph) for one in triples]
    StoreDirectory(tmp_path).commit(quads, "one record")
    (tmp_path / "audits").write_text("", encoding="utf-8")
    return tmp_path


def test_an_audit_that_cannot_be_kept_is_told_with_a_warning(unwritable: Path) -> None:
    command = [sys.executable, "-m", "lsp_graph", "audit", "--store", str(unwritable), "--rule", "S04"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "Millbrook Culture" in done.stdout
    assert done.stderr.rstrip().endswith("this audit is told but not kept")
    assert len(done.stderr.splitlines()) == 1
