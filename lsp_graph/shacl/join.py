"""
Rows that the patterns of a text have, found by walking from what is known.

    patterns + a row that is known in part   ->  the rows that there may be; whether there surely is one

What expressions make of the rows is not looked at: so there are no fewer rows than the text gives.
Source: SPARQL 1.1 §18.6 (evaluation), §8.1 (EXISTS: the row's values are put in).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from lsp_graph.shacl.looks import End, Group, Part, Step, Variable
from lsp_graph.shacl.terms import Term
from lsp_graph.shacl.walk import FAR, TooFar, Walk

Row = Mapping[str, Term]

_FEW = 20
_MORE = 400
"""So many triples are counted to tell which pattern to follow next: for one row, for many."""


def possible(graph: Walk, group: Group, row: Row, unsure: frozenset[str] = frozenset()) -> Iterator[Row]:
    """The rows that the group may have, perhaps repeatedly; `unsure` are variables bound in a way not known here.

    Raises `TooFar`.
    """
    known = {end.name: row[name] for name, end in group.made if name in row and isinstance(end, Variable)}
    choices = [part.groups for part in group.parts if part.kind == "union"]
    looked_for = [part for part in group.parts if part.kind in ("exists", "not exists")]
    unsure |= group.unsure
    for number, one in enumerate(_chosen(graph, choices, _followed(graph, group.steps, {**row, **known}), unsure)):
        if number == FAR:
            raise TooFar
        whole = _made(group, one) if group.made else one
        if all(_passes(graph, part, whole, unsure) for part in looked_for):
            yield whole


def sure(graph: Walk, group: Group, row: Row, unsure: frozenset[str] = frozenset()) -> bool:
    """Whether the group surely has a row."""
    if group.tests or group.made or group.variables & unsure:
        return False
    if any(part.kind not in ("exists", "not exists") for part in group.parts):
        return False
    try:
        return any(all(_holds(graph, part, one) for part in group.parts) for one in _followed(graph, group.steps, row))
    except TooFar:
        return False


def joined(graph: Walk, steps: Iterable[Step], rows: list[Row], keep: Collection[str]) -> list[Row]:
    """The rows that continue these by all the patterns, with the variables to keep, each once.

    All rows given bind the same variables. Once one of the variables to keep is known, patterns that lead far, or that
    nothing leads to, are left out: they could only take rows away. Raises `TooFar`, also where nothing is known from
    which to walk.
    """
    pending = list(steps)
    while pending and rows:
        step = _next(graph, pending, rows[0], _MORE)
        enough = not rows[0].keys().isdisjoint(keep)
        if enough and (rows[0].keys().isdisjoint(step.variables) or _width(graph, step, rows[0], _MORE) >= _MORE):
            break
        pending.remove(step)
        try:
            found = list(islice((more for row in rows for more in _continued(graph, step, row)), FAR + 1))
            if len(found) > FAR:
                raise TooFar
        except TooFar:
            if enough:
                break
            raise
        needed = {name for one in pending for name in one.variables}.union(keep)
        rows = list({tuple(row.get(name) for name in needed): row for row in found}.values())
    return rows


def value_of(end: End, row: Row) -> Term | None:
    """The term at the end of a pattern, as far as it is known."""
    return row.get(end.name) if isinstance(end, Variable) else end


def bound(end: End, term: Term) -> dict[str, Term]:
    """What the row says when this term stands at the end of a pattern."""
    return {end.name: term} if isinstance(end, Variable) else {}


def _followed(graph: Walk, steps: Sequence[Step], row: Row) -> Iterator[Row]:
    """The rows that continue this one by all the patterns, one after the other."""
    if not steps:
        yield row
        return
    step = _next(graph, steps, row, _FEW)
    rest = [one for one in steps if one is not step]
    for more in _continued(graph, step, row):
        yield from _followed(graph, rest, more)


def _chosen(
    graph: Walk, choices: Sequence[Sequence[Group]], rows: Iterable[Row], unsure: frozenset[str]
) -> Iterator[Row]:
    """The rows that continue these by one of the groups of each choice."""
    if not choices:
        yield from rows
        return
    for row in rows:
        for group in choices[0]:
            for more in possible(graph, group, row, unsure):
                yield from _chosen(graph, choices[1:], [more], unsure)


def _made(group: Group, row: Row) -> Row:
    """The row with what BIND makes of it, as far as that is known."""
    made = {name: value_of(end, row) for name, end in group.made if end is not None}
    return {**row, **{name: value for name, value in made.items() if value is not None}}


def _next(graph: Walk, steps: Sequence[Step], row: Row, sample: int) -> Step:
    """The pattern to follow next: one that only has to be looked up, else one with few rows.

    What has to do with a term of the text comes last: there is the more of it, the larger the graph is.
    """
    begun = []
    for step in steps:
        ends = (value_of(step.start, row) is not None) + (value_of(step.end, row) is not None)
        if ends == 2 and step.path is not None:
            return step
        if ends:
            begun.append(step)
    led_to = [step for step in begun if not row.keys().isdisjoint(step.variables)] or begun or list(steps)
    return led_to[0] if len(led_to) == 1 else min(led_to, key=lambda step: _width(graph, step, row, sample))


def _width(graph: Walk, step: Step, row: Row, sample: int) -> int:
    """How many rows come of one by a pattern, about."""
    start, end = value_of(step.start, row), value_of(step.end, row)
    if step.path is None:
        return FAR
    if start is not None and end is not None:
        return 1
    known, backwards = (start, False) if start is not None else (end, True)
    if known is None:
        return FAR
    return graph.width(known, step.path, backwards, sample)


def _continued(graph: Walk, step: Step, row: Row) -> Iterator[Row]:
    """The rows that continue one by a pattern, perhaps repeatedly."""
    start, end = value_of(step.start, row), value_of(step.end, row)
    if step.path is None or (start is None and end is None):
        raise TooFar
    if start is not None and end is not None:
        if graph.leads(start, step.path, end):
            yield row
    elif start is not None and isinstance(step.end, Variable):
        name = step.end.name
        for one in graph.ends(step.path, start):
            yield {**row, name: one}
    elif end is not None and isinstance(step.start, Variable):
        name = step.start.name
        for one in graph.ends(step.path, end, backwards=True):
            yield {**row, name: one}


def _passes(graph: Walk, part: Part, row: Row, unsure: frozenset[str]) -> bool:
    """Whether a row may pass the part of a group, an EXISTS or a NOT EXISTS."""
    if part.kind == "exists":
        return any(True for _ in possible(graph, part.groups[0], row, unsure))
    return not sure(graph, part.groups[0], row, unsure)


def _holds(graph: Walk, part: Part, row: Row) -> bool:
    """Whether a row surely passes the part of a group, an EXISTS or a NOT EXISTS."""
    if part.kind == "exists":
        return sure(graph, part.groups[0], row)
    return not any(True for _ in possible(graph, part.groups[0], row))
