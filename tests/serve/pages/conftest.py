"""A server over a store in which every name and text tries to be something else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, Quad, RdfFormat, parse

from lsp_graph.layout import ONTOLOGY
from lsp_graph.literals import in_graph
from lsp_graph.namespaces import GRAPH
from lsp_graph.settings import Settings
from lsp_graph.store import StoreDirectory
from tests.serve.conftest import DATA, Server, running

LONG = "Llanfair" * 600


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of `data/hostile-area.trig` with the ontology."""
    directory = tmp_path_factory.mktemp("hostile") / "store"
    directory.mkdir()
    stated = [quad for quad in parse(path=DATA / "hostile-area.trig", format=RdfFormat.TRIG) if isinstance(quad, Quad)]
    long = Literal("LONG")
    quads = [
        Quad(one.subject, one.predicate, Literal(LONG) if one.object == long else one.object, one.graph_name)
        for one in stated
    ]
    for path in sorted(ONTOLOGY.glob("*.ttl")):
        quads += [in_graph(quad.triple, GRAPH.ontology) for quad in parse(path=path, format=RdfFormat.TURTLE)]
    StoreDirectory(directory).commit(quads, "hostile")
    with running(Settings(store=directory, port=0, workers=2)) as server:
        yield server
