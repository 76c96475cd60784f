"""`versions`, `diff`, `restore`, `backup`, `compact` and `--version` say what became of a store and lose nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad

from lsp_graph.namespaces import GRAPH, ID, LSP, RDF, RDFS, resource
from lsp_graph.store import StoreDirectory
from lsp_graph.store.changes import Change


def label(thing: str, text: str, graph: str = "one") -> Quad:
    return Quad(ID[thing], RDFS.label, Literal(text, language="en"), GRAPH[graph])


PURPOSE = Quad(ID["lsp/a"], LSP.purpose, Literal("talk"), GRAPH.one)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three versions: the second changes a name and adds a thing, the third takes a fact away."""
    directory = StoreDirectory(tmp_path / "store")
    directory.commit(
        [label("lsp/a", "Alliance"), PURPOSE, Quad(GRAPH.one, RDFS.label, Literal("Source one"), GRAPH.one)], "first"
    )
    second = Change.of(
        [
            label("lsp/a", "Grand Alliance"),
            label("lsp/b", "=Partnership"),
            Quad(ID["lsp/b"], RDF.type, LSP.Partnership, GRAPH.inferred),
            Quad(ID["lsp/b"], LSP.evidence, resource("evidence", "one", "table", 2), GRAPH.one),
        ],
        [label("lsp/a", "Alliance")],
    )
    directory.commit_change(second, parent="1", author="ann", message="a better name")
    directory.commit_change(Change.of((), [PURPOSE]), parent="2", author="bob", message="no purpose")
    return directory.path


def run(store: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lsp_graph", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "LSP_GRAPH_STORE": str(store)},
        timeout=120,
        check=False,
    )


def test_versions_are_listed_with_who_made_them_and_what_they_changed(store: Path) -> None:
    told = json.loads(run(store, "versions", "--format", "json").stdout)
    assert told["total"] == 3
    rows = [(one["version"], one["author"], one["message"], one["added"], one["removed"]) for one in told["versions"]]
    assert rows == [
        ("3", "bob", "no purpose", 0, 1),
        ("2", "ann", "a better name", 4, 1),
        ("1", "lsp-graph", "first", None, None),
    ]
    assert "a better name" in run(store, "versions", "--limit", "2", "--check").stdout


def test_a_damaged_version_is_named_when_all_are_checked(store: Path) -> None:
    (store / "versions" / "2" / "added.nq").write_text("damaged")
    done = run(store, "versions", "--check")
    assert done.returncode == 3
    assert "versions/2/added.nq: damaged (checksum differs)" in done.stderr


def test_two_versions_are_compared_in_words(store: Path) -> None:
    told = json.loads(run(store, "diff", "1", "3", "--format", "json").stdout)
    assert told["counts"] == {"added": 1, "removed": 1, "changed": 1, "following": 1}
    assert told["audits"] is None
    found = [
        (one["change"], one["thing"]["label"], one["property"]["label"], one["before"], one["after"], one["follows"])
        for one in told["facts"]
    ]
    assert found == [
        ("added", "=Partnership", "label", [], ["=Partnership"], False),
        ("changed", "Grand Alliance", "label", ["Alliance"], ["Grand Alliance"], False),
        ("removed", "Grand Alliance", "purpose", ["talk"], [], False),
        ("added", "=Partnership", "is a", [], ["Partnership"], True),
    ]
    assert told["facts"][0]["source"]["label"] == "Source one"


def test_a_comparison_may_look_back(store: Path) -> None:
    told = json.loads(run(store, "diff", "3", "1", "--format", "json").stdout)
    assert told["counts"] == {"added": 1, "removed": 1, "changed": 1, "following": 1}
    assert [one["after"] for one in told["facts"] if one["change"] == "added"] == [["talk"]]


def test_a_comparison_as_a_table_says_how_much_there_is_and_that_nothing_was_audited(store: Path) -> None:
    done = run(store, "diff", "1", "2")
    assert "From version 1 to 2: 1 added, 0 removed, 1 changed; 1 facts follow from that." in done.stdout
    assert "Audits: version 1 has not been audited, so there is nothing to compare." in done.stdout


def test_a_comparison_as_csv_has_no_formulas(store: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(store, "diff", "1", "2", "--format", "csv").stdout)))
    assert rows[0]["thing"] == "'=Partnership"
    assert [row["follows"] for row in rows] == ["no", "no", "yes"]


def test_an_earlier_version_is_asked(store: Path, tmp_path: Path) -> None:
    query = tmp_path / "query.rq"
    query.write_text("SELECT ?l { <https://w3id.org/lsp/id/lsp/a> <http://www.w3.org/2000/01/rdf-schema#label> ?l }")
    told = [run(store, "sparql", str(query), "--format", "csv", "--version", version).stdout for version in "123"]
    assert [one.split()[1:] for one in told] == [["Alliance"], ["Grand", "Alliance"], ["Grand", "Alliance"]]
    refused = run(store, "sparql", str(query), "--version", "4")
    assert (refused.returncode, refused.stderr) == (2, "'4' is no version that is known here; nearest: 1, 2, 3\n")


def test_an_earlier_version_and_a_backend_are_not_asked_together(store: Path) -> None:
    done = run(store, "who", "crime", "--version", "1", "--backend", "http://127.0.0.1:9/")
    assert done.returncode == 2
    assert "--version asks the store: leave out --backend" in done.stderr


def test_a_version_is_restored_and_put_down_to_somebody(store: Path) -> None:
    done = run(store, "restore", "1", "--author", "eve")
    assert (done.returncode, done.stderr) == (0, f"{store}: version 1 is current again, as version 4\n")
    told = json.loads(run(store, "versions", "--format", "json").stdout)["versions"][0]
    assert (told["author"], told["message"], told["parent"]) == ("eve", "restore version 1", "3")
    assert json.loads(run(store, "diff", "1", "4", "--format", "json").stdout)["facts"] == []


def test_a_backup_is_made_and_put_back(store: Path, tmp_path: Path) -> None:
    assert run(store, "backup", str(tmp_path / "copy")).returncode == 0
    assert run(tmp_path / "fresh", "restore", str(tmp_path / "copy")).returncode == 0
    assert [one.message for one in StoreDirectory(tmp_path / "fresh").versions()] == [
        "first",
        "a better name",
        "no purpose",
    ]
    (tmp_path / "copy" / "CURRENT").write_text("1")
    done = run(store, "restore", str(tmp_path / "copy"))
    assert (done.returncode, done.stderr) == (
        3,
        f"{tmp_path / 'copy' / 'CURRENT'}: damaged (checksum differs); use another backup\n",
    )


def test_old_versions_go_when_that_is_wanted(store: Path) -> None:
    assert "version 3 is written whole; 0 versions are gone" in run(store, "compact").stderr
    assert "1 versions are gone" in run(store, "compact", "--keep", "2").stderr
    assert [one.version for one in StoreDirectory(store).versions()] == ["2", "3"]
    refused = run(store, "restore", "1")
    assert (refused.returncode, refused.stderr) == (2, "'1' is no version that is known here; nearest: 2, 3\n")


@pytest.mark.parametrize("words", [("versions",), ("diff", "1", "2"), ("backup", "copy"), ("compact",)])
def test_where_no_store_is_that_is_said(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(tmp_path / "nothing", *(str(tmp_path / word) if word == "copy" else word for word in words))
    assert "Traceback" not in done.stderr
    if words != ("versions",):
        assert done.returncode == 3
        assert "no store here; `lsp-graph build` makes one" in done.stderr
