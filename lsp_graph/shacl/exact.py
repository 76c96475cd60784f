"""
What the store cannot tell, asked of pySHACL.

    files of data + shapes graph + one shape  ->  its results

Oxigraph keeps a whole number by its value: that `"5"^^xsd:byte` was no plain `xsd:integer` is forgotten. A shape that
asks for such a datatype, of values that have one, is validated by pySHACL over the triples as they are written. It is
slow and takes memory, so it is asked about such shapes only, and whoever reads the report is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import Node as RdflibNode

from lsp_graph.errors import InputError, Problem
from lsp_graph.namespaces import RDF, SH, XSD
from lsp_graph.shacl import paths
from lsp_graph.shacl.files import NARROWED, ShapesGraph, described, quiet
from lsp_graph.shacl.guard import parse
from lsp_graph.shacl.model import Datatype, Shape, Shapes, referred
from lsp_graph.shacl.results import ValidationResult
from lsp_graph.shacl.source import rdf
from lsp_graph.shacl.terms import Node, graph_of, to_oxigraph, to_rdflib

_TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")


def needing(shapes: Shapes, narrowed: frozenset[str]) -> tuple[Shape, ...]:
    """The shapes with a target that ask, themselves or by others, for a datatype that the store forgot.

    `narrowed` are the properties whose values have such datatypes.
    """
    return tuple(shape for shape in shapes.targeted if any(_asks(one, narrowed) for one in _reached(shapes, shape)))


def results_of(files: Iterable[Path], stated: ShapesGraph, roots: Iterable[Shape]) -> list[ValidationResult]:
    """What pySHACL finds for these shapes, each by itself.

    Raises `InputError` where it cannot be asked.
    """
    with quiet():
        data = Graph()
        for file in files:
            data += graph_of(ox.Triple(quad.subject, quad.predicate, quad.object) for quad in parse(file))
        return [result for root in roots for result in _results(data, stated, root)]


def _reached(shapes: Shapes, root: Shape) -> Iterator[Shape]:
    """The shape and all that it refers to."""
    seen: set[Node] = set()
    pending = [root.node]
    while pending:
        node = pending.pop()
        if node not in seen and node in shapes.by_node:
            seen.add(node)
            shape = shapes.by_node[node]
            yield shape
            pending.extend(other for constraint in shape.constraints for other in referred(constraint))


def _asks(shape: Shape, narrowed: frozenset[str]) -> bool:
    asked = {one.name for one in shape.constraints if isinstance(one, Datatype)}
    if not asked & {*NARROWED, XSD.integer}:
        return False
    return shape.path is None or any(f"<{iri}>" in paths.sparql(shape.path) for iri in narrowed)


def _results(data: Graph, stated: ShapesGraph, root: Shape) -> Iterator[ValidationResult]:
    import pyshacl
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, RuleLoadError, ShapeLoadError

    try:
        _, report, told = pyshacl.validate(
            data, shacl_graph=_alone(stated, root), advanced=False, meta_shacl=False, do_owl_imports=False, inplace=True
        )
    except (ConstraintLoadError, ReportableRuntimeError, RuleLoadError, ShapeLoadError) as error:
        raise _failed(stated, root, str(error)) from error
    if not isinstance(report, Graph):
        raise _failed(stated, root, str(told))
    for node in report.objects(None, rdf(SH.result)):
        yield _result(report, node, root)


def _failed(stated: ShapesGraph, root: Shape, reason: str) -> InputError:
    problem = f"{described(stated.graph, root.node)}: {' '.join(reason.split())}"
    return InputError([Problem("pySHACL", None, problem, "a shape that it can validate")])


def _alone(stated: ShapesGraph, root: Shape) -> Graph:
    """The shapes graph in which this shape is the only one with a target."""
    graph = Graph()
    graph += stated.graph
    for shape in stated.shapes.by_node.values():
        if shape.node == root.node:
            continue
        node = to_rdflib(shape.node)
        for name in _TARGETS:
            graph.remove((node, rdf(SH[name]), None))
        if shape.node in shape.targets.classes:
            graph.remove((node, rdf(RDF.type), None))
            graph.add((node, rdf(RDF.type), rdf(SH.NodeShape if shape.path is None else SH.PropertyShape)))
    return graph


def _result(report: Graph, node: RdflibNode, root: Shape) -> ValidationResult:
    def one(name: str) -> RdflibNode | None:
        return report.value(node, rdf(SH[name]), any=True)

    focus, shape, component, severity = (
        to_oxigraph(value) if (value := one(name)) is not None else None
        for name in ("focusNode", "sourceShape", "sourceConstraintComponent", "resultSeverity")
    )
    if focus is None or not isinstance(shape, Node) or not isinstance(component, ox.NamedNode):
        raise InputError([Problem("pySHACL", None, f"{node.n3()}", "a result with focus node, shape and component")])
    path, value, constraint = one("resultPath"), one("value"), one("sourceConstraint")
    stated = None if constraint is None else to_oxigraph(constraint)
    told = (to_oxigraph(message) for message in report.objects(node, rdf(SH.resultMessage)))
    return ValidationResult(
        focus=focus,
        path=None if path is None else paths.read(report, path),
        value=None if value is None else to_oxigraph(value),
        shape=shape,
        component=component,
        severity=severity if isinstance(severity, ox.NamedNode) else SH.Violation,
        messages=tuple(sorted((message for message in told if isinstance(message, ox.Literal)), key=str)),
        constraint=stated if isinstance(stated, Node) else None,
        details=(),
        root=root.node,
        root_focus=focus,
    )
