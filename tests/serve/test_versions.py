"""/api/v1/versions lists the versions, tells one, and what two of them differ in; many writes are folded."""

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
from lsp_graph.store.folding import SLACK
from tests.serve.conftest import Server, running
from tests.serve.writable import writable


def label(name: str, text: str) -> Quad:
    return Quad(ID[f"thing/{name}"], RDFS.label, Literal(text), GRAPH.one)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = StoreDirectory(tmp_path_factory.mktemp("versions") / "store")
    directory.commit([label("a", "first")], "first")
    for number in range(2, 5):
        change = Change.of([label("a", f"name {number}"), label(str(number), "new")], directory.open().graph(GRAPH.one))
        directory.commit_change(change, parent=str(number - 1), author="ann", message=f"change {number}")
    with running(Settings(store=directory.path, port=0, workers=1)) as one:
        yield one


def test_versions_are_listed_newest_first_in_pages(server: Server) -> None:
    first = server.http.get("/api/v1/versions", params={"limit": 2})
    assert [one["version"] for one in first.json()["versions"]] == ["4", "3"]
    assert first.headers["X-Total-Count"] == "4"
    rest = server.http.get(first.json()["next"])
    assert [(one["version"], one["message"], one["author"]) for one in rest.json()["versions"]] == [
        ("2", "change 2", "ann"),
        ("1", "first", "lsp-graph"),
    ]


def test_one_version_tells_its_graphs(server: Server) -> None:
    told = server.http.get("/api/v1/versions/3").json()
    assert (told["parent"], told["graphs"]) == ("2", {GRAPH.one.value: 2})
    assert server.http.get("/api/v1/versions/9").status_code == httpx.codes.NOT_FOUND


def test_two_versions_are_compared_in_words(server: Server) -> None:
    told = server.http.get("/api/v1/versions/1/diff", params={"to": "2"}).json()
    assert told["counts"] == {"added": 1, "removed": 0, "changed": 1, "following": 0}
    assert [(one["change"], one["before"], one["after"]) for one in told["facts"]] == [
        ("changed", ["first"], ["name 2"]),
        ("added", [], ["new"]),
    ] or [one["change"] for one in told["facts"]] == ["added", "changed"]
    page = server.http.get("/api/v1/versions/1/diff", params={"limit": 1})
    assert (page.json()["to"], page.headers["X-Total-Count"], len(page.json()["facts"])) == ("4", "2", 1)
    assert server.http.get("/api/v1/versions/1/diff", params={"to": "x"}).status_code == httpx.codes.NOT_FOUND


def test_old_versions_go_in_the_background_when_few_are_to_be_kept(tmp_path: Path) -> None:
    with writable(tmp_path, keep_versions=5) as service:
        for number in range(SLACK + 6):
            assert service.update(
                f"INSERT DATA {{ <https://example.org/s> <https://example.org/p> {number} }}"
            ).is_success
        end = time.monotonic() + 20
        while service.versions() > SLACK and time.monotonic() < end:
            time.sleep(0.1)
        assert 5 <= service.versions() <= 10
        assert service.http.get("/api/v1/versions").json()["versions"][-1]["version"] != "1"
        assert service.update("INSERT DATA { <https://example.org/s> <https://example.org/p> 'more' }").is_success
