"""One small place for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from lsp_graph.store import EmbeddedBackend, in_memory

GRAPH = Path(__file__).with_name("place.ttl")


@pytest.fixture(scope="module")
def place() -> EmbeddedBackend:
    """The place of `place.ttl`."""
    return in_memory(parse(GRAPH.read_bytes(), format=RdfFormat.TURTLE))
