"""
/audit: how the rules stand across the country.

    audit + filters  ->  a matrix of rules by regions, and what was found from audit to audit
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lsp_graph import audit
from lsp_graph.audit.findings import LEVELS
from lsp_graph.errors import UnknownName
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.audited import LEVEL_WORDS, STANDINGS, Audited, audited, by_letter, of_filters
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.store import EmbeddedBackend

_SHOWN: Final = 12
"""So many audits are shown side by side at most, the newest."""


@dataclass(frozen=True)
class Step:
    """One audit of the trend, and the one before it that it can be compared with."""

    head: audit.KeptHead
    before: audit.KeptHead | None

    @property
    def number(self) -> str:
        """Its number without zeros before it."""
        return self.head.id.lstrip("0")


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The page. Raises `UnknownName` for a region that no area of the audit has."""
    told = audited(backend, asked)
    regions = told.texts(backend).regions
    seen = audit.overview(told.full, regions)
    region = asked.one("region")
    if region is not None and region not in seen.regions:
        raise UnknownName("region", region, [one for one in seen.regions if one])
    chosen = of_filters(asked, told.full.report.rules)
    codes = {rule.code for rule in chosen}
    lines = {line.rule.code: line for line in seen.lines if line.rule.code in codes}
    standings = audit.by_area(told.full, chosen) if region is not None else {}
    return Page(
        "audit_country.html",
        "Audit",
        {
            "audited": told,
            "standings": STANDINGS,
            "letters": audit.read_rulebook().subjects,
            "groups": {letter: [lines[rule.code] for rule in rules] for letter, rules in by_letter(chosen).items()},
            "regions": seen.regions if region is None else (region,),
            "all_regions": seen.regions,
            "region": region,
            "levels": LEVELS,
            "level_words": LEVEL_WORDS,
            "level": asked.one("level"),
            "letter": asked.one("letter"),
            "chosen": chosen,
            "totals": audit.Overview(seen.regions, tuple(lines.values())).totals,
            "areas": [
                (area, standings[area.code])
                for area in told.full.report.areas
                if region is not None and regions.get(area.code, audit.NO_REGION) == region
            ],
            "idle": [rule.code for rule in chosen if rule.found_nothing],
            "trend": trend(told),
            "most": _SHOWN,
        },
        formats=_formats(asked, told),
        dated=False,
    )


def trend(told: Audited) -> list[Step]:
    """The newest audits that looked at all areas as of the same day as this one, the newest first."""
    heads = [head for head in audit.heads(told.ledger)[0] if head.areas is None and head.as_of == told.head.as_of]
    before = [None, *heads]
    steps = [Step(head, earlier) for head, earlier in zip(heads, before, strict=False)]
    return list(reversed(steps))[:_SHOWN]


def _formats(asked: Asked, told: Audited) -> tuple[Format, ...]:
    path = f"/api/v1/audits/{told.name}"
    level = asked.one("level")
    return (
        Format("JSON, by pages", asked.url(path, level=level, limit="1000"), "application/json"),
        Format("CSV, by pages", asked.url(path, level=level, limit="10000", format="csv"), "text/csv"),
        Format("printable report", asked.url("/audit/report.html", audit=told.head.id or None), "text/html"),
        Format("rules as SHACL", f"{asked.base}/shapes.ttl", "text/turtle"),
    )
