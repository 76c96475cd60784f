"""
Read a source folder: its data package, checked, as typed rows that know their file and line.

    folder  ->  Package, or every problem in it

frictionless does the checking (Data Package v1, Table Schema); this is its only door.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import frictionless
from frictionless import system
from frictionless.resources import TableResource

from lsp_graph.errors import InputError, Problem
from lsp_graph.layout import shown

Cell = str | int | float | bool | date | None

_STATEMENT_COLUMNS = ("document", "place", "confidence")
_ALL = 100_000
_PACKAGE_FIELDS = ("name", "title", "licenses", "sources", "attribution", "publisher", "resources")


@dataclass(frozen=True)
class Row:
    """One row of a table: its typed cells (None where empty) and where it stands (`line` counts the header as 1)."""

    source: str
    table: str
    file: str
    line: int
    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        return self.cells[column]

    def text(self, column: str) -> str:
        """The cell as text. Raises `InputError` naming the row when the cell is empty."""
        value = self.cells[column]
        if value is None:
            raise InputError([Problem(self.file, self.line, f"{column} is empty", "a value")])
        return str(value)

    def list(self, column: str) -> list[str]:
        """The parts of a cell that holds several values, separated by `;` (empty list for an empty cell)."""
        value = self.cells[column]
        return [] if value is None else [part.strip() for part in str(value).split(";") if part.strip()]

    def day(self, column: str) -> date | None:
        """The cell of a date column, or None where it is empty."""
        value = self.cells[column]
        if value is None or isinstance(value, date):
            return value
        raise InputError([Problem(self.file, self.line, f"{column} {value!r}", "a column of type date")])


@dataclass(frozen=True)
class Package:
    """A source: what it is called, on what terms it may be used, and its tables."""

    name: str
    title: str
    description: str
    licence: str
    attribution: str
    publisher: str
    origins: tuple[str, ...]
    tables: Mapping[str, tuple[Row, ...]]


def read_package(folder: Path) -> Package:
    """Read and check the data package in `folder`.

    Returns the package with all its rows typed. Raises `InputError` with every problem in every table: file, line,
    value, and what would be right. Nothing of a package with a problem is returned.
    """
    descriptor = folder / "datapackage.json"
    described = _descriptor(descriptor)
    _check_tables(descriptor, described)
    with system.use_context(trusted=True):
        package = frictionless.Package(str(descriptor))
        problems = list(_problems(folder, package))
        if problems:
            raise InputError(problems)
        tables = {
            resource.name: tuple(
                Row(described["name"], resource.name, shown(folder / str(resource.path)), line, cells)
                for line, cells in _rows(cast(TableResource, resource))
            )
            for resource in package.resources
        }
    licence = described["licenses"][0]
    return Package(
        name=described["name"],
        title=described["title"],
        description=described.get("description", ""),
        licence=licence.get("path", licence["name"]),
        attribution=described["attribution"],
        publisher=described["publisher"],
        origins=tuple(origin.get("path") or origin["title"] for origin in described["sources"]),
        tables=tables,
    )


def _rows(resource: TableResource) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    for row in resource.read_rows():
        yield row.row_number, row.to_dict()


def _descriptor(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError([Problem(shown(path), None, "no such file", "a data package")]) from None
    except UnicodeDecodeError as error:
        raise InputError([Problem(shown(path), None, f"byte {error.start} is not UTF-8", "UTF-8 text")]) from error
    except json.JSONDecodeError as error:
        raise InputError([Problem(shown(path), error.lineno, error.msg, "JSON")]) from error
    if not isinstance(described, dict):
        raise InputError([Problem(shown(path), 1, type(described).__name__, "a JSON object")])
    missing = [field for field in _PACKAGE_FIELDS if not described.get(field)]
    if missing:
        raise InputError([Problem(shown(path), None, f"{field} is missing", "the field") for field in missing])
    if described["name"] != path.parent.name:
        raise InputError([Problem(shown(path), None, f"name {described['name']!r}", f"{path.parent.name!r}")])
    return described


def _check_tables(descriptor: Path, described: Mapping[str, Any]) -> None:
    """Every table says who says so: `document`, `place` and `confidence` are among its columns."""
    problems = []
    for resource in described["resources"]:
        columns = {field["name"] for field in resource.get("schema", {}).get("fields", [])}
        problems += [
            Problem(shown(descriptor), None, f"table {resource.get('name')!r} has no column {column!r}", "the column")
            for column in _STATEMENT_COLUMNS
            if column not in columns
        ]
    if problems:
        raise InputError(problems)


def _problems(folder: Path, package: frictionless.Package) -> Iterator[Problem]:
    described = {str(resource.path): resource for resource in package.resources}
    for resource in package.resources:
        resource.encoding = "utf-8"
    report = package.validate(limit_errors=_ALL)
    for task in report.tasks:
        fields = {field.name: field for field in described[str(task.place)].schema.fields}
        file = shown(folder / str(task.place))
        yield from {_problem(file, error, fields) for error in task.errors}
    for error in report.errors:
        yield Problem(shown(folder / "datapackage.json"), None, error.note, "a valid data package")


def _problem(file: str, error: frictionless.Error, fields: Mapping[str, Any]) -> Problem:
    """Our words for one error of frictionless: the cell, and what its column wants."""
    line = getattr(error, "row_number", None)
    name = getattr(error, "field_name", None)
    field = fields.get(name or "")
    match error.type:
        case "type-error" | "constraint-error" if field is not None:
            cell = getattr(error, "cell", None) or ""
            return Problem(file, line, f"{name} {cell!r}", _wanted(field))
        case "missing-label":
            return Problem(file, 1, f"no column {name!r}", f"the columns {', '.join(fields)}")
        case "missing-cell":
            return Problem(file, line, f"too few cells, none for {name!r}", f"{len(fields)} cells")
        case "extra-cell":
            return Problem(file, line, "more cells than columns", f"{len(fields)} cells")
        case "extra-label" | "incorrect-label" | "blank-label" | "duplicate-label":
            label = getattr(error, "label", name)
            return Problem(file, 1, f"column {label!r}", f"the columns {', '.join(fields)}")
        case "blank-row":
            return Problem(file, line, "an empty line", "a row of cells")
        case "unique-error" | "primary-key":
            cells = ", ".join(str(cell) for cell in getattr(error, "cells", []) if cell) if field is None else ""
            value = f"{name} {getattr(error, 'cell', '')!r}" if field is not None else f"row {cells!r}"
            return Problem(file, line, value, "a key that no other row has")
        case "foreign-key":
            cells = ", ".join(str(cell) for cell in getattr(error, "cells", []) if cell)
            return Problem(file, line, cells, f"a key of the table it points to ({error.note.rstrip('.')})")
        case "encoding-error":
            return Problem(file, None, "not UTF-8", "UTF-8 text")
        case "scheme-error" | "source-error":
            return Problem(file, None, "cannot be read", f"a CSV file ({error.note.rstrip('.')})")
        case _:
            return Problem(file, line, error.title.lower(), error.note.rstrip("."))


_FORMS = {"date": "a date YYYY-MM-DD", "integer": "a whole number", "number": "a number", "boolean": "true or false"}


def _wanted(field: Any) -> str:
    """What a column wants in its cells, from its type and constraints in the table schema."""
    constraints = field.constraints
    if "enum" in constraints:
        return "one of " + ", ".join(str(value) for value in constraints["enum"])
    wanted = _FORMS.get(field.type, "text")
    if "pattern" in constraints:
        wanted += f" of the form {constraints['pattern']}"
    for bound, words in (("minimum", "at least"), ("maximum", "at most")):
        if bound in constraints:
            wanted += f", {words} {constraints[bound]}"
    return wanted if not constraints.get("required") else f"{wanted}, not empty"
