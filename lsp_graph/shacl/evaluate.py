"""
Validation, a set of nodes at a time: never a query for each node.

    shape + candidates  ->  the candidates that fail, each with its violations

A constraint by itself is one query over all candidates. A constraint on other shapes asks for those shapes' failures
over the values of all candidates, and combines the sets.
Source: SHACL §3.4 (validation), §4.6, §4.7.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from lsp_graph.errors import InputError, Problem
from lsp_graph.shacl import ask, compile
from lsp_graph.shacl.candidates import Candidates, Given, Instances, ObjectsOf, SubjectsOf, along
from lsp_graph.shacl.columns import Columns, Numbered, without
from lsp_graph.shacl.conform import conforming
from lsp_graph.shacl.model import (
    And,
    Class,
    Closed,
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
    UniqueLang,
    ValueTest,
    Xone,
)
from lsp_graph.shacl.narrow import Narrowing
from lsp_graph.shacl.terms import FEW, Node, Select, Term


@dataclass(frozen=True, slots=True)
class Violation:
    """One failure of one constraint.

    `path` is set where the constraint found it; `row` are the bindings of a SELECT; `weighed` are the failures of the
    shapes that a logical constraint combined.
    """

    focus: Term
    shape: Shape
    constraint: Constraint
    value: Term | None = None
    path: Term | None = None
    row: Mapping[str, Term] | None = None
    weighed: tuple[tuple[Node, Failures], ...] = ()


Failures = Mapping[Term, list[Violation]]
"""The nodes that fail a shape, with why."""


class Evaluation:
    """Shapes being validated against one state of the data; what was asked once is not asked again."""

    def __init__(
        self,
        shapes: Shapes,
        select: Select,
        shapes_graph: ox.NamedNode | None = None,
        columns: Columns | None = None,
    ) -> None:
        self._shapes, self._select, self._shapes_graph = shapes, select, shapes_graph
        self._narrowing = None if columns is None else Narrowing(shapes, columns, self._instances)
        self._below: dict[Term, set[Term]] | None = None
        self._classes: dict[ox.NamedNode, Instances] = {}
        self._failures: dict[tuple[Node, Candidates], Failures] = {}
        self._nodes: dict[Candidates, tuple[Term, ...]] = {}
        self._pairs: dict[Candidates, tuple[tuple[Term, Term], ...]] = {}

    def targets(self, targets: Targets) -> list[Candidates]:
        """The focus nodes of a shape with these targets, by target: a node may be in several of these sets."""
        parts: list[Candidates] = [Given(targets.nodes)] if targets.nodes else []
        parts += [self._instances(name) for name in targets.classes]
        parts += [SubjectsOf(name) for name in targets.subjects_of]
        parts += [ObjectsOf(name) for name in targets.objects_of]
        return parts

    def conforming(self, node: Node, candidates: Candidates) -> Collection[Term]:
        """The candidates that conform to the shape."""
        if self._narrowing is not None and (known := self._narrowing.nodes(candidates)) is not None:
            failing = self._narrowing.failing(node, known)
            if failing.exact:
                return Numbered(self._narrowing.columns, without(known, failing.may))
        kept = conforming(self._shapes, node, self._instances)
        if kept is None:
            return set(self.nodes(candidates)) - self.failures(node, candidates).keys()
        return {row[0] for row in self._select(compile.kept(candidates, kept))}

    def focus_nodes(self, candidates: Candidates) -> Collection[Term]:
        """The candidates, as a collection to count and look into."""
        if self._narrowing is not None and (known := self._narrowing.nodes(candidates)) is not None:
            return Numbered(self._narrowing.columns, known)
        return self.nodes(candidates)

    def nodes(self, candidates: Candidates) -> tuple[Term, ...]:
        """The candidates one by one."""
        if isinstance(candidates, Given):
            return candidates.nodes
        if candidates not in self._nodes and self._narrowing is not None:
            known = self._narrowing.nodes(candidates)
            if known is not None:
                self._nodes[candidates] = tuple(self._narrowing.columns.terms(known))
        if candidates not in self._nodes:
            self._nodes[candidates] = tuple(row[0] for row in self._select(compile.focus_nodes(candidates)))
        return self._nodes[candidates]

    def failures(self, node: Node, candidates: Candidates) -> Failures:
        """The candidates that fail the shape."""
        shape = self._shapes.by_node[node]
        if shape.deactivated or candidates == Given(()):
            return {}
        key = (node, candidates)
        if key not in self._failures:
            found: defaultdict[Term, list[Violation]] = defaultdict(list)
            for violation in self._violations(shape, candidates):
                found[violation.focus].append(violation)
            self._failures[key] = found
        return self._failures[key]

    def _violations(self, shape: Shape, candidates: Candidates) -> Iterator[Violation]:
        narrowed = self._narrowed(shape, candidates)
        tests: dict[Candidates, list[ValueTest]] = defaultdict(list)
        for constraint, few in narrowed:
            if isinstance(constraint, ValueTest):
                tests[few].append(constraint)
        for few, some in tests.items():
            for begin in range(0, len(some), len(compile.MARKS)):
                yield from self._tested(shape, few, some[begin : begin + len(compile.MARKS)])
        for constraint, few in narrowed:
            yield from self._broken(shape, few, constraint)

    def _broken(self, shape: Shape, candidates: Candidates, constraint: Constraint) -> Iterator[Violation]:
        if isinstance(constraint, Logical):
            yield from self._logical(shape, candidates, constraint)
        elif isinstance(constraint, PropertyShape):
            yield from self._nested(shape, candidates, constraint)
        elif isinstance(constraint, Qualified):
            yield from self._qualified(shape, candidates, constraint)
        elif isinstance(constraint, Sparql):
            yield from self._in_sparql(shape, candidates, constraint)
        elif not isinstance(constraint, ValueTest):
            yield from self._simple(shape, candidates, constraint)

    def _narrowed(self, shape: Shape, candidates: Candidates) -> list[tuple[Constraint, Candidates]]:
        """The constraints that may be broken, each with candidates among which all are that may break it."""
        nodes = None if self._narrowing is None else self._narrowing.nodes(candidates)
        if self._narrowing is None or nodes is None:
            return [(constraint, candidates) for constraint in shape.constraints]
        columns, found = self._narrowing.columns, []
        values = columns.along(nodes, shape.path)
        for constraint in shape.constraints:
            may = self._narrowing.breaking(shape, constraint, nodes, values).may
            if may.size == nodes.size or may.size > FEW or columns.has_nameless(may):
                found.append((constraint, candidates))
            elif may.size:
                named = (term for term in columns.terms(may) if not isinstance(term, ox.BlankNode))
                found.append((constraint, Given(tuple(sorted(named, key=str)))))
        return found

    def _tested(self, shape: Shape, candidates: Candidates, tests: Sequence[ValueTest]) -> Iterator[Violation]:
        for focus, value, failed in self._select(compile.failing_tests(candidates, shape.path, tests)):
            for mark in failed.value:
                test = tests[compile.MARKS.index(mark)]
                if not (isinstance(test, In) and value in test.terms):  # a blank node, which no query names
                    yield Violation(focus, shape, test, value)

    def _simple(self, shape: Shape, candidates: Candidates, constraint: Constraint) -> Iterator[Violation]:
        """A constraint that one query answers by itself."""
        path = shape.path
        match constraint:
            case Class(name):
                text = compile.no_instances(candidates, path, self._instances(name))
            case Equals():
                text = compile.unequal(candidates, path, constraint)
            case Disjoint():
                text = compile.shared(candidates, path, constraint)
            case LessThan():
                text = compile.not_less(candidates, path, constraint)
            case Closed():
                for focus, predicate, value in self._select(compile.stray_properties(candidates, path, constraint)):
                    yield Violation(focus, shape, constraint, value, predicate)
                return
            case _:
                about = self._of_focus(shape, candidates, constraint)
                for row in () if about is None else self._select(about):
                    yield Violation(row[0], shape, constraint)
                return
        for row in self._select(text):
            yield Violation(row[0], shape, constraint, row[1])

    def _of_focus(self, shape: Shape, candidates: Candidates, constraint: Constraint) -> str | None:
        """The query of a constraint whose violations are about the focus node as a whole."""
        match constraint:
            case HasValue():
                return compile.without_value(candidates, shape.path, constraint)
            case UniqueLang():
                return compile.repeated_languages(candidates, shape.path, constraint)
            case Count() if shape.path is not None:
                return compile.miscounted(candidates, shape.path, constraint)
            case _:
                raise TypeError(f"{constraint} is no constraint on a focus node")

    def _instances(self, name: ox.NamedNode) -> Instances:
        """The class with all classes below it, as far as they have instances of their own."""
        if name not in self._classes:
            self._classes[name] = self._counted(name, self._named_below(name))
        return self._classes[name]

    def _counted(self, name: ox.NamedNode, classes: tuple[ox.NamedNode, ...] | None) -> Instances:
        if classes is None:
            return Instances(name, None)
        if len(classes) > 1 and not any(True for _ in self._select(compile.only_below(name, classes))):
            classes = (name,)
        ((size,),) = self._select(compile.number_of(classes))
        return Instances(name, classes, int(size.value))

    def _named_below(self, name: ox.NamedNode) -> tuple[ox.NamedNode, ...] | None:
        """The class and all below it; None where one has no name."""
        if self._below is None:
            steps: defaultdict[Term, set[Term]] = defaultdict(set)
            for below, above in self._select(compile.SUBCLASSES):
                steps[above].add(below)
            self._below = steps  # at once, since other threads look at it
        found: set[Term] = {name}
        pending: list[Term] = [name]
        while pending:
            new = self._below.get(pending.pop(), set()) - found
            found |= new
            pending.extend(new)
        named = tuple(sorted((one for one in found if isinstance(one, ox.NamedNode)), key=str))
        return named if len(named) == len(found) else None

    def _values(self, shape: Shape, candidates: Candidates) -> Candidates:
        """The value nodes of all candidates."""
        return along(candidates, shape.path)

    def _focus_and_value(
        self, shape: Shape, candidates: Candidates, among: Collection[Term] | None = None
    ) -> Iterable[tuple[Term, Term]]:
        """Each candidate with each of its values; with `among` only these values."""
        if among is not None and not among:
            return ()
        if shape.path is None:
            return ((node, node) for node in (self.nodes(candidates) if among is None else among))
        values = self._values(shape, candidates)
        if values in self._pairs or among is None or len(among) > FEW:
            if values not in self._pairs:
                rows = self._select(compile.value_pairs(candidates, shape.path))
                self._pairs[values] = tuple((row[0], row[1]) for row in rows)
            return (pair for pair in self._pairs[values] if among is None or pair[1] in among)
        named = tuple(sorted((one for one in among if not isinstance(one, ox.BlankNode)), key=str))
        if len(named) < len(among):
            rows = self._select(compile.value_pairs(candidates, shape.path))
            return ((row[0], row[1]) for row in rows if row[1] in among)
        return ((row[0], row[1]) for row in self._select(compile.value_pairs(candidates, shape.path, named)))

    def _logical(self, shape: Shape, candidates: Candidates, constraint: Logical) -> Iterator[Violation]:
        values = self._values(shape, candidates)
        if isinstance(constraint, Not):
            kept = conforming(self._shapes, constraint.shape, self._instances)
            if kept is not None:
                for focus, value in self._select(compile.conforming_pairs(candidates, shape.path, kept)):
                    yield Violation(focus, shape, constraint, value, weighed=((constraint.shape, {}),))
                return
        match constraint:
            case NodeShape(inner):
                weighed: list[tuple[Node, Failures]] = [(inner, self.failures(inner, values))]
                failing: Collection[Term] | None = weighed[0][1].keys()
            case And(shapes):
                weighed = [(one, self.failures(one, values)) for one in shapes]
                failing = {node for _, failures in weighed for node in failures}
            case Or(shapes):
                weighed, failing = self._any(shapes, values)
            case Not(inner):
                weighed = [(inner, self.failures(inner, values))]
                failing = None
            case Xone(shapes):
                weighed = [(one, self.failures(one, values)) for one in shapes]
                failing = None
        for focus, value in self._focus_and_value(shape, candidates, failing):
            if failing is None:
                passed = sum(value not in failures for _, failures in weighed)
                if passed == (0 if isinstance(constraint, Not) else 1):
                    continue
            yield Violation(focus, shape, constraint, value, weighed=tuple(weighed))

    def _any(
        self, shapes: Sequence[Node], values: Candidates
    ) -> tuple[list[tuple[Node, Failures]], Collection[Term] | None]:
        """The values that fail all shapes: each shape is asked about those that failed the ones before it."""
        weighed: list[tuple[Node, Failures]] = []
        failing: Collection[Term] | None = None
        for one in shapes:
            found = self.failures(one, values)
            weighed.append((one, found))
            failing = found.keys() if failing is None else failing & found.keys()
            if not failing:
                break
            named = tuple(sorted((node for node in failing if not isinstance(node, ox.BlankNode)), key=str))
            if len(named) == len(failing) <= FEW:
                values = Given(named)
        return weighed, failing

    def _nested(self, shape: Shape, candidates: Candidates, constraint: PropertyShape) -> Iterator[Violation]:
        """The violations of a nested property shape, for each way that leads to its focus node (§4.7.2)."""
        failures = self.failures(constraint.shape, self._values(shape, candidates))
        for focus, value in self._focus_and_value(shape, candidates, failures.keys()):
            for violation in failures.get(value, ()):
                yield Violation(focus, shape, constraint, value, weighed=((constraint.shape, {value: [violation]}),))

    def _qualified(self, shape: Shape, candidates: Candidates, constraint: Qualified) -> Iterator[Violation]:
        kept = None if constraint.siblings else conforming(self._shapes, constraint.shape, self._instances)
        if kept is not None:
            text = compile.misqualified(candidates, shape.path, constraint.sign, constraint.bound, kept)
            for row in () if text is None else self._select(text):
                yield Violation(row[0], shape, constraint)
            return
        values = self._values(shape, candidates)
        failing = self.failures(constraint.shape, values)
        siblings = [self.failures(one, values) for one in constraint.siblings]
        counts: dict[Term, int] = dict.fromkeys(self.nodes(candidates), 0)
        for focus, value in self._focus_and_value(shape, candidates):
            if value not in failing and all(value in sibling for sibling in siblings):
                counts[focus] += 1
        for focus, count in counts.items():
            if count < constraint.bound if constraint.sign == ">=" else count > constraint.bound:
                yield Violation(focus, shape, constraint)

    def _in_sparql(self, shape: Shape, candidates: Candidates, constraint: Sparql) -> Iterator[Violation]:
        for part in self._one_by_one(shape, candidates) if constraint.body.alone else (candidates,):
            # All rows first: an error that leaves this thread may not take a half-read answer of Oxigraph's with it.
            rows = list(self._select(ask.query(constraint, shape, part, self._shapes_graph, self._select)))
            if constraint.body.kind == "ask":
                for focus, value in rows:
                    yield Violation(focus, shape, constraint, value)
                continue
            names = ask.columns(constraint, shape)
            for row in rows:
                bound = {name: term for name, term in zip(names, row, strict=True) if term is not None}
                if bound.get("failure") == ox.Literal(True):
                    raise InputError([Problem("shapes", None, f"{shape.node}: ?failure", "a query that succeeds")])
                value = bound.get("value", bound["this"] if shape.path is None else None)
                path = bound.get("path")
                named = path if isinstance(path, ox.NamedNode) else None
                yield Violation(bound["this"], shape, constraint, value, named, bound)

    def _one_by_one(self, shape: Shape, candidates: Candidates) -> Iterator[Candidates]:
        """Each candidate by itself, for texts that cannot be asked of all at once."""
        for node in self.nodes(candidates):
            if isinstance(node, ox.BlankNode):
                problem = f"{shape.node}: LIMIT, OFFSET or GRAPH in a query about blank nodes"
                raise InputError([Problem("shapes", None, problem, "a query that can be asked of all nodes at once")])
            yield Given((node,))
