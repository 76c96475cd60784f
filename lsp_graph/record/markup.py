"""
What stands in the sheets of a workbook beside values: what would be read as something that nobody wrote.

    XML of a workbook  ->  for each sheet its formulas, errors and merged cells, and how far it reaches

Expat reads it element by element, so that no sheet is ever in memory as a tree; a document type, which no program
writes here and whose entities can grow without limit, is refused.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from xml.parsers import expat

from lsp_graph.errors import InputError, Problem
from lsp_graph.record import limits
from lsp_graph.record.containers import member

Attributes = Mapping[str, str]
Place = tuple[int, int]
"""Row and column, both counted from 0."""

_CELL: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_CONSTANT: Final = re.compile(r"(of:)?=\s*(TRUE|FALSE)\(\)")
_DAYS: Final = 1_000_000
_MOST: Final = 1_000
"""Marks of one kind that are kept of a sheet."""


@dataclass
class Marks:
    """What a sheet has beside values. `rows` and `columns` say how far those with a value reach.

    Of an OpenDocument spreadsheet it has the values as well, and the places of those that are days.
    """

    formulas: dict[Place, str] = field(default_factory=dict)
    errors: set[Place] = field(default_factory=set)
    merged: dict[str, Place] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0
    hidden: bool = False
    cells: list[list[str]] = field(default_factory=list)
    days: set[Place] = field(default_factory=set)

    def reach(self, row: int, column: int) -> None:
        """Note that there is a value here."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)

    def formula(self, place: Place, text: str) -> None:
        """Note a formula, unless it is how a program writes true and false."""
        if not _CONSTANT.fullmatch(text) and len(self.formulas) < _MOST:
            self.formulas[place] = text

    def merge(self, area: str, place: Place) -> None:
        """Note merged cells and the first of them."""
        if len(self.merged) < _MOST:
            self.merged[area] = place


class _Damaged(Exception):
    """XML that is none, or may not be."""


def check_markup(data: bytes, name: str, paths: Iterable[str]) -> None:
    """Raise `InputError` where XML in a workbook is damaged, or has a document type."""
    try:
        for path in paths:
            text = member(data, name, path)
            if text is not None:
                _walk(text, lambda *_: None)
    except _Damaged as damage:
        raise InputError([Problem(name, None, f"its XML is damaged: {damage}", "a whole Excel workbook")]) from damage


def excel_marks(data: bytes, name: str) -> dict[str, Marks]:
    """The marks of each sheet of an Excel workbook, by its name. Raises `InputError` where its XML is damaged."""
    related: dict[str, str] = {}
    sheets: dict[str, str] = {}
    try:
        _walk(member(data, name, "xl/_rels/workbook.xml.rels") or b"", _relation(related))
        _walk(member(data, name, "xl/workbook.xml") or b"", _sheet_of(sheets))
        found = {}
        for sheet, relation in sheets.items():
            path = posixpath.normpath(posixpath.join("xl", related.get(relation, ""))).lstrip("/")
            path = path.removeprefix("xl/xl/") if path.startswith("xl/xl/") else path
            found[sheet] = _excel_sheet(member(data, name, path) or member(data, name, f"xl/{path}") or b"<empty/>")
    except _Damaged as damage:
        raise InputError([Problem(name, None, f"its XML is damaged: {damage}", "a whole Excel workbook")]) from damage
    return found


def open_document_marks(data: bytes, name: str) -> dict[str, Marks]:
    """The same of an OpenDocument spreadsheet. Raises `InputError` as `excel_marks` does."""
    reader = _OpenDocument()
    try:
        _walk(member(data, name, "content.xml") or b"", reader.begin, reader.end, reader.said)
    except _Damaged as damage:
        told = f"its XML is damaged: {damage}"
        raise InputError([Problem(name, None, told, "a whole OpenDocument spreadsheet")]) from damage
    return reader.sheets


def _walk(
    text: bytes,
    begin: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    said: Callable[[str], None] | None = None,
) -> None:
    """Tell of each element by its local name; of attributes, too."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def doctype(*_: object) -> None:
        raise _Damaged("it has a document type, whose entities can grow without limit")

    def started(name: str, attributes: dict[str, str]) -> None:
        begin(_local(name), {_local(one): value for one, value in attributes.items()})

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = started
    if end is not None:
        ended = end
        parser.EndElementHandler = lambda name: ended(_local(name))
    if said is not None:
        parser.CharacterDataHandler = said
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise _Damaged(f"{expat.ErrorString(error.code)}, line {error.lineno}") from error


@lru_cache(maxsize=1_000)
def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _relation(found: dict[str, str]) -> Callable[[str, Attributes], None]:
    def begin(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            found[attributes.get("Id", "")] = attributes.get("Target", "")

    return begin


def _sheet_of(found: dict[str, str]) -> Callable[[str, Attributes], None]:
    def begin(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            found[attributes.get("name", "")] = attributes.get("id", "")

    return begin


def _excel_sheet(text: bytes) -> Marks:
    marks = Marks()
    row, column, formula = -1, -1, list[str]()

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal row, column
        match name:
            case "row":
                row = int(attributes["r"]) - 1 if attributes.get("r", "").isdigit() else row + 1
                column = -1
            case "c":
                row, column = (
                    _place(attributes["r"]) or (max(row, 0), column + 1)
                    if "r" in attributes
                    else (
                        max(row, 0),
                        column + 1,
                    )
                )
                if attributes.get("t") == "e":
                    marks.errors.add((row, column))
            case "v" | "is":
                marks.reach(row, column)
            case "f":
                formula[:] = ["="]
            case "mergeCell":
                area = attributes.get("ref", "")
                marks.merge(area, _place(area.partition(":")[0]) or (0, 0))
            case _:
                pass

    def end(name: str) -> None:
        if name == "f":
            marks.reach(row, column)
            marks.formula((row, column), "".join(formula))
            formula.clear()

    def said(text: str) -> None:
        if formula:
            formula.append(text)

    _walk(text, begin, end, said)
    return marks


class _OpenDocument:
    """Reads content.xml; rows and cells that are repeated count as often as they are.

    Within the limits it keeps the values of cells, too.
    """

    def __init__(self) -> None:
        self.sheets: dict[str, Marks] = {}
        self._marks = Marks()
        self._row = self._column = 0
        self._repeated = 1
        self._style = ""
        self._hidden: set[str] = set()
        self._values: list[str] = []
        self._cell_of: Attributes = {}
        self._text: list[str] | None = None
        self._aside = 0

    def begin(self, name: str, attributes: Attributes) -> None:
        match name:
            case "style":
                self._style = attributes.get("name", "")
            case "table-properties" if attributes.get("display") == "false":
                self._hidden.add(self._style)
            case "table":
                self._marks = self.sheets.setdefault(attributes.get("name", ""), Marks())
                self._marks.hidden = attributes.get("style-name") in self._hidden
                self._row = 0
            case "table-row":
                self._column, self._repeated = 0, _number(attributes.get("number-rows-repeated"))
                self._values = []
            case "table-cell" | "covered-table-cell":
                self._cell_of, self._text = attributes, []
                self._cell(attributes)
            case "annotation":
                self._aside += 1
            case "p" if self._text:
                self._text.append("\n")
            case "s" | "tab" if self._text is not None:
                self._text.append(" ")
            case _:
                pass

    def said(self, text: str) -> None:
        """Keep the text of a cell, without the notes to it."""
        if self._text is not None and not self._aside:
            self._text.append(text)

    def end(self, name: str) -> None:
        match name:
            case "annotation":
                self._aside -= 1
            case "table-cell" | "covered-table-cell" if self._text is not None:
                repeated = _number(self._cell_of.get("number-columns-repeated"))
                value = _value(self._cell_of, "".join(self._text))
                self._values += [value] * min(repeated, limits.COLUMNS + 1 - len(self._values))
                self._text = None
            case "table-row":
                if any(self._values) and self._row < limits.ROWS:
                    cells = self._marks.cells
                    cells += [[] for _ in range(self._row - len(cells))]
                    cells += [self._values] * min(self._repeated, limits.ROWS - self._row)
                self._row += self._repeated
            case _:
                pass

    def _cell(self, attributes: Attributes) -> None:
        place, marks = (self._row, self._column), self._marks
        repeated = _number(attributes.get("number-columns-repeated"))
        if "formula" in attributes:
            marks.formula(place, attributes["formula"].removeprefix("of:"))
        if "value-type" in attributes or "formula" in attributes:
            marks.reach(self._row + self._repeated - 1, self._column + repeated - 1)
            if attributes.get("value-type") == "date" and len(marks.days) < _DAYS:
                marks.days.add(place)
        down, across = (_number(attributes.get(f"number-{one}-spanned")) for one in ("rows", "columns"))
        if down > 1 or across > 1:
            last = cell_name(self._row + down - 1, self._column + across - 1)
            marks.merge(f"{cell_name(*place)}:{last}", place)
        self._column += repeated


def _value(attributes: Attributes, text: str) -> str:
    """A cell of an OpenDocument spreadsheet as the CSV of a record has it."""
    match attributes.get("value-type"):
        case "date":
            return attributes.get("date-value", "").removesuffix("T00:00:00")
        case "boolean":
            return attributes.get("boolean-value", "")
        case "float" | "currency" | "percentage":
            return attributes.get("value", "")
        case _:
            return text


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 8 else 1


def _place(reference: str) -> Place | None:
    """The place of a cell that is named as in `B12`."""
    match = _CELL.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def cell_name(row: int, column: int) -> str:
    """A cell as spreadsheets name it: `B12`."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def too_far(marks: Marks) -> str | None:
    """How far a sheet reaches, where that is too far to be read."""
    if marks.rows > limits.ROWS:
        return f"{marks.rows:,} rows"
    return f"{marks.columns:,} columns" if marks.columns > limits.COLUMNS else None
