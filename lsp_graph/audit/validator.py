"""
The door to the SHACL validator, pySHACL.

    data + shapes  ->  results
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyshacl
from pyshacl.errors import ReportableRuntimeError, ShapeLoadError
from rdflib import Graph, URIRef
from rdflib.term import Node

from lsp_graph.audit.paths import Path, read
from lsp_graph.audit.rulebook import TARGETS, term
from lsp_graph.errors import InputError, Problem
from lsp_graph.namespaces import RDF, RDFS, SH

_TYPE: Final = URIRef(RDF.type.value)
_SUBCLASS: Final = URIRef(RDFS.subClassOf.value)


@dataclass(frozen=True)
class Result:
    """One `sh:ValidationResult`. `shape` is the shape whose constraint failed, often a part of a rule's shape."""

    focus: Node
    shape: Node
    component: str
    path: Path | None
    value: Node | None
    messages: tuple[str, ...]


def validate(data: Graph, shapes: Graph) -> tuple[Result, ...]:
    """Check the data against every shape that has a target.

    Raises `InputError` when the validator cannot use the shapes.
    """
    try:
        _, found, text = pyshacl.validate(
            data, shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False, inplace=True
        )
    except (ReportableRuntimeError, ShapeLoadError) as error:
        raise InputError([Problem("shapes", None, str(error), "shapes that the validator can use")]) from error
    if not isinstance(found, Graph):
        raise InputError([Problem("shapes", None, str(text), "shapes that the validator can use")])
    return tuple(_result(found, node) for node in found.objects(None, term(SH, "result")))


def _result(report: Graph, node: Node) -> Result:
    """Read one result out of a report."""
    path = report.value(node, term(SH, "resultPath"))
    return Result(
        focus=_one(report, node, "focusNode"),
        shape=_one(report, node, "sourceShape"),
        component=str(report.value(node, term(SH, "sourceConstraintComponent"))),
        path=None if path is None else read(report, path),
        value=report.value(node, term(SH, "value")),
        messages=tuple(sorted(str(message) for message in report.objects(node, term(SH, "resultMessage")))),
    )


def _one(report: Graph, node: Node, name: str) -> Node:
    """The value that every result has exactly once."""
    (value,) = report.objects(node, term(SH, name))
    return value


def with_targets(shapes: Graph, targets: Mapping[Node, Iterable[Node]]) -> Graph:
    """The same shapes, but each of these targets just these nodes, and no other shape has a target."""
    aimed = Graph()
    for triple in shapes:
        if triple[1] not in TARGETS:
            aimed.add(triple)
    for shape, nodes in targets.items():
        for node in nodes:
            aimed.add((shape, term(SH, "targetNode"), node))
    return aimed


def focus_nodes(data: Graph, shapes: Graph, shape: Node) -> frozenset[Node]:
    """The nodes that a shape's targets pick out of the data (SHACL §2.1.3)."""
    found = set(shapes.objects(shape, term(SH, "targetNode")))
    for subjects_of in shapes.objects(shape, term(SH, "targetSubjectsOf")):
        found.update(data.subjects(subjects_of))
    for objects_of in shapes.objects(shape, term(SH, "targetObjectsOf")):
        found.update(data.objects(None, objects_of))
    for target_class in shapes.objects(shape, term(SH, "targetClass")):
        for name in data.transitive_subjects(_SUBCLASS, target_class):
            found.update(data.subjects(_TYPE, name))
    return frozenset(found)


def conforming(data: Graph, shapes: Graph, asked: Mapping[Node, Iterable[Node]]) -> dict[Node, frozenset[Node]]:
    """For each shape, which of the given nodes conform to it.

    Each shape is turned round: a node that violates `sh:not` the shape conforms to it.
    """
    turned = with_targets(shapes, {})
    probes: dict[Node, Node] = {}
    for number, (shape, nodes) in enumerate(asked.items()):
        probe = URIRef(f"urn:lsp-graph:conforms:{number}")
        probes[probe] = shape
        turned.add((probe, _TYPE, term(SH, "NodeShape")))
        turned.add((probe, term(SH, "not"), shape))
        for node in nodes:
            turned.add((probe, term(SH, "targetNode"), node))
    results = validate(data, turned) if probes else ()
    return {
        shape: frozenset(result.focus for result in results if result.shape == probe) for probe, shape in probes.items()
    }
