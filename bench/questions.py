"""
Time every question of the library on the invented country, at several sizes, with Oxigraph and with rdflib.

    python -m bench.questions [--scale 0.1 1 10] [--rdflib-scale 0.1] [--runs 5] [--limit 60]   ->  RESULTS/questions.md

What is timed is the question's query, in process, until its answer is serialised (the arguments are bound before).
Oxigraph runs it through the project's own backend, in the view of the question's date; rdflib runs the same text on the
triples of the same view. Growth is the time at the largest scale over that at the one before it; linear is the rule.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

import pyoxigraph as ox
import rdflib

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
from lsp_graph.binding import Term, bind
from lsp_graph.build import read_ontology
from lsp_graph.derive import closure
from lsp_graph.namespaces import XSD, expand, resource
from lsp_graph.questions import AS_OF, VIEWS, Parameter, Question, library
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend

SEED: Final = 1
ENOUGH: Final = 2.0
"""Seconds after which one run says enough."""

LOADING: Final = 900.0
"""Seconds that a process may take in all, loading included."""

_GRAPH_NAME: Final = re.compile(rb" <[^>]*> \.\n")


@dataclass(frozen=True)
class Timing:
    """One question on one graph: the rows of its answer and the median time."""

    rows: int
    seconds: float


@dataclass(frozen=True)
class Graph:
    """A graph as it was made and loaded: lines written, quads and triples held, times, peak memory in megabytes."""

    quads: int
    generated: float
    loaded: float
    megabytes: int


Timings = dict[str, Run[Timing]]


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
        published = file.read()
    return EmbeddedBackend(published, _GRAPH_NAME.sub(b" .\n", published), b"", f"synthetic {scale:g}"), planted


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
    return {
        question.name: in_fork(partial(_ask_oxigraph, graph, question, bound(question, country), runs), limit)
        for question in _of_view(view)
    }


def _ask_oxigraph(graph: EmbeddedBackend, question: Question, text: str, runs: int) -> Timing:
    day = DEFAULT_AS_OF if question.view == AS_OF else None

    def ask() -> bytes:
        solutions = graph.query(text, as_of=day)
        assert isinstance(solutions, ox.QuerySolutions)
        return solutions.serialize(format=ox.QueryResultsFormat.JSON) or b""

    return _timing(ask, runs)


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


def _of_view(view: str) -> list[Question]:
    return [question for question in library().values() if question.view == view]


def _ask_rdflib(dataset: rdflib.Dataset, text: str, runs: int) -> Timing:
    return _timing(lambda: dataset.query(text).serialize(format="json") or b"", runs)


def _timing(ask: Callable[[], bytes], runs: int) -> Timing:
    ask()  # the first run after a fork copies the pages of the store that it touches
    answer, seconds = seconds_of(ask, runs, ENOUGH)
    return Timing(len(json.loads(answer)["results"]["bindings"]), median(seconds))


def report(graphs: dict[float, Graph], oxigraph: dict[float, Timings], peers: dict[float, Timings]) -> tuple[str, str]:
    """The two tables: the graphs, and the questions on them."""
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
        *(f"Oxigraph at {scale:g}, ms" for scale in scales),
        "growth",
        "growth of the answer",
        *(f"rdflib at {scale:g}, ms" for scale in peers),
        *(f"rdflib / Oxigraph at {scale:g}" for scale in peers),
    ]
    rows = []
    for name in sorted(library()):
        ours = {scale: oxigraph[scale][name] for scale in scales}
        last = [ours[scale].value for scale in scales[-2:]]
        rows.append(
            [
                name,
                *("" if one is None else str(one.rows) for one in last),
                *(_shown(ours[scale]) for scale in scales),
                _ratio(last, lambda one: one.seconds),
                _ratio(last, lambda one: one.rows),
                *(_shown(peers[scale][name]) for scale in peers),
                *(_ratio([ours[scale].value, peers[scale][name].value], lambda one: one.seconds) for scale in peers),
            ]
        )
    return loading, table(columns, rows)


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
    parser.add_argument("--rdflib-scale", type=float, nargs="*", default=[0.1], help="some of --scale")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=60, metavar="SECONDS", help="for all runs of one question")
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

    oxigraph = {scale: timings(time_oxigraph, scale) for scale in options.scale}
    peers = {scale: timings(time_rdflib, scale) for scale in options.rdflib_scale}
    loading, questions = report({scale: one for scale, one in graphs.items() if one}, oxigraph, peers)
    write_report(
        options.output,
        "How long the questions take",
        machine("pyoxigraph", "rdflib"),
        "## The graphs\n\nInvented countries (`bench/generate.py`); scale 1 is 388 areas, each with its own record. "
        "Loaded as they are into an empty store in memory.\n",
        loading,
        f"\n## The questions\n\nMedian of {options.runs} warm runs; a question may take {options.limit:g} s in all. "
        "Growth is the time at the largest scale over that at the one before it, to be read beside the growth of the "
        "answer and of the graph.\n",
        questions,
    )


if __name__ == "__main__":
    main()
