"""
What a worker does for the audits of the API.

    graph + ledger + request  ->  the audits there are, one of them, two compared; or a new one, kept

Findings are explained when they are asked for: a page takes hundredths of a second, all of them as long as the audit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from lsp_graph import audit
from lsp_graph.areas import resolve
from lsp_graph.audit.reports import document, spreadsheet
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.errors import InputError, StoreUnavailable, UnknownName
from lsp_graph.serve import models, paging, problems, protocol, recalling
from lsp_graph.serve.negotiate import choose
from lsp_graph.serve.wire import Message
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend

_JSON: Final = "application/json"
_FORMS: Final = (_JSON, "text/csv")
_PATH: Final = "/api/v1/audits"


@dataclass(frozen=True)
class _Recalled:
    """An audit that is asked about, and how it is asked for again."""

    head: audit.KeptHead
    full: FullReport

    @property
    def name(self) -> str:
        """Its name in an address: the latest stays the same while its pages are read."""
        return self.head.id or audit.LATEST


def new_audit(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """Audit the version that is served, all rules and areas on the default day, and keep the audit in the store.

    The reply is empty; where the store cannot be written it holds the audit, to be sent along with later requests.
    Raises `StoreUnavailable` for waivers in the store that cannot be used: no fault of the client's.
    """
    store = Path(request.head["store"])
    try:
        waivers = audit.waivers_of(store, None)
    except InputError as error:
        raise StoreUnavailable(str(error)) from error
    report = replace(audit.audit(backend, as_of=DEFAULT_AS_OF), world=request.head["world"])
    full = audit.full_report(report, waived=audit.apply(waivers, report, date.today()))
    try:
        audit.keep(_ledger(request), full)
    except StoreUnavailable:
        return Message({"status": 200, "headers": {}, "retire": True}, audit.unkept(full).encode())
    return Message({"status": 200, "headers": {}, "retire": True})


def list_audits(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The audits that are kept, the newest first."""
    found, damaged = audit.heads(_ledger(request))
    offset, limit = request.head["offset"], min(request.head["limit"], max_rows)
    found.reverse()
    more = offset + limit < len(found)
    listed = models.Audits.model_validate(
        {
            "total": len(found),
            "next": _address("", request, offset + limit) if more else None,
            "audits": [_head(one) for one in found[offset : offset + limit]],
            "unreadable": [str(error) for error in damaged],
        }
    )
    return _json(listed, len(found), listed.next)


def one_audit(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The findings of an audit that fit the filters, by page, and how the rules fared."""
    asked = request.head
    recalled = _recalled(backend, request)
    if recalled is None:
        return recalling.unaudited(backend.version)
    head, report = recalled.head, recalled.full.report
    form = choose(asked["accept"], _FORMS)
    if form is None:
        said = f"{asked['accept']!r} is not offered; there are {', '.join(_FORMS)}"
        raise problems.Refusal(problems.NOT_ACCEPTABLE.reply(said))
    area = None if asked["area"] is None else _area(backend, report, asked["area"])
    rules = _rules(report, asked["rule"], asked["level"])
    codes = {rule.code for rule in rules}
    found = [
        finding
        for finding in report.findings
        if finding.rule in codes
        and (area is None or area in finding.areas)
        and asked["outcome"] in (None, finding.outcome)
    ]
    offset, limit = asked["offset"], min(asked["limit"], max_rows)
    page = replace(report, findings=tuple(found[offset : offset + limit]), rules=rules, areas=())
    # What the graph says today is no explanation of what another version of it said.
    explained = audit.explain(backend, page) if head.version == backend.version else None
    shown = audit.full_report(page, explained=explained, waived=recalled.full.waived)
    following = _address(f"/{recalled.name}", request, offset + limit) if offset + limit < len(found) else None
    if form != _JSON:
        text = spreadsheet.to_text(shown).encode()
        return _reply(text, f"{form}; charset=utf-8", len(found), following)
    answer = {
        "world": asked["world"],
        **_head(head),
        "total": len(found),
        "next": following,
        "rules": [
            document.rule_to_json(rule, recalled.full, shown.explained, area)
            | {"verdicts": None if area is None else {area.code: recalled.full.standings(rule)[area.code]}}
            for rule in rules
        ],
        "notInForce": list(report.not_in_force),
        "findings": [document.finding_to_json(finding, shown) for finding in page.findings],
    }
    return _json(models.Audit.model_validate(answer), len(found), following)


def compared(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """What has changed between two audits: of each kind of change a page, and how many there are."""
    kept = []
    for name in (request.head["from"], request.head["to"]):
        one = _kept(backend, request, name)
        if one is None:
            return recalling.unaudited(backend.version)
        kept.append(one)
    comparison = audit.compare(*kept)
    offset, limit = request.head["offset"], min(request.head["limit"], max_rows)
    told = document.comparison_to_json(comparison, offset, limit)
    most = max(len(found) for change, found in comparison.groups.items() if change != "unchanged")
    following = _address("/diff", request, offset + limit) if offset + limit < most else None
    return _json(models.AuditComparison.model_validate(told | {"next": following}), None, following)


def _recalled(backend: EmbeddedBackend, request: Message) -> _Recalled | None:
    """The audit that is asked for; None where it is the latest and the version has not been audited.

    Raises `UnknownName` for an audit that is not kept, `StoreUnavailable` for one that cannot be read, `Refusal` (404)
    for the latest of a day that nobody has audited: only the default day is audited by itself.
    """
    id, day = request.head["id"], _day(request)
    wanted = recalling.latest(_ledger(request), backend.version, day) if id == audit.LATEST else id
    if wanted is not None:
        return _Recalled(*recalling.whole(_ledger(request), wanted))
    if day != DEFAULT_AS_OF:
        said = f"version {backend.version} has not been audited as of {day}; `lsp-graph audit --as-of {day}` does that"
        raise problems.Refusal(problems.NOT_FOUND.reply(said))
    return _Recalled(*recalling.held(request.body)) if request.body else None


def _kept(backend: EmbeddedBackend, request: Message, id: str) -> audit.Kept | None:
    """An audit to be compared; None as for `_recalled`."""
    ledger = _ledger(request)
    wanted = recalling.latest(ledger, backend.version, DEFAULT_AS_OF) if id == audit.LATEST else id
    if wanted is not None:
        return audit.load(ledger, wanted)
    return audit.read_kept(request.body.decode()) if request.body else None


def _area(backend: EmbeddedBackend, report: audit.AuditReport, text: str) -> audit.AuditedArea:
    """The audited area that is meant. Raises `UnknownName` and `AmbiguousName`."""
    iri = resolve(backend, text, report.as_of).value
    for area in report.areas:
        if area.iri == iri:
            return area
    raise UnknownName(f"area that this audit of {report.as_of.isoformat()} looked at", text)


def _rules(report: audit.AuditReport, code: str | None, level: str | None) -> tuple[audit.RuleResult, ...]:
    """The rules that are asked about. Raises `UnknownName` for a code that no rule has."""
    if code is not None:
        audit.read_rulebook().chosen([code])
    wanted = None if code is None else code.strip().upper()
    return tuple(rule for rule in report.rules if wanted in (None, rule.code) and level in (None, rule.level))


def _head(head: audit.KeptHead) -> dict[str, Any]:
    return {
        "id": head.id or None,
        "created": head.created,
        "asOf": head.as_of,
        "version": head.version,
        "scope": {"areas": head.areas, "rules": list(head.rules)},
        "counts": head.counts,
    }


def _day(request: Message) -> date:
    value = request.head.get("asOf")
    return DEFAULT_AS_OF if value is None else protocol.day(value)


def _ledger(request: Message) -> Path:
    return recalling.ledger_of(Path(request.head["store"]), request.head["world"])


def _address(name: str, request: Message, offset: int) -> str:
    """Where the next page is: the same request from another offset on."""
    return paging.address(request.head, f"{_PATH}{name}", offset)


def _json(
    model: models.Audits | models.Audit | models.AuditComparison, total: int | None, following: str | None
) -> Message:
    return _reply(model.model_dump_json(by_alias=True).encode(), _JSON, total, following)


def _reply(body: bytes, content_type: str, total: int | None, following: str | None) -> Message:
    headers = {"content-type": content_type, "vary": "Accept"}
    headers |= {} if total is None else {"x-total-count": str(total)}
    headers |= {} if following is None else {"link": f'<{following}>; rel="next"'}
    return Message({"status": 200, "headers": headers}, body)
