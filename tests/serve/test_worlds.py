"""`world=` asks invented places over HTTP, and nothing that does not ask for them ever hears of them."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Server
from .test_protocol import problem

AREAS = "SELECT ?code { ?area a <https://w3id.org/lsp/ont#Area> ; <https://w3id.org/lsp/ont#gssCode> ?code }"


def codes(server: Server, **parameters: str) -> set[str]:
    reply = server.get(AREAS, "application/sparql-results+json", **parameters)
    assert reply.status_code == 200, reply.text
    return {row["code"]["value"] for row in reply.json()["results"]["bindings"]}


@pytest.mark.parametrize("world", ["fictional", "fictional-breaches"])
def test_sparql_of_a_world_sees_its_places_only(real_server: Server, world: str) -> None:
    found = codes(real_server, world=world)

    assert {"F06000001", "F10000001"} <= found
    assert all(code.startswith("F") for code in found)


def test_sparql_without_a_world_sees_none_of_them(real_server: Server) -> None:
    assert not [code for code in codes(real_server) if code.startswith("F")]


def test_sparql_by_a_form_takes_a_world_and_a_day(real_server: Server) -> None:
    form = {"query": AREAS, "world": "fictional", "as-of": "1990-01-01"}
    reply = real_server.http.post("/sparql", data=form, headers={"accept": "text/csv"})

    assert reply.status_code == 200
    assert "F10000001" in reply.text
    assert "F06000001" not in reply.text  # the borough begins in 1998


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/accountability?for=crime&area=Quillhaven",
        "/api/v1/questions/Q12?area=Quillhaven",
        "/api/v1/audits/latest?area=Quillhaven",
        "/api/v1/audits",
    ],
)
def test_an_unknown_world_is_told_with_those_there_are(real_server: Server, path: str) -> None:
    reply = real_server.http.get(path, params={"world": "../../etc"})

    assert problem(reply, 404)["detail"].startswith("'../../etc' is no world that is known here; nearest: fictional")


def test_two_worlds_in_one_request_are_refused(real_server: Server) -> None:
    asked = {"query": AREAS, "world": ["fictional", "fictional-breaches"]}
    reply = real_server.http.get("/sparql", params=asked)

    assert "expected one at most" in problem(reply, 400)["detail"]


def test_an_accountability_says_of_which_world_it_is(real_server: Server) -> None:
    def asked(**more: str) -> dict[str, Any]:
        reply = real_server.http.get("/api/v1/accountability", params={"for": "crime", "limit": "3", **more})
        assert reply.status_code == 200, reply.text
        told: dict[str, Any] = reply.json()
        return told

    invented = asked(area="Quillhaven", world="fictional")

    assert invented["world"] == "fictional"
    assert all("(fictional)" in answer["accountable"]["label"] for answer in invented["answers"])
    assert asked(area="Southwark")["world"] is None


def test_a_question_says_of_which_world_it_is(real_server: Server) -> None:
    reply = real_server.http.get("/api/v1/questions/Q12", params={"area": "F06000001", "world": "fictional"})

    assert reply.json()["world"] == "fictional"
    assert len(reply.json()["records"]) == 8


def test_the_audit_of_a_world_is_made_when_asked_for_and_kept_apart(real_server: Server) -> None:
    asked = {"world": "fictional-breaches", "rule": "C04"}
    reply = real_server.http.get("/api/v1/audits/latest", params=asked)

    told = reply.json()
    assert reply.status_code == 200, reply.text
    assert told["world"] == "fictional-breaches"
    assert [finding["area"]["code"] for finding in told["findings"]] == ["F06000001"]
    assert told["findings"][0]["outcome"] == "failed"
    assert told["id"] in kept_of(real_server, "fictional-breaches")
    for world in (None, "fictional", "fictional-breaches"):
        of_world = {} if world is None else {"world": world}
        for audit in kept_of(real_server, world):
            told = real_server.http.get(f"/api/v1/audits/{audit}", params={"limit": "1", **of_world}).json()
            assert told["world"] == world


def kept_of(server: Server, world: str | None) -> list[str]:
    """The audits that are kept of a world: other tests may have had some made."""
    told = server.http.get("/api/v1/audits", params={} if world is None else {"world": world}).json()
    return [audit["id"] for audit in told["audits"]]


def test_the_interface_is_described_with_its_worlds(real_server: Server) -> None:
    paths = real_server.http.get("/api/openapi.json").json()["paths"]

    for path in ("/sparql", "/api/v1/accountability", "/api/v1/questions/{name}", "/api/v1/audits/latest"):
        assert "world" in {parameter["name"] for parameter in paths[path]["get"]["parameters"]}
