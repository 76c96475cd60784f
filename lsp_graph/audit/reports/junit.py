"""
A report as JUnit XML: what continuous integration reads.

    FullReport  ->  a testsuite for each rule, a testcase for each area that the rule applies to

A breach is a failure; what is not recorded or waived is skipped, with a message that says so. Findings about things
that stand in no council's area make one further testcase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lsp_graph.audit.findings import AuditedArea, Finding, RuleResult
from lsp_graph.audit.reports.full import FullReport

_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow even escaped."""


def to_text(full: FullReport) -> str:
    """The report; testcases that only repeat that a rule does not apply are left out."""
    root = Element("testsuites", name=f"LSP Graph audit as of {full.report.as_of.isoformat()}")
    for rule in full.report.rules:
        root.append(_suite(rule, full))
    for count in ("tests", "failures", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(rule: RuleResult, full: FullReport) -> Element:
    suite = Element("testsuite", name=_text(f"{rule.code}: {'; '.join(rule.names)}"))
    findings = full.of_rule(rule.code)
    there: dict[AuditedArea, list[Finding]] = {}
    for finding in findings:
        for area in finding.areas:
            there.setdefault(area, []).append(finding)
    for area in full.report.areas:
        if rule.verdicts[area.code] != "inapplicable":
            _case(suite, rule, _name(area), there.get(area, []), full)
    elsewhere = [finding for finding in findings if not set(finding.areas) & set(full.report.areas)]
    if elsewhere:
        _case(suite, rule, "in no council's area", elsewhere, full)
    suite.set("tests", str(len(suite)))
    for count, mark in (("failures", "failure"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(mark) is not None for case in suite)))
    suite.set("errors", "0")
    return suite


def _case(suite: Element, rule: RuleResult, name: str, findings: Sequence[Finding], full: FullReport) -> None:
    """A testcase: failed where one finding is a counted breach, else skipped where there is any finding."""
    case = SubElement(suite, "testcase", classname=f"lsp.{rule.level}.{rule.code}", name=_text(name))
    counted = [finding for finding in findings if finding.id not in full.waived.by_finding]
    failed = [finding for finding in counted if finding.outcome == "failed"]
    if failed:
        message = "; ".join(dict.fromkeys(finding.message for finding in failed))
        SubElement(case, "failure", type=rule.level, message=_text(message)).text = _told(failed, full)
    elif counted:
        message = "not recorded: " + "; ".join(dict.fromkeys(finding.message for finding in counted))
        SubElement(case, "skipped", message=_text(message)).text = _told(counted, full)
    elif findings:
        waivers = dict.fromkeys(full.waived.by_finding[finding.id] for finding in findings)
        message = "waived: " + "; ".join(f"{w.reason} ({w.who}, until {w.until.isoformat()})" for w in waivers)
        SubElement(case, "skipped", message=_text(message)).text = _told(findings, full)


def _told(findings: Iterable[Finding], full: FullReport) -> str:
    """Each finding with what the rule wants, its sources and its mend."""
    blocks = []
    for finding in findings:
        told = full.explained.of(finding)
        lines = [told.found, f"Wanted: {told.wanted}"]
        lines += [f"Law: {one.text}{f' {one.link}' if one.link else ''}" for one in told.authority]
        lines += [f"Source: {source.text}" for source in told.sources]
        lines += [f"To mend: {told.fix}"] if told.fix else []
        blocks.append("\n".join([*lines, f"Finding: {finding.id}"]))
    return _text("\n\n".join(blocks))


def _name(area: AuditedArea) -> str:
    return f"{area.code} {area.label}"


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
