"""A real server in a process of its own, on a free port, over a small store made from a TriG file."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import pytest
from pyoxigraph import Quad, RdfFormat, parse

from lsp_graph.settings import Settings
from lsp_graph.store import StoreDirectory
from tests import w3c

from . import linked as linked_data

DATA = Path(__file__).parent / "data"
PROGRAM = """
import json, sys
from pathlib import Path
from lsp_graph.serve import run
from lsp_graph.settings import Settings
said = json.loads(sys.argv[1])
run(Settings(**{**said, "store": Path(said["store"])}))
"""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the W3C's suite out where there is none."""
    return w3c.left_out(w3c.SPARQL) if collection_path.name == "test_w3c_sparql.py" else None


@dataclass(frozen=True)
class Server:
    """A server that runs: its process and its address."""

    process: subprocess.Popen[str]
    http: httpx.Client

    @property
    def url(self) -> str:
        return str(self.http.base_url).removesuffix("/")

    def get(self, query: str, accept: str | None = None, **parameters: str) -> httpx.Response:
        """Ask /sparql by GET."""
        headers = {"accept": accept} if accept else {}
        return self.http.get("/sparql", params={"query": query, **parameters}, headers=headers)


@contextmanager
def running(settings: Settings) -> Iterator[Server]:
    """A server with these settings; ended by SIGTERM, and left without children."""
    said = json.dumps({**asdict(settings), "store": str(settings.store)})
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, said], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        found = None
        while found is None:
            line = process.stderr.readline()
            assert line, "the server ended before it was ready"
            found = re.search(r"on (http://\S+)", line)
        with httpx.Client(base_url=found[1], timeout=20) as http:
            yield Server(process, http)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stderr.close()
        process.wait()


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a store that holds `data/small.trig`."""
    directory = tmp_path_factory.mktemp("serve") / "store"
    directory.mkdir()
    quads = [quad for quad in parse(path=DATA / "small.trig", format=RdfFormat.TRIG) if isinstance(quad, Quad)]
    StoreDirectory(directory).commit(quads, "small")
    return directory


@pytest.fixture(scope="session")
def small(store: Path) -> Settings:
    """Settings under which limits are soon met."""
    return Settings(store=store, port=0, timeout=3.0, max_rows=20, workers=2, worker_memory_mb=200)


@pytest.fixture(scope="session")
def server(small: Settings) -> Iterator[Server]:
    with running(small) as one:
        yield one


@pytest.fixture(scope="session")
def real_server(real_store: Path) -> Iterator[Server]:
    """A server of the graph built from the real sources."""
    with running(Settings(store=real_store, port=0)) as one:
        yield one


@pytest.fixture(scope="session")
def linked_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a store that holds `data/linked.trig`."""
    return linked_data.commit(tmp_path_factory.mktemp("linked") / "store")


@pytest.fixture(scope="session")
def linked(linked_store: Path) -> Iterator[Server]:
    """A server of that store, under which a thing that much points to is told in part."""
    with running(Settings(store=linked_store, port=0, timeout=60, max_rows=40, workers=2)) as one:
        yield one
