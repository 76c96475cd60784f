"""
Virtuoso 7 as it is installed with the system, asked over HTTP: the engine that most SPARQL endpoints run on.

    quads of a view  ->  a server with them in it  ->  answers to queries

Triples go to its graph store as N-Triples, queries to its endpoint; every query has a connection of its own.
"""

from __future__ import annotations

import http.client
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPDigestAuthHandler, HTTPPasswordMgrWithDefaultRealm, Request, build_opener, urlopen

PROGRAM: Final = "virtuoso-t"
PACKAGE: Final = "virtuoso-opensource-7-bin"
GRAPH: Final = "https://w3id.org/lsp/graph/bench"
_JSON: Final = "application/sparql-results+json"
_PATIENCE: Final = 120
_LINES: Final = 20_000
"""So many triples are sent at a time."""

_SETTINGS: Final = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200

[TempDatabase]
DatabaseFile = {folder}/virtuoso.tdb
TransactionFile = {folder}/virtuoso.ttr

[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
CheckpointInterval = 0
DirsAllowed = {folder}

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 4

[SPARQL]
ResultSetMaxRows = 1000000
"""


class Wrong(Exception):
    """What Virtuoso says instead of an answer."""


def installed() -> bool:
    """Whether it is there."""
    return shutil.which(PROGRAM) is not None


@contextmanager
def serving(triples: bytes) -> Iterator[Virtuoso]:
    """A server in a folder of its own, with these triples (N-Triples) in one graph; it ends with the context."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        sql, port = _free(), _free()
        (folder / "virtuoso.ini").write_text(_SETTINGS.format(folder=folder, sql=sql, http=port))
        process = subprocess.Popen(
            [PROGRAM, "+configfile", str(folder / "virtuoso.ini"), "+foreground"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            server = Virtuoso(port, process.pid)
            server.wait(process)
            lines = triples.splitlines(keepends=True)
            for start in range(0, len(lines), _LINES):
                server.add(b"".join(lines[start : start + _LINES]))
            yield server
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


class Virtuoso:
    """A running server, by its port and process."""

    def __init__(self, port: int, pid: int) -> None:
        self._port, self._pid = port, pid
        self._address = f"http://127.0.0.1:{port}"

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it answers. Raises `Wrong` where it ends, or takes too long."""
        for _ in range(_PATIENCE * 10):
            try:
                with urlopen(f"{self._address}/sparql?query=ASK%7B%7D", timeout=10):  # noqa: S310  # our own address
                    return
            except (HTTPError, URLError, OSError):
                if process.poll() is not None:
                    break
                time.sleep(0.1)
        raise Wrong(f"{PROGRAM} does not start")

    def processor_time(self) -> float:
        """The seconds that its threads have had a processor so far."""
        threads = Path(f"/proc/{self._pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9

    def add(self, triples: bytes) -> None:
        """Add triples (N-Triples) to the graph, as the owner of a fresh installation."""
        address = f"{self._address}/sparql-graph-crud-auth"
        passwords = HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, address, "dba", "dba")
        opener = build_opener(HTTPDigestAuthHandler(passwords))
        query = urlencode({"graph-uri": GRAPH})
        request = Request(f"{address}?{query}", triples, {"Content-Type": "application/n-triples"}, method="POST")  # noqa: S310
        with opener.open(request, timeout=600):
            pass

    def ask(self, sparql: str, seconds: float) -> bytes:
        """The answer in JSON. Raises `Wrong` where it gives none."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=seconds)
        try:
            body = urlencode({"query": sparql, "default-graph-uri": GRAPH})
            sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept": _JSON}
            connection.request("POST", "/sparql", body, sent)
            response = connection.getresponse()
            text = response.read()
        except TimeoutError as error:
            raise Wrong(f"> {seconds:g} s") from error
        finally:
            connection.close()
        if response.status != 200:
            raise Wrong(f"error: {text.decode(errors='replace').strip().splitlines()[0][:60]}")
        return text


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
