"""
Validation of a few nodes: by walking from them instead of asking for all nodes at once.

    shape + nodes  ->  those that fail, each with its violations: the same as `Evaluation` finds for these nodes

What walking cannot tell (comparisons of literals, expressions in SPARQL) is asked of `Evaluation`, about those nodes
that it is about; and a shape whose nodes lead too far, or have no name to ask by, is asked of it as a whole.
Source: SHACL §3.4 (validation), §4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from lsp_graph.namespaces import RDF, XSD
from lsp_graph.shacl.candidates import Given
from lsp_graph.shacl.evaluate import Evaluation, Failures, Violation
from lsp_graph.shacl.join import possible
from lsp_graph.shacl.looks import Group, looks_of
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
    Logical,
    NodeShape,
    Not,
    Or,
    PropertyShape,
    Qualified,
    Shape,
    Shapes,
    Sparql,
    Targets,
    Xone,
)
from lsp_graph.shacl.paths import Path
from lsp_graph.shacl.results import ValidationResult
from lsp_graph.shacl.terms import Node, Select, Term, day
from lsp_graph.shacl.validate import results_of
from lsp_graph.shacl.walk import TooFar, Walk

_TYPE: Final = RDF.type.value
_ANY: Final = ox.NamedNode("urn:lsp-graph:any")


class _Unnamed(Exception):
    """There is a blank node among those to ask about, which a query cannot name. Never told to a person."""


class Among:
    """Some nodes, by what they are instances of and what is said of them."""

    def __init__(self, graph: Walk, nodes: Iterable[Term]) -> None:
        self.nodes = frozenset(nodes)
        self._graph = graph
        self._instances: defaultdict[Term, set[Term]] = defaultdict(set)
        for node in self.nodes:
            for name in graph.values(node, _TYPE):
                self._instances[name].add(node)

    def targeted(self, targets: Targets) -> set[Term]:
        """Those of the nodes that the targets pick out (§2.1.3)."""
        found = {stored(node) for node in targets.nodes} & self.nodes
        for name in targets.classes:
            for one in self._graph.below(name) & self._instances.keys():
                found |= self._instances[one]
        for name in targets.subjects_of:
            found.update(node for node in self.nodes if self._graph.values(node, name.value))
        for name in targets.objects_of:
            found.update(node for node in self.nodes if self._graph.holders(node, name.value))
        return found


class _Values:
    """The values of some nodes, looked up when they are asked for."""

    def __init__(self, graph: Walk, path: Path | None, nodes: Collection[Term]) -> None:
        self.nodes = nodes
        self._graph, self._path = graph, path
        self._known: dict[Term, Collection[Term]] = {}

    def __getitem__(self, node: Term) -> Collection[Term]:
        if self._path is None:
            return (node,)
        if node not in self._known:
            self._known[node] = self._graph.along(self._path, (node,))
        return self._known[node]

    def items(self) -> Iterator[tuple[Term, Collection[Term]]]:
        """Each node with its values."""
        return ((node, self[node]) for node in self.nodes)

    def all(self) -> Collection[Term]:
        """The values of all nodes."""
        if self._path is None:
            return self.nodes
        return {value for node in self.nodes for value in self[node]}

    def have(self, node: Term, value: Term) -> bool:
        """Whether the node has the value."""
        return node == value if self._path is None else self._graph.leads(node, self._path, value)

    def are(self, node: Term) -> bool:
        """Whether the node has any value."""
        return self._path is None or any(True for _ in self._graph.ends(self._path, node))


@dataclass(frozen=True)
class Parted:
    """Shapes, and beside them each constraint as a shape of its own, by the shape that states it."""

    shapes: Shapes
    alone: Mapping[tuple[Node, Constraint], Node]


def parted(shapes: Shapes) -> Parted:
    """The shapes, taken apart."""
    made: dict[Node, Shape] = {}
    alone: dict[tuple[Node, Constraint], Node] = {}
    for shape in shapes.by_node.values():
        for constraint in shape.constraints:
            name = alone[shape.node, constraint] = ox.BlankNode()
            made[name] = replace(shape, targets=Targets(), constraints=(constraint,))
    return Parted(Shapes({**shapes.by_node, **made}), alone)


class Local:
    """Shapes being validated for a few nodes of one state of the data, which `graph` walks and `select` asks."""

    def __init__(self, parted: Parted, graph: Walk, select: Select) -> None:
        self._shapes, self._alone, self._graph = parted.shapes, parted.alone, graph
        self._evaluation = Evaluation(parted.shapes, select)
        self._seen: defaultdict[Node, set[Term]] = defaultdict(set)
        self._broken: defaultdict[Node, dict[Term, list[Violation]]] = defaultdict(dict)

    def focus_nodes(self, shape: Node, among: Among) -> set[Term]:
        """Those of the nodes that the shape's targets pick out (§2.1.3)."""
        return among.targeted(self._shapes.by_node[shape].targets)

    def conforming(self, shape: Node, target: Node, nodes: Collection[Term]) -> set[Term]:
        """Those of some focus nodes of the shape `target` that conform to the other shape."""
        return set(nodes) - self._failing(shape, nodes, target).keys()

    def results(self, shape: Node, nodes: Collection[Term]) -> list[ValidationResult]:
        """What breaks the shape at some of its focus nodes."""
        return results_of(self._shapes.by_node[shape], self._failing(shape, nodes, shape))

    def _failing(self, node: Node, nodes: Collection[Term], target: Node) -> Failures:
        """Those of the nodes that fail the shape; they are focus nodes of `target`."""
        try:
            return self._failures(node, nodes)
        except (TooFar, _Unnamed):
            named = _named(nodes)
        if len(named) == len(nodes):
            return self._evaluation.failures(node, Given(named))
        parts = self._evaluation.targets(self._shapes.by_node[target].targets)
        asked = [self._evaluation.failures(node, part) for part in parts]
        return {one: violations for each in asked for one, violations in each.items() if one in nodes}

    def _failures(self, node: Node, nodes: Collection[Term]) -> dict[Term, list[Violation]]:
        shape, seen, broken = self._shapes.by_node[node], self._seen[node], self._broken[node]
        if shape.deactivated:
            return {}
        new = set(nodes) - seen
        if new:
            values = _Values(self._graph, shape.path, new)
            found: defaultdict[Term, list[Violation]] = defaultdict(list)
            for constraint in shape.constraints:
                for violation in self._violations(shape, constraint, values):
                    found[violation.focus].append(violation)
            seen |= new
            broken.update(found)
        return {one: broken[one] for one in nodes if one in broken} if broken else {}

    def _violations(self, shape: Shape, constraint: Constraint, values: _Values) -> Iterable[Violation]:
        if isinstance(constraint, Logical):
            return self._logical(shape, constraint, values)
        match constraint:
            case PropertyShape():
                return self._nested(shape, constraint, values)
            case Qualified():
                return self._qualified(shape, constraint, values)
            case Count() | HasValue():
                return (Violation(node, shape, constraint) for node in values.nodes if _lacks(constraint, node, values))
            case Class() | In() | Equals() | Disjoint() | LessThan():
                return self._of_values(shape, constraint, values)
            case Sparql():
                return self._in_sparql(shape, constraint, values)
            case _:
                return self._ask(shape, constraint, [node for node, held in values.items() if held])

    def _of_values(
        self, shape: Shape, constraint: Class | In | Equals | Disjoint | LessThan, values: _Values
    ) -> Iterator[Violation]:
        match constraint:
            case Class(name):
                classes = self._graph.below(name)
                for node, held in values.items():
                    for value in held:
                        if classes.isdisjoint(self._graph.values(value, _TYPE)):
                            yield Violation(node, shape, constraint, value)
            case In(terms):
                among = {stored(term) for term in terms}
                for node, held in values.items():
                    yield from (Violation(node, shape, constraint, value) for value in held if value not in among)
            case Equals(other) | Disjoint(other):
                for node, held in values.items():
                    others = set(self._graph.values(node, other.value))
                    wrong = others & set(held) if isinstance(constraint, Disjoint) else others ^ set(held)
                    yield from (Violation(node, shape, constraint, value) for value in wrong)
            case LessThan(sign, other):
                for node, held in values.items():
                    bounds = self._graph.values(node, other.value)
                    if not all(_in_order(value, sign, one) for value in held for one in bounds):
                        yield from self._ask(shape, constraint, [node])

    def _logical(self, shape: Shape, constraint: Logical, values: _Values) -> Iterator[Violation]:
        pending = values.all()
        match constraint:
            case NodeShape(inner) | Not(inner):
                shapes: tuple[Node, ...] = (inner,)
            case And(shapes) | Or(shapes) | Xone(shapes):
                pass
        weighed: list[tuple[Node, Failures]] = []
        for one in shapes:
            failures = self._failures(one, pending)
            weighed.append((one, failures))
            if isinstance(constraint, Or):
                pending = failures.keys()
        failing = _failing(constraint, weighed, pending)
        for node, held in () if failing is not None and not failing else values.items():
            for value in held:
                if _breaks(constraint, value, weighed) if failing is None else value in failing:
                    yield Violation(node, shape, constraint, value, weighed=tuple(weighed))

    def _nested(self, shape: Shape, constraint: PropertyShape, values: _Values) -> Iterator[Violation]:
        failures = self._failures(constraint.shape, values.all())
        for node, held in values.items() if failures else ():
            for value in held:
                for violation in failures.get(value, ()):
                    yield Violation(node, shape, constraint, value, weighed=((constraint.shape, {value: [violation]}),))

    def _qualified(self, shape: Shape, constraint: Qualified, values: _Values) -> Iterator[Violation]:
        all_values = values.all()
        failing = self._failures(constraint.shape, all_values)
        siblings = [self._failures(one, all_values) for one in constraint.siblings]
        for node, held in values.items():
            count = sum(value not in failing and all(value in one for one in siblings) for value in held)
            if count < constraint.bound if constraint.sign == ">=" else count > constraint.bound:
                yield Violation(node, shape, constraint)

    def _in_sparql(self, shape: Shape, constraint: Sparql, values: _Values) -> Iterator[Violation]:
        """Ask about those nodes alone for which the text may have a row."""
        looks = looks_of(constraint.body, shape.path) if constraint.body.kind == "select" else None
        unsure = constraint.body.mentions - {"this"}
        asked: Iterable[Term] = values.nodes
        if looks is not None:
            asked = [node for node in values.nodes if self._may_break(looks, node, unsure)]
        return self._ask(shape, constraint, asked)

    def _may_break(self, looks: Group, node: Term, unsure: frozenset[str]) -> bool:
        """Whether a text may have a row for the node."""
        return any(True for _ in possible(self._graph, looks, {"this": node}, unsure))

    def _ask(self, shape: Shape, constraint: Constraint, nodes: Iterable[Term]) -> Iterator[Violation]:
        """The violations of one constraint, asked of the store."""
        asked = list(nodes)
        named = _named(asked)
        if len(named) < len(asked):
            raise _Unnamed
        if named:
            failures = self._evaluation.failures(self._alone[shape.node, constraint], Given(named))
            for violations in failures.values():
                yield from (replace(violation, shape=shape) for violation in violations)


def _named(nodes: Collection[Term]) -> tuple[ox.NamedNode | ox.Literal, ...]:
    """Those of the nodes that a query can name, in an order that does not vary."""
    return tuple(sorted((node for node in nodes if not isinstance(node, ox.BlankNode)), key=str))


def _lacks(constraint: Count | HasValue, node: Term, values: _Values) -> bool:
    if isinstance(constraint, HasValue):
        return not values.have(node, stored(constraint.term))
    if (constraint.sign, constraint.bound) == (">=", 1):
        return not values.are(node)
    number = len(values[node])
    return number < constraint.bound if constraint.sign == ">=" else number > constraint.bound


def _failing(
    constraint: Logical, weighed: Sequence[tuple[Node, Failures]], pending: Collection[Term]
) -> Collection[Term] | None:
    """The values that break the constraint, where that is to fail one of its shapes or all of them.

    `pending` are those that failed all shapes so far.
    """
    match constraint:
        case NodeShape() | And():
            return {value for _, failures in weighed for value in failures}
        case Or():
            return pending
        case _:
            return None


def _breaks(constraint: Logical, value: Term, weighed: Sequence[tuple[Node, Failures]]) -> bool:
    """Whether the shapes that let a value pass are not as many as they should be."""
    passed = sum(value not in failures for _, failures in weighed)
    return passed > 0 if isinstance(constraint, Not) else passed != 1


def _in_order(value: Term, sign: str, other: Term) -> bool:
    """Whether two values are surely in order: days compare as text."""
    first, second = day(value), day(other)
    return first is not None and second is not None and (first < second or (sign == "<=" and first == second))


@lru_cache(maxsize=4096)
def stored(term: Term) -> Term:
    """The term as the store keeps it, which writes numbers, days and truth values in one way each."""
    if not isinstance(term, ox.Literal) or term.datatype in (XSD.string, RDF.langString):
        return term
    store = ox.Store()
    store.add(ox.Quad(_ANY, RDF.value, term))
    (kept,) = (quad.object for quad in store)
    return term if isinstance(kept, ox.Triple) else kept
