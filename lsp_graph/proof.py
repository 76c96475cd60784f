"""
What an accountability answer tells, and what is told where sources disagree.

    accountabilities + policy  ->  accountabilities, each with what contradicts it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from lsp_graph.errors import UnknownName
from lsp_graph.names import folded

ALL: Final = "all"
BEST: Final = "best"
NEWEST: Final = "newest"
"""What to do where sources disagree: tell all with their ranks, only the best ranked, or only those of the newest
document. Any other policy is the name of a document: what it says is told where it says anything."""

RANKS: Final = {"sourced": 1, "derived": 2, "disputed": 3, "unverified": 4}
"""How firmly something is known, the best first."""


@dataclass(frozen=True)
class Named:
    """A thing and what it is called; `kind` is its class or code in words where that is asked for."""

    iri: str
    label: str
    kind: str | None = None


@dataclass(frozen=True)
class Cited:
    """Who says so: the document and the place in it, with the file and row of the record; `date` is the document's."""

    source: str
    place: str
    date: str | None = None


@dataclass(frozen=True)
class Accountability:
    """One bearer answering to someone for something in one place and period.

    Dates are ISO dates, both days included; None is "not recorded". `contradicts` are the bearers that other sources
    name as leading on the same matter in the same place.
    """

    iri: str
    accountable: Named
    to: tuple[Named, ...]
    matter: Named
    area: Named
    direction: str | None
    lead: bool | None
    basis: tuple[Named, ...]
    concerns: tuple[Named, ...]
    approved_by: tuple[Named, ...]
    since: str | None
    until: str | None
    resources: str | None
    timescale: str | None
    monitoring: str | None
    confidence: str | None
    evidence: tuple[Cited, ...]
    derived_by: str | None
    contradicts: tuple[Named, ...] = ()

    @property
    def rank(self) -> int | None:
        """How firmly it is known, 1 for the best; None where nothing is recorded of that."""
        return RANKS.get(self.confidence or "")

    def as_json(self) -> dict[str, Any]:
        """The answer in the shape of the API."""

        def named(things: Iterable[Named]) -> list[dict[str, str]]:
            return [{"iri": thing.iri, "label": thing.label} for thing in things]

        return {
            "iri": self.iri,
            "accountable": {
                "iri": self.accountable.iri,
                "label": self.accountable.label,
                "class": self.accountable.kind,
            },
            "to": named(self.to),
            "for": {"iri": self.matter.iri, "label": self.matter.label, "kind": self.matter.kind},
            "area": {"code": self.area.kind, "label": self.area.label},
            "direction": self.direction,
            "lead": self.lead,
            "basis": named(self.basis),
            "concerns": named(self.concerns),
            "approvedBy": named(self.approved_by),
            "from": self.since,
            "until": self.until,
            "resources": self.resources,
            "timescale": self.timescale,
            "monitoring": self.monitoring,
            "confidence": self.confidence,
            "evidence": [{"source": cited.source, "place": cited.place} for cited in self.evidence],
            "derivedBy": self.derived_by,
            "rank": self.rank,
            "contradicts": named(self.contradicts),
        }


@dataclass(frozen=True)
class Accountabilities:
    """The answer: what was understood of the question, how complete it is, and the accountabilities found.

    `areas` are those that the place asked for stands for on the date, `alternatives` other matters that go by the text.
    `total` counts what was found, of which `answers` holds the first ones. `completeness` is "complete",
    "lower-bound" (`missing` says what is known to be absent) or "not-recorded".
    """

    as_of: date
    understood: tuple[Named, ...]
    completeness: str
    missing: tuple[str, ...]
    total: int
    answers: tuple[Accountability, ...]
    areas: tuple[Named, ...] = ()
    alternatives: tuple[Named, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The answer in the shape of the API."""
        return {
            "asOf": self.as_of.isoformat(),
            "understood": [{"iri": matter.iri, "label": matter.label} for matter in self.understood],
            "areas": [{"code": area.kind, "label": area.label} for area in self.areas],
            "alternatives": [{"iri": matter.iri, "label": matter.label} for matter in self.alternatives],
            "completeness": self.completeness,
            "missing": list(self.missing),
            "total": self.total,
            "answers": [answer.as_json() for answer in self.answers],
        }


def by_policy(answers: Iterable[Accountability], policy: str) -> tuple[Accountability, ...]:
    """The answers, with what contradicts them, and of those that do so what the policy leaves."""
    told = tuple(answers)
    leading: dict[tuple[str, str], list[Accountability]] = {}
    for answer in told:
        if answer.lead:
            leading.setdefault((answer.matter.iri, answer.area.iri), []).append(answer)
    if policy not in (ALL, BEST, NEWEST) and told and not any(_says(answer, policy) for answer in told):
        known = sorted({cited.source for answer in told for cited in answer.evidence})
        raise UnknownName("policy or document", policy, [ALL, BEST, NEWEST, *known])
    kept = []
    for answer in told:
        rivals = leading.get((answer.matter.iri, answer.area.iri), [answer]) if answer.lead else [answer]
        others = {one.accountable.iri: one.accountable for one in rivals if one.accountable != answer.accountable}
        if not others or answer in _chosen(rivals, policy):
            kept.append(replace(answer, contradicts=tuple(others.values())))
    return tuple(kept)


def alike(answers: Iterable[Accountability]) -> list[list[Accountability]]:
    """Those that answer for the same, on the same basis and in the same direction, together; in the order given."""
    groups: dict[tuple[Any, ...], list[Accountability]] = {}
    for answer in answers:
        key = (answer.matter, answer.concerns, answer.direction, answer.lead, answer.basis, answer.confidence)
        groups.setdefault(key, []).append(answer)
    return list(groups.values())


def _chosen(rivals: Sequence[Accountability], policy: str) -> Sequence[Accountability]:
    """Of answers that contradict each other those that a policy prefers; all, where it prefers none."""
    if policy == BEST:
        best = min(answer.rank or len(RANKS) + 1 for answer in rivals)
        return [answer for answer in rivals if (answer.rank or len(RANKS) + 1) == best]
    if policy == NEWEST:
        newest = max(_dated(answer) for answer in rivals)
        return [answer for answer in rivals if _dated(answer) == newest]
    return [answer for answer in rivals if policy != ALL and _says(answer, policy)] or rivals


def _dated(answer: Accountability) -> str:
    """The date of the newest document that says so; ISO dates compare as text, and no date is the oldest."""
    return max((cited.date or "" for cited in answer.evidence), default="")


def _says(answer: Accountability, document: str) -> bool:
    return any(folded(document) in folded(cited.source) for cited in answer.evidence)
