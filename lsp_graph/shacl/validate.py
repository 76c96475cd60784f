"""
Validate data against shapes.

    shapes + a way to ask the data  ->  results, sorted
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox

from lsp_graph.shacl.columns import Columns, joined
from lsp_graph.shacl.evaluate import Evaluation, Failures, Violation
from lsp_graph.shacl.messages import messages
from lsp_graph.shacl.model import Logical, PropertyShape, Shape, Shapes, Sparql
from lsp_graph.shacl.paths import Predicate
from lsp_graph.shacl.results import Branch, ValidationResult, sort_key
from lsp_graph.shacl.terms import Node, Select, Term


class Validation:
    """Shapes and one state of the data. Questions about the same data share what has been asked already.

    `select` asks the data a SELECT query; `shapes_graph` is the name of the graph in which the data's store has the
    shapes, for queries that look at $shapesGraph. `columns` of the same data spare most of the queries.
    """

    def __init__(
        self,
        shapes: Shapes,
        select: Select,
        shapes_graph: ox.NamedNode | None = None,
        columns: Columns | None = None,
    ) -> None:
        self._shapes = shapes
        self._evaluation = Evaluation(shapes, select, shapes_graph, columns)

    def focus_nodes(self, shape: Node) -> Collection[Term]:
        """The nodes that the shape's targets pick out of the data (§2.1.3)."""
        parts = self._evaluation.targets(self._shapes.by_node[shape].targets)
        return joined([self._evaluation.focus_nodes(part) for part in parts])

    def conforming(self, shape: Node, target: Node) -> Collection[Term]:
        """The focus nodes of the shape `target` that conform to the other shape."""
        parts = self._evaluation.targets(self._shapes.by_node[target].targets)
        return joined([self._evaluation.conforming(shape, part) for part in parts])

    def results(self, shapes: Iterable[Node] | None = None, threads: int = 1) -> list[ValidationResult]:
        """What breaks the shapes that have a target, or those of them that are named; sorted.

        `threads` shapes are asked about at a time: `select` must then bear being called from several threads. Raises
        `InputError` for a shape that cannot be asked of this data, and what asking raises.
        """
        chosen = None if shapes is None else set(shapes)
        asked = [shape for shape in self._shapes.targeted if chosen is None or shape.node in chosen]
        if threads == 1:
            return sorted((result for shape in asked for result in self._of_shape(shape)), key=sort_key)
        with ThreadPoolExecutor(threads) as pool:
            found = [result for results in pool.map(self._of_shape, asked) for result in results]
        return sorted(found, key=sort_key)

    def _of_shape(self, shape: Shape) -> list[ValidationResult]:
        failures: dict[Term, list[Violation]] = {}
        for part in self._evaluation.targets(shape.targets):
            failures.update(self._evaluation.failures(shape.node, part))
        return results_of(shape, failures)


def validate(shapes: Shapes, select: Select, shapes_graph: ox.NamedNode | None = None) -> list[ValidationResult]:
    """What in the data breaks the shapes. See `Validation`."""
    return Validation(shapes, select, shapes_graph).results()


def results_of(root: Shape, failures: Failures) -> list[ValidationResult]:
    """The results that the failures of a shape stand for, in no order."""
    return [
        result
        for focus, violations in failures.items()
        for violation in violations
        for result in _result(violation, root.node, focus)
    ]


def _result(violation: Violation, root: Node, root_focus: Term) -> Iterator[ValidationResult]:
    """The results that a violation stands for: those of a nested property shape are results themselves (§4.7.2)."""
    constraint, shape = violation.constraint, violation.shape
    if isinstance(constraint, PropertyShape):
        for _, nested in violation.weighed:
            for inner in nested.values():
                for one in inner:
                    yield from _result(one, root, root_focus)
        return
    yield ValidationResult(
        focus=violation.focus,
        path=Predicate(violation.path.value) if isinstance(violation.path, ox.NamedNode) else shape.path,
        value=violation.value,
        shape=shape.node,
        component=constraint.component,
        severity=shape.severity,
        messages=messages(violation),
        constraint=constraint.node if isinstance(constraint, Sparql) and not constraint.parameters else None,
        details=tuple(_branches(violation)) if isinstance(constraint, Logical) else (),
        root=root,
        root_focus=root_focus,
    )


def _branches(violation: Violation) -> Iterator[Branch]:
    for node, failures in violation.weighed:
        inner = failures.get(violation.value, ()) if violation.value is not None else ()
        results = tuple(sorted((one for each in inner for one in _result(each, node, each.focus)), key=sort_key))
        yield Branch(node, not inner, results)
