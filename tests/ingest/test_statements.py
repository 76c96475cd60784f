"""Every triple that a source states can be walked back to its row."""

from __future__ import annotations

from datetime import date

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from lsp_graph.errors import InputError
from lsp_graph.ingest.package import Cell, Package, Row
from lsp_graph.ingest.statements import Statements
from lsp_graph.namespaces import GRAPH, LSP, RDF, RDFS, TIME, XSD, concept, resource

AREA = resource("area", "E00000001")


def row(line: int = 2, **cells: Cell) -> Row:
    known: dict[str, Cell] = {"document": "000", "place": "page 1", "confidence": "sourced"}
    return Row("demo", "areas", "data/demo/areas.csv", line, known | cells)


@pytest.fixture
def out() -> Statements:
    return Statements(Package("demo", "A demonstration", "", "https://example.org/ogl", "a", "p", ("o",), {}))


def store(out: Statements) -> Store:
    made = Store()
    made.extend(out.quads())
    return made


def objects(store: Store, subject: NamedNode, predicate: NamedNode) -> set[object]:
    return {quad.object for quad in store.quads_for_pattern(subject, predicate, None, None)}


def test_what_is_stated_lies_in_the_sources_own_graph(out: Statements) -> None:
    out.row(row()).add(AREA, RDF.type, LSP.Area)

    assert {quad.graph_name for quad in out.quads()} == {GRAPH.demo}
    assert Quad(AREA, RDF.type, LSP.Area, GRAPH.demo) in out.quads()


def test_a_subject_leads_to_file_row_document_place_and_confidence(out: Statements) -> None:
    out.row(row(7)).add(AREA, LSP.gssCode, "E00000001")

    graph = store(out)
    (evidence,) = objects(graph, AREA, LSP.evidence)
    assert isinstance(evidence, NamedNode)
    assert objects(graph, evidence, LSP.file) == {Literal("data/demo/areas.csv")}
    assert objects(graph, evidence, LSP.row) == {Literal(7)}
    assert objects(graph, evidence, LSP.document) == {resource("document", "000")}
    assert objects(graph, evidence, LSP.place) == {Literal("page 1")}
    assert objects(graph, evidence, LSP.confidence) == {concept("confidence", "sourced")}


def test_a_table_knows_the_properties_it_states(out: Statements) -> None:
    statements = out.row(row())
    statements.add(AREA, LSP.gssCode, "E00000001")
    statements.label(AREA, "Somewhere")

    stated = objects(store(out), resource("table", "demo", "areas"), LSP.statesProperty)
    assert stated == {LSP.gssCode, RDFS.label}


def test_an_empty_cell_states_nothing(out: Statements) -> None:
    out.row(row()).add(AREA, LSP.onsCode, None)

    assert not objects(store(out), AREA, LSP.evidence)


def test_a_period_is_two_days_and_a_shared_interval(out: Statements) -> None:
    other = resource("area", "E00000002")
    statements = out.row(row())
    for area in (AREA, other):
        statements.period(area, date(2008, 4, 1), None, "month")

    graph = store(out)
    interval = resource("period", "2008-04-01_..")
    assert objects(graph, AREA, LSP["from"]) == {Literal("2008-04-01", datatype=XSD.date)}
    assert objects(graph, AREA, LSP.until) == set()
    assert objects(graph, AREA, LSP.during) == objects(graph, other, LSP.during) == {interval}
    assert objects(graph, interval, TIME.hasBeginning) == {resource("day", "2008-04-01")}
    assert objects(graph, AREA, LSP.datePrecision) == {Literal("month")}


def test_a_problem_of_meaning_refuses_the_whole_source(out: Statements) -> None:
    out.row(row()).add(AREA, LSP.gssCode, "E00000001")
    out.problem(row(3, lead="X"), "lead", "the code of a council")
    out.problem(row(4, lead="Y"), "lead", "the code of a council")

    with pytest.raises(InputError) as refused:
        out.quads()
    assert [str(problem) for problem in refused.value.problems] == [
        "data/demo/areas.csv:3: lead 'X'; expected the code of a council",
        "data/demo/areas.csv:4: lead 'Y'; expected the code of a council",
    ]
