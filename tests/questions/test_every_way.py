"""A question comes to the same answer whichever way it is asked: the command line, the API, the client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from lsp_graph import answers
from lsp_graph.cli import commands
from lsp_graph.client import Graph, connect
from lsp_graph.questions import ask, find, library
from lsp_graph.settings import DEFAULT_AS_OF, Settings
from lsp_graph.store import EmbeddedBackend
from tests.serve.conftest import Server, running

from .cases import texts

EXPECTATIONS = sorted(Path(__file__).with_name("real").glob("*.yaml"))


def asked() -> dict[str, dict[str, Any]]:
    """For each question that there is an expectation of, the first way in which it is asked."""
    found: dict[str, dict[str, Any]] = {}
    for path in EXPECTATIONS:
        for expected in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            found.setdefault(find(expected["question"]).name, expected)
    return found


@pytest.fixture(scope="module")
def server(real_store: Path) -> Iterator[Server]:
    with running(Settings(store=real_store, port=0)) as one:
        yield one


@pytest.fixture(scope="module")
def client(server: Server) -> Graph:
    return connect(server.url)


@pytest.mark.parametrize("name", asked())
def test_a_question_is_answered_alike_by_command_api_and_client(
    name: str, real: EmbeddedBackend, server: Server, client: Graph
) -> None:
    given, day = texts(asked()[name].get("arguments")), asked()[name].get("as_of", DEFAULT_AS_OF)
    answer = ask(real, find(name), given, day)
    records = answers.records(answer)

    told = server.http.get(f"/api/v1/questions/{name}", params={**given, "as-of": day.isoformat()}).json()
    assert (told["records"], told["completeness"], told["missing"]) == (
        records,
        answer.completeness,
        list(answer.missing),
    )

    assert list(client.ask(name, as_of=day, **given)) == records

    options = [word for key, value in given.items() for word in (f"--{key}", value)]
    command = ["ask", name, "--backend", f"{server.url}/sparql", "--as-of", day.isoformat(), "--format", "records"]
    done = CliRunner().invoke(commands, [*command, *options])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["records"] == records


def test_every_competency_question_of_the_library_is_asked_of_the_real_graph_or_of_invented_places() -> None:
    """Those on single targets, actions and gaps have nothing to look at in the real record: `cases` answers them."""
    numbers = {number for name in asked() for number in find(name).numbers}
    known = {number for question in library().values() for number in question.numbers}
    assert {f"Q{number:02}" for number in range(1, 30)} == known
    assert known - numbers <= {"Q08", "Q09", "Q19", "Q20", "Q24"}
