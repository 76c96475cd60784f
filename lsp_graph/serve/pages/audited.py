"""
The audit that a page tells of.

    Asked  ->  the audit it names, else the newest of its day;  findings  ->  what is told of each
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from lsp_graph import audit
from lsp_graph.audit.findings import LEVELS
from lsp_graph.audit.reports.full import FullReport, Standing
from lsp_graph.names import Kept
from lsp_graph.namespaces import BASE
from lsp_graph.serve import problems, recalling
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend

STANDINGS: Final[Mapping[Standing, tuple[str, str]]] = {
    "failed": ("✕", "failed"),
    "not-recorded": ("?", "not recorded"),
    "waived": ("~", "waived"),
    "passed": ("✓", "passed"),
    "inapplicable": ("·", "does not apply"),
}
"""The sign and the words of each standing of a rule, the worst first."""

LEVEL_WORDS: Final = {
    "law": "a statute requires it, or it is part of what the thing is",
    "guidance": "government guidance expects it",
    "practice": "good partnerships do it",
}

_TEXTS: Final = Kept[audit.Explained]()


@dataclass(frozen=True)
class Row:
    """One finding with what is told of it."""

    finding: audit.Finding
    told: audit.Explanation
    waiver: audit.Waiver | None


@dataclass(frozen=True)
class Audited:
    """An audit, with the findings that a page asked for.

    `current` says whether it is of the version that is served: only then can findings be explained. `instead_of` is
    the day that was asked for, where no audit of it is kept.
    """

    ledger: Path
    head: audit.KeptHead
    full: FullReport
    current: bool
    instead_of: date | None

    @property
    def name(self) -> str:
        """Its name in an address: one that could not be kept has no number."""
        return self.head.id or audit.LATEST

    def rule(self, code: str) -> audit.RuleResult:
        """How a rule fared. Raises `UnknownName` for a code that no rule has, `Refusal` (404) where it did not bind."""
        wanted = code.strip().upper()
        found = next((rule for rule in self.full.report.rules if rule.code == wanted), None)
        if found is None:
            audit.read_rulebook().chosen([code])
            said = f"the rule {wanted} was not in force on the day of this audit, {self.head.as_of}"
            raise problems.Refusal(problems.NOT_FOUND.reply(said))
        return found

    def rows(self, backend: EmbeddedBackend, findings: Iterable[audit.Finding]) -> list[Row]:
        """What is told of each of these findings."""
        chosen = tuple(findings)
        told = audit.Explained()
        if self.current and chosen:
            codes = {finding.rule for finding in chosen}
            rules = tuple(rule for rule in self.full.report.rules if rule.code in codes)
            told = audit.explain(backend, replace(self.full.report, findings=chosen, rules=rules, areas=()))
        return [Row(one, told.of(one), self.full.waived.by_finding.get(one.id)) for one in chosen]

    def texts(self, backend: EmbeddedBackend) -> audit.Explained:
        """The texts of its rules, as they are now, and the regions of its areas."""
        report = self.full.report
        key = (tuple(rule.code for rule in report.rules), report.areas)
        return _TEXTS.of(backend, (backend.version, key), lambda: audit.explain(backend, replace(report, findings=())))


def audited(backend: EmbeddedBackend, asked: Asked, text: str | None = None) -> Audited:
    """The audit that a page tells of, with the findings that have a text as a value (None: with none).

    It is the one that the parameter `audit` numbers, else the newest of the day. Raises `UnknownName` for a number that
    there is not, and the `Refusal` that has the version audited where that has not been done.
    """
    ledger = recalling.ledger_of(asked.store, asked.world)
    wanted, instead_of = asked.one("audit"), None
    if wanted in (None, audit.LATEST):
        wanted = recalling.latest(ledger, backend.version, asked.as_of)
        if wanted is None and asked.as_of != DEFAULT_AS_OF:
            instead_of = asked.as_of
            wanted = recalling.latest(ledger, backend.version, DEFAULT_AS_OF)
    if wanted is not None:
        head, full = recalling.part(ledger, wanted, text)
    elif asked.held:
        head, full = recalling.held(asked.held)
    else:
        raise problems.Refusal(recalling.unaudited(backend.version))
    return Audited(ledger, head, full, head.version == backend.version, instead_of)


def of_filters(asked: Asked, rules: Sequence[audit.RuleResult]) -> list[audit.RuleResult]:
    """The rules that `level` and `letter` choose. Raises `Refusal` (400) for those that there are not."""
    level = asked.choice("level", LEVELS)
    letter = asked.choice("letter", audit.read_rulebook().subjects)
    return [rule for rule in rules if level in (None, rule.level) and (letter is None or rule.code.startswith(letter))]


def by_letter(rules: Iterable[audit.RuleResult]) -> dict[str, list[audit.RuleResult]]:
    """Rules by the letter of their code, in order."""
    found: dict[str, list[audit.RuleResult]] = {}
    for rule in sorted(rules, key=lambda rule: rule.code):
        found.setdefault(rule.code[0], []).append(rule)
    return found


def shape_links(shapes: Collection[str], base: str) -> list[tuple[str, str]]:
    """The shapes of a rule, each with the address at which this service describes it."""
    return [(iri.rpartition("#")[2], f"{base}/{iri.removeprefix(BASE)}") for iri in shapes]
