"""
State triples so that each can be walked back to its row.

    row + (subject, predicate, object)  ->  quads in the source's graph, and `lsp:evidence` of the subject

Each row becomes one `lsp:Evidence` (file, line, document, place, confidence); each table knows the properties its
rows state (`lsp:statesProperty`). So for any triple of a source's graph: its subject's evidence whose table states the
property is where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from pyoxigraph import Literal, NamedNode, Quad, Triple

from lsp_graph.errors import InputError, Problem
from lsp_graph.ingest.package import Package, Row
from lsp_graph.literals import generated, in_graph, interval_of, literal
from lsp_graph.namespaces import DCTERMS, LSP, RDF, RDFS, concept, graph, resource

Value = NamedNode | Literal | str | int | float | bool | date | None


class Statements:
    """What one source says: collects its quads, and every problem that only its meaning shows."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.graph = graph(package.name)
        self._quads: set[Quad] = set()
        self._stated: dict[str, set[NamedNode]] = {}
        self._problems: list[Problem] = []

    def row(self, row: Row) -> RowStatements:
        """What this row states."""
        return RowStatements(self, row)

    def take(self, table: str, triples: Iterable[Triple]) -> None:
        """State triples that come with their evidence, as what this table says."""
        for triple in triples:
            self._link([triple])
            self._stated.setdefault(table, set()).add(triple.predicate)

    def problem(self, row: Row, column: str, expected: str) -> None:
        """Note that a cell is wrong in a way its table schema cannot tell; the whole source then is refused."""
        self._problems.append(Problem(row.file, row.line, f"{column} {row[column]!r}", expected))

    def quads(self) -> frozenset[Quad]:
        """All quads of the source, its own description among them.

        Raises `InputError` with every problem that was noted.
        """
        if self._problems:
            raise InputError(self._problems)
        return frozenset(self._quads | set(self._description()))

    def _put(self, row: Row, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> None:
        self._quads.add(Quad(subject, predicate, value, self.graph))
        self._stated.setdefault(row.table, set()).add(predicate)

    def _link(self, triples: Iterable[Triple]) -> None:
        self._quads.update(in_graph(triple, self.graph) for triple in triples)

    def _description(self) -> Iterator[Quad]:
        package, here = self.package, self.graph
        yield Quad(here, RDF.type, LSP.Source, here)
        for triple in generated(here, f"reading the source {package.name}", ()):
            yield in_graph(triple, here)
        yield Quad(here, RDFS.label, Literal(package.title), here)
        if package.description:
            yield Quad(here, DCTERMS.description, Literal(package.description), here)
        yield Quad(here, DCTERMS.publisher, Literal(package.publisher), here)
        yield Quad(here, LSP.attribution, Literal(package.attribution), here)
        licence = NamedNode(package.licence) if "://" in package.licence else Literal(package.licence)
        yield Quad(here, DCTERMS.license, licence, here)
        for origin in package.origins:
            yield Quad(here, DCTERMS.source, Literal(origin), here)
        for table, properties in self._stated.items():
            node = resource("table", package.name, table)
            yield Quad(node, RDF.type, LSP.Table, here)
            yield Quad(node, RDFS.label, Literal(f"{package.title}: {table}"), here)
            yield Quad(node, LSP.source, here, here)
            for stated in properties:
                yield Quad(node, LSP.statesProperty, stated, here)


class RowStatements:
    """What one row states: every subject it speaks of gets the row as its evidence."""

    def __init__(self, statements: Statements, row: Row) -> None:
        self._statements, self._row = statements, row
        self.evidence = resource("evidence", row.source, row.table, row.line)
        self._linked: set[NamedNode] = set()

    def add(self, subject: NamedNode, predicate: NamedNode, value: Value) -> None:
        """State one triple; a value of None states nothing."""
        if value is None:
            return
        term = value if isinstance(value, NamedNode | Literal) else literal(value)
        self._statements._put(self._row, subject, predicate, term)
        self._prove(subject)

    def label(self, subject: NamedNode, text: str) -> None:
        """State what the subject is called, in English."""
        self.add(subject, RDFS.label, Literal(text, language="en"))

    def period(self, subject: NamedNode, begins: date | None, ends: date | None, precision: str | None = None) -> None:
        """State when the subject was so: both days included, None = not recorded. Both None states nothing.

        `precision` is `"year"` or `"month"` where the source is not exact to the day.
        """
        if begins is None and ends is None:
            return
        self.add(subject, LSP["from"], begins)
        self.add(subject, LSP.until, ends)
        self.add(subject, LSP.datePrecision, precision)
        interval, triples = interval_of(begins, ends)
        self.add(subject, LSP.during, interval)
        self._statements._link(triples)

    def _prove(self, subject: NamedNode) -> None:
        if subject in self._linked:
            return
        row, evidence = self._row, self.evidence
        links = [Triple(subject, LSP.evidence, evidence)]
        if not self._linked:
            links += [
                Triple(evidence, RDF.type, LSP.Evidence),
                Triple(evidence, LSP.source, self._statements.graph),
                Triple(evidence, LSP.table, resource("table", row.source, row.table)),
                Triple(evidence, LSP.file, Literal(row.file)),
                Triple(evidence, LSP.row, Literal(row.line)),
                Triple(evidence, LSP.document, resource("document", row.text("document"))),
                Triple(evidence, LSP.confidence, concept("confidence", row.text("confidence"))),
            ]
            if row["place"] is not None:
                links.append(Triple(evidence, LSP.place, Literal(row.text("place"))))
        self._linked.add(subject)
        self._statements._link(links)
