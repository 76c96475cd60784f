"""
The values that conform to a shape, as a pattern, where the shape is simple enough.

    shape  ->  a pattern that keeps of all ?value those that conform, or None

For sh:not and for qualified shapes it is what conforms that counts, and that is mostly little where what fails is much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyoxigraph as ox

from lsp_graph.namespaces import RDF
from lsp_graph.shacl.candidates import Instances, values
from lsp_graph.shacl.compile import passes
from lsp_graph.shacl.model import (
    And,
    Class,
    Constraint,
    Count,
    HasValue,
    NodeShape,
    PropertyShape,
    Qualified,
    Shape,
    Shapes,
    ValueTest,
)
from lsp_graph.shacl.paths import Path, single, sparql, stays
from lsp_graph.shacl.reach import leading, leading_anywhere
from lsp_graph.shacl.terms import Node

InstancesOf = Callable[[ox.NamedNode], Instances]


def conforming(shapes: Shapes, node: Node, instances: InstancesOf, variable: str = "value") -> str | None:
    """The pattern that keeps the values of a variable that conform to the shape; it may give a value more than once.

    None for a shape that says more than a pattern of this kind can.
    """
    shape = shapes.by_node[node]
    if shape.deactivated:
        return ""
    kept = (
        _kept(shapes, shape, constraint, instances, variable)
        if shape.path is None
        else _held(shapes, shape.path, constraint, instances, variable)
        for constraint in shape.constraints
    )
    return _joined(kept)


def _kept(shapes: Shapes, shape: Shape, constraint: Constraint, instances: InstancesOf, variable: str) -> str | None:
    """What keeps the values that meet one constraint of a node shape."""
    match constraint:
        case Class(name):
            classes = instances(name).classes
            if classes is None:
                return None
            if len(classes) == 1:
                return f"?{variable} {RDF.type} {classes[0]} ."
            typed = f"{values('class', classes)} ?{variable} {RDF.type} ?class"
            return f"{{ SELECT DISTINCT ?{variable} WHERE {{ {typed} }} }}"
        case HasValue(term):
            return f"FILTER (sameTerm(?{variable}, {term}))"
        case NodeShape(inner) | PropertyShape(inner):
            return conforming(shapes, inner, instances, variable)
        case And(parts):
            return _joined(conforming(shapes, part, instances, variable) for part in parts)
        case _ if isinstance(constraint, ValueTest):
            return f"FILTER (COALESCE({passes(constraint, f'?{variable}')}, false))"
        case _:
            return None


def _held(shapes: Shapes, path: Path, constraint: Constraint, instances: InstancesOf, variable: str) -> str | None:
    """What keeps the values whose own values by a path meet one constraint of a property shape."""
    inner = f"{variable}_"
    match constraint:
        case HasValue(term):
            lead = leading(path, variable, str(term))
            return f"{{ {lead} }} UNION {{ VALUES ?{variable} {{ {term} }} }}" if stays(path) else lead
        case Count(">=", 1):
            return leading_anywhere(path, variable) or ""
        case Qualified(">=", 1, shape, ()) if single(path):
            kept = conforming(shapes, shape, instances, inner)
            if kept is None:
                return None
            return f"{{ SELECT DISTINCT ?{variable} WHERE {{ ?{variable} {sparql(path)} ?{inner} . {kept} }} }}"
        case _ if isinstance(constraint, ValueTest) and single(path):
            wrong = f"FILTER (!COALESCE({passes(constraint, f'?{inner}')}, false))"
            return f"MINUS {{ ?{variable} {sparql(path)} ?{inner} . {wrong} }}"
        case _:
            return None


def _joined(patterns: Iterable[str | None]) -> str | None:
    """All patterns together: those that find values first, those that take some away last."""
    found = []
    for pattern in patterns:
        if pattern is None:
            return None
        found.append(pattern)
    return " ".join(sorted(found, key=lambda pattern: pattern.startswith(("FILTER", "MINUS"))))
