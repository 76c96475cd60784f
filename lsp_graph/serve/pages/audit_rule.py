"""
/audit/rules/{code}: one rule of the audit.

    code  ->  what it asks for and on what it rests, how it fared in each region, and its findings by page
"""

from __future__ import annotations

from typing import Final

from lsp_graph import audit
from lsp_graph.errors import UnknownName
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.audited import LEVEL_WORDS, STANDINGS, audited, shape_links
from lsp_graph.serve.pages.listing import Listing
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.store import EmbeddedBackend

_SHOWN: Final = 50
"""So many findings stand on a page."""

_OUTCOMES: Final = ("failed", "not-recorded")


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The page. Raises `UnknownName` for a rule or region that there is not."""
    code = asked.key.strip().upper()
    told = audited(backend, asked, code)
    rule = told.rule(code)
    texts = told.texts(backend)
    seen = audit.overview(told.full, texts.regions)
    region, outcome = asked.one("region"), asked.choice("outcome", _OUTCOMES)
    if region is not None and region not in seen.regions:
        raise UnknownName("region", region, [one for one in seen.regions if one])
    findings = [
        finding
        for finding in told.full.of_rule(rule.code)
        if outcome in (None, finding.outcome)
        and (region is None or region in {texts.regions.get(area.code, audit.NO_REGION) for area in finding.areas})
    ]
    listing = Listing.of(asked, findings, _SHOWN)
    book = audit.read_rulebook()
    shapes = [shape for shape in book.shapes if shape.code == rule.code]
    path = f"/api/v1/audits/{told.name}"
    return Page(
        "audit_rule.html",
        f"Rule {rule.code}: {'; '.join(rule.names)}",
        {
            "audited": told,
            "rule": rule,
            "text": texts.rules.get(rule.code),
            "subject": book.subjects.get(rule.code[0]),
            "level_word": LEVEL_WORDS[rule.level],
            "since": min((shape.begins for shape in shapes if shape.begins), default=None),
            "until": max((shape.ends for shape in shapes if shape.ends), default=None),
            "shapes": shape_links([str(shape.iri) for shape in shapes], asked.base),
            "tally": told.full.tally(rule),
            "standings": STANDINGS,
            "line": next(line for line in seen.lines if line.rule.code == rule.code),
            "regions": seen.regions,
            "region": region,
            "outcome": outcome,
            "outcomes": [(one, STANDINGS[one][1], None) for one in _OUTCOMES],
            "rows": told.rows(backend, listing.shown),
            "listing": listing,
        },
        formats=(
            Format("JSON, by pages", asked.url(path, rule=rule.code, limit="1000"), "application/json"),
            Format("CSV, by pages", asked.url(path, rule=rule.code, limit="10000", format="csv"), "text/csv"),
        ),
        dated=False,
    )
