"""
Copies of a store, to be put back when it is lost.

    store, while it is served  ->  DIR: a store of its own, and BACKUP.json with the checksum of every file
    DIR, all of it as it was copied  ->  a store, or a new version of the one that is there

Versions never change, so they are copied as they are while others are written; they are held against their own
checksums on the way, so that damage is found now and not when the copy is needed. BACKUP.json comes last: a folder
without it is no backup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lsp_graph.errors import StoreUnavailable
from lsp_graph.store import files
from lsp_graph.store.folding import keeping
from lsp_graph.store.versions import FOLDED, FORMAT, Manifest, StoreDirectory

LIST: Final = "BACKUP.json"
"""The file that says what a backup holds."""

_NUMBERS: Final = ("FORMAT", "OLDEST", "CURRENT")
_RESTORING: Final = ".restoring"
_VERSIONS: Final = ("versions", FOLDED)
_MADE_AGAIN: Final = frozenset(["dumps"])
"""What the service makes anew when it is wanted."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds: which version was current when it was made, and each file with its SHA-256."""

    version: str
    content: str
    created: str
    files: dict[str, str]


def back_up(directory: StoreDirectory, target: Path) -> Backup:
    """Copy a store into a folder that is not there yet, or empty. Nobody has to stop for it.

    Raises `StoreUnavailable` naming the file of the store that is damaged, or what cannot be written; then there is no
    backup, and the store is as it was.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StoreUnavailable(f"{target}: there is something; give a folder that is not there yet")
    part = target.with_name(f".{target.name}.part")
    try:
        with keeping(directory, alone=False):
            kept = directory.versions()
            files.remove(part)
            files.make_folder(part)
            sums = dict(_copied(directory, kept, part))
            made = Backup(kept[-1].version, kept[-1].content, datetime.now(UTC).isoformat(timespec="seconds"), sums)
        files.flush_all()
        files.write(part / LIST, json.dumps(asdict(made), indent=1, sort_keys=True).encode())
        files.publish(part, target)
    except OSError as error:
        _leave(part)
        raise StoreUnavailable(f"{error.filename or target}: cannot be written ({error.strerror})") from error
    except StoreUnavailable:
        _leave(part)
        raise
    return made


def verified(folder: Path) -> Backup:
    """What a backup holds, every file of it held against its checksum.

    Raises `StoreUnavailable` for a folder that is none, and naming the first file that is missing or damaged.
    """
    path = folder / LIST
    try:
        said = Backup(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise StoreUnavailable(f"{folder}: no backup, or not a whole one: there is no {LIST}") from None
    except (OSError, ValueError, TypeError) as error:
        raise StoreUnavailable(f"{path}: damaged ({error}); use another backup") from error
    for name, sha256 in sorted(said.files.items()):
        try:
            data = (folder / name).read_bytes()
        except OSError as error:
            raise StoreUnavailable(f"{folder / name}: cannot be read ({error.strerror}); use another backup") from error
        if files.digest(data) != sha256:
            raise StoreUnavailable(f"{folder / name}: damaged (checksum differs); use another backup")
    return said


def restore(directory: StoreDirectory, folder: Path, author: str) -> tuple[Manifest, bool]:
    """Make what a backup holds current again; gives the manifest, and whether a store was made for it.

    Where there is no store yet, all of the backup becomes one. Else the version that was current in it becomes a new
    version of the store that is there: nothing of that is lost, and where it is damaged it is mended. Raises
    `StoreUnavailable` for a backup that is damaged, then nothing is changed, or a directory that cannot be written.
    """
    said = verified(folder)
    copy = StoreDirectory(folder)
    if _is_vacant(directory):
        _put_back(directory, folder, said)
        return directory.manifest(directory.current()), True
    message = f"restore the backup of {said.created}, version {said.version} there"
    written = copy.manifest(said.version).written
    return directory.commit_whole(copy.open().texts(), author=author, message=message, written=written), False


def _is_vacant(directory: StoreDirectory) -> bool:
    """Whether there is no store, or no more of one than a restore that was cut off has left."""
    began = not any((directory.path / "versions").glob("[0-9]*")) or (directory.path / _RESTORING).exists()
    return not directory.exists() and began


def _put_back(directory: StoreDirectory, folder: Path, said: Backup) -> None:
    """Copy a backup to where no store is; what names the current version comes last."""
    with directory.writing():
        files.replace(directory.path / _RESTORING, b"")
        for name in sorted(said.files.keys() - set(_NUMBERS)):
            path = directory.path / name
            files.make_folder(path.parent)
            files.write_later(path, (folder / name).read_bytes(), (folder / name).stat().st_mode & 0o777)
        files.flush_all()
        for name in _NUMBERS:
            if name in said.files:
                files.replace(directory.path / name, (folder / name).read_bytes())
        files.remove(directory.path / _RESTORING)


def _copied(directory: StoreDirectory, kept: list[Manifest], part: Path) -> Iterator[tuple[str, str]]:
    """Copy all of a store's files; gives each with its checksum."""
    for manifest in kept:
        for folder in _VERSIONS:
            yield from _copied_version(directory.path, Path(folder, manifest.version), part)
    for path in _beside(directory.path):
        yield _copied_file(directory.path, path, part)
    numbers = {"FORMAT": str(FORMAT), "OLDEST": kept[0].version, "CURRENT": kept[-1].version}
    for name, text in numbers.items():
        files.write_later(part / name, text.encode())
        yield name, files.digest(text.encode())


def _copied_version(store: Path, folder: Path, part: Path) -> Iterator[tuple[str, str]]:
    """Copy a version, or its fold, and hold what was copied against the checksums of its manifest."""
    if not (store / folder).is_dir():
        return
    sums = dict(_copied_file(store, folder / path.name, part) for path in sorted((store / folder).iterdir()))
    yield from sums.items()
    said = json.loads((part / folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    for name, sha256 in said.items():
        if sums.get(str(folder / name)) != sha256:
            raise StoreUnavailable(
                f"{store / folder / name}: missing or damaged; restore an earlier backup, or compact"
            )


def _beside(store: Path) -> Iterator[Path]:
    """The files that a store has beside its versions: tokens, audits, waivers, the log of writes."""
    for entry in sorted(store.iterdir()):
        if entry.name.startswith(".") or entry.name in (*_NUMBERS, *_VERSIONS, *_MADE_AGAIN):
            continue
        found = [entry] if entry.is_file() else sorted(path for path in entry.rglob("*") if path.is_file())
        yield from (path.relative_to(store) for path in found if not path.name.startswith("."))


def _copied_file(store: Path, name: Path, part: Path) -> tuple[str, str]:
    try:
        data = (store / name).read_bytes()
        mode = (store / name).stat().st_mode
    except OSError as error:
        raise StoreUnavailable(f"{store / name}: cannot be read ({error.strerror})") from error
    files.make_folder((part / name).parent)
    files.write_later(part / name, data, mode & 0o777)  # tokens stay their keeper's
    return name.as_posix(), files.digest(data)


def _leave(part: Path) -> None:
    """Take away what is there of a backup that could not be finished."""
    try:
        files.remove(part)
    except OSError:
        return
