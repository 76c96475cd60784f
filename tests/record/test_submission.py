"""A record is read by one door, whatever its form, and knows what it is and what it states."""

from __future__ import annotations

from pathlib import Path

from lsp_graph.namespaces import GRAPH, LSP, RDF, resource
from lsp_graph.record import Known, Origin, known_things, read_submission
from lsp_graph.store import EmbeddedBackend
from tests.record.conftest import GOOD

ORIGIN = Origin("record/F06000001", "Record of Quillhaven Together", "", "CC0-1.0", "None needed", "A partnership")


def test_a_folder_tells_its_key_areas_and_title(known: Known) -> None:
    record = read_submission(GOOD, known)

    assert (record.name, record.key, record.title) == ("quillhaven", "F06000001", "Quillhaven Together (fictional)")
    assert record.areas == (resource("area", "F06000001"),)


def test_all_that_a_record_states_is_in_its_own_graph(known: Known) -> None:
    quads = read_submission(GOOD, known).quads(ORIGIN, known)

    assert {quad.graph_name for quad in quads} == {GRAPH["record/F06000001"]}
    assert any(quad.predicate == RDF.type and quad.object == LSP.LocalStrategicPartnership for quad in quads)


def test_the_checksum_follows_the_tables_and_nothing_else(folder: Path) -> None:
    before = read_submission(folder).checksum
    (folder / "letter.txt").write_text("not a table")
    beside = read_submission(folder).checksum
    notes = folder / "sources.csv"
    notes.write_bytes(notes.read_bytes() + b"\n")

    assert before == beside != read_submission(folder).checksum


def test_what_a_record_may_refer_to_is_read_from_the_graph(real: EmbeddedBackend) -> None:
    england, invented = known_things(real), known_things(real.world("fictional"))

    assert england[resource("area", "E09000028").value] == "Southwark"
    assert resource("area", "E09000028").value not in invented
    assert invented[resource("area", "F06000001").value] == "Quillhaven (fictional)"
    assert resource("public", "F06000001").value in invented
