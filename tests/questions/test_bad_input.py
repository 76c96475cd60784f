"""What cannot be answered is told alike by the command line, the API and the client: one line, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from lsp_graph.cli import main
from lsp_graph.client import Graph, connect
from lsp_graph.errors import LspGraphError
from lsp_graph.settings import Settings
from tests.serve.conftest import Server, running

from .cases import texts

BAD = Path(__file__).with_name("bad")
MISUSE = 2


def cases(name: str) -> list[Any]:
    listed = yaml.safe_load((BAD / name).read_text(encoding="utf-8"))
    return [pytest.param(case, texts(case.get("given")), id=case["name"]) for case in listed]


@pytest.fixture(scope="module")
def server(real_store: Path) -> Iterator[Server]:
    with running(Settings(store=real_store, port=0)) as one:
        yield one


@pytest.fixture(scope="module")
def graph(server: Server) -> Graph:
    return connect(server.url)


@pytest.fixture
def refused(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What the command line says on its one line when it ends with the status of misuse."""

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["lsp-graph", *words, "--backend", f"{server.url}/sparql"])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert (ended.value.code, said.out) == (MISUSE, "")
        (line,) = said.err.splitlines()
        return line

    return run


@pytest.mark.parametrize(("case", "given"), cases("who.yaml"))
def test_who_tells_why_it_cannot_answer(
    case: Mapping[str, Any], given: dict[str, str], server: Server, graph: Graph, refused: Callable[..., str]
) -> None:
    response = server.http.get("/api/v1/accountability", params=given)
    assert response.status_code == case["status"], response.text
    assert case["told"] in response.json()["detail"]

    matter, *options = (
        word for key, value in given.items() for word in ((value,) if key == "for" else (f"--{key}", value))
    )
    assert case["told"] in refused("who", matter, *options)

    with pytest.raises(LspGraphError) as error:
        graph.who(given["for"], area=given.get("area"), by=given.get("by"), as_of=given.get("as-of", "2008-06-30"))
    assert case["told"] in str(error.value)


@pytest.mark.parametrize(("case", "given"), cases("ask.yaml"))
def test_a_question_tells_why_it_cannot_be_asked(
    case: Mapping[str, Any], given: dict[str, str], server: Server, graph: Graph, refused: Callable[..., str]
) -> None:
    response = server.http.get(f"/api/v1/questions/{case['question']}", params=given)
    assert response.status_code == case["status"], response.text
    assert case["told"] in response.text

    options = [word for key, value in given.items() for word in (f"--{key}", value)]
    assert case["told"] in refused("ask", case["question"], *options)

    with pytest.raises(LspGraphError) as error:
        graph.ask(case["question"], **given)
    assert case["told"] in str(error.value)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("accountability?fro=crime", "'fro' is no parameter here; expected for"),
        ("accountability?for=crime&for=strategy", "given more than once: for"),
        ("accountability?for=crime&limit=99999999999999999999", "limit"),
        ("accountability?for=crime&area=E09000028&lat=51.5&lon=0", "expected area, or else both lat and lon"),
        ("accountability?for=crime&lat=51.5", "expected area, or else both lat and lon"),
        ("areas?limit=1000000000000", "limit"),
        ("areas?regoin=E12000007", "'regoin' is no parameter here; expected region"),
        ("questions/Q03?area=Dover&area=Kent", "given more than once: area"),
    ],
)
def test_a_filter_of_the_api_that_is_wrong_is_never_overlooked(path: str, told: str, server: Server) -> None:
    response = server.http.get(f"/api/v1/{path}")

    assert response.status_code == 400  # bad request
    assert response.headers["content-type"] == "application/problem+json"
    assert told in response.json()["detail"]
