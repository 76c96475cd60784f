"""Answers are kept per version, and a client that has one is told so."""

from __future__ import annotations

import httpx
import pytest

from lsp_graph.serve.cache import Answers, lasting, unchanged
from lsp_graph.serve.wire import Message
from tests.serve.conftest import Server

ROWS = "SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s LIMIT 3"
KEPT = ["/sparql?query=ASK{}", "/api/v1/questions", "/api/v1/accountability?area=E09000901"]


def reply(body: bytes, status: int = 200) -> Message:
    return Message({"status": status, "headers": {"content-type": "text/plain"}}, body)


@pytest.mark.parametrize("path", KEPT)
def test_a_client_that_has_the_answer_is_told_so_without_it(server: Server, path: str) -> None:
    first = server.http.get(path)
    again = server.http.get(path, headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, no-cache"
    assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", KEPT)
def test_a_kept_answer_is_the_answer(server: Server, path: str) -> None:
    first, second = server.http.get(path), server.http.get(path)

    assert second.content == first.content
    assert dict(second.headers) | {"date": ""} == dict(first.headers) | {"date": ""}


def test_forms_of_the_same_answer_have_tags_of_their_own(server: Server) -> None:
    tags = {server.get(ROWS, accept).headers["etag"] for accept in ("text/csv", "application/sparql-results+json")}

    assert len(tags) == 2


def test_a_query_by_post_is_answered_by_its_own_body(server: Server) -> None:
    asked = [
        server.http.post("/sparql", content=query, headers={"content-type": "application/sparql-query"})
        for query in ("ASK {}", "ASK { FILTER(false) }", "ASK {}")
    ]

    assert [one.json()["boolean"] for one in asked] == [True, False, True]


def test_what_differs_each_time_is_not_kept(server: Server) -> None:
    query = "SELECT (STRUUID() AS ?one) WHERE {}"

    assert server.get(query).text != server.get(query).text


def test_an_error_is_not_kept(server: Server) -> None:
    assert "etag" not in server.get("SELECT").headers


@pytest.mark.parametrize(
    "query", ["SELECT (NOW() AS ?n) {}", "SELECT (rand() AS ?n) {}", r"SELECT (\u006eow() AS ?n) {}"]
)
def test_fleeting_functions_are_seen(query: str) -> None:
    assert not lasting(query)


def test_another_version_empties_the_cache() -> None:
    answers = Answers(10**6)
    answers.put("1", "key", reply(b"old"))
    answers.put("2", "other", reply(b"new"))

    assert answers.get("1", "key") is None
    assert answers.get("2", "key") is None
    assert answers.get("2", "other") is not None


def test_what_was_not_asked_for_longest_goes_first() -> None:
    answers = Answers(20_000)
    for key in "abcd":
        answers.put("1", key, reply(b"x" * 3900))
    answers.get("1", "a")
    answers.put("1", "e", reply(b"x" * 3900))

    assert [key for key in "abcde" if answers.get("1", key)] == ["a", "c", "d", "e"]
    assert answers.bytes <= answers.most_bytes


def test_an_answer_larger_than_its_share_is_given_but_not_kept() -> None:
    answers = Answers(10_000)

    assert "etag" in answers.put("1", "key", reply(b"x" * 9000)).head["headers"]
    assert answers.get("1", "key") is None


@pytest.mark.parametrize(
    ("if_none_match", "expected"),
    [('"1-a"', True), ('W/"1-a"', True), ('"0-b", "1-a"', True), ("*", True), ('"1-b"', False), (None, False)],
)
def test_entity_tags_are_compared_as_the_standard_says(if_none_match: str | None, expected: bool) -> None:
    assert unchanged({"etag": '"1-a"'}, if_none_match) is expected
