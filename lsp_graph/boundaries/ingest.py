"""
Take boundaries in: the one place where reading, comparing and writing them meet.

    files + who says so  ->  read  ->  outlines  ->  compare  ->  a new version of the store
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad

from lsp_graph import geometry
from lsp_graph.boundaries.comparison import TOLERANCE, Comparison, Drawn, Outlines
from lsp_graph.boundaries.derived import comparison_quads, tasks
from lsp_graph.boundaries.outlines import Known, Origin, outlines, told
from lsp_graph.boundaries.reading import Asked, Feature, Limits, is_boundaries, read
from lsp_graph.boundaries.statements import outline_quads, text_of
from lsp_graph.errors import InputError, Problem
from lsp_graph.literals import in_graph
from lsp_graph.namespaces import GRAPH, graph
from lsp_graph.store import EmbeddedBackend, StoreDirectory, in_memory
from lsp_graph.store.changes import Change
from lsp_graph.store.lookup import looked_up
from lsp_graph.store.worlds import prefix

__all__ = ["Ingested", "ingest_boundaries", "is_boundaries"]

COMPARISONS: Final = "outline-comparisons"


@dataclass(frozen=True)
class Ingested:
    """What came of it: the version that holds it (the one before, where nothing is `new`), and in which graph.

    `notes` say what was done to features and what could not be compared; `comparisons` are all that could be made.
    """

    version: str
    new: bool
    graph: NamedNode
    count: int
    notes: tuple[str, ...]
    comparisons: tuple[Comparison, ...]


def ingest_boundaries(
    files: Sequence[Path],
    store: StoreDirectory,
    origin: Origin,
    *,
    world: str | None = None,
    code_column: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
    tolerance: float = TOLERANCE,
    author: str = "",
    limits: Limits | None = None,
) -> Ingested:
    """Put the outlines of all files into the store, as those of one source, and compare all outlines there.

    What the source said before is replaced. `crs` is that of files that state none; `tolerance` is how many metres wide
    land has to be to count as a discrepancy; `world` says that the areas are those of invented places.
    Raises `InputError` with every problem of every file, `StoreUnavailable` where the store cannot be read or written,
    `StaleVersion` where another writer came in between; then the store is as it was.
    """
    limits = limits or Limits()
    features = _read_all(files, Asked(code_column, layer, crs), limits)
    whole = store.open()
    backend = whole if world is None else whole.world(world)
    within = "" if world is None else prefix(world).removeprefix(str(GRAPH))
    here, derived = graph(f"{within}boundaries/{origin.slug}"), graph(f"{within}{COMPARISONS}")
    found = outlines(features, Known(backend), crs, limits)
    stated = outline_quads(found, origin, here.value.removeprefix(str(GRAPH)))
    comparisons, lacking = _compare(backend, here, stated, tolerance)
    after = {*stated, *comparison_quads(comparisons, derived)}
    change = Change.of(after, [*whole.graph(here), *whole.graph(derived)])
    version = whole.version
    if change:
        message = f"boundaries: {origin.title}, {len(found)} outlines"
        version = store.commit_change(change, parent=version, author=author, message=message).version
    notes = (*told(found, crs), *lacking)
    return Ingested(version, bool(change), here, len(found), notes, tuple(comparisons))


def _read_all(files: Sequence[Path], asked: Asked, limits: Limits) -> list[Feature]:
    features: list[Feature] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(files):
        try:
            features += read(path, asked, limits)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return features


def _compare(
    backend: EmbeddedBackend, here: NamedNode, stated: Iterable[Quad], tolerance: float
) -> tuple[list[Comparison], list[str]]:
    """All comparisons that can be made, and what could not be compared for want of an outline."""
    drawn = Outlines(_drawn(backend, here, stated), tolerance)
    comparisons: list[Comparison] = []
    notes: dict[str, None] = {}
    for task in tasks(backend, drawn):
        comparisons += drawn.compare(task)
        if lacking := drawn.lacking(task):
            names = ", ".join(one.label for one in lacking)
            what = "not compared" if set(lacking) & set(task.parts) else "compared in part"
            notes[f"{task.thing.label}: {what}, no outline of {names}"] = None
    return comparisons, list(notes)


def _drawn(backend: EmbeddedBackend, here: NamedNode, stated: Iterable[Quad]) -> list[Drawn]:
    """The outlines in the store after this, on the grid: those of this source as they are now."""
    before = (row for row in looked_up(backend, "outlines", {}, None) if row["source"] != here.value)
    now = in_memory(in_graph(quad.triple, DefaultGraph()) for quad in stated)
    rows = [*before, *looked_up(now, "outlines", {}, None)]
    shapes = geometry.on_the_grid([geometry.from_wkt(text_of(row["wkt"])) for row in rows])
    return [
        Drawn(NamedNode(row["outline"]), row["thing"], row["source"], shape)
        for row, shape in zip(rows, shapes, strict=True)
    ]
