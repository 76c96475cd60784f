"""A store of many writes opens without reading them all, and keeps no more versions than it is to."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, Quad

from lsp_graph.errors import StoreUnavailable
from lsp_graph.namespaces import GRAPH, ID, RDFS
from lsp_graph.store import Kind, StoreDirectory, folding
from lsp_graph.store.changes import Change
from lsp_graph.store.folding import compact, is_due, keeping


def quad(number: int) -> Quad:
    return Quad(ID[f"thing/{number}"], RDFS.label, Literal(str(number)), GRAPH.one)


@pytest.fixture
def directory(tmp_path: Path) -> StoreDirectory:
    """Seven versions; the first is whole, the others add one fact each, the last one takes one away."""
    made = StoreDirectory(tmp_path / "store")
    made.commit([quad(1), Quad(BlankNode("b"), RDFS.label, Literal("blank"), GRAPH.one)], "first")
    for number in range(2, 7):
        made.commit_change(Change.of([quad(number)], ()), parent=str(number - 1), author="x", message="more")
    made.commit_change(Change.of((), [quad(1)]), parent="6", author="x", message="less")
    return made


def holds(directory: StoreDirectory, version: str | None = None) -> set[Quad]:
    return set(directory.open(version).view(None, Kind.STORED))


def numbers(directory: StoreDirectory) -> list[str]:
    return [manifest.version for manifest in directory.versions()]


def test_a_folded_version_is_opened_by_itself_and_is_the_same(directory: StoreDirectory) -> None:
    before, content = holds(directory), directory.open().content
    assert compact(directory, 0).folded == "7"
    for number in range(2, 7):
        (directory.path / "versions" / str(number) / "added.nq").write_bytes(b"nobody reads this")
    assert holds(directory) == before
    assert directory.open().content == content == directory.manifest("7").content


def test_what_changes_a_folded_version_is_taken_on_from_there(directory: StoreDirectory) -> None:
    compact(directory, 0)
    directory.commit_change(Change.of([quad(8)], [quad(2)]), parent="7", author="x", message="more")
    assert {one.object.value for one in holds(directory) if isinstance(one.object, Literal)} == set("34568") | {"blank"}


def test_a_damaged_fold_is_made_good_by_the_changes(directory: StoreDirectory) -> None:
    before = holds(directory)
    compact(directory, 0)
    (directory.path / "folded" / "7" / "published.nq").write_bytes(b"damaged")
    assert holds(directory) == before
    assert compact(directory, 0).folded == "7"
    assert compact(directory, 0).folded is None


def test_a_damaged_fold_without_the_changes_is_named(directory: StoreDirectory) -> None:
    compact(directory, 1)
    (directory.path / "folded" / "7" / "published.nq").write_bytes(b"damaged")
    with pytest.raises(StoreUnavailable, match=r"folded/7/published\.nq: damaged"):
        directory.open()


def test_versions_go_but_those_that_are_to_be_kept(directory: StoreDirectory) -> None:
    kept = {version: holds(directory, version) for version in ("5", "6", "7")}
    assert compact(directory, 3).gone == 4
    assert numbers(directory) == ["5", "6", "7"]
    assert {version: holds(directory, version) for version in kept} == kept
    with pytest.raises(StoreUnavailable, match="version 4 is kept no more; the oldest is 5"):
        directory.open("4")
    directory.commit_change(Change.of([quad(8)], ()), parent="7", author="x", message="more")
    assert numbers(directory) == ["5", "6", "7", "8"]
    assert directory.changes("4") is None


def test_folds_that_nobody_needs_go(directory: StoreDirectory) -> None:
    compact(directory, 0)
    directory.commit_change(Change.of([quad(8)], ()), parent="7", author="x", message="more")
    compact(directory, 0)
    assert [entry.name for entry in (directory.path / "folded").iterdir()] == ["8"]


def test_it_is_time_to_compact_now_and_then(directory: StoreDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    last = directory.manifest("7")
    assert not is_due(directory, last, 0)
    monkeypatch.setattr(folding, "FOLD_AFTER", 3)
    assert is_due(directory, last, 0)
    assert not is_due(directory, directory.manifest("6"), 0)
    monkeypatch.setattr(folding, "SLACK", 2)
    assert is_due(directory, directory.manifest("6"), 3)


def test_versions_are_not_let_go_while_they_are_copied(directory: StoreDirectory) -> None:
    with keeping(directory, alone=False), pytest.raises(StoreUnavailable, match="compacts or copies it just now"):
        compact(directory, 1)
    assert numbers(directory) == [str(number) for number in range(1, 8)]


def test_a_version_that_never_became_current_is_none(directory: StoreDirectory) -> None:
    directory.commit_change(Change.of([quad(8)], ()), parent="7", author="x", message="more")
    (directory.path / "CURRENT").write_text("7")  # as if the power had been cut before the last step
    assert numbers(directory)[-1] == "7"
    manifest = directory.commit_change(Change.of([quad(9)], ()), parent="7", author="x", message="more")
    assert (manifest.version, manifest.parent) == ("9", "7")
    assert numbers(directory) == [*(str(number) for number in range(1, 8)), "9"]
