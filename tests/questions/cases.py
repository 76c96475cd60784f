"""The cases in this folder: a small graph, the arguments, and the answer that is right."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import RdfFormat, parse

from lsp_graph.store import EmbeddedBackend, in_memory

FOLDER = Path(__file__).resolve().parent
VARIANT = "--"
"""What parts a question's name from that of one of its further cases, in a folder's name."""

LIST = "; "
"""What parts the items of a list in one cell. Their order is the engine's choice (SPARQL 1.1, section 18.5.1.7)."""


@dataclass(frozen=True)
class Case:
    """One folder: a graph, what is asked of it when, and what is answered."""

    name: str
    question: str
    arguments: Mapping[str, str]
    as_of: date
    completeness: str
    missing: tuple[str, ...]
    expected: tuple[tuple[str, ...], ...]
    graph: Path

    def backend(self) -> EmbeddedBackend:
        form = RdfFormat.from_extension(self.graph.suffix.removeprefix("."))
        return in_memory(parse(self.graph.read_bytes(), format=form))


def case(folder: Path) -> Case:
    said = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    return Case(
        name=folder.name,
        question=folder.name.partition(VARIANT)[0],
        arguments=texts(said.get("arguments")),
        as_of=said["as_of"],
        completeness=said["completeness"],
        missing=tuple(said.get("missing", ())),
        expected=rows((folder / "expected.csv").read_text(encoding="utf-8")),
        graph=next(folder.glob("graph.*")),
    )


def cases() -> list[Case]:
    return [case(path.parent) for path in sorted(FOLDER.glob("*/case.yaml"))]


def texts(arguments: Mapping[str, Any] | None) -> dict[str, str]:
    """Arguments as a command line or a URL gives them: as text."""
    return {name: str(value) for name, value in (arguments or {}).items()}


def rows(table: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a CSV table, header first, with each cell's list in one order."""
    return tuple(tuple(_in_order(row)) for row in csv.reader(io.StringIO(table)))


def _in_order(row: Iterable[str]) -> Iterable[str]:
    return (LIST.join(sorted(cell.split(LIST))) for cell in row)
