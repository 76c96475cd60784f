"""
Shapes on the ground: read, mended, brought into one coordinate system, measured against each other.

    text or numbers + coordinate reference system  ->  a polygon in degrees (WGS 84, longitude first)
    polygons                                       ->  what they share and what they lack, in hectares

shapely and pyproj do the work; this is their only door. Sizes are taken on the British National Grid (EPSG:27700): all
over England its scale is true to 0.1 per cent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

import pyproj
import shapely
import shapely.geometry
from pyproj.exceptions import CRSError, ProjError

Shape: TypeAlias = Any
"""A shapely geometry."""

DEGREES: Final = "OGC:CRS84"
"""WGS 84, longitude before latitude: what GeoJSON is written in, and WKT that names no other system."""

GRID: Final = "EPSG:27700"
"""The British National Grid, in metres."""

_POLYGONS: Final = ("Polygon", "MultiPolygon")
_STEP: Final = 1e-7
"""Degrees that stored coordinates are rounded to: a centimetre."""

_HECTARE: Final = 10_000.0


class Unusable(Exception):
    """A shape or a coordinate system that cannot be used: `found` is what is there, `expected` what would be right."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(f"{found}; expected {expected}")


@dataclass(frozen=True)
class Mended:
    """A polygon or several, valid, and what had to be done to it, in words."""

    shape: Shape
    done: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """Land on which shapes disagree: its size, and a point in it in degrees."""

    hectares: float
    latitude: float
    longitude: float


def from_geojson(geometry: Mapping[str, Any]) -> Shape:
    """The shape of a GeoJSON geometry object (RFC 7946 section 3.1). Raises `Unusable`."""
    try:
        return shapely.geometry.shape(geometry)
    except (shapely.errors.ShapelyError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        said = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise Unusable(f"coordinates that make no {geometry.get('type')} ({said})", "rings of positions") from error


def from_wkt(text: str) -> Shape:
    """The shape of a Well-Known Text. Raises `Unusable`."""
    try:
        return shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, ValueError) as error:
        start = text if len(text) <= 40 else f"{text[:40]}…"
        raise Unusable(f"{start!r} is no Well-Known Text", "POLYGON or MULTIPOLYGON with closed rings") from error


def from_wkb(data: bytes) -> Shape:
    """The shape of a Well-Known Binary. Raises `Unusable`."""
    try:
        return shapely.from_wkb(data)
    except (shapely.errors.ShapelyError, ValueError) as error:
        raise Unusable("bytes that are no geometry", "Well-Known Binary") from error


@cache
def system(name: str) -> pyproj.CRS:
    """The coordinate reference system of a name: `EPSG:27700`, a URN, an OGC address, or its WKT.

    Raises `Unusable` for one that is not known, or that is not for places on a map.
    """
    found = name if len(name) <= 60 else f"{name[:60]}…"
    expected = "a coordinate reference system such as EPSG:27700 or EPSG:4326"
    try:
        known = pyproj.CRS.from_user_input(name)
    except (CRSError, ProjError) as error:
        raise Unusable(f"CRS {found!r} is not known", expected) from error
    if not (known.is_geographic or known.is_projected):
        raise Unusable(f"CRS {found!r} has no longitude and latitude, or easting and northing", expected)
    return known


def is_degrees(name: str) -> bool:
    """Whether the system is that of stored outlines. Raises `Unusable` as `system` does."""
    known = system(name)
    return known.equals(system(DEGREES), ignore_axis_order=True)


def named(name: str) -> str:
    """The system as people know it: its name, and its code where the name does not say it."""
    known = system(name).name
    return known if name in known else f"{name} ({known})"


def in_degrees(shape: Shape, crs: str, *, axes_as_defined: bool = False) -> Shape:
    """The shape in degrees, longitude first.

    `axes_as_defined`: its numbers stand in the order that the system defines (EPSG:4326: latitude first), else
    easting or longitude comes first. Raises `Unusable` where the numbers lie outside the system.
    """
    steps = pyproj.Transformer.from_crs(system(crs), system(DEGREES), always_xy=not axes_as_defined)
    moved = _moved(shape, steps)
    if not _finite(moved):
        raise Unusable(f"coordinates beyond {named(crs)}", f"coordinates of {named(crs)}")
    return moved


def on_the_grid(shapes: Sequence[Shape]) -> list[Shape]:
    """Shapes in degrees as shapes in metres, valid."""
    return [shapely.make_valid(_moved(shape, _to_grid())) for shape in shapes]


def points(shape: Shape) -> int:
    """How many points its lines have."""
    return int(shapely.get_num_coordinates(shape))


def bounds(shape: Shape) -> tuple[float, float, float, float]:
    """West, south, east and north."""
    west, south, east, north = (float(edge) for edge in shape.bounds)
    return west, south, east, north


def mended(shape: Shape) -> Mended:
    """The shape as valid polygons without heights. Raises `Unusable` where it is none, or cannot be made one."""
    kind = str(shape.geom_type)
    if kind not in _POLYGONS:
        raise Unusable(f"a {kind}", "a Polygon or MultiPolygon")
    if shape.is_empty:
        raise Unusable(f"an empty {kind}", "a ring of positions")
    if not _finite(shape):
        raise Unusable("coordinates that are no finite numbers", "numbers")
    done = []
    if shape.has_z or bool(shapely.has_m(shape)):
        shape = shapely.force_2d(shape)
        done.append("heights left out")
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        shape = _only_polygons(shapely.make_valid(shape))
        if shape.is_empty:
            raise Unusable(f"lines that hold no land ({reason})", "a ring around an area")
        done.append(f"repaired: {reason[0].lower()}{reason[1:]}")
    return Mended(shape, tuple(done))


def rounded(shape: Shape) -> Shape:
    """The shape with its coordinates rounded for storing, valid; what is smaller than a centimetre is gone."""
    return _only_polygons(shapely.set_precision(shape, _STEP))


def wkt(shape: Shape) -> str:
    """The shape as Well-Known Text, without its system."""
    return str(shapely.to_wkt(shape, rounding_precision=7))


def hectares(shape: Shape) -> float:
    """The size of a shape on the grid."""
    return float(shape.area) / _HECTARE


def together(shapes: Iterable[Shape]) -> Shape:
    """The land of all shapes on the grid."""
    return shapely.union_all(list(shapes))


def lacking(whole: Shape, part: Shape, metres: float) -> Piece | None:
    """What of one shape on the grid the other does not cover; None where that is nowhere wider than the tolerance."""
    return _piece(whole.difference(part), metres)


def overlaps(shapes: Sequence[Shape], metres: float) -> Iterator[tuple[int, int, Piece]]:
    """The pairs of shapes on the grid that share land wider than the tolerance, by their places in the sequence."""
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="intersects")
    for one, other in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        if one < other and (piece := _piece(shapes[one].intersection(shapes[other]), metres)) is not None:
            yield one, other, piece


def _piece(land: Shape, metres: float) -> Piece | None:
    """The parts of the land into which a circle of that width fits, as one piece."""
    parts = [part for part in shapely.get_parts(_only_polygons(land)).tolist() if not part.buffer(-metres / 2).is_empty]
    if not parts:
        return None
    largest = max(parts, key=lambda part: float(part.area))
    point = _moved(largest.representative_point(), _from_grid())
    return Piece(sum(map(hectares, parts)), float(point.y), float(point.x))


def _only_polygons(shape: Shape) -> Shape:
    """The polygons of a shape: mending may leave lines and points beside them."""
    if shape.geom_type in _POLYGONS:
        return shape
    kept = [part for part in shapely.get_parts(shape).tolist() if part.geom_type in _POLYGONS]
    return shapely.union_all(kept) if kept else shapely.Polygon()


def _finite(shape: Shape) -> bool:
    return all(math.isfinite(value) for value in shapely.get_coordinates(shape, include_z=False).ravel().tolist())


def _moved(shape: Shape, steps: pyproj.Transformer) -> Shape:
    return shapely.transform(shape, steps.transform, interleaved=False)


@cache
def _to_grid() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(system(DEGREES), system(GRID), always_xy=True)


@cache
def _from_grid() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(system(GRID), system(DEGREES), always_xy=True)
