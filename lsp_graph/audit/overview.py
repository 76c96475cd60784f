"""
How the rules stand across the country: in how many areas of each region each of them failed, passed, is not recorded.

    report + regions  ->  one line per rule, one cell per region

An area counts once for a rule, however many of its things the rule looked at; a breach outweighs all else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lsp_graph.audit.findings import RuleResult
from lsp_graph.audit.reports.full import FullReport, Standing

NO_REGION: Final = ""
"""The region of an area of which none is known."""

Cell = Mapping[Standing, int]
"""How many areas there are of each standing; one that no area has is left out."""


@dataclass(frozen=True)
class Line:
    """One rule: how many areas of each region stand how. What a region lacks has no area there."""

    rule: RuleResult
    cells: Mapping[str, Cell]

    @cached_property
    def total(self) -> Cell:
        """The areas of all regions."""
        return added(self.cells.values())


@dataclass(frozen=True)
class Overview:
    """The lines of the rules that are asked for, in their order, and the regions in that of the alphabet."""

    regions: tuple[str, ...]
    lines: tuple[Line, ...]

    @cached_property
    def totals(self) -> Mapping[str, Cell]:
        """For each region the cells of all rules added up: pairs of a rule and an area."""
        return {region: added(line.cells.get(region, {}) for line in self.lines) for region in self.regions}


def overview(full: FullReport, regions: Mapping[str, str]) -> Overview:
    """How every rule of a report stands in the regions; `regions` has the name of each area's by the area's code."""
    areas: dict[str, list[str]] = {}
    for area in full.report.areas:
        areas.setdefault(regions.get(area.code, NO_REGION), []).append(area.code)
    known = tuple(sorted(areas, key=lambda region: (region == NO_REGION, region)))
    lines = []
    for rule in full.report.rules:
        standings = full.standings(rule)
        lines.append(Line(rule, {region: _cell(standings[code] for code in areas[region]) for region in known}))
    return Overview(known, tuple(lines))


def added(cells: Iterable[Cell]) -> Cell:
    """Several cells as one."""
    total: Counter[Standing] = Counter()
    for cell in cells:
        total.update(cell)
    return total


def by_area(full: FullReport, rules: Collection[RuleResult]) -> dict[str, Cell]:
    """For each audited area, by code, how many of these rules stand how there."""
    found: dict[str, Counter[Standing]] = {area.code: Counter() for area in full.report.areas}
    for rule in rules:
        for code, standing in full.standings(rule).items():
            found[code][standing] += 1
    return dict(found)


def _cell(standings: Iterable[Standing]) -> Cell:
    return Counter(standings)
