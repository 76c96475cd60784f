"""
Find the area that is meant.

    code, name, point or IRI + date  ->  the area's IRI
    area + date                      ->  the areas that stood in its place on that day

A name may have meant different areas at different times (Cornwall was a county until 2009 and has been a unitary area
since): the one that stood on the date wins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Final

from pyoxigraph import Literal, NamedNode, QueryBoolean
from rapidfuzz import process

from lsp_graph.binding import bind
from lsp_graph.errors import AmbiguousName, InputError, Problem, UnknownName
from lsp_graph.layout import QUERIES
from lsp_graph.names import Kept, folded
from lsp_graph.namespaces import GEO, XSD
from lsp_graph.store import Backend, in_memory
from lsp_graph.store.lookup import looked_up

KIND: Final = "area"
_NEAREST = 5
_REMARK = re.compile(r"\s*\([^()]*\)$")
_POINT = re.compile(r"(?P<lat>[-+]?\d+(?:\.\d+)?)\s*[,;]\s*(?P<lon>[-+]?\d+(?:\.\d+)?)")
_WITHIN_BRITAIN: Final = ((49.0, 61.0), (-9.0, 2.5))
"""Degrees of latitude and longitude between which a place in the United Kingdom lies."""

_INVERTED = re.compile(r"(?P<name>.+), (?P<prefix>(?:city|county|isles?) of)", re.IGNORECASE)


@dataclass(frozen=True)
class Area:
    """An area and what it goes by: its name and that of its council, folded (`names`)."""

    iri: str
    label: str
    type: str
    code: str
    names: frozenset[str]
    since: date
    until: date

    def stood(self, day: date) -> bool:
        """Whether the area stood on a day; a side that is not recorded is open."""
        return self.since <= day <= self.until


@dataclass(frozen=True)
class _Outline:
    """The outline of an area, the edges around it in degrees, and the areas that lie in it or that it lies in."""

    area: str
    wkt: str
    edges: tuple[float, ...]
    wider: frozenset[str]
    narrower: frozenset[str]

    def surrounds(self, lat: float, lon: float) -> bool:
        """Whether the edges lie around a point."""
        west, south, east, north = self.edges
        return west <= lon <= east and south <= lat <= north


class _Register:
    """The areas of all periods, by what they go by."""

    def __init__(self, areas: Iterable[Area], codes: Iterable[Mapping[str, str]]) -> None:
        self.areas = tuple(areas)
        self.by_iri = {area.iri: area for area in self.areas}
        self.by_name: defaultdict[str, list[Area]] = defaultdict(list)
        for area in self.areas:
            for name in area.names:
                self.by_name[name].append(area)
        self._by_code: dict[str, tuple[str, list[str]]] = {}
        for row in codes:
            own, called = self._by_code.setdefault(row["code"], (row["own"], []))
            if own == row["own"]:
                called.append(row["area"])

    def coded(self, code: str) -> Sequence[str]:
        """The area whose GSS code this is; else those that had or were to have the code."""
        return self._by_code.get(code, ("", []))[1]


_KEPT: Final = Kept[_Register]()
_OUTLINES: Final = Kept[list[_Outline]]()
_OPEN: Final = {"west": -inf, "south": -inf, "east": inf, "north": inf}
_NOTHING: Final = in_memory(())
"""An empty graph, to ask what needs none."""


def resolve(backend: Backend, text: str, as_of: date | None = None) -> NamedNode:
    """The area that a GSS code, an old ONS code, a later code, a name or an IRI stands for.

    Names are compared without case, accents and punctuation; the name of a council stands for its area. Where a name
    fits several areas, those that stood on `as_of` come first, then those whose own name it is. A point is written as
    latitude and longitude in degrees (WGS 84), "51.5, -0.08": see `at`.
    Raises `AmbiguousName` when several are left, `UnknownName` (with the nearest names) when there is none.
    """
    wanted = text.strip()
    if point := _POINT.fullmatch(wanted):
        return at(backend, float(point["lat"]), float(point["lon"]), as_of)
    register = _register(backend)
    coded = register.coded(wanted.upper())
    if len(coded) == 1:
        return NamedNode(coded[0])
    found = [register.by_iri[iri] for iri in dict.fromkeys([wanted, *coded]) if iri in register.by_iri]
    found = found or register.by_name.get(folded(wanted), [])
    if not found:
        raise UnknownName(KIND, text, _nearest(wanted, register.areas))
    if as_of is not None:
        found = _preferred(found, lambda area: area.stood(as_of))
    found = _preferred(found, lambda area: folded(area.label) == folded(wanted))
    if len(found) > 1:
        raise AmbiguousName(KIND, text, [(area.code, area.label, area.type) for area in found])
    return NamedNode(found[0].iri)


def at(backend: Backend, lat: float, lon: float, as_of: date | None = None) -> NamedNode:
    """The area whose outline in the store holds a point (degrees, WGS 84): the one that no other of them lies in.

    Of areas of different times those that stood on `as_of` are meant, where any did. A point near the recorded position
    of an area need not lie in that area, so without outlines nothing is concluded.
    Raises `AmbiguousName` where several areas hold the point, as on the line between two; `InputError` for a point
    outside the United Kingdom, and where no outline holds it, with the areas whose recorded positions are nearest.
    """
    (south, north), (west, east) = _WITHIN_BRITAIN
    shown = f"{lat:g}, {lon:g}"
    if not (south <= lat <= north and west <= lon <= east):
        right = f"latitude {south:g} to {north:g} and longitude {west:g} to {east:g}, in that order"
        raise InputError([Problem(KIND, None, shown, right)])
    found = _holding(backend, lat, lon, as_of)
    if as_of is not None:
        found = _preferred(found, lambda area: area.stood(as_of))
    if len(found) > 1:
        raise AmbiguousName(KIND, shown, [(area.code, area.label, area.type) for area in found])
    if found:
        return NamedNode(found[0].iri)
    given = {"_lat": Literal(f"{lat:.10f}", datatype=XSD.decimal), "_lon": Literal(f"{lon:.10f}", datatype=XSD.decimal)}
    near = ", ".join(f"{row['label']} ({row['code']})" for row in looked_up(backend, "areas-near", given, as_of))
    right = f"a point inside a boundary that is loaded, or an area's code or name; positions nearest: {near or 'none'}"
    raise InputError([Problem(KIND, None, f"{shown} lies in no boundary in this store", right)])


def _holding(backend: Backend, lat: float, lon: float, as_of: date | None) -> list[Area]:
    """The areas of all periods with an outline that holds a point; none that is wider than one of the day that does."""
    point = Literal(f"POINT({lon:.10f} {lat:.10f})", datatype=GEO.wktLiteral)
    query = (QUERIES / "lookup" / "point-in-outline.rq").read_text(encoding="utf-8")
    register = _register(backend)
    found: dict[str, Area] = {}
    around: set[str] = set()
    narrowest = False
    for outline in _OUTLINES.of(backend, backend.version, lambda: _outlines(backend)):
        if outline.narrower and narrowest:
            break
        if outline.area in found or outline.area in around or not outline.surrounds(lat, lon):
            continue
        drawn = Literal(outline.wkt, datatype=GEO.wktLiteral)
        if outline.area in register.by_iri and _NOTHING.query(bind(query, {"_point": point, "_outline": drawn})):
            found[outline.area] = area = register.by_iri[outline.area]
            if as_of is None or area.stood(as_of):
                around |= outline.wider
                narrowest = narrowest or not outline.narrower
    return sorted(found.values(), key=lambda area: area.code)


def _outlines(backend: Backend) -> list[_Outline]:
    """The outlines in a store, wider areas after those that lie in them, read once for each version of the data.

    What they hold is found out here: not every store that is asked knows GeoSPARQL's functions, the embedded one does.
    """
    rows = looked_up(backend, "area-outlines", {}, None)
    wider: dict[str, set[str]] = {row["area"]: set() for row in rows}
    narrower: dict[str, set[str]] = {}
    for row in rows:
        if "wider" in row:
            wider[row["area"]].add(row["wider"])
            narrower.setdefault(row["wider"], set()).add(row["area"])
    made = []
    for (area, wkt), row in {(row["area"], row["wkt"]): row for row in rows}.items():
        edges = tuple(float(row[edge]) if edge in row else side for edge, side in _OPEN.items())
        made.append(_Outline(area, wkt, edges, frozenset(wider[area]), frozenset(narrower.get(area, ()))))
    return sorted(made, key=lambda one: len(one.narrower))


def standing(backend: Backend, area: NamedNode, day: date) -> tuple[NamedNode, ...]:
    """The areas that stood in an area's place on a day, by code.

    That is itself, else those it took the place of, or that took its own; none where nothing is recorded of either.
    """
    stands = backend.query(
        bind((QUERIES / "lookup" / "known.rq").read_text(encoding="utf-8"), {"_thing": area}), as_of=day
    )
    if isinstance(stands, QueryBoolean) and stands:
        return (area,)
    succession = [(row["before"], row["after"]) for row in looked_up(backend, "succession", {}, None)]
    reached: set[str] = set()
    for here, there in ((1, 0), (0, 1)):
        new = {area.value}
        while new:
            new = {pair[there] for pair in succession if pair[here] in new} - reached
            reached |= new
    stood = sorted((one for one in known(backend) if one.iri in reached and one.stood(day)), key=lambda one: one.code)
    return tuple(NamedNode(one.iri) for one in stood)


def known(backend: Backend) -> Sequence[Area]:
    """All areas of all periods, ordered by code (`queries/lookup/areas.rq`)."""
    return _register(backend).areas


def prepare(backend: Backend) -> None:
    """Read what looking for areas needs, so that the first who looks need not wait."""
    _register(backend)
    _OUTLINES.of(backend, backend.version, lambda: _outlines(backend))


def coded(backend: Backend) -> Callable[[str], Sequence[str]]:
    """What gives the IRIs of the areas of a code: the one whose GSS code it is, else those that had or got it."""
    return _register(backend).coded


def _register(backend: Backend) -> _Register:
    """The areas, read once for each version of the data."""

    def read() -> _Register:
        rows: dict[str, list[dict[str, str]]] = {}
        for row in looked_up(backend, "areas", {}, None):
            rows.setdefault(row["area"], []).append(row)
        return _Register((_area(iri, said) for iri, said in rows.items()), looked_up(backend, "area-codes", {}, None))

    return _KEPT.of(backend, backend.version, read)


def _area(iri: str, rows: list[dict[str, str]]) -> Area:
    first = rows[0]
    names = {name for row in rows for key in ("label", "council") if key in row for name in _spellings(row[key])}
    return Area(
        iri=iri,
        label=first["label"],
        type=first.get("type", "").rpartition("/")[2].replace("-", " "),
        code=first.get("code", ""),
        names=frozenset(names),
        since=date.fromisoformat(first["from"]) if "from" in first else date.min,
        until=date.fromisoformat(first["until"]) if "until" in first else date.max,
    )


def _spellings(name: str) -> Iterator[str]:
    """A name folded, without a remark behind it, and turned back where a register turns it round ("Hull, City of")."""
    yield folded(name)
    yield folded(_REMARK.sub("", name))
    if inverted := _INVERTED.fullmatch(name):
        yield folded(inverted["name"])
        yield folded(f"{inverted['prefix']} {inverted['name']}")


def _preferred(areas: list[Area], wanted: Callable[[Area], bool]) -> list[Area]:
    """The wanted ones; all, when none is wanted."""
    return [area for area in areas if wanted(area)] or areas


def _nearest(text: str, areas: Iterable[Area]) -> list[str]:
    shown = {f"{area.label} ({area.code})": folded(area.label) for area in areas}
    near = process.extract(folded(text), shown, limit=_NEAREST, score_cutoff=60)
    return [key for _, _, key in near]
