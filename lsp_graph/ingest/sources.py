"""
All sources: each folder of `data/` through the module of its name.

    data/  ->  quads per named graph, or every problem of every source
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from pyoxigraph import Quad

from lsp_graph.errors import InputError, Problem
from lsp_graph.ingest.package import Package, read_package
from lsp_graph.ingest.statements import Statements
from lsp_graph.layout import shown

UNVERIFIED = "unverified"
"""The source whose facts nobody could trace: its graph is left out of the default dataset."""


def folders(data: Path) -> list[Path]:
    """The source folders of `data`, by name."""
    return sorted(path.parent for path in data.glob("*/datapackage.json"))


def ingest(folder: Path) -> frozenset[Quad]:
    """All quads of one source folder.

    Raises `InputError` with all its problems; then nothing of the source is returned.
    """
    package = read_package(folder)
    statements = Statements(package)
    _module(folder)(package, statements)
    return statements.quads()


def ingest_all(data: Path) -> Iterator[tuple[str, frozenset[Quad]]]:
    """Name and quads of every source in `data`.

    Raises `InputError` after the last source with the problems of all sources, so that one run tells all.
    """
    found = folders(data)
    if not found:
        raise InputError([Problem(shown(data), None, "no source folders", "folders with a datapackage.json")])
    problems: list[Problem] = []
    for folder in found:
        try:
            yield folder.name, ingest(folder)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)


def _module(folder: Path) -> Callable[[Package, Statements], None]:
    name = folder.name.replace("-", "_")
    try:
        module = import_module(f"lsp_graph.ingest.{name}")
    except ModuleNotFoundError:
        raise InputError(
            [Problem(shown(folder), None, f"no module lsp_graph/ingest/{name}.py", "a module that reads this source")]
        ) from None
    state: Callable[[Package, Statements], None] = module.state
    return state
