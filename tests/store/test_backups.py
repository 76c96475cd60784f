"""A backup is the store as it was, with the checksum of each file; what is damaged is named and not put back."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad

from lsp_graph.errors import StoreUnavailable
from lsp_graph.namespaces import GRAPH, ID, RDFS
from lsp_graph.store import Kind, StoreDirectory
from lsp_graph.store.backups import back_up, restore, verified
from lsp_graph.store.changes import Change
from lsp_graph.store.returning import go_back


def quad(number: int) -> Quad:
    return Quad(ID[f"thing/{number}"], RDFS.label, Literal(str(number)), GRAPH.one)


@pytest.fixture
def directory(tmp_path: Path) -> StoreDirectory:
    made = StoreDirectory(tmp_path / "store")
    made.commit([quad(1)], "first")
    made.commit_change(Change.of([quad(2)], [quad(1)]), parent="1", author="x", message="second")
    (made.path / "tokens.json").write_text("[]")
    (made.path / "tokens.json").chmod(0o600)
    (made.path / "audits").mkdir()
    (made.path / "audits" / "000001.json").write_text("{}")
    return made


def holds(directory: StoreDirectory, version: str | None = None) -> set[Quad]:
    return set(directory.open(version).view(None, Kind.STORED))


def test_a_backup_put_back_where_nothing_is_is_the_same_store(directory: StoreDirectory, tmp_path: Path) -> None:
    made = back_up(directory, tmp_path / "backup")
    fresh = StoreDirectory(tmp_path / "fresh")
    manifest, new = restore(fresh, tmp_path / "backup", "ann")
    assert (new, manifest.version, made.version) == (True, "2", "2")
    assert [holds(fresh, version) for version in ("1", "2")] == [{quad(1)}, {quad(2)}]
    assert (fresh.path / "audits" / "000001.json").read_text() == "{}"
    assert stat.S_IMODE((fresh.path / "tokens.json").stat().st_mode) == 0o600


def test_a_backup_put_back_over_a_store_is_its_next_version(directory: StoreDirectory, tmp_path: Path) -> None:
    back_up(directory, tmp_path / "backup")
    directory.commit([quad(7)], "third")
    manifest, new = restore(directory, tmp_path / "backup", "ann")
    assert (new, manifest.version, manifest.parent, manifest.author) == (False, "4", "3", "ann")
    assert manifest.message.startswith("restore the backup of 20")
    assert holds(directory) == {quad(2)}
    assert holds(directory, "3") == {quad(7)}


@pytest.mark.parametrize("name", ["CURRENT", "versions/2/manifest.json"])
def test_a_damaged_store_is_mended_by_a_backup(directory: StoreDirectory, name: str, tmp_path: Path) -> None:
    back_up(directory, tmp_path / "backup")
    (directory.path / name).write_bytes(b"\xff?")
    with pytest.raises(StoreUnavailable):
        directory.open()
    restore(directory, tmp_path / "backup", "ann")
    assert holds(directory) == {quad(2)}


def test_every_file_of_a_backup_is_held_against_its_checksum(directory: StoreDirectory, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    names = sorted(back_up(directory, backup).files)
    assert {"CURRENT", "FORMAT", "tokens.json", "versions/1/published.nq", "versions/2/removed.nq"} < set(names)
    for name in names:
        whole = (backup / name).read_bytes()
        for damaged in (whole + b" ", None):
            (backup / name).unlink()
            if damaged is not None:
                (backup / name).write_bytes(damaged)
            with pytest.raises(StoreUnavailable, match=rf"{name}: (damaged|cannot be read)"):
                restore(directory, backup, "ann")
            (backup / name).write_bytes(whole)
    assert verified(backup).version == "2"
    assert [manifest.version for manifest in directory.versions()] == ["1", "2"]


def test_a_folder_without_its_list_is_no_backup(directory: StoreDirectory, tmp_path: Path) -> None:
    back_up(directory, tmp_path / "backup")
    (tmp_path / "backup" / "BACKUP.json").unlink()
    with pytest.raises(StoreUnavailable, match=r"no backup, or not a whole one: there is no BACKUP\.json"):
        restore(directory, tmp_path / "backup", "ann")


@pytest.mark.parametrize("text", ["{", '{"version": "1"}', json.dumps([1])])
def test_a_damaged_list_is_named(directory: StoreDirectory, text: str, tmp_path: Path) -> None:
    back_up(directory, tmp_path / "backup")
    (tmp_path / "backup" / "BACKUP.json").write_text(text)
    with pytest.raises(StoreUnavailable, match=r"BACKUP\.json: damaged"):
        verified(tmp_path / "backup")


def test_a_damaged_store_is_not_backed_up(directory: StoreDirectory, tmp_path: Path) -> None:
    (directory.path / "versions" / "1" / "published.nq").write_bytes(b"damaged")
    with pytest.raises(StoreUnavailable, match=r"versions/1/published\.nq: missing or damaged"):
        back_up(directory, tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_backup_is_not_written_over_anything(directory: StoreDirectory, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "letter.txt").write_text("keep me")
    with pytest.raises(StoreUnavailable, match="there is something; give a folder that is not there yet"):
        back_up(directory, tmp_path / "there")
    assert (tmp_path / "there" / "letter.txt").read_text() == "keep me"


def test_an_earlier_version_becomes_current_again(directory: StoreDirectory) -> None:
    manifest = go_back(directory, "1", "ann")
    assert manifest is not None
    assert (manifest.version, manifest.parent, manifest.author, manifest.message) == (
        "3",
        "2",
        "ann",
        "restore version 1",
    )
    assert holds(directory) == {quad(1)}
    assert holds(directory, "2") == {quad(2)}
    assert go_back(directory, "1", "ann") is None
    assert [one.version for one in directory.versions()] == ["1", "2", "3"]
