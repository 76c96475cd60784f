"""
Answers as a person at a terminal reads them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    serialize,
)
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lsp_graph.accountability import Accountabilities, Accountability, Named
from lsp_graph.answers import shared, table
from lsp_graph.errors import InputError, Problem
from lsp_graph.namespaces import GRAPH, PREFIXES
from lsp_graph.questions import Answer, Question
from lsp_graph.store import Answer as StoreAnswer
from lsp_graph.store import Manifest

_SOLUTIONS: Final = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_TRIPLES: Final = {"turtle": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
_COMPLETENESS: Final = {
    "complete": "Complete: nothing is known to be absent.",
    "lower-bound": "A lower bound: there may be more.",
    "not-recorded": "Not recorded: that nothing was found does not mean that there is nothing.",
}
_TOLD: Final = 6
"""How many of several counterparts the text names; JSON and CSV name all."""

_PIPED_WIDTH: Final = 200

_CSV: Final = (
    "accountable",
    "to",
    "for",
    "area",
    "direction",
    "lead",
    "basis",
    "from",
    "until",
    "resources",
    "timescale",
    "monitoring",
    "confidence",
    "evidence",
    "derivedBy",
)


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """What to call at each of so many steps, by name: a terminal shows them as a bar, which goes when they are done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    errors = console(stderr=True)
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as shown:
        task = shown.add_task("", total=total)
        yield lambda name: shown.update(task, advance=1, description=name)


def console(*, stderr: bool = False) -> Console:
    """A console; what is piped gets no colours and is not folded to a narrow page."""
    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made.width = _PIPED_WIDTH
    return made


def days(views: Iterable[date | None]) -> str:
    """The days that there are views of."""
    return ", ".join(sorted("all periods" if day is None else day.isoformat() for day in views))


def as_json(document: Any) -> str:
    """Indented JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False)


def tell(found: Accountabilities, console: Console) -> None:
    """Who is accountable, to whom, on what basis, since when, and who says so."""
    if found.understood:
        console.print(f"Understood as: {escape('; '.join(matter.label for matter in found.understood))}")
    console.print(f"As of {found.as_of.isoformat()}: {_count(found.total, 'accountability', 'accountabilities')}.")
    for answer in found.answers:
        console.print()
        _tell_one(answer, console)
    console.print()
    if found.total > len(found.answers):
        console.print(f"… and {found.total - len(found.answers)} more (raise --limit, or narrow with --area or --by).")
    _say_completeness(found.completeness, found.missing, console)


def _tell_one(answer: Accountability, console: Console) -> None:
    mark = " (lead)" if answer.lead else ""
    console.print(f"[bold]{escape(answer.accountable.label)}[/bold]{mark}")
    lines = {
        "for": f"{answer.matter.label}, {answer.area.label}",
        "concerning": _labels(answer.concerns),
        "to": _labels(answer.to),
        "approved by": _labels(answer.approved_by),
        "basis": _labels(answer.basis),
        "period": f"{answer.since or 'start not recorded'} to {answer.until or 'end not recorded'}",
        "resources": answer.resources or "not recorded",
        "timescale": answer.timescale or "not recorded",
        "monitoring": answer.monitoring or "not recorded",
        "confidence": (answer.confidence or "not recorded")
        + (f", by the rule {answer.derived_by}" if answer.derived_by else ""),
    }
    for name, text in lines.items():
        if text:
            console.print(f"  {name:<12}{escape(text)}", soft_wrap=True)
    for number, cited in enumerate(answer.evidence):
        name = "" if number else "says who"
        console.print(f"  {name:<12}{escape(f'{cited.source}: {cited.place}')}", style="dim", soft_wrap=True)


def as_csv(found: Accountabilities) -> str:
    """One line per accountability; several values of a cell are separated by `; `."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(_CSV)
    for answer in found.answers:
        told = answer.as_json()
        writer.writerow([_cell(told[column]) for column in _CSV])
    return written.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict():
            return str(value.get("label") or f"{value.get('source')}: {value.get('place')}")
        case list():
            return "; ".join(_cell(part) for part in value)
        case _:
            return str(value)


def show(answer: Answer, console: Console) -> None:
    """A question's answer as a table, with what is known to be absent."""
    console.print(table(answer))
    for heading, text in shared(answer).items():
        console.print(escape(f"all rows: {heading}: {text}"), soft_wrap=True)
    for line in caveats(answer):
        console.print(escape(line), soft_wrap=True)


def caveats(answer: Answer) -> Iterator[str]:
    """What to know before relying on the answer: the date, how complete it is, and what is missing."""
    day = f"As of {answer.as_of.isoformat()}" if answer.question.view == "as-of" else "All periods"
    yield f"{day}: {_count(len(answer.rows), 'row', 'rows')}. {_COMPLETENESS[answer.completeness]}"
    yield from (f"  missing: {line}" for line in answer.missing)


def list_questions(questions: Iterable[Question], console: Console) -> None:
    """The questions of the library, by theme."""
    listed = Table(box=None, header_style="bold")
    for heading in ("", "name", "asks", "parameters"):
        listed.add_column(heading, no_wrap=heading != "asks")
    for question in sorted(questions, key=lambda q: (q.competency or "~", q.name)):
        parameters = " ".join(f"--{p.name}" if p.required else f"[--{p.name}]" for p in question.parameters)
        listed.add_row(question.competency or "", question.name, escape(question.summary), escape(parameters))
    console.print(listed)


def print_answer(answer: StoreAnswer, form: str | None, console: Console) -> None:
    """The answer to a SPARQL query in the form asked for.

    Raises `InputError` when an answer of this kind has no such form.
    """
    if isinstance(answer, QuerySolutions | QueryBoolean):
        if form in (None, "table"):
            _print_table(answer, console)
        else:
            _print_raw(answer.serialize(format=_form(form, _SOLUTIONS, "solutions")), console)
    else:
        _print_raw(serialize(answer, format=_form(form or "turtle", _TRIPLES, "triples"), prefixes=PREFIXES), console)


def _form(name: str, forms: dict[str, Any], kind: str) -> Any:
    if name not in forms:
        raise InputError([Problem("--format", None, name, f"for {kind} one of {', '.join(forms)}")])
    return forms[name]


def _print_raw(text: bytes | None, console: Console) -> None:
    console.file.write((text or b"").decode())
    if text and not text.endswith(b"\n"):
        console.file.write("\n")


def _print_table(answer: QuerySolutions | QueryBoolean, console: Console) -> None:
    if isinstance(answer, QueryBoolean):
        console.print("yes" if answer else "no")
        return
    listed = Table(header_style="bold")
    for variable in answer.variables:
        listed.add_column(variable.value, overflow="fold")
    rows = 0
    for solution in answer:
        listed.add_row(*(escape(_short(solution[variable])) for variable in answer.variables))
        rows += 1
    console.print(listed)
    console.print(_count(rows, "row", "rows"))


def _short(term: NamedNode | BlankNode | Literal | Triple | None) -> str:
    """A term as people read it: a prefixed name where there is a prefix, a literal's text."""
    if isinstance(term, NamedNode):
        fitting = [(prefix, base) for prefix, base in PREFIXES.items() if term.value.startswith(base)]
        prefix, base = max(fitting, key=lambda pair: len(pair[1]), default=("", ""))
        return f"{prefix}:{term.value.removeprefix(base)}" if prefix else term.value
    if term is None:
        return ""
    return term.value if isinstance(term, Literal) else str(term)


def summary(manifest: Manifest, new: bool, directory: Path, console: Console) -> None:
    """What a build made: the version and the triples of each graph."""
    listed = Table(box=None, header_style="bold")
    listed.add_column("graph")
    listed.add_column("triples", justify="right")
    for iri, count in manifest.graphs.items():
        listed.add_row(iri.removeprefix(str(GRAPH)), f"{count:,}")
    console.print(listed)
    total = sum(manifest.graphs.values())
    state = "built" if new else "unchanged"
    console.print(
        f"{directory}: version {manifest.version} {state}, {total:,} triples, content {manifest.content[:12]}"
    )


def _say_completeness(completeness: str, missing: Sequence[str], console: Console) -> None:
    console.print(_COMPLETENESS[completeness])
    for line in missing:
        console.print(f"  missing: {escape(line)}", soft_wrap=True)


def _labels(things: Sequence[Named]) -> str:
    rest = len(things) - _TOLD
    told = ", ".join(thing.label for thing in things[:_TOLD])
    return told if rest <= 0 else f"{told} and {rest} more"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
