"""
The durable side: a directory of versions that a crash at any moment leaves whole.

    DIRECTORY/FORMAT                     the layout's number
    DIRECTORY/CURRENT                    the number of the version that readers open
    DIRECTORY/OLDEST                     the number of the oldest version that is kept; none: all are
    DIRECTORY/versions/N/manifest.json   what version N holds, with a checksum for each file
    DIRECTORY/versions/N/*.nq *.nt       its quads, sorted; or what it adds to and takes from the version before
    DIRECTORY/folded/N/                  a version that is a change, written whole as well (`folding`)

A version is written beside the others under a temporary name, flushed to disk, renamed, and only then named by
CURRENT, which is replaced in one step. Whatever happens before that step, readers see the version before. What a crash
leaves of a version that never became current is in nobody's way: versions are those that lead to the current one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from pyoxigraph import DefaultGraph, NamedNode, Quad

from lsp_graph.errors import StaleVersion, StoreUnavailable, UnknownName
from lsp_graph.store import files
from lsp_graph.store.changes import Change, graph_part
from lsp_graph.store.content import changed_hash
from lsp_graph.store.embedded import EmbeddedBackend, split

FORMAT: Final = 3
"""The layout this program reads and writes; those before it are read as well."""

FOLDED: Final = "folded"
"""The folder of the versions that are changes and were written whole as well."""

PATIENCE: Final = 5.0
"""Seconds that a short write waits for another one."""

_FILES: Final = ("published.nq", "merged.nt", "left-out.nq")
_CHANGE: Final = ("added.nq", "removed.nq")
_MEND: Final = "restore a backup or build again"
_LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True)
class Manifest:
    """What one version is: its number and content hash, when, by whom and from what it was made, and what it holds.

    `content` is the SHA-256 of its sorted quads: two versions written whole with the same facts have the same one. That
    of a change is made from the one before and the change. `added` and `removed` count quads, where it is a change.
    `graphs` counts the triples of each named graph, `written` are those that writes have touched ("" the store's own
    default graph); `files` gives the SHA-256 of each file. `since_whole` counts the changes since a version that was
    written whole, this one included.
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
    since_whole: int = 0

    @property
    def is_change(self) -> bool:
        """Whether it is kept as what it changes in its parent."""
        return _CHANGE[0] in self.files

    def as_json(self) -> dict[str, Any]:
        """What people and programs are told of a version; what it added and removed is null where it is whole."""
        return {
            "version": self.version,
            "created": self.created,
            "author": self.author or "lsp-graph",
            "message": self.message,
            "parent": self.parent,
            "added": self.added if self.is_change else None,
            "removed": self.removed if self.is_change else None,
            "triples": sum(self.graphs.values()),
        }


class StoreDirectory:
    """A store on disk: its versions, and the one that readers open."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether there is a version to open."""
        return (self.path / "CURRENT").is_file()

    def versions(self) -> list[Manifest]:
        """The manifests of the current version and of all that led to it and are kept, oldest first.

        Raises `StoreUnavailable` where one is missing or damaged.
        """
        return list(self.lineage())[::-1] if self.exists() else []

    def lineage(self) -> Iterator[Manifest]:
        """The same one by one, newest first."""
        oldest, manifest = self.oldest(), self.manifest(self.current())
        while True:
            yield manifest
            if manifest.parent is None or int(manifest.version) <= oldest:
                return
            manifest = self.manifest(manifest.parent)

    def oldest(self) -> int:
        """The number below which no version is kept; 0 where all are."""
        try:
            return int((self.path / "OLDEST").read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            raise StoreUnavailable(f"{self.path / 'OLDEST'}: damaged ({error}); {_MEND}") from error

    def current(self) -> str:
        """The number of the current version. Raises `StoreUnavailable` when there is none."""
        self._check_format()
        try:
            return (self.path / "CURRENT").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise StoreUnavailable(f"{self.path}: no store here; `lsp-graph build` makes one") from None
        except UnicodeDecodeError as error:
            raise StoreUnavailable(f"{self.path / 'CURRENT'}: damaged; {_MEND}") from error
        except OSError as error:
            raise StoreUnavailable(f"{self.path}: cannot be read ({error.strerror})") from error

    def manifest(self, version: str) -> Manifest:
        """The manifest of a version. Raises `StoreUnavailable` when it is missing or unreadable."""
        path = self.path / "versions" / version / "manifest.json"
        if not path.exists() and version.isdigit() and int(version) < self.oldest():
            raise StoreUnavailable(f"{self.path}: version {version} is kept no more; the oldest is {self.oldest()}")
        return _manifest(path, version)

    def known(self, version: str) -> str:
        """The number of a version that is kept. Raises `UnknownName` for any other text."""
        current, oldest = int(self.current()), max(self.oldest(), 1)
        within = version.isascii() and version.isdigit() and oldest <= int(version) <= current
        if not within or not (self.path / "versions" / str(int(version))).is_dir():
            raise UnknownName("version", version, [str(one) for one in range(max(oldest, current - 2), current + 1)])
        return str(int(version))

    def open(self, version: str | None = None) -> EmbeddedBackend:
        """A version (default: the current one), its files checked against their checksums.

        Raises `StoreUnavailable` naming the file that is missing or damaged.
        """
        opened = self.manifest(version or self.current())
        base, changes, refused = opened, [], None
        texts: tuple[bytes, bytes, bytes] | None = None
        while texts is None:
            try:
                texts = self.texts(base)
                if texts is None:
                    changes.append(self.change(base))
                    base = self._parent(base)
            except Unfolded as error:  # what was folded can be made again as long as the changes are there
                refused = refused or error
                changes.append(self.change(base))
                base = self._parent(base, refused)
        backend = EmbeddedBackend(*texts, opened.version, base.content)
        for change in reversed(changes):
            backend.advance(change, opened.version)
        return backend

    def change(self, manifest: Manifest) -> Change:
        """What a version that is a change adds and removes. Raises `StoreUnavailable` where a file is damaged."""
        added, removed = (self.read(manifest, name) for name in _CHANGE)
        return Change(added, removed)

    def changes(self, since: str) -> list[Manifest] | None:
        """The changes that lead from a version to the current one; None where there is more between them than changes.

        Raises `StoreUnavailable` where a manifest is unreadable.
        """
        return self.changes_between(since, self.current())

    def changes_between(self, before: str, after: str) -> list[Manifest] | None:
        """The changes that lead from one version to a later one, oldest first; None where there are others between."""
        found: list[Manifest] = []
        manifest, oldest = self.manifest(after), self.oldest()
        while manifest.version != before:
            if not manifest.is_change or int(manifest.version) <= oldest:
                return None
            found.insert(0, manifest)
            manifest = self._parent(manifest)
        return found

    def check(self, manifest: Manifest) -> None:
        """Raise `StoreUnavailable`, naming the file, where one of a version is missing or damaged."""
        for name in manifest.files:
            self.read(manifest, name)

    def begin_empty(self) -> None:
        """Make a first version that has nothing in it, where there is no version yet.

        Raises `StoreUnavailable` where the current version has something in it, or the directory cannot be written.
        """
        if not self.exists():
            self.commit([], "nothing yet")
        elif any(self.open().texts()):
            raise StoreUnavailable(f"{self.path}: there is a store that is not empty; give another directory")

    def written(self) -> list[Quad]:
        """What the current version has in graphs that writes have touched."""
        return self._kept(self.manifest(self.current()), ()) if self.exists() else []

    def commit(
        self, quads: Iterable[Quad], message: str, author: str = "", *, parent: str | None = None
    ) -> tuple[Manifest, bool]:
        """Write a new version of the data, whole, and make it current.

        What was written into other graphs than these quads have is kept. Returns the manifest and True; when the
        current version holds just the same, that one's and False. Raises `StaleVersion` when `parent` is given and not
        the current version any more, `StoreUnavailable` when the directory cannot be written or another writer is at
        it.
        """
        known = list(quads)
        with self.writing():
            before = self._current_if(parent) if parent is not None else None
            if before is None and self.exists():
                before = self.manifest(self.current())
            return self._commit([*known, *self._kept(before, known)], before, message, author)

    def commit_change(
        self, change: Change, *, parent: str, author: str, message: str, written: Iterable[str] | None = None
    ) -> Manifest:
        """Make what a change makes of the version `parent` the current version; gives its manifest.

        `written` are the graphs that count as written from now on (None: those so far, and those that the change
        touches). Waits a little for another writer. Raises `StaleVersion` when `parent` is not the current version any
        more, `StoreUnavailable` when the directory cannot be written or another writer is at it.
        """
        with self.writing(PATIENCE):
            before = self._current_if(parent)
            manifest = self._manifest(
                before,
                changed_hash(before.content, change),
                change.counted(dict(before.graphs)),
                message=message,
                author=author,
                added=len(change.came),
                removed=len(change.went),
                written=sorted({*before.written, *change.graphs} if written is None else written),
                since_whole=before.since_whole + 1,
            )
            return self._publish(manifest, dict(zip(_CHANGE, (change.added, change.removed), strict=True)))

    def commit_whole(
        self,
        texts: tuple[bytes, bytes, bytes],
        *,
        author: str,
        message: str,
        written: Iterable[str],
        parent: str | None = None,
    ) -> Manifest:
        """Make these texts of published, merged and left out quads the current version.

        Without `parent` whatever is there now: a store whose current version is damaged is mended by that. Raises
        `StaleVersion` when `parent` is not the current version any more, `StoreUnavailable` when the directory cannot
        be written or another writer is at it.
        """
        with self.writing(PATIENCE):
            before = None
            if parent is not None:
                before = self._current_if(parent)
            with suppress(StoreUnavailable):
                before = before or self.manifest(self.current())
            named = whole_texts(texts)
            manifest = self._manifest(
                before, _content(named), _counts(named), message=message, author=author, written=sorted(written)
            )
            return self._publish(manifest, named)

    def _current_if(self, parent: str) -> Manifest:
        """The manifest of the version `parent`. Raises `StaleVersion` where another is current."""
        current = self.current()
        if current != parent:
            raise StaleVersion(f"{self.path}: version {current} has come after version {parent}")
        return self.manifest(parent)

    def _commit(
        self, quads: Iterable[Quad], parent: Manifest | None, message: str, author: str
    ) -> tuple[Manifest, bool]:
        texts = dict(zip(_FILES, split(quads), strict=True))
        content = _content(texts)
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
        return Manifest(
            version=self._next(parent),
            content=content,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            parent=parent.version if parent else None,
            graphs=graphs,
            files={},
            **said,
        )

    def _next(self, parent: Manifest | None) -> str:
        """The next number that is free: an attempt that a crash cut off may have left something under one."""
        versions = self.path / "versions"
        if parent is not None:
            number = int(parent.version) + 1
        else:
            taken = versions.iterdir() if versions.exists() else ()
            number = max((int(entry.name) for entry in taken if entry.name.isdigit()), default=0) + 1
        while (versions / str(number)).exists():
            number += 1
        return str(number)

    def _publish(self, manifest: Manifest, texts: Mapping[str, bytes]) -> Manifest:
        """Write a version beside the others, and then name it as the current one."""
        versions = self.path / "versions"
        files.make_folder(versions)
        try:
            manifest = put(versions, manifest, texts)
            files.replace(self.path / "FORMAT", str(FORMAT).encode())
            files.replace(self.path / "CURRENT", manifest.version.encode())
        except OSError:
            self._leave(manifest.version)
            raise
        return manifest

    def _leave(self, version: str) -> None:
        """Take away what is there of a version that could not be written, so that a full disk has room again."""
        with suppress(OSError, StoreUnavailable):
            if not self.exists() or self.current() != version:
                files.remove(self.path / "versions" / f".{version}.part")
                files.remove(self.path / "versions" / version)

    def _parent(self, manifest: Manifest, refused: StoreUnavailable | None = None) -> Manifest:
        """The version that another one changes; `refused` is what is raised where it is not there."""
        if manifest.parent is None:
            raise StoreUnavailable(f"{self.path}: version {manifest.version} changes nothing there is; {_MEND}")
        try:
            return self.manifest(manifest.parent)
        except StoreUnavailable as error:
            raise refused or error from error

    def _whole(self, manifest: Manifest) -> bool:
        try:
            self.check(manifest)
        except StoreUnavailable:
            return False
        return True

    def texts(self, manifest: Manifest) -> tuple[bytes, bytes, bytes] | None:
        """The texts of a version that was written whole; None for a change. Raises `Unfolded` for damaged ones."""
        if not manifest.is_change:
            published, merged, left_out = (self.read(manifest, name) for name in _FILES)
            return published, merged, left_out
        folder = self.path / FOLDED / manifest.version
        if not folder.is_dir():
            return None
        try:
            folded = _manifest(folder / "manifest.json", manifest.version)
            if folded.content != manifest.content:
                raise StoreUnavailable(f"{folder}: of another version {manifest.version}")
            published, merged, left_out = (_read(folder, folded, name) for name in _FILES)
        except StoreUnavailable as error:
            raise Unfolded(str(error)) from error
        return published, merged, left_out

    def read(self, manifest: Manifest, name: str) -> bytes:
        """A file of a version. Raises `StoreUnavailable` where it is missing or damaged."""
        return _read(self.path / "versions" / manifest.version, manifest, name)

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
    def writing(self, patience: float = 0.0) -> Iterator[None]:
        """Hold the writer's lock; a second writer waits so many seconds and is then refused.

        What the system says against writing is told as `StoreUnavailable`.
        """
        try:
            files.make_folder(self.path)
            self._check_format()
            with (self.path / ".lock").open("w") as lock:
                if not _locked(lock, patience):
                    raise StoreUnavailable(f"{self.path}: another process is writing here; try again later")
                yield
        except OSError as error:
            raise StoreUnavailable(f"{error.filename or self.path}: cannot be written ({error.strerror})") from error


class Unfolded(StoreUnavailable):
    """What was written of a change as a whole is damaged; the change itself may be there."""


def put(folder: Path, manifest: Manifest, texts: Mapping[str, bytes]) -> Manifest:
    """Write a version into a folder of versions, and have it appear there at once; gives its manifest with checksums.

    Raises `OSError`.
    """
    manifest = replace(manifest, files={name: files.digest(text) for name, text in texts.items()})
    part = folder / f".{manifest.version}.part"
    files.remove(part)
    files.make_folder(part)
    for name, text in texts.items():
        files.write(part / name, text)
    files.write(part / "manifest.json", json.dumps(asdict(manifest), indent=1, sort_keys=True).encode())
    files.publish(part, folder / manifest.version)
    return manifest


def open_store(path: Path, version: str | None = None) -> EmbeddedBackend:
    """The store in a directory, ready to be asked: the current version, unless another is named.

    Raises `StoreUnavailable` when there is none, it is of a newer format, or a file in it is damaged, `UnknownName` for
    a version that there is not.
    """
    directory = StoreDirectory(path)
    return directory.open(version if version is None else directory.known(version))


def whole_texts(texts: tuple[bytes, bytes, bytes]) -> dict[str, bytes]:
    """The files of a version that is written whole."""
    return dict(zip(_FILES, texts, strict=True))


def _manifest(path: Path, version: str) -> Manifest:
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise StoreUnavailable(f"{path}: missing; version {version} is damaged or was never here") from None
    except (OSError, ValueError, TypeError) as error:
        raise StoreUnavailable(f"{path}: damaged ({error}); {_MEND}") from error


def _read(folder: Path, manifest: Manifest, name: str) -> bytes:
    path = folder / name
    try:
        text = path.read_bytes()
    except OSError as error:
        raise StoreUnavailable(f"{path}: cannot be read ({error.strerror}); {_MEND}") from error
    if files.digest(text) != manifest.files.get(name):
        raise StoreUnavailable(f"{path}: damaged (checksum differs); {_MEND}")
    return text


def _locked(lock: IO[str], patience: float) -> bool:
    """Whether the lock could be had within so many seconds."""
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK_SECONDS)
        else:
            return True


def _content(texts: Mapping[str, bytes]) -> str:
    return hashlib.sha256(texts["published.nq"] + texts["left-out.nq"]).hexdigest()


def _counts(texts: Mapping[str, bytes]) -> dict[str, int]:
    """Triples in each named graph."""
    lines = (line for name in ("published.nq", "left-out.nq") for line in texts[name].splitlines())
    counted = Counter(graph_part(line) for line in lines)
    return {graph[1:-1].decode(): count for graph, count in sorted(counted.items()) if graph}
