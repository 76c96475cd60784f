"""
The hexagon map: one cell for each area, all of the same size, the same every time it is computed.

    positions + borders + counties + regions of `data/`  ->  maps/hexagons.csv

Areas are moved apart until each has room for one cell, put on a grid of hexagons so that they move least, and then
exchanged at random, ever more carefully, so that what borders stays beside each other, what lies north stays north,
and regions and counties hold together. A county has a cell of its own among those of its districts. A council area of
April 2009 takes the cell of the middle one of those that it follows. Run as `python -m maps.build`, with scipy.
"""

from __future__ import annotations

import csv
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

ROOT: Final = Path(__file__).resolve().parent.parent
DATA: Final = ROOT / "data"
WRITTEN: Final = ROOT / "maps" / "hexagons.csv"

SEED: Final = 2008
SPACING_KM: Final = 18.5
"""From the middle of one cell to that of the next: so that the country keeps about its size."""

STEPS: Final = 900_000
LAST: Final = 120_000
"""Exchanges that are tried, and the last of them, for which groups may no longer fall apart."""

HOLE: Final = 12.0
ALMOST_ROUND: Final = 5
"""What an empty cell costs that has so many areas around it: no land is without a council."""

LATITUDE: Final = math.radians(52.8)
KM_PER_DEGREE: Final = 111.2
ROOT3: Final = math.sqrt(3)
SIDES: Final = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
"""Steps to the six cells beside one, in axial coordinates: `q` along the row, `r` downwards."""

Cell = tuple[int, int]


@dataclass(frozen=True)
class Place:
    """An area: where it lies in kilometres (x east, y south), and what it is part of."""

    code: str
    x: float
    y: float
    region: str
    county: str | None


@dataclass(frozen=True)
class Quality:
    """How well a map keeps what it shows."""

    kept: float
    kept_border: float
    same_side: float
    moved_median: float
    moved_most: float
    split_regions: int
    split_counties: int

    def lines(self) -> Iterator[str]:
        """The figures in words."""
        yield f"pairs of areas with a common border that are side by side: {self.kept:.1%}"
        yield f"the same, by length of border: {self.kept_border:.1%}"
        yield f"pairs with a common border whose direction is kept within 45 degrees: {self.same_side:.1%}"
        yield f"cells' distance from where the areas lie, median: {self.moved_median:.1f} cells"
        yield f"the same, at most: {self.moved_most:.1f} cells"
        yield f"regions in more than one piece: {self.split_regions}"
        yield f"counties in more than one piece: {self.split_counties}"


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table of `data/`."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read() -> tuple[dict[str, Place], dict[tuple[str, str], float], dict[str, list[str]]]:
    """The areas by code, their common borders in kilometres, and what each area of April 2009 follows."""
    points = {row["gss_code"]: row for row in table("uk-geojson/points.csv")}
    places = {
        row["gss_code"]: Place(
            row["gss_code"],
            float(points[row["gss_code"]]["lon"]) * KM_PER_DEGREE * math.cos(LATITUDE),
            -float(points[row["gss_code"]]["lat"]) * KM_PER_DEGREE,
            row["region_gss"],
            row["gss_code"] if row["area_type"] == "county" else row["county_gss"] or None,
        )
        for row in table("ons-code-history/areas.csv")
        if row["gss_code"] in points
    }
    borders = {
        (row["area_a"], row["area_b"]): float(row["shared_border_km"]) for row in table("uk-geojson/neighbours.csv")
    }
    follows: dict[str, list[str]] = defaultdict(list)
    for row in table("ons-code-history/successions.csv"):
        follows[row["to_gss"]].append(row["from_gss"])
    return places, borders, follows


def islands(places: Sequence[Place], lines: Iterable[tuple[int, int]]) -> dict[tuple[int, int], float]:
    """What ties an area without a common border to the one that is nearest: it stays within sight of it."""
    bordering = {index for pair in lines for index in pair}
    ties = {}
    for index, place in enumerate(places):
        if index not in bordering and place.county != place.code:
            _, nearest = min((math.hypot(place.x - places[one].x, place.y - places[one].y), one) for one in bordering)
            ties[nearest, index] = 1.0
    return ties


def spread(places: Sequence[Place], springs: Mapping[tuple[int, int], float]) -> np.ndarray:
    """Where the areas come to lie, in cells, once each has room: drawn together along borders, pushed apart elsewhere.

    One row of x and y for each place. A county begins in the middle of its districts.
    """
    start = np.array([(place.x, place.y) for place in places]) / SPACING_KM
    members: dict[str, list[int]] = defaultdict(list)
    for index, place in enumerate(places):
        if place.county and place.county != place.code:
            members[place.county].append(index)
    for index, place in enumerate(places):
        if place.county == place.code:
            start[index] = start[members[place.code]].mean(axis=0) + 0.01
    pairs = np.array(list(springs))
    strength = np.array(list(springs.values()))[:, None]
    at = start.copy()
    for step in range(1500):
        force = 0.004 * (start - at)
        along = at[pairs[:, 1]] - at[pairs[:, 0]]
        length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)[:, None]
        pull = 0.06 * strength * np.maximum(length - 1.05, 0) * along / length
        np.add.at(force, pairs[:, 0], pull)
        np.add.at(force, pairs[:, 1], -pull)
        apart = at[:, None, :] - at[None, :, :]
        distance = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(distance, 9)
        push = 0.25 * np.maximum(1.02 - distance, 0) / np.maximum(distance, 1e-6)
        force += (push[..., None] * apart).sum(axis=1)
        at += force * (1 if step > 50 else 0.5)
    return at


def middle(cell: Cell) -> tuple[float, float]:
    """The middle of a cell, in cells: x to the right, y downwards."""
    q, r = cell
    return q + r / 2, r * ROOT3 / 2


def distance(one: Cell, other: Cell) -> int:
    """Steps from one cell to another."""
    q, r = other[0] - one[0], other[1] - one[1]
    return max(abs(q), abs(r), abs(q + r))


def beside(cell: Cell) -> Iterator[Cell]:
    """The six cells around one."""
    return ((cell[0] + q, cell[1] + r) for q, r in SIDES)


def settle(at: np.ndarray) -> list[Cell]:
    """A cell for each position, so that the squares of the ways are least in sum."""
    west, north = np.floor(at.min(axis=0)) - 2
    east, south = np.ceil(at.max(axis=0)) + 2
    rows = range(round(north / (ROOT3 / 2)), round(south / (ROOT3 / 2)))
    cells = [(q, r) for r in rows for q in range(round(west - r / 2), round(east - r / 2))]
    centres = np.array([middle(cell) for cell in cells])
    cost = ((at[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    _, chosen = linear_sum_assignment(cost)
    return [cells[index] for index in chosen]


class Arrangement:
    """Places on cells, what that costs, and what an exchange of two cells would cost."""

    def __init__(
        self, places: Sequence[Place], springs: Mapping[tuple[int, int], float], at: np.ndarray, cells: Sequence[Cell]
    ) -> None:
        self.places = places
        self.at = [(float(x), float(y)) for x, y in at]
        self.cells = list(cells)
        self.held: dict[Cell, int] = {cell: index for index, cell in enumerate(cells)}
        self.near: list[list[tuple[int, float, float, float]]] = [[] for _ in places]
        self.touching = {frozenset(pair) for pair in springs}
        for (one, other), strength in springs.items():
            x, y = places[other].x - places[one].x, places[other].y - places[one].y
            if places[one].county == places[one].code or places[other].county == places[other].code:
                x = y = 0.0
            length = math.hypot(x, y) or 1.0
            self.near[one].append((other, strength, x / length, y / length))
            self.near[other].append((one, strength, -x / length, -y / length))
        self.groups: dict[str, set[int]] = defaultdict(set)
        for index, place in enumerate(places):
            self.groups[place.region].add(index)
            if place.county:
                self.groups[place.county].add(index)

    def cost(self, index: int) -> float:
        """What the cell of one place costs: the way to it, and to those it borders on; strangers beside it."""
        cell = self.cells[index]
        x, y = middle(cell)
        there = self.at[index]
        total = 0.06 * ((x - there[0]) ** 2 + (y - there[1]) ** 2)
        for other, strength, east, south in self.near[index]:
            steps = distance(cell, self.cells[other])
            total += strength * (steps - 1) * (1 + 0.15 * (steps - 1))
            if east or south:
                right, down = middle(self.cells[other])
                right, down = right - x, down - y
                total += 0.55 * (1 - (right * east + down * south) / math.hypot(right, down))
        for cell_beside in beside(cell):
            stranger = self.held.get(cell_beside)
            if stranger is not None and frozenset((index, stranger)) not in self.touching:
                place, neighbour = self.places[index], self.places[stranger]
                if place.region != neighbour.region:
                    total += 0.5
                elif place.county != neighbour.county:
                    total += 0.15
        return total

    def exchange(self, one: int, cell: Cell) -> list[int]:
        """Move a place to a cell, and whoever is there to where it was; returns those who moved."""
        before = self.cells[one]
        other = self.held.pop(cell, None)
        del self.held[before]
        self.cells[one] = cell
        self.held[cell] = one
        if other is None:
            return [one]
        self.cells[other] = before
        self.held[before] = other
        return [one, other]

    def concerned(self, moved: Iterable[int], cells: Iterable[Cell]) -> set[int]:
        """Those whose cost changes with what stands on these cells."""
        found = set(moved)
        for index in moved:
            found.update(other for other, *_ in self.near[index])
        for cell in cells:
            found.update(self.held[side] for side in beside(cell) if side in self.held)
        return found

    def pieces(self, group: str) -> int:
        """In how many pieces the cells of a region or county lie."""
        left = {self.cells[index] for index in self.groups[group]}
        count = 0
        while left:
            count += 1
            front = [left.pop()]
            while front:
                sides = [side for side in beside(front.pop()) if side in left]
                left.difference_update(sides)
                front += sides
        return count

    def improve(self, draw: random.Random) -> None:
        """Exchange cells at random: at first also for the worse, at last only for the better."""
        for step in range(STEPS):
            together = step > STEPS - LAST
            heat = max(1e-3, 1.6 * (1 - step / (STEPS - LAST)) ** 2) if not together else 1e-3
            one = draw.randrange(len(self.places))
            before = self.cells[one]
            to = before
            if draw.random() < 0.5 and self.near[one]:
                to = self.cells[draw.choice(self.near[one])[0]]
            for _ in range(draw.choice((1, 1, 2, 3))):
                side = draw.choice(SIDES)
                to = (to[0] + side[0], to[1] + side[1])
            if to == before:
                continue
            other = self.held.get(to)
            moved = [one] if other is None else [one, other]
            groups = (
                {name for index in moved for name in (self.places[index].region, self.places[index].county) if name}
                if together
                else set()
            )
            cost = self._cost(moved, (before, to)) + 40 * sum(map(self.pieces, groups))
            self.exchange(one, to)
            change = self._cost(moved, (before, to)) + 40 * sum(map(self.pieces, groups)) - cost
            if change > 0 and draw.random() >= math.exp(-change / heat):
                self.exchange(one, before)

    def _cost(self, moved: Sequence[int], cells: Sequence[Cell]) -> float:
        around = {*cells, *(side for cell in cells for side in beside(cell))} - self.held.keys()
        holes = sum(sum(side in self.held for side in beside(cell)) >= ALMOST_ROUND for cell in around)
        return sum(self.cost(index) for index in self.concerned(moved, cells)) + HOLE * holes


def quality(arranged: Arrangement, borders: Mapping[tuple[int, int], float]) -> Quality:
    """How well the map keeps borders, directions and groups, and how far cells lie from where the areas do.

    For the distance the country is shifted so that the mean way is nil.
    """
    kept = {pair: distance(arranged.cells[pair[0]], arranged.cells[pair[1]]) == 1 for pair in borders}
    straight = []
    for one, other in borders:
        first, second = arranged.places[one], arranged.places[other]
        east, south = second.x - first.x, second.y - first.y
        (x, y), (x2, y2) = middle(arranged.cells[one]), middle(arranged.cells[other])
        turned = (east * (x2 - x) + south * (y2 - y)) / (math.hypot(east, south) * math.hypot(x2 - x, y2 - y))
        straight.append(turned >= math.cos(math.radians(45)))
    lying = np.array([(place.x, place.y) for place in arranged.places]) / SPACING_KM
    shown = np.array([middle(cell) for cell in arranged.cells])
    ways = shown - lying
    lengths = [float(length) for length in np.hypot(*(ways - ways.mean(axis=0)).T)]
    return Quality(
        kept=fmean(kept.values()),
        kept_border=sum(borders[pair] for pair, side in kept.items() if side) / sum(borders.values()),
        same_side=fmean(straight),
        moved_median=median(lengths),
        moved_most=max(lengths),
        split_regions=sum(arranged.pieces(name) > 1 for name in arranged.groups if name.startswith("E12")),
        split_counties=sum(arranged.pieces(name) > 1 for name in arranged.groups if name.startswith("E10")),
    )


def measured(cells: Mapping[str, Cell]) -> Quality:
    """How good a map is that has these cells."""
    places, _, lines, _ = ground()
    at = np.array([middle(cells[place.code]) for place in places])
    return quality(Arrangement(places, {}, at, [cells[place.code] for place in places]), lines)


def ground() -> tuple[list[Place], dict[str, int], dict[tuple[int, int], float], dict[str, list[str]]]:
    """The areas of 2000 to 2009 in the order of their codes, their places in it, borders, and what came after them."""
    known, borders, follows = read()
    places = [place for code, place in sorted(known.items()) if code not in follows]
    index = {place.code: number for number, place in enumerate(places)}
    return places, index, {(index[one], index[other]): length for (one, other), length in borders.items()}, follows


def arrange() -> tuple[dict[str, Cell], Quality]:
    """The cell of every area, and how good the map is."""
    places, index, lines, follows = ground()
    springs = {
        (one, other): 0.9
        + 0.7 * (places[one].region == places[other].region)
        + 0.6 * (places[one].county is not None and places[one].county == places[other].county)
        for one, other in lines
    }
    for place in places:
        if place.county and place.county != place.code:
            springs[index[place.county], index[place.code]] = 0.55
    springs |= islands(places, lines)
    at = spread(places, springs)
    arranged = Arrangement(places, springs, at, settle(at))
    arranged.improve(random.Random(SEED))
    cells = dict(zip(index, arranged.cells, strict=True))
    for code, before in follows.items():
        covered = [cells[one] for one in before if not one.startswith("E10")]
        cells[code] = min(covered, key=lambda cell: (sum(distance(cell, other) for other in covered), cell))
    return cells, quality(arranged, lines)


def main() -> None:
    """Compute the map, write it, and say how good it is."""
    cells, measured = arrange()
    west = min(q + r // 2 for q, r in cells.values())
    north = min(r for _, r in cells.values())
    north -= north % 2
    with WRITTEN.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("gss_code", "column", "row"))
        writer.writerows((code, q + r // 2 - west, r - north) for code, (q, r) in sorted(cells.items()))
    for line in measured.lines():
        print(line)


if __name__ == "__main__":
    main()
