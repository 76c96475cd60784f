"""
Waivers: findings that somebody has accepted, for a reason and for a time.

    waivers.csv + AuditReport + today  ->  which findings are waived, by whom, why, until when

A waived finding is still told, but no longer counted. A waiver names one finding by its id, or several by rule and area
with `*` for any run of characters: `C01/E07000108`, `C01/*`, `*/E0700010*`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from lsp_graph.audit.findings import AuditReport, Finding
from lsp_graph.errors import InputError, Problem

DEFAULT: Final = "waivers.csv"
"""The file in a store's directory that is read unless another is given."""

COLUMNS: Final = ("finding", "reason", "who", "until")

_ID: Final = re.compile(r"[0-9a-f]{16}")
_PATTERN: Final = re.compile(r"[A-Za-z0-9*]+/[A-Za-z0-9*]+")
_FINDING: Final = "the id of a finding, or RULE/AREA in which * stands for anything"


@dataclass(frozen=True)
class Waiver:
    """One line of the file: `until` is the last day on which it counts."""

    finding: str
    reason: str
    who: str
    until: date
    file: str
    line: int

    def covers(self, finding: Finding) -> bool:
        """Whether the waiver is for this finding; a pattern covers one that stands in any of the areas it fits."""
        rule, slash, area = self.finding.partition("/")
        if not slash:
            return self.finding == finding.id
        codes = [place.code for place in finding.areas] or [""]
        return fnmatchcase(finding.rule, rule.upper()) and any(fnmatchcase(code, area.upper()) for code in codes)


@dataclass(frozen=True)
class Waived:
    """The waivers that took effect, by the id of the finding; those out of date; and those that fit no finding."""

    by_finding: Mapping[str, Waiver] = field(default_factory=dict)
    expired: tuple[Waiver, ...] = ()
    unused: tuple[Waiver, ...] = ()


def waivers_of(store: Path, given: Path | None) -> tuple[Waiver, ...]:
    """The waivers of the given file; of none given, those in the store's directory, if any.

    Raises `InputError` as `read_waivers` does.
    """
    if given is not None:
        return read_waivers(given)
    usual = store / DEFAULT
    return read_waivers(usual) if usual.is_file() else ()


def read_waivers(file: Path) -> tuple[Waiver, ...]:
    """Read a file of waivers, in the order of its lines.

    Raises `InputError` with every bad cell of the file, or when it cannot be read as CSV with the four columns.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.reader(lines, strict=True)
            header = [name.strip() for name in next(rows, [])]
            if sorted(header) != sorted(COLUMNS):
                raise InputError([Problem(str(file), 1, repr(",".join(header)), f"the columns {', '.join(COLUMNS)}")])
            # line_num is the last line of a row: a quoted cell may run over several.
            cells = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except OSError as error:
        raise InputError([Problem(str(file), None, str(error.strerror), "a file of waivers")]) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError([Problem(str(file), None, str(error), "CSV in UTF-8")]) from error
    waivers: list[Waiver] = []
    problems: list[Problem] = []
    for line, row in cells:
        found = list(_problems(str(file), line, header, row, {waiver.finding for waiver in waivers}))
        problems += found
        if not found:
            cell = {name: value.strip() for name, value in zip(header, row, strict=True)}
            until = date.fromisoformat(cell["until"])
            waivers.append(Waiver(cell["finding"], cell["reason"], cell["who"], until, str(file), line))
    if problems:
        raise InputError(problems)
    return tuple(waivers)


def _problems(file: str, line: int, header: Sequence[str], row: Sequence[str], known: set[str]) -> Iterator[Problem]:
    """What is wrong with a row."""
    if len(row) != len(header):
        yield Problem(file, line, f"{len(row)} cells", f"{len(header)} cells")
        return
    cell = {name: value.strip() for name, value in zip(header, row, strict=True)}
    if not (_ID.fullmatch(cell["finding"]) or _PATTERN.fullmatch(cell["finding"])):
        yield Problem(file, line, repr(cell["finding"]), _FINDING)
    elif cell["finding"] in known:
        yield Problem(file, line, repr(cell["finding"]), "each finding or pattern once")
    for name, expected in (("reason", "why the finding is accepted"), ("who", "who accepted it")):
        if not cell[name]:
            yield Problem(file, line, f"no {name}", expected)
    try:
        date.fromisoformat(cell["until"])
    except ValueError:
        yield Problem(file, line, repr(cell["until"]), "the last day of the waiver, YYYY-MM-DD")


def apply(waivers: Sequence[Waiver], report: AuditReport, today: date) -> Waived:
    """Which findings are waived today: by the first waiver that covers them."""
    counting = [waiver for waiver in waivers if today <= waiver.until]
    covering = {finding.id: [w for w in counting if w.covers(finding)] for finding in report.findings}
    used = {waiver for found in covering.values() for waiver in found}
    return Waived(
        by_finding={finding: found[0] for finding, found in covering.items() if found},
        expired=tuple(waiver for waiver in waivers if waiver not in counting),
        unused=tuple(waiver for waiver in counting if waiver not in used),
    )
