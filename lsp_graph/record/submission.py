"""
A record as it is handed in, in any form that is read here, and what it states.

    file or folder  ->  Submission, or every problem in it;  Submission + Origin  ->  quads in a graph of its own

This is the one door for records that come from elsewhere: `check` and `ingest` read by it, and so does the service.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Triple

from lsp_graph.errors import InputError, Problem
from lsp_graph.namespaces import LSP, RDFS
from lsp_graph.record import limits
from lsp_graph.record.check import Record, check_tables
from lsp_graph.record.codes import local_name
from lsp_graph.record.containers import FORMS, Form, form_of, members, too_large
from lsp_graph.record.format import Format, read_format
from lsp_graph.record.references import Known
from lsp_graph.record.sheets import read_sheets
from lsp_graph.record.statements import Origin, record_quads, triple_quads
from lsp_graph.record.tables import Tables, lacking, read_files, read_tables
from lsp_graph.record.triples import FORMATS, partnership, read_triples, values


@dataclass(frozen=True)
class Submission:
    """A record that was read whole.

    `name` is what the file or folder is called, `checksum` the SHA-256 of its bytes (of a folder: of the
    names and bytes of its tables), `key` that of its partnership (the codes of its areas), `areas` their IRIs, `title`
    what the partnership is called. `content` is what was read: rows of tables, or triples.
    """

    name: str
    checksum: str
    key: str
    areas: tuple[NamedNode, ...]
    title: str
    content: Record | tuple[Triple, ...]

    @property
    def size(self) -> str:
        """How much it holds, in words."""
        if isinstance(self.content, Record):
            return f"{len(self.content.rows):,} rows in {len({row.table.name for row in self.content.rows})} tables"
        return f"{len(self.content):,} triples"

    def quads(self, origin: Origin, known: Known | None = None) -> frozenset[Quad]:
        """All that the record states, with its evidence, in the graph that `origin` names; that graph described too.

        `known` labels what stands outside the record.
        """
        if isinstance(self.content, Record):
            return record_quads(self.content, origin, known)
        return triple_quads(self.content, origin, self.name)


def read_submission(path: Path, known: Known | None = None, *, name: str | None = None) -> Submission:
    """The record in a file or folder, whatever its form.

    `known` tells what there is outside the record (None: references to that are not looked up; `known_things` has it
    for a graph). `name` is how the file is called in messages, where that is not its path. Nothing is written and
    nothing fetched. Raises `InputError` with every problem: file, sheet, line, column, value, what would be right.
    """
    called = str(path) if name is None else name
    form = read_format()
    if path.is_dir():
        tables, problems = read_tables(path, form, called)
        return _of_tables(tables, problems, form, known, called, _checksum_of_folder(path, form))
    data = _bytes(path, called)
    checksum, kind = hashlib.sha256(data).hexdigest(), form_of(data, called)
    if kind in FORMATS:
        return _of_triples(read_triples(data, called, kind, known), called, checksum)
    if kind is Form.ZIP:
        files = [(f"{called}/{file}", text) for file, text in members(data, called) if file.endswith(".csv")]
        if not files:
            raise InputError([Problem(called, None, "no CSV file in it", "the CSV files of a record")])
        tables, problems = read_files(files, form)
    else:
        tables, problems = read_sheets(data, called, form, kind)
    problems += lacking(tables, form, called, sheets=kind is not Form.ZIP)
    return _of_tables(tables, problems, form, known, called, checksum)


def _of_tables(
    tables: Tables, problems: list[Problem], form: Format, known: Known | None, name: str, checksum: str
) -> Submission:
    try:
        record = check_tables(tables, form, known, problems=problems)
    except InputError as error:
        raise _counted(error, name) from error
    (partnership,) = record.of("partnership")
    areas = tuple(area for area in partnership.values["areas"] if isinstance(area, NamedNode))
    told = Path(name).name or Path(name).resolve().name
    # In the graph a file goes by what it is called, not by where somebody keeps it.
    rows = tuple(replace(row, file=told + row.file.removeprefix(name)) for row in record.rows)
    return Submission(told, checksum, record.key, areas, str(partnership.one("name")), replace(record, rows=rows))


def _of_triples(triples: tuple[Triple, ...], name: str, checksum: str) -> Submission:
    one = partnership(triples)
    assert one is not None  # noqa: S101  # as read_triples has checked
    areas = tuple(said for said in values(triples, one, LSP.area) if isinstance(said, NamedNode))
    label = next(said.value for said in values(triples, one, RDFS.label))
    return Submission(Path(name).name, checksum, local_name(one), areas, label, triples)


def _bytes(path: Path, name: str) -> bytes:
    """The bytes of a file that may be read."""
    try:
        if not path.is_file():
            what = "no such file or folder" if not path.exists() else "neither a file nor a folder"
            raise InputError([Problem(name, None, what, FORMS)])
        size = path.stat().st_size
        if size > limits.FILE_BYTES:
            raise too_large(name, size)
        return path.read_bytes()
    except OSError as error:
        raise InputError([Problem(name, None, f"cannot be read ({error.strerror})", "a readable file")]) from error


def _counted(error: InputError, name: str) -> InputError:
    """The error with no more problems than people read."""
    more = len(error.problems) - limits.TOLD
    if more <= 0:
        return error
    rest = Problem(name, None, f"{more:,} more problems", "these mended first")
    return InputError([*error.problems[: limits.TOLD], rest])


def _checksum_of_folder(folder: Path, form: Format) -> str:
    digest = hashlib.sha256()
    for table in sorted(form.tables.values(), key=lambda table: table.file):
        file = folder / table.file
        if file.is_file():
            data = file.read_bytes()
            digest.update(f"{table.file}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()
