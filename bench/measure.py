"""
What the benches share: run with a limit, take medians, name the machine, write the table.
"""

from __future__ import annotations

import platform
import resource
import shlex
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Final, Generic, TypeVar

T = TypeVar("T")

RESULTS: Final = Path(__file__).parent / "RESULTS"
_FORK: Final = get_context("fork")
_SPAWN: Final = get_context("spawn")


@dataclass(frozen=True)
class Run(Generic[T]):
    """What a measured process came to: `value` is None when the limit or an error ended it, `why` says which."""

    value: T | None
    why: str = ""


def in_fork(work: Callable[[], T], seconds: float) -> Run[T]:
    """Do the work in a child that shares this process's memory, and kill it when the time is up.

    Neither Oxigraph nor rdflib can cancel a query: only the end of its process ends it.
    """
    return _limited(_FORK.Process, work, seconds)


def in_new_process(work: Callable[[], T], seconds: float) -> Run[T]:
    """Do the work in a fresh process, whose memory is given back at its end; kill it when the time is up."""
    return _limited(_SPAWN.Process, work, seconds)


def _limited(process: Callable[..., object], work: Callable[[], T], seconds: float) -> Run[T]:
    ours, theirs = _FORK.Pipe(duplex=False)
    child = process(target=_report, args=(work, theirs))
    assert isinstance(child, _FORK.Process | _SPAWN.Process)
    child.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            return Run(None, f"> {seconds:g} s")
        run: Run[T] = ours.recv()
    except EOFError:
        return Run(None, "the process ended")
    finally:
        child.kill()
        child.join()
        ours.close()
    return run


def _report(work: Callable[[], object], to: Connection) -> None:
    try:
        to.send(Run(work()))
    except Exception as error:  # whatever a query dies of is its result
        to.send(Run(None, f"{type(error).__name__}: {error}".partition("\n")[0][:200]))


def seconds_of(
    work: Callable[[], T], runs: int, enough: float = float("inf"), clock: Callable[[], float] = perf_counter
) -> tuple[T, list[float]]:
    """What the work gives, and the seconds of each run: of the wall clock, unless told otherwise.

    The first run, which warms caches, does not count; but when it took longer than `enough` it is the only one.
    """
    begin = clock()
    value = work()
    first = clock() - begin
    if first > enough:
        return value, [first]
    taken = []
    for _ in range(runs):
        begin = clock()
        work()
        taken.append(clock() - begin)
    return value, taken


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def peak_megabytes() -> int:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def machine(*packages: str) -> list[str]:
    """The machine, the versions, the day and the command line, each as a line for a report."""
    with Path("/proc/cpuinfo").open() as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    with Path("/proc/meminfo").open() as file:
        kilobytes = next(int(line.split()[1]) for line in file if line.startswith("MemTotal"))
    named = ", ".join(f"{package} {version(package)}" for package in packages)
    module = sys.modules["__main__"].__spec__
    command = ["python", "-m", module.name if module else sys.argv[0], *sys.argv[1:]]
    return [
        f"Processor: {models[0] if models else platform.processor()}, {len(models)} cores shared with other work",
        f"Memory: {kilobytes / 2**20:.0f} GiB; {platform.system()} {platform.release()}",
        f"Versions: Python {platform.python_version()}, {named}",
        f"Date: {datetime.now(UTC):%Y-%m-%d}",
        f"Command: `{shlex.join(command)}`",
    ]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first are aligned to the right."""
    ruler = ["---", *["---:"] * (len(columns) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (columns, ruler, *rows)) + "\n"


def milliseconds(seconds: float) -> str:
    """A time to three digits."""
    return f"{seconds * 1000:.3g}" if seconds < 1 else f"{seconds * 1000:,.0f}"


def write_report(path: Path, title: str, about: Iterable[str], *parts: str) -> None:
    """Write a report: title, a list about how it was measured, then its parts."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([f"# {title}\n", *(f"- {line}" for line in about), "", *parts]))
