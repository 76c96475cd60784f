"""
/audit/changes?from=&to=: what has changed from one audit to another.

    two audits  ->  findings that are new, fixed, turned, or came or went with a changed rule
"""

from __future__ import annotations

from typing import Final

from lsp_graph import audit
from lsp_graph.serve import recalling
from lsp_graph.serve.pages.asked import Asked, malformed
from lsp_graph.serve.pages.audited import audited
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.store import EmbeddedBackend

_SHOWN: Final = 100
"""So many findings of a kind of change stand on a page."""

_CHANGES: Final = {
    "new": "New: found by the later audit only.",
    "fixed": "Fixed: found by the earlier audit only.",
    "turned": "Turned: what was not recorded has become a breach, or the other way round.",
    "rule changed": "Came or went with a change to the rule itself: tells nothing about the record.",
    "not compared": "Outside what the other audit looked at.",
}


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The page. Raises `UnknownName` for an audit that is not kept, `Refusal` (400) where `from` is not given."""
    ledger = recalling.ledger_of(asked.store, asked.world)
    before = asked.one("from")
    if before is None:
        raise malformed("from: the number of the earlier audit is missing, such as from=1")
    after = asked.one("to") or audited(backend, asked).name
    compared = audit.compare(audit.load(ledger, before), audit.load(ledger, after))
    groups = {change: found for change, found in compared.groups.items() if change in _CHANGES}
    places = recalling.part(ledger, compared.after.id, None)[1].report.areas
    return Page(
        "audit_changes.html",
        f"Audit {compared.before.id.lstrip('0')} and audit {compared.after.id.lstrip('0')} compared",
        {
            "compared": compared,
            "changes": {change: (words, groups[change]) for change, words in _CHANGES.items()},  # type: ignore[index]
            "labels": {area.code: area.label for area in places},
            "most": _SHOWN,
        },
        formats=(
            Format(
                "JSON, by pages",
                asked.url("/api/v1/audits/diff", **{"from": compared.before.id, "to": compared.after.id}),
                "application/json",
            ),
        ),
        dated=False,
    )
