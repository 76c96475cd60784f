"""
Read the tables of a record from the sheets of a workbook.

    .xlsx or .ods + format  ->  rows of text by table, and what is wrong with its sheets

A sheet goes by the title or the name of its table, a column likewise; the first row holds the columns. What is read is
what was typed: a formula, an error, merged cells and hidden sheets are told, and so is what the spreadsheet made of a
text that looked to it like a date.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import openpyxl

from lsp_graph.errors import InputError, Problem
from lsp_graph.record import limits
from lsp_graph.record.containers import Form
from lsp_graph.record.format import Column, Format, Table
from lsp_graph.record.markup import Marks, cell_name, check_markup, excel_marks, open_document_marks, too_far
from lsp_graph.record.tables import Header, TextRow, Unread, nearest, read_header, text_problems

HOW_TO: Final = "How to"
LISTS: Final = "Lists"
"""Sheets that a template has beside those of tables; what stands in them is not read."""

_ALIKE: Final = 75
"""How like the title of a table the name of a sheet has to be, of 100, to be taken for a slip."""

_FIRST_DAY: Final = date(1899, 12, 30)
_DAYS: Final = range(20_000, 60_000)
"""The numbers that stand for days from 1954 to 2064 in a spreadsheet."""


def read_sheets(data: bytes, name: str, form: Format, kind: Form) -> tuple[dict[str, list[TextRow]], list[Problem]]:
    """The rows of each table of a workbook, and every problem of its sheets and their headers.

    `name` is how the workbook is called in messages. Raises `InputError` where it cannot be opened.
    """
    if kind is Form.EXCEL:
        return _Book(name, form, _excel(data, name)).read()
    sheets = open_document_marks(data, name)
    return _Book(name, form, [Sheet(title, marks.hidden, marks.cells, marks) for title, marks in sheets.items()]).read()


@dataclass(frozen=True)
class Sheet:
    """A sheet: its cells from the first on, row by row, and what stands in it beside them."""

    name: str
    hidden: bool
    cells: Sequence[Sequence[object]]
    marks: Marks


def _excel(data: bytes, name: str) -> list[Sheet]:
    """The sheets of an Excel workbook, as far as the limits let them reach."""
    marks = excel_marks(data, name)
    check_markup(data, name, ("xl/sharedStrings.xml", "xl/styles.xml"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it passes over: nothing of it is read here
            return _read_excel(data, marks)
    except Exception as error:  # the library has no error of its own: any can come of a damaged file
        told = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError([Problem(name, None, f"it cannot be opened: {told}", "a whole workbook")]) from error


def _read_excel(data: bytes, marks: Mapping[str, Marks]) -> list[Sheet]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    found = []
    for sheet in book.worksheets:
        marked = marks.get(sheet.title, Marks())
        rows, columns = min(marked.rows, limits.ROWS), min(marked.columns, limits.COLUMNS)
        cells = list(sheet.iter_rows(max_row=rows, max_col=columns, values_only=True)) if rows and columns else []
        found.append(Sheet(sheet.title, sheet.sheet_state != "visible", cells, marked))
    return found


class _Book:
    def __init__(self, name: str, form: Format, sheets: Sequence[Sheet]) -> None:
        self._name, self._form, self._sheets = name, form, sheets
        self._problems: list[Problem] = []

    def read(self) -> tuple[dict[str, list[TextRow]], list[Problem]]:
        found: dict[str, list[TextRow]] = {}
        for sheet in self._sheets:
            table = self._table(sheet.name, sheet.marks)
            if table is None:
                continue
            if sheet.hidden:
                self._problem(sheet.name, None, "a hidden sheet", "it shown: only what can be seen is read")
                found.setdefault(table.name, Unread())
            elif not isinstance(found.get(table.name, Unread()), Unread):
                self._problem(sheet.name, None, f"a second sheet of {table.title}", "each table once")
            elif (far := too_far(sheet.marks)) is not None:
                most = f"at most {limits.ROWS:,} rows and {limits.COLUMNS} columns"
                self._problem(sheet.name, None, far, most)
                found[table.name] = Unread()
            else:
                found[table.name] = self._rows(sheet, table)
        return found, self._problems

    def _table(self, sheet: str, marks: Marks) -> Table | None:
        """The table of a sheet; one that is empty or of the template's own needs none."""
        if sheet in (HOW_TO, LISTS) or not marks.rows:
            known = None
        else:
            known = next((one for one in self._form.tables.values() if _folded(sheet) in _called(one)), None)
            if known is None:
                titles = [table.title for table in self._form.tables.values()]
                near = nearest(sheet, titles, _ALIKE)
                expected = f"{' or '.join(near)}?" if near else "one of " + ", ".join(titles)
                self._problem(sheet, None, "no table of this format", expected)
        return known

    def _rows(self, read: Sheet, table: Table) -> list[TextRow]:
        sheet, cells, marks = read.name, read.cells, read.marks
        header = read_header([_shown(cell) for cell in (cells[0] if cells else [])], table, titles=True)
        for value, expected in header.problems:
            self._problem(sheet, 1, value, expected)
        if header.misread:
            return Unread()
        for area, (row, _) in marks.merged.items():
            self._problem(sheet, row + 1, f"merged cells {area}", "each cell by itself, with a value of its own")
        rows = []
        for row, filled in enumerate(cells[1:], 1):
            told = dict(self._text(sheet, row, header, filled, marks))
            if told:
                rows.append(TextRow(self._name, row + 1, header.missing | told, sheet))
        return rows

    def _text(
        self, sheet: str, row: int, header: Header, cells: Sequence[object], marks: Marks
    ) -> Iterator[tuple[str, str]]:
        """The cells of a row as text, by column."""
        for index in range(max(len(cells), marks.columns)):
            place = (row, index)
            column = header.columns[index] if index < len(header.columns) else None
            cell = cells[index] if index < len(cells) else ""
            where = column.title if column else cell_name(*place)
            if place in marks.formulas:
                told = f"the formula {marks.formulas[place][:80]}"
                self._problem(sheet, row + 1, told, "the value itself (copy it, and paste values only)", where)
                yield from self._told_of(column)
            elif place in marks.errors:
                self._problem(sheet, row + 1, "an error value of the spreadsheet", "the value itself", where)
                yield from self._told_of(column)
            elif (text := _shown(cell).strip()) == "":
                continue
            elif column is None:
                if not any(header.named[index : index + 1]):
                    self._problem(sheet, row + 1, repr(text), "nothing here: the column has no title", where)
            elif (expected := _made_of(column, cell, place in marks.days)) is not None:
                self._problem(sheet, row + 1, repr(text), expected, where)
                yield from self._told_of(column)
            else:
                for value, expected in text_problems(text):
                    self._problem(sheet, row + 1, value, expected, where)
                yield column.name, text

    @staticmethod
    def _told_of(column: Column | None) -> Iterator[tuple[str, str]]:
        """The cell of which something was told."""
        if column is not None:
            yield column.name, ""

    def _problem(self, sheet: str, row: int | None, value: str, expected: str, column: str | None = None) -> None:
        self._problems.append(Problem(self._name, row, value, expected, column, sheet))


def _called(table: Table) -> tuple[str, str]:
    return _folded(table.title), _folded(table.name)


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())


def _shown(cell: object) -> str:
    """A cell as the CSV of a record has it."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return f"{Decimal(repr(cell)):f}".removesuffix(".0")
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _made_of(column: Column, cell: object, is_day: bool) -> str | None:
    """What would be right, where the spreadsheet has made something else of what was typed."""
    is_date = is_day or isinstance(cell, date)
    if column.value == "date":
        if isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _DAYS:
            day = _FIRST_DAY + timedelta(days=int(cell))
            return f"a date YYYY-MM-DD; as a date of the spreadsheet this number is {day.isoformat()}"
        return None
    if is_date and not (column.pattern and column.value == "text"):
        return "what was typed: the spreadsheet has made a date of it (format the column as text)"
    return None
