"""POST /api/v1/records takes records in for who has a token, whole or not at all; a dry run only tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lsp_graph.client import connect
from lsp_graph.errors import InputError
from lsp_graph.handing_in import Refused, _packed
from lsp_graph.layout import DATA
from lsp_graph.serve.tokens import TokenFile
from lsp_graph.settings import Settings
from lsp_graph.store import StoreDirectory
from tests.copies import copy_of
from tests.serve.conftest import Server, running

QUILLHAVEN = DATA / "fictional" / "records" / "quillhaven"
GRAPH = "https://w3id.org/lsp/graph/fictional/places/record/F06000001/ann"
ZIP = {"content-type": "application/zip"}


class Desk:
    """A server of the real graph with tokens, and its store."""

    def __init__(self, server: Server, store: StoreDirectory, tokens: dict[str, str]) -> None:
        self.server, self.store, self.tokens = server, store, tokens

    def post(self, body: bytes, headers: dict[str, str], name: str = "ann", **asked: str) -> httpx.Response:
        told = {**headers, "authorization": f"Bearer {self.tokens[name]}"} if name else headers
        params = {"world": "fictional", **asked}
        # A connection of its own: reading a record takes longer than an idle one is kept.
        return httpx.post(f"{self.server.url}/api/v1/records", params=params, content=body, headers=told, timeout=120)

    def versions(self) -> int:
        return len(self.store.versions())


@pytest.fixture(scope="module")
def desk(real_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    store = copy_of(real_store, tmp_path_factory.mktemp("desk") / "store")
    file = TokenFile(store)
    tokens = {
        "ann": file.issue("ann", "write", [], None),
        "bob": file.issue("bob", "write", ["https://example.org/other"], None),
        "carl": file.issue("carl", "write", [GRAPH.replace("/ann", "/carl")], None),
    }
    with running(Settings(store=store, port=0, workers=2)) as server:
        yield Desk(server, StoreDirectory(store), tokens)


@pytest.fixture(scope="module")
def packed() -> bytes:
    return _packed(QUILLHAVEN)[1]


def told(reply: httpx.Response) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(reply.text)
    return document


def test_a_dry_run_tells_and_changes_nothing(desk: Desk, packed: bytes) -> None:
    before = desk.versions()
    reply = desk.post(packed, ZIP, **{"dry-run": "true"})
    assert reply.status_code == 200, reply.text
    said = told(reply)
    assert (said["dryRun"], said["version"], said["submitter"]) == (True, None, "ann")
    assert said["records"][0]["title"] == "Quillhaven Together (fictional)"
    assert desk.versions() == before


def test_a_record_is_taken_in_once_and_served_at_once(desk: Desk, packed: bytes) -> None:
    name = "carl"
    reply = desk.post(packed, ZIP, name)
    assert reply.status_code == 201, reply.text
    said = told(reply)
    assert said["records"][0]["graph"] == GRAPH.replace("/ann", "/carl")
    assert reply.headers["lsp-graph-version"] == said["version"] == desk.store.current()
    asked = f"ASK FROM NAMED <{said['records'][0]['graph']}>"
    query = f"{asked} {{ GRAPH ?g {{ ?lsp a <https://w3id.org/lsp/ont#LocalStrategicPartnership> }} }}"
    assert told(desk.server.get(query, "application/sparql-results+json"))["boolean"]

    again = desk.post(packed, ZIP, name)
    assert again.status_code == 200
    assert told(again)["records"][0]["outcome"] == "unchanged"
    assert told(again)["version"] is None
    manifest = desk.store.manifest(desk.store.current())
    assert (manifest.author, manifest.message) == (name, "record of Quillhaven Together (fictional) (F06000001)")
    logged = [json.loads(line) for line in (desk.store.path / "writes.log").read_text().splitlines()]
    assert ("carl", "POST", "written", said["version"]) in [
        (one["token"], one["operation"], one["outcome"], one["version"]) for one in logged
    ]


def test_a_form_brings_several_files_and_all_or_none_are_taken(desk: Desk, packed: bytes) -> None:
    before = desk.versions()
    other = _packed(QUILLHAVEN.parent / "staithby")
    sent = {"files": [("files", ("q.zip", packed)), ("files", other), ("files", ("bad.ttl", b"not Turtle"))]}["files"]
    headers = {"authorization": f"Bearer {desk.tokens['ann']}"}
    asked = {"world": "fictional"}
    refused = desk.server.http.post("/api/v1/records", params=asked, files=sent, headers=headers, timeout=120)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert {one["file"] for one in told(refused)["problems"]} == {"bad.ttl"}
    assert desk.versions() == before
    taken = desk.server.http.post("/api/v1/records", params=asked, files=sent[:2], headers=headers, timeout=120)
    assert taken.status_code == 201, taken.text
    assert [one["key"] for one in told(taken)["records"]] == ["F06000001", "F07000003"]
    assert desk.versions() == before + 1


@pytest.mark.parametrize(
    ("name", "headers", "asked", "status", "detail"),
    [
        ("", ZIP, {}, 401, "no token"),
        (
            "bob",
            ZIP,
            {},
            403,
            "this token may not write https://w3id.org/lsp/graph/fictional/places/record/F06000001/bob",
        ),
        ("ann", {"content-type": "text/csv"}, {}, 415, "expected one of"),
        ("ann", {"content-type": "multipart/form-data"}, {}, 400, "a form without a boundary"),
        ("ann", {"content-type": "multipart/form-data; boundary=x"}, {}, 400, "the form"),
        ("ann", ZIP, {"dry-run": "perhaps"}, 400, "expected true or false"),
        ("ann", ZIP, {"world": "wales"}, 404, "'wales' is no world"),
    ],
)
def test_what_may_not_be_taken_in_is_refused(
    desk: Desk, packed: bytes, name: str, headers: dict[str, str], asked: dict[str, str], status: int, detail: str
) -> None:
    before = desk.versions()
    reply = desk.post(packed, headers, name, **asked)
    assert (reply.status_code, detail in told(reply)["detail"]) == (status, True), reply.text
    assert desk.versions() == before


def test_a_form_without_files_or_cut_off_is_refused(desk: Desk) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    field = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'
    assert "has no file name" in told(desk.post(field, headers))["detail"]
    cut = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.ttl"\r\n\r\nb'
    assert "breaks off" in told(desk.post(cut, headers))["detail"]


def test_the_client_hands_in_dry_unless_told(desk: Desk, tmp_path: Path) -> None:
    graph = connect(desk.server.url)
    before = desk.versions()
    dry = graph.submit(QUILLHAVEN, token=desk.tokens["ann"], world="fictional")
    assert dry.document["dryRun"]
    assert "Nothing was written: this was a dry run." in str(dry)
    assert desk.versions() == before
    bad = tmp_path / "bad.ttl"
    bad.write_text("not Turtle")
    with pytest.raises(InputError, match=r"bad\.ttl"):
        graph.submit(bad, token=desk.tokens["ann"], dry_run=False)
    with pytest.raises(Refused, match="401 a token that is not known here"):
        graph.submit(QUILLHAVEN, token="nobody", dry_run=False)  # noqa: S106  # of nobody
    assert desk.versions() == before
