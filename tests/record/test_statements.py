"""What is read is stated: every cell by the property of its column, every fact with the row that says so."""

from __future__ import annotations

import csv
import string
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from lsp_graph.layout import ROOT
from lsp_graph.namespaces import DCTERMS, ID, LSP, RDF, RDFS, SCHEME, XSD, graph, resource
from lsp_graph.record import Known, Origin, read_format, read_record, record_quads
from lsp_graph.record.cells import Misfit, Value, read_value
from lsp_graph.record.codes import code_lists, local_name
from lsp_graph.record.format import Column
from tests.record.conftest import GOOD

ORIGIN = Origin("test", "A test", "Made for a test.", "https://example.org/", "none", "LSP Graph")
COLUMNS = [column for table in read_format().tables.values() for column in table.columns]
BESIDE = tuple(f"{ID}{kind}/" for kind in ("evidence", "table", "period", "day", "activity", "software"))


@pytest.fixture(scope="module")
def quads(known: Known) -> frozenset[Quad]:
    return record_quads(read_record(GOOD, known), ORIGIN, known)


def objects(quads: frozenset[Quad], subject: NamedNode, stated: NamedNode) -> set[object]:
    return {quad.object for quad in quads if quad.subject == subject and quad.predicate == stated}


def test_all_stands_in_the_records_own_graph(quads: frozenset[Quad]) -> None:
    assert {quad.graph_name for quad in quads} == {graph("test")}


def test_every_fact_leads_to_a_row_that_states_its_property(quads: frozenset[Quad]) -> None:
    tables: dict[object, set[object]] = {}
    proven: dict[object, set[object]] = {}
    for quad in quads:
        if quad.predicate == LSP.statesProperty:
            tables.setdefault(quad.subject, set()).add(quad.object)
    of_table: dict[object, object] = {quad.subject: quad.object for quad in quads if quad.predicate == LSP.table}
    for quad in quads:
        if quad.predicate == LSP.evidence:
            proven.setdefault(quad.subject, {LSP.evidence}).update(tables[of_table.get(quad.object)])
    orphans = [
        quad
        for quad in quads
        if quad.subject != graph("test")
        and not (isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(BESIDE))
        and quad.predicate not in proven.get(quad.subject, ())
    ]

    assert orphans == []


def test_evidence_names_the_line_the_document_and_the_place(quads: frozenset[Quad]) -> None:
    (evidence,) = objects(quads, resource("group", "F06000001-scrutiny"), LSP.evidence)
    assert isinstance(evidence, NamedNode)
    (file,) = objects(quads, evidence, LSP.file)
    (line,) = objects(quads, evidence, LSP.row)
    assert isinstance(file, Literal)
    assert isinstance(line, Literal)

    row = next(csv.reader(StringIO((ROOT / file.value).read_text(encoding="utf-8").splitlines()[int(line.value) - 1])))

    assert row[0] == "scrutiny"
    assert objects(quads, evidence, LSP.document) == {resource("document", "F06000001", "agreement-2008")}
    assert objects(quads, evidence, LSP.place) == {Literal("section 9")}


def test_values_are_stated_as_the_model_has_them(quads: frozenset[Quad]) -> None:
    target = resource("target", "F06000001", "6")

    assert objects(quads, target, RDF.type) == {LSP.DesignatedTarget}
    assert objects(quads, target, LSP.block) == {NamedNode(f"{SCHEME}laa-block/safer-and-stronger-communities")}
    assert objects(quads, target, LSP.baseline) == {Literal("1.42", datatype=XSD.decimal)}
    assert objects(quads, target, LSP.dueBy) == {Literal("2011-03-31", datatype=XSD.date)}
    assert objects(quads, target, LSP.measures) == {resource("indicator", "NI-15")}
    assert resource("body", "F23000001") in objects(quads, target, LSP.signedUpBy)
    assert objects(quads, resource("lsp", "F06000001"), LSP.hasOfficer) == {resource("post", "F06000001-co-ordinator")}
    assert resource("document", "F06000001", "compact") in objects(quads, resource("lsp", "F06000001"), LSP.protocol)
    assert objects(quads, resource("statement", "F06000001", "stage-1"), LSP.about) == {
        resource("strategy", "F06000001", "2008")
    }


def test_what_has_no_name_is_labelled_by_what_it_joins(quads: frozenset[Quad]) -> None:
    (label,) = objects(quads, resource("membership", "F06000001", "board-police"), RDFS.label)

    assert isinstance(label, Literal)
    assert label.value == "Fenmark Constabulary (fictional), member of Board of Quillhaven Together (fictional)"


def test_a_period_has_its_interval(quads: frozenset[Quad]) -> None:
    traders = resource("membership", "F06000001", "traders")

    assert objects(quads, traders, LSP.during) == {resource("period", "2001-10-01_2005-09-30")}


def test_a_cited_document_is_described_by_the_record(quads: frozenset[Quad]) -> None:
    cited = {quad.object for quad in quads if quad.predicate == LSP.document}

    assert cited <= {quad.subject for quad in quads if quad.object == LSP.Document}
    assert objects(quads, resource("document", "F06000001", "terms-2008"), DCTERMS.date) == {Literal("2008-01")}


def written(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case NamedNode():
            return local_name(value)
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def values_of(column: Column) -> st.SearchStrategy[Value]:
    if column.enum:
        return st.sampled_from(column.enum)
    match column.value:
        case "date":
            return st.dates(date(1500, 1, 1), date(2500, 1, 1))
        case "number":
            return st.decimals(0, 10**9, allow_nan=False, places=3)
        case "integer":
            return st.integers(1, 10**6)
        case "boolean":
            return st.booleans()
        case "concept":
            return st.sampled_from(list(code_lists()[column.scheme or ""].values()))
        case "uri":
            return st.from_regex(r"https?://[a-z0-9.]+/[a-z0-9/]*", fullmatch=True)
        case _ if column.pattern:
            return st.from_regex(column.pattern, fullmatch=True).filter(str.isascii)
        case _:
            return st.text(string.ascii_letters + " ,'\"éß\n", min_size=1).filter(lambda text: text == text.strip())


@pytest.mark.parametrize(
    "column", {column.name: column for column in COLUMNS if not column.kinds}.values(), ids=lambda c: c.name
)
def test_a_value_written_is_the_value_read(column: Column) -> None:
    @settings(max_examples=20, deadline=None)
    @given(values_of(column))
    def check(value: Value) -> None:
        assert read_value(column, written(value), code_lists()) == value

    check()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(COLUMNS), st.text(max_size=30))
def test_any_text_is_read_or_told(column: Column, text: str) -> None:
    with suppress(Misfit):
        assert read_value(column, text, code_lists()) is not None


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text("abc,;'\"é\n\r \t", max_size=8).filter(lambda text: text == text.strip()), min_size=1, max_size=6)
)
def test_a_table_written_as_csv_is_the_table_read(notes: list[str]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path in GOOD.glob("*.csv"):
            (folder / path.name).write_bytes(path.read_bytes())
        with (folder / "meetings.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["key", "held_by", "note", "source", "place"])
            for number, note in enumerate(notes):
                writer.writerow([f"m{number}", "partnership", note, "terms-2008", "p. 1"])

        rows = read_record(folder).of("meetings")

    assert [row.one("note") or "" for row in rows] == notes
