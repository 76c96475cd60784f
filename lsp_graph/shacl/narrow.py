"""
Which nodes may break a constraint, told from columns before anything is asked.

    constraint + nodes  ->  the nodes that may break it, and of them those that surely do

What columns cannot tell (an expression, a text in SPARQL) may break anything, so the answer is never too small: the
store is asked about what is left, mostly nothing or a few nodes.
Source: SHACL §4 (constraint components).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from lsp_graph.namespaces import SH
from lsp_graph.shacl.candidates import Along, Candidates, Given, Instances, ObjectsOf, SubjectsOf
from lsp_graph.shacl.columns import NONE, Codes, Columns, Pairs, among, counts, distinct, starts, union, without
from lsp_graph.shacl.model import (
    And,
    Class,
    Constraint,
    Count,
    Disjoint,
    Equals,
    HasValue,
    In,
    LessThan,
    NodeKind,
    NodeShape,
    Not,
    Or,
    PropertyShape,
    Qualified,
    Shape,
    Shapes,
    Xone,
)
from lsp_graph.shacl.paths import Predicate
from lsp_graph.shacl.terms import Node, day

_KINDS: Final = {
    SH.IRI: "<",
    SH.BlankNode: "_",
    SH.Literal: '"',
    SH.BlankNodeOrIRI: "_<",
    SH.BlankNodeOrLiteral: '_"',
    SH.IRIOrLiteral: '<"',
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The nodes that may fail, and those that surely do."""

    may: Codes
    sure: Codes

    @property
    def exact(self) -> bool:
        """Whether it is known which fail."""
        return self.may.size == self.sure.size


class Narrowing:
    """Shapes over columns; `instances` gives a class with those below it."""

    def __init__(self, shapes: Shapes, columns: Columns, instances: Callable[[ox.NamedNode], Instances]) -> None:
        self._shapes, self.columns, self._instances = shapes, columns, instances
        self._nodes: dict[Candidates, Codes | None] = {}

    def nodes(self, candidates: Candidates) -> Codes | None:
        """The candidates; None where columns cannot tell."""
        if isinstance(candidates, Given):
            return self.columns.codes(candidates.nodes)
        if candidates not in self._nodes:
            self._nodes[candidates] = self._found(candidates)
        return self._nodes[candidates]

    def _found(self, candidates: Candidates) -> Codes | None:
        match candidates:
            case Given(nodes):
                return self.columns.codes(nodes)
            case Instances(_, classes):
                return None if classes is None else self.columns.instances(classes)
            case SubjectsOf(name):
                return distinct(self.columns.property(name.value).start)
            case ObjectsOf(name):
                return distinct(self.columns.property(name.value).end)
            case Along(start, path):
                begin = self.nodes(start)
                return None if begin is None else distinct(self.columns.along(begin, path).end)

    def failing(self, node: Node, nodes: Codes) -> Bounds:
        """Which of the nodes fail a shape."""
        shape = self._shapes.by_node[node]
        if shape.deactivated or not nodes.size:
            return Bounds(NONE, NONE)
        values = self.columns.along(nodes, shape.path)
        return _any(self.breaking(shape, one, nodes, values) for one in shape.constraints)

    def breaking(self, shape: Shape, constraint: Constraint, nodes: Codes, values: Pairs) -> Bounds:
        """Which of the nodes, with their values by the path of the shape, break a constraint of the shape."""
        match constraint:
            case Count(sign, bound) if shape.path is not None:
                return _sure(nodes[_miscounted(counts(nodes, values), sign, bound)])
            case HasValue(term):
                return _sure(without(nodes, starts(values, values.end == self.columns.codes([term])[0])))
            case Class(name):
                classes = self._instances(name).classes
                if classes is not None:
                    return _sure(starts(values, ~among(values.end, self.columns.instances(classes))))
            case In(terms):
                return _sure(starts(values, ~among(values.end, self.columns.codes(terms))))
            case NodeKind(kind):
                ends = distinct(values.end)
                wrong = np.fromiter((self._kind(code) not in _KINDS[kind] for code in ends.tolist()), np.bool_)
                return _sure(starts(values, wrong[np.searchsorted(ends, values.end)]))
            case Equals(other) | Disjoint(other):
                others = self.columns.along(nodes, _path(other))
                if isinstance(constraint, Disjoint):
                    return _sure(starts(values, among(values.keys, others.keys)))
                more, less = ~among(values.keys, others.keys), ~among(others.keys, values.keys)
                return _sure(union([starts(values, more), starts(others, less)]))
            case LessThan(sign, other):
                return self._disordered(values, sign, self.columns.along(nodes, _path(other)))
            case Not() | And() | Or() | Xone() | NodeShape() | PropertyShape():
                return self._weighed(constraint, values)
            case Qualified():
                return self._qualified(constraint, nodes, values)
            case _:
                pass
        return Bounds(nodes, NONE)

    def _weighed(self, constraint: Not | And | Or | Xone | NodeShape | PropertyShape, values: Pairs) -> Bounds:
        ends = distinct(values.end)
        match constraint:
            case NodeShape(inner) | PropertyShape(inner):
                failing = self.failing(inner, ends)
            case And(shapes):
                failing = _any(self.failing(one, ends) for one in shapes)
            case Or(shapes):
                failing = Bounds(ends, ends)
                for one in shapes:  # each is asked about those that failed the ones before it
                    found = self.failing(one, failing.may)
                    failing = Bounds(found.may, found.sure[among(found.sure, failing.sure)])
            case Not(inner):
                found = self.failing(inner, ends)
                failing = Bounds(without(ends, found.sure), without(ends, found.may))
            case Xone(shapes):
                each = [self.failing(one, ends) for one in shapes]
                failing = Bounds(ends, NONE)
                if all(one.exact for one in each):
                    passed = sum((~among(ends, one.may)).astype(np.int64) for one in each)
                    failing = _sure(ends[np.asarray(passed != 1)])
        return Bounds(starts(values, among(values.end, failing.may)), starts(values, among(values.end, failing.sure)))

    def _qualified(self, constraint: Qualified, nodes: Codes, values: Pairs) -> Bounds:
        ends = distinct(values.end)
        own = self.failing(constraint.shape, ends)
        siblings = [self.failing(one, ends) for one in constraint.siblings]
        surely = reduce(np.logical_and, (among(ends, one.sure) for one in siblings), ~among(ends, own.may))
        perhaps = reduce(np.logical_and, (among(ends, one.may) for one in siblings), ~among(ends, own.sure))
        fewest = counts(nodes, values.which(among(values.end, ends[surely])))
        most = counts(nodes, values.which(among(values.end, ends[perhaps])))
        wrong, sign, bound = _miscounted, constraint.sign, constraint.bound
        may = wrong(fewest, sign, bound) | wrong(most, sign, bound)
        return Bounds(nodes[may], nodes[wrong(fewest, sign, bound) & wrong(most, sign, bound)])

    def _disordered(self, values: Pairs, sign: str, others: Pairs) -> Bounds:
        """The nodes of which a value is not less than another; of what is no day that is not known."""
        ends = union([distinct(values.end), distinct(others.end)])
        days = dict(zip(ends.tolist(), map(day, self.columns.terms(ends)), strict=True))
        bounds: dict[int, list[str | None]] = {}
        for start, end in zip(others.start.tolist(), others.end.tolist(), strict=True):
            bounds.setdefault(start, []).append(days[end])
        may, sure = set(), set()
        for start, end in zip(values.start.tolist(), values.end.tolist(), strict=True):
            value = days[end]
            for bound in bounds.get(start, ()):
                if value is None or bound is None:
                    may.add(start)
                elif value > bound or (value == bound and sign == "<"):
                    sure.add(start)
        return Bounds(_codes(may | sure), _codes(sure))

    def _kind(self, code: int) -> str:
        text = self.columns.text(code)
        return "_" if text.startswith("_:") else "<" if text.startswith("<") else '"'


def _path(name: ox.NamedNode) -> Predicate:
    return Predicate(name.value)


def _sure(codes: Codes) -> Bounds:
    return Bounds(codes, codes)


def _codes(some: Iterable[int]) -> Codes:
    return np.array(sorted(some), dtype=np.int64)


def _any(found: Iterable[Bounds]) -> Bounds:
    all_found = list(found)
    return Bounds(union(one.may for one in all_found), union(one.sure for one in all_found))


def _miscounted(numbers: NDArray[np.int64], sign: str, bound: int) -> NDArray[np.bool_]:
    return np.asarray(numbers < bound if sign == ">=" else numbers > bound)
