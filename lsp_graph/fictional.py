"""
The worlds of invented places: read, and concluded from by the same rules as the real register.

    data/fictional/ + what is true anywhere  ->  the quads of each world, in graphs of its own

`fictional` is the register of an invented country with the complete records of its partnerships. `fictional-breaches`
is the same with one breach of each rule of the rulebook planted: `breaches/changes.csv` says which cells differ, and
`breaches/*.ru` changes what the format would not let anyone write.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from lsp_graph.derive import apply_rules, closure
from lsp_graph.errors import InputError, Problem
from lsp_graph.layout import shown
from lsp_graph.namespaces import BASE, GRAPH, ID, LEGISLATION, RDFS, graph, resource
from lsp_graph.record import (
    Format,
    Origin,
    Record,
    Tables,
    TextRow,
    check_tables,
    read_format,
    read_tables,
    record_key,
    record_quads,
)
from lsp_graph.record.codes import local_name
from lsp_graph.store.worlds import WORLDS, common, prefix

REGISTER: Final = "register"
CHANGES: Final = "changes.csv"
_FOLDER: Final = "fictional"
_BREACHED: Final = "fictional-breaches"
_LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
_SAID: Final = "Invented to show and to test what a complete record looks like. Nothing in it is true of any place."


@dataclass(frozen=True)
class Change:
    """One cell of a breach: in which record and table, of which row; without a column the whole row goes."""

    rule: str
    record: str
    table: str
    key: str
    column: str
    value: str
    line: int


@dataclass(frozen=True)
class Folder:
    """The tables of one folder; `name` is the register's or the record's, `key` what its IRIs are made with."""

    name: str
    key: str
    form: Format
    tables: Tables
    problems: tuple[Problem, ...]


def read_worlds(data: Path, published: Iterable[Quad], written: Collection[Quad] = ()) -> set[Quad]:
    """The quads of all worlds that `data` has places for; `published` are those of the real register.

    `written` is what a store holds in graphs that were written to, records of these places among it.

    Raises `InputError` with all problems of a world's files.
    """
    if not (data / _FOLDER).is_dir():
        return set()
    shared = set(common(published))
    return set().union(*(read_world(data / _FOLDER, world, shared, written) for world in WORLDS))


def read_world(folder: Path, world: str, shared: set[Quad], written: Collection[Quad] = ()) -> set[Quad]:
    """The quads of one world; `shared` is what is true anywhere. Raises `InputError` with all problems of its files."""
    begins = prefix(world).removeprefix(str(GRAPH))
    folders = read_folders(folder)
    if world == _BREACHED:
        file = folder / "breaches" / CHANGES
        changes = read_changes(file, folders)
        folders = [changed(one, changes, shown(file)) for one in folders]
    stated = _stated(folders, begins, _known(shared))
    if world == _BREACHED:
        stated = _updated(stated, sorted((folder / "breaches").glob("*.ru")))
    stated |= _kept(stated, written, begins)
    whole = shared | stated
    inferred = closure(whole, graph(f"{begins}inferred"))
    return stated | inferred | apply_rules(whole | inferred, graph(f"{begins}derived"))


def _kept(stated: Iterable[Quad], written: Iterable[Quad], begins: str) -> set[Quad]:
    """What was written into graphs of this world that its files have nothing in, and that hold nothing concluded."""
    made = {quad.graph_name for quad in stated} | {graph(f"{begins}inferred"), graph(f"{begins}derived")}
    own = graph(begins).value
    return {
        quad
        for quad in written
        if isinstance(quad.graph_name, NamedNode)
        and quad.graph_name.value.startswith(own)
        and quad.graph_name not in made
    }


def read_folders(folder: Path) -> list[Folder]:
    """The register, then the records, as they are written."""
    found = []
    for path in [folder / REGISTER, *sorted((folder / "records").iterdir())]:
        form = read_format(REGISTER if path.name == REGISTER else "record")
        tables, problems = read_tables(path, form)
        key = _FOLDER if path.name == REGISTER else record_key(tables)
        found.append(Folder(path.name, key, form, tables, tuple(problems)))
    return found


def read_changes(file: Path, folders: Iterable[Folder]) -> list[Change]:
    """The changes in a file. Raises `InputError` with every line that fits none of these folders."""
    wanted = [name for name in Change.__dataclass_fields__ if name != "line"]
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        header = next(reader, [])
        if header != wanted:
            raise InputError([Problem(shown(file), 1, ",".join(header), f"the columns {', '.join(wanted)}")])
        rows = [(reader.line_num, cells) for cells in reader]
    known = {folder.name: folder for folder in folders}
    whole = [(line, dict(zip(wanted, cells, strict=True))) for line, cells in rows if len(cells) == len(wanted)]
    changes = [Change(**cells, line=line) for line, cells in whole]
    problems = [
        Problem(shown(file), line, f"{len(cells)} cells", f"{len(wanted)} cells")
        for line, cells in rows
        if len(cells) != len(wanted)
    ]
    for change in changes:
        expected = _lacking(change, known)
        if expected:
            problems.append(Problem(shown(file), change.line, f"{change.record} {change.table} {change.key}", expected))
    if problems:
        raise InputError(problems)
    return changes


def _lacking(change: Change, folders: Mapping[str, Folder]) -> str | None:
    """What a change would have to name, where what it names is not there."""
    folder = folders.get(change.record)
    if folder is None:
        return f"one of {', '.join(folders)}"
    table = folder.form.tables.get(change.table)
    if table is None:
        return f"one of {', '.join(folder.form.tables)}"
    if change.column and table.column(change.column) is None:
        return f"a column of {change.table}, not {change.column}"
    if len(change.key.split("+")) != len(_key(folder, change.table)):
        return f"a key of {' and '.join(_key(folder, change.table))}, with + between"
    return None


def changed(folder: Folder, changes: Iterable[Change], file: str) -> Folder:
    """The tables with the changes made to them; `file` holds the changes.

    Rows go by the key that they had before; a key of several columns has `+` between its parts, and a key that no row
    has is that of a new one. A row that a change touches stands where its last change does.
    """
    keyed = {
        name: {"+".join(row.cells.get(column, "") for column in _key(folder, name)): row for row in rows}
        for name, rows in folder.tables.items()
    }
    for change in changes:
        if change.record != folder.name:
            continue
        rows = keyed[change.table]
        if change.column:
            new = dict(zip(_key(folder, change.table), change.key.split("+"), strict=True))
            cells = {**(rows[change.key].cells if change.key in rows else new), change.column: change.value}
            rows[change.key] = TextRow(file, change.line, {name: cell for name, cell in cells.items() if cell})
        else:
            rows.pop(change.key, None)
    return replace(folder, tables={name: list(rows.values()) for name, rows in keyed.items()})


def _key(folder: Folder, table: str) -> tuple[str, ...]:
    """The columns by which rows are known; that of the partnership by its areas."""
    return folder.form.tables[table].primary_key or ("areas",)


def _stated(folders: Iterable[Folder], begins: str, known: dict[str, str]) -> set[Quad]:
    """What the tables state; each record knows what the register tells of."""
    quads: set[Quad] = set()
    problems: list[Problem] = []
    for folder in folders:
        is_register = folder.name == REGISTER
        try:
            record = check_tables(
                folder.tables,
                folder.form,
                None if is_register else known,
                key=folder.key,
                problems=folder.problems,
            )
        except InputError as error:
            problems += error.problems
            continue
        quads |= record_quads(record, _origin(folder, record, begins), known)
        if is_register:
            known |= _called(record)
    if problems:
        raise InputError(problems)
    return quads


def _origin(folder: Folder, record: Record, begins: str) -> Origin:
    if folder.name == REGISTER:
        title = "Register of Loria, an invented country (fictional)"
    else:
        (partnership,) = record.of("partnership")
        title = f"Record of {partnership.one('name')}"
    return Origin(
        graph=f"{begins}{folder.name if folder.name == REGISTER else f'record/{record.key}'}",
        title=title,
        description=_SAID,
        licence=_LICENCE,
        attribution="None needed: invented by LSP Graph.",
        publisher="LSP Graph",
    )


def _called(register: Record) -> dict[str, str]:
    """What records may refer to in the register: everything with a name, and the people of each council's area."""
    called = {row.subject.value: str(row.one("name")) for row in register.rows if "name" in row.values}
    for council in register.of("councils"):
        area = council.one("area")
        if isinstance(area, NamedNode):
            called[resource("public", local_name(area)).value] = f"the people of {called[area.value]}"
    return called


def _known(shared: Iterable[Quad]) -> dict[str, str]:
    """What is known anywhere, by IRI: provisions, duties, indicators, with their labels."""
    kinds = (f"{ID}duty/", f"{ID}indicator/", str(LEGISLATION))
    return {
        quad.subject.value: quad.object.value
        for quad in shared
        if quad.predicate == RDFS.label
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
        and quad.subject.value.startswith(kinds)
    }


def _updated(stated: set[Quad], updates: Iterable[Path]) -> set[Quad]:
    """The quads after SPARQL updates. Raises `InputError` for a file that is none."""
    store = Store()
    store.bulk_extend(stated)
    for path in updates:
        try:
            store.update(path.read_text(encoding="utf-8"), base_iri=BASE)
        except SyntaxError as error:
            raise InputError([Problem(shown(path), None, str(error), "a SPARQL update")]) from error
    return set(store)
