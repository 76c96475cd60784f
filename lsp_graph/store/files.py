"""
Files that outlive a crash.

    bytes  ->  a file that is on disk, whole, when the call returns

All that the store keeps is written here, by calls of the system that a test can count, cut off and refuse.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

_CHUNK: Final = 2**22


def write(path: Path, data: bytes) -> None:
    """Write a file, flushed to disk; its name is not, before `flush` of its folder. Raises `OSError`."""
    _write(path, data, os.fsync)


def write_later(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file that `flush_all` will have flushed; `mode` says who may read it. Raises `OSError`."""
    _write(path, data, lambda descriptor: None, mode)


def flush(folder: Path) -> None:
    """Make the names in a folder durable. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_all() -> None:
    """Have the system write all that it still holds: quicker than flushing thousands of files, each by itself."""
    os.sync()


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, with their names durable; one that is there stays. Raises `OSError`."""
    if path.is_dir():
        return
    if path.parent != path:
        make_folder(path.parent)
    try:
        os.mkdir(path)
    except FileExistsError:
        if not path.is_dir():
            raise
    flush(path.parent)


def publish(part: Path, path: Path) -> None:
    """Give a folder that is written its name, in one step. Raises `OSError`."""
    flush(part)
    os.rename(part, path)
    flush(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Give a file other content in one step; one that has this content stays as it is. Raises `OSError`."""
    if path.is_file() and path.read_bytes() == data:
        return
    part = path.with_name(f".{path.name}.part")
    write(part, data)
    os.replace(part, path)
    flush(path.parent)


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it; one that is not there needs nothing. Raises `OSError`."""
    try:
        if not path.is_dir() or path.is_symlink():
            os.unlink(path)
            return
        for entry in sorted(path.iterdir()):
            remove(entry)
        os.rmdir(path)
    except FileNotFoundError:
        return


def digest(data: bytes) -> str:
    """The SHA-256 by which a file is known again."""
    return sha256(data).hexdigest()


def _write(path: Path, data: bytes, kept: Callable[[int], object], mode: int = 0o666) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest[:_CHUNK]) :]
        kept(descriptor)
    finally:
        os.close(descriptor)
