"""
What a worker may not do.

A worker runs text that a stranger wrote, in a store library that would open network connections for it and takes all
the memory it can get. So the process is bound by the system, not by good will. What the system does not offer (an
older kernel, a container without the right, another system than Linux) is left out: each measure stands for itself.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LINUX: Final = sys.platform == "linux"
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_SET_PARENT_DEATH_SIGNAL: Final = 1
_DATA_AND_STACK: Final = 5
"""The field of /proc/self/statm, in pages."""

_PAGE_BYTES: Final = resource.getpagesize()
_STACK_BYTES: Final = 64 * 2**20
"""Enough to read 20,000 nested groups; Linux leaves at least 128 MB of room below the stack of a process."""


def deepen_stack() -> None:
    """Let the stack of this process grow, so that deeply nested queries are read rather than break it."""
    _, most = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = _STACK_BYTES if most == resource.RLIM_INFINITY else min(_STACK_BYTES, most)
    resource.setrlimit(resource.RLIMIT_STACK, (wanted, most))


def end_with_parent() -> None:
    """Have the system end this process when its parent ends."""
    if _LINUX:
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL))


def cut_off_network() -> bool:
    """Move this process, and all it forks, into a network of its own without any interface. Whether that worked.

    Needs a process with one thread, and the right to make a network (root) or a user namespace (most systems).
    """
    if not _LINUX:
        return False
    unshare = ctypes.CDLL(None).unshare
    return any(unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_USER | _NEW_NETWORK))


def limit_memory(megabytes: int) -> None:
    """Let this process take so much memory beyond what it holds now; when it wants more, it is ended."""
    taken = data_bytes()
    if taken is not None:
        most = taken + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def data_bytes() -> int | None:
    """The private memory of this process as the limit counts it; None where the system does not say."""
    if not _LINUX:
        return None
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return None


class Memory:
    """The private memory of this process with its stack; asked again and again, so the file stays open."""

    def __init__(self) -> None:
        self._file = os.open("/proc/self/statm", os.O_RDONLY) if _LINUX else None

    def bytes(self) -> int:
        """How much there is; 0 where the system does not say."""
        if self._file is None:
            return 0
        return int(os.pread(self._file, 128, 0).split()[_DATA_AND_STACK]) * _PAGE_BYTES


def die_first() -> None:
    """Ask the system to end this process, rather than another, when the machine runs out of memory."""
    if _LINUX:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


@contextmanager
def no_new_descriptors() -> Iterator[None]:
    """Within this context the process can open neither file nor socket; what is open stays usable."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
