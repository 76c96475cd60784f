"""
Time every question of the library, and `who`, on the invented country, beside Virtuoso and rdflib.

    python -m bench.questions [--scale 0.1 1 10] [--virtuoso-scale 0.1 1] [--rdflib-scale 0.1] [--runs 5] [--limit 60]
        ->  RESULTS/questions.md

What is timed is the question's query, in process, until its answer is serialised (the arguments are bound before).
Oxigraph runs it through the project's own backend, in the view of the question's date; rdflib runs the same text on the
triples of the same view, and Virtuoso over HTTP on the same triples. Times are processor time (of all threads of
Virtuoso, but not of its client), so that other work on the machine matters little. Where Virtuoso gives another answer,
or none, that is told instead of a time, and with which of the two rdflib agrees at a scale where it answered.
`who` is asked for one text in many areas, each for the first time; Virtuoso is sent the queries that find and tell the
same accountabilities; over HTTP it is the service that is asked. Growth is the time at the largest scale over that at
the one before it; linear is the rule.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any, Final
from urllib.parse import quote

import pyoxigraph as ox
import rdflib

from bench import virtuoso
from bench.country import Country, invent
from bench.generate import generate
from bench.measure import (
    RESULTS,
    Run,
    in_fork,
    in_new_process,
    machine,
    median,
    milliseconds,
    peak_megabytes,
    seconds_of,
    table,
    write_report,
)
from bench.serving import Client, serving
from lsp_graph.accountability import matters, who
from lsp_graph.binding import Term, bind, keywords
from lsp_graph.build import read_ontology
from lsp_graph.derive import closure
from lsp_graph.layout import QUERIES
from lsp_graph.namespaces import XSD, expand, resource
from lsp_graph.questions import AS_OF, VIEWS, Parameter, Question, library
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend, StoreDirectory
from lsp_graph.store.changes import joined

SEED: Final = 1
WHO: Final = "`who`"
TEXT: Final = "community strategy"
AREAS: Final = 40
"""In so many areas `who` is asked."""

WARMING: Final = 10
"""So many requests of other addresses go before those that are timed, while workers that know more begin."""

WARMING_SECONDS: Final = 1.0

_WHO: Final = Path(__file__).parent / "peers" / "who"
_LIST: Final = "; "

ENOUGH: Final = 2.0
"""Seconds after which one run says enough."""

LOADING: Final = 900.0
"""Seconds that a process may take in all, loading included."""

_GRAPH_NAME: Final = re.compile(rb" <[^>]*> \.\n")


@dataclass(frozen=True)
class Timing:
    """One question on one graph: the rows of its answer, their hash, and the median time."""

    rows: int
    seconds: float
    hash: str = ""


@dataclass(frozen=True)
class Graph:
    """A graph as it was made and loaded: lines written, quads and triples held, times, peak memory in megabytes."""

    quads: int
    generated: float
    loaded: float
    megabytes: int


Timings = dict[str, Run[Timing]]
VIRTUOSO: Final = "Virtuoso"
RDFLIB: Final = "rdflib"


def write_country(scale: float, file: Path) -> float:
    """Write the invented country as N-Quads; the seconds that took."""
    begin = perf_counter()
    with file.open("w", encoding="utf-8", buffering=1 << 20) as out:
        generate(scale, SEED, 0, out.write)
    return perf_counter() - begin


def load(scale: float) -> Graph:
    """Make the country and load it into an empty Oxigraph store in memory, as it is."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "country.nq"
        generated = write_country(scale, file)
        store = ox.Store()
        begin = perf_counter()
        store.load(path=str(file), format=ox.RdfFormat.N_QUADS)
        loaded = perf_counter() - begin
    return Graph(len(store), generated, loaded, peak_megabytes())


def backend(scale: float, defect_rate: float = 0) -> tuple[EmbeddedBackend, list[tuple[str, str]]]:
    """The project's backend over the country and the ontology, and the defects planted."""
    ontology = read_ontology()
    with tempfile.TemporaryFile("w+b") as file:
        planted = generate(scale, SEED, defect_rate, lambda text: file.write(text.encode()))
        file.write(ox.serialize(ontology | closure(ontology), format=ox.RdfFormat.N_QUADS) or b"")
        file.seek(0)
        published = joined({line.rstrip() for line in file})
    merged = joined(set(_GRAPH_NAME.sub(b" .\n", published).splitlines()))
    return EmbeddedBackend(published, merged, b"", f"synthetic {scale:g}"), planted


def argument(parameter: Parameter, country: Country) -> Term | None:
    """The value a question is asked with: its default, or one of this country; an optional one without stays open."""
    if parameter.type == "date":
        value = parameter.default or parameter.example or AS_OF
        return ox.Literal(DEFAULT_AS_OF.isoformat() if value == AS_OF else value, datatype=XSD.date)
    if not parameter.required and parameter.default is None:
        return None
    if parameter.type == "area":
        return resource("area", country.areas[-1].key if parameter.latest else _district(country))
    example = parameter.default or parameter.example or ""
    if parameter.type == "text":
        return ox.Literal(example)
    if parameter.type == "integer":
        return ox.Literal(int(example))
    if parameter.type == "concept" and ":" not in example:
        return resource("", example) if parameter.scheme is None else expand(f"scheme:{parameter.scheme}/{example}")
    kind = example.removeprefix("id:").partition("/")[0]
    synthetic = {"body": country.bodies[0].key, "lsp": _district(country), "target": f"{_county(country)}/1"}
    return resource(kind, synthetic[kind]) if kind in synthetic else expand(example)


def _district(country: Country) -> str:
    """A district that stands through the reorganisation."""
    return next(area.key for area in country.areas if area.county and not area.ends)


def _county(country: Country) -> str:
    return next(area.key for area in country.areas if area.kind == "county" and not area.ends)


def bound(question: Question, country: Country) -> str:
    """The question's query with its arguments."""
    terms = {f"_{one.name}": term for one in question.parameters if (term := argument(one, country)) is not None}
    return bind(question.text, terms)


def time_oxigraph(scale: float, view: str, runs: int, limit: float) -> Timings:
    """Every question of this view through the project's backend."""
    (graph, _), country = backend(scale), invent(scale, SEED)
    for question in _of_view(view):
        graph.store_for(question.text, DEFAULT_AS_OF if view == AS_OF else None)  # loading is no part of asking
    asked = {WHO: in_fork(partial(_ask_who, graph, country), limit)} if view == AS_OF else {}
    return asked | {
        question.name: in_fork(partial(_ask_oxigraph, graph, question, bound(question, country), runs), limit)
        for question in _of_view(view)
    }


def _ask_who(graph: EmbeddedBackend, country: Country) -> Timing:
    matters(graph, TEXT, DEFAULT_AS_OF)  # the names of a view are read once
    taken, told = [], []
    for area in _asked_in(country):
        begin = process_time()
        found = who(graph, text=TEXT, area=area.value, as_of=DEFAULT_AS_OF)
        taken.append(process_time() - begin)
        told.append(sorted(answer.iri for answer in found.answers))
    return Timing(sum(map(len, told)) // len(told), median(taken), _hash(told))


def _asked_in(country: Country) -> list[ox.NamedNode]:
    """Areas with a partnership and no county, spread over the country: `who` looks in a county, too."""
    areas = [area for area in country.places if not area.county and not area.ends]
    return [resource("area", area.key) for area in areas[:: max(1, len(areas) // AREAS)]]


def _ask_oxigraph(graph: EmbeddedBackend, question: Question, text: str, runs: int) -> Timing:
    day = DEFAULT_AS_OF if question.view == AS_OF else None

    def ask() -> bytes:
        solutions = graph.query(text, as_of=day)
        assert isinstance(solutions, ox.QuerySolutions)
        return solutions.serialize(format=ox.QueryResultsFormat.JSON) or b""

    return _timing(ask, runs, process_time)


def time_virtuoso(scale: float, view: str, runs: int, limit: float) -> Timings:
    """Every question of this view through Virtuoso, on the triples of the same view."""
    (graph, _), country = backend(scale), invent(scale, SEED)
    held = graph.view(DEFAULT_AS_OF if view == AS_OF else None)
    triples = held.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    with virtuoso.serving(triples) as server:
        asked = {WHO: _attempt(partial(_who_virtuoso, server, graph, country, limit))} if view == AS_OF else {}
        return asked | {
            question.name: _attempt(partial(_ask_virtuoso, server, bound(question, country), runs, limit))
            for question in _of_view(view)
        }


def _attempt(work: Callable[[], Timing]) -> Run[Timing]:
    try:
        return Run(work())
    except (virtuoso.Wrong, ValueError) as error:  # ValueError: its JSON cannot be read
        return Run(None, str(error) if isinstance(error, virtuoso.Wrong) else "error: no JSON")


def _ask_virtuoso(server: virtuoso.Virtuoso, text: str, runs: int, limit: float) -> Timing:
    if "GRAPH" in keywords(text):
        raise virtuoso.Wrong("not asked: it looks into named graphs")
    return _timing(lambda: server.ask(text, limit), runs, server.processor_time)


def _who_virtuoso(server: virtuoso.Virtuoso, graph: EmbeddedBackend, country: Country, limit: float) -> Timing:
    """The queries that find the accountabilities in an area and tell all of them, with their evidence."""
    (meant, *_) = matters(graph, TEXT, DEFAULT_AS_OF)
    find, *tell = (
        path.read_text(encoding="utf-8")
        for path in (QUERIES / "lookup" / "accountabilities.rq", *sorted(_WHO.glob("*.rq")))
    )
    taken, told = [], []
    for area in _asked_in(country):
        begin = server.processor_time()
        answer = server.ask(bind(find, {"_matter": ox.NamedNode(meant.iri), "_area": area}), limit)
        found = sorted(row["accountability"]["value"] for row in json.loads(answer)["results"]["bindings"])
        for text in tell if found else ():
            server.ask(bind(text, {"_accountabilities": [ox.NamedNode(iri) for iri in found]}), limit)
        taken.append(server.processor_time() - begin)
        told.append(found)
    return Timing(sum(map(len, told)) // len(told), median(taken), _hash(told))


def time_rdflib(scale: float, view: str, runs: int, limit: float) -> Timings:
    """Every question of this view through rdflib, on the quads of the same view."""
    (graph, _), country = backend(scale), invent(scale, SEED)
    text = graph.view(DEFAULT_AS_OF if view == AS_OF else None).dump(format=ox.RdfFormat.N_QUADS) or b""
    dataset = rdflib.Dataset(default_union=False)
    dataset.parse(data=text, format="nquads")
    return {
        question.name: in_fork(partial(_ask_rdflib, dataset, bound(question, country), runs), limit)
        for question in _of_view(view)
    }


def who_over_http(scale: float) -> tuple[float, float]:
    """The medians of `who` in process and over HTTP, in seconds of the wall clock: each area for the first time."""
    (graph, _), country = backend(scale), invent(scale, SEED)
    areas = _asked_in(country)
    matters(graph, TEXT, DEFAULT_AS_OF)
    inside = [perf_counter()]
    for area in areas:
        who(graph, text=TEXT, area=area.value, as_of=DEFAULT_AS_OF)
        inside.append(perf_counter())
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        StoreDirectory(store).commit(ox.parse(graph.texts()[0], format=ox.RdfFormat.N_QUADS), "invented")
        del graph
        outside = []
        with serving(store, workers=2) as served:
            client = Client(served.url)
            for number, area in enumerate([*areas[:WARMING], *areas]):
                key = area.value.rpartition("/")[2]
                fresh = "&limit=99" if number < WARMING else ""
                begin = perf_counter()
                status, _ = client.get(f"/api/v1/accountability?for={quote(TEXT)}&area={key}{fresh}")
                outside.append(perf_counter() - begin)
                if status != 200:  # OK
                    raise RuntimeError(f"the service answers {status}")
                sleep(WARMING_SECONDS if number < WARMING else 0)
            client.close()
    return median([end - begin for begin, end in pairwise(inside)]), median(outside[WARMING:])


def _of_view(view: str) -> list[Question]:
    return [question for question in library().values() if question.view == view]


def _ask_rdflib(dataset: rdflib.Dataset, text: str, runs: int) -> Timing:
    return _timing(lambda: dataset.query(text).serialize(format="json") or b"", runs, process_time)


def _timing(ask: Callable[[], bytes], runs: int, clock: Callable[[], float]) -> Timing:
    ask()  # the first run after a fork copies the pages of the store that it touches
    answer, seconds = seconds_of(ask, runs, ENOUGH, clock)
    rows = json.loads(answer)["results"]["bindings"]
    return Timing(len(rows), median(seconds), _hash(sorted(_plain(row) for row in rows)))


def _plain(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A row as its values, whatever their datatype: lists in order, numbers and truth values in one spelling.

    An empty text counts as no value: what a list of nothing is differs from engine to engine.
    """
    return sorted((name, _spelt(cell["value"])) for name, cell in row.items() if cell["value"])


def _spelt(value: str) -> str:
    try:
        return f"{float(value):g}"
    except ValueError:
        return {"true": "1", "false": "0"}.get(value, _LIST.join(sorted(value.split(_LIST))))


def _hash(told: object) -> str:
    return sha256(json.dumps(told).encode()).hexdigest()


def judged(theirs: Run[Timing], ours: Run[Timing], verdict: str) -> Run[Timing]:
    """What another engine did, without its time where its answer is not ours."""
    if theirs.value is None or ours.value is None or theirs.value.hash == ours.value.hash:
        return theirs
    return replace(theirs, value=None, why=f"other answer ({theirs.value.rows} rows): {verdict}")


def verdicts(oxigraph: Mapping[float, Timings], peers: Mapping[tuple[str, float], Timings]) -> dict[str, str]:
    """For each question, with whose answer rdflib agrees, where both it and Virtuoso were asked at one scale."""
    found: dict[str, str] = {}
    for (peer, scale), timings in peers.items():
        for name, third in timings.items() if peer == RDFLIB else ():
            theirs = peers.get((VIRTUOSO, scale), {}).get(name)
            answers = [run.value and run.value.hash for run in (third, oxigraph[scale][name], theirs) if run]
            if len(answers) == 3 and answers[0] is not None:
                agrees = "ours" if answers[0] == answers[1] else "Virtuoso's" if answers[0] == answers[2] else "neither"
                found.setdefault(name, f"rdflib at {scale:g} agrees with {agrees}")
    return found


def report(
    graphs: dict[float, Graph],
    oxigraph: dict[float, Timings],
    peers: dict[tuple[str, float], Timings],
) -> tuple[str, str, str]:
    """The two tables, the graphs and the questions on them, and what is slower than Virtuoso."""
    scales = sorted(oxigraph)
    loading = table(
        ("scale", "quads", "generated, s", "loaded, s", "peak, MB"),
        (
            (f"{scale:g}", f"{one.quads:,}", f"{one.generated:.1f}", f"{one.loaded:.1f}", f"{one.megabytes:,}")
            for scale, one in sorted(graphs.items())
        ),
    )
    columns = [
        "question",
        *(f"rows at {scale:g}" for scale in scales[-2:]),
        *(f"ours at {scale:g}, ms" for scale in scales),
        "growth",
        "growth of the answer",
        *(column for name, scale in peers for column in (f"{name} at {scale:g}, ms", f"{name} / ours at {scale:g}")),
    ]
    rows, slower, verdict = [], [], verdicts(oxigraph, peers)
    for name in [WHO, *sorted(library())]:
        ours = {scale: oxigraph[scale][name] for scale in scales}
        last = [ours[scale].value for scale in scales[-2:]]
        beside = []
        for (peer, scale), timings in peers.items():
            theirs = Run[Timing](None, "not asked")
            if name in timings:
                theirs = judged(timings[name], ours[scale], verdict.get(name, "no third engine answered"))
            ratio = _ratio([ours[scale].value, theirs.value], lambda one: one.seconds)
            beside += [_shown(theirs), ratio]
            if peer == VIRTUOSO and ratio and float(ratio) < 1:
                slower.append(f"{name} at {scale:g}")
        rows.append(
            [
                name,
                *("" if one is None else str(one.rows) for one in last),
                *(_shown(ours[scale]) for scale in scales),
                _ratio(last, lambda one: one.seconds),
                _ratio(last, lambda one: one.rows),
                *beside,
            ]
        )
    said = ", ".join(slower) or "none"
    return loading, table(columns, rows), f"\nSlower than Virtuoso where it answers rightly: {said}.\n"


def _shown(run: Run[Timing]) -> str:
    return run.why if run.value is None else milliseconds(run.value.seconds)


def _ratio(pair: Sequence[Timing | None], of: Callable[[Timing], float]) -> str:
    """How much larger the second is than the first."""
    if len(pair) != 2 or pair[0] is None or pair[1] is None or not of(pair[0]):
        return ""
    return f"{of(pair[1]) / of(pair[0]):.3g}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.questions", description="Time the questions.")
    parser.add_argument("--scale", type=float, nargs="+", default=[0.1, 1, 10])
    parser.add_argument("--virtuoso-scale", type=float, nargs="*", default=[0.1, 1], help="some of --scale")
    parser.add_argument("--who-scale", type=float, default=1.0, help="at which `who` is also asked over HTTP")
    parser.add_argument("--rdflib-scale", type=float, nargs="*", default=[0.1], help="some of --scale")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=60, metavar="SECONDS", help="for all runs of one question")
    parser.add_argument("--note", nargs="*", default=[], help="what else is to be known of this run")
    parser.add_argument("--output", type=Path, default=RESULTS / "questions.md")
    options = parser.parse_args(arguments)

    graphs = {scale: in_new_process(partial(load, scale), LOADING).value for scale in options.scale}

    def timings(engine: Callable[[float, str, int, float], Timings], scale: float) -> Timings:
        print(f"{engine.__name__} at scale {scale:g}", flush=True)
        found: Timings = {}
        for view in VIEWS:
            run = in_new_process(partial(engine, scale, view, options.runs, options.limit), LOADING)
            found |= run.value or {question.name: Run(None, run.why) for question in _of_view(view)}
        return found

    there = virtuoso.installed()
    absent = f"Virtuoso is NOT installed ({virtuoso.PACKAGE}), so nothing is said about it"
    if not there:
        print(absent, file=sys.stderr)
    oxigraph = {scale: timings(time_oxigraph, scale) for scale in options.scale}
    peers = {(VIRTUOSO, scale): timings(time_virtuoso, scale) for scale in options.virtuoso_scale if there}
    peers |= {(RDFLIB, scale): timings(time_rdflib, scale) for scale in options.rdflib_scale}
    timed = in_new_process(partial(who_over_http, options.who_scale), LOADING)
    said = timed.why
    if timed.value is not None:
        within, beyond = map(milliseconds, timed.value)
        said = f"{within} ms in process, {beyond} ms over HTTP through `serve` with two workers"
    over_http = (
        f"\n## `who`\n\nMedian over {AREAS} areas at scale {options.who_scale:g}, each asked for the first time, "
        f"by the wall clock: {said}.\n"
    )
    loading, questions, slower = report({scale: one for scale, one in graphs.items() if one}, oxigraph, peers)
    write_report(
        options.output,
        "How long the questions take",
        [*machine("pyoxigraph", "rdflib"), *([] if there else [absent]), *options.note],
        "## The graphs\n\nInvented countries (`bench/generate.py`); scale 1 is 388 areas, each with its own record. "
        "Loaded as they are into an empty store in memory.\n",
        loading,
        over_http,
        f"\n## The questions\n\nProcessor time, median of {options.runs} warm runs; a question may take "
        f"{options.limit:g} s in all. Every engine is sent the same text, which is written for how Oxigraph plans; "
        "another text can be "
        "quicker elsewhere. "
        "Growth is the time at the largest scale over that at the one before it, to be read beside the growth of the "
        "answer and of the graph.\n",
        questions,
        slower,
    )


if __name__ == "__main__":
    main()
