"""
Time the rulebook on the invented country with planted defects, beside other validators on the same data and rules.

    python -m bench.audit [--scale 0.1 1] [--peer-scale 0.1 1] [--runs 3] [--limit 900]   ->  RESULTS/audit.md

What is timed is the validation of graphs that are loaded: the rules that look at one day over the view of that day,
and those that look at all periods over the record of all periods. `audit` is the project's whole audit: validation,
verdicts for each area and rule, findings with names. Each engine runs in a process of its own; Jena's first run in its
virtual machine does not count. Engines that both finish are compared by (shape, component, focus node).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import pyoxigraph as ox

from bench import validators
from bench.measure import RESULTS, Run, in_new_process, machine, median, peak_megabytes, table, write_report
from bench.questions import backend
from bench.validators import Timing
from lsp_graph.audit import audit
from lsp_graph.audit.rulebook import read_rulebook
from lsp_graph.namespaces import PREFIXES
from lsp_graph.settings import DEFAULT_AS_OF

DEFECTS: Final = 0.05
"""The share of the places at which each defect is planted."""

ENGINES: Final[dict[str, Callable[[Path, int], Timing]]] = {
    "lsp-graph": validators.lsp_graph,
    "Jena 5.2.0, warm": validators.jena,
    "pyrudof": validators.pyrudof,
    "pySHACL on rdflib": validators.pyshacl_on_rdflib,
}


@dataclass(frozen=True)
class Audited:
    """The whole audit: triples of the day; seconds of each run, by the clock and of the processors; findings."""

    triples: int
    runs: list[float]
    worked: list[float]
    peak: int
    findings: int


def write_parts(scale: float, folder: Path) -> int:
    """Write the data and the shapes that every engine reads; gives the number of triples of the view of the day."""
    country, _ = backend(scale, DEFECTS)
    now = country.view(DEFAULT_AS_OF)
    ever = country.view(None)
    rulebook = read_rulebook()
    in_force = [shape for shape in rulebook.shapes if shape.in_force(DEFAULT_AS_OF)]
    for part, store in (("now", now), ("ever", ever)):
        store.dump(folder / f"{part}.nt", ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
        shapes = rulebook.part(shape for shape in in_force if shape.all_periods == (part == "ever"))
        for prefix, namespace in PREFIXES.items():
            shapes.bind(prefix, namespace)
        shapes.serialize(folder / f"{part}.ttl", format="turtle")
    return len(now)


def whole_audit(scale: float, runs: int) -> Audited:
    """Audit the country as the command does, its views loaded."""
    country, _ = backend(scale, DEFECTS)
    findings = len(audit(country, as_of=DEFAULT_AS_OF).findings)
    taken, worked = [], []
    for _ in range(runs):
        begin, begun = perf_counter(), process_time()
        audit(country, as_of=DEFAULT_AS_OF)
        taken.append(perf_counter() - begin)
        worked.append(process_time() - begun)
    return Audited(len(country.view(DEFAULT_AS_OF)), taken, worked, peak_megabytes(), findings)


def _compared(timings: dict[str, Timing]) -> list[str]:
    """What each engine finds other than the project's."""
    ours = timings["lsp-graph"].found
    lines = []
    for name, timing in timings.items():
        more, less = len(timing.found - ours), len(ours - timing.found)
        told = "the same" if not more and not less else f"{more} more, {less} fewer"
        lines.append(f"- {name}: {len(timing.found)} findings, {told}")
    return lines


def _row(name: str, run: Run[Timing], ours: float) -> list[str]:
    if run.value is None:
        return [name, run.why, "", "", "", ""]
    taken = median(run.value.runs)
    return [
        name,
        f"{taken:.2f}",
        f"{min(run.value.runs):.2f}",
        f"{taken / ours:.1f}",
        f"{run.value.load:.1f}",
        str(run.value.peak),
    ]


def _beside(scale: float, names: Sequence[str], runs: int, limit: float) -> str:
    """The engines at one scale: a table and a comparison."""
    with tempfile.TemporaryDirectory() as written:
        folder = Path(written)
        triples = in_new_process(partial(write_parts, scale, folder), limit)
        assert triples.value is not None, triples.why
        found: dict[str, Run[Timing]] = {}
        for name in names:
            why = validators.missing(name)
            found[name] = Run(None, why) if why else in_new_process(partial(ENGINES[name], folder, runs), limit)
    timings = {name: run.value for name, run in found.items() if run.value is not None}
    for name, run in found.items():
        print(scale, name, run.why or timings[name].runs, flush=True)
    ours = median(timings["lsp-graph"].runs)
    head = ["engine", "median s", "least s", "times ours", "load s", "peak MB"]
    return "\n".join(
        [
            f"## Validation at scale {scale:g}: {triples.value:,} triples\n",
            table(head, [_row(name, run, ours) for name, run in found.items()]),
            "Findings by shape, component and focus node, compared with ours:\n",
            *_compared(timings),
            "",
        ]
    )


def _audits(scales: Sequence[float], runs: int, limit: float) -> str:
    rows, before = [], 0.0
    for scale in scales:
        run = in_new_process(partial(whole_audit, scale, runs), limit)
        print(scale, "audit", run.why or run.value, flush=True)
        if run.value is None:
            rows.append([f"{scale:g}", "", run.why, "", "", "", "", "", ""])
            continue
        taken, worked = median(run.value.runs), median(run.value.worked)
        growth = f"{worked / before:.1f}" if before else ""
        rows.append(
            [
                f"{scale:g}",
                f"{run.value.triples:,}",
                f"{taken:.2f}",
                f"{min(run.value.runs):.2f}",
                f"{worked:.2f}",
                f"{worked / run.value.triples * 1e6:.1f}",
                growth,
                str(run.value.peak),
                str(run.value.findings),
            ]
        )
        before = worked
    head = ["scale", "triples", "median s", "least s", "processor s", "processor s a million triples"]
    head += ["processor s, times the one before", "peak MB, generation included", "findings"]
    return "## The whole audit\n\n" + table(head, rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.audit", description="Time the audit beside other validators."
    )
    parser.add_argument("--scale", type=float, nargs="+", default=[0.1, 1], help="scales of the whole audit")
    parser.add_argument("--peer-scale", type=float, nargs="+", default=[0.1, 1], help="scales beside other validators")
    parser.add_argument("--pyshacl-scale", type=float, default=0.1, help="up to which scale pySHACL takes part")
    parser.add_argument("--runs", type=int, default=3, help="runs of which the median is taken")
    parser.add_argument("--limit", type=float, default=900, help="seconds that a process may take in all")
    options = parser.parse_args(arguments)
    parts = [_audits(options.scale, options.runs, options.limit)]
    for scale in options.peer_scale:
        names = [name for name in ENGINES if "pySHACL" not in name or scale <= options.pyshacl_scale]
        parts.append(_beside(scale, names, options.runs, options.limit))
    about = [*machine("pyoxigraph", "pyshacl", "rdflib"), f"Defects planted at {DEFECTS:.0%} of the places"]
    write_report(RESULTS / "audit.md", "Audit", about, *parts)


if __name__ == "__main__":
    main()
