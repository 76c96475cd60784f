"""
Read the tables of a record as they are written: text, with the place of each row.

    CSV files + format  ->  rows of text by table, and what is wrong with the files themselves

A column goes by its name or its title. What no cell may hold (`text_problems`) is the same for every form of record.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path, PurePath
from typing import Final

from rapidfuzz import process, utils

from lsp_graph.errors import Problem
from lsp_graph.formulas import unguarded
from lsp_graph.layout import shown
from lsp_graph.record import limits
from lsp_graph.record.format import Column, Format, Table

NEAREST: Final = 3
CUTOFF: Final = 60

_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "upright strokes"}
_LINE_BREAKS: Final = "\n\r\t"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_AS_UTF_8: Final = "UTF-8 text (in a spreadsheet program: save as CSV UTF-8)"


@dataclass(frozen=True)
class TextRow:
    """A row as it is written: its cells without the empty ones, and where it stands (`line` counts the header as 1).

    `sheet` is named where the file is a workbook. An empty cell is one of which something was told already.
    """

    file: str
    line: int
    cells: Mapping[str, str]
    sheet: str | None = None


Tables = Mapping[str, Sequence[TextRow]]


class Unread(list[TextRow]):
    """The rows of a table that is not there as it should be, which was told: what its keys are is not known."""


@dataclass(frozen=True)
class Header:
    """The first row of a table: its cells as written, the column that each means, what is wrong (value, expected).

    `lacking` are the columns that have to be there and are not. `misread` says that no row can be read by it.
    """

    named: tuple[str, ...]
    columns: tuple[Column | None, ...]
    problems: tuple[tuple[str, str], ...]
    lacking: tuple[str, ...] = ()
    misread: bool = False

    @property
    def missing(self) -> dict[str, str]:
        """An empty cell for each column that has to be there and is not."""
        return dict.fromkeys(self.lacking, "")


def read_tables(
    folder: Path, form: Format, called: str | None = None
) -> tuple[dict[str, list[TextRow]], list[Problem]]:
    """The rows of each table that the folder has, and every problem of its files and their headers.

    Files are UTF-8, with or without a byte order mark; lines without a value are passed over. `called` is the folder's
    name in messages, where that is not its path.
    """
    name = shown(folder) if called is None else called
    if not folder.is_dir():
        return {}, [Problem(name, None, "no such folder", "a folder with the CSV files of a record")]
    files: list[tuple[str, bytes]] = []
    unread: list[str] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.csv")):
        file = f"{name}/{path.name}"
        try:
            size = path.stat().st_size
            if size > limits.FILE_BYTES:
                problems.append(Problem(file, None, f"{size:,} bytes", f"at most {limits.FILE_BYTES:,}"))
                unread.append(path.stem)
            else:
                files.append((file, path.read_bytes()))
        except OSError as error:
            problems.append(Problem(file, None, f"cannot be read ({error.strerror})", "a readable CSV file"))
            unread.append(path.stem)
    if not files and not problems:
        return {}, [Problem(name, None, "no CSV file in it", "the CSV files of a record")]
    found, told = read_files(files, form)
    found.update({table: Unread() for table in unread if table in form.tables})
    return found, problems + told + lacking(found, form, name)


def read_files(files: Iterable[tuple[str, bytes]], form: Format) -> tuple[dict[str, list[TextRow]], list[Problem]]:
    """The rows of each table among CSV files, given by name as it is told and content; and what is wrong with them."""
    problems: list[Problem] = []
    known = {table.file: table for table in form.tables.values()}
    found: dict[str, list[TextRow]] = {}
    for file, data in files:
        table = known.get(PurePath(file).name)
        if table is None:
            problems.append(Problem(file, None, "no table of this format", _one_of(PurePath(file).name, list(known))))
        elif table.name in found:
            problems.append(Problem(file, None, f"a second {table.file}", "each table once"))
        else:
            found[table.name], told = _read(file, data, table)
            problems += told
    return found, problems


def lacking(found: dict[str, list[TextRow]], form: Format, name: str, *, sheets: bool = False) -> list[Problem]:
    """What a record lacks that it must have. `found` gets an empty list for each table that is not there."""
    problems = []
    for table in form.tables.values():
        rows = found.setdefault(table.name, [])
        if isinstance(rows, Unread):
            continue
        if table.rows == "some" and not rows:
            found[table.name] = Unread()
        file, sheet = (name, table.title) if sheets else (f"{name}/{table.file}", None)
        if table.rows == "some" and not rows:
            problems.append(Problem(file, None, "no row", "at least one row", sheet=sheet))
        elif table.rows == "one" and len(rows) != 1:
            problems.append(Problem(file, None, f"{len(rows)} rows", "one row", sheet=sheet))
    return problems


def read_header(cells: Sequence[str], table: Table, *, titles: bool = False) -> Header:
    """What the first row of a table means. `titles` says that people know its columns by title, not by name."""
    named = tuple(cell.strip() for cell in cells)
    columns = tuple(_meant(name, table) for name in named)
    if not any(columns):
        return Header(named, columns, (_unread(cells, titles),), misread=True)
    called = [column.title if titles else column.name for column in table.columns]
    problems = [
        (f"column {name!r}", _one_of(name, called))
        for name in sorted({name for name, column in zip(named, columns, strict=True) if name and column is None})
    ]
    for column, name in zip(table.columns, called, strict=True):
        if columns.count(column) > 1:
            problems.append((f"column {name!r} twice", "each column once"))
        if column.required and column not in columns:
            problems.append((f"no column {name!r}", f"the column: {column.description}"))
    lacking = tuple(column.name for column in table.columns if column.required and column not in columns)
    twice = any(column is not None and columns.count(column) > 1 for column in columns)
    return Header(named, columns, tuple(problems), lacking, misread=twice)


def text_problems(text: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the text of a cell, whatever its column: value and what would be right."""
    if len(text) > limits.CELL_CHARACTERS:
        yield f"{len(text):,} characters", f"at most {limits.CELL_CHARACTERS:,}"
    if text.startswith("="):
        yield repr(text[:80]), "a text that does not begin with =, which spreadsheets take for a formula"
    for sign in sorted(
        sign for sign in set(text) if sign not in _LINE_BREAKS and unicodedata.category(sign) in _UNSEEN
    ):
        named = unicodedata.name(sign, "a control character").lower()
        yield f"the sign U+{ord(sign):04X} ({named})", "text that can be seen"


def nearest(text: str, choices: Mapping[str, str] | Sequence[str], cutoff: int = CUTOFF) -> list[str]:
    """What may have been meant: of the choices (or the keys of what they are called) those most like the text.

    `cutoff` is how like they have to be, of 100.
    """
    wanted = utils.default_process(text)
    same = [choice for choice in choices if utils.default_process(choice) == wanted]
    if same:
        return same[:NEAREST]
    near = process.extract(text, choices, processor=utils.default_process, limit=NEAREST, score_cutoff=cutoff)
    return [str(entry[2] if isinstance(choices, Mapping) else entry[0]) for entry in near]


def _read(file: str, data: bytes, table: Table) -> tuple[list[TextRow], list[Problem]]:
    if data.startswith(_WIDE):
        return Unread(), [Problem(file, None, "text in UTF-16", _AS_UTF_8)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        told = f"byte {error.start} ({data[error.start]:02X}) is not UTF-8"
        return Unread(), [Problem(file, line, told, _AS_UTF_8)]
    lines = _lines(text)
    problems: list[Problem] = []
    rows: list[TextRow] = []
    try:
        _, cells = next(lines, (1, []))
        header = read_header(cells, table)
        problems += [Problem(file, 1, value, expected) for value, expected in header.problems]
        if header.misread:
            return Unread(), problems
        for line, cells in lines:
            if len(rows) >= limits.ROWS:
                problems.append(Problem(file, line, "more rows", f"at most {limits.ROWS:,}"))
                return Unread(), problems
            if any(cell.strip() for cell in cells[len(header.named) :]):
                told = f"{len(cells)} cells"
                problems.append(Problem(file, line, told, f"{len(header.named)} cells, as in the header"))
            named = zip(header.columns, (unguarded(cell.strip()) for cell in cells), strict=False)
            filled = {column.name: cell for column, cell in named if cell and column}
            for column, cell in filled.items():
                problems += [Problem(file, line, value, right, column) for value, right in text_problems(cell)]
            if filled:
                rows.append(TextRow(file, line, header.missing | filled))
    except csv.Error as error:
        problems.append(Problem(file, None, str(error), "a CSV file"))
        return Unread(), problems
    return rows, problems


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record of a CSV text with the number of the line on which it begins."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def _meant(name: str, table: Table) -> Column | None:
    """The column that goes by this name or title."""
    called = name.casefold()
    return table.column(name) or next((one for one in table.columns if one.title.casefold() == called), None)


def _unread(cells: Sequence[str], titles: bool) -> tuple[str, str]:
    """What is wrong with a first row that names no column."""
    if len(cells) == 1:
        for sign, words in _SEPARATORS.items():
            if sign in cells[0]:
                return f"columns separated by {words}", "columns separated by commas"
    said = ", ".join(cell.strip() for cell in cells if cell.strip())[:80]
    wanted = f"the {'titles' if titles else 'names'} of the columns in the first row"
    return (f"no column of this table in {said!r}" if said else "an empty first row"), wanted


def _one_of(name: str, choices: Sequence[str]) -> str:
    near = nearest(name, choices)
    return f"{' or '.join(near)}?" if near else "one of " + ", ".join(choices)
