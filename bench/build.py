"""
Time the build of the real graph, and how soon the service answers.

    python -m bench.build [--runs 5]   ->  RESULTS/build.md

A build is `lsp-graph build` into an empty directory. A cold start is `lsp-graph serve` with a built store, from the
start of the process to the first answer 200 of `/health`; the files are in the system's cache, as after a restart of
the service.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, sleep
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from bench.measure import RESULTS, machine, median, table, write_report

PATIENCE: Final = 120.0
"""Seconds after which a service that does not answer is given up."""

_COMMAND: Final = (sys.executable, "-m", "lsp_graph")


def time_build(store: Path) -> float:
    """Build the real graph into the directory; the seconds that took.

    Raises `subprocess.CalledProcessError` when the build fails.
    """
    begin = perf_counter()
    subprocess.run([*_COMMAND, "build", "--store", str(store)], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - begin


def time_start(store: Path) -> float:
    """Start the service and stop it once it answers; the seconds until then.

    Raises `TimeoutError` when it does not answer in time, or has ended.
    """
    port = _free_port()
    begin = perf_counter()
    command = [*_COMMAND, "serve", "--store", str(store), "--port", str(port)]
    service = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _is_healthy(port):
            if service.poll() is not None or perf_counter() - begin > PATIENCE:
                raise TimeoutError(f"{' '.join(command)}: no answer on /health")
            sleep(0.005)
        return perf_counter() - begin
    finally:
        service.terminate()
        service.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _is_healthy(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.build", description="Time build and cold start.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", type=Path, default=RESULTS / "build.md")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        stores = [Path(folder) / str(number) for number in range(options.runs)]
        builds = [time_build(store) for store in stores]
        megabytes = sum(file.stat().st_size for file in stores[0].rglob("*") if file.is_file()) / 2**20
        starts = [time_start(stores[0]) for _ in range(options.runs)]
    rows = [
        (name, f"{median(times):.2f}", f"{min(times):.2f}", f"{max(times):.2f}")
        for name, times in (("build", builds), ("cold start of the service", starts))
    ]
    write_report(
        options.output,
        "How long a build takes, and how soon the service answers",
        [*machine("pyoxigraph", "fastapi", "uvicorn"), f"The store takes {megabytes:.1f} MB on disk"],
        table(("what", "median, s", "least, s", "most, s"), rows),
    )


if __name__ == "__main__":
    main()
