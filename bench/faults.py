"""
Kill real commands at each call of the system by which they change files, and refuse them room.

    python -m bench.faults [--every 1]   ->  a table on standard output: how often each was tried, and what was lost

Needs strace, which lets a process be killed at its Nth call, and, for a disk that is full or read only, the right to
mount. After each fault the store has to hold, whole, what it held before or what it was to hold; then the command is
given again, and has to succeed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, Quad

from lsp_graph.errors import StoreUnavailable
from lsp_graph.namespaces import GRAPH, ID, RDFS
from lsp_graph.store import Kind, StoreDirectory
from lsp_graph.store.backups import back_up, verified
from lsp_graph.store.changes import Change

CALLS: Final = ("write", "fsync", "sync", "mkdir", "rename", "unlink", "rmdir")
_MODULE: Final = (sys.executable, "-m", "lsp_graph")
_CHANGE: Final = """
import sys
from pathlib import Path
from pyoxigraph import Literal, Quad
from lsp_graph.errors import LspGraphError
from lsp_graph.namespaces import GRAPH, ID, RDFS
from lsp_graph.store import StoreDirectory
from lsp_graph.store.changes import Change
made = Quad(ID["thing/9"], RDFS.label, Literal("9"), GRAPH.one)
try:
    StoreDirectory(Path(sys.argv[1])).commit_change(Change.of([made], ()), parent="4", author="x", message="x")
except LspGraphError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


@dataclass(frozen=True)
class Command:
    """A command on the store below a folder, and what the store may hold before and after it."""

    name: str
    words: Callable[[Path], list[str]]
    before: str
    after: str


COMMANDS: Final = (
    Command("a change", lambda root: [sys.executable, "-c", _CHANGE, str(root / "store")], "0123", "01239"),
    Command("restore a version", lambda root: [*_MODULE, "restore", "2", "--store", str(root / "store")], "0123", "01"),
    Command(
        "restore a backup",
        lambda root: [*_MODULE, "restore", str(root / "copy"), "--store", str(root / "store")],
        "0123",
        "0",
    ),
    Command(
        "compact", lambda root: [*_MODULE, "compact", "--keep", "2", "--store", str(root / "store")], "0123", "0123"
    ),
    Command(
        "back up", lambda root: [*_MODULE, "backup", str(root / "b"), "--store", str(root / "store")], "0123", "0123"
    ),
)


def ground(root: Path) -> Path:
    """A store of four versions, and a backup of its first."""
    store = StoreDirectory(root / "store")
    quads = [Quad(ID[f"thing/{number}"], RDFS.label, Literal(str(number)), GRAPH.one) for number in range(4)]
    store.commit(quads[:1], "first")
    back_up(store, root / "copy")
    for number in range(1, 4):
        change = Change.of([quads[number]], ())
        store.commit_change(change, parent=str(number), author="x", message="more")
    return root


def holds(store: StoreDirectory, version: str | None = None) -> str:
    """The numbers that a version holds."""
    view = store.open(version).view(None, Kind.STORED)
    return "".join(sorted(one.object.value for one in view if isinstance(one.object, Literal)))


def check(command: Command, root: Path) -> None:
    """Raise `StoreUnavailable` or `AssertionError` where something was lost."""
    store = StoreDirectory(root / "store")
    assert holds(store) in (command.before, command.after), holds(store)
    for manifest in store.versions():
        holds(store, manifest.version)
    if (root / "b").exists():
        verified(root / "b")


def killed(command: Command, start: Path, every: int) -> tuple[int, int]:
    """Kill a command at each of its calls in turn; how often, and how often something was lost."""
    tried = lost = 0
    for call in CALLS:
        number = 0
        while True:
            number += every
            with fresh(start) as root:
                inject = f"inject={call}:signal=KILL:when={number}"
                strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
                done = subprocess.run([*strace, *command.words(root)], capture_output=True, check=False)
                if done.returncode == 0:
                    break
                tried += 1
                lost += not is_well(command, root)
    return tried, lost


def is_well(command: Command, root: Path) -> bool:
    """Whether nothing was lost, and the command can be given again."""
    try:
        check(command, root)
        if holds(StoreDirectory(root / "store")) != command.after:
            again = subprocess.run(command.words(root), capture_output=True, check=False)
            assert again.returncode == 0, again.stderr
            check(command, root)
    except (StoreUnavailable, AssertionError) as error:
        print(f"{command.name}: {error}", file=sys.stderr)
        return False
    return True


@contextmanager
def fresh(start: Path) -> Iterator[Path]:
    """A copy of a folder, for one fault."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(start, Path(folder) / "root")
        yield Path(folder) / "root"


def refused(command: Command, start: Path, options: str) -> tuple[str, bool]:
    """Give a command on a small disk mounted so; what it says, and whether nothing was lost."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _run("mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder)
        try:
            shutil.copytree(start, root, dirs_exist_ok=True)
            if options == "full":
                with (root / "filler").open("wb") as filler:
                    while os.write(filler.fileno(), b"x" * 4096) == 4096:
                        pass
            else:
                _run("mount", "-o", "remount,ro", folder)
        except OSError:
            pass  # full, as it is to be
        try:
            done = subprocess.run(command.words(root), capture_output=True, text=True, check=False)
            check(command, root)
            return done.stderr.strip().replace(folder, "DISK"), done.returncode == 3 and "Traceback" not in done.stderr
        finally:
            _run("umount", folder)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def main() -> None:
    """Run all of it; the status is 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="kill at every Nth call only; 0: at none")
    options = parser.parse_args()
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # so that all calls are the store's, but for what is said in the end
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        start = ground(Path(folder))
        print("| command | killed | lost |\n| --- | ---: | ---: |", flush=True)
        for command in COMMANDS:
            tried, lost = killed(command, start, options.every) if options.every else (0, 0)
            bad += lost
            print(f"| {command.name} | {tried} | {lost} |", flush=True)
        print("\n| command | disk | it says |\n| --- | --- | --- |")
        for command in COMMANDS:
            for disk in ("full", "read only"):
                said, well = refused(command, start, disk)
                bad += not well
                print(f"| {command.name} | {disk} | {said}{'' if well else ' (WRONG)'} |", flush=True)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
