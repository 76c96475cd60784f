"""
A report as the ledger writes it down, and read back whole.

    FullReport  <->  JSON: a head, what holds for all findings, and the findings

How findings are explained is not written down: it can be asked again of the version that the audit is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import pyoxigraph as ox

from lsp_graph.audit.findings import AuditedArea, AuditReport, Finding, Reference, RuleResult, Value, Verdict, worst
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.audit.waivers import Waived, Waiver
from lsp_graph.shacl import paths

_COUNTED: Final[tuple[Verdict, ...]] = ("passed", "failed", "not-recorded")


def common(full: FullReport) -> dict[str, Any]:
    """What holds for all findings: areas, how each rule fared, what each shape rests on, waivers."""
    report, waived = full.report, full.waived
    places = {area for finding in report.findings for area in finding.areas} | set(report.areas)
    shapes = {finding.shape: finding for finding in report.findings}
    waivers = dict.fromkeys((*waived.by_finding.values(), *waived.expired, *waived.unused))
    return {
        "notInForce": list(report.not_in_force),
        "places": {area.code: [area.label, area.iri] for area in sorted(places)},
        "audited": [area.code for area in report.areas],
        "results": {rule.code: _rule(rule) for rule in report.rules},
        "shapes": {
            shape: {"basis": [[basis.iri, basis.label] for basis in one.basis], "fix": one.fix}
            for shape, one in sorted(shapes.items())
        },
        "waivers": [_waiver(waiver, waived) for waiver in waivers],
    }


def _rule(rule: RuleResult) -> dict[str, Any]:
    return {
        "level": rule.level,
        "names": list(rule.names),
        "counts": [rule.passed, rule.failed, rule.not_recorded],
        "byArea": {code: [counts.get(verdict, 0) for verdict in _COUNTED] for code, counts in rule.by_area.items()},
    }


def _waiver(waiver: Waiver, waived: Waived) -> dict[str, Any]:
    return {
        "finding": waiver.finding,
        "reason": waiver.reason,
        "who": waiver.who,
        "until": waiver.until.isoformat(),
        "file": waiver.file,
        "line": waiver.line,
        "effect": "expired" if waiver in waived.expired else "unused" if waiver in waived.unused else "counts",
        "covers": sorted(finding for finding, one in waived.by_finding.items() if one == waiver),
    }


def finding_text(finding: Finding) -> dict[str, Any]:
    """One finding; what it shares with others of its shape is not repeated."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "level": finding.level,
        "outcome": finding.outcome,
        "focus": {"iri": finding.focus.iri, "label": finding.focus.label},
        "areas": [area.code for area in finding.areas],
        "message": finding.message,
        "path": None if finding.path is None else _path_text(finding.path),
        "value": None if finding.value is None else str(finding.value),
        "shape": finding.shape,
        "component": finding.component,
    }


def read(text: Mapping[str, Any]) -> FullReport:
    """The report of a whole audit, its findings unexplained.

    Raises `KeyError`, `TypeError`, `ValueError` or `AttributeError` for what is no such text.
    """
    places = {code: AuditedArea(code, label, iri) for code, (label, iri) in text["places"].items()}
    audited = tuple(places[code] for code in text["audited"])
    values = _values(finding["value"] for finding in text["findings"])
    report = AuditReport(
        as_of=date.fromisoformat(text["asOf"]),
        version=text["version"],
        areas=audited,
        rules=tuple(_rule_of(code, rule, audited) for code, rule in text["results"].items()),
        findings=tuple(_finding(finding, text["shapes"], places, values) for finding in text["findings"]),
        not_in_force=tuple(text["notInForce"]),
    )
    return FullReport(report, waived=_waived(text["waivers"]))


def _rule_of(code: str, rule: Mapping[str, Any], areas: Iterable[AuditedArea]) -> RuleResult:
    by_area = {
        area: {verdict: number for verdict, number in zip(_COUNTED, counts, strict=True) if number}
        for area, counts in rule["byArea"].items()
    }
    passed, failed, silent = rule["counts"]
    verdicts = {area.code: worst(by_area.get(area.code, {})) for area in areas}
    return RuleResult(
        code=code,
        level=rule["level"],
        names=tuple(rule["names"]),
        tested=passed + failed + silent,
        passed=passed,
        failed=failed,
        not_recorded=silent,
        inapplicable=sum(verdict == "inapplicable" for verdict in verdicts.values()),
        verdicts=verdicts,
        by_area=by_area,
    )


def _finding(
    text: Mapping[str, Any],
    shapes: Mapping[str, Any],
    places: Mapping[str, AuditedArea],
    values: Mapping[str, Value],
) -> Finding:
    shape = shapes[text["shape"]]
    return Finding(
        rule=text["rule"],
        level=text["level"],
        outcome=text["outcome"],
        focus=Reference(text["focus"]["iri"], text["focus"]["label"]),
        areas=tuple(places[code] for code in text["areas"]),
        path=None if text["path"] is None else _path_of(text["path"]),
        value=None if text["value"] is None else values[text["value"]],
        message=text["message"],
        basis=tuple(Reference(iri, label) for iri, label in shape["basis"]),
        fix=shape["fix"],
        shape=text["shape"],
        component=text["component"],
    )


def _values(texts: Iterable[str | None]) -> dict[str, Value]:
    """Terms by how N-Triples writes them, each once."""
    each = sorted({text for text in texts if text is not None})
    lines = "".join(f"_:s <x:p> {text} .\n" for text in each)
    triples = ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)
    return {
        text: quad.object for text, quad in zip(each, triples, strict=True) if not isinstance(quad.object, ox.Triple)
    }


def _waived(waivers: Iterable[Mapping[str, Any]]) -> Waived:
    by_finding: dict[str, Waiver] = {}
    expired: list[Waiver] = []
    unused: list[Waiver] = []
    for text in waivers:
        told = (text["finding"], text["reason"], text["who"], date.fromisoformat(text["until"]))
        waiver = Waiver(*told, text["file"], text["line"])
        by_finding.update(dict.fromkeys(text["covers"], waiver))
        expired += [waiver] if text["effect"] == "expired" else []
        unused += [waiver] if text["effect"] == "unused" else []
    return Waived(by_finding, tuple(expired), tuple(unused))


def _path_text(path: paths.Path) -> Any:
    """A property's IRI, or an object that names the kind of path and holds its parts."""
    match path:
        case paths.Predicate(iri):
            return iri
        case paths.Inverse(inner):
            return {"inverse": _path_text(inner)}
        case paths.Repeat(inner, sign):
            return {sign: _path_text(inner)}
        case paths.Sequence(parts):
            return {"sequence": [_path_text(part) for part in parts]}
        case paths.Alternative(parts):
            return {"alternative": [_path_text(part) for part in parts]}


def _path_of(text: Any) -> paths.Path:
    match text:
        case str():
            return paths.Predicate(text)
        case {"inverse": inner}:
            return paths.Inverse(_path_of(inner))
        case {"sequence": parts}:
            return paths.Sequence(tuple(_path_of(part) for part in parts))
        case {"alternative": parts}:
            return paths.Alternative(tuple(_path_of(part) for part in parts))
        case {"*": inner} | {"+": inner} | {"?": inner}:
            return paths.Repeat(_path_of(inner), next(iter(text)))
    raise ValueError(f"{text!r} is no path")
