"""Whatever happens while the store writes: the last acknowledged version is whole, what was cut off can be redone."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from pyoxigraph import Literal, Quad

from lsp_graph.errors import StoreUnavailable
from lsp_graph.namespaces import GRAPH, ID, RDFS
from lsp_graph.store import Kind, StoreDirectory
from lsp_graph.store.backups import back_up, restore, verified
from lsp_graph.store.changes import Change
from lsp_graph.store.folding import compact
from lsp_graph.store.returning import go_back
from tests.store.faults import Recorder, after_power_cut

SEEDS = 3
"""Power cuts that are tried at each place: each loses something else of what was not flushed."""


def quad(number: int) -> Quad:
    return Quad(ID[f"thing/{number}"], RDFS.label, Literal(str(number)), GRAPH.one)


def holds(directory: StoreDirectory, version: str | None = None) -> set[str]:
    return {
        one.object.value for one in directory.open(version).view(None, Kind.STORED) if isinstance(one.object, Literal)
    }


@dataclass(frozen=True)
class Work:
    """Something done to a store below `root`, and what the store may hold before and after it."""

    name: str
    run: Callable[[Path], object]
    before: frozenset[str]
    after: frozenset[str]
    store: str = "store"
    backup: str | None = None


def store(root: Path, name: str = "store") -> StoreDirectory:
    return StoreDirectory(root / name)


def change(root: Path) -> object:
    return store(root).commit_change(Change.of([quad(9)], [quad(2)]), parent="5", author="x", message="a change")


WORKS = (
    Work("commit", lambda root: store(root).commit([quad(7)], "whole"), frozenset("01234"), frozenset("7")),
    Work("change", change, frozenset("01234"), frozenset("01349")),
    Work("go back", lambda root: go_back(store(root), "2", "x"), frozenset("01234"), frozenset("01")),
    Work("fold", lambda root: compact(store(root), 0), frozenset("01234"), frozenset("01234")),
    Work("compact", lambda root: compact(store(root), 2), frozenset("01234"), frozenset("01234")),
    Work("back up", lambda root: back_up(store(root), root / "b"), frozenset("01234"), frozenset("01234"), backup="b"),
    Work("restore", lambda root: restore(store(root, "new"), root / "copy", "x"), frozenset(), frozenset("0"), "new"),
    Work("restore over", lambda root: restore(store(root), root / "copy", "x"), frozenset("01234"), frozenset("0")),
)


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory where the system has one: many thousand small files are made here."""
    there = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
    with TemporaryDirectory(dir=there if os.access(there, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def tmp_path(memory: Path) -> Iterator[Path]:
    made = memory / "test"
    made.mkdir()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def ground(memory: Path) -> Path:
    """A store of five versions, and a backup of its first."""
    root = memory / "ground"
    made = store(root)
    made.commit([quad(0)], "first")
    (made.path / "tokens.json").write_text("[]")
    back_up(made, root / "copy")
    for number in range(1, 5):
        made.commit_change(Change.of([quad(number)], ()), parent=str(number), author="x", message="more")
    return root


def copied(ground: Path, root: Path) -> Path:
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(ground, root)
    return root


def check(work: Work, root: Path, *, acknowledged: bool) -> None:
    """The store holds what it held before or, whole, what it was to hold; and each version that it names is whole."""
    directory = store(root, work.store)
    allowed = [work.after] if acknowledged else [work.before, work.after]
    if not work.before and not acknowledged and not directory.exists():
        pass
    else:
        assert holds(directory) in allowed
        for manifest in directory.versions():
            holds(directory, manifest.version)
    if work.backup and (acknowledged or (root / work.backup).exists()):
        assert holds(StoreDirectory(root / work.backup)) == work.after
        verified(root / work.backup)
    elif not work.backup:
        verified(root / "copy")


def do_again(work: Work, root: Path) -> None:
    """What was cut off is done again, from whatever is there now."""
    directory = store(root, work.store)
    if directory.exists() and holds(directory) == work.after and work.before != work.after:
        return
    if work.backup and (root / work.backup).exists():
        return
    recorded(work, root)
    check(work, root, acknowledged=True)


def recorded(work: Work, root: Path) -> Recorder:
    with Recorder(root).watching() as recorder:
        work.run(root)
    return recorder


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.name)
def test_a_power_cut_at_any_moment_leaves_the_last_version_whole(work: Work, ground: Path, tmp_path: Path) -> None:
    root, made = copied(ground, tmp_path / "root"), tmp_path / "made"
    recorder = recorded(work, root)
    check(work, root, acknowledged=True)
    tried = 0
    for stop in range(recorder.count + 1):
        for seed in range(SEEDS):
            after_power_cut(ground, recorder.done[:stop], root, made, seed)
            check(work, made, acknowledged=stop == recorder.count)
            if seed == stop % SEEDS:
                do_again(work, made)
            tried += 1
    assert tried == (recorder.count + 1) * SEEDS > SEEDS * 8


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.name)
def test_a_process_killed_at_any_call_leaves_the_last_version_whole(work: Work, ground: Path, tmp_path: Path) -> None:
    calls = recorded(work, copied(ground, tmp_path / "root")).count
    for stop in range(calls):
        root = copied(ground, tmp_path / "root")
        child = os.fork()
        if child == 0:
            recorder = Recorder(root, stop, lambda call: os.kill(os.getpid(), signal.SIGKILL))
            with recorder.watching():
                work.run(root)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        check(work, root, acknowledged=False)
        do_again(work, root)


@pytest.mark.parametrize(
    ("work", "code"),
    [(work, errno.ENOSPC) for work in WORKS] + [(WORKS[1], errno.EIO), (WORKS[1], errno.EROFS)],
    ids=lambda given: given.name if isinstance(given, Work) else errno.errorcode[given],
)
def test_what_the_system_refuses_is_told_and_loses_nothing(work: Work, code: int, ground: Path, tmp_path: Path) -> None:
    """At any call the system refuses to go on: that is told with its reason, and the last version is whole."""
    calls = recorded(work, copied(ground, tmp_path / "root")).count
    for stop in range(calls):
        root = copied(ground, tmp_path / "root")

        def refuse(call: str, root: Path = root) -> None:
            raise OSError(code, os.strerror(code), str(root / "store" / "a file"))

        recorder = Recorder(root, stop, refuse)
        with recorder.watching(), pytest.raises(StoreUnavailable, match=os.strerror(code)):
            work.run(root)
        check(work, root, acknowledged=False)
        do_again(work, root)


def test_an_attempt_that_was_refused_leaves_its_room(ground: Path, tmp_path: Path) -> None:
    root = copied(ground, tmp_path / "root")
    with no_file_larger_than(100), pytest.raises(StoreUnavailable, match="File too large"):
        store(root).commit([quad(number) for number in range(100)], "whole")
    assert sorted(entry.name for entry in (root / "store" / "versions").iterdir()) == ["1", "2", "3", "4", "5"]
    assert holds(store(root)) == set("01234")


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Within this context the system lets this process write no longer file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
