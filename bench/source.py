"""
Write one named graph of the invented country, row by row, and plant what an audit should find.

    rows (template, values)  ->  N-Quads text, and the list of (rule, focus) that was planted
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.template import NO_CHANGE, Change, Template, fill, read_quads
from lsp_graph.namespaces import BASE

DEFECTS: Final = Path(__file__).parent / "defects"


@dataclass(frozen=True)
class Defect:
    """One way to break one rule: which rows can have it, what they lose, and the node that the audit should name.

    One that `is_alone` would hide others: the rest of its source gets none.
    """

    rule: str
    row: str
    where: tuple[tuple[str, frozenset[str]], ...]
    is_gone: bool
    is_alone: bool
    change: Change
    focus: str

    def fits(self, values: Mapping[str, str | None]) -> bool:
        """Whether a row with these values can have the defect."""
        return all(values.get(name) in allowed for name, allowed in self.where)


def read_defects(folder: Path = DEFECTS) -> tuple[Defect, ...]:
    """The defects of `defects.csv`; what one adds stands in `<rule>.trig` beside it."""
    with (folder / "defects.csv").open(newline="") as file:
        return tuple(_defect(folder, line) for line in csv.DictReader(file))


def _defect(folder: Path, line: Mapping[str, str]) -> Defect:
    pairs = (pair.partition("=") for pair in line["where"].split(";") if pair)
    added = folder / f"{line['rule']}.trig"
    return Defect(
        rule=line["rule"],
        row=line["row"],
        where=tuple((name, frozenset(allowed.split("|"))) for name, _, allowed in pairs),
        is_gone=line["drops"] == "*",
        is_alone=line["alone"] == "yes",
        change=Change(
            frozenset(line["drops"].split(";")) - {"", "*"}, read_quads(added) if added.exists() else frozenset()
        ),
        focus=line["focus"],
    )


@dataclass
class Plan:
    """Which rows get which defect: every rule in turn, so that each is broken about equally often.

    `rate` is the share of rows (of those that can break a rule) that do; each row breaks one rule at most.
    """

    rate: float
    defects: tuple[Defect, ...]
    planted: list[tuple[str, str]] = field(default_factory=list)
    _spoilt: set[str | None] = field(default_factory=set)
    _seen: dict[str, int] = field(default_factory=dict)
    _due: dict[str, int] = field(default_factory=dict)
    _by_row: dict[str, tuple[Defect, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for defect in self.defects:
            self._by_row[defect.row] = (*self._by_row.get(defect.row, ()), defect)

    def choose(self, row: str, values: Mapping[str, str | None]) -> Defect | None:
        """The defect this row gets, noted as planted."""
        if not self.rate or values.get("graph") in self._spoilt:
            return None
        here = self._by_row.get(row, ())
        chosen = None
        for place, defect in enumerate(here):
            if not defect.fits(values):
                continue
            seen = self._seen.get(defect.rule, 0)
            self._seen[defect.rule] = seen + 1
            stride = max(round(1 / self.rate), len(here))
            self._due[defect.rule] = self._due.get(defect.rule, 0) + (seen % stride == place)
            if chosen is None and self._due[defect.rule]:
                self._due[defect.rule] -= 1
                chosen = defect
        if chosen:
            if chosen.is_alone:
                self._spoilt.add(values.get("graph"))
            self.planted.append((chosen.rule, BASE + fill(chosen.focus, values)))
        return chosen


@dataclass
class Source:
    """One source being written: counts the rows of its tables, notes the properties and the periods that they state.

    Sources of one `family` (all the records) have the same tables, which `close` describes once.
    """

    name: str
    family: str
    title: str
    templates: Mapping[str, Template]
    plan: Plan
    write: Callable[[str], object]
    known_tables: dict[str, set[tuple[str, str]]]
    _rows: dict[str, int] = field(default_factory=dict)
    _forms: list[str] = field(default_factory=list)
    _periods: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)

    def row(self, template: str, *values: Mapping[str, str | None]) -> bool:
        """Write one row, or more of the row last begun; later values win. False when a defect left it out."""
        filled: dict[str, str | None] = {"graph": self.name, "family": self.family}
        for part in values:
            filled.update(part)
        form = self.templates[template]
        self._rows[form.table] = self._rows.get(form.table, 0) + form.begins_row
        filled["row"] = str(self._rows[form.table])
        if form.name not in self._forms and form.properties:
            self._forms.append(form.name)
        defect = self.plan.choose(template, filled)
        if defect and defect.is_gone:
            return False
        self.write(form.render(filled, defect.change if defect else NO_CHANGE))
        period = filled.get("period")
        if period:
            self._periods[period] = (filled["from"], filled["until"])
        return True

    def is_whole(self, part: str, *values: Mapping[str, str | None]) -> bool:
        """Whether a part that is no single row is to be complete; False when a defect wants a piece missing."""
        filled: dict[str, str | None] = {"graph": self.name}
        for given in values:
            filled.update(given)
        return self.plan.choose(part, filled) is None

    def close(self) -> None:
        """Write the periods that the rows named, and what the source and its tables are."""
        about: dict[str, str | None] = {"graph": self.name, "family": self.family, "title": self.title}
        for period, (begins, ends) in sorted(self._periods.items()):
            self.write(self.templates["period"].render({**about, "period": period, "from": begins, "until": ends}))
        self.write(self.templates["source"].render(about))
        known = self.known_tables.setdefault(self.family, set())
        stated = {
            (form.table, name) for form in map(self.templates.__getitem__, self._forms) for name in form.properties
        }
        for table, name in sorted(stated - known):
            self.write(self.templates["table"].render({**about, "table": table, "property": name}))
        known |= stated


def span(begins: str | None, ends: str | None) -> dict[str, str | None]:
    """The values of a period; an open side is absent from the dates and `..` in the interval's name."""
    return {"from": begins, "until": ends, "period": f"{begins or '..'}_{ends or '..'}"}
