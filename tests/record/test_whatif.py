"""What a record would do to the audit: what it would add, mend and leave, as an audit after accepting it says."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from lsp_graph import audit as auditing
from lsp_graph.fictional import changed, read_changes, read_folders
from lsp_graph.layout import DATA
from lsp_graph.record import known_things, read_submission
from lsp_graph.record.accepting import change_by, origin_of, record_graph
from lsp_graph.store import EmbeddedBackend
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


def judged(real: EmbeddedBackend, world: str, record: Path, submitter: str = "") -> WhatIf:
    graph = real.world(world)
    trial = EmbeddedBackend(*graph.texts(), graph.version)
    read = read_submission(record, known_things(trial))
    change = change_by(trial, read, origin_of(read, submitter, world), world)
    return what_if(trial, change, read.areas, DAY)


def test_every_breach_that_a_record_brings_would_be_added(real: EmbeddedBackend, breached: Path) -> None:
    found = judged(real, "fictional", breached)

    assert len(PLANTED) > 15
    assert {finding.rule for finding in found.findings("new")} >= PLANTED
    assert found.findings("fixed") == ()
    assert found.adds("law")
    assert all(finding.areas[0] == "F06000001" for finding in found.findings("new") if finding.areas)
    told = found.as_json()
    assert told["areas"][0]["counts"]["new"] == len(found.of_area(found.areas[0], "new"))
    assert [one["id"] for one in told["new"]] == [one.id for one in found.findings("new")]
    assert any(one["fix"] for one in told["new"])


def test_a_record_without_them_would_mend_them_and_leave_the_rest(real: EmbeddedBackend) -> None:
    found = judged(real, "fictional-breaches", GOOD)
    whole = auditing.audit(real.world("fictional-breaches"), as_of=DAY, areas=["F06000001"])

    assert {finding.rule for finding in found.findings("fixed")} >= PLANTED
    assert not found.adds("practice")
    told = {one.id for group in ("fixed", "unchanged", "turned") for one in found.findings(group)}
    assert {finding.id for finding in whole.findings} <= told


def test_a_record_that_is_accepted_already_would_change_nothing(real: EmbeddedBackend) -> None:
    found = judged(real, "fictional", GOOD)

    assert found.findings("new") == found.findings("fixed") == found.findings("turned") == ()
    assert found.areas[0].code == "F06000001"


def test_what_another_submitter_says_stands_beside(real: EmbeddedBackend, breached: Path) -> None:
    """The chair that one names is still known when another does not; the circle that one records is."""
    rules = {finding.rule for finding in judged(real, "fictional", breached, "a researcher").findings("new")}

    assert "M02" not in rules
    assert "K03" in rules


def test_two_submitters_never_share_a_graph() -> None:
    names = ["", "a b", "a-b", "A b", "a/b", "a%2Fb", "ä"]

    assert len({record_graph("E09000028", name) for name in names}) == len(names)
