"""
What the map can be coloured by.

    measure + graph  ->  for each area a class of colour and words; and the legend

A measure of numbers has up to six classes, from few to many; one of kinds has a class for each kind. An area of which
a measure says nothing has none of them: it is `absent`, and the measure says what that means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pyoxigraph import QuerySolutions

from lsp_graph.answers import Value, value
from lsp_graph.layout import QUERIES
from lsp_graph.serve.pages.concepts import Concepts
from lsp_graph.serve.recorded import Row, local
from lsp_graph.store import EmbeddedBackend

ABSENT: Final = "absent"
ORDERED, KINDS, VERDICTS = "ordered", "kinds", "verdicts"
"""The palettes: from light to dark; told apart; one of its own for the verdicts of a rule."""

_CLASSES: Final = 6
_MOST_KINDS: Final = 9
"""Classes of a palette of kinds."""

_OTHERS: Final = "others"


@dataclass(frozen=True)
class Said:
    """What a measure says of an area: the class of its colour, and the words."""

    colour: str
    words: str


@dataclass(frozen=True)
class Entry:
    """A line of the legend: the class, what it means, and how many areas it has."""

    colour: str
    words: str
    number: int


@dataclass(frozen=True)
class Scale:
    """A measure over all areas, by their IRIs; one that is not in `said` is `absent`, which is `absence` in words."""

    palette: str
    said: Mapping[str, Said]
    legend: tuple[Entry, ...]
    absence: str

    def of(self, area: str) -> Said:
        """What is said of an area."""
        return self.said.get(area) or Said(ABSENT, self.absence)


@dataclass(frozen=True)
class Measure:
    """Something by which the map can be coloured: its name in addresses and for people, and what exactly it counts."""

    name: str
    title: str
    counts: str
    scale: Callable[[EmbeddedBackend, Sequence[Row], Concepts, date], Scale]


def ordered(numbers: Mapping[str, float], areas: Iterable[str], absence: str) -> Scale:
    """Numbers in classes of about the same number of areas, from few to many; a number is never in two classes."""
    distinct = sorted(set(numbers.values()))
    if len(distinct) <= _CLASSES:
        lower = distinct
    else:
        ranked = sorted(numbers.values())
        lower = sorted({ranked[len(ranked) * part // _CLASSES] for part in range(_CLASSES)} | {distinct[0]})
    span = max(len(lower) - 1, 1)

    def place(number: float) -> int:
        return max(index for index, start in enumerate(lower) if number >= start)

    def words(index: int) -> str:
        end = max(one for one in distinct if place(one) == index)
        return f"{lower[index]:,g}" if end == lower[index] else f"{lower[index]:,g} to {end:,g}"

    colours = [f"c{round(index * (_CLASSES - 1) / span)}" for index in range(len(lower))]
    said = {area: Said(colours[place(number)], f"{number:,g}") for area, number in numbers.items()}
    told = list(areas)
    sizes = Counter(place(numbers[area]) for area in told if area in numbers)
    legend = [Entry(colours[index], words(index), sizes[index]) for index in range(len(lower)) if sizes[index]]
    return Scale(ORDERED, said, _with_absent(legend, told, said, absence), absence)


def kinds(
    found: Mapping[str, str],
    areas: Iterable[str],
    absence: str,
    order: Sequence[str] = (),
    palette: str = KINDS,
    colours: Mapping[str, str] | None = None,
) -> Scale:
    """Kinds in classes, in this order or the most frequent first; more than a palette has are others."""
    told = list(areas)
    sizes = Counter(found[area] for area in told if area in found)
    names = [name for name in order if name in sizes] or [name for name, _ in sizes.most_common()]
    if len(names) > _MOST_KINDS:
        names = names[: _MOST_KINDS - 1]
    colour = colours or {name: f"c{index}" for index, name in enumerate(names)}
    last = f"c{_MOST_KINDS - 1}"
    said = {area: Said(colour.get(name, last), name) for area, name in found.items()}
    legend = [Entry(colour[name], name, sizes[name]) for name in names]
    others = sum(number for name, number in sizes.items() if name not in names)
    if others:
        legend.append(Entry(last, _OTHERS, others))
    return Scale(palette, said, _with_absent(legend, told, said, absence), absence)


def _with_absent(
    legend: Iterable[Entry], areas: Iterable[str], said: Mapping[str, Said], absence: str
) -> tuple[Entry, ...]:
    left = sum(area not in said for area in areas)
    return (*legend, Entry(ABSENT, absence, left)) if left else tuple(legend)


def _asked(backend: EmbeddedBackend, query: str, day: date | None) -> dict[str, Value]:
    """The value of each area, by a query of `queries/picture/`."""
    found = backend.query((QUERIES / "picture" / f"{query}.rq").read_text(encoding="utf-8"), as_of=day)
    assert isinstance(found, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    return {row["area"].value: value(row["value"]) for row in found if row["value"] is not None}


def _evidence(backend: EmbeddedBackend, areas: Sequence[Row], concepts: Concepts, day: date) -> Scale:
    levels = concepts.labels("evidence-level")
    found = {
        area: levels.get(local(str(level)) or "", str(level))
        for area, level in _asked(backend, "map-evidence", day).items()
    }
    order = [levels[name] for name in sorted(levels)]
    steps = dict(zip(order, ("c5", "c4", "c2", "c1"), strict=False))
    return kinds(found, _iris(areas), "no partnership recorded", order, ORDERED, steps)


def _type(backend: EmbeddedBackend, areas: Sequence[Row], concepts: Concepts, day: date) -> Scale:
    found = {
        row["area"]: concept.label
        for row in areas
        if (concept := concepts.of("area-type", local(row.get("type")))) is not None
    }
    return kinds(found, _iris(areas), "type not recorded")


def _region(backend: EmbeddedBackend, areas: Sequence[Row], concepts: Concepts, day: date) -> Scale:
    found = {row["area"]: row["regionLabel"] for row in areas if "regionLabel" in row}
    return kinds(found, _iris(areas), "region not recorded", sorted(set(found.values())))


def _funding(backend: EmbeddedBackend, areas: Sequence[Row], concepts: Concepts, day: date) -> Scale:
    told = {True: "received", False: "did not receive"}
    found = {area: told[bool(got)] for area, got in _asked(backend, "map-funding", None).items()}
    steps = {told[True]: "c4", told[False]: "c1"}
    return kinds(found, _iris(areas), "not recorded", list(told.values()), ORDERED, steps)


def _numbers(query: str, absence: str) -> Callable[[EmbeddedBackend, Sequence[Row], Concepts, date], Scale]:
    def scale(backend: EmbeddedBackend, areas: Sequence[Row], concepts: Concepts, day: date) -> Scale:
        found = {area: number for area, number in _asked(backend, query, day).items() if isinstance(number, int)}
        return ordered(found, _iris(areas), absence)

    return scale


def _iris(areas: Sequence[Row]) -> list[str]:
    return [row["area"] for row in areas]


MEASURES: Final[Mapping[str, Measure]] = {
    one.name: one
    for one in (
        Measure(
            "evidence",
            "How sure it is that there was a partnership",
            "the evidence level of the partnership, from A (named in a source of its time) to D (presumed)",
            _evidence,
        ),
        Measure("type", "Type of area", "the kind of council that the area had", _type),
        Measure("region", "Region", "the Government Office Region that the area lay in", _region),
        Measure(
            "partners",
            "Named partners",
            "bodies that the law named for the area, if it has an agreement of its own",
            _numbers("map-partners", "no agreement of its own"),
        ),
        Measure(
            "accountabilities",
            "Accountabilities",
            "recorded or derived accountabilities: one body answering for one matter in this area",
            _numbers("map-accountabilities", "none recorded"),
        ),
        Measure(
            "funding",
            "Funding",
            "whether a source says that the area received money from a stream, such as the Neighbourhood Renewal Fund, "
            "at any time",
            _funding,
        ),
    )
}
"""What the map can be coloured by, beside audits and questions."""
