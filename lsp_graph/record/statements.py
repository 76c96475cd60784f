"""
What the rows of a record state.

    Record + description of its source  ->  quads in the record's own named graph, each with its evidence

The properties are those that the format declares beside its columns; one row is the evidence of all that it states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Triple

from lsp_graph.ingest.package import Package, Row
from lsp_graph.ingest.statements import RowStatements, Statements
from lsp_graph.literals import interval_of
from lsp_graph.namespaces import LSP, RDF, WIKIBASE, XSD, concept, expand, resource
from lsp_graph.record.cells import Value
from lsp_graph.record.check import Record, RecordRow
from lsp_graph.record.codes import local_name
from lsp_graph.record.format import Column
from lsp_graph.record.references import Known

_PERIOD = ("from", "until", "date_precision")
_EDGES = (LSP["from"], LSP.until)
_STATEMENTS = "statements"
_ITSELF = "the document itself"
_NAMED = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Origin:
    """Whose record it is and on what terms; `graph` is the local name of its named graph."""

    graph: str
    title: str
    description: str
    licence: str
    attribution: str
    publisher: str


def record_quads(record: Record, origin: Origin, known: Known | None = None) -> frozenset[Quad]:
    """All quads of a record, its own description among them. `known` labels what stands outside the record."""
    out = Statements(_package(origin))
    names = _Names(record, known or {})
    for row in record.rows:
        says = out.row(_evidence(row, record, origin))
        for stated, value in row.table.constants.items():
            says.add(row.subject, expand(stated), expand(value.format(record=record.key)))
        _state(row, says, names)
    return out.quads()


def triple_quads(triples: Iterable[Triple], origin: Origin, file: str) -> frozenset[Quad]:
    """All quads of a record that is RDF: its triples, with its evidence in the graph of this record.

    `file` is what its file is called. First and last days get their interval, as those of rows do.
    """
    out = Statements(_package(origin))
    here, table = out.graph, resource("table", origin.graph, _STATEMENTS)
    known = list(triples)
    days: dict[NamedNode, dict[NamedNode, date]] = {}
    for triple in known:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal) and triple.predicate in _EDGES:
            days.setdefault(triple.subject, {})[triple.predicate] = date.fromisoformat(triple.object.value)
    out.take(_STATEMENTS, known)
    for subject, edge in days.items():
        interval, described = interval_of(*(edge.get(one) for one in _EDGES))
        out.take(_STATEMENTS, [Triple(subject, LSP.during, interval), *described])
    for triple in known:
        if triple.predicate == RDF.type and triple.object == LSP.Evidence:
            said: dict[NamedNode, NamedNode | Literal] = {LSP.source: here, LSP.table: table, LSP.file: Literal(file)}
            out.take(_STATEMENTS, [Triple(triple.subject, property, value) for property, value in said.items()])
    return out.quads()


def _package(origin: Origin) -> Package:
    return Package(
        name=origin.graph,
        title=origin.title,
        description=origin.description,
        licence=origin.licence,
        attribution=origin.attribution,
        publisher=origin.publisher,
        origins=(origin.title,),
        tables={},
    )


def _evidence(row: RecordRow, record: Record, origin: Origin) -> Row:
    """The row as the evidence of what it states; a row about a document cites that document.

    Rows that stand in another file than their table's own make a table of their own: lines are known by table.
    """
    cited, place, file = row.one("source"), row.one("place"), Path(row.file).stem
    document = cited if isinstance(cited, NamedNode) else row.subject
    return Row(
        source=origin.graph,
        table=row.table.name if file == row.table.name or row.sheet else f"{row.table.name}-{file}",
        file=row.file,
        line=row.line,
        cells={
            "document": document.value.removeprefix(resource("document").value + "/"),
            "place": str(place) if place is not None else _ITSELF,
            "confidence": _confidence(row),
        },
    )


def _confidence(row: RecordRow) -> str:
    return str(row.one("confidence") or "sourced")


def _state(row: RecordRow, says: RowStatements, names: _Names) -> None:
    for kind in row.table.types:
        says.add(row.subject, RDF.type, expand(kind))
    label = names.made(row)
    if label is not None:
        says.label(row.subject, label)
    for column in row.table.columns:
        if column.value == "confidence" and column.properties:
            says.add(row.subject, LSP.confidence, concept("confidence", _confidence(row)))
        elif column.properties and column.name not in _PERIOD:
            for value in row.values.get(column.name, ()):
                _state_value(row, column, value, says)
    begins, ends, precision = (row.one(name) for name in _PERIOD)
    says.period(
        row.subject,
        begins if isinstance(begins, date) else None,
        ends if isinstance(ends, date) else None,
        None if precision is None else str(precision),
    )


def _state_value(row: RecordRow, column: Column, value: Value, says: RowStatements) -> None:
    stated = expand(column.properties[str(row.one(column.by)) if column.by else ""])
    match column.value:
        case "label":
            says.label(row.subject, str(value))
        case "class":
            says.add(row.subject, stated, LSP[str(value)])
        case "rank":
            says.add(row.subject, stated, WIKIBASE[f"{str(value).capitalize()}Rank"])
        case "number" if isinstance(value, Decimal):
            says.add(row.subject, stated, Literal(f"{value:f}", datatype=XSD.decimal))
        case "uri":
            says.add(row.subject, stated, Literal(str(value), datatype=XSD.anyURI))
        case _ if column.inverse and isinstance(value, NamedNode):
            says.add(value, stated, row.subject)
        case _ if not isinstance(value, Decimal):
            says.add(row.subject, stated, value)


class _Names:
    """What things are called, for the labels of those that have no name of their own."""

    def __init__(self, record: Record, known: Mapping[str, str]) -> None:
        self._rows = {row.subject.value: row for row in record.rows if row.table.label or "name" in row.values}
        self._known = known

    def made(self, row: RecordRow) -> str | None:
        """The label of a row whose table makes one."""
        if row.table.label is None:
            return None
        named = _NAMED.findall(row.table.label)
        cells = {column: "; ".join(self._called(row, column)) or "?" for column in named}
        return row.table.label.format(**cells)

    def _called(self, row: RecordRow, column: str) -> Iterator[str]:
        for value in row.values.get(column, ()):
            yield self._of(value) if isinstance(value, NamedNode) else str(value)

    def _of(self, thing: NamedNode) -> str:
        row = self._rows.get(thing.value)
        if row is None:
            return self._known.get(thing.value) or local_name(thing).replace("-", " ")
        return self.made(row) or str(row.one("name"))
