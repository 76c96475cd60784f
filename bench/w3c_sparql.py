"""
Run the W3C SPARQL 1.1 test suite against a running service.

    folder of the suite + service  ->  what is amiss in each case (nothing, where it passes)

The suite is at https://github.com/w3c/rdf-tests, folder sparql/sparql11.
Usage: python -m bench.w3c_sparql FOLDER
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.measure import RESULTS, machine, table, write_report
from bench.w3c_manifest import MF, QT, UT, Case, cases
from bench.w3c_requests import conversed
from bench.w3c_results import MEDIA_TYPES, of_quads, outcome, states_rows
from bench.w3c_service import Service, said, serving, told
from bench.w3c_service_description import described
from lsp_graph.binding import words

PARTS: Final[Mapping[str, Sequence[str]]] = {
    "query: evaluation and syntax": (
        *("aggregates", "bind", "bindings", "cast", "construct", "exists", "functions", "grouping", "negation"),
        *("project-expression", "property-path", "subquery", "syntax-query", "syntax-fed"),
    ),
    "result formats": ("csv-tsv-res", "json-res"),
    "update": (
        *("add", "basic-update", "clear", "copy", "delete", "delete-data", "delete-insert", "delete-where", "drop"),
        *("move", "syntax-update-1", "syntax-update-2", "update-silent"),
    ),
    "protocol": ("protocol",),
    "graph store protocol": ("graph-store-protocol",),
    "service description": ("service-description",),
}
"""The suites of each part; not among them are entailment regimes and federated queries, which the service has not."""

_KNOWN: Final = Path(__file__).with_suffix(".csv")
_RESULTS: Final = RESULTS / "w3c-sparql.md"
_MALFORMED: Final = 400


def _answered(case: Case, service: Service) -> str:
    """A query gives the expected rows, boolean or graph, in the format in which they are expected."""
    action, expected = case.one(case.node, MF.action), case.one(case.node, MF.result)
    query = case.one(action, QT.query)
    assert query is not None
    assert expected is not None
    text, file, base = case.text(query), case.path(expected), str(expected)
    stated = states_rows(file)  # as a graph, which says nothing of their order
    ordered = not stated and "ORDER" in words(text[text.rindex("}") :])
    wanted = outcome(file.read_bytes(), MEDIA_TYPES[file.suffix], base=base, ordered=ordered)
    service.load(case.dataset(action, QT))
    media_type = MEDIA_TYPES[".srj" if stated else file.suffix]
    return _difference(told(service.query(text, media_type), media_type, base, ordered=ordered), wanted)


def _updated(case: Case, service: Service) -> str:
    """An update leaves the expected dataset behind."""
    action, expected = case.one(case.node, MF.action), case.one(case.node, MF.result)
    request = case.one(action, UT.request)
    assert request is not None
    service.load(case.dataset(action, UT))
    reply = service.update(case.text(request))
    return _difference(service.held(), of_quads(case.dataset(expected, UT))) if reply.is_success else said(reply)


def _read(case: Case, service: Service) -> str:
    """A text is told from one that is not well-formed; what is well-formed may still be refused (LOAD, SERVICE)."""
    action = case.one(case.node, MF.action)
    assert action is not None
    ask = service.update if "Update" in case.kind or case.path(action).suffix == ".ru" else service.query
    reply = ask(case.text(action))
    if reply.status_code >= 500:
        return said(reply)
    if case.kind.startswith("Negative"):
        return "" if reply.status_code == _MALFORMED else f"accepted: {said(reply)}"
    return said(reply) if reply.status_code == _MALFORMED else ""


def _difference(got: object, wanted: object) -> str:
    if got == wanted:
        return ""
    if isinstance(got, frozenset) and isinstance(wanted, frozenset):
        missing, surplus = sorted(wanted - got), sorted(got - wanted)
        return "\n".join([f"missing {line}" for line in missing] + [f"surplus {line}" for line in surplus])
    return f"{got}, expected {wanted}"


_KINDS: Final[Mapping[str, Callable[[Case, Service], str]]] = {
    "QueryEvaluationTest": _answered,
    "CSVResultFormatTest": _answered,
    "UpdateEvaluationTest": _updated,
    "PositiveSyntaxTest11": _read,
    "NegativeSyntaxTest11": _read,
    "PositiveUpdateSyntaxTest11": _read,
    "NegativeUpdateSyntaxTest11": _read,
    "ProtocolTest": conversed,
    "GraphStoreProtocolTest": conversed,
    "ServiceDescriptionTest": described,
}


def difference(case: Case, service: Service) -> str:
    """What the service makes of a case other than it expects; empty where it passes."""
    try:
        return _KINDS[case.kind](case, service)
    except (ValueError, SyntaxError) as error:
        return str(error)


@dataclass(frozen=True)
class Told:
    """A case of a part of the suite, and what is amiss in it."""

    part: str
    case: Case
    amiss: str


def run(folder: Path, service: Service) -> list[Told]:
    """What is amiss in each case of the suite."""
    return [
        Told(part, case, difference(case, service))
        for part, suites in PARTS.items()
        for suite in suites
        for case in cases(folder, suite)
    ]


def known() -> dict[str, str]:
    """The cases, as suite/name, that are known to fail, and why."""
    with _KNOWN.open(encoding="utf-8", newline="") as file:
        return {f"{row['suite']}/{row['name']}": row["why"] for row in csv.DictReader(file)}


def _name(told: Told) -> str:
    return f"{told.case.suite}/{told.case.name}"


def report(told: Sequence[Told], seconds: float) -> None:
    """Write the results, with why each case fails that does."""
    reasons = known()
    totals = Counter(one.part for one in told)
    failed = [one for one in told if one.amiss]
    missed = Counter(one.part for one in failed)
    *about, _ = machine("pyoxigraph")  # the command names a folder of whoever runs it
    write_report(
        _RESULTS,
        "W3C SPARQL 1.1 test suite over HTTP",
        [
            *about,
            "Command: `python -m bench.w3c_sparql FOLDER`",
            f"Service: `lsp-graph serve --empty` with LSP_GRAPH_DEFAULT_GRAPH=strict; all cases in {seconds:.0f} s",
            "A text that is well-formed but refused (LOAD and SERVICE: 403) counts as read",
        ],
        "## Cases that pass\n",
        table(
            ("part", "passed", "of"), [(part, str(totals[part] - missed[part]), str(totals[part])) for part in PARTS]
        ),
        "## Cases that fail\n",
        *(f"- {case}: {reasons.get(case, 'not known to fail')}" for case in map(_name, failed)),
        "",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line and write the results; the exit status is 1 where a case fails that is not known to."""
    parser = argparse.ArgumentParser(prog="python -m bench.w3c_sparql", description="Run the W3C SPARQL test suite.")
    parser.add_argument("folder", type=Path, help="the suite's folder, with a folder for each part of it")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with serving() as service:
        told = run(options.folder, service)
    report(told, time.monotonic() - began)
    expected = known()
    failed = [one for one in told if one.amiss]
    unknown = [one for one in failed if _name(one) not in expected]
    for one in unknown:
        print(f"{_name(one)}\n  " + one.amiss.replace("\n", "\n  "))
    print(f"{len(told) - len(failed)} of {len(told)} cases pass; {len(unknown)} fail that are not known to")
    return 1 if unknown else 0


if __name__ == "__main__":
    raise SystemExit(main())
