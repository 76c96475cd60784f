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
from itertools import zip_longest
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
from rich.tree import Tree

from lsp_graph.accountability import Accountabilities, Accountability, Named
from lsp_graph.answers import COMPLETENESS, shared, table
from lsp_graph.chains import Chain, Hop
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


def as_json(document: dict[str, Any], world: str | None = None) -> str:
    """Indented JSON; it says first of which world it is, where that is not the real one."""
    return json.dumps(({"world": world} if world else {}) | document, indent=2, ensure_ascii=False)


def tell(found: Accountabilities, console: Console, explained: Sequence[Chain] | None = None) -> None:
    """Who is accountable, to whom, on what basis, since when, and who says so; with the chain of each, if explained."""
    if found.understood:
        labels = dict.fromkeys(matter.label for matter in found.understood)
        rest = f" and {len(labels) - _TOLD} more" if len(labels) > _TOLD else ""
        console.print(f"Understood as: {escape('; '.join(list(labels)[:_TOLD]))}{rest}", soft_wrap=True)
    if found.alternatives:
        console.print(f"Or did you mean: {escape('; '.join(matter.label for matter in found.alternatives))}")
    if found.areas:
        console.print(f"In: {escape('; '.join(f'{area.label} ({area.kind})' for area in found.areas))}")
    console.print(f"As of {found.as_of.isoformat()}: {_count(found.total, 'accountability', 'accountabilities')}.")
    for answer, chain in zip_longest(found.answers, explained or ()):
        console.print()
        _tell_one(answer, console)
        if chain is not None:
            console.print(tree(chain))
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
        "period": _period(answer.since, answer.until),
        "resources": answer.resources or "not recorded",
        "timescale": answer.timescale or "not recorded",
        "monitoring": answer.monitoring or "not recorded",
        "disagreeing": _labels(answer.contradicts) and f"other sources name {_labels(answer.contradicts)}",
        "confidence": (answer.confidence or "not recorded")
        + (f", by the rule {answer.derived_by}" if answer.derived_by else ""),
    }
    for name, text in lines.items():
        if text:
            console.print(f"  {name:<12}{escape(text)}", soft_wrap=True)
    for number, cited in enumerate(answer.evidence):
        name = "" if number else "says who"
        console.print(f"  {name:<12}{escape(f'{cited.source}: {cited.place}')}", style="dim", soft_wrap=True)


def tree(chain: Chain) -> Tree:
    """A chain as a tree: how it was derived, then each hop with its matter, basis, period and source."""
    drawn = Tree(escape(f"{chain.root.accountable.label}: {chain.root.matter.label}"))
    if chain.derivation:
        rule = drawn.add(escape(f"derived by the rule: {chain.derivation.rule.label}"))
        for fact in chain.derivation.facts:
            said = [f"{fact.thing.kind or 'fact'}: {fact.thing.label}"]
            said += [f"binds every {fact.bearer_class.label}"] if fact.bearer_class else []
            said += [f"in {', '.join(fact.areas)}"] if fact.areas else []
            rule.add(escape("; ".join([*said, _period(fact.since, fact.until)])))
    _draw(chain.hops, drawn)
    return drawn


def _draw(hops: Iterable[Hop], drawn: Tree) -> None:
    for hop in hops:
        said = [f"{hop.by} {hop.to.label}"]
        said += [f"for {hop.account.matter.label}", f"by {_labels(hop.account.basis)}"] if hop.account else []
        said += [_period(hop.since, hop.until)]
        said += [f"{hop.evidence[0].source}: {hop.evidence[0].place}"] if hop.evidence else ["no source recorded"]
        end = f" [{hop.end}]" if hop.end else ""
        _draw(hop.onward, drawn.add(escape("; ".join(said) + end)))


def _period(since: str | None, until: str | None) -> str:
    return f"{since or 'start not recorded'} to {until or 'end not recorded'}"


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
        parts = _count(len(found.components), "connected part", "connected parts")
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
    yield f"{day}: {_count(len(answer.rows), 'row', 'rows')}. {COMPLETENESS[answer.completeness]}"
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
    console.print(COMPLETENESS[completeness])
    for line in missing:
        console.print(f"  missing: {escape(line)}", soft_wrap=True)


def _labels(things: Sequence[Named]) -> str:
    rest = len(things) - _TOLD
    told = ", ".join(thing.label for thing in things[:_TOLD])
    return told if rest <= 0 else f"{told} and {rest} more"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
