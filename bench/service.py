"""
Time the service beside Oxigraph's own server, on the same triples, in one run.

    python -m bench.service [--store DIR] [--seconds 5] [--runs 3]   ->  RESULTS/service.md

Load is made by wrk (32 connections, one thread), each figure is the median of its runs, and the runs of the two servers
alternate. `kept`: the same query again and again; `unique`: each query ends in a comment of its own, so that no kept
answer fits. Oxigraph's server has all triples of the service's default dataset in its default graph, in memory.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Final

from pyoxigraph import NamedNode, QueryTriples, RdfFormat, serialize

from bench.measure import RESULTS, machine, median, milliseconds, table, write_report
from bench.serving import Client, Served, free, serving, sparql, until, worked
from lsp_graph.binding import bind
from lsp_graph.build import build
from lsp_graph.questions import find
from lsp_graph.store import StoreDirectory, open_store

CONNECTIONS: Final = 32
RUNAWAYS: Final = 8
SMALL: Final = (
    "SELECT ?label { <https://w3id.org/lsp/id/lsp/E09000028> <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
)
QUESTION: Final = "who-is-accountable-for-the-local-area-agreement"
AREA: Final = NamedNode("https://w3id.org/lsp/id/area/E09000028")
ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } # "
GREEDY: Final = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i # "


@dataclass(frozen=True)
class Load:
    """What was measured: requests a second, seconds of latency, how many failed, seconds of processors for each."""

    rate: float
    p50: float
    p99: float
    failed: int
    worked: float

    def shown(self) -> list[str]:
        """The figures as cells of a table."""
        figures = [f"{self.rate:,.0f}", milliseconds(self.p50), milliseconds(self.p99), str(self.failed)]
        return [*figures, f"{self.worked * 1e6:,.0f}"]


def load(url: str, query: str, kind: str, seconds: float, pids: Sequence[int]) -> Load:
    """Load a server, which these processes are, with one query, `kept` or `unique`."""
    script = str(Path(__file__).with_name("service.lua"))
    connections = ["-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds:g}s"]
    command = ["wrk", *connections, "-s", script, url, "--", query, kind]
    before = worked(pids)
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(told.splitlines()[-1])
    each = (worked(pids) - before) / max(1, found["requests"])
    return Load(found["requests"] / found["seconds"], found["p50"], found["p99"], found["failed"], each)


def medians(loads: list[Load]) -> Load:
    """The median of each figure; failures are added up."""
    return Load(
        median([one.rate for one in loads]),
        median([one.p50 for one in loads]),
        median([one.p99 for one in loads]),
        sum(one.failed for one in loads),
        median([one.worked for one in loads]),
    )


@contextmanager
def oxigraph(triples: bytes) -> Iterator[tuple[str, int]]:
    """Oxigraph's server with these triples, in memory: its address and its process."""
    port = free()
    program = str(Path(sys.executable).with_name("oxigraph"))
    process = subprocess.Popen([program, "serve", "--bind", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until(url, "/")
        status, said = Client(url).post("/store?default", triples, {"content-type": "application/n-triples"})
        assert status < 300, said
        yield url, process.pid
    finally:
        process.kill()
        process.wait()


def runaways(served: Served, query: str, seconds: float) -> tuple[list[float], int, int]:
    """Small queries among runaway ones: seconds of each, how many of them failed, how many runaways there were."""
    over = Event()

    def run_away(number: int) -> int:
        client, sent = Client(served.url, f"127.0.1.{number + 1}"), 0
        while not over.is_set():
            client.get(sparql(f"{query}{number}-{sent}"))
            sent += 1
        client.close()
        return sent

    with ThreadPoolExecutor(RUNAWAYS) as pool:
        running = [pool.submit(run_away, number) for number in range(RUNAWAYS)]
        client, failed = Client(served.url), 0
        taken: list[float] = []
        begin = perf_counter()
        while perf_counter() - begin < seconds:
            asked = perf_counter()
            status, _ = client.get(sparql(f"{SMALL} # {len(taken)}"))
            taken.append(perf_counter() - asked)
            failed += status != 200
        over.set()
        sent = sum(one.result() for one in running)
    return taken, failed, sent


def percentile(values: list[float], part: float) -> float:
    """The value that so great a part of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def throughput(ours: Served, theirs: str, pid: int, seconds: float, runs: int) -> str:
    """The table of rates and latencies."""
    question = bind(find(QUESTION).text, {"_area": AREA})
    rows = []
    for name, query in (("one row", SMALL), (QUESTION, question)):
        for kind in ("kept", "unique"):
            measured: dict[str, list[Load]] = {"ours": [], "theirs": []}
            for _ in range(runs):
                own, path = [ours.process.pid, *ours.workers()], sparql(query)
                measured["ours"].append(load(ours.url, path, kind, seconds, own))
                measured["theirs"].append(load(theirs, path.replace("/sparql", "/query"), kind, seconds, [pid]))
            us, them = medians(measured["ours"]), medians(measured["theirs"])
            rows.append([f"{name}, {kind}", *us.shown(), *them.shown(), f"{us.rate / them.rate:.2f}"])
    columns = ["requests/s", "p50, ms", "p99, ms", "failed", "processor µs each"]
    return table(["query", *columns, *(f"Oxigraph {name}" for name in columns), "ratio"], rows)


def protection(store: Path, seconds: float) -> str:
    """The table of small queries among runaway ones."""
    rows = []
    for name, query in (("cross joins without end", ENDLESS), ("sorted cross joins, which fill the memory", GREEDY)):
        for workers in (2, RUNAWAYS + 2):
            with serving(store, workers=workers, timeout=5, worker_memory_mb=512) as served:
                before = served.megabytes()
                taken, failed, sent = runaways(served, query, seconds)
                figures = [milliseconds(percentile(taken, 0.5)), milliseconds(percentile(taken, 0.99))]
                rows.append(
                    [
                        f"{name}, {workers} workers",
                        *figures,
                        *(str(count) for count in (len(taken), failed, sent)),
                        *(f"{megabytes:,.0f}" for megabytes in (before, served.megabytes())),
                    ]
                )
    names = ["p50, ms", "p99, ms", "small queries", "of them failed", "runaways", "MB before", "MB after"]
    return table(["runaway queries", *names], rows)


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="the store to serve; unless given one is built from the sources")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed to make the load (on Debian and Ubuntu: apt-get install wrk)")
    with tempfile.TemporaryDirectory() as folder:
        store = arguments.store or Path(folder) / "store"
        if arguments.store is None:
            build(StoreDirectory(store))
        report(store, arguments.seconds, arguments.runs)


def report(store: Path, seconds: float, runs: int) -> None:
    """Measure the service over a store, and write the report."""
    every = open_store(store).query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert isinstance(every, QueryTriples)
    triples = serialize(every, format=RdfFormat.N_TRIPLES)
    assert triples is not None
    about = (
        f"{CONNECTIONS} connections of one client, {runs} runs of {seconds:g} s, {len(triples.splitlines()):,} triples."
    )
    starts, replaced = [], []
    for _ in range(runs):
        begin = perf_counter()
        with serving(store) as served:
            Client(served.url).get(sparql(SMALL))
            starts.append(perf_counter() - begin)
    with serving(store) as served, oxigraph(triples) as (theirs, pid):
        before = served.megabytes()
        rates = throughput(served, theirs, pid, seconds, runs)
        after = served.megabytes()
        replaced = [served.replaced_after() for _ in range(10)]
    write_report(
        RESULTS / "service.md",
        "How fast the service is, and how well it is guarded",
        machine("pyoxigraph", "uvicorn", "oxigraph"),
        "## Throughput\n",
        f"{about}\n",
        rates,
        f"Memory of all processes of the service: {before:,.0f} MB before, {after:,.0f} MB after.\n",
        "## Protection\n",
        f"{RUNAWAYS} clients send runaway queries (limit 5 s, 512 MB a worker) while another asks for one row.\n",
        protection(store, max(10.0, seconds)),
        "## Recovery\n",
        table(
            ["event", "median, ms", "most, ms"],
            [
                [name, milliseconds(median(taken)), milliseconds(max(taken))]
                for name, taken in (
                    ("cold start until the first answer", starts),
                    ("a killed worker replaced", replaced),
                )
            ],
        ),
    )


if __name__ == "__main__":
    main()
