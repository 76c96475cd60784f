"""
Check a record: every cell against its column, every key against what it refers to.

    tables of text + format  ->  Record, or every problem in it

Whether what is recorded is right, or lacking, is for the audit to say; here a record is refused only for what cannot
be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from lsp_graph.errors import InputError, Problem
from lsp_graph.record.cells import Misfit, Value, read_value, values
from lsp_graph.record.codes import CodeLists, code_lists
from lsp_graph.record.format import SEPARATOR, Column, Format, Table, read_format
from lsp_graph.record.references import KEY, Known, References
from lsp_graph.record.tables import Tables, TextRow, read_tables

_PART_OF: Final = "part_of"


@dataclass(frozen=True)
class RecordRow:
    """A row that was read: the thing it is about, its values by column, and where it stands."""

    table: Table
    subject: NamedNode
    values: Mapping[str, tuple[Value, ...]]
    file: str
    line: int
    sheet: str | None = None

    def one(self, column: str) -> Value | None:
        """The single value of a column, None where the cell is empty."""
        return next(iter(self.values.get(column, ())), None)


@dataclass(frozen=True)
class Record:
    """A record that was read whole. `key` is that of its partnership: the codes of its areas."""

    key: str
    form: Format
    rows: tuple[RecordRow, ...]

    def of(self, table: str) -> list[RecordRow]:
        """The rows of a table."""
        return [row for row in self.rows if row.table.name == table]


def read_record(folder: Path, known: Known | None = None, form: Format | None = None) -> Record:
    """The record in a folder of CSV files.

    `known` tells what there is outside the record (None: references to that are not looked up). Raises `InputError`
    with every problem of every file: file, line, column, value, and what would be right.
    """
    form = form or read_format()
    tables, problems = read_tables(folder, form)
    return check_tables(tables, form, known, problems=problems)


def check_tables(
    tables: Tables,
    form: Format,
    known: Known | None = None,
    *,
    key: str | None = None,
    problems: Iterable[Problem] = (),
) -> Record:
    """The record that these tables are. `problems` are those known already; `key` is given where no row tells it.

    Raises `InputError` with all problems.
    """
    checker = _Checker(tables, form, known, key or record_key(tables), code_lists())
    rows = checker.rows()
    found = [*problems, *checker.problems]
    if found:
        raise InputError(found)
    return Record(checker.key, form, tuple(rows))


def record_key(tables: Tables) -> str:
    """The key of a partnership and its record: the codes of its areas."""
    first = next(iter(tables.get("partnership", ())), None)
    written = first.cells.get("areas", "") if first else ""
    codes = [code.strip() for code in written.split(SEPARATOR) if code.strip()]
    # What is no code is told where the cell is read; an IRI can only be made of codes.
    return "-".join(codes) if codes and all(map(KEY.fullmatch, codes)) else "record"


def _wanted(column: Column) -> str:
    """What an empty cell ought to hold: the column's description, in the middle of a sentence."""
    said = column.description.rstrip(".")
    begins = said[0].upper() if said[1:2].isupper() else said[0].lower()
    return f"{begins}{said[1:]}, such as {column.example}"


class _Checker:
    def __init__(self, tables: Tables, form: Format, known: Known | None, key: str, codes: CodeLists) -> None:
        self.key, self.problems = key, list[Problem]()
        self._tables, self._form, self._codes = tables, form, codes
        self._references = References(form, key, tables, known)

    def rows(self) -> list[RecordRow]:
        """All rows that can be read."""
        read = []
        for table in self._form.tables.values():
            rows = self._tables.get(table.name, ())
            self._check_unique(table, rows)
            read += [one for row in rows if (one := self._row(table, row)) is not None]
        self._check_parts(read)
        return read

    def _row(self, table: Table, row: TextRow) -> RecordRow | None:
        before = len(self.problems)
        found: dict[str, tuple[Value, ...]] = {}
        for column in table.columns:
            text = row.cells.get(column.name)
            if text is not None:
                found[column.name] = tuple(self._values(column, text, row))
            elif column.required:
                self._problem(row, column, "empty", _wanted(column))
        if len(self.problems) > before or not all(row.cells.values()):
            return None
        parts = {
            name: value.value.rpartition("/")[2] if isinstance(value, NamedNode) else str(value)
            for name, held in found.items()
            for value in held[:1]
        }
        return RecordRow(table, self._references.made(table.iri, **parts), found, row.file, row.line, row.sheet)

    def _values(self, column: Column, text: str, row: TextRow) -> Iterable[Value]:
        for part in values(column, text):
            try:
                value = read_value(column, part, self._codes)
                yield self._references.resolve(column, part) if column.kinds else value
            except Misfit as misfit:
                self._problem(row, column, repr(part), misfit.expected)

    def _check_unique(self, table: Table, rows: Iterable[TextRow]) -> None:
        keys: list[tuple[str, ...]] = [(column.name,) for column in table.columns if column.unique]
        if table.primary_key and table.primary_key not in keys:
            keys.append(table.primary_key)
        for names in keys:
            first: dict[tuple[str | None, ...], TextRow] = {}
            for row in rows:
                cells = tuple(row.cells.get(name) for name in names)
                earlier = first.setdefault(cells, row)
                if earlier is not row and all(cells):
                    said = " and ".join(repr(cell) for cell in cells)
                    wanted = (
                        f"a key that no other row has; {'line' if row.sheet is None else 'row'} {earlier.line} has it"
                    )
                    known = (column for column in table.columns if column.name in names)
                    called = ", ".join(_called(column, row) for column in known)
                    self.problems.append(Problem(row.file, row.line, said, wanted, called, row.sheet))

    def _check_parts(self, rows: Iterable[RecordRow]) -> None:
        """What belongs to something does not contain it."""
        placed = {row.subject: row for row in rows if row.table.column(_PART_OF)}
        wholes = {
            part: [one for one in row.values.get(_PART_OF, ()) if isinstance(one, NamedNode)]
            for part, row in placed.items()
        }
        for part, row in placed.items():
            reached, ahead = set[NamedNode](), list(wholes[part])
            while ahead:
                if (one := ahead.pop()) not in reached:
                    reached.add(one)
                    ahead += wholes.get(one, ())
            column = row.table.column(_PART_OF)
            if part in reached and column is not None:
                text = TextRow(row.file, row.line, {}, row.sheet)
                self._problem(text, column, "it is part of itself, by way of what it is part of", "no circle of parts")

    def _problem(self, row: TextRow, column: Column, value: str, expected: str) -> None:
        called = _called(column, row)
        self.problems.append(Problem(row.file, row.line, value, expected, called, row.sheet))


def _called(column: Column, row: TextRow) -> str:
    """How people know a column: in a sheet by its title."""
    return column.name if row.sheet is None else column.title
