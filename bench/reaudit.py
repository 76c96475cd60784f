"""
Time audits that look at a part: one area, and what the change of one record can matter to.

    python -m bench.reaudit [--scale 1] [--runs 50]   ->  a table

The country has planted defects, its views are loaded, and the rulebook has been read: all in process. `one area` is
`audit(areas=[…])`, each run another area, and `one area, again` the same area once more. `one record` is `reaudit` with
the triples that go out of the two views with one record (all that is said of it), each run another record: how long the
views take to load and to be compared is no part of it, and nothing is remembered of a view from one run to the next.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from time import perf_counter
from typing import Final

import pyoxigraph as ox

from bench.measure import machine, median, milliseconds, table
from bench.questions import backend
from lsp_graph.audit import AuditReport, audit
from lsp_graph.audit.increment import Changes, Reaudit, reaudit
from lsp_graph.audit.record import forget
from lsp_graph.namespaces import ID
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.shacl.affected import Change
from lsp_graph.store import Answer, EmbeddedBackend

DEFECTS: Final = 0.05
_VIEWS: Final[tuple[date | None, ...]] = (DEFAULT_AS_OF, None)


@dataclass(frozen=True)
class Copied:
    """A country whose views are copies, which may be written to."""

    views: dict[date | None, ox.Store]
    version: str = "changed"

    def view(self, as_of: date | None) -> ox.Store:
        """The copy of a view."""
        return self.views[as_of]

    def query(
        self,
        sparql: str,
        *,
        as_of: date | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """The answer to a query on one of the views."""
        return self.views[as_of].query(sparql)


@dataclass(frozen=True)
class RecordChange:
    """A country without one record, and what its views lack."""

    record: str
    after: Copied
    changes: Changes


def record_changes(country: EmbeddedBackend, number: int, seed: int = 1) -> Iterator[RecordChange]:
    """The country without one record or another, each time with all the others.

    Shortcuts that a record gives rise to stay in the copies: views are made anew for a version, and making them is not
    what is timed.
    """
    copy = Copied({day: _copied(country.view(day)) for day in _VIEWS})
    records = sorted({quad.subject.value for quad in country.view(None) if _recorded(quad)})
    for record in Random(seed).sample(records, number):
        went = {day: list(copy.views[day].quads_for_pattern(ox.NamedNode(record), None, None)) for day in _VIEWS}
        for day, quads in went.items():
            for quad in quads:
                copy.views[day].remove(quad)
        forget()
        dated, timeless = (Change(tuple(quad.triple for quad in went[day]), ()) for day in _VIEWS)
        yield RecordChange(record, copy, Changes(dated, timeless))
        for day, quads in went.items():
            copy.views[day].extend(quads)


def time_areas(country: EmbeddedBackend, runs: int) -> tuple[list[float], list[float]]:
    """Seconds of audits of one area each, and of each once more."""
    codes = [area.code for area in audit(country, as_of=DEFAULT_AS_OF).areas]
    chosen = Random(1).sample(codes, min(runs, len(codes)))
    audit(country, as_of=DEFAULT_AS_OF, areas=chosen[-1:])
    first: list[float] = []
    again: list[float] = []
    for code in chosen:
        for taken in (first, again):
            begin = perf_counter()
            audit(country, as_of=DEFAULT_AS_OF, areas=[code])
            taken.append(perf_counter() - begin)
    return first, again


def time_records(country: EmbeddedBackend, runs: int) -> list[tuple[float, Reaudit]]:
    """Seconds of audits of what one record can matter to, with what they did."""
    earlier: AuditReport = audit(country, as_of=DEFAULT_AS_OF)
    made = []
    for change in record_changes(country, runs):
        begin = perf_counter()
        again = reaudit(earlier, country, change.after, change.changes)
        made.append((perf_counter() - begin, again))
    return made


def report(scale: float, runs: int) -> str:
    """A table of both."""
    country, _ = backend(scale, DEFECTS)
    for day in _VIEWS:
        country.view(day)  # loading is no part of auditing
    first, again = time_areas(country, runs)
    records = time_records(country, runs)
    rows = [
        _row("one area", first),
        _row("one area, again", again),
        _row("one record", [seconds for seconds, _ in records]),
    ]
    tests = sorted(made.nodes for _, made in records)
    whole = sum(bool(made.whole) for _, made in records)
    return table(("audit", "median, ms", "9 of 10 within, ms", "most, ms"), rows) + (
        f"\nOf one record: {tests[len(tests) // 2]} tests of a node made again (median), {tests[-1]} at most; "
        f"in {whole} of {len(records)} runs some rule was run as a whole.\n"
    )


def _row(name: str, seconds: list[float]) -> tuple[str, ...]:
    ordered = sorted(seconds)
    return (name, *(milliseconds(one) for one in (median(ordered), ordered[len(ordered) * 9 // 10], ordered[-1])))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.reaudit", description="Time audits of a part.")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--runs", type=int, default=50)
    options = parser.parse_args(arguments)
    print("\n".join(f"- {line}" for line in machine("pyoxigraph")), report(options.scale, options.runs), sep="\n\n")


def _copied(view: ox.Store) -> ox.Store:
    copy = ox.Store()
    copy.bulk_extend(view)
    return copy


def _recorded(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(ID)


if __name__ == "__main__":
    main()
