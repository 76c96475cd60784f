"""The service follows the store: what another process or a write makes is served without a gap."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pyoxigraph import Literal, Quad

from lsp_graph.namespaces import GRAPH, ID, RDFS
from lsp_graph.settings import Settings
from lsp_graph.store import StoreDirectory
from lsp_graph.store.changes import Change
from tests.serve.conftest import Server, running

LABELS = "SELECT ?label WHERE { ?thing <http://www.w3.org/2000/01/rdf-schema#label> ?label } ORDER BY ?label"
PATIENCE = 20.0
"""Seconds after which a version that is not served yet counts as never served."""


def quads(*names: str) -> list[Quad]:
    return [Quad(ID[f"thing/{name}"], RDFS.label, Literal(name), GRAPH.one) for name in names]


@pytest.fixture
def store(tmp_path: Path) -> StoreDirectory:
    directory = StoreDirectory(tmp_path / "store")
    directory.commit(quads("a"), "first")
    return directory


@pytest.fixture
def server(store: StoreDirectory) -> Iterator[Server]:
    with running(Settings(store=store.path, port=0)) as server:
        yield server


def labels(server: Server) -> str:
    return server.get(LABELS, "text/csv").text


def served(server: Server, version: str) -> httpx.Response:
    """The first answer from a version; every answer until then is whole and of the version before."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = server.get(LABELS, "text/csv")
        assert answer.status_code == httpx.codes.OK
        if answer.headers["LSP-Graph-Version"] == version:
            return answer
        assert int(answer.headers["LSP-Graph-Version"]) < int(version)
    raise AssertionError(f"version {version} was not served within {PATIENCE} seconds")


def test_a_change_that_another_process_made_is_served(store: StoreDirectory, server: Server) -> None:
    assert labels(server) == "label\r\na\r\n"
    store.commit_change(Change.of(quads("b"), quads("a")), parent="1", author="x", message="change")
    assert served(server, "2").text == "label\r\nb\r\n"


def test_a_version_written_whole_is_served_by_another_keeper(store: StoreDirectory, server: Server) -> None:
    assert labels(server) == "label\r\na\r\n"
    store.commit(quads("c", "d"), "built again")
    assert served(server, "2").text == "label\r\nc\r\nd\r\n"
    assert server.http.get("/health").json()["status"] == "ok"
    store.commit_change(Change.of(quads("e"), ()), parent="2", author="x", message="change")
    assert served(server, "3").text == "label\r\nc\r\nd\r\ne\r\n"


def test_an_answer_of_the_version_before_is_not_kept_for_the_next(store: StoreDirectory, server: Server) -> None:
    first = server.get(LABELS, "text/csv")
    store.commit_change(Change.of(quads("b"), ()), parent="1", author="x", message="change")
    later = served(server, "2")
    assert later.headers["ETag"] != first.headers["ETag"]
    again = server.http.get("/sparql", params={"query": LABELS}, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == httpx.codes.OK


def test_a_damaged_version_leaves_the_one_before_in_service(store: StoreDirectory, server: Server) -> None:
    change = Change.of(quads("b"), ())
    manifest = store.commit_change(change, parent="1", author="x", message="change")
    assert served(server, "2").text == "label\r\na\r\nb\r\n"
    (store.path / "versions" / manifest.version / "added.nq").write_bytes(b"damaged")
    with pytest.raises(Exception, match="damaged"):
        store.open()
    assert labels(server) == "label\r\na\r\nb\r\n"


def test_an_earlier_version_can_still_be_asked(store: StoreDirectory, server: Server) -> None:
    store.commit_change(Change.of(quads("b"), quads("a")), parent="1", author="x", message="change")
    served(server, "2")
    for version, expected in (("1", "label\r\na\r\n"), ("2", "label\r\nb\r\n")):
        answer = server.get(LABELS, "text/csv", version=version)
        assert (answer.text, answer.headers["LSP-Graph-Version"]) == (expected, version)
    refused = server.get(LABELS, "text/csv", version="3")
    assert refused.status_code == httpx.codes.NOT_FOUND
    assert "there are 1, 2" in refused.json()["detail"]


def test_every_version_has_its_files_to_download(store: StoreDirectory, server: Server) -> None:
    store.commit_change(Change.of(quads("b"), ()), parent="1", author="x", message="change")
    served(server, "2")
    for version, lines in (("1", 1), ("2", 2)):
        assert len(server.http.get(f"/dumps/{version}/lsp-graph.nq").text.splitlines()) == lines
