"""Every command that reads says the same of a graph elsewhere as of the store it was published from."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from lsp_graph.store import StoreDirectory
from tests.questions import cases

from .conftest import RECORDS
from .servers import STARTS, Server, free

CASE = Path(cases.__file__).parent / "who-is-accountable-for-the-crime-and-disorder-strategy"
QUERY = "SELECT ?s ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label } ORDER BY ?s ?label"
COMMANDS = (
    ("ask", "how-many-partnership-areas-by-type-and-region", "--format", "csv"),
    ("who", "--area", "Dover", "--format", "json", "strategy against crime"),
    ("sparql", "-", "--as-of", "2008-06-30", "--format", "tsv"),
    ("audit", "--format", "csv", "--rule", "S01", "--rule", "S04", "--fail-on", "never"),
    ("audit", "--format", "csv", "--area", "Millbrook", "--fail-on", "never"),
)


def run(*words: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"LSP_GRAPH_STORE": str(folder / "store"), "PATH": "/usr/bin:/bin", **more}
    return subprocess.run(
        [sys.executable, "-m", "lsp_graph", *words],
        capture_output=True,
        text=True,
        input=QUERY,
        cwd=folder,
        env=environment,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store in it."""
    made = tmp_path_factory.mktemp("commands")
    names = ("millbrook", "norham")
    files = [*(RECORDS / f"{name}.ttl" for name in names), CASE / "graph.ttl"]
    quads = (quad for file in files for quad in parse(path=file, format=RdfFormat.TURTLE))
    StoreDirectory(made / "store").commit(quads, "records")
    return made


@pytest.fixture(scope="module")
def server(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An Oxigraph server to which the store was published."""
    with STARTS["oxigraph"](tmp_path_factory.mktemp("oxigraph")) as running:
        done = run("publish", running.graphs, folder=folder)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{running.graphs}: version 1 is published, of 2008-06-30, all periods\n"
        yield running


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:3]))
def test_a_command_says_the_same(words: tuple[str, ...], server: Server, folder: Path, tmp_path: Path) -> None:
    here = run(*words, folder=folder)
    assert (here.returncode, len(here.stdout.splitlines()) > 1) == (0, True), here.stderr

    option = run(*words, "--backend", server.queries, folder=tmp_path)
    variable = run(*words, folder=tmp_path, LSP_GRAPH_BACKEND=server.queries)

    assert (option.returncode, option.stdout) == (here.returncode, here.stdout), option.stderr
    assert (variable.returncode, variable.stdout) == (here.returncode, here.stdout), variable.stderr


def test_a_store_that_is_named_counts_more_than_a_backend_in_the_environment(folder: Path) -> None:
    done = run("ask", "Q28", "--store", str(folder / "store"), folder=folder, LSP_GRAPH_BACKEND="http://127.0.0.1:9/")

    assert done.returncode == 0, done.stderr


def test_an_endpoint_that_is_not_there_is_named_on_one_line(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free()}/sparql"

    done = run("ask", "Q28", "--backend", address, folder=tmp_path)

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"{address}: cannot be reached (Connection refused)\n"
