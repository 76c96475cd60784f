"""
Read what a file draws: each feature with its code, as it stands there.

    GeoJSON | GeoPackage | CSV with a column of WKT  ->  features, or every problem of the file
"""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from lsp_graph import geometry
from lsp_graph.errors import InputError, LspGraphError, Problem
from lsp_graph.geometry import Shape, Unusable

GEOJSON: Final = (".geojson", ".json")
GEOPACKAGE: Final = (".gpkg",)
TABLE: Final = (".csv", ".wkt")

_SQLITE: Final = b"SQLite format 3\0"
_SHAPES: Final = ("wkt", "geometry", "geom", "the_geom")
_CODES: Final = ("gss_code", "gsscode", "gss", "area_code", "code")
_OF_ONS: Final = re.compile(r"[a-z]{2,8}\d{2}cd", re.IGNORECASE)
"""How the Office for National Statistics calls the column of codes in its boundary files: LAD08CD, CTY09CD."""

_WKT: Final = re.compile(r"\s*(?:<(?P<iri>[^<>\s]+)>\s*|SRID=(?P<srid>\d+);\s*)?(?P<text>.*)", re.DOTALL)
_OGC: Final = "http://www.opengis.net/def/crs/"


@dataclass(frozen=True)
class Limits:
    """How much is taken in: bytes of one file, features of one file, points of all lines."""

    file_bytes: int = 200_000_000
    features: int = 10_000
    points: int = 3_000_000


@dataclass(frozen=True)
class Asked:
    """What the user says of the files: the column of codes, the layer, and the CRS of what states none."""

    code_column: str | None = None
    layer: str | None = None
    crs: str | None = None


@dataclass(frozen=True)
class Feature:
    """One outline as a file draws it. `number` counts features from 1; `line` is known where it is a table's row.

    `crs` is the coordinate reference system that the file states; None where it states none.
    """

    file: str
    number: int
    line: int | None
    code: str
    shape: Shape
    crs: str | None
    axes_as_defined: bool = False

    @property
    def place(self) -> str:
        """Where in the file it stands."""
        return f"feature {self.number}" if self.line is None else f"line {self.line}"


class _Problems(list[Problem]):
    """The problems of one file."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def note(self, place: str | None, found: str, expected: str, line: int | None = None) -> None:
        where = found if place is None or line is not None else f"{place}: {found}"
        self.append(Problem(self.file, line, where, expected))

    def stop(self, found: str, expected: str, line: int | None = None) -> NoReturn:
        raise InputError([*self, Problem(self.file, line, found, expected)])


def is_boundaries(path: Path) -> bool:
    """Whether a file is one of boundaries: by its name, and a table by its column of WKT."""
    kind = path.suffix.lower()
    if kind != ".csv":
        return kind in (*GEOJSON, *GEOPACKAGE, ".wkt")
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            header = next(csv.reader([file.readline()]), [])
    except OSError:
        return False
    return any(name.strip().lower() in _SHAPES for name in header)


def read(path: Path, asked: Asked, limits: Limits) -> list[Feature]:
    """The features of a file. Raises `InputError` with all that is wrong in it."""
    problems, shown = _Problems(str(path)), str(path)
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            problems.stop(f"{size:,} bytes", f"at most {limits.file_bytes:,}: generalised outlines will do")
        data = path.read_bytes()
    except OSError as error:
        problems.stop(f"cannot be read ({error.strerror})", "a file of boundaries")
    kind = path.suffix.lower()
    if kind in GEOPACKAGE:
        features = list(_geopackage(path, data, asked, limits, problems))
    else:
        text = _text(data, problems)
        features = list((_geojson if kind in GEOJSON else _table)(text, shown, asked, limits, problems))
    if problems:
        raise InputError(problems)
    if not features:
        problems.stop("no features", "at least one outline")
    return features


def _text(data: bytes, problems: _Problems) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.stop(f"byte {error.start} is not UTF-8", "UTF-8 text")


def _bounded(count: int, limits: Limits, problems: _Problems) -> None:
    if count > limits.features:
        problems.stop(f"{count:,} features", f"at most {limits.features:,}")


# --- GeoJSON


def _geojson(text: str, file: str, asked: Asked, limits: Limits, problems: _Problems) -> Iterator[Feature]:
    """The features of a FeatureCollection (RFC 7946); a `crs` member is that of GeoJSON 2008."""

    def refused(constant: str) -> NoReturn:
        problems.stop(f"{constant} is no number in JSON", "finite numbers")

    try:
        told = json.loads(text, parse_constant=refused)
    except json.JSONDecodeError as error:
        problems.stop(f"no JSON: {error.msg}", "GeoJSON", error.lineno)
    except RecursionError:
        problems.stop("nested too deeply", "GeoJSON")
    except ValueError as error:  # a number of thousands of digits
        problems.stop(f"no JSON: {error}", "GeoJSON")
    kind = told.get("type") if isinstance(told, dict) else None
    found = told.get("features") if kind == "FeatureCollection" else [told] if kind == "Feature" else None
    if not isinstance(found, list):
        called = f"type {kind!r}" if kind else f"a JSON {type(told).__name__}"
        problems.stop(called, "a GeoJSON FeatureCollection")
    _bounded(len(found), limits, problems)
    crs = _stated_crs(told, problems)
    properties = [one.get("properties") if isinstance(one, dict) else None for one in found]
    columns = list(dict.fromkeys(name for each in properties if isinstance(each, dict) for name in each))
    column = _code_column(columns, asked, problems) if found else ""
    for number, one in enumerate(found, 1):
        place = f"feature {number}"
        if not isinstance(one, dict) or one.get("type") != "Feature":
            problems.note(place, "no GeoJSON Feature", 'an object of "type": "Feature"')
            continue
        said = one.get("properties")
        code = said.get(column) if isinstance(said, dict) else None
        shape = _geojson_shape(one.get("geometry"), problems, place)
        if code is None or not str(code).strip():
            problems.note(place, f"{column} is empty", "a code")
        elif shape is not None:
            yield Feature(file, number, None, str(code).strip(), shape, crs)


def _geojson_shape(drawn: Any, problems: _Problems, place: str) -> Shape | None:
    if drawn is None:
        problems.note(place, "no geometry", "a Polygon or MultiPolygon")
    elif not isinstance(drawn, dict) or not isinstance(drawn.get("type"), str):
        problems.note(place, "a geometry without a type", "a Polygon or MultiPolygon")
    elif drawn["type"] not in ("Polygon", "MultiPolygon"):
        problems.note(place, f"a {drawn['type']}", "a Polygon or MultiPolygon")
    else:
        try:
            return geometry.from_geojson(drawn)
        except Unusable as error:
            problems.note(place, error.found, error.expected)
    return None


def _stated_crs(told: Mapping[str, Any], problems: _Problems) -> str:
    """The system of a file: WGS 84, unless a `crs` member says otherwise."""
    if "crs" not in told:
        return geometry.DEGREES
    stated = told["crs"]
    properties = stated.get("properties") if isinstance(stated, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        said = "null" if stated is None else "unnamed"
        problems.stop(f"crs is {said}", "a named one, or none: then coordinates are WGS 84")
    return name


# --- GeoPackage


def _geopackage(path: Path, data: bytes, asked: Asked, limits: Limits, problems: _Problems) -> Iterator[Feature]:
    """The features of one layer (OGC GeoPackage)."""
    if not data.startswith(_SQLITE):
        problems.stop("no GeoPackage", "a file that begins as SQLite does")
    try:
        import pyogrio
    except ImportError as error:
        raise LspGraphError(f"{path}: GeoPackage needs pyogrio: pip install 'lsp-graph[geopackage]'") from error
    try:
        with warnings.catch_warnings(action="ignore"):  # a strange head is no matter where the rest can be read
            layers = {str(name): kind for name, kind in pyogrio.list_layers(path)}
            layer = _layer(layers, asked, problems)
            meta, _, shapes, fields = pyogrio.raw.read(path, layer=layer, max_features=limits.features + 1)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError, ValueError) as error:
        problems.stop(f"cannot be read ({str(error).splitlines()[0]})", "a GeoPackage")
    rows = [] if shapes is None else list(shapes)
    _bounded(len(rows), limits, problems)
    names = [str(name) for name in meta["fields"]]
    column = _code_column(names, asked, problems) if rows else ""
    for number, drawn in enumerate(rows, 1):
        place = f"feature {number}"
        code = fields[names.index(column)][number - 1]
        if code is None or not str(code).strip():
            problems.note(place, f"{column} is empty", "a code")
        elif drawn is None:
            problems.note(place, "no geometry", "a Polygon or MultiPolygon")
        else:
            try:
                shape = geometry.from_wkb(bytes(drawn))
            except Unusable as error:
                problems.note(place, error.found, error.expected)
            else:
                yield Feature(str(path), number, None, str(code).strip(), shape, meta["crs"])


def _layer(layers: Mapping[str, Any], asked: Asked, problems: _Problems) -> str:
    drawn = [name for name, kind in layers.items() if kind is not None]
    if asked.layer is not None:
        if asked.layer not in layers:
            problems.stop(f"no layer {asked.layer!r}", f"one of {', '.join(layers) or 'none'}")
        return asked.layer
    if len(drawn) != 1:
        said = f"layers {', '.join(drawn)}" if drawn else "no layer with geometries"
        problems.stop(said, "one layer, or --layer NAME")
    return drawn[0]


# --- A table with a column of WKT


def _table(text: str, file: str, asked: Asked, limits: Limits, problems: _Problems) -> Iterator[Feature]:
    """The rows of a CSV file; its WKT may name the CRS as GeoSPARQL does (`<IRI> …`) or as `SRID=27700;…`."""
    before = csv.field_size_limit(limits.file_bytes)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = [name.strip() for name in next(rows, [])]
        shapes = [name for name in header if name.lower() in _SHAPES]
        if not shapes:
            problems.stop(f"columns {', '.join(header) or 'none'}", f"a column of WKT called {' or '.join(_SHAPES)}", 1)
        drawn = header.index(shapes[0])
        code = header.index(_code_column([name for name in header if name not in shapes], asked, problems))
        count = 0
        for count, cells in enumerate(filter(any, rows), 1):
            _bounded(count, limits, problems)
            line = rows.line_num
            if len(cells) != len(header):
                problems.note(None, f"{len(cells)} cells", f"{len(header)} cells", line)
            elif not cells[code].strip():
                problems.note(None, f"{header[code]} is empty", "a code", line)
            elif (feature := _row(cells[drawn], file, count, line, cells[code].strip(), problems)) is not None:
                yield feature
    except csv.Error as error:
        problems.stop(f"no CSV: {error}", "comma-separated cells, those with commas in double quotes", rows.line_num)
    finally:
        csv.field_size_limit(before)


def _row(cell: str, file: str, number: int, line: int, code: str, problems: _Problems) -> Feature | None:
    match = _WKT.fullmatch(cell)
    text = match["text"].strip() if match else ""
    if not match or not text:
        problems.note(None, "no geometry", "a POLYGON or MULTIPOLYGON", line)
        return None
    iri, srid = match["iri"], match["srid"]
    crs = f"EPSG:{srid}" if srid else _of_iri(iri) if iri else None
    try:
        return Feature(file, number, line, code, geometry.from_wkt(text), crs, axes_as_defined=iri is not None)
    except Unusable as error:
        problems.note(None, error.found, error.expected, line)
        return None


def _of_iri(iri: str) -> str:
    """`http://www.opengis.net/def/crs/EPSG/0/27700` as `EPSG:27700`."""
    authority, _, rest = iri.removeprefix(_OGC).partition("/")
    return f"{authority}:{rest.rpartition('/')[2]}" if iri.startswith(_OGC) else iri


def _code_column(columns: Sequence[str], asked: Asked, problems: _Problems) -> str:
    """The column of codes: the one that is asked for, else the one whose name says so."""
    listed = ", ".join(columns) or "none"
    if asked.code_column is not None:
        if asked.code_column not in columns:
            problems.stop(f"no column {asked.code_column!r}", f"one of {listed}")
        return asked.code_column
    plain = {name.lower(): name for name in columns}
    for name in _CODES:
        if name in plain:
            return plain[name]
    of_ons = [name for name in columns if _OF_ONS.fullmatch(name)]
    if len(of_ons) != 1:
        problems.stop(f"columns {listed}", "one of codes called gss_code, or --code-column NAME")
    return of_ons[0]
