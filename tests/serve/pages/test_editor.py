"""/sparql is an editor for browsers and an endpoint for programs, whoever asks for what."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from lsp_graph import questions
from tests.serve.conftest import Server

from .html import Read, wrong
from .test_frame import BROWSER, get

COUNT = "SELECT (COUNT(*) AS ?n) { ?x a <https://w3id.org/lsp/ont#Duty> }"


def asked(server: Server, form: dict[str, str], accept: str = BROWSER, path: str = "/sparql") -> httpx.Response:
    return server.http.post(path, data=form, headers={"accept": accept})


@pytest.mark.parametrize("accept", ["*/*", "text/turtle", "application/rdf+xml", "application/xml, text/html"])
def test_a_program_that_asks_nothing_is_told_what_the_service_is(server: Server, accept: str) -> None:
    assert "text/html" not in server.http.get("/sparql", headers={"accept": accept}).headers["content-type"]


def test_a_browser_that_asks_nothing_is_shown_the_editor_with_a_strict_policy(real_server: Server) -> None:
    page = get(real_server, "/sparql?as-of=2009-06-30&world=fictional")

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<textarea" in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    assert 'value="2009-06-30"' in page.text
    assert wrong(page.text) == []


def test_a_form_is_answered_with_the_query_and_a_table_of_names(real_server: Server) -> None:
    query = "SELECT ?x { VALUES ?x { <https://w3id.org/lsp/id/area/E09000028> } }"
    page = asked(real_server, {"query": query, "as-of": "", "world": ""})

    assert page.status_code == 200
    assert Read(page.text).text.count("Southwark") == 1
    assert "VALUES ?x { &lt;https://w3id.org/lsp/id/area/E09000028&gt; }" in page.text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("ASK { }", "yes"),
        ("ASK { FILTER (false) }", "no"),
        ("SELECT * { FILTER (false) }", "Nothing in the graph fits"),
        ("CONSTRUCT { <urn:a> <urn:b> 'c' } { }", "predicate"),
        ("SELECT ?x { VALUES ?x { UNDEF } }", "1 row"),
    ],
)
def test_every_kind_of_answer_is_shown(real_server: Server, query: str, told: str) -> None:
    assert told in asked(real_server, {"query": query}).text


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"query": "SELECT ?x {\n ?x"}, 400, 'data-line="2"'),
        ({"query": "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"}, 403, "SERVICE"),
        ({"query": COUNT, "as-of": "yesterday"}, 400, "yesterday"),
        ({"query": COUNT, "world": "narnia"}, 404, "narnia"),
    ],
)
def test_a_query_that_cannot_run_keeps_its_status_and_stays_in_the_editor(
    real_server: Server, form: dict[str, str], status: int, told: str
) -> None:
    page, document = asked(real_server, form), asked(real_server, form, "application/json")

    assert (page.status_code, document.status_code) == (status, status)
    assert told in page.text
    assert "<textarea" in page.text
    assert document.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("question", list(questions.library().values()), ids=lambda question: question.name)
def test_every_question_is_an_example_that_can_be_run_as_it_stands(
    real_server: Server, question: questions.Question
) -> None:
    written = re.search(
        r"<textarea[^>]*>\n(.*?)</textarea>", get(real_server, f"/sparql?example={question.name}").text, re.S
    )
    assert written is not None
    query = html.unescape(written[1])

    assert real_server.http.post("/sparql", data={"query": query, "as-of": "2008-06-30"}).status_code == 200


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("csv", "text/csv"), ("srj", "application/sparql-results+json"), ("tsv", "text/tab-separated-values")],
)
def test_an_address_may_ask_for_a_format(real_server: Server, form: str, media_type: str) -> None:
    wanted = asked(real_server, {"query": COUNT}, path=f"/sparql?format={form}")
    same = asked(real_server, {"query": COUNT}, media_type)

    assert wanted.headers["content-type"].startswith(media_type)
    assert wanted.content == same.content
    assert real_server.http.get(f"/api/v1/questions/Q05?format={form}").headers["content-type"].startswith(media_type)


@pytest.mark.parametrize("wanted", ["format=docx", "format=csv&format=tsv", "format="])
def test_a_format_that_there_is_not_is_refused_with_those_there_are(real_server: Server, wanted: str) -> None:
    reply = real_server.http.get(f"/sparql?query=ASK%7B%7D&{wanted}")

    assert reply.status_code == 400
    assert "expected one of csv" in reply.json()["detail"]


def test_the_terms_are_those_of_the_dataset_with_how_often_they_are_used(real_server: Server) -> None:
    told = real_server.http.get("/api/v1/terms").json()
    (duty,) = [one for one in told["classes"] if one["name"] == "lsp:Duty"]
    counted = asked(real_server, {"query": COUNT}, "text/csv").text.split()[1]

    assert str(duty["number"]) == counted
    assert told["prefixes"]["lsp"] == "https://w3id.org/lsp/ont#"
    for kind in ("classes", "properties"):
        numbers = [one["number"] for one in told[kind]]
        assert numbers == sorted(numbers, reverse=True)
        assert len({one["iri"] for one in told[kind]}) == len(numbers)
