"""
Other validators, each asked the same way.

    folder with data and shapes  ->  seconds to load, seconds of each run, peak memory, what was found

A folder holds `now.nt` with `now.ttl` (the view of a day and the rules that look at it) and `ever.nt` with `ever.ttl`
(the record of all periods and the rules that look at that).
"""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Final

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef

from bench.measure import peak_megabytes
from lsp_graph.namespaces import SH
from lsp_graph.shacl import Validation, read_shapes
from lsp_graph.shacl.columns import Columns
from lsp_graph.shacl.terms import graph_of
from lsp_graph.store.rows import Row, Terms, read_rows, table

PEERS: Final = Path(__file__).parent / "peers"
JARS: Final = PEERS.parent / "data" / "jars"
PARTS: Final = ("now", "ever")

ENOUGH: Final = 30.0
"""Seconds after which one run says enough."""

Found = frozenset[tuple[str, str, str]]
"""Shape, component and focus node of each result; a shape without a name is `_:`."""


@dataclass(frozen=True)
class Timing:
    """How an engine fared: seconds, megabytes."""

    load: float
    runs: list[float]
    peak: int
    found: Found


def lsp_graph(folder: Path, runs: int) -> Timing:
    """The project's own engine, without what an audit adds."""
    begin = perf_counter()
    parts = []
    for part in PARTS:
        store = ox.Store()
        store.bulk_load(path=folder / f"{part}.nt", format=ox.RdfFormat.N_TRIPLES)
        parts.append((store, read_shapes(graph_of(ox.parse(path=folder / f"{part}.ttl")))))
    load = perf_counter() - begin

    def run() -> Found:
        found = set()
        for store, shapes in parts:
            terms = Terms()
            columns = Columns(partial(table, store), terms)
            for result in Validation(shapes, partial(_asked, store, terms), columns=columns).results(threads=2):
                found.add((_named(str(result.shape)), result.component.value, _plain(str(result.focus))))
        return frozenset(found)

    return _timed(load, run, runs)


def pyshacl_on_rdflib(folder: Path, runs: int) -> Timing:
    """The validator pySHACL, over rdflib graphs."""
    begin = perf_counter()
    parts = [
        (Graph().parse(folder / f"{part}.nt", format="nt"), Graph().parse(folder / f"{part}.ttl")) for part in PARTS
    ]
    load = perf_counter() - begin

    def run() -> Found:
        found: set[tuple[str, str, str]] = set()
        for data, shapes in parts:
            _, report, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True, meta_shacl=False)
            assert isinstance(report, Graph), text
            found.update(_results(report))
        return frozenset(found)

    return _timed(load, run, runs)


def pyrudof(folder: Path, runs: int) -> Timing:
    """The validator rudof, by its Python binding."""
    from pyrudof import RDFFormat, ReaderMode, Rudof, ShaclFormat  # only the benches install it

    begin = perf_counter()
    sessions = []
    for part in PARTS:
        session = Rudof()
        session.read_data(str(folder / f"{part}.nt"), RDFFormat.NTriples, None, ReaderMode.Strict)
        session.read_shacl(str(folder / f"{part}.ttl"), ShaclFormat.Turtle)
        sessions.append(session)
    load = perf_counter() - begin

    def run() -> Found:
        return frozenset(
            (_named(entry.source_shape), _plain(entry.constraint_component), _plain(entry.focus_node))
            for session in sessions
            for entry in session.validate_shacl()
        )

    return _timed(load, run, runs)


def jena(folder: Path, runs: int) -> Timing:
    """Apache Jena in one JVM: the first run warms it up and does not count."""
    if not JARS.exists():
        maven: list[str | Path] = [
            "mvn",
            "-q",
            "-B",
            "-f",
            PEERS / "pom.xml",
            "dependency:copy-dependencies",
            f"-DoutputDirectory={JARS}",
        ]
        subprocess.run(maven, check=True, stdout=subprocess.DEVNULL)
    files = [folder / f"{part}.{ending}" for part in PARTS for ending in ("nt", "ttl")]
    command: list[str | Path] = ["java", "-Xmx12g", "-cp", f"{JARS}/*", PEERS / "JenaShacl.java", str(runs + 1), *files]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line.split("\t") for line in out.splitlines()]
    times = {kind: [int(line[1]) / 1000 for line in lines if line[0] == kind] for kind in ("load", "run")}
    found = {(_named(line[1]), _plain(line[2]), line[3]) for line in lines if line[0] == "result"}
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return Timing(times["load"][0], times["run"][1:], peak, frozenset(found))


def _asked(store: ox.Store, terms: Terms, query: str) -> list[Row]:
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return read_rows(solutions, terms)


def missing(engine: str) -> str:
    """Why an engine cannot be asked here; empty where it can."""
    lacking = [name for name in ("java", "mvn") if "Jena" in engine and shutil.which(name) is None]
    if "rudof" in engine and find_spec("pyrudof") is None:
        lacking = ["pyrudof"]
    return f"not run: no {' and no '.join(lacking)} here" if lacking else ""


def _timed(load: float, run: Callable[[], Found], runs: int) -> Timing:
    taken = []
    found: Found = frozenset()
    for _ in range(runs):
        begin = perf_counter()
        found = run()
        taken.append(perf_counter() - begin)
        if taken[0] > ENOUGH:
            break
    return Timing(load, taken, peak_megabytes(), found)


def _results(report: Graph) -> Iterable[tuple[str, str, str]]:
    for node in report.objects(None, URIRef(SH + "result")):
        shape, component, focus = (
            report.value(node, URIRef(SH + name)) for name in ("sourceShape", "sourceConstraintComponent", "focusNode")
        )
        yield _named(shape.n3() if shape is not None else ""), str(component), str(focus)


def _plain(term: str) -> str:
    return term.removeprefix("<").removesuffix(">")


def _named(shape: str | None) -> str:
    return _plain(shape) if shape is not None and _plain(shape).startswith("http") else "_:"
