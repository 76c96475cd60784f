"""
Read the tables of a record from the sheets of a workbook.

    .xlsx or .ods + format  ->  rows of text by table, and what is wrong with its sheets

A sheet goes by the title or the name of its table, a column likewise; the first row holds the columns. What is read is
what was typed: a formula, an error, merged cells and hidden sheets are told, and so is what the spreadsheet made of a
text that looked to it like a date.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import python_calamine

from lsp_graph.errors import InputError, Problem
from lsp_graph.record import limits
from lsp_graph.record.containers import Form
from lsp_graph.record.format import Column, Format, Table
from lsp_graph.record.markup import Marks, cell_name, excel_marks, open_document_marks, too_far
from lsp_graph.record.tables import Header, TextRow, Unread, nearest, read_header, text_problems

Cell = int | float | str | bool | time | date | datetime | timedelta

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
    marks = excel_marks(data, name) if kind is Form.EXCEL else open_document_marks(data, name)
    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as book:
            return _Book(name, form, book, marks).read()
    except python_calamine.PasswordError as error:
        raise InputError([Problem(name, None, "a workbook with a password", "one without a password")]) from error
    except python_calamine.CalamineError as error:
        told = " ".join(str(error).split())
        raise InputError([Problem(name, None, f"it cannot be opened: {told}", "a whole workbook")]) from error


class _Book:
    def __init__(
        self, name: str, form: Format, book: python_calamine.CalamineWorkbook, marks: dict[str, Marks]
    ) -> None:
        self._name, self._form, self._book, self._marks = name, form, book, marks
        self._problems: list[Problem] = []

    def read(self) -> tuple[dict[str, list[TextRow]], list[Problem]]:
        found: dict[str, list[TextRow]] = {}
        for about in self._book.sheets_metadata:
            marks = self._marks.get(about.name, Marks())
            table = self._table(about.name, marks)
            if table is None:
                continue
            if about.visible != python_calamine.SheetVisibleEnum.Visible:
                self._problem(about.name, None, "a hidden sheet", "it shown: only what can be seen is read")
                found.setdefault(table.name, Unread())
            elif not isinstance(found.get(table.name, Unread()), Unread):
                self._problem(about.name, None, f"a second sheet of {table.title}", "each table once")
            elif (far := too_far(marks)) is not None:
                most = f"at most {limits.ROWS:,} rows and {limits.COLUMNS} columns"
                self._problem(about.name, None, far, most)
                found[table.name] = Unread()
            else:
                found[table.name] = self._rows(about.name, table, marks)
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

    def _rows(self, sheet: str, table: Table, marks: Marks) -> list[TextRow]:
        cells = self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
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

    def _text(self, sheet: str, row: int, header: Header, cells: list[Cell], marks: Marks) -> Iterator[tuple[str, str]]:
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
            elif (expected := _made_of(column, cell)) is not None:
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


def _shown(cell: Cell) -> str:
    """A cell as the CSV of a record has it."""
    match cell:
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


def _made_of(column: Column, cell: Cell) -> str | None:
    """What would be right, where the spreadsheet has made something else of what was typed."""
    is_date = isinstance(cell, date)
    if column.value == "date":
        if isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _DAYS:
            day = _FIRST_DAY + timedelta(days=int(cell))
            return f"a date YYYY-MM-DD; as a date of the spreadsheet this number is {day.isoformat()}"
        return None
    if is_date and not (column.pattern and column.value == "text"):
        return "what was typed: the spreadsheet has made a date of it (format the column as text)"
    return None
