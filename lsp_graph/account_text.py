"""
Accountabilities as a person at a terminal reads them.

    Accountabilities  ->  a summary of one screen, or each in full, with its chain

What several bodies answer for alike is told once in the summary: the named partners of an agreement are one line of
it, not thirty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from lsp_graph.accountability import Accountabilities, Accountability, Named
from lsp_graph.chains import Chain, Hop
from lsp_graph.proof import Cited, alike
from lsp_graph.reading import count, say_completeness

_TOLD: Final = 6
"""How many of several counterparts the text names; JSON and CSV name all."""
_FEW: Final = 3
"""So many answers are told in full even where a summary would do."""
_CITED: Final = 2
"""How many sources a line of the summary cites."""

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


def tell(
    found: Accountabilities, console: Console, explained: Sequence[Chain] | None = None, *, full: bool = False
) -> None:
    """Who is accountable, to whom, on what basis, since when, and who says so.

    Many are summed up, unless they are to be told in `full`, or with the chain of each (`explained`).
    """
    if found.understood:
        labels = dict.fromkeys(matter.label for matter in found.understood)
        rest = f" and {len(labels) - _TOLD} more" if len(labels) > _TOLD else ""
        console.print(f"Understood as: {escape('; '.join(list(labels)[:_TOLD]))}{rest}", soft_wrap=True)
    if found.alternatives:
        console.print(f"Or did you mean: {escape('; '.join(matter.label for matter in found.alternatives))}")
    if found.areas:
        console.print(f"In: {escape('; '.join(f'{area.label} ({area.kind})' for area in found.areas))}")
    console.print(f"As of {found.as_of.isoformat()}: {count(found.total, 'accountability', 'accountabilities')}.")
    summed = not full and explained is None and len(found.answers) > _FEW
    if summed:
        for group in alike(found.answers):
            console.print()
            _sum_up(group, console)
    else:
        for answer, chain in zip_longest(found.answers, explained or ()):
            console.print()
            _tell_one(answer, console)
            if chain is not None:
                console.print(tree(chain))
    console.print()
    if summed:
        console.print("Each in full, with all its sources: --full; with its chain: --explain.")
    if found.total > len(found.answers):
        console.print(f"… and {found.total - len(found.answers)} more (raise --limit, or narrow with --area or --by).")
    say_completeness(found.completeness, found.missing, console)


def _sum_up(group: Sequence[Accountability], console: Console) -> None:
    """Several accountabilities that differ in who answers, to whom, where or when only."""
    first = group[0]
    bearers = _labels(list(dict.fromkeys(answer.accountable for answer in group)))
    counterparts = _labels(list(dict.fromkeys(one for answer in group for one in answer.to)))
    areas = list(dict.fromkeys(answer.area for answer in group))
    mark = " (lead)" if first.lead else ""
    console.print(f"[bold]{escape(bearers)}[/bold]{mark}, to {escape(counterparts or 'not recorded')}", soft_wrap=True)
    periods = {(answer.since, answer.until) for answer in group}
    period = _period(first.since, first.until) if len(periods) == 1 else "periods differ"
    said = [
        f"for {first.matter.label}; {_labels(first.concerns) or _labels(areas)}",
        f"by {_labels(first.basis) or 'no recorded basis'}; {period}; {first.confidence or 'confidence not recorded'}",
    ]
    for line in said:
        console.print(f"  {escape(line)}", soft_wrap=True)
    console.print(f"  {escape(_says_who(group))}", style="dim", soft_wrap=True)


def _says_who(group: Sequence[Accountability]) -> str:
    """The sources that all cite, else those of the first, without repeating one."""
    shared = [cited for cited in group[0].evidence if all(cited in other.evidence for other in group[1:])]
    told: list[Cited] = shared or list(group[0].evidence)
    others = len({cited for answer in group for cited in answer.evidence}) - len(told[:_CITED])
    named = "; ".join(f"{cited.source}: {cited.place}" for cited in told[:_CITED])
    return f"says who: {named or 'no source recorded'}" + (f"; and {others} more" if named and others else "")


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


def _labels(things: Sequence[Named]) -> str:
    rest = len(things) - _TOLD
    told = ", ".join(thing.label for thing in things[:_TOLD])
    return told if rest <= 0 else f"{told} and {rest} more"
