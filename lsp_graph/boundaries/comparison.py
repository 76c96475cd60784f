"""
Compare outlines that should fit together, and tell where they do not.

    outlines + which things belong together  ->  comparisons, each with the pieces of land that do not fit

A county is made up of its districts (rule B09), a partnership stands for the area of its lead council (B01), and a
sub-partnership stays within its partnership (B08). No line is drawn twice alike: land that is nowhere wider than the
tolerance is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from pyoxigraph import NamedNode

from lsp_graph import geometry
from lsp_graph.geometry import Piece, Shape

Kind = Literal["overlap", "gap", "excess"]

TOLERANCE: Final = 100.0
"""Metres that a piece of land has to be wide to count, unless the user says otherwise."""

_FIRST_DAY: Final = date(2000, 1, 1)
"""From when on it matters how areas fit: before the Local Government Act 2000 no partnership rested on it."""


@dataclass(frozen=True)
class Member:
    """A thing in a comparison, and when it was there."""

    iri: str
    label: str
    since: date = date.min
    until: date = date.max

    def stood(self, day: date) -> bool:
        """Whether it was there on a day."""
        return self.since <= day <= self.until


@dataclass(frozen=True)
class Task:
    """What is to fit: the land of `parts` with that of `wholes`; `looked_for` says which ways of not fitting count."""

    thing: Member
    wholes: tuple[Member, ...]
    parts: tuple[Member, ...]
    looked_for: tuple[Kind, ...]
    since: date
    until: date


@dataclass(frozen=True)
class Discrepancy:
    """Land that two parts share (overlap), that the whole has and no part (gap), or the other way round (excess).

    `percent` is its share of `share_of`; `outlines` are those that it is the land of.
    """

    kind: Kind
    involved: tuple[Member, ...]
    outlines: tuple[NamedNode, ...]
    piece: Piece
    percent: float
    share_of: Member


@dataclass(frozen=True)
class Comparison:
    """What came of a task with the outlines (their IRIs) of one source, or of several where no one has them all."""

    task: Task
    source: str
    outlines: tuple[NamedNode, ...]
    tolerance: float
    discrepancies: tuple[Discrepancy, ...]


@dataclass(frozen=True)
class Drawn:
    """An outline in the store: of which thing, by which source, on the grid."""

    iri: NamedNode
    thing: str
    source: str
    shape: Shape


def districts_of(county: Member, districts: Sequence[Member]) -> Iterator[Task]:
    """The tasks of a county: one for each time in which its districts were the same."""
    first = max(county.since, _FIRST_DAY)
    begins = {one.since for one in districts} | {_after(one.until) for one in districts if one.until < date.max}
    starts = sorted({first, *(day for day in begins if first < day <= county.until)})
    for number, since in enumerate(starts):
        parts = tuple(one for one in districts if one.stood(since))
        until = _before(starts[number + 1]) if number + 1 < len(starts) else county.until
        if parts and since <= until:
            shown = since if since > _FIRST_DAY else date.min
            yield Task(county, (county,), parts, ("overlap", "gap", "excess"), shown, until)


def together(thing: Member, wholes: Sequence[Member], parts: Sequence[Member], *looked_for: Kind) -> Iterator[Task]:
    """The task of a thing while all of these were there; none where they never were."""
    members = (thing, *wholes, *parts)
    since, until = max(one.since for one in members), min(one.until for one in members)
    if since <= until:
        yield Task(thing, tuple(wholes), tuple(parts), looked_for, since, until)


class Outlines:
    """All outlines in the store, to be compared."""

    def __init__(self, drawn: Iterable[Drawn], tolerance: float) -> None:
        self.tolerance = tolerance
        self._by_source: dict[str, dict[str, Drawn]] = {}
        self._any: dict[str, Drawn] = {}
        for one in sorted(drawn, key=lambda one: (one.source, one.iri.value)):
            self._by_source.setdefault(one.source, {})[one.thing] = one
            self._any.setdefault(one.thing, one)

    def has(self, thing: str) -> bool:
        """Whether a thing has an outline."""
        return thing in self._any

    def lacking(self, task: Task) -> list[Member]:
        """What of a task has no outline."""
        return [one for one in (*task.wholes, *task.parts) if not self.has(one.iri)]

    def compare(self, task: Task) -> Iterator[Comparison]:
        """A comparison for each source that outlines all of the parts, else one of what there is from several.

        Without an outline of the whole, only overlaps are looked for; without that of a part, nothing is.
        """
        if any(not self.has(part.iri) for part in task.parts):
            return
        wanted = {one.iri for one in (*task.wholes, *task.parts) if self.has(one.iri)}
        own = [name for name, outlined in self._by_source.items() if wanted <= outlined.keys()]
        for name in own or [""]:
            comparison = self._compare(task, name, self._by_source.get(name, self._any))
            if comparison is not None:
                yield comparison

    def _compare(self, task: Task, source: str, outlined: Mapping[str, Drawn]) -> Comparison | None:
        whole_known = all(one.iri in outlined for one in task.wholes)
        looked_for = tuple(kind for kind in task.looked_for if kind == "overlap" or whole_known)
        if not looked_for:
            return None
        used = (*(task.wholes if whole_known else ()), *task.parts)
        task = Task(task.thing, task.wholes, task.parts, looked_for, task.since, task.until)
        found = [one for kind in looked_for for one in self._discrepancies(kind, task, outlined)]
        iris = dict.fromkeys(outlined[one.iri].iri for one in used)
        return Comparison(task, source, tuple(iris), self.tolerance, tuple(found))

    def _discrepancies(self, kind: Kind, task: Task, outlined: Mapping[str, Drawn]) -> Iterator[Discrepancy]:
        parts = [outlined[part.iri] for part in task.parts]
        shapes = [part.shape for part in parts]
        if kind == "overlap":
            for one, other, piece in geometry.overlaps(shapes, self.tolerance):
                smaller = min(one, other, key=lambda index: geometry.hectares(shapes[index]))
                share = _percent(piece, shapes[smaller])
                pair, theirs = (task.parts[one], task.parts[other]), (parts[one].iri, parts[other].iri)
                yield Discrepancy(kind, pair, theirs, piece, share, task.parts[smaller])
            return
        around = [outlined[one.iri] for one in task.wholes]
        whole = geometry.together(one.shape for one in around)
        if kind == "gap":
            gap = geometry.lacking(whole, geometry.together(shapes), self.tolerance)
            if gap is not None:
                drawn = tuple(one.iri for one in (*around, *parts))
                yield Discrepancy(kind, task.wholes, drawn, gap, _percent(gap, whole), task.wholes[0])
            return
        for member, part in zip(task.parts, parts, strict=True):
            beyond = geometry.lacking(part.shape, whole, self.tolerance)
            if beyond is not None:
                drawn = tuple(one.iri for one in (*around, part))
                yield Discrepancy(kind, (member,), drawn, beyond, _percent(beyond, part.shape), member)


def _percent(piece: Piece, shape: Shape) -> float:
    return 100 * piece.hectares / geometry.hectares(shape)


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _before(day: date) -> date:
    return day - timedelta(days=1)
