"""
The map of England on which every area is a cell of the same size.

    tiles (area, colour, what it says)  ->  SVG: a link for each, lines around counties and regions, regions named

Where the cells lie is computed once, in `maps/`, and read here.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from xml.etree.ElementTree import Element

from lsp_graph.layout import MAPS
from lsp_graph.pictures.svg import drawing, element, linked, written

Cell = tuple[int, int]
"""Column and row; every other row is shifted by half a cell."""

_SIDE: Final = 10.0
_HALF: Final = _SIDE * math.sqrt(3) / 2
_MARGIN: Final = 92.0
_TOP: Final = 14.0
_CORNERS: Final = tuple(
    (_SIDE * math.sin(math.radians(60 * turn)), -_SIDE * math.cos(math.radians(60 * turn))) for turn in range(6)
)
"""The corners of a cell around its middle, clockwise from the top."""

_BESIDE: Final[Mapping[int, tuple[Cell, ...]]] = {
    0: ((0, -1), (1, 0), (0, 1), (-1, 1), (-1, 0), (-1, -1)),
    1: ((1, -1), (1, 0), (1, 1), (0, 1), (-1, 0), (0, -1)),
}
"""Steps to the cells beside one, in even and in odd rows, in the order of the sides that they share."""


@dataclass(frozen=True)
class Tile:
    """An area on the map: the class of its colour (`c0` …, or `absent`), what it says in words, where it leads.

    `region` and `county` are what lines are drawn around; `ring` marks the county's own cell among its districts'.
    """

    code: str
    label: str
    colour: str
    says: str
    href: str | None
    region: str | None = None
    county: str | None = None
    ring: bool = False


@cache
def cells() -> Mapping[str, Cell]:
    """The cell of each area by its GSS code, those of April 2009 among them."""
    with (MAPS / "hexagons.csv").open(encoding="utf-8", newline="") as file:
        return {row["gss_code"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(file)}


def hexagon_map(tiles: Iterable[Tile], label: str, regions: Mapping[str, str], palette: str) -> str:
    """The map. Tiles whose area has no cell are left out; cells without a tile are shown as empty.

    `regions` are the names that stand beside them, `palette` the class that gives the tiles' classes their colours.
    """
    held = {cells()[tile.code]: tile for tile in tiles if tile.code in cells()}
    every = set(cells().values())
    width = 2 * _MARGIN + (max(column for column, _ in every) + 1.5) * 2 * _HALF
    height = 2 * _TOP + (max(row for _, row in every) * 1.5 + 2) * _SIDE
    empty = [element("path", d=_outline(cell), class_="hex ended") for cell in sorted(every - held.keys())]
    inside = [
        element("g", *empty, aria_hidden="true"),
        *(_tile(cell, tile) for cell, tile in sorted(held.items(), key=lambda item: _order(item[1]))),
        _lines({cell: tile.county for cell, tile in held.items() if tile.county}, held, "county-line"),
        _lines({cell: tile.region for cell, tile in held.items() if tile.region}, held, "region-line"),
        element("g", *_names(held, regions), aria_hidden="true"),
    ]
    return written(drawing(width, height, label, inside, f"hexagons {palette}"))


def _order(tile: Tile) -> tuple[str, str]:
    return tile.region or "", tile.label


def _tile(cell: Cell, tile: Tile) -> Element:
    shape = element("path", d=_outline(cell), class_=f"hex {tile.colour}")
    inside = [shape]
    if tile.ring:
        x, y = _middle(cell)
        inside.append(element("circle", cx=x, cy=y, r=_SIDE * 0.32, class_="ring"))
    return linked(tile.href, f"{tile.label}: {tile.says}", *inside)


def _middle(cell: Cell) -> tuple[float, float]:
    column, row = cell
    return _MARGIN + (column + (row % 2) / 2 + 0.5) * 2 * _HALF, _TOP + (row * 1.5 + 1) * _SIDE


def _outline(cell: Cell) -> str:
    x, y = _middle(cell)
    corners = [(x + east, y + south) for east, south in _CORNERS]
    return "M" + "L".join(f"{east:.1f},{south:.1f}" for east, south in corners) + "z"


def _beside(cell: Cell) -> Iterator[Cell]:
    """The cells around one, in the order of the sides that it shares with them, clockwise from the upper right."""
    return ((cell[0] + column, cell[1] + row) for column, row in _BESIDE[cell[1] % 2])


def _lines(groups: Mapping[Cell, str], held: Collection[Cell], kind: str) -> Element:
    """Lines between what is of different groups, or at the edge of one."""
    drawn = []
    for cell, group in groups.items():
        x, y = _middle(cell)
        for side, neighbour in enumerate(_beside(cell)):
            other = groups.get(neighbour)
            if other == group or (other is not None and neighbour < cell):
                continue
            if other is None and kind == "region-line" and neighbour not in held:
                continue  # the coast needs no line
            (x1, y1), (x2, y2) = _CORNERS[side], _CORNERS[(side + 1) % 6]
            drawn.append(f"M{x + x1:.1f},{y + y1:.1f}L{x + x2:.1f},{y + y2:.1f}")
    return element("path", d="".join(drawn), class_=kind, aria_hidden="true")


def _names(held: Mapping[Cell, Tile], regions: Mapping[str, str]) -> Iterator[Element]:
    """The name of each region at its side of the map, in the row of the region's own that is nearest to its middle."""
    rows: dict[int, list[Cell]] = {}
    for cell in sorted(held):
        rows.setdefault(cell[1], []).append(cell)
    taken: list[tuple[bool, float]] = []
    for region, name in regions.items():
        own = sorted(cell[1] for cell, tile in held.items() if tile.region == region)
        if not own:
            continue
        heart = own[len(own) // 2]
        sides = [
            (abs(row - heart), right, found[-1 if right else 0])
            for row, found in rows.items()
            for right in (True, False)
            if held[found[-1 if right else 0]].region == region
            and all(right != side or abs(_middle((0, row))[1] - y) > 2 * _SIDE for side, y in taken)
        ]
        if sides:
            _, right, cell = min(sides, key=lambda one: (one[0], one[1], one[2]))
            x, y = _middle(cell)
            taken.append((right, y))
            yield element(
                "text",
                name,
                x=x + (1.7 if right else -1.7) * _HALF,
                y=y + 3.5,
                text_anchor="start" if right else "end",
                class_="region-name",
            )


def off_the_map(tiles: Sequence[Tile]) -> list[Tile]:
    """The tiles whose area has no cell."""
    return [tile for tile in tiles if tile.code not in cells()]
