"""
A report for the terminal: a summary by rule, then the findings.

    FullReport  ->  text of 120 columns
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lsp_graph.audit.comparison import Comparison, KeptFinding
from lsp_graph.audit.findings import LEVELS, Finding
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.audit.waivers import Waiver

_WIDTH: Final = 120

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Signs by which a name could command the terminal, or turn the text around it."""

_SHOWN: Final = 10
"""Findings of a rule that are told one by one where they do not count; nobody reads thousands in a terminal."""


def to_text(full: FullReport) -> str:
    """The rules with their counts, then the findings: breaches, what is not recorded, and what is waived apart."""
    out = StringIO()
    console = Console(file=out, width=_WIDTH, highlight=False)
    report, day = full.report, full.report.as_of.isoformat()
    failed, silent = full.of_outcome("failed"), full.of_outcome("not-recorded")
    areas, rules = count(len(report.areas), "area"), count(len(report.rules), "rule")
    world = f" of the world {report.world}" if report.world else ""
    console.print(Text(f"Audit{world} as of {day} of version {report.version}: {rules}, {areas}"))
    console.print(_rules(full))
    for code in report.not_in_force:
        console.print(Text(f"{code}: not in force on {day}"))
    if failed:
        console.print(_findings("Failed", failed, full))
    for title, findings in (("Not recorded (no breach)", silent), ("Waived (not counted)", full.waived_findings)):
        if findings:
            console.print(_findings(title, _first(findings), full))
            for code, number in _beyond(findings).items():
                console.print(Text(f"{code}: {number} more like these (--rule {code} --format csv lists all)"))
    for line in _told(full):
        console.print(Text(plain(line)))
    by_level = ", ".join(f"{sum(f.level == level for f in failed)} {level}" for level in LEVELS)
    waived = f"; {len(full.waived_findings):,} waived" if full.waived_findings else ""
    if full.idle:
        console.print(Text(full.idle))
    console.print(Text(f"{len(failed):,} failed ({by_level}); {len(silent):,} not recorded{waived}"))
    return _trimmed(out)


def comparison_to_text(comparison: Comparison) -> str:
    """What became of the findings, unchanged ones only counted."""
    out = StringIO()
    console = Console(file=out, width=_WIDTH, highlight=False)
    before, after = comparison.before, comparison.after
    for kept, name in ((before, "Before"), (after, "After")):
        console.print(
            Text(f"{name}: audit {kept.id} as of {kept.as_of} of version {kept.version}, made {kept.created}")
        )
    for title, findings in comparison.groups.items():
        if findings and title != "unchanged":
            console.print(_kept(title.capitalize(), findings))
    for line in _changed(comparison):
        console.print(Text(line))
    return _trimmed(out)


def _rules(full: FullReport) -> Table:
    table = Table(title="Rules", title_justify="left", expand=False)
    for heading in ("rule", "level", "what it asks"):
        table.add_column(heading, overflow="fold")
    for heading in ("tested", "passed", "failed", "not recorded", "waived", "inapplicable"):
        table.add_column(heading, justify="right")
    for rule in full.report.rules:
        tally = full.tally(rule)
        asks = "; ".join(rule.names) + (" (nothing found to look at)" if rule.found_nothing else "")
        counts = (tally.tested, tally.passed, tally.failed, tally.not_recorded, tally.waived, rule.inapplicable)
        table.add_row(rule.code, rule.level, Text(asks), *(str(number) for number in counts))
    return table


def _findings(title: str, findings: Iterable[Finding], full: FullReport) -> Table:
    table = Table(title=title, title_justify="left", expand=False, show_lines=True)
    for heading in ("rule", "area", "finding"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        area = f"{finding.area.label}\n{finding.area.code}" if finding.area else ""
        table.add_row(finding.rule, Text(plain(area)), Text(plain("\n".join(_lines(finding, full)))))
    return table


def _first(findings: Iterable[Finding]) -> list[Finding]:
    """The first few findings of each rule."""
    told: Counter[str] = Counter()
    first = []
    for finding in findings:
        told[finding.rule] += 1
        if told[finding.rule] <= _SHOWN:
            first.append(finding)
    return first


def _beyond(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings of each rule are not among the first few."""
    counts = Counter(finding.rule for finding in findings)
    return {code: number - _SHOWN for code, number in sorted(counts.items()) if number > _SHOWN}


def _lines(finding: Finding, full: FullReport) -> Iterator[str]:
    """What is told of one finding."""
    told = full.explained.of(finding)
    change = full.changes.get(finding.id)
    yield f"{told.found} [{finding.id}{f', {change}' if change else ''}]"
    for source in told.sources:
        yield f"Source: {source.text}" + (f" (concluded: {source.rule})" if source.rule else "")
    if told.fix:
        yield f"To mend: {told.fix}"
    if waiver := full.waived.by_finding.get(finding.id):
        yield f"Waived: {_waiver(waiver)}"


def _told(full: FullReport) -> Iterator[str]:
    """What is to be said of the waivers, and of what has changed."""
    for waiver in full.waived.expired:
        yield f"{waiver.file}:{waiver.line}: waiver of {waiver.finding} has expired and is void: {_waiver(waiver)}"
    for waiver in full.waived.unused:
        yield f"{waiver.file}:{waiver.line}: waiver of {waiver.finding} fits no finding: {_waiver(waiver)}"
    if full.since is not None:
        yield f"Since audit {full.since.before.id} ({full.since.before.as_of}, version {full.since.before.version}):"
        for one in full.since.fixed:
            yield f"fixed: {one.rule} {' '.join(one.areas)} {one.focus.label}: {one.message} [{one.id}]"
        yield from _changed(full.since)


def _changed(comparison: Comparison) -> Iterator[str]:
    if comparison.before.as_of != comparison.after.as_of:
        yield "The two audits are of different days."
    if comparison.changed_rules:
        yield f"Rules that were changed: {', '.join(comparison.changed_rules)}"
    yield ", ".join(f"{len(findings)} {title}" for title, findings in comparison.groups.items())


def _kept(title: str, findings: Iterable[KeptFinding]) -> Table:
    table = Table(title=title, title_justify="left", expand=False)
    for heading in ("rule", "area", "outcome", "what", "finding"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        what, message = Text(plain(finding.focus.label)), Text(plain(f"{finding.message} [{finding.id}]"))
        table.add_row(finding.rule, "\n".join(finding.areas[:3]), finding.outcome, what, message)
    return table


def _waiver(waiver: Waiver) -> str:
    return f"{waiver.reason} ({waiver.who}, until {waiver.until.isoformat()})"


def _trimmed(out: StringIO) -> str:
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def plain(text: str) -> str:
    """The text without signs that are no text."""
    return _CONTROL.sub("\ufffd", text)


def count(number: int, noun: str, several: str | None = None) -> str:
    """A number with its noun."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"
