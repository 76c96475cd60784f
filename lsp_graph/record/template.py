"""
A blank record to be filled in, as a workbook or as CSV files.

    format (+ what is known of an area)  ->  .xlsx with a sheet for each table, drop-downs and help;  or CSV files

All that it says of tables and columns is said in the format. Every text is written as text: no formula, no link.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range_abs

from lsp_graph.formulas import harmless
from lsp_graph.namespaces import ID, LEGISLATION, LSP
from lsp_graph.record.codes import code_lists
from lsp_graph.record.described import held, meanings
from lsp_graph.record.format import Column, Format, Kind, Table
from lsp_graph.record.recalled import Rows
from lsp_graph.record.references import Known
from lsp_graph.record.sheets import HOW_TO, LISTS

GUIDE: Final = "how-to.md"
"""The file of a folder that says what the columns hold."""

_PREPARED: Final = 1_000
"""Rows of a sheet that have drop-downs and forms."""

_TITLE: Final = 32
_MESSAGE: Final = 255
"""Characters that a spreadsheet shows of the title and of the text of a prompt."""

_WIDTHS: Final = {
    "key": 20,
    "label": 44,
    "text": 26,
    "place": 28,
    "reference": 24,
    "date": 12,
    "boolean": 8,
    "number": 12,
    "integer": 8,
}
_LISTED: Final = 16
"""Characters of the width of columns: by what they hold, and of those that have a list to choose from."""
_FROM_THE_FIRST: Final = date(1900, 1, 1)

_WAYS: Final = (
    "Each sheet is a table: one thing in each row, under the titles in the first row. Leave the first row as it is.",
    "Begin with Sources: every row of the other sheets says which of these documents says so, and where in it.",
    "Partnership and Sources must be filled in. All else may be left empty where nothing is known.",
    "A key is a short name of your own (letters, digits, . _ -). Other rows refer to a row by its key; where a cell may"
    " mean several kinds of thing, the kind stands before the key, as in group/board or person/leader.",
    "Several values in one cell are separated by a semicolon ( ; ).",
    "Type values, no formulas. Do not merge cells, and hide no sheet.",
    "An empty cell means that something is not recorded. The sheet Completeness says what your record covers in full.",
    "Select a cell to see what belongs in it. What lists have to choose from is on the sheet Lists.",
)


@dataclass(frozen=True)
class Prefilled:
    """What is known beforehand: rows by table, and what cells may refer to, by IRI with its label."""

    rows: Rows = field(default_factory=dict)
    choices: Known = field(default_factory=dict)


Choices = Sequence[tuple[str, str]]
"""Entries of a list, each with what it means."""


def csv_files(form: Format, filled: Prefilled) -> dict[str, str]:
    """The files of a folder, by name: one for each table, and a guide."""
    files = {table.file: _csv(table, filled) for table in form.tables.values()}
    return {**files, GUIDE: "\n".join(_guide(form, filled)) + "\n"}


def workbook(form: Format, filled: Prefilled) -> bytes:
    """The workbook, as an .xlsx file."""
    written = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, options) as book:
        _Book(book, form, filled).write()
    return written.getvalue()


def choices_of(column: Column, form: Format, known: Known) -> Choices:
    """What there is to choose from in the cells of a column, as far as it is known beforehand."""
    said = meanings()
    if column.enum:
        return [(value, said.get(LSP[value], "") if column.value == "class" else "") for value in column.enum]
    if column.value == "boolean":
        return [("true", ""), ("false", "")]
    if column.scheme:
        listed = code_lists().get(column.scheme, {})
        return [(name, said.get(concept, "")) for name, concept in listed.items()]
    if column.value != "reference":
        return []
    single = len(column.kinds) == 1
    return [
        (key if single or not key else f"{name}/{key}" if not form.kinds[name].alone else name, label)
        for name in column.kinds
        for key, label in _keys(form.kinds[name], known)
    ]


def _keys(kind: Kind, known: Known) -> Iterator[tuple[str, str]]:
    if kind.alone:
        yield kind.name, "this partnership itself"
        return
    begins = str(LEGISLATION) if kind.legislation else f"{ID}{(kind.iri or '{').partition('{')[0]}"
    if kind.legislation or kind.iri:
        for iri, label in sorted(known.items()):
            key = iri.removeprefix(begins)
            if key != iri:
                yield key, label


def _csv(table: Table, filled: Prefilled) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    for row in filled.rows.get(table.name, ()):
        writer.writerow([harmless(row.get(column.name, "")) for column in table.columns])
    return text.getvalue()


def _guide(form: Format, filled: Prefilled) -> Iterator[str]:
    yield f"# {form.title}: how to fill it in"
    yield ""
    yield from (f"- {way}" for way in _WAYS)
    for table in form.tables.values():
        yield f"\n## {table.file}: {table.title}\n\n{table.description}\n"
        for column in table.columns:
            needed = " Needed." if column.required else ""
            such = f" Such as: {column.example}" if column.example else ""
            yield f"- `{column.name}`: {column.description}{needed} Holds {held(column, form)}.{such}"
    for name, choices in _lists(form, filled).items():
        yield f"\n## To choose from: {name}\n"
        yield from (f"- `{value}` {meaning}".rstrip() for value, meaning in choices)


def _lists(form: Format, filled: Prefilled) -> dict[str, Choices]:
    """All lists to choose from, by their names; columns that have the same choices share one."""
    found: dict[str, Choices] = {}
    for table in form.tables.values():
        for column in table.columns:
            choices = choices_of(column, form, filled.choices)
            if choices:
                found.setdefault(_list_name(table, column), choices)
    return found


def _list_name(table: Table, column: Column) -> str:
    if column.scheme:
        return column.scheme.rpartition("/")[2]
    if column.value == "boolean":
        return "true or false"
    if column.value == "reference":
        return " or ".join(column.kinds)
    return f"{table.title}: {column.title}" if column.value == "class" else column.title


class _Book:
    """Writes the workbook. A list stands in two columns of the sheet of lists: what is typed, and what it means."""

    def __init__(self, book: Any, form: Format, filled: Prefilled) -> None:
        self._book, self._form, self._filled = book, form, filled
        self._lists = _lists(form, filled)
        self._ranges: dict[str, str] = {}
        self._head = book.add_format({"bold": True, "bg_color": "#DCE6EC", "border": 1, "valign": "top"})
        self._needed = book.add_format(
            {"bold": True, "bg_color": "#1F4E5F", "font_color": "#FFFFFF", "border": 1, "valign": "top"}
        )
        self._bold = book.add_format({"bold": True, "font_size": 14})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self._number = book.add_format({"valign": "top"})

    def write(self) -> None:
        guide = self._book.add_worksheet(HOW_TO)
        sheets = {table.name: self._book.add_worksheet(table.title) for table in self._form.tables.values()}
        lists = self._book.add_worksheet(LISTS)
        self._write_lists(lists)
        for table in self._form.tables.values():
            self._write_table(sheets[table.name], table)
        self._write_guide(guide)
        guide.activate()

    def _write_lists(self, sheet: Any) -> None:
        for index, (name, choices) in enumerate(self._lists.items()):
            first = index * 2
            sheet.write_string(0, first, name, self._head)
            sheet.write_string(0, first + 1, "means", self._head)
            for row, (value, meaning) in enumerate(choices, 1):
                sheet.write_string(row, first, value, self._text)
                sheet.write_string(row, first + 1, meaning)
            self._ranges[name] = f"='{LISTS}'!{xl_range_abs(1, first, len(choices), first)}"
        sheet.freeze_panes(1, 0)
        sheet.autofit(max_width=260)

    def _write_table(self, sheet: Any, table: Table) -> None:
        sheet.freeze_panes(1, 1)
        _for_paper(sheet)
        sheet.hide_gridlines(0)
        if table.rows:
            sheet.set_tab_color("#1F4E5F")
        for index, column in enumerate(table.columns):
            form = self._form_of(column)
            width = _LISTED if column.enum else _WIDTHS.get(column.value, _LISTED)
            sheet.set_column(index, index, max(width, len(column.title) + 3), form)
            sheet.write_string(0, index, column.title, self._needed if column.required else self._head)
            sheet.write_comment(0, index, _help(column, self._form), {"x_scale": 2, "y_scale": 1.4, "visible": False})
            sheet.data_validation(1, index, _PREPARED, index, self._validation(table, column))
        for number, row in enumerate(self._filled.rows.get(table.name, ()), 1):
            for index, column in enumerate(table.columns):
                if row.get(column.name):
                    self._write_cell(sheet, number, index, column, row[column.name])

    def _write_cell(self, sheet: Any, row: int, index: int, column: Column, text: str) -> None:
        form = self._form_of(column)
        if column.value == "date" and not column.list:
            sheet.write_datetime(row, index, date.fromisoformat(text), form)
        elif column.value in ("number", "integer"):
            sheet.write_number(row, index, float(text), form)
        else:
            sheet.write_string(row, index, text, form)

    def _form_of(self, column: Column) -> Any:
        if column.value == "date" and not column.list:
            return self._day
        return self._number if column.value in ("number", "integer") else self._text

    def _validation(self, table: Table, column: Column) -> dict[str, Any]:
        """The prompt of a column's cells, and the drop-down where there is something to choose."""
        told = {"input_title": column.title[:_TITLE], "input_message": _shortened(_help(column, self._form), _MESSAGE)}
        name = _list_name(table, column)
        if column.value == "date" and not column.list:
            return told | {
                "validate": "date",
                "criteria": ">=",
                "value": _FROM_THE_FIRST,
                "error_type": "warning",
                "error_title": "Not a date",
                "error_message": "A date is expected, such as 2008-04-01.",
            }
        if choices := self._range(column, name):
            # What stands in the list may not be all: a cell can hold several values, or the key of a row to come.
            closed = bool(column.enum or column.scheme or column.value == "boolean") and not column.list
            return told | {
                "validate": "list",
                "source": choices,
                "show_error": closed,
                "error_title": "Not on the list",
                "error_message": "Choose one of the list: see the sheet Lists for what they mean.",
            }
        return told | {"validate": "any"}

    def _range(self, column: Column, name: str) -> str | None:
        """Where the choices of a column stand: on the sheet of lists, or where the keys of another table are."""
        if name in self._ranges and name in self._lists and choices_of(column, self._form, self._filled.choices):
            return self._ranges[name]
        kinds = [self._form.kinds[kind] for kind in column.kinds]
        if len(kinds) == 1 and kinds[0].table:
            table = self._form.tables[kinds[0].table]
            index = next(i for i, one in enumerate(table.columns) if one.name == "key")
            letter = xl_col_to_name(index)
            return f"='{table.title}'!${letter}$2:${letter}${_PREPARED + 1}"
        return None

    def _write_guide(self, sheet: Any) -> None:
        sheet.hide_gridlines(2)
        _for_paper(sheet)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 24)
        sheet.set_column(2, 2, 60)
        sheet.set_column(3, 3, 44)
        sheet.set_column(4, 4, 36)
        sheet.write_string(0, 0, self._form.title, self._bold)
        row = 2
        for number, way in enumerate(_WAYS, 1):
            sheet.merge_range(row, 0, row, 4, "", self._wrapped)
            sheet.write_string(row, 0, f"{number}.  {way}", self._wrapped)
            sheet.set_row(row, 30 if len(way) > 130 else 16)
            row += 1
        row += 1
        for index, title in enumerate(("Sheet", "Column", "What it says", "What it holds", "Example")):
            sheet.write_string(row, index, title, self._needed)
        for table in self._form.tables.values():
            row += 1
            sheet.write_string(row, 0, table.title, self._strong)
            sheet.write_string(row, 2, table.description, self._strong)
            for column in table.columns:
                row += 1
                needed = " Needed." if column.required else ""
                sheet.write_string(row, 1, column.title, self._strong if column.required else self._wrapped)
                sheet.write_string(row, 2, f"{column.description}{needed}", self._wrapped)
                sheet.write_string(row, 3, held(column, self._form), self._wrapped)
                sheet.write_string(row, 4, column.example, self._wrapped)


def _for_paper(sheet: Any) -> None:
    """A sheet as it is printed: across, all columns on one page, the titles on each."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.4)
    sheet.repeat_rows(0)
    sheet.print_row_col_headers()


def _help(column: Column, form: Format) -> str:
    """What belongs in the cells of a column."""
    needed = "Needed. " if column.required else ""
    holds = _shortened(held(column, form), 90)
    such = f" Such as: {column.example}" if column.example else ""
    return f"{column.description} {needed}Holds {holds}.{such}"


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 2].rstrip(" ,") + " …"
