"""
/audit/findings/{id}: one finding, to be defended.

    id  ->  what was found, by which rule and law, where the facts stand, what would mend it, and since when
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lsp_graph import audit
from lsp_graph.serve import problems, recalling
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.audited import LEVEL_WORDS, Audited, audited, shape_links
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.shacl import paths
from lsp_graph.store import EmbeddedBackend

_SEARCHED: Final = 24
"""So many audits are asked about a finding at most, the newest."""


@dataclass(frozen=True)
class Past:
    """What one audit says of the finding; None where it has none, for the reason that `why` gives."""

    head: audit.KeptHead
    outcome: audit.Outcome | None
    why: str = ""


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The page. Refused (404): an id that no audit of those searched has."""
    told = audited(backend, asked, asked.key)
    finding = _in(told, asked.key)
    kept = audit.heads(told.ledger)[0][-_SEARCHED:]
    gone = finding is None
    if finding is None:
        told = _latest_with(told, kept, asked.key)
        finding = _in(told, asked.key)
    if finding is None:
        said = f"{asked.key}: no finding of the newest {len(kept)} audits has this id"
        raise problems.Refusal(problems.NOT_FOUND.reply(said))
    rule = told.rule(finding.rule)
    (row,) = told.rows(backend, [finding])
    texts = told.texts(backend).rules.get(rule.code)
    return Page(
        "audit_finding.html",
        f"{rule.code} in {finding.area.label}" if finding.area else f"A finding of {rule.code}",
        {
            "audited": told,
            "gone": gone,
            "row": row,
            "finding": finding,
            "rule": rule,
            "text": texts,
            "level_word": LEVEL_WORDS[rule.level],
            "path": None if finding.path is None else paths.text(finding.path),
            "shapes": shape_links([finding.shape], asked.base),
            "history": [_past(told, head, finding) for head in reversed(kept)],
            "most": _SEARCHED,
        },
        formats=(
            Format(
                "JSON, with the rule's other findings",
                asked.url(
                    f"/api/v1/audits/{told.name}", rule=rule.code, area=finding.area.code if finding.area else None
                ),
                "application/json",
            ),
        ),
        dated=False,
    )


def _in(told: Audited, id: str) -> audit.Finding | None:
    return next((finding for finding in told.full.report.findings if finding.id == id), None)


def _latest_with(told: Audited, kept: list[audit.KeptHead], id: str) -> Audited:
    """The newest of the audits that has the finding; the one given where none has."""
    for head in reversed(kept):
        if audit.outcome_of(told.ledger, head.id, id) is not None:
            full = recalling.part(told.ledger, head.id, id)[1]
            return Audited(told.ledger, head, full, head.version == told.full.report.version, None)
    return told


def _past(told: Audited, head: audit.KeptHead, finding: audit.Finding) -> Past:
    outcome = audit.outcome_of(told.ledger, head.id, finding.id)
    if outcome is not None:
        return Past(head, outcome)
    if finding.rule not in head.rules:
        return Past(head, None, "did not look at this rule")
    if head.areas is not None and not {area.code for area in finding.areas} & set(head.areas):
        return Past(head, None, "did not look at this area")
    if head.rules[finding.rule] != told.head.rules.get(finding.rule):
        return Past(head, None, "has no such finding; the rule was another then")
    return Past(head, None, "has no such finding")
