"""What the register's sources state, read once."""

from __future__ import annotations

import pytest

from lsp_graph.ingest.sources import ingest
from lsp_graph.layout import DATA
from tests.ingest.register.facts import SOURCES, Facts


@pytest.fixture(scope="session")
def register() -> Facts:
    """What the verified sources of the register state together."""
    return Facts.of(quad for source in SOURCES for quad in ingest(DATA / source))


@pytest.fixture(scope="session")
def unverified() -> Facts:
    """What stands in the unverified graph."""
    return Facts.of(ingest(DATA / "unverified"))
