"""/dumps/ has each version of the whole graph to download: what is published, checked, and nothing else."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64encode
from pathlib import Path

import pyoxigraph as ox
import pytest

from lsp_graph.errors import StoreUnavailable
from lsp_graph.namespaces import GRAPH
from lsp_graph.serve import dumping
from lsp_graph.store import StoreDirectory

from . import linked as small
from .conftest import Server
from .linked import BROWSER
from .test_protocol import problem

NAMES = sorted(dumping.FILES)


def quads(content: bytes, name: str) -> set[ox.Quad]:
    text = gzip.decompress(content) if name.endswith(".gz") else content
    form = ox.RdfFormat.TRIG if ".trig" in name else ox.RdfFormat.N_QUADS
    dataset = ox.Dataset(ox.parse(text, format=form))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_holds_what_is_published_and_no_more(linked: Server, linked_store: Path, name: str) -> None:
    response = linked.http.get(f"/dumps/1/{name}")
    assert response.status_code == 200, response.text
    found = quads(response.content, name)
    assert found == quads((linked_store / "versions" / "1" / "published.nq").read_bytes(), "lsp-graph.nq")
    assert GRAPH.first in {quad.graph_name for quad in found}
    assert GRAPH.unverified not in {quad.graph_name for quad in found}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_can_be_checked(linked: Server, name: str) -> None:
    response = linked.http.get(f"/dumps/1/{name}")
    digest = hashlib.sha256(response.content)
    assert response.headers["etag"] == f'"{digest.hexdigest()}"'
    assert response.headers["repr-digest"] == f"sha-256=:{b64encode(digest.digest()).decode()}:"
    assert f"{digest.hexdigest()}  {name}" in linked.http.get("/dumps/1/SHA256SUMS").text.splitlines()
    stem, _, ending = name.partition(".")
    assert f'filename="{stem}-1.{ending}"' in response.headers["content-disposition"]


def test_who_has_a_file_gets_it_no_second_time(linked: Server) -> None:
    first = linked.http.get("/dumps/1/lsp-graph.nq.gz")
    again = linked.http.get("/dumps/1/lsp-graph.nq.gz", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_download_that_broke_off_can_be_taken_up(linked: Server) -> None:
    whole = linked.http.get("/dumps/1/lsp-graph.nq")
    headers = {"range": "bytes=100-", "if-range": whole.headers["etag"]}
    rest = linked.http.get("/dumps/1/lsp-graph.nq", headers=headers)
    assert rest.status_code == 206
    assert rest.content == whole.content[100:]


def test_head_tells_the_size_of_a_file(linked: Server) -> None:
    headed = linked.http.head("/dumps/1/lsp-graph.nq")
    assert (headed.status_code, headed.content) == (200, b"")
    assert int(headed.headers["content-length"]) == len(linked.http.get("/dumps/1/lsp-graph.nq").content)


def test_the_versions_are_listed_for_programs_and_for_people(linked: Server) -> None:
    (version,) = linked.http.get("/dumps/", headers={"accept": "application/json"}).json()["versions"]
    assert version["version"] == "1"
    assert {file["name"] for file in version["files"]} == {*dumping.FILES, dumping.SUMS}
    for file in version["files"]:
        assert linked.http.get(file["url"]).status_code == 200
    page = linked.http.get("/dumps/", headers={"accept": BROWSER})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert all(file["url"] in page.text for file in version["files"])
    problem(linked.http.get("/dumps/", headers={"accept": "image/png"}), 406)
    assert linked.http.get("/dumps", follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "2/lsp-graph.nq",
        "99999999999999999999/lsp-graph.nq",
        "latest/lsp-graph.nq",
        "%D9%A1/lsp-graph.nq",
        "../lsp-graph.nq",
        "%2e%2e/lsp-graph.nq",
        "1%2f..%2f1/lsp-graph.nq",
        "1/published.nq",
        "1/left-out.nq",
        "1/manifest.json",
        "1/..%2fleft-out.nq",
        "1/%00",
        "1/",
        "1",
    ],
)
def test_there_is_nothing_else_to_be_had(linked: Server, path: str) -> None:
    problem(linked.http.get(f"/dumps/{path}", follow_redirects=True), 404)


def test_files_are_packed_alike_each_time(tmp_path: Path) -> None:
    store = small.commit(tmp_path / "store")
    manifest = StoreDirectory(store).manifest("1")
    one, other = (dumping.dumps(store, tmp_path / folder, manifest) for folder in ("one", "other"))
    assert {name: dump.sha256 for name, dump in one.items()} == {name: dump.sha256 for name, dump in other.items()}
    assert [path.name for path in (tmp_path / "one").iterdir()] == [f"1-{manifest.content[:12]}"]


def test_a_store_made_anew_does_not_get_the_files_of_the_old(tmp_path: Path) -> None:
    store = small.commit(tmp_path / "store")
    before = dumping.dumps(store, tmp_path / "dumps", StoreDirectory(store).manifest("1"))
    other = tmp_path / "other"
    other.mkdir()
    quad = ox.Quad(GRAPH.first, GRAPH.first, ox.Literal("all there is"), GRAPH.first)
    StoreDirectory(other).commit([quad], "other")
    after = dumping.dumps(other, tmp_path / "dumps", StoreDirectory(other).manifest("1"))
    assert before["lsp-graph.nq.gz"].sha256 != after["lsp-graph.nq.gz"].sha256


def test_damaged_quads_are_not_handed_out(tmp_path: Path) -> None:
    store = small.commit(tmp_path / "store")
    with (store / "versions" / "1" / "published.nq").open("ab") as file:
        file.write(b"<https://e.org/a> <https://e.org/b> <https://e.org/c> .\n")
    with pytest.raises(StoreUnavailable, match="checksum"):
        dumping.dumps(store, tmp_path / "dumps", StoreDirectory(store).manifest("1"))
    assert not list((tmp_path / "dumps").iterdir())
