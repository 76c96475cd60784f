"""The ontology, read once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph

from lsp_graph.layout import ONTOLOGY

CASES = Path(__file__).parent / "cases"


def merged(files: Iterable[Path]) -> Graph:
    """Turtle files as one graph."""
    graph = Graph()
    for path in files:
        graph.parse(path, format="turtle")
    return graph


def triples(*files: Path) -> list[ox.Triple]:
    """The triples of Turtle files."""
    return [quad.triple for path in files for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]


@pytest.fixture(scope="session")
def ontology_files() -> list[Path]:
    """The Turtle files of the ontology."""
    return sorted(ONTOLOGY.glob("*.ttl"))


@pytest.fixture(scope="session")
def ontology(ontology_files: list[Path]) -> Graph:
    """The whole ontology as one graph."""
    return merged(ontology_files)
