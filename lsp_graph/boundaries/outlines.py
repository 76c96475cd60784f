"""
Turn what files draw into outlines of things that the graph knows.

    features + the register  ->  outlines in degrees, each of one thing; or every problem, with the feature it is in
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from lsp_graph import areas, geometry
from lsp_graph.boundaries.reading import Feature, Limits
from lsp_graph.errors import InputError, Problem
from lsp_graph.geometry import Shape, Unusable
from lsp_graph.store import Backend
from lsp_graph.store.lookup import looked_up

_ENGLAND: Final = (-6.5, 49.8, 1.9, 55.9)
"""West, south, east and north of England with its islands, in degrees."""

_IN_ENGLAND: Final = "longitude -6.5 to 1.9 and latitude 49.8 to 55.9, in that order"
_FULL_TURN: Final = 400.0
_LONGEST: Final = 60


@dataclass(frozen=True)
class Origin:
    """Who says so: the title of the source, its licence, and the words with which it asks to be named.

    Raises `InputError` for what would leave an outline without a source.
    """

    title: str
    licence: str
    attribution: str
    publisher: str = ""

    def __post_init__(self) -> None:
        problems = []
        if not self.slug:
            problems.append(Problem("--source", None, repr(self.title), "the title of the source"))
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", self.licence):
            right = "the licence's address, such as https://creativecommons.org/licenses/by/4.0/"
            problems.append(Problem("--licence", None, repr(self.licence), right))
        if not self.attribution.strip():
            problems.append(Problem("--attribution", None, repr(self.attribution), "the words that name the source"))
        if problems:
            raise InputError(problems)

    @property
    def slug(self) -> str:
        """What the source goes by in IRIs: its title in lower case, words joined by hyphens; a long one is cut."""
        whole = "-".join(re.findall(r"[a-z0-9]+", self.title.lower()))
        if len(whole) <= _LONGEST:
            return whole
        return f"{whole[:_LONGEST].rstrip('-')}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Outline:
    """The outline of a thing (an area, or a partnership that has one of its own), in degrees.

    `feature` is where it was read, `done` says in words what was done to what stood there.
    """

    thing: NamedNode
    label: str
    shape: Shape
    feature: Feature
    done: tuple[str, ...]


class Known:
    """What may have an outline: areas by their codes, partnerships and sub-partnerships by their IRIs."""

    def __init__(self, backend: Backend) -> None:
        self._areas = {area.iri: area.label for area in areas.known(backend)}
        self._coded = areas.coded(backend)
        rows = looked_up(backend, "outline-bearers", {}, None)
        self._partnerships = {row["thing"]: row.get("label", row["thing"]) for row in rows}

    def find(self, code: str) -> tuple[NamedNode, str]:
        """The thing of a code or an IRI, and its label. Raises `Unusable` where there is none, or several."""
        found = list(dict.fromkeys(self._coded(code.upper())))
        if len(found) > 1:
            fits = ", ".join(f"{self._areas[iri]} (<{iri}>)" for iri in found)
            raise Unusable(f"code {code!r} fits several areas", f"the IRI of one: {fits}")
        iri = found[0] if found else code
        label = self._areas.get(iri) or self._partnerships.get(iri)
        if label is None:
            raise Unusable(f"code {code!r} is not known", "a GSS code, an old or a later code of an area, or an IRI")
        return NamedNode(iri), label


def outlines(features: Sequence[Feature], known: Known, crs: str | None, limits: Limits) -> list[Outline]:
    """The outlines of all features, by the IRIs of their things; `crs` is that of features that state none.

    Raises `InputError` with every feature that cannot be used.
    """
    problems: list[Problem] = []
    made: dict[NamedNode, Outline] = {}
    count = sum(geometry.points(feature.shape) for feature in features)
    if count > limits.points:
        right = f"at most {limits.points:,}: generalised outlines will do"
        raise InputError([Problem(features[0].file, None, f"lines of {count:,} points in all", right)])
    problems += _systems(features, crs)
    if problems:
        raise InputError(problems)
    for feature in features:
        faults = []
        thing = outline = None
        try:
            thing, label = known.find(feature.code)
        except Unusable as error:
            faults.append(error)
        try:
            outline = _drawn(feature, crs)
        except Unusable as error:
            faults.append(error)
        if thing is not None and thing in made:
            before = made[thing].feature
            there = "" if before.file == feature.file else f"{before.file}, "
            said = f"{label} has an outline already ({there}{before.place}, {before.code})"
            faults.append(Unusable(f"code {feature.code!r}: {said}", "one outline for each"))
        elif thing is not None and outline is not None:
            made[thing] = Outline(thing, label, outline.shape, feature, outline.done)
        problems += (_problem(feature, fault) for fault in faults)
    if problems:
        raise InputError(problems)
    return [made[thing] for thing in sorted(made, key=lambda one: one.value)]


def told(found: Iterable[Outline], crs: str | None) -> Iterator[str]:
    """What was done to features, in a line each; what was done to all of a file, in one."""
    moved: dict[tuple[str, str], int] = {}
    for outline in found:
        feature = outline.feature
        stated = feature.crs or crs or geometry.DEGREES
        if not geometry.is_degrees(stated):
            moved[feature.file, stated] = moved.get((feature.file, stated), 0) + 1
        if outline.done:
            yield f"{feature.file}: {feature.place} ({feature.code} {outline.label}): {'; '.join(outline.done)}"
    for (file, stated), count in moved.items():
        yield f"{file}: {count} outlines brought from {geometry.named(stated)} to WGS 84, to within some metres"


def _systems(features: Iterable[Feature], crs: str | None) -> Iterator[Problem]:
    """What is wrong with the coordinate reference systems, once for each file."""
    files: Mapping[tuple[str, str | None], Feature] = {(one.file, one.crs): one for one in features}
    for (file, stated), feature in files.items():
        if stated is None and crs is None:
            kind = Path(file).suffix.lower()
            where = "no CRS is stated" if kind == ".gpkg" else "the WKT states no CRS"
            yield Problem(file, feature.line, where, "--crs, such as --crs EPSG:27700")
            continue
        try:
            own = geometry.system(stated or crs or "")
            if stated and crs and not own.equals(geometry.system(crs), ignore_axis_order=True):
                said = f"the file is in {geometry.named(stated)}, --crs says {geometry.named(crs)}"
                yield Problem(file, feature.line, said, "one of them")
        except Unusable as error:
            yield Problem(file, feature.line, error.found, error.expected)


def _drawn(feature: Feature, crs: str | None) -> geometry.Mended:
    """The feature in degrees, valid and in England. Raises `Unusable`."""
    whole = geometry.mended(feature.shape)
    stated = feature.crs or crs or ""
    if geometry.is_degrees(stated) and not feature.axes_as_defined:
        degrees = whole.shape
    else:
        degrees = geometry.in_degrees(whole.shape, stated, axes_as_defined=feature.axes_as_defined)
    _check_place(degrees, stated)
    # Rounding and moving may make a valid shape touch itself.
    again = geometry.mended(geometry.rounded(degrees))
    return geometry.Mended(again.shape, whole.done)


def _check_place(shape: Shape, stated: str) -> None:
    """Raise `Unusable` where a shape in degrees is not in England."""
    west, south, east, north = geometry.bounds(shape)
    if _within((west, south, east, north)):
        return
    where = f"{west:g} to {east:g} east, {south:g} to {north:g} north"
    if _within((south, west, north, east)):
        raise Unusable(f"latitude before longitude ({where})", _IN_ENGLAND)
    if geometry.is_degrees(stated) and max(map(abs, (west, south, east, north))) > _FULL_TURN:
        raise Unusable(f"coordinates that are no degrees ({where})", f"{_IN_ENGLAND}; for metres state the CRS")
    raise Unusable(f"coordinates outside England ({where})", _IN_ENGLAND)


def _within(edges: tuple[float, float, float, float]) -> bool:
    west, south, east, north = edges
    return _ENGLAND[0] <= west and _ENGLAND[1] <= south and east <= _ENGLAND[2] and north <= _ENGLAND[3]


def _problem(feature: Feature, fault: Unusable) -> Problem:
    shown = f"{fault.found}" if "code" in fault.found else f"{feature.code}: {fault.found}"
    place = "" if feature.line is not None else f"{feature.place}: "
    return Problem(feature.file, feature.line, f"{place}{shown}", fault.expected)
