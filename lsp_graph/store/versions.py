"""
The durable side: a directory of versions that a crash at any moment leaves whole.

    DIRECTORY/FORMAT                     the layout's number
    DIRECTORY/CURRENT                    the number of the version that readers open
    DIRECTORY/versions/N/manifest.json   what version N holds, with a checksum for each file
    DIRECTORY/versions/N/*.nq *.nt       its quads, sorted; or what it adds to and takes from the version before

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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pyoxigraph import DefaultGraph, NamedNode, Quad

from lsp_graph.errors import StaleVersion, StoreUnavailable
from lsp_graph.store.changes import Change, graph_part
from lsp_graph.store.content import changed_hash
from lsp_graph.store.embedded import EmbeddedBackend, split

FORMAT: Final = 2
"""The layout this program reads and writes."""

_FILES: Final = ("published.nq", "merged.nt", "left-out.nq")
_CHANGE: Final = ("added.nq", "removed.nq")
_MEND: Final = "restore a backup or build again"


@dataclass(frozen=True)
class Manifest:
    """What one version is: its number and content hash, when, by whom and from what it was made, and what it holds.

    `content` is the SHA-256 of its sorted quads: two versions written whole with the same facts have the same one. That
    of a change is made from the one before and the change. `added` and `removed` count quads, where it is a change.
    `graphs` counts the triples of each named graph, `written` are those that writes have touched ("" the store's own
    default graph); `files` gives the SHA-256 of each file.
    """

    version: str
    content: str
    created: str
    parent: str | None
    message: str
    graphs: Mapping[str, int]
    files: Mapping[str, str]
    author: str = ""
    added: int = 0
    removed: int = 0
    written: Sequence[str] = ()

    @property
    def is_change(self) -> bool:
        """Whether it is kept as what it changes in its parent."""
        return _CHANGE[0] in self.files


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
        opened = self.manifest(version or self.current())
        base, changes = opened, []
        while base.is_change:
            changes.append(self.change(base))
            base = self._parent(base)
        published, merged, left_out = (self._read(base, name) for name in _FILES)
        backend = EmbeddedBackend(published, merged, left_out, opened.version)
        for change in reversed(changes):
            backend.advance(change, opened.version)
        return backend

    def change(self, manifest: Manifest) -> Change:
        """What a version that is a change adds and removes. Raises `StoreUnavailable` where a file is damaged."""
        added, removed = (self._read(manifest, name) for name in _CHANGE)
        return Change(added, removed)

    def changes(self, since: str) -> list[Manifest] | None:
        """The changes that lead from a version to the current one; None where there is more between them than changes.

        Raises `StoreUnavailable` where a manifest is missing or unreadable.
        """
        found: list[Manifest] = []
        manifest = self.manifest(self.current())
        while manifest.version != since:
            if not manifest.is_change:
                return None
            found.insert(0, manifest)
            manifest = self._parent(manifest)
        return found

    def begin_empty(self) -> None:
        """Make a first version that has nothing in it, where there is no version yet.

        Raises `StoreUnavailable` where the current version has something in it, or the directory cannot be written.
        """
        if not self.exists():
            self.commit([], "nothing yet")
        elif any(self.open().texts()):
            raise StoreUnavailable(f"{self.path}: there is a store that is not empty; give another directory")

    def commit(self, quads: Iterable[Quad], message: str, author: str = "") -> tuple[Manifest, bool]:
        """Write a new version of the data, whole, and make it current.

        What was written into other graphs than these quads have is kept. Returns the manifest and True; when the
        current version holds just the same, that one's and False. Raises `StoreUnavailable` when the directory cannot
        be written or another writer is at it.
        """
        known = list(quads)
        with self._writing():
            parent = self.manifest(self.current()) if self.exists() else None
            return self._commit([*known, *self._kept(parent, known)], parent, message, author)

    def commit_change(self, change: Change, *, parent: str, author: str, message: str) -> Manifest:
        """Make what a change makes of the version `parent` the current version; gives its manifest.

        Raises `StaleVersion` when `parent` is not the current version any more, `StoreUnavailable` when the directory
        cannot be written or another writer is at it.
        """
        with self._writing():
            current = self.current()
            if current != parent:
                raise StaleVersion(f"{self.path}: version {current} has come after version {parent}")
            before = self.manifest(parent)
            written = {*before.written, *change.graphs}
            manifest = self._manifest(
                before,
                changed_hash(before.content, change),
                change.counted(dict(before.graphs)),
                message=message,
                author=author,
                added=len(change.came),
                removed=len(change.went),
                written=sorted(written),
            )
            return self._publish(manifest, dict(zip(_CHANGE, (change.added, change.removed), strict=True)))

    def _commit(
        self, quads: Iterable[Quad], parent: Manifest | None, message: str, author: str
    ) -> tuple[Manifest, bool]:
        texts = dict(zip(_FILES, split(quads), strict=True))
        content = hashlib.sha256(texts["published.nq"] + texts["left-out.nq"]).hexdigest()
        if parent is not None and parent.content == content and self._whole(parent):
            return parent, False
        manifest = self._manifest(
            parent, content, _counts(texts), message=message, author=author, written=parent.written if parent else ()
        )
        return self._publish(manifest, texts), True

    def _kept(self, parent: Manifest | None, quads: Iterable[Quad]) -> list[Quad]:
        """What was written into graphs that the quads have nothing in."""
        if parent is None or not parent.written:
            return []
        made = {quad.graph_name for quad in quads}
        graphs = (NamedNode(iri) if iri else DefaultGraph() for iri in parent.written)
        before = self.open(parent.version)
        return [quad for graph in graphs if graph not in made for quad in before.graph(graph)]

    def _manifest(self, parent: Manifest | None, content: str, graphs: Mapping[str, int], **said: Any) -> Manifest:
        """The manifest of the next version, without its files."""
        versions = self.path / "versions"
        taken = [int(entry.name) for entry in versions.iterdir() if entry.name.isdigit()] if versions.exists() else []
        return Manifest(
            version=str(max(taken, default=0) + 1),
            content=content,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            parent=parent.version if parent else None,
            graphs=graphs,
            files={},
            **said,
        )

    def _publish(self, manifest: Manifest, texts: Mapping[str, bytes]) -> Manifest:
        """Write a version beside the others, and then name it as the current one."""
        manifest = replace(manifest, files={name: hashlib.sha256(text).hexdigest() for name, text in texts.items()})
        versions = self.path / "versions"
        versions.mkdir(exist_ok=True)
        made = versions / f".{manifest.version}.part"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        for name, text in texts.items():
            _write(made / name, text)
        _write(made / "manifest.json", json.dumps(asdict(manifest), indent=1, sort_keys=True).encode())
        _flush(made)
        made.rename(versions / manifest.version)
        _flush(versions)
        _replace(self.path / "FORMAT", str(FORMAT).encode())
        _replace(self.path / "CURRENT", manifest.version.encode())
        return manifest

    def _parent(self, manifest: Manifest) -> Manifest:
        if manifest.parent is None:
            raise StoreUnavailable(f"{self.path}: version {manifest.version} changes nothing there is; {_MEND}")
        return self.manifest(manifest.parent)

    def _whole(self, manifest: Manifest) -> bool:
        try:
            return all(self._read(manifest, name) is not None for name in manifest.files)
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
        """Hold the writer's lock; a second writer is refused at once rather than queued behind a build.

        What the system says against writing is told as `StoreUnavailable`.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._check_format()
            with (self.path / ".lock").open("w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    said = "another process is writing here; try again later"
                    raise StoreUnavailable(f"{self.path}: {said}") from None
                yield
        except OSError as error:
            raise StoreUnavailable(f"{error.filename or self.path}: cannot be written ({error.strerror})") from error


def open_store(path: Path, version: str | None = None) -> EmbeddedBackend:
    """The store in a directory, ready to be asked.

    Raises `StoreUnavailable` when there is none, it is of a newer format, or a file in it is damaged.
    """
    return StoreDirectory(path).open(version)


def _counts(texts: Mapping[str, bytes]) -> dict[str, int]:
    """Triples in each named graph."""
    lines = (line for name in ("published.nq", "left-out.nq") for line in texts[name].splitlines())
    counted = Counter(graph_part(line) for line in lines)
    return {graph[1:-1].decode(): count for graph, count in sorted(counted.items()) if graph}


def _replace(path: Path, text: bytes) -> None:
    """Give a file other content in one step; one that has this content stays as it is."""
    if path.is_file() and path.read_bytes() == text:
        return
    part = path.with_name(f".{path.name}.part")
    _write(part, text)
    part.replace(path)
    _flush(path.parent)


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
