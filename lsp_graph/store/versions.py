"""
The durable side: a directory of versions that a crash at any moment leaves whole.

    DIRECTORY/FORMAT                     the layout's number
    DIRECTORY/CURRENT                    the number of the version that readers open
    DIRECTORY/versions/N/manifest.json   what version N holds, with a checksum for each file
    DIRECTORY/versions/N/*.nq *.nt       its quads, sorted

A version is written beside the others under a temporary name, flushed to disk, renamed, and only then named by
CURRENT, which is replaced in one step. Whatever happens before that step, readers see the version before.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Quad

from lsp_graph.errors import StoreUnavailable
from lsp_graph.store.embedded import EmbeddedBackend, split

FORMAT: Final = 1
"""The layout this program reads and writes."""

_FILES: Final = ("published.nq", "merged.nt", "left-out.nq")
_MEND: Final = "restore a backup or build again"


@dataclass(frozen=True)
class Manifest:
    """What one version is: its number and content hash, when and from which version it was made, and what it holds.

    `content` is the SHA-256 of its sorted quads: two versions with the same facts have the same one. `graphs` counts
    the triples of each named graph; `files` gives the SHA-256 of each file.
    """

    version: str
    content: str
    created: str
    parent: str | None
    message: str
    graphs: Mapping[str, int]
    files: Mapping[str, str]


class StoreDirectory:
    """A store on disk: its versions, and the one that readers open."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether there is a version to open."""
        return (self.path / "CURRENT").is_file()

    def versions(self) -> list[Manifest]:
        """The manifests of all versions, oldest first."""
        self._check_format()
        numbers = [int(entry.name) for entry in (self.path / "versions").glob("*") if entry.name.isdigit()]
        return [self.manifest(str(number)) for number in sorted(numbers)]

    def current(self) -> str:
        """The number of the current version. Raises `StoreUnavailable` when there is none."""
        self._check_format()
        try:
            return (self.path / "CURRENT").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise StoreUnavailable(f"{self.path}: no store here; `lsp-graph build` makes one") from None
        except OSError as error:
            raise StoreUnavailable(f"{self.path}: cannot be read ({error.strerror})") from error

    def manifest(self, version: str) -> Manifest:
        """The manifest of a version. Raises `StoreUnavailable` when it is missing or unreadable."""
        path = self.path / "versions" / version / "manifest.json"
        try:
            return Manifest(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise StoreUnavailable(f"{path}: missing; version {version} is damaged or was never here") from None
        except (ValueError, TypeError) as error:
            raise StoreUnavailable(f"{path}: damaged ({error}); {_MEND}") from error

    def open(self, version: str | None = None) -> EmbeddedBackend:
        """A version (default: the current one), its files checked against their checksums.

        Raises `StoreUnavailable` naming the file that is missing or damaged.
        """
        manifest = self.manifest(version or self.current())
        published, merged, left_out = (self._read(manifest, name) for name in _FILES)
        return EmbeddedBackend(published, merged, left_out, manifest.version)

    def commit(self, quads: Iterable[Quad], message: str) -> tuple[Manifest, bool]:
        """Write a new version of the data and make it current.

        Returns its manifest and True; when the current version holds just the same, that one's and False. Raises
        `StoreUnavailable` when the directory cannot be written or another writer is at it.
        """
        texts = dict(zip(_FILES, split(quads), strict=True))
        try:
            with self._writing():
                return self._commit(texts, message)
        except OSError as error:
            raise StoreUnavailable(f"{error.filename or self.path}: cannot be written ({error.strerror})") from error

    def _commit(self, texts: Mapping[str, bytes], message: str) -> tuple[Manifest, bool]:
        parent = self.manifest(self.current()) if self.exists() else None
        content = hashlib.sha256(texts["published.nq"] + texts["left-out.nq"]).hexdigest()
        files = {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}
        if parent is not None and parent.content == content and self._whole(parent):
            return parent, False
        versions = self.path / "versions"
        versions.mkdir(exist_ok=True)
        taken = [int(entry.name) for entry in versions.iterdir() if entry.name.isdigit()]
        manifest = Manifest(
            version=str(max(taken, default=0) + 1),
            content=content,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            parent=parent.version if parent else None,
            message=message,
            graphs=_counts(texts),
            files=files,
        )
        made = versions / f".{manifest.version}.part"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        for name, text in texts.items():
            _write(made / name, text)
        _write(made / "manifest.json", json.dumps(asdict(manifest), indent=1, sort_keys=True).encode())
        _flush(made)
        made.rename(versions / manifest.version)
        _flush(versions)
        _write(self.path / "FORMAT", str(FORMAT).encode())
        _write(self.path / ".CURRENT.part", manifest.version.encode())
        (self.path / ".CURRENT.part").replace(self.path / "CURRENT")
        _flush(self.path)
        return manifest, True

    def _whole(self, manifest: Manifest) -> bool:
        try:
            return all(self._read(manifest, name) is not None for name in _FILES)
        except StoreUnavailable:
            return False

    def _read(self, manifest: Manifest, name: str) -> bytes:
        path = self.path / "versions" / manifest.version / name
        try:
            text = path.read_bytes()
        except OSError as error:
            raise StoreUnavailable(f"{path}: cannot be read ({error.strerror}); {_MEND}") from error
        if hashlib.sha256(text).hexdigest() != manifest.files.get(name):
            raise StoreUnavailable(f"{path}: damaged (checksum differs); {_MEND}")
        return text

    def _check_format(self) -> None:
        try:
            text = (self.path / "FORMAT").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreUnavailable(f"{self.path}: cannot be read ({error.strerror})") from error
        except UnicodeDecodeError as error:
            raise StoreUnavailable(f"{self.path / 'FORMAT'}: damaged; {_MEND}") from error
        if not text.isdigit():
            raise StoreUnavailable(f"{self.path / 'FORMAT'}: {text!r} is no format; {_MEND}")
        if int(text) > FORMAT:
            raise StoreUnavailable(
                f"{self.path}: store of format {text}, this program knows up to {FORMAT}; use a newer lsp-graph"
            )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writer's lock; a second writer is refused at once rather than queued behind a build."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._check_format()
        with (self.path / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreUnavailable(f"{self.path}: another process is writing here; try again later") from error
            yield


def open_store(path: Path, version: str | None = None) -> EmbeddedBackend:
    """The store in a directory, ready to be asked.

    Raises `StoreUnavailable` when there is none, it is of a newer format, or a file in it is damaged.
    """
    return StoreDirectory(path).open(version)


def _counts(texts: Mapping[str, bytes]) -> dict[str, int]:
    """Triples in each named graph: the graph's IRI is the last term of an N-Quads line."""
    lines: Any = (line for name in ("published.nq", "left-out.nq") for line in texts[name].splitlines())
    counted = Counter(line[line.rindex(b"<") + 1 : line.rindex(b">")].decode() for line in lines)
    return dict(sorted(counted.items()))


def _write(path: Path, text: bytes) -> None:
    with path.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
