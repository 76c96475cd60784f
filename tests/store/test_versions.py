"""A store is whole or says what is wrong with it; the last version is there whatever happened to the next."""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from pyoxigraph import Quad

from lsp_graph.errors import StoreUnavailable
from lsp_graph.namespaces import GRAPH, ID, LSP
from lsp_graph.store import EmbeddedBackend, Kind, StoreDirectory, open_store
from lsp_graph.store.changes import Change

FIRST = Quad(ID.a, LSP.within, ID.b, GRAPH.one)
SECOND = Quad(ID.c, LSP.within, ID.d, GRAPH.unverified)


@pytest.fixture
def directory(tmp_path: Path) -> StoreDirectory:
    made = StoreDirectory(tmp_path / "store")
    made.commit([FIRST], "first")
    return made


def whole(backend: EmbeddedBackend) -> set[Quad]:
    return set(backend.view(None, Kind.WHOLE))


def test_what_was_written_is_what_is_read(directory: StoreDirectory) -> None:
    directory.commit([FIRST, SECOND], "second")

    assert (whole(open_store(directory.path))) == {FIRST, SECOND}
    assert (whole(open_store(directory.path, "1"))) == {FIRST}


def test_a_manifest_tells_parent_message_and_counts(directory: StoreDirectory) -> None:
    second, new = directory.commit([FIRST, SECOND], "second")

    assert new
    assert (second.version, second.parent, second.message) == ("2", "1", "second")
    assert second.graphs == {GRAPH.one.value: 1, GRAPH.unverified.value: 1}
    assert [manifest.version for manifest in directory.versions()] == ["1", "2"]


def test_the_same_facts_make_no_new_version(directory: StoreDirectory) -> None:
    again, new = directory.commit([FIRST], "again")

    assert not new
    assert again.version == "1"


def test_a_damaged_version_is_named_and_not_opened(directory: StoreDirectory) -> None:
    path = directory.path / "versions" / "1" / "published.nq"
    path.write_bytes(path.read_bytes()[:-3])

    with pytest.raises(StoreUnavailable, match=r"published\.nq: damaged"):
        directory.open()


def test_building_again_mends_a_damaged_version(directory: StoreDirectory) -> None:
    (directory.path / "versions" / "1" / "merged.nt").unlink()

    _, new = directory.commit([FIRST], "again")

    assert new
    assert (whole(directory.open())) == {FIRST}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("FORMAT", "4", "store of format 4, this program knows up to 3"),
        ("FORMAT", "two", "'two' is no format"),
        ("CURRENT", "9", "version 9 is damaged or was never here"),
        ("versions/1/manifest.json", "{", r"manifest\.json: damaged"),
        ("versions/1/manifest.json", '{"version": "1"}', r"manifest\.json: damaged"),
    ],
)
def test_a_store_that_cannot_be_read_says_why(directory: StoreDirectory, name: str, text: str, told: str) -> None:
    (directory.path / name).write_text(text)

    with pytest.raises(StoreUnavailable, match=told):
        directory.open()


def test_no_store_is_said_with_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no store here; `lsp-graph build` makes one"):
        open_store(tmp_path)


def test_a_second_writer_is_refused(directory: StoreDirectory) -> None:
    with (directory.path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreUnavailable, match="another process is writing here"):
            directory.commit([SECOND], "second")


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("as_change", [False, True])
@pytest.mark.parametrize("step", range(12))
def test_a_crash_while_writing_leaves_the_version_before(
    directory: StoreDirectory, step: int, as_change: bool, lost: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut the power at each flush to disk in turn: what readers open is the first version or, whole, the second.

    What was written into the file and not flushed may be there, or be lost.
    """
    flushes = 0
    flush = os.fsync

    def dying(descriptor: int) -> None:
        nonlocal flushes
        if flushes == step:
            if lost and stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.ftruncate(descriptor, 0)
            raise KeyboardInterrupt
        flushes += 1
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", dying)
    with suppress(KeyboardInterrupt):
        if as_change:
            directory.commit_change(Change.of([SECOND], ()), parent="1", author="x", message="second")
        else:
            directory.commit([FIRST, SECOND], "second")
    monkeypatch.undo()

    opened = directory.open()
    assert (whole(opened)) == ({FIRST} if opened.version == "1" else {FIRST, SECOND})
    assert directory.commit([FIRST, SECOND], "again")[0].content
    assert (whole(directory.open())) == {FIRST, SECOND}


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the store should be")

    with pytest.raises(StoreUnavailable, match="cannot be written"):
        StoreDirectory(tmp_path / "store").commit([FIRST], "first")
