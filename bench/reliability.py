"""
Let the service suffer, and see whether anybody was told something wrong.

    python -m bench.reliability [--store DIR] [--minutes 10] [--crashes 200]   ->  a report on standard output

Mixed load: several clients ask small and large questions, and some that never end, while random workers are killed. An
answer is right if it is what was answered before all that, or a problem document that says to come again.

Crashes: a client writes, one update after the other, until the whole service is killed; then it is started again. Every
update that was acknowledged has to be there, and of none there may be a half.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from bench.service import AREA, ENDLESS, QUESTION, SMALL
from bench.serving import Client, Served, serving, sparql
from lsp_graph.binding import bind
from lsp_graph.build import build
from lsp_graph.questions import find
from lsp_graph.store import StoreDirectory

CLIENTS: Final = 6
ENDLESS_ONE_IN: Final = 40
LATER: Final = frozenset([429, 503, 504, 507])
"""What a client may be told instead of an answer: come again, or ask for less."""

TOKEN: Final = "a-token-for-nothing-but-this-bench-0123456789"  # noqa: S105  # it opens an empty store for a minute
_BEGUN: Final = NamedNode("https://example.org/begun")
_ENDED: Final = NamedNode("https://example.org/ended")
_WRITTEN: Final = f"SELECT ?p ?n {{ ?s ?p ?n . FILTER(?p IN ({_BEGUN}, {_ENDED})) }}"


def questions() -> tuple[str, ...]:
    """What is asked in turn: one row, a question with a join, some hundred rows, a count of all there is."""
    return (
        SMALL,
        bind(find(QUESTION).text, {"_area": AREA}),
        "SELECT ?s ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label } ORDER BY ?s ?label LIMIT 500",
        "SELECT (COUNT(*) AS ?n) { ?s a ?class }",
    )


def suffer(store: Path, minutes: float) -> bool:
    """Load the service, kill its workers, and tell what came of it. Whether all was well."""
    told: Counter[str] = Counter()
    megabytes = []
    with serving(store, workers=4, timeout=5) as served:
        client = Client(served.url)
        right = {query: client.get(sparql(query))[1] for query in questions()}
        over = Event()
        end = monotonic() + 60 * minutes
        with ThreadPoolExecutor(CLIENTS) as pool:
            asking = [pool.submit(ask, served, right, number, over) for number in range(CLIENTS)]
            while monotonic() < end:
                sleep(random.uniform(0.2, 1.0))
                workers = served.workers()
                if workers:
                    kill(random.choice(workers))
                    told["workers killed"] += 1
                megabytes.append(served.megabytes())
            over.set()
            for one in asking:
                told += one.result()
    tenth = max(1, len(megabytes) // 10)
    early, late = sorted(megabytes[tenth : 2 * tenth] or megabytes), sorted(megabytes[-tenth:])
    print(f"mixed load, {minutes:g} minutes: " + ", ".join(f"{count:,} {what}" for what, count in sorted(told.items())))
    print(f"memory: {early[len(early) // 2]:,.0f} MB early, {late[len(late) // 2]:,.0f} MB at the end")
    return not told["wrong"] and not told["hanging"]


def ask(served: Served, right: Mapping[str, bytes], number: int, over: Event) -> Counter[str]:
    """Ask one thing after the other, and count what came back."""
    draw, told = random.Random(number), Counter[str]()
    client, asked = Client(served.url, f"127.0.2.{number + 1}"), 0
    while not over.is_set():
        asked += 1
        query = draw.choice(list(right))
        endless = draw.randrange(ENDLESS_ONE_IN) == 0
        text = f"{ENDLESS}{number}-{asked}" if endless else f"{query} # {number}-{asked}" if asked % 2 else query
        try:
            status, body = client.get(sparql(text))
        except TimeoutError:
            told["hanging"] += 1
            client.close()
            continue
        except (HTTPException, OSError):
            told["wrong"] += 1
            print(f"{text!r}: cut off, where there should be a problem document", file=sys.stderr)
            client.close()
            continue
        if status in LATER and json.loads(body)["status"] == status:
            told[f"times {status}"] += 1
        elif status == 200 and body == right[query] and not endless:
            told["right"] += 1
        else:
            told["wrong"] += 1
            print(f"{text!r}: {status} {body[:500]!r}", file=sys.stderr)
    client.close()
    return told


def crash(folder: Path, times: int) -> bool:
    """Kill the whole service in the midst of writing, again and again. Whether all that was acknowledged is there."""
    store = folder / "crashing"
    store.mkdir()
    first = Quad(NamedNode("https://example.org/s"), NamedNode("https://example.org/p"), Literal("1"))
    StoreDirectory(store).commit([first], "one fact")
    acknowledged: set[int] = set()
    number = lost = halves = 0
    for turn in range(times + 1):
        with serving(store, write_token=TOKEN, workers=1) as served:
            present = written(served)
            whole = present[_BEGUN.value] & present[_ENDED.value]
            halves += len(present[_BEGUN.value] ^ present[_ENDED.value])
            lost += len(acknowledged - whole)
            if turn < times:
                number = write(served, number, acknowledged)
    print(f"{times} crashes: {len(acknowledged):,} updates acknowledged, {lost} of them lost, {halves} halves")
    return not lost and not halves


def write(served: Served, number: int, acknowledged: set[int]) -> int:
    """Write until the service is killed; gives the number of the last update that was tried."""
    with ThreadPoolExecutor(1) as pool:
        killing = pool.submit(kill_later, served, random.uniform(0.05, 2.0))
        client = Client(served.url)
        headers = {"content-type": "application/sparql-update", "authorization": f"Bearer {TOKEN}"}
        try:
            while True:
                number += 1
                thing = f"<https://example.org/{number}>"
                update = f"INSERT DATA {{ {thing} {_BEGUN} {number} . {thing} {_ENDED} {number} }}"
                status, body = client.post("/update", update.encode(), headers)
                if status not in (200, 204):
                    raise RuntimeError(f"/update: {status} {body[:300]!r}")
                acknowledged.add(number)
        except (HTTPException, OSError):
            killing.result()
    return number


def written(served: Served) -> dict[str, set[int]]:
    """The numbers of the updates whose first half is there, and of those whose second half is."""
    status, body = Client(served.url).get(sparql(_WRITTEN), {"accept": "application/sparql-results+json"})
    assert status == 200, body
    found: dict[str, set[int]] = {_BEGUN.value: set(), _ENDED.value: set()}
    for row in json.loads(body)["results"]["bindings"]:
        found[row["p"]["value"]].add(int(row["n"]["value"]))
    return found


def kill_later(served: Served, seconds: float) -> None:
    """Kill the whole service after a while; the system ends its other processes with it."""
    sleep(seconds)
    served.process.kill()


def kill(*pids: int) -> None:
    """Kill processes; one may have ended by itself."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def main() -> None:
    """Run what is asked for; the status is 1 where something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="the store to serve; unless given one is built from the sources")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--crashes", type=int, default=200)
    arguments = parser.parse_args()
    well: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        if arguments.minutes:
            store = arguments.store or Path(folder) / "store"
            if arguments.store is None:
                build(StoreDirectory(store))
            well.append(suffer(store, arguments.minutes))
        if arguments.crashes:
            well.append(crash(Path(folder), arguments.crashes))
    sys.exit(0 if all(well) else 1)


if __name__ == "__main__":
    main()
