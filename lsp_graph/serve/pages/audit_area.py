"""
/audit/areas/{code}: the audit of one area.

    area  ->  how each rule stands there, and each finding with what would mend it
"""

from __future__ import annotations

from lsp_graph import audit
from lsp_graph.areas import resolve
from lsp_graph.errors import UnknownName
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.audited import STANDINGS, Row, audited, by_letter, of_filters
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.store import EmbeddedBackend


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The page. Raises `UnknownName` and `AmbiguousName` for what names no area, or several."""
    known = audited(backend, asked)
    area = area_of(backend, known.full.report, asked.key)
    told = audited(backend, asked, area.code)
    rules = of_filters(asked, told.full.report.rules)
    standing = {rule.code: told.full.standings(rule)[area.code] for rule in rules}
    rows: dict[str, list[Row]] = {}
    codes = {rule.code for rule in rules}
    findings = [one for one in told.full.report.findings if area in one.areas and one.rule in codes]
    for row in told.rows(backend, findings):
        rows.setdefault(row.finding.rule, []).append(row)
    texts = told.texts(backend)
    path = f"/api/v1/audits/{told.name}"
    report = asked.url("/audit/report.html", area=area.code, audit=told.head.id or None)
    return Page(
        "audit_area.html",
        f"Audit of {area.label}",
        {
            "audited": told,
            "area": area,
            "region": texts.regions.get(area.code),
            "texts": texts.rules,
            "standings": STANDINGS,
            "letters": audit.read_rulebook().subjects,
            "letter": asked.one("letter"),
            "level": asked.one("level"),
            "rules": {
                wanted: by_letter(rule for rule in rules if standing[rule.code] == wanted) for wanted in STANDINGS
            },
            "numbers": {wanted: sum(one == wanted for one in standing.values()) for wanted in STANDINGS},
            "rows": rows,
        },
        formats=(
            Format("JSON", asked.url(path, area=area.code, limit="1000"), "application/json"),
            Format("CSV", asked.url(path, area=area.code, limit="10000", format="csv"), "text/csv"),
            Format("printable report", report, "text/html"),
        ),
        dated=False,
    )


def area_of(backend: EmbeddedBackend, report: audit.AuditReport, text: str) -> audit.AuditedArea:
    """The audited area that is meant."""
    by_code = next((area for area in report.areas if area.code == text), None)
    if by_code is not None:
        return by_code
    iri = resolve(backend, text, report.as_of).value
    found = next((area for area in report.areas if area.iri == iri), None)
    if found is None:
        raise UnknownName(f"area that this audit of {report.as_of.isoformat()} looked at", text)
    return found
