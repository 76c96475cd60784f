"""
The one place where the writing steps meet.

    ontology + data  ->  ingest  ->  derive  ->  a new version of the store
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse

from lsp_graph.derive import apply_rules, closure
from lsp_graph.errors import InputError, Problem, StoreUnavailable
from lsp_graph.fictional import read_worlds
from lsp_graph.ingest.sources import UNVERIFIED, folders, ingest_all
from lsp_graph.layout import DATA, ONTOLOGY, shown
from lsp_graph.namespaces import GRAPH
from lsp_graph.reasoning import check_consistency
from lsp_graph.store import Manifest, StoreDirectory

Progress = Callable[[str], None]

ONTOLOGY_GRAPH = GRAPH.ontology


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
    quads = build_dataset(progress, data)
    progress("write")
    manifest, new = store.commit(quads, "build from sources")
    return Built(manifest, new)


def build_dataset(progress: Progress = lambda _: None, data: Path = DATA) -> set[Quad]:
    """All quads of the graph: what the sources state, the ontology, and what follows. Raises as `build` does."""
    progress("ontology")
    quads = read_ontology()
    with ThreadPoolExecutor(2) as beside:
        # HermiT works in a process of its own and takes as long as all the rest: it runs beside it.
        consistent = beside.submit(_check_ontology)
        for name, stated in ingest_all(data):
            progress(f"data/{name}")
            quads |= stated
        published = {quad for quad in quads if quad.graph_name != GRAPH[UNVERIFIED]}
        invented = beside.submit(read_worlds, data, published)
        progress("closure")
        inferred = closure(published)
        progress("rules")
        quads |= inferred | apply_rules(published | inferred)
        progress("worlds")
        quads |= invented.result()
        progress("consistency")
        consistent.result()
    return quads


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
