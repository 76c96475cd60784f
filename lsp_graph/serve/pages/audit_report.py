"""
/audit/report.html: an audit as one page to print and to send on, with all that it needs in it.

    audit, of all areas or one  ->  the HTML of `lsp-graph audit --format html`
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from typing import Final

from lsp_graph import audit
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.serve import recalling
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.audit_area import area_of
from lsp_graph.serve.pages.audited import audited
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend

_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def page(backend: EmbeddedBackend, asked: Asked) -> Message:
    """The report. Raises `UnknownName` and `AmbiguousName` for what names no area, or several."""
    told = audited(backend, asked)
    place = asked.one("area")
    if place is not None:
        area = area_of(backend, told.full.report, place)
        told = audited(backend, asked, area.code)
        full = _of_area(told.full, area)
    elif told.head.id:
        full = recalling.whole(told.ledger, told.head.id)[1]
    else:
        full = told.full
    report = replace(full.report, world=asked.world)
    explained = audit.explain(backend, report) if told.current else None
    text = audit.FORMATS["html"](audit.full_report(report, explained=explained, waived=full.waived))
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy(text)}
    return Message({"status": 200, "headers": headers}, text.encode())


def policy(text: str) -> str:
    """The policy of a page whose one style sheet stands in it: no other style holds, and nothing is loaded."""
    style = _STYLE.search(text)
    digest = b64encode(hashlib.sha256((style[1] if style else "").encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _of_area(full: FullReport, area: audit.AuditedArea) -> FullReport:
    """The part of a report that is about one area."""
    report = full.report
    findings = tuple(finding for finding in report.findings if area in finding.areas)
    rules = tuple(
        replace(
            rule,
            tested=tally.tested,
            passed=there.get("passed", 0),
            failed=there.get("failed", 0),
            not_recorded=there.get("not-recorded", 0),
            inapplicable=int(rule.verdicts[area.code] == "inapplicable"),
            verdicts={area.code: rule.verdicts[area.code]},
            by_area={area.code: there} if there else {},
        )
        for rule in report.rules
        for there, tally in [(rule.by_area.get(area.code, {}), full.tally(rule, area.code))]
    )
    return replace(full, report=replace(report, areas=(area,), rules=rules, findings=findings))
