"""What the legal, documentary and partnership sources state, read once."""

from __future__ import annotations

import pytest

from lsp_graph.ingest.sources import ingest
from lsp_graph.layout import DATA
from lsp_graph.store import EmbeddedBackend, in_memory

SOURCES = (
    "agreements",
    "background-guide",
    "cles-bulletin-38",
    "documents",
    "england-fact-sheet",
    "funding",
    "indicators",
    "information-sheet",
    "legislation",
    "london-guide",
    "partnerships",
    "published-counts",
)


@pytest.fixture(scope="session")
def stated() -> EmbeddedBackend:
    """All that these sources state, as a graph to ask."""
    return in_memory(quad for source in SOURCES for quad in ingest(DATA / source))
