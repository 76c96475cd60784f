"""
Take many records in at once, and one into a large store that is served.

    python -m bench.ingest [--records 400]      ->  records a second, as a table
    python -m bench.ingest --served 10 [--rest 60]  ->  seconds until a changed record is served, at scale 10

The records are those of the synthetic country (`bench.generate`), each as a file of N-Quads; the store holds all else
of that country, with what follows from it.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Final

from pyoxigraph import Quad, RdfFormat, parse

from bench.generate import generate
from bench.serving import serving
from lsp_graph.derive import apply_rules, closure
from lsp_graph.handing_in import by_service
from lsp_graph.intake import plan
from lsp_graph.intake.accept import keep, now
from lsp_graph.namespaces import GRAPH
from lsp_graph.record import known_things, read_submission
from lsp_graph.store import StoreDirectory

AREAS: Final = 388
TOKEN: Final = "a-token-for-nothing-but-this-bench-0123456789"  # noqa: S105  # it opens an invented store for a minute
_PARTNERSHIP: Final = """areas,name,evidence_level,purpose,source,place
SYN0001,An invented partnership,a,purpose {turn},terms,page 1
"""
_TABLES: Final = {
    "sources": "key,name,date\nterms,Terms of reference of an invented partnership,2008-01\n",
    "groups": "key,name,kind,source,place\nboard,The board,Board,terms,page 2\n",
}
_CONCLUDED: Final = ("inferred", "derived", "shortcuts")


def country(scale: float) -> dict[str, str]:
    """The N-Quads of a synthetic country, by the local name of their graph. Its codes have no hyphen, as real ones."""
    found: dict[str, list[str]] = defaultdict(list)

    def write(text: str) -> None:
        for line in text.splitlines(keepends=True):
            name = line[line.rindex("<") + 1 : line.rindex(">")].removeprefix(str(GRAPH))
            found[name].append(line.replace("SYN-", "SYN"))

    generate(scale, 1, 0, write)
    return {name: "".join(lines) for name, lines in found.items()}


def concluded(texts: dict[str, str]) -> set[Quad]:
    """The quads of these graphs, with what follows from them as a build concludes it."""
    text = "".join(text for name, text in texts.items() if name not in _CONCLUDED)
    stated = {quad for quad in parse(text, format=RdfFormat.N_QUADS) if isinstance(quad, Quad)}
    inferred = closure(stated)
    return stated | inferred | apply_rules(stated | inferred)


def many(folder: Path, records: int, *, profile: bool) -> None:
    """Take records in at once, and print how long each step took."""
    texts = country(records / AREAS)
    files = []
    for name in [name for name in texts if name.startswith("record-")][:records]:
        files.append(folder / f"{name}.nq")
        files[-1].write_text(texts.pop(name), encoding="utf-8")
    store = StoreDirectory(folder / "store")
    store.commit(concluded({name: text for name, text in texts.items() if not name.startswith("record-")}), "base")
    laps = [(time.perf_counter(), time.process_time())]

    def lap() -> None:
        laps.append((time.perf_counter(), time.process_time()))

    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    backend = store.open()
    backend.view(None)
    lap()
    known = known_things(backend)
    submissions = [read_submission(file) for file in files]  # they refer to documents that the country only names
    lap()
    made = plan(backend, submissions, "bench", now(), known=known)
    lap()
    keep(store, backend, made)
    lap()
    if profile:
        profiler.disable()
        pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(40)
    print(f"{len(files)} records, {len(made.change.came):,} triples come, {made.following:,} of them follow")
    print("| step | seconds | of processor |\n| --- | ---: | ---: |")
    names = ("open the store", "read", "plan, with what follows", "keep")
    for name, before, after in zip(names, laps, laps[1:], strict=False):
        print(f"| {name} | {after[0] - before[0]:.2f} | {after[1] - before[1]:.2f} |")
    wall, processor = (laps[-1][index] - laps[0][index] for index in (0, 1))
    print(f"| all | {wall:.2f} | {processor:.2f} |")
    print(f"records a second: {len(files) / wall:.1f}, by processor time {len(files) / processor:.1f}")


def served(folder: Path, scale: float, times: int, rest: float) -> None:
    """Change a record in a served store, and print how long it takes until the change is served.

    `rest` is how many seconds the service has for itself before the record; before each change it has one at most.
    """
    store = StoreDirectory(folder / "store")
    quads = (parse(text, format=RdfFormat.N_QUADS) for text in country(scale).values())
    store.commit((quad for some in quads for quad in some if isinstance(quad, Quad)), "base")
    record = folder / "record"
    record.mkdir()
    for name, text in _TABLES.items():
        (record / f"{name}.csv").write_text(text, encoding="utf-8")
    with serving(folder / "store", write_token=TOKEN, workers=2, timeout=120) as service:
        print(f"{sum(store.manifest(store.current()).graphs.values()):,} triples")
        for turn in range(times + 1):
            (record / "partnership.csv").write_text(_PARTNERSHIP.format(turn=turn), encoding="utf-8")
            time.sleep(rest if turn == 0 else min(rest, 1.0))
            begun = time.perf_counter()
            told = by_service(f"{service.url}/sparql", [record], token=TOKEN, dry_run=False, world=None)
            taken = time.perf_counter() - begun
            print(f"{'the record' if not turn else 'a change of it'}: version {told.version} after {taken:.2f} s")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=400)
    parser.add_argument("--served", type=float, metavar="SCALE")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--rest", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.served:
            served(Path(folder), options.served, options.times, options.rest)
        else:
            many(Path(folder), options.records, profile=options.profile)


if __name__ == "__main__":
    main()
