"""
A report as one page to read and print: no network, no scripts, all that it needs in one file.

    FullReport + templates/report.html  ->  HTML
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from lsp_graph.audit.explain import Explanation, RuleText
from lsp_graph.audit.findings import LEVELS, AuditedArea, Finding, RuleResult
from lsp_graph.audit.reports.full import FullReport, Standing, Tally
from lsp_graph.audit.reports.table import count
from lsp_graph.audit.waivers import Waiver

_TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"

KINDS: Final = {"failed": "breaches", "not-recorded": "not recorded", "waived": "waived", "passed": "passed"}
"""What a bar is made of, in the order in which the parts stand."""

_LABEL: Final = 45
"""Letters of a label that fit beside a bar."""

_SEEN: Final = 2.0
"""The least width of a part of a bar: one breach among thousands is no less a breach."""

_SHOWN: Final = 10
"""Findings of a rule that are told one by one where they do not count: a page that nobody can print helps nobody."""

_LAST: Final = "\uffff"
"""Sorts behind every label."""


@dataclass(frozen=True)
class Bar:
    """One line of a chart: what it counts, and how many of each kind."""

    label: str
    counts: dict[str, int]
    note: str

    @property
    def short(self) -> str:
        """The label, cut to what fits."""
        return self.label if len(self.label) <= _LABEL else f"{self.label[: _LABEL - 1].rstrip()}…"

    def parts(self, width: float, most: int) -> Iterator[tuple[str, float, float]]:
        """Kind, left edge and width of each part, where `most` would fill the width; what is there can be seen."""
        left = 0.0
        for kind in KINDS:
            if number := self.counts.get(kind, 0):
                part = min(max(width * number / most, _SEEN), width - left)
                yield kind, round(left, 2), round(part, 2)
                left += part


@dataclass(frozen=True)
class Chart:
    """Bars under a title; each fills the width by itself where `shares`, else the longest does."""

    title: str
    text: str
    bars: tuple[Bar, ...]
    shares: bool = False

    def most(self, bar: Bar) -> int:
        """What fills the width."""
        compared = (bar,) if self.shares else self.bars
        return max((sum(one.counts.values()) for one in compared), default=0) or 1


@dataclass(frozen=True)
class Row:
    """One finding with all that is told of it."""

    finding: Finding
    told: Explanation
    waiver: Waiver | None
    change: str | None


@dataclass(frozen=True)
class Further:
    """How many more findings of a rule there are in an area."""

    area: AuditedArea | None
    number: int


@dataclass(frozen=True)
class Group:
    """The findings of one rule that are told together; `further` counts those that are not told one by one."""

    rule: RuleResult
    text: RuleText | None
    rows: tuple[Row, ...]
    further: tuple[Further, ...] = ()


@dataclass(frozen=True)
class AreaLine:
    """How the rules stand in one area: the codes of those of each standing."""

    area: AuditedArea
    region: str
    codes: dict[Standing, tuple[str, ...]]


def to_text(full: FullReport) -> str:
    """The page."""
    return _template().render(
        full=full,
        report=full.report,
        headline=_headline(full),
        scope=f"{count(len(full.report.rules), 'rule')}, {count(len(full.report.areas), 'area')}",
        charts=_charts(full),
        kinds=KINDS,
        rules=[(rule, full.tally(rule)) for rule in full.report.rules],
        sections=[(title, text, groups) for title, text, groups in _sections(full) if groups],
        areas=_areas(full),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def _headline(full: FullReport) -> str:
    """The result in a sentence."""
    if not any(rule.tested for rule in full.report.rules):
        return full.idle
    failed, silent = full.of_outcome("failed"), full.of_outcome("not-recorded")
    by_level = ", ".join(f"{n} of {level}" for level in LEVELS if (n := sum(f.level == level for f in failed)))
    breaches = f"{count(len(failed), 'breach', 'breaches')} ({by_level})" if failed else "No breach"
    missing = f"; {count(len(silent), 'gap')} in the record (no breach)" if silent else ""
    waived = f"; {count(len(full.waived_findings), 'finding')} waived" if full.waived_findings else ""
    return f"{breaches}{missing}{waived}."


def _charts(full: FullReport) -> list[Chart]:
    charts = [Chart("By rule", "Of all that each rule looked at.", tuple(_by_rule(full)), shares=True)]
    for title, text, label in (
        ("By level", "Findings by how binding the rule is.", lambda row: row.finding.level),
        ("By region", "Findings by the region of the area.", lambda row: row.told.region or "No region"),
        (
            "By aspect",
            "Findings by what the record would have to be declared complete for.",
            lambda row: row.told.aspect or "Looked at in every record",
        ),
    ):
        charts.append(Chart(title, text, tuple(_counted(full, label))))
    return charts


def _by_rule(full: FullReport) -> Iterator[Bar]:
    for rule in full.report.rules:
        tally = full.tally(rule)
        counts = {"failed": tally.failed, "not-recorded": tally.not_recorded, "waived": tally.waived}
        yield Bar(f"{rule.code} {'; '.join(rule.names)}", counts | {"passed": tally.passed}, _note(counts, tally))


def _note(counts: dict[str, int], tally: Tally) -> str:
    if not tally.tested:
        return "nothing to look at"
    told = [_kind(kind, number) for kind, number in counts.items() if number]
    if told:
        return f"{', '.join(told)} of {tally.tested:,}"
    return "passed" if tally.tested == 1 else f"all {tally.tested:,} passed"


def _kind(kind: str, number: int) -> str:
    """So many of a kind: "1 breach", "2 breaches", "2 not recorded"."""
    return count(number, "breach", "breaches") if kind == "failed" else f"{number:,} {KINDS[kind]}"


def _counted(full: FullReport, label: Callable[[Row], str]) -> Iterator[Bar]:
    """Findings counted by a label; levels by weight, what has no label last, else by alphabet."""
    counted: dict[str, dict[str, int]] = {}
    for row in _rows(full.report.findings, full):
        kind = "waived" if row.waiver else row.finding.outcome
        counts = counted.setdefault(label(row), {})
        counts[kind] = counts.get(kind, 0) + 1
    order = {"No region": _LAST}
    order.update((level, str(rank)) for rank, level in enumerate(LEVELS))
    for name in sorted(counted, key=lambda name: order.get(name, name)):
        counts = counted[name]
        yield Bar(name, counts, ", ".join(_kind(kind, counts[kind]) for kind in KINDS if kind in counts))


def _sections(full: FullReport) -> list[tuple[str, str, list[Group]]]:
    return [
        ("Breaches", "What is recorded is not what the rule asks for.", _groups(full.of_outcome("failed"), full, None)),
        (
            "Not recorded",
            "The rule asks for something that is not in the record. Nobody has declared the record complete, so this "
            "is a gap in what is known, and no breach.",
            _groups(full.of_outcome("not-recorded"), full, _SHOWN),
        ),
        ("Waived", "Accepted by somebody for a time; not counted.", _groups(full.waived_findings, full, None)),
    ]


def _groups(findings: Sequence[Finding], full: FullReport, shown: int | None) -> list[Group]:
    """The findings by rule, the most binding rules first; of each rule so many (None: all) one by one."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.rule, []).append(finding)
    groups = []
    for rule in sorted(full.report.rules, key=lambda rule: (LEVELS.index(rule.level), rule.code)):
        if told := found.get(rule.code):
            beyond = Counter(finding.area for finding in told[shown:]) if shown else Counter()
            further = tuple(Further(area, number) for area, number in beyond.items())
            rows = tuple(_rows(told[:shown], full))
            groups.append(Group(rule, full.explained.rules.get(rule.code), rows, further))
    return groups


def _rows(findings: Iterable[Finding], full: FullReport) -> Iterator[Row]:
    for finding in findings:
        waiver = full.waived.by_finding.get(finding.id)
        yield Row(finding, full.explained.of(finding), waiver, full.changes.get(finding.id))


def _areas(full: FullReport) -> list[AreaLine]:
    """Each audited area with the rules that fail there, and so on."""
    standings = {rule.code: full.standings(rule) for rule in full.report.rules}
    lines = []
    for area in full.report.areas:
        codes: dict[Standing, tuple[str, ...]] = {}
        for rule, stands in standings.items():
            codes[stands[area.code]] = (*codes.get(stands[area.code], ()), rule)
        lines.append(AreaLine(area, full.explained.regions.get(area.code, ""), codes))
    return lines
