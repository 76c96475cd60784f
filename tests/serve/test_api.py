"""/api/v1 answers in the shape that is promised, and with problem documents."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from lsp_graph.serve import models

from .conftest import Server
from .test_protocol import problem


def get(server: Server, path: str, accept: str | None = None, **parameters: Any) -> Any:
    return server.http.get(path, params=parameters, headers={"accept": accept} if accept else {})


def test_accountability_is_told_with_its_basis_and_evidence(server: Server) -> None:
    response = get(server, "/api/v1/accountability", **{"for": "community strategy", "area": "E09000901"})
    assert response.status_code == 200, response.text
    document = response.json()
    models.Accountabilities.model_validate(document)
    assert document["asOf"] == "2008-06-30"
    (answer,) = document["answers"]
    assert answer["accountable"]["label"] == "Northwick Council"
    assert answer["accountable"]["class"] == "LondonBoroughCouncil"
    assert [body["label"] for body in answer["to"]] == ["the people of Northwick"]
    assert answer["for"]["label"] == "Prepare a community strategy"
    assert answer["area"] == {"code": "E09000901", "label": "Northwick"}
    assert (answer["direction"], answer["lead"], answer["confidence"]) == ("to-citizens", True, "derived")
    assert answer["basis"] == answer["evidence"] == []
    assert answer["from"] is answer["until"] is answer["resources"] is answer["derivedBy"] is None


def test_the_answer_has_no_member_under_a_name_of_python(server: Server) -> None:
    response = get(server, "/api/v1/accountability", **{"for": "strategy"})
    (answer,) = response.json()["answers"]
    assert {"accountable", "to", "for", "area", "direction", "lead", "basis", "from", "until"} <= set(answer)
    assert not any(name.endswith("_") or "_" in name for name in answer)


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"for": "strategy", "area": "Nowhere"}, 404),
        ({"for": "the price of fish"}, 404),
        ({"for": "strategy", "as-of": "yesterday"}, 400),
        ({"for": "strategy", "limit": "0"}, 400),
        ({"for": "strategy", "limit": "many"}, 400),
    ],
)
def test_what_cannot_be_answered_is_told_why(server: Server, parameters: dict[str, str], status: int) -> None:
    problem(get(server, "/api/v1/accountability", **parameters), status)


def test_the_questions_are_listed_with_what_they_can_be_asked(server: Server) -> None:
    listed = models.Questions.model_validate(get(server, "/api/v1/questions").json()).questions
    by_number = {question.competency: question for question in listed}
    assert [parameter.name for parameter in by_number["Q01"].parameters] == ["area"]


def test_a_question_is_known_by_its_number_and_by_its_name(server: Server) -> None:
    by_number = get(server, "/api/v1/questions/Q01", area="E09000901").json()
    by_name = get(server, f"/api/v1/questions/{by_number['question']}", area="Northwick").json()
    models.QuestionAnswer.model_validate(by_number)
    assert by_number["records"] == by_name["records"]
    assert by_number["arguments"]["area"]["label"] == "Northwick"


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        (None, "application/json"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_an_answer_comes_as_records_and_in_the_formats_of_sparql(server: Server, accept: str | None, sent: str) -> None:
    response = get(server, "/api/v1/questions/Q11", accept)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == sent
    if sent.startswith("text/csv"):
        assert len(next(csv.reader(io.StringIO(response.text)))) > 1
        assert response.headers["lsp-graph-completeness"] in ("complete", "lower-bound", "not-recorded")


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/api/v1/questions/Q00", None, 404),
        ("/api/v1/questions/Q01", None, 400),
        ("/api/v1/questions/Q01?area=E09000901&area=E07000902", None, 400),
        ("/api/v1/questions/Q01?area=E09000901&colour=blue", None, 404),
        ("/api/v1/questions/Q01?area=E09000901&as-of=1", None, 400),
        ("/api/v1/questions/Q11", "image/png", 406),
        ("/api/v2/questions", None, 404),
        ("/nowhere", None, 404),
    ],
)
def test_what_is_not_there_is_a_problem_document(server: Server, path: str, accept: str | None, status: int) -> None:
    problem(server.http.get(path, headers={"accept": accept} if accept else {}), status)


def test_a_method_that_is_not_served_is_a_problem_document(server: Server) -> None:
    response = server.http.delete("/api/v1/questions")
    problem(response, 405)
    assert "GET" in response.headers["allow"]


def test_health_says_version_and_workers(server: Server) -> None:
    health = models.Health.model_validate(get(server, "/health").json())
    assert (health.status, health.version) == ("ok", "1")
    assert 1 <= health.workers <= 2


@pytest.mark.parametrize("path", ["/health", "/api/v1/questions", "/api/docs"])
def test_head_is_get_without_the_body(server: Server, path: str) -> None:
    headed = server.http.head(path)
    got = server.http.get(path)
    assert headed.status_code == got.status_code == 200
    assert headed.content == b""
    assert headed.headers["content-length"] == str(len(got.content))


def test_the_api_describes_itself(server: Server) -> None:
    document = get(server, "/api/openapi.json").json()
    assert {"/sparql", "/health", "/api/v1/accountability", "/api/v1/questions", "/api/v1/questions/{name}"} <= set(
        document["paths"]
    )
    for path in document["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]


def test_pages_of_other_sites_may_read_the_api(server: Server) -> None:
    assert server.http.get("/health", headers={"origin": "https://e.org"}).headers["access-control-allow-origin"] == "*"
