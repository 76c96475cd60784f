"""
Read shapes: from a shapes graph to values, or to the problems that make it unusable.

    rdflib.Graph  ->  Shapes

Nothing is passed over in silence: an ill-formed shape, a term of the SHACL namespace that is not implemented, a
recursive shape are all named (SHACL §3.4.3 leaves what then happens open; §1.6 the features).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import Node as RdflibNode

from lsp_graph.errors import InputError
from lsp_graph.namespaces import RDFS, SH
from lsp_graph.shacl import paths
from lsp_graph.shacl.components import CustomComponents
from lsp_graph.shacl.constraints import PARAMETERS, core_constraints
from lsp_graph.shacl.lists import members
from lsp_graph.shacl.model import Shape, Shapes, Targets, referred
from lsp_graph.shacl.source import Source, instances, rdf
from lsp_graph.shacl.terms import Node, to_oxigraph, to_rdflib

_TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_SINGLE: Final = ("node", "property", "not", "qualifiedValueShape")
_LISTS: Final = ("and", "or", "xone")
_SAID: Final = frozenset(
    [
        "path",
        "severity",
        "message",
        "deactivated",
        "name",
        "description",
        "order",
        "group",
        "defaultValue",
        "declare",
        "prefixes",
        "select",
        "ask",
        "parameter",
        "optional",
        "labelTemplate",
        "shapesGraph",
        "suggestedShapesGraph",
        "validator",
        "nodeValidator",
        "propertyValidator",
    ]
)
"""What may be said of a shape beside its targets and constraints."""


def read_shapes(graph: Graph, name: str = "shapes") -> Shapes:
    """All shapes of a graph; `name` is what problems call it.

    Raises `InputError` with every problem found.
    """
    source = Source(graph, name)
    custom = CustomComponents(source)
    nodes = sorted({*_shapes(graph), *custom.users()}, key=str)
    for stated in graph.subject_objects(rdf(SH.entailment)):
        source.refuse(stated[0], f"sh:entailment {stated[1].n3()}", "no entailment: what follows is to be in the data")
    found = {to_oxigraph(node): _shape(source, custom, node) for node in nodes}
    shapes = {node: shape for node, shape in found.items() if not isinstance(node, ox.Literal)}
    _refuse_recursion(source, shapes)
    if source.problems:
        raise InputError(source.problems)
    return Shapes(shapes)


def _shapes(graph: Graph) -> Iterator[RdflibNode]:
    """What is a shape (§2.1): by its type, its targets, its parameters, or because another shape refers to it."""
    for kind in (SH.NodeShape, SH.PropertyShape):
        yield from instances(graph, kind)
    for name in (*_TARGETS, *PARAMETERS):
        yield from graph.subjects(rdf(SH[name]))
    for name in _SINGLE:
        yield from graph.objects(None, rdf(SH[name]))
    for name in _LISTS:
        for head in graph.objects(None, rdf(SH[name])):
            try:
                yield from members(graph, head)
            except ValueError:
                continue  # the shape that has the list is refused for it


def _shape(source: Source, custom: CustomComponents, node: RdflibNode) -> Shape:
    name = to_oxigraph(node)
    if isinstance(name, ox.Literal):
        source.refuse(node, "a literal stands for a shape", "an IRI or a blank node")
        name = ox.BlankNode()
    path = _path(source, node)
    for predicate in source.unknown(node, _SAID | set(_TARGETS) | PARAMETERS):
        source.refuse(node, f"sh:{predicate}", "a term of SHACL Core or SHACL-SPARQL")
    severity = source.one(node, "severity", "one IRI", ox.NamedNode)
    return Shape(
        node=name,
        path=path,
        targets=_targets(source, node),
        constraints=(*core_constraints(source, node, path), *custom.constraints(node, path)),
        severity=severity if isinstance(severity, ox.NamedNode) else SH.Violation,
        messages=source.messages(node),
        deactivated=source.flag(node, "deactivated"),
    )


def _path(source: Source, node: RdflibNode) -> paths.Path | None:
    stated = list(source.graph.objects(node, rdf(SH.path)))
    if not stated:
        if node in instances(source.graph, SH.PropertyShape) or (None, rdf(SH.property), node) in source.graph:
            source.refuse(node, "a property shape without sh:path", "one path")
        return None
    if len(stated) > 1:
        source.refuse(node, f"{len(stated)} values of sh:path", "one path")
    if node in instances(source.graph, SH.NodeShape):
        source.refuse(node, "a node shape with sh:path", "a node shape or a property shape")
    try:
        return paths.read(source.graph, sorted(stated, key=str)[0])
    except ValueError as error:
        source.refuse(node, f"sh:path: {error}", "a property path")
        return None


def _targets(source: Source, node: RdflibNode) -> Targets:
    classes = source.iris(node, "targetClass")
    name = to_oxigraph(node)
    if node in instances(source.graph, RDFS.Class) and _typed(source.graph, node):
        if isinstance(name, ox.NamedNode):
            classes = (*classes, name)
        else:
            source.refuse(node, "a blank node that is a shape and a class", "a class with an IRI")
    nodes = [to_oxigraph(value) for value in source.graph.objects(node, rdf(SH.targetNode))]
    if any(isinstance(value, ox.BlankNode) for value in nodes):
        source.refuse(node, "sh:targetNode with a blank node", "an IRI or a literal")
    return Targets(
        nodes=tuple(sorted((value for value in nodes if not isinstance(value, ox.BlankNode)), key=str)),
        classes=tuple(sorted(set(classes), key=str)),
        subjects_of=source.iris(node, "targetSubjectsOf"),
        objects_of=source.iris(node, "targetObjectsOf"),
    )


def _typed(graph: Graph, node: RdflibNode) -> bool:
    return any(node in instances(graph, kind) for kind in (SH.NodeShape, SH.PropertyShape))


def _refuse_recursion(source: Source, shapes: dict[Node, Shape]) -> None:
    """Name the shapes that refer to themselves (§3.4.3: recursion is left open, and refused here)."""
    done: set[Node] = set()
    for start in shapes:
        trail: list[Node] = []
        pending = [(start, False)]
        while pending:
            node, leaving = pending.pop()
            if leaving:
                done.add(trail.pop())
            elif node in trail:
                circle = ", ".join(str(one) for one in trail[trail.index(node) :])
                source.refuse(to_rdflib(node), f"recursive shapes {circle}", "shapes that do not refer to themselves")
            elif node not in done and node in shapes:
                trail.append(node)
                pending.append((node, True))
                pending.extend((other, False) for one in shapes[node].constraints for other in referred(one))
