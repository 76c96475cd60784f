"""What several tests share: the graph built from the real sources, once for all test processes."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from lsp_graph.build import build
from lsp_graph.store import EmbeddedBackend, StoreDirectory, open_store
from tests.remote import servers
from tests.serve import javascript
from tests.serve.browser import programs

_ABSENT = {
    servers.HERE: servers.absent(),
    javascript.FOLDER.parent: javascript.absent(),
    programs.FOLDER: programs.absent(),
}
"""What is asked by the tests of a folder and cannot be had here, and why."""


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


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the tests with another's program out where there is none: neither skipped nor passed."""
    absent = [name for missing in _ABSENT.values() for name in missing]
    return True if collection_path.stem.removeprefix("test_") in absent else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which tests could not be run, unless they were not wanted."""
    wanted = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    for folder, missing in _ABSENT.items():
        if any(folder.is_relative_to(path) or path.is_relative_to(folder) for path in wanted):
            for name, reason in missing.items():
                terminalreporter.write_line(f"not run: the tests with {name}: {reason}", yellow=True)
