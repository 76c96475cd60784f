"""
What a validation found.

    ValidationResult  =  which node broke which constraint of which shape;   results  ->  a `sh:ValidationReport`

Source: SHACL §3.6 (validation report).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import Graph

from lsp_graph.namespaces import PREFIXES, RDF, SH
from lsp_graph.shacl.paths import Path, text, triples
from lsp_graph.shacl.terms import Node, Term, graph_of, order


@dataclass(frozen=True)
class Branch:
    """One of the shapes that a logical constraint weighed: whether the value conforms to it, and if not, why."""

    shape: Node
    conforms: bool
    results: tuple[ValidationResult, ...]


@dataclass(frozen=True)
class ValidationResult:
    """One `sh:ValidationResult`.

    `shape` is the shape whose constraint failed, `root` the one with the target that led there, from the focus node
    `root_focus`: they differ where a property shape is nested. `constraint` is the node of a SPARQL constraint.
    `details` tell for sh:node, sh:not, sh:and, sh:or, sh:xone which shapes were weighed, in the order of the shape.
    """

    focus: Term
    path: Path | None
    value: Term | None
    shape: Node
    component: ox.NamedNode
    severity: ox.NamedNode
    messages: tuple[ox.Literal, ...]
    constraint: Node | None
    details: tuple[Branch, ...]
    root: Node
    root_focus: Term


def sort_key(result: ValidationResult) -> tuple[object, ...]:
    """By which results are sorted."""
    return (
        order(result.focus),
        order(result.shape),
        result.component.value,
        text(result.path) if result.path else "",
        order(result.value),
        [str(message) for message in result.messages],
        order(result.constraint),
        order(result.root),
        order(result.root_focus),
    )


def report(results: Iterable[ValidationResult]) -> Graph:
    """The results as a `sh:ValidationReport`."""
    graph = graph_of(report_triples(results))
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def report_triples(results: Iterable[ValidationResult]) -> list[ox.Triple]:
    """The triples of a `sh:ValidationReport`."""
    node = ox.BlankNode()
    found = [(ox.BlankNode(), result) for result in results]
    conforms = ox.Literal(not found)
    made = [ox.Triple(node, RDF.type, SH.ValidationReport), ox.Triple(node, SH.conforms, conforms)]
    for name, result in found:
        made.append(ox.Triple(node, SH.result, name))
        made.extend(_described(name, result))
    return made


def _described(node: ox.BlankNode, result: ValidationResult) -> Iterator[ox.Triple]:
    yield ox.Triple(node, RDF.type, SH.ValidationResult)
    yield ox.Triple(node, SH.focusNode, result.focus)
    yield ox.Triple(node, SH.sourceShape, result.shape)
    yield ox.Triple(node, SH.sourceConstraintComponent, result.component)
    yield ox.Triple(node, SH.resultSeverity, result.severity)
    if result.path is not None:
        path, below = triples(result.path)
        yield ox.Triple(node, SH.resultPath, path)
        yield from below
    if result.value is not None:
        yield ox.Triple(node, SH.value, result.value)
    if result.constraint is not None:
        yield ox.Triple(node, SH.sourceConstraint, result.constraint)
    for message in result.messages:
        yield ox.Triple(node, SH.resultMessage, message)
    for branch in result.details:
        for below_it in branch.results:
            inner = ox.BlankNode()
            yield ox.Triple(node, SH.detail, inner)
            yield from _described(inner, below_it)
