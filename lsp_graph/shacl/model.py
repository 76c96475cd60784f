"""
Shapes as values: what a shapes graph says, read once.

    Shape  =  targets + path + constraints;   Constraint  =  one of the components of SHACL Core and SHACL-SPARQL

Shapes refer to each other by node; `Shapes` holds them all.
Source: SHACL §2 (shapes), §4 (Core constraint components), §5 (SPARQL-based constraints), §6 (constraint components).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from lsp_graph.namespaces import SH
from lsp_graph.shacl.body import Body
from lsp_graph.shacl.paths import Path
from lsp_graph.shacl.terms import Node, Term

Comparison = Literal["<", "<=", ">", ">="]


@dataclass(frozen=True)
class Class:
    """Each value is an instance of the class (§4.1.1)."""

    name: ox.NamedNode
    component: ox.NamedNode = SH.ClassConstraintComponent


@dataclass(frozen=True)
class Datatype:
    """Each value is a well-formed literal of the datatype (§4.1.2)."""

    name: ox.NamedNode
    component: ox.NamedNode = SH.DatatypeConstraintComponent


@dataclass(frozen=True)
class NodeKind:
    """Each value is a node of the kind (§4.1.3)."""

    kind: ox.NamedNode
    component: ox.NamedNode = SH.NodeKindConstraintComponent


@dataclass(frozen=True)
class Count:
    """There are at least (`>=`) or at most (`<=`) so many values (§4.2)."""

    sign: Comparison
    bound: int
    component: ox.NamedNode


@dataclass(frozen=True)
class Range:
    """Each value compares so with the bound (§4.3)."""

    sign: Comparison
    bound: ox.Literal
    component: ox.NamedNode


@dataclass(frozen=True)
class Length:
    """Each value's text is so long (§4.4.1, §4.4.2)."""

    sign: Comparison
    bound: int
    component: ox.NamedNode


@dataclass(frozen=True)
class Pattern:
    """Each value's text matches (§4.4.3)."""

    regex: ox.Literal
    flags: ox.Literal | None
    component: ox.NamedNode = SH.PatternConstraintComponent


@dataclass(frozen=True)
class LanguageIn:
    """Each value's language is in one of the ranges (§4.4.4)."""

    ranges: tuple[ox.Literal, ...]
    component: ox.NamedNode = SH.LanguageInConstraintComponent


@dataclass(frozen=True)
class UniqueLang:
    """No two values share a language (§4.4.5)."""

    component: ox.NamedNode = SH.UniqueLangConstraintComponent


@dataclass(frozen=True)
class Equals:
    """The values are those of the other property (§4.5.1)."""

    other: ox.NamedNode
    component: ox.NamedNode = SH.EqualsConstraintComponent


@dataclass(frozen=True)
class Disjoint:
    """No value is one of the other property's (§4.5.2)."""

    other: ox.NamedNode
    component: ox.NamedNode = SH.DisjointConstraintComponent


@dataclass(frozen=True)
class LessThan:
    """Each value is less than each of the other property's; `<=`: or equal (§4.5.3, §4.5.4)."""

    sign: Comparison
    other: ox.NamedNode
    component: ox.NamedNode


@dataclass(frozen=True)
class Not:
    """No value conforms to the shape (§4.6.1)."""

    shape: Node
    component: ox.NamedNode = SH.NotConstraintComponent


@dataclass(frozen=True)
class And:
    """Each value conforms to all shapes (§4.6.2)."""

    shapes: tuple[Node, ...]
    component: ox.NamedNode = SH.AndConstraintComponent


@dataclass(frozen=True)
class Or:
    """Each value conforms to some shape (§4.6.3)."""

    shapes: tuple[Node, ...]
    component: ox.NamedNode = SH.OrConstraintComponent


@dataclass(frozen=True)
class Xone:
    """Each value conforms to exactly one shape (§4.6.4)."""

    shapes: tuple[Node, ...]
    component: ox.NamedNode = SH.XoneConstraintComponent


@dataclass(frozen=True)
class NodeShape:
    """Each value conforms to the node shape (§4.7.1)."""

    shape: Node
    component: ox.NamedNode = SH.NodeConstraintComponent


@dataclass(frozen=True)
class PropertyShape:
    """Each value is a focus node of the property shape (§4.7.2)."""

    shape: Node
    component: ox.NamedNode = SH.PropertyShapeComponent


@dataclass(frozen=True)
class Qualified:
    """So many values conform to the shape, and to none of the `siblings` (§4.7.3)."""

    sign: Comparison
    bound: int
    shape: Node
    siblings: tuple[Node, ...]
    component: ox.NamedNode


@dataclass(frozen=True)
class Closed:
    """The focus node has no properties but these (§4.8.1)."""

    allowed: tuple[ox.NamedNode, ...]
    component: ox.NamedNode = SH.ClosedConstraintComponent


@dataclass(frozen=True)
class HasValue:
    """The term is one of the values (§4.8.2)."""

    term: Term
    component: ox.NamedNode = SH.HasValueConstraintComponent


@dataclass(frozen=True)
class In:
    """Each value is one of the terms (§4.8.3)."""

    terms: tuple[Term, ...]
    component: ox.NamedNode = SH.InConstraintComponent


@dataclass(frozen=True)
class Sparql:
    """No row comes from a SELECT (§5), or each value passes an ASK (§6).

    `parameters` are the values of a component's parameters, by name; a `sh:sparql` constraint has none.
    """

    node: Node
    body: Body
    parameters: tuple[tuple[str, Term], ...]
    messages: tuple[ox.Literal, ...]
    component: ox.NamedNode = SH.SPARQLConstraintComponent


ValueTest = Datatype | NodeKind | Range | Length | Pattern | LanguageIn | In
"""What can be told of one value by itself."""

Logical = Not | And | Or | Xone | NodeShape

Constraint = (
    ValueTest
    | Class
    | Count
    | UniqueLang
    | Equals
    | Disjoint
    | LessThan
    | Logical
    | PropertyShape
    | Qualified
    | Closed
    | HasValue
    | Sparql
)


@dataclass(frozen=True)
class Targets:
    """The nodes that a shape picks out of the data (§2.1.3); `classes` has the implicit class target, too."""

    nodes: tuple[ox.NamedNode | ox.Literal, ...] = ()
    classes: tuple[ox.NamedNode, ...] = ()
    subjects_of: tuple[ox.NamedNode, ...] = ()
    objects_of: tuple[ox.NamedNode, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any target."""
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of)


@dataclass(frozen=True)
class Shape:
    """A node shape, or with a path a property shape."""

    node: Node
    path: Path | None
    targets: Targets
    constraints: tuple[Constraint, ...]
    severity: ox.NamedNode
    messages: tuple[ox.Literal, ...]
    deactivated: bool


@dataclass(frozen=True)
class Shapes:
    """All shapes of a shapes graph, by node."""

    by_node: Mapping[Node, Shape]

    @property
    def targeted(self) -> tuple[Shape, ...]:
        """The shapes that validate by themselves: active, with a target; in the order of their names."""
        found = (shape for shape in self.by_node.values() if shape.targets and not shape.deactivated)
        return tuple(sorted(found, key=lambda shape: str(shape.node)))


def referred(constraint: Constraint) -> tuple[Node, ...]:
    """The shapes that a constraint refers to, in order."""
    match constraint:
        case Qualified(shape=shape, siblings=siblings):
            return (shape, *siblings)
        case Not(shape) | NodeShape(shape) | PropertyShape(shape):
            return (shape,)
        case And(shapes) | Or(shapes) | Xone(shapes):
            return shapes
        case _:
            return ()
