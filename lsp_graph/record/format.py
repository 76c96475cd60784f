"""
The format of a record: its tables and columns, as declared in `schema/`.

    schema/record.json, schema/record/*.json  ->  Format

Each table is a JSON Table Schema (https://specs.frictionlessdata.io/table-schema/). Beside each column, under `rdf`,
stands what its cells state: the property, and the kind of value. Nothing about tables or columns is said elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

SCHEMA: Final = Path(__file__).parent / "schema"
SEPARATOR: Final = ";"
"""Stands between the values of a cell that holds several."""


@dataclass(frozen=True)
class Kind:
    """A kind of thing that cells refer to by key.

    `table` holds those that the record itself tells of; `iri` is the form of the IRIs of those that stand elsewhere;
    `alone` marks the one thing that is written by the kind alone (`partnership`); `legislation` provisions of the law.
    """

    name: str
    table: str | None = None
    iri: str | None = None
    alone: bool = False
    legislation: bool = False


@dataclass(frozen=True)
class Column:
    """A column: how people know it, what its cells may hold, and what they state.

    `value` is the kind of value: key, label, text, date, number, integer, boolean, uri, class, concept (of the code
    list `scheme`), reference (to one of `kinds`), rank, document, place, confidence, none. `properties` has the
    property stated, by the value of the column `by` where there are several; `inverse` states it of the thing
    referred to.
    """

    name: str
    title: str
    description: str
    example: str
    type: str
    value: str
    properties: Mapping[str, str]
    by: str | None
    inverse: bool
    list: bool
    kinds: tuple[str, ...]
    scheme: str | None
    required: bool
    unique: bool
    enum: tuple[str, ...]
    pattern: str | None
    minimum: float | None


@dataclass(frozen=True)
class Table:
    """A table: what it is for, its columns, and the thing that a row is about.

    `iri` is the form of that thing's IRI, `types` its classes, `constants` what is stated of each such thing (the form
    of a prefixed name by property), `label` the form of its label where no column has it.
    `rows` is "one" or "some" where there must be as many. `schema` is the Table Schema as declared.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    iri: str
    types: tuple[str, ...]
    constants: Mapping[str, str]
    label: str | None
    rows: str | None
    schema: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def file(self) -> str:
        """The name of its CSV file."""
        return f"{self.name}.csv"

    def column(self, name: str) -> Column | None:
        """The column of this name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class Format:
    """All tables, in the order in which they are filled in, and the kinds of thing that cells refer to."""

    name: str
    title: str
    description: str
    tables: Mapping[str, Table]
    kinds: Mapping[str, Kind]


@cache
def read_format(name: str = "record", folder: Path = SCHEMA) -> Format:
    """The format of this name: `record`, a partnership's own, or `register`, that of an invented country."""
    said = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    schemas = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (folder / name).glob("*.json")}
    ordered = sorted(schemas, key=lambda table: schemas[table]["rdf"]["order"])
    return Format(
        name=name,
        title=said["title"],
        description=said["description"],
        tables={table: _table(table, schemas[table]) for table in ordered},
        kinds={kind: Kind(kind, **about) for kind, about in said["kinds"].items()},
    )


def _table(name: str, schema: Mapping[str, Any]) -> Table:
    rdf = schema["rdf"]
    return Table(
        name=name,
        title=schema["title"],
        description=schema["description"],
        columns=tuple(_column(declared) for declared in schema["fields"]),
        primary_key=_texts(schema.get("primaryKey", ())),
        iri=rdf["iri"],
        types=_texts(rdf.get("types", ())),
        constants=rdf.get("constants", {}),
        label=rdf.get("label"),
        rows=rdf.get("rows"),
        schema=schema,
    )


def _column(declared: Mapping[str, Any]) -> Column:
    rdf, constraints = declared["rdf"], declared.get("constraints", {})
    stated = rdf.get("property", {})
    return Column(
        name=declared["name"],
        title=declared["title"],
        description=declared["description"],
        example=declared["example"],
        type=declared["type"],
        value=rdf["value"],
        properties={"": stated} if isinstance(stated, str) else stated,
        by=rdf.get("by"),
        inverse=rdf.get("inverse", False),
        list=rdf.get("list", False),
        kinds=_texts(rdf.get("kinds", ())),
        scheme=rdf.get("scheme"),
        required=constraints.get("required", False),
        unique=constraints.get("unique", False),
        enum=_texts(constraints.get("enum", ())),
        pattern=constraints.get("pattern"),
        minimum=constraints.get("minimum"),
    )


def _texts(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(values)
