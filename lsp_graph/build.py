"""
The one place where the writing steps meet.

    ontology + data  ->  ingest  ->  derive  ->  a new version of the store
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse

from lsp_graph.derive import DERIVED, INFERRED, apply_rules, closure
from lsp_graph.errors import InputError, Problem, StaleVersion, StoreUnavailable
from lsp_graph.fictional import read_worlds
from lsp_graph.ingest.sources import UNVERIFIED, folders, ingest_all
from lsp_graph.layout import DATA, ONTOLOGY, shown
from lsp_graph.namespaces import GRAPH
from lsp_graph.reasoning import check_consistency
from lsp_graph.store import Manifest, StoreDirectory
from lsp_graph.store.content import SHORTCUTS, left_out

Progress = Callable[[str], None]

ONTOLOGY_GRAPH = GRAPH.ontology
_ATTEMPTS = 3


@dataclass(frozen=True)
class Built:
    """What a build made: the version, whether it is new, and the triples of each named graph."""

    manifest: Manifest
    new: bool


def steps(data: Path = DATA) -> int:
    """How many steps a build reports."""
    return len(folders(data)) + 6


def build(store: StoreDirectory, progress: Progress = lambda _: None, data: Path = DATA) -> Built:
    """Build the graph from its sources and make it the store's current version.

    `progress` is told of each step. Raises `InputError` with all problems of all sources, or `StoreUnavailable` when
    the store cannot be written, the ontology is inconsistent or there is no Java to check it; then the store is as
    it was before.
    """
    for _ in range(_ATTEMPTS - 1):
        with suppress(StaleVersion):
            return _built(store, progress, data)
    return _built(store, progress, data)


def _built(store: StoreDirectory, progress: Progress, data: Path) -> Built:
    """The same once. Raises `StaleVersion` where a record or another write has come meanwhile."""
    parent = store.current() if store.exists() else None
    quads = build_dataset(progress, data, store.written())
    progress("write")
    manifest, new = store.commit(quads, "build from sources", parent=parent)
    return Built(manifest, new)


def build_dataset(progress: Progress = lambda _: None, data: Path = DATA, written: Collection[Quad] = ()) -> set[Quad]:
    """All quads of the graph: what the sources state, the ontology, and what follows. Raises as `build` does.

    `written` is what a store holds in graphs that were written to: records, above all. Of those that no source has it
    is kept, and what follows from it too.
    """
    progress("ontology")
    quads = read_ontology()
    with ThreadPoolExecutor(2) as beside:
        # HermiT works in a process of its own and takes as long as all the rest: it runs beside it.
        consistent = beside.submit(_check_ontology)
        for name, stated in ingest_all(data):
            progress(f"data/{name}")
            quads |= stated
        quads |= _kept(quads, written)
        published = {quad for quad in quads if quad.graph_name != GRAPH[UNVERIFIED]}
        invented = beside.submit(read_worlds, data, published, written)
        progress("closure")
        inferred = closure(published)
        progress("rules")
        quads |= inferred | apply_rules(published | inferred)
        progress("worlds")
        quads |= invented.result()
        progress("consistency")
        consistent.result()
    return quads


def _kept(quads: Iterable[Quad], written: Iterable[Quad]) -> set[Quad]:
    """What was written into published graphs that no source has, and that do not hold what is concluded."""
    made = {quad.graph_name for quad in quads} | {INFERRED, DERIVED, SHORTCUTS}
    return {quad for quad in written if quad.graph_name not in made and not left_out(quad.graph_name)}


def read_ontology(folder: Path = ONTOLOGY) -> set[Quad]:
    """The ontology and code lists as quads of `graph:ontology`; blank nodes get canonical names (RDFC-1.0).

    Raises `InputError` with file and line of each file that is no Turtle.
    """
    dataset, problems = Dataset(), []
    for path in sorted(folder.glob("*.ttl")):
        try:
            for quad in parse(path=str(path), format=RdfFormat.TURTLE, rename_blank_nodes=True):
                dataset.add(Quad(quad.subject, quad.predicate, quad.object, ONTOLOGY_GRAPH))
        except SyntaxError as error:
            problems.append(Problem(shown(path), error.lineno, str(error), "Turtle"))
    if problems:
        raise InputError(problems)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def _check_ontology() -> None:
    found = check_consistency(sorted(ONTOLOGY.glob("*.ttl")))
    if found.inconsistent or found.unsatisfiable:
        classes = ", ".join(sorted(str(name) for name in found.unsatisfiable)) or "the whole"
        raise StoreUnavailable(f"{shown(ONTOLOGY)}: contradicts itself (HermiT): {classes}")
