"""
`/map/audit`: how rules stand in each area, on the map.

    rule, or outcome + day  ->  the standing of the rule, or how many rules have that outcome
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from lsp_graph.serve.pages import hexagons
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.audited import STANDINGS, Audited, audited
from lsp_graph.serve.pages.measures import ABSENT, Measure, Scale, kinds, ordered
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.recorded import Row
from lsp_graph.store import EmbeddedBackend

OUTCOMES: Final = {"failed": "have failed", "not-recorded": "cannot be told, for want of a record"}
"""What can be counted over all rules."""

_VERDICTS: Final = "verdicts"
_COLOURS: Final = {"failed": "c2", "not-recorded": ABSENT, "waived": "c3", "passed": "c0", "inapplicable": "c1"}
_NOT_LOOKED_AT: Final = "the audit did not look there"


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The map of one rule, or of all. Raises `UnknownName` for a rule that there is not."""
    told = audited(backend, asked)
    code, outcome = asked.one("rule"), asked.choice("outcome", OUTCOMES) or "failed"
    areas = hexagons.areas_of(backend, asked)
    if code is not None:
        rule = told.rule(code)
        title, counts = f"Rule {rule.code}: {'; '.join(rule.names)}", "how the rule stands in each area"
        code = rule.code
    else:
        title, counts = "The audit", f"how many of its {len(told.full.report.rules)} rules {OUTCOMES[outcome]}"
    scale = _of_rule(told, code, areas) if code is not None else _of_all(told, outcome, areas)
    return hexagons.shown(
        backend,
        asked,
        areas,
        Measure("audit", title, counts, lambda *_: scale),
        "audit_map.html",
        (Format("JSON", asked.url(f"/api/v1/audits/{told.name}", rule=code), "application/json"),),
        audited=told,
        rules=[(rule.code, f"{rule.code}: {'; '.join(rule.names)}") for rule in told.full.report.rules],
        rule=code,
        outcome=outcome,
        outcomes=OUTCOMES,
    )


def _of_rule(told: Audited, code: str, areas: Sequence[Row]) -> Scale:
    words = {str(standing): text for standing, (_, text) in STANDINGS.items()}
    by_code = told.full.standings(told.rule(code))
    found = {row["area"]: words[by_code[row["code"]]] for row in areas if row.get("code") in by_code}
    colours = {words[standing]: colour for standing, colour in _COLOURS.items()}
    return kinds(found, [row["area"] for row in areas], _NOT_LOOKED_AT, list(words.values()), _VERDICTS, colours)


def _of_all(told: Audited, outcome: str, areas: Sequence[Row]) -> Scale:
    counted: Counter[str] = Counter()
    looked_at = set()
    for rule in told.full.report.rules:
        for code, standing in told.full.standings(rule).items():
            looked_at.add(code)
            counted[code] += standing == outcome
    found = {row["area"]: float(counted[row["code"]]) for row in areas if row.get("code") in looked_at}
    return ordered(found, [row["area"] for row in areas], _NOT_LOOKED_AT)
