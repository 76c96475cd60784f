"""A store of the invented places, without what was derived of them: quick to make, and each test has its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lsp_graph.boundaries import Ingested, Origin, ingest_boundaries
from lsp_graph.build import read_ontology
from lsp_graph.fictional import read_world
from lsp_graph.ingest.sources import ingest
from lsp_graph.layout import DATA
from lsp_graph.namespaces import GRAPH
from lsp_graph.store import EmbeddedBackend, StoreDirectory
from lsp_graph.store.worlds import COMMON, common

WORLD = "fictional"
GOOD = Path(__file__).parent / "good"
BAD = Path(__file__).parent / "bad"
SURVEY = Origin("Survey of Loria", "https://example.org/licence", "Drawn by the Survey of Loria.")
SAYS = ["--source", SURVEY.title, "--licence", SURVEY.licence, "--attribution", SURVEY.attribution]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store, to be copied."""
    names = (graph.value.removeprefix(str(GRAPH)) for graph in COMMON)
    stated = {quad for name in names if (DATA / name).is_dir() for quad in ingest(DATA / name)}
    shared = set(common(stated | read_ontology()))
    directory = tmp_path_factory.mktemp("places")
    StoreDirectory(directory).commit(shared | read_world(DATA / "fictional", WORLD, shared), "the invented places")
    return directory


@pytest.fixture
def store(built: Path, tmp_path: Path) -> StoreDirectory:
    return StoreDirectory(Path(shutil.copytree(built, tmp_path / "store")))


@pytest.fixture
def taken(store: StoreDirectory) -> Callable[..., Ingested]:
    """Take files of `good/` in, as the survey's unless another origin is given."""

    def take(*names: str, origin: Origin = SURVEY, **options: object) -> Ingested:
        return ingest_boundaries([GOOD / name for name in names], store, origin, world=WORLD, **options)  # type: ignore[arg-type]

    return take


@pytest.fixture
def world(store: StoreDirectory) -> Callable[[], EmbeddedBackend]:
    """The places as they are in the store now."""
    return lambda: store.open().world(WORLD)
