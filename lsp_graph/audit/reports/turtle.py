"""
A report as RDF: a standard validation report, and how each rule stands in each area.

    FullReport  ->  Turtle: sh:ValidationReport (SHACL §3.6) with a result for each finding, earl:Assertions (EARL 1.0)

A waived finding stays a result, marked with `lsp:waivedBecause`: a report says what is the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from lsp_graph import __version__
from lsp_graph.audit.findings import Finding, RuleResult
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.namespaces import BASE, DCTERMS, LSP, PREFIXES, PROV, RDF, RDFS, SH, XSD, Namespace, resource
from lsp_graph.shacl import paths

_EARL: Final = Namespace("http://www.w3.org/ns/earl#")
_OUTCOMES: Final = {
    "passed": _EARL.passed,
    "failed": _EARL.failed,
    "not-recorded": _EARL.cantTell,
    "inapplicable": _EARL.inapplicable,
}
_SEVERITIES: Final = {"law": SH.Violation, "guidance": SH.Warning, "practice": SH.Info}
_SOFTWARE: Final = ox.NamedNode(BASE + "software/lsp-graph")


def to_text(full: FullReport) -> str:
    """What is not recorded has severity `sh:Info` and the outcome `earl:cantTell`."""
    prefixes = {**PREFIXES, "earl": str(_EARL), "finding": resource("finding", "").value}
    text: bytes = ox.serialize(_triples(full), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    return text.decode()


def _triples(full: FullReport) -> Iterator[ox.Triple]:
    report = full.report
    node = resource("audit", report.version, report.as_of.isoformat())
    conforms = ox.Literal(str(not report.findings).lower(), datatype=XSD.boolean)
    yield ox.Triple(node, RDF.type, SH.ValidationReport)
    yield ox.Triple(node, SH.conforms, conforms)
    yield ox.Triple(node, DCTERMS.date, ox.Literal(report.as_of.isoformat(), datatype=XSD.date))
    for finding in report.findings:
        result = resource("finding", finding.id)
        yield ox.Triple(node, SH.result, result)
        yield from _finding(finding, result, full)
    yield ox.Triple(_SOFTWARE, RDF.type, _EARL.Software)
    yield ox.Triple(_SOFTWARE, RDFS.label, ox.Literal(f"LSP Graph {__version__}"))
    for rule in report.rules:
        yield from _rule(rule, full, node)


def _finding(finding: Finding, result: ox.NamedNode, full: FullReport) -> Iterator[ox.Triple]:
    severity = _SEVERITIES[finding.level] if finding.outcome == "failed" else SH.Info
    told, waiver = full.explained.of(finding), full.waived.by_finding.get(finding.id)
    yield ox.Triple(result, RDF.type, SH.ValidationResult)
    yield ox.Triple(result, LSP.ruleCode, ox.Literal(finding.rule))
    yield ox.Triple(result, _EARL.outcome, _OUTCOMES[finding.outcome])
    yield ox.Triple(result, SH.focusNode, _node(finding.focus.iri))
    yield ox.Triple(result, SH.resultSeverity, severity)
    yield ox.Triple(result, SH.sourceShape, ox.NamedNode(finding.shape))
    yield ox.Triple(result, SH.sourceConstraintComponent, ox.NamedNode(finding.component))
    yield ox.Triple(result, SH.resultMessage, ox.Literal(finding.message))
    yield ox.Triple(result, DCTERMS.description, ox.Literal(told.found, language="en"))
    if finding.path is not None:
        path, described = paths.triples(finding.path)
        yield ox.Triple(result, SH.resultPath, path)
        yield from described
    if finding.value is not None:
        yield ox.Triple(result, SH.value, finding.value)
    for basis in finding.basis:
        yield ox.Triple(result, LSP.basis, ox.NamedNode(basis.iri))
    for area in finding.areas:
        yield ox.Triple(result, LSP.area, ox.NamedNode(area.iri))
    if told.fix:
        yield ox.Triple(result, LSP.fix, ox.Literal(told.fix, language="en"))
    for about in sorted({source.about.iri for source in told.sources}):
        yield ox.Triple(result, PROV.wasDerivedFrom, _node(about))
    if waiver is not None:
        yield ox.Triple(result, LSP.waivedBecause, ox.Literal(waiver.reason))
        yield ox.Triple(result, LSP.waivedBy, ox.Literal(waiver.who))
        yield ox.Triple(result, LSP.waivedUntil, ox.Literal(waiver.until.isoformat(), datatype=XSD.date))


def _node(name: str) -> ox.NamedNode | ox.BlankNode:
    """The thing of this name: an IRI has a colon, what goes without a name in the graph has none."""
    return ox.NamedNode(name) if ":" in name else ox.BlankNode(name)


def _rule(rule: RuleResult, full: FullReport, audit: ox.NamedNode) -> Iterator[ox.Triple]:
    """The rule as a test, and an assertion for each audited area."""
    test = resource("audit-rule", rule.code)
    yield ox.Triple(test, RDF.type, _EARL.TestRequirement)
    yield ox.Triple(test, LSP.ruleCode, ox.Literal(rule.code))
    for name in rule.names:
        yield ox.Triple(test, DCTERMS["title"], ox.Literal(name, language="en"))
    text = full.explained.rules.get(rule.code)
    for shape in text.shapes if text else ():
        yield ox.Triple(test, DCTERMS.hasPart, ox.NamedNode(shape))
    for area in full.report.areas:
        key = (full.report.version, full.report.as_of.isoformat(), rule.code, area.code)
        assertion, result = resource("assertion", *key), resource("test-result", *key)
        yield ox.Triple(assertion, RDF.type, _EARL.Assertion)
        yield ox.Triple(assertion, _EARL.assertedBy, _SOFTWARE)
        yield ox.Triple(assertion, _EARL["mode"], _EARL.automatic)
        yield ox.Triple(assertion, _EARL.subject, ox.NamedNode(area.iri))
        yield ox.Triple(assertion, _EARL.test, test)
        yield ox.Triple(assertion, _EARL.result, result)
        yield ox.Triple(assertion, DCTERMS.isPartOf, audit)
        yield ox.Triple(result, RDF.type, _EARL.TestResult)
        yield ox.Triple(result, _EARL.outcome, _OUTCOMES[rule.verdicts[area.code]])
