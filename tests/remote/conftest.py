"""Each server is started once for all tests that ask it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from lsp_graph.answers import sparql_results
from lsp_graph.errors import LspGraphError
from lsp_graph.questions import ask, find
from lsp_graph.store import EmbeddedBackend, in_memory
from lsp_graph.store.catalogue import CATALOGUE
from lsp_graph.store.publish import GraphStore, publish
from lsp_graph.store.remote import RemoteBackend, reach
from tests.questions.cases import Case, cases, rows
from tests.remote.servers import STARTS, Server, absent

RECORDS = Path(__file__).parent.parent / "audit" / "records"
TRUSTED = [name for name in STARTS if name not in {"virtuoso", *absent()}]
"""The servers that can be had here, and that give the standard's answers."""


@pytest.fixture(scope="session", params=TRUSTED)
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with STARTS[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture
def server(started: Server) -> Server:
    """A server where nothing is published."""
    return forgotten(started)


def forgotten(server: Server) -> Server:
    """The server, which has lost its catalogue."""
    GraphStore(server.graphs, server.writer, 60).delete(CATALOGUE.value)
    return server


@pytest.fixture
def recorded() -> EmbeddedBackend:
    """Some records with breaches and with what is not recorded."""
    names = ("millbrook", "norham", "joint", "complete-sub-partnerships")
    return in_memory(quad for name in names for quad in parse(path=RECORDS / f"{name}.ttl", format=RdfFormat.TURTLE))


def published(graph: EmbeddedBackend, server: Server, *days: date) -> RemoteBackend:
    """The graph, written to a server and asked there."""
    publish(graph, server.graphs, days, server.writer)
    return reach(server.queries)


def differing(server: Server) -> dict[str, str]:
    """The cases of the question library that the server answers otherwise than was worked out by hand, and how."""
    return {case.name: told for case in cases() if (told := _difference(case, server))}


def _difference(case: Case, server: Server) -> str:
    try:
        found = ask(published(case.backend(), server, case.as_of), find(case.question), case.arguments, case.as_of)
    except LspGraphError as error:
        return str(error)
    # A store may write the decimal 1 as 1.0.
    answer = re.sub(r"\b(\d+)\.0\b", r"\1", sparql_results(found, "csv").decode())
    told = rows(answer), found.completeness, found.missing
    return "" if told == (case.expected, case.completeness, case.missing) else str(told)
