"""What several tests share: the graph built from the real sources, once for all test processes."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from lsp_graph.build import build
from lsp_graph.store import EmbeddedBackend, StoreDirectory, open_store


@pytest.fixture(scope="session")
def real_store(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The directory of a store built from the real sources."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    directory = shared / "real-store"
    with (shared / "real-store.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not StoreDirectory(directory).exists():
            build(StoreDirectory(directory))
    return directory


@pytest.fixture(scope="session")
def real(real_store: Path) -> EmbeddedBackend:
    """The graph built from the real sources."""
    return open_store(real_store)
