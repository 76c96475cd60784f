"""The format is a set of valid Table Schemas, explains each column, and uses the ontology's terms."""

from __future__ import annotations

import json
from pathlib import Path

import frictionless
import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from lsp_graph.errors import InputError, Problem
from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import LSP, OWL, RDF, RDFS, expand
from lsp_graph.record import Column, Table, TextRow, check_tables, read_format
from lsp_graph.record.codes import code_lists
from lsp_graph.record.format import SCHEMA

FORMATS = ("record", "register")
TABLES = [(name, table) for name in FORMATS for table in read_format(name).tables.values()]
COLUMNS = [(name, table, column) for name, table in TABLES for column in table.columns]


def named(case: object) -> str | None:
    return getattr(case, "name", None) or (case if isinstance(case, str) else None)


@pytest.fixture(scope="module")
def ontology() -> set[tuple[str, str, str]]:
    found = set()
    for path in ONTOLOGY.glob("*.ttl"):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            if isinstance(quad.object, NamedNode) and isinstance(quad.subject, NamedNode):
                found.add((quad.subject.value, quad.predicate.value, quad.object.value))
    return found


@pytest.mark.parametrize("path", sorted(SCHEMA.glob("*/*.json")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_table_is_a_valid_table_schema(path: Path) -> None:
    schema = frictionless.Schema.from_descriptor(json.loads(path.read_text(encoding="utf-8")))

    assert schema.field_names
    for key in schema.foreign_keys:
        target = path.parent / f"{key['reference']['resource']}.json"
        assert key["reference"]["fields"] == json.loads(target.read_text(encoding="utf-8"))["primaryKey"]


@pytest.mark.parametrize(("name", "table", "column"), COLUMNS, ids=named)
def test_each_column_is_explained_and_states_terms_that_there_are(
    name: str, table: Table, column: Column, ontology: set[tuple[str, str, str]]
) -> None:
    assert column.title
    assert column.description.endswith(".") or ":" in column.description or ";" in column.description
    assert set(column.kinds) <= set(read_format(name).kinds)
    assert column.scheme is None or column.scheme in code_lists()
    assert column.by is None or table.column(column.by) is not None
    known = {subject for subject, _, _ in ontology}
    for stated in [*column.properties.values(), *table.types, *table.constants]:
        assert not stated.startswith("lsp:") or expand(stated).value in known, stated
    if column.value == "class":
        assert {LSP[kind].value for kind in column.enum} <= known


@pytest.mark.parametrize(("name", "table"), TABLES, ids=named)
def test_properties_are_stated_only_of_the_classes_they_are_for(
    name: str, table: Table, ontology: set[tuple[str, str, str]]
) -> None:
    kind = table.column("kind")
    classes = {expand(stated).value for stated in table.types} or {
        LSP[one].value for one in (kind.enum if kind else ())
    }

    def wider(iri: str) -> set[str]:
        above = {value for subject, said, value in ontology if subject == iri and said == RDFS.subClassOf.value}
        return {iri}.union(*(wider(one) for one in above))

    for column in table.columns:
        for stated in column.properties.values():
            domains = {
                value
                for subject, said, value in ontology
                if (subject, said) == (expand(stated).value, RDFS.domain.value)
            }
            if domains and not column.inverse:
                may = {one for one in classes if domains <= wider(one)}
                assert may, f"{table.name}.{column.name} states {stated}, which is for {domains}"


def test_terms_of_the_ontology_are_properties_and_classes_as_used(ontology: set[tuple[str, str, str]]) -> None:
    properties = {
        subject
        for subject, said, value in ontology
        if said == RDF.type.value and value.startswith(str(OWL)) and value.endswith("Property")
    }
    stated = {expand(one).value for _, _, column in COLUMNS for one in column.properties.values()}

    assert {iri for iri in stated if iri.startswith(str(LSP))} <= properties


@pytest.mark.parametrize(("name", "table"), TABLES, ids=named)
def test_the_examples_of_a_table_are_cells_that_it_takes(name: str, table: Table) -> None:
    form = read_format(name)
    cells = {column.name: column.example for column in table.columns if column.example}
    tables = {table.name: [TextRow("examples", 2, cells)]}
    for column in table.columns:  # what the examples refer to
        for kind in column.kinds:
            target = form.kinds[kind].table
            for part in cells.get(column.name, "").split(";"):
                key = part.strip().rpartition("/")[2]
                if target and key and (target, key) != (table.name, cells.get("key")):
                    tables.setdefault(target, []).append(TextRow("referred to", 2, {"key": key}))
    problems: tuple[Problem, ...] = ()
    try:
        check_tables(tables, form)
    except InputError as error:  # the rows that are referred to have no more than a key
        problems = error.problems

    assert [str(problem) for problem in problems if problem.file == "examples"] == []
