"""The type of a problem leads to what it means and what to do about it."""

from __future__ import annotations

import json

import httpx
import pytest

from lsp_graph.serve.explaining import kinds

from .conftest import Server


def path_of(iri: str) -> str:
    return iri.removeprefix("https://w3id.org/lsp")


def test_the_type_of_a_problem_is_explained_to_people_and_programs(server: Server) -> None:
    problem = server.get("SELECT * {").json()
    page = server.http.get(path_of(problem["type"]), headers={"accept": "text/html"})
    assert problem["title"] in page.text
    told = server.http.get(path_of(problem["type"]), headers={"accept": "application/json"}).json()
    assert (told["title"], told["status"]) == (problem["title"], problem["status"])


@pytest.mark.parametrize("name", kinds())
def test_every_kind_has_a_page(server: Server, name: str) -> None:
    page = server.http.get(f"/problem/{name}")
    assert page.status_code == httpx.codes.OK
    assert kinds()[name].title in page.text


def test_no_two_kinds_share_a_name() -> None:
    assert len({kind.name for kind in kinds().values()}) == len(kinds())


def test_the_mark_of_a_cut_answer_leads_to_its_meaning(server: Server) -> None:
    cut = json.loads(server.get("SELECT * { ?s ?p ?o }", "application/sparql-results+json").content)
    assert server.http.get(path_of(cut["head"]["link"][0])).status_code == httpx.codes.OK


def test_another_name_is_told_with_those_there_are(server: Server) -> None:
    assert "busy" in server.http.get("/problem/nothing").json()["detail"]
