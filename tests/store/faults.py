"""
Disks that fail: what the store does to its files, recorded, cut off, refused and lost.

    an operation  ->  the calls of the system that it makes, each with what it does
    the calls up to one of them, and what of it was flushed  ->  the directory as it is after a power cut
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CALLS = ("open", "write", "fsync", "sync", "mkdir", "rename", "replace", "unlink", "rmdir")
"""The calls by which `lsp_graph.store.files` changes anything."""


@dataclass
class Done:
    """A call that was made: what, with which paths and bytes."""

    call: str
    paths: tuple[str, ...]
    data: bytes = b""


@dataclass
class Recorder:
    """Records the calls that change something below `root`; at the one of number `stop`, `fault` is called first."""

    root: Path
    stop: int = -1
    fault: Callable[[str], None] = lambda call: None
    done: list[Done] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.done)

    @contextmanager
    def watching(self) -> Iterator[Recorder]:
        real = {name: getattr(os, name) for name in CALLS}
        patched = pytest.MonkeyPatch()
        for name in CALLS:
            patched.setattr(os, name, self._watched(name, real[name]))
        try:
            yield self
        finally:
            patched.undo()

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            told = self._told(name, given)
            if told is None:
                return real(*given, **more)
            if len(self.done) == self.stop:
                self.fault(name)
            # What was flushed is in the record; to have the disk do it thousands of times would prove nothing.
            result = None if name in ("fsync", "sync") else real(*given, **more)
            self.done.append(told if name != "write" else Done("write", told.paths, bytes(given[1])[:result]))
            return result

        return call

    def _told(self, name: str, given: tuple[Any, ...]) -> Done | None:
        """What a call does; None for one that changes nothing, or something elsewhere."""
        if name == "sync":
            return Done(name, ())
        if name in ("write", "fsync"):
            return self._within(name, (os.readlink(f"/proc/self/fd/{given[0]}"),))
        if name == "open" and not given[1] & os.O_CREAT:
            return None
        return self._within(name, tuple(str(one) for one in given[: 2 if name in ("rename", "replace") else 1]))

    def _within(self, name: str, paths: tuple[str, ...]) -> Done | None:
        return Done(name, paths) if paths[0].startswith(str(self.root)) else None


def after_power_cut(before: Path, done: list[Done], root: Path, made: Path, seed: int) -> None:
    """Make `made` what a disk may hold of `root` after these calls: `before`, what was flushed, and of the rest some.

    A file that was not flushed has all, a part or nothing of what was written; a name that was not flushed is there or
    not, yet names in one folder survive in the order in which they were made, as in a journal.
    """
    draw = random.Random(seed)  # noqa: S311  # what is lost is no secret
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(before, made)
    flushed_data: dict[str, int] = {}
    flushed_names: dict[str, int] = {}
    for place, one in enumerate(done):
        if one.call == "sync":
            flushed_names[""] = place
        elif one.call == "fsync":
            flushed_data[one.paths[0]] = place
            flushed_names[one.paths[0]] = place
    horizon: dict[str, int] = {}  # of each folder, the place after which its names are lost

    def survives(place: int, one: Done) -> bool:
        folder = os.path.dirname(one.paths[-1])
        safe = max(flushed_names.get(folder, -1), flushed_names.get("", -1))
        if folder not in horizon:
            horizon[folder] = max(safe, draw.choice([safe, len(done), draw.randrange(len(done) + 1)]))
        return place <= horizon[folder]

    def here(path: str) -> Path:
        return made / os.path.relpath(path, root)

    contents: dict[str, list[tuple[int, bytes]]] = {}
    for place, one in enumerate(done):
        if one.call == "open":
            contents[one.paths[0]] = []
            if survives(place, one) and here(one.paths[0]).parent.is_dir():
                here(one.paths[0]).write_bytes(b"")
        elif one.call == "write":
            path = one.paths[0]
            contents[path].append((place, one.data))
            safe = max(flushed_data.get(path, -1), flushed_names.get("", -1))
            kept = b"".join(
                data if at < safe else data[: draw.choice([0, len(data) // 2, len(data)])]
                for at, data in contents[path]
            )
            if here(path).is_file():
                here(path).write_bytes(kept)
        elif one.call == "mkdir":
            if survives(place, one) and here(one.paths[0]).parent.is_dir():
                here(one.paths[0]).mkdir(exist_ok=True)
        elif one.call in ("rename", "replace"):
            there, target = here(one.paths[0]), here(one.paths[1])
            if survives(place, one) and there.exists():
                if target.is_dir():
                    shutil.rmtree(target)
                there.replace(target)
        elif one.call in ("unlink", "rmdir") and survives(place, one):
            gone = here(one.paths[0])
            if gone.is_dir():
                shutil.rmtree(gone)
            else:
                gone.unlink(missing_ok=True)
