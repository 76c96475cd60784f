"""
Keep a store quick to open, and no larger than is wanted.

    a version that is a change     ->  the same written whole as well, so that nobody reads what came before it
    how many versions are kept     ->  those before them are gone

A fold is another form of a version that is there, never the only one of it until versions before it go. So it may be
made beside everything else, and a crash in the midst of it costs nothing. Before versions go, the oldest that stays can
be opened by itself and OLDEST says so; then they go, newest first, so that what a crash leaves leads nowhere.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from lsp_graph.errors import StoreUnavailable
from lsp_graph.store import files
from lsp_graph.store.embedded import EmbeddedBackend
from lsp_graph.store.versions import FOLDED, Manifest, StoreDirectory, Unfolded, put, whole_texts

FOLD_AFTER: Final = 1000
"""So many changes after a version written whole, or folded, the next is folded."""

SLACK: Final = 100
"""So many versions more than are to be kept may come together before they go."""


@dataclass(frozen=True)
class Compacted:
    """What was done: the version that was folded, and how many went."""

    folded: str | None
    gone: int


def is_due(directory: StoreDirectory, manifest: Manifest, keep: int) -> bool:
    """Whether it is time to fold or to let versions go, now that this version is current. `keep` 0: all are kept."""
    folding = manifest.is_change and manifest.since_whole % FOLD_AFTER == 0
    return folding or (keep > 0 and int(manifest.version) - max(directory.oldest(), 1) >= keep + SLACK)


def compact(directory: StoreDirectory, keep: int, backend: EmbeddedBackend | None = None) -> Compacted:
    """Fold the current version, and let all but the newest `keep` versions go (0: none goes).

    `backend` is the current version where the caller has it in memory; another one is not used. Raises
    `StoreUnavailable` where the store is damaged or cannot be written, or somebody else is compacting or copying it.
    """
    with keeping(directory, alone=True):
        current = directory.manifest(directory.current())
        held = backend if backend is not None and backend.version == current.version else None
        folded = _fold(directory, current, held)
        kept = directory.versions()
        oldest = kept[-keep:][0] if keep else kept[0]
        if not _is_whole(directory, oldest):
            _fold(directory, oldest, None)
        files.replace(directory.path / "OLDEST", oldest.version.encode())
        _clear(directory, {current.version, oldest.version})
        return Compacted(current.version if folded else None, kept.index(oldest))


@contextmanager
def keeping(directory: StoreDirectory, *, alone: bool) -> Iterator[None]:
    """Hold the lock by which versions stay where they are: many may copy them, or one may let them go.

    Raises `StoreUnavailable` where it is held otherwise, or the directory cannot be written.
    """
    try:
        folder = os.open(directory.path / "versions", os.O_RDONLY)  # a lock that needs no file to be written
        try:
            fcntl.flock(folder, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            said = "another process compacts or copies it just now; try again later"
            raise StoreUnavailable(f"{directory.path}: {said}") from None
        finally:
            os.close(folder)
    except FileNotFoundError:
        directory.current()  # tells that there is no store
        raise
    except OSError as error:
        raise StoreUnavailable(f"{error.filename or directory.path}: cannot be written ({error.strerror})") from error


def _fold(directory: StoreDirectory, manifest: Manifest, backend: EmbeddedBackend | None) -> bool:
    """Write a change whole as well, unless it is; whether that was done."""
    folder = directory.path / FOLDED
    if not manifest.is_change or _is_whole(directory, manifest):
        return False
    texts = (backend or directory.open(manifest.version)).texts()
    files.make_folder(folder)
    files.remove(folder / manifest.version)
    put(folder, manifest, whole_texts(texts))
    return True


def _is_whole(directory: StoreDirectory, manifest: Manifest) -> bool:
    """Whether a version can be opened by itself."""
    try:
        return directory.texts(manifest) is not None
    except Unfolded:
        return False


def _clear(directory: StoreDirectory, folds: set[str]) -> None:
    """Take away the versions and folds that nobody can want any more."""
    oldest = directory.oldest()
    for entry in (directory.path / "versions").iterdir():
        if entry.name.isdigit() and int(entry.name) < oldest:
            files.remove(entry)
    for entry in (directory.path / FOLDED).glob("*"):
        if entry.name not in folds:
            files.remove(entry)
