"""
The service as a process of its own, seen from outside: started, asked, weighed, and its workers ended.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import quote, urlsplit

PATIENCE = 60.0


@dataclass(frozen=True)
class Served:
    """A service that runs."""

    process: subprocess.Popen[str]
    url: str

    def workers(self) -> list[int]:
        """The processes that work for it just now."""
        return [worker for keeper in children(self.process.pid) for worker in children(keeper)]

    def megabytes(self) -> float:
        """The memory of all its processes; what several share counts once."""
        family = [
            self.process.pid,
            *(pid for keeper in children(self.process.pid) for pid in (keeper, *children(keeper))),
        ]
        return sum(proportional(pid) for pid in family) / 1024

    def replaced_after(self) -> float:
        """Seconds from the killing of a worker until another has taken its place."""
        before = set(self.workers())
        os.kill(next(iter(before)), signal.SIGKILL)
        begin = perf_counter()
        while not set(self.workers()) - before:
            if perf_counter() - begin > PATIENCE:
                raise TimeoutError("no worker took the place of the one that was killed")
        return perf_counter() - begin


class Client:
    """A client on one connection, from an address of this machine (all of 127.0.0.0/8 are)."""

    def __init__(self, url: str, source: str = "127.0.0.1", timeout: float = PATIENCE) -> None:
        where = urlsplit(url)
        self._connection = HTTPConnection(str(where.hostname), where.port, timeout, (source, 0))

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """The status and body of what is at a path."""
        return self._asked("GET", path, None, headers or {})

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """The status and body of the reply to a body."""
        return self._asked("POST", path, body, headers)

    def _asked(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self._connection.request(method, path, body, dict(headers))
        reply = self._connection.getresponse()
        return reply.status, reply.read()

    def close(self) -> None:
        """Close the connection; another request opens it again."""
        self._connection.close()


def sparql(query: str) -> str:
    """The path that asks a query."""
    return f"/sparql?query={quote(query)}"


@contextmanager
def serving(store: Path, **settings: object) -> Iterator[Served]:
    """The service over a store, under settings by their names (`workers=4`); ended by SIGTERM."""
    variables = {f"LSP_GRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "lsp_graph", "serve", "--store", str(store), "--port", str(free())]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **variables})
    assert process.stderr is not None
    try:
        found, said = None, ""
        while found is None:
            line = process.stderr.readline()
            said += line
            if not line:
                raise RuntimeError(f"the service ended before it was ready: {said}")
            found = re.search(r"on (http://\S+)", line)
        yield Served(process, found[1])
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()


def free() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except FileNotFoundError:
        return []


def worked(pids: Iterable[int]) -> float:
    """The seconds that processors have worked for these processes; one that has ended counts nothing."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def proportional(pid: int) -> int:
    """The kilobytes of a process, of shared ones its part; 0 where it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(re.findall(r"^Pss: +(\d+) kB", text, re.MULTILINE)[0])


def until(url: str, path: str) -> None:
    """Wait until there is an answer."""
    begin = perf_counter()
    while perf_counter() - begin < PATIENCE:
        try:
            Client(url).get(path)
        except ConnectionRefusedError:
            sleep(0.05)
        else:
            return
    raise TimeoutError(f"{url}: no answer")
