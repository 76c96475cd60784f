"""
Answers as a person at a terminal reads them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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

from lsp_graph.answers import COMPLETENESS, shared, table
from lsp_graph.errors import InputError, Problem
from lsp_graph.namespaces import GRAPH, PREFIXES
from lsp_graph.questions import Answer, Question
from lsp_graph.store import Answer as StoreAnswer
from lsp_graph.store import Manifest

if TYPE_CHECKING:
    from lsp_graph.networks import Network, Shared

_SOLUTIONS: Final = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_TRIPLES: Final = {"turtle": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
_PIPED_WIDTH: Final = 200


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


def as_json(document: dict[str, Any], world: str | None = None) -> str:
    """Indented JSON; it says first of which world it is, where that is not the real one."""
    return json.dumps(({"world": world} if world else {}) | document, indent=2, ensure_ascii=False)


def tell_network(found: Network, limit: int, console: Console) -> None:
    """The nodes of most betweenness, what they are computed from, and the connected parts."""
    columns = ("", "kind", "degree", "betweenness", "part")
    rows = [
        (one.label, one.kind, str(one.degree), f"{one.betweenness:.4f}", str(one.component))
        for one in found.standings[:limit]
    ]
    list_rows(columns, rows, console, "No memberships or named partners are recorded.")
    if found.standings:
        estimate = "; betweenness is an estimate from a sample" if found.estimated else ""
        parts = count(len(found.components), "connected part", "connected parts")
        console.print(
            f"As of {found.as_of.isoformat()}: {len(found.standings):,} nodes, {found.edges:,} edges, {parts}; "
            f"computed from {' and '.join(found.computed_from)}{estimate}.",
            soft_wrap=True,
        )


def tell_shared(shared: Shared, names: Sequence[str], console: Console) -> None:
    """Two partnerships side by side: whom they share, and whom one of them alone has."""
    one, other = names
    lines = {"both": shared.both, f"{one} only": shared.one, f"{other} only": shared.other}
    for heading, bodies in lines.items():
        console.print(escape(f"{heading} ({len(bodies)}): {'; '.join(bodies) or 'none recorded'}"), soft_wrap=True)
    if shared.likeness is not None:
        console.print(f"likeness: {shared.likeness:.2f} (1: the same partners)")


def list_rows(columns: Sequence[str], rows: Sequence[Sequence[str]], console: Console, otherwise: str) -> None:
    """Rows as a plain table; where there are none, what to say instead."""
    if not rows:
        console.print(escape(otherwise))
        return
    listed = Table(box=None, header_style="bold")
    for heading in columns:
        listed.add_column(heading)
    for row in rows:
        listed.add_row(*map(escape, row))
    console.print(listed)


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
    yield f"{day}: {count(len(answer.rows), 'row', 'rows')}. {COMPLETENESS[answer.completeness]}"
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
    console.print(count(rows, "row", "rows"))


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


def say_completeness(completeness: str, missing: Sequence[str], console: Console) -> None:
    """Say how complete an answer is, and what is missing."""
    console.print(COMPLETENESS[completeness])
    for line in missing:
        console.print(f"  missing: {escape(line)}", soft_wrap=True)


def count(number: int, one: str, many: str) -> str:
    """A number and the noun in its number."""
    return f"{number:,} {one if number == 1 else many}"
