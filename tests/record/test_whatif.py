"""What a record would do to the audit: what it would add, mend and leave, as an audit after accepting it says."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from lsp_graph import audit as auditing
from lsp_graph.fictional import changed, read_changes, read_folders
from lsp_graph.intake.plan import plan
from lsp_graph.layout import DATA
from lsp_graph.namespaces import resource
from lsp_graph.record import known_things, read_submission
from lsp_graph.store import EmbeddedBackend, open_store
from lsp_graph.store.changes import Change
from lsp_graph.whatif import WhatIf, what_if
from tests.record.conftest import GOOD

DAY = date(2008, 6, 30)
FICTIONAL = DATA / "fictional"
FOLDERS = read_folders(FICTIONAL)
CHANGES = [one for one in read_changes(FICTIONAL / "breaches" / "changes.csv", FOLDERS) if one.record == "quillhaven"]
PLANTED = {change.rule for change in CHANGES}


@pytest.fixture(scope="module")
def breached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of the borough with one breach planted of each of some rules, as a folder."""
    target = tmp_path_factory.mktemp("breached")
    (folder,) = [one for one in FOLDERS if one.name == "quillhaven"]
    spoilt = changed(folder, CHANGES, "changes.csv")
    for table in spoilt.form.tables.values():
        with (target / table.file).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([column.name for column in table.columns])
            for row in spoilt.tables[table.name]:
                writer.writerow([row.cells.get(column.name, "") for column in table.columns])
    return target


def judged(real_store: Path, world: str, record: Path) -> WhatIf:
    """What the audit would say if the record were taken in; the graph is the test's own."""
    graph = open_store(real_store)
    asked = graph.world(world)
    read = read_submission(record, known_things(asked))
    made = plan(graph, [read], "borough", "2026-01-01T00:00:00+00:00", world=world)
    return what_if(asked, made.change, read.areas, DAY)


def test_what_a_record_says_that_breaks_a_rule_would_be_added(real_store: Path, breached: Path) -> None:
    """What it leaves out breaks none: the record that is there already, of another, has it."""
    found = judged(real_store, "fictional", breached)

    assert {"A03", "B05", "K03", "G04"} <= {finding.rule for finding in found.findings("new")} <= PLANTED
    assert found.findings("fixed") == ()
    assert found.adds("law")
    assert all(finding.areas[0] == "F06000001" for finding in found.findings("new") if finding.areas)
    told = found.as_json()
    assert told["areas"][0]["counts"]["new"] == len(found.of_area(found.areas[0], "new"))
    assert [one["id"] for one in told["new"]] == [one.id for one in found.findings("new")]
    assert any(one["fix"] for one in told["new"])


def test_what_a_record_adds_that_was_lacking_would_mend_and_the_rest_would_stay(
    real: EmbeddedBackend, real_store: Path
) -> None:
    found = judged(real_store, "fictional-breaches", GOOD)
    whole = auditing.audit(real.world("fictional-breaches"), as_of=DAY, areas=["F06000001"])

    assert {"M02", "M06", "C08"} <= {finding.rule for finding in found.findings("fixed")}
    assert {"K03", "B05"} <= {finding.rule for finding in found.findings("unchanged")}
    assert not found.adds("practice")
    told = {one.id for group in ("fixed", "unchanged", "turned") for one in found.findings(group)}
    assert {finding.id for finding in whole.findings} <= told


def test_a_record_of_what_is_recorded_already_would_change_nothing(real_store: Path) -> None:
    found = judged(real_store, "fictional", GOOD)

    assert found.findings("new") == found.findings("fixed") == found.findings("turned") == ()
    assert found.areas[0].code == "F06000001"


def test_on_a_day_without_a_council_there_is_nothing_to_audit(real_store: Path) -> None:
    graph = open_store(real_store)

    found = what_if(graph, Change(), [resource("area", "E06000052")], date(2008, 6, 30))

    assert (found.comparison, found.areas, found.adds("practice")) == (None, (), False)
