"""
Time the pages for people, as a worker makes them.

    python -m bench.pages [--store .lsp-graph] [--areas 60] [--runs 3]   ->  a table

Each page is made by a process that was forked as workers are, and that nobody has asked for that page before; what the
service keeps of pages it has sent is no part of it. Of several such runs the quickest counts, as the machine is shared:
the time is that of the processor. Bytes are those of the page alone, packed by gzip.
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from time import process_time
from typing import Any, Final

from bench.measure import in_fork, machine, median, milliseconds, table
from lsp_graph.serve import jobs, placing
from lsp_graph.serve.wire import Message
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend, open_store

BASE: Final = "http://127.0.0.1:8000"
LIMIT: Final = 120.0
"""Seconds that one run may take."""

_MOST: Final = 100_000


@dataclass(frozen=True)
class Made:
    """One page that was made: how long it took in seconds of the processor, its bytes, and those of it packed."""

    seconds: float
    size: int
    packed: int


def asked(store: Path, module: str, path: str, key: str = "", **query: str) -> Message:
    """The request for a page."""
    head: Mapping[str, Any] = {
        "kind": "page",
        "module": module,
        "base": BASE,
        "path": path,
        "key": key,
        "query": list(query.items()),
        "world": None,
        "store": str(store),
    }
    return Message(dict(head))


def requests(backend: EmbeddedBackend, store: Path, areas: int) -> Iterator[tuple[str, list[Message]]]:
    """The kinds of pages, each with the requests that are made for it."""
    partnered = [one.told for one in placing.listed(backend, DEFAULT_AS_OF).values() if one.told["partnerships"]]
    codes = sorted(one["code"] for one in partnered if one["code"])
    chosen = Random(1).sample(codes, min(areas, len(codes)))
    yield "/", [asked(store, "home", "/")]
    yield "/areas", [asked(store, "areas", "/areas")]
    yield "/areas/{code}", [asked(store, "area", f"/areas/{code}", code) for code in chosen]
    path = "/areas/{code}/governance"
    yield path, [asked(store, "area_governance", path.format(code=code), code) for code in chosen]
    yield "/bodies", [asked(store, "bodies", "/bodies")]
    yield "/bodies/{key}", [asked(store, "body", f"/bodies/authority/{c}", f"authority/{c}") for c in chosen]
    yield "/map", [asked(store, "hexagons", "/map")]
    yield "/search", [asked(store, "finding", "/search", q=text) for text in ("sothwark", "crime", "primary care")]
    yield "/about", [asked(store, "about", "/about")]


def make(backend: EmbeddedBackend, wanted: Sequence[Message]) -> list[Made]:
    """Make these pages, one after the other. Raises `ValueError` for one that cannot be made."""
    made = []
    for request in wanted:
        begin = process_time()
        reply = jobs.answer(backend, request, _MOST)
        taken = process_time() - begin
        if reply.head["status"] != 200:
            raise ValueError(f"{request.head['path']}: {reply.body.decode()}")
        made.append(Made(taken, len(reply.body), len(gzip.compress(reply.body))))
    return made


def main() -> None:
    """Time all kinds of pages, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, default=Path(".lsp-graph"))
    parser.add_argument("--areas", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    backend = open_store(given.store)
    jobs.prepare(backend)
    for prepare in jobs.more(backend):
        prepare()
    rows = []
    for kind, wanted in requests(backend, given.store, given.areas):
        runs = [in_fork(partial(make, backend, wanted), LIMIT) for _ in range(given.runs)]
        done = [run.value for run in runs if run.value is not None]
        if not done:
            rows.append((kind, str(len(wanted)), runs[0].why, "", "", ""))
            continue
        least = sorted(min(run[number].seconds for run in done) for number in range(len(wanted)))
        largest = max(done[0], key=lambda one: one.size)
        rows.append(
            (
                kind,
                str(len(wanted)),
                milliseconds(median(least)),
                milliseconds(least[int(len(least) * 0.95)]),
                f"{largest.size:,}",
                f"{largest.packed:,}",
            )
        )
    print("\n".join(machine("pyoxigraph", "jinja2")))
    print(table(("page", "pages", "p50, ms", "p95, ms", "bytes at most", "packed"), rows))


if __name__ == "__main__":
    main()
