"""
A record as it is handed in, in any form that is read here, and what it states.

    file or folder  ->  Submission, or every problem in it;  Submission + Origin  ->  quads in a graph of its own

This is the one door for records that come from elsewhere: `check` and `ingest` read by it, and so does the service.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Triple

from lsp_graph.record.check import Record, check_tables
from lsp_graph.record.format import Format, read_format
from lsp_graph.record.references import Known
from lsp_graph.record.statements import Origin, record_quads
from lsp_graph.record.tables import read_tables


@dataclass(frozen=True)
class Submission:
    """A record that was read whole.

    `name` is the file as the person who hands it in knows it, `checksum` the SHA-256 of its bytes (of a folder: of the
    names and bytes of its tables), `key` that of its partnership (the codes of its areas), `areas` their IRIs, `title`
    what the partnership is called. `content` is what was read: rows of tables, or triples.
    """

    name: str
    checksum: str
    key: str
    areas: tuple[NamedNode, ...]
    title: str
    content: Record | tuple[Triple, ...]

    def quads(self, origin: Origin, known: Known | None = None) -> frozenset[Quad]:
        """All that the record states, with its evidence, in the graph that `origin` names; that graph described too.

        `known` labels what stands outside the record.
        """
        if isinstance(self.content, Record):
            return record_quads(self.content, origin, known)
        raise NotImplementedError


def read_submission(path: Path, known: Known | None = None, *, name: str | None = None) -> Submission:
    """The record in a file or folder, whatever its form.

    `known` tells what there is outside the record (None: references to that are not looked up; `known_things` has it
    for a graph). `name` is how the file is called in messages, where that is not its path. Nothing is written and
    nothing fetched. Raises `InputError` with every problem: file, sheet, line, column, value, what would be right.
    """
    form = read_format()
    tables, problems = read_tables(path, form)
    record = check_tables(tables, form, known, problems=problems)
    return _of_record(record, form, name or path.name, _checksum(path, form))


def _of_record(record: Record, form: Format, name: str, checksum: str) -> Submission:
    (partnership,) = record.of("partnership")
    areas = tuple(area for area in partnership.values["areas"] if isinstance(area, NamedNode))
    return Submission(name, checksum, record.key, areas, str(partnership.one("name")), record)


def _checksum(path: Path, form: Format) -> str:
    digest = hashlib.sha256()
    files = sorted(path / table.file for table in form.tables.values()) if path.is_dir() else [path]
    for file in files:
        if file.is_file():
            digest.update(f"{file.name}\0{file.stat().st_size}\0".encode() if path.is_dir() else b"")
            digest.update(file.read_bytes())
    return digest.hexdigest()
