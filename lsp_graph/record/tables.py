"""
Read the tables of a record as they are written: text, with the place of each row.

    folder of CSV files + format  ->  rows of text by table, and what is wrong with the files themselves
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from rapidfuzz import process, utils

from lsp_graph.errors import Problem
from lsp_graph.layout import shown
from lsp_graph.record.format import Format, Table

NEAREST: Final = 3
CUTOFF: Final = 60


@dataclass(frozen=True)
class TextRow:
    """A row as it is written: its cells without the empty ones, and where it stands (`line` counts the header as 1)."""

    file: str
    line: int
    cells: Mapping[str, str]


Tables = Mapping[str, Sequence[TextRow]]


def read_tables(folder: Path, form: Format) -> tuple[dict[str, list[TextRow]], list[Problem]]:
    """The rows of each table that the folder has, and every problem of its files and their headers.

    Files are UTF-8, with or without a byte order mark; lines without a value are passed over.
    """
    if not folder.is_dir():
        return {}, [Problem(shown(folder), None, "no such folder", "a folder with the CSV files of a record")]
    problems: list[Problem] = []
    known = {table.file: table for table in form.tables.values()}
    found: dict[str, list[TextRow]] = {}
    for path in sorted(folder.glob("*.csv")):
        table = known.get(path.name)
        if table is None:
            problems.append(Problem(shown(path), None, "no table of this format", _one_of(path.name, list(known))))
            continue
        rows, told = _read(path, table)
        found[table.name] = rows
        problems += told
    for table in form.tables.values():
        rows = found.setdefault(table.name, [])
        file = shown(folder / table.file)
        if table.rows == "some" and not rows:
            problems.append(Problem(file, None, "no row", "at least one row"))
        elif table.rows == "one" and len(rows) != 1:
            problems.append(Problem(file, None, f"{len(rows)} rows", "one row"))
    return found, problems


def nearest(text: str, choices: Mapping[str, str] | Sequence[str]) -> list[str]:
    """What may have been meant: of the choices (or the keys of what they are called) those most like the text."""
    wanted = utils.default_process(text)
    same = [choice for choice in choices if utils.default_process(choice) == wanted]
    if same:
        return same[:NEAREST]
    near = process.extract(text, choices, processor=utils.default_process, limit=NEAREST, score_cutoff=CUTOFF)
    return [str(entry[2] if isinstance(choices, Mapping) else entry[0]) for entry in near]


def _read(path: Path, table: Table) -> tuple[list[TextRow], list[Problem]]:
    file = shown(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [Problem(file, None, f"byte {error.start} is not UTF-8", "UTF-8 text")]
    except OSError as error:
        return [], [Problem(file, None, f"cannot be read ({error.strerror})", "a readable CSV file")]
    lines = _lines(text)
    problems: list[Problem] = []
    rows: list[TextRow] = []
    try:
        _, header = next(lines, (1, []))
        problems += _header_problems(file, [name.strip() for name in header], table)
        names = [name.strip() for name in header]
        for line, cells in lines:
            if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
                problems.append(Problem(file, line, f"{len(cells)} cells", f"{len(names)} cells, as in the header"))
            named = zip(names, (cell.strip() for cell in cells), strict=False)
            filled = {name: cell for name, cell in named if cell and table.column(name)}
            if filled:
                rows.append(TextRow(file, line, filled))
    except csv.Error as error:
        problems.append(Problem(file, None, str(error), "a CSV file"))
    return rows, problems


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record of a CSV text with the number of the line on which it begins."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def _header_problems(file: str, names: Sequence[str], table: Table) -> Iterator[Problem]:
    declared = [column.name for column in table.columns]
    for name in sorted(set(names) - set(declared)):
        yield Problem(file, 1, f"column {name!r}", _one_of(name, declared))
    for name in sorted({name for name in names if names.count(name) > 1 and name in declared}):
        yield Problem(file, 1, f"column {name!r} twice", "each column once")
    for column in table.columns:
        if column.required and column.name not in names:
            yield Problem(file, 1, f"no column {column.name!r}", f"the column: {column.description}")


def _one_of(name: str, choices: Sequence[str]) -> str:
    near = nearest(name, choices)
    return f"{' or '.join(near)}?" if near else "one of " + ", ".join(choices)
