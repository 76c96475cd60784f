"""
Which focus nodes a change of the data can matter to.

    shapes + the triples that went and came  ->  for each shape the nodes to validate again, or None for all

A shape's paths are walked backwards from the triples that changed, in the data before and after taken together: so no
node is left out of which the result differs, and few are taken in of which it does not. A text in SPARQL is followed
from the patterns that the triples fit, by the patterns that stand with them, to $this; where that leads nowhere, or a
text says more than is understood, all focus nodes are to be validated again.
Source: SHACL §2.1.3 (targets), §4 (what each constraint looks at), §5.3 (constraints in SPARQL).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from lsp_graph.namespaces import RDF, RDFS
from lsp_graph.shacl.join import Row, bound, joined
from lsp_graph.shacl.local import stored
from lsp_graph.shacl.looks import Group, Step, Variable, looks_of
from lsp_graph.shacl.model import (
    Class,
    Closed,
    Disjoint,
    Equals,
    LessThan,
    Shape,
    Shapes,
    Sparql,
    Targets,
    referred,
)
from lsp_graph.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, stays
from lsp_graph.shacl.paths import Sequence as SequencePath
from lsp_graph.shacl.terms import Node, Term
from lsp_graph.shacl.walk import TooFar, Walk


@dataclass(frozen=True)
class Change:
    """The triples by which one graph differs from another."""

    removed: tuple[ox.Triple, ...]
    added: tuple[ox.Triple, ...]

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)

    @property
    def triples(self) -> Iterator[ox.Triple]:
        """All of them."""
        yield from self.removed
        yield from self.added


class Affected:
    """What a change can matter to. `after` is the graph as it is now."""

    def __init__(self, shapes: Shapes, change: Change, after: ox.Store) -> None:
        gone = ox.Store()
        gone.extend(ox.Quad(one.subject, one.predicate, one.object) for one in change.removed)
        self._shapes, self._graph = shapes, Walk(after, gone)
        self._pairs: defaultdict[str, list[tuple[Term, Term]]] = defaultdict(list)
        self._typed: defaultdict[Term, set[Term]] = defaultdict(set)
        for one in change.triples:
            if not isinstance(one.subject, ox.Triple) and not isinstance(one.object, ox.Triple):
                self._pairs[one.predicate.value].append((one.subject, one.object))
                if one.predicate == RDF.type:
                    self._typed[one.object].add(one.subject)
        self._known: dict[Node, set[Term] | None] = {}
        self._referred = {
            node for one in shapes.by_node.values() for constraint in one.constraints for node in referred(constraint)
        }
        self._classes: dict[ox.NamedNode, set[Term]] = {}

    def labelled(self) -> set[Term]:
        """The nodes of which an rdfs:label changed."""
        return {subject for subject, _ in self._pairs.get(RDFS.label.value, ())}

    def focus_nodes(self, shape: Node, scope: Node | None = None) -> set[Term] | None:
        """Nodes among which are all that the shape finds or picks out otherwise, or that conform to `scope` otherwise.

        None for any node.
        """
        try:
            found = self._targeted(self._shapes.by_node[shape].targets)
        except TooFar:
            return None
        for one in (shape, scope):
            more = set() if one is None else self.of(one)
            if more is None:
                return None
            found |= more
        return found

    def of(self, node: Node) -> set[Term] | None:
        """Nodes among which are all that a shape finds otherwise when it is asked about them; None for any node."""
        if node not in self._known:
            try:
                self._known[node] = self._of(self._shapes.by_node[node])
            except TooFar:
                self._known[node] = None
        return self._known[node]

    def rows_of(
        self, looks: Group | None, wanted: Collection[str], among: Callable[[Row], bool] | None = None
    ) -> list[Row] | None:
        """Rows among which are, by the variables wanted, all that a text has now and had not, or has no more.

        A row has one of the variables at least; `among` tells which rows matter. None for any row.
        """
        if looks is None:
            return None if self._pairs else []
        try:
            return [row for group, around in _groups(looks, ()) for row in self._rows(group, around, wanted, among)]
        except TooFar:
            return None

    def _of(self, shape: Shape) -> set[Term] | None:
        if shape.deactivated:
            return set()
        found: set[Term] = set() if shape.path is None else self._starts(shape.path)
        values: set[Term] = set()
        for constraint in shape.constraints:
            match constraint:
                case Class(name):
                    values |= self._members(name)
                case Equals(other) | Disjoint(other) | LessThan(_, other):
                    found |= {subject for subject, _ in self._pairs.get(other.value, ())}
                case Closed(allowed):
                    names = {name.value for name in allowed}
                    values |= {one for iri, pairs in self._pairs.items() if iri not in names for one, _ in pairs}
                case Sparql():
                    more = self._of_text(constraint, shape)
                    if more is None:
                        return None
                    found |= more
            for inner in referred(constraint):
                below = self.of(inner)
                if below is None:
                    return None
                values |= below
        return found | (values if shape.path is None else self._graph.along(shape.path, values, backwards=True))

    def _of_text(self, constraint: Sparql, shape: Shape) -> set[Term] | None:
        """The focus nodes that a text is answered otherwise for."""
        wanted = {"this", "value"} if constraint.body.kind == "ask" else {"this"}
        among = None if shape.node in self._referred else self._focus_of(shape.targets)
        rows = self.rows_of(looks_of(constraint.body, shape.path), wanted, among)
        if rows is None:
            return None
        found: set[Term] = set()
        for row in rows:
            if "this" in row:
                found.add(row["this"])
            elif "value" in row:
                value = {row["value"]}
                found |= value if shape.path is None else self._graph.along(shape.path, value, backwards=True)
            else:
                return None
        return found

    def _focus_of(self, targets: Targets) -> Callable[[Row], bool]:
        """Whether a row's $this is a focus node, now or before, as far as it is known."""
        classes = {one for name in targets.classes for one in self._graph.below(name)}
        graph = self._graph

        def is_focus(row: Row) -> bool:
            node = row.get("this")
            return (
                node is None
                or node in targets.nodes
                or not classes.isdisjoint(graph.values(node, RDF.type.value))
                or any(graph.values(node, name.value) for name in targets.subjects_of)
                or any(graph.begins(node, Predicate(name.value), backwards=True) for name in targets.objects_of)
            )

        return is_focus

    def _rows(
        self,
        group: Group,
        around: tuple[Step, ...],
        wanted: Collection[str],
        among: Callable[[Row], bool] | None,
    ) -> Iterator[Row]:
        """The rows in which a pattern of the group fits a triple that changed, by what stands around it."""
        steps = (*around, *group.steps)
        for step in group.steps:
            # A step of which one end is wanted is behind us; of another, the further end is still to be found.
            past = isinstance(step.path, Predicate | None) or not step.variables.isdisjoint(wanted)
            others = [one for one in steps if one is not step or not past]
            by_variables: defaultdict[frozenset[str], list[Row]] = defaultdict(list)
            for row in self._fits(step, wanted):
                if among is None or among(row):
                    by_variables[frozenset(row)].append(row)
            for rows in by_variables.values():
                for row in joined(self._graph, others, rows, wanted):
                    if among is None or among(row):
                        yield {name: row[name] for name in wanted if name in row}

    def _fits(self, step: Step, wanted: Collection[str]) -> Iterator[Row]:
        """What the ends of a pattern can be where it fits a triple that changed."""
        if step.path is None or isinstance(step.path, Predicate):
            pairs = self._pairs.values() if step.path is None else [self._pairs.get(step.path.iri, [])]
            for subject, end in (pair for each in pairs for pair in each):
                row: Row | None = {}
                for place, term in ((step.start, subject), (step.end, end)):
                    row = _with(row, place, term)
                if row is not None:
                    yield row
            return
        ends = [(end, ahead) for end, ahead in ((step.start, False), (step.end, True)) if isinstance(end, Variable)]
        wanted_ones = [one for one in ends if one[0].name in wanted]
        for variable, ahead in (wanted_ones or ends)[:1]:
            yield from (bound(variable, term) for term in self._starts(step.path, ahead))
        if not ends and self._starts(step.path):
            yield {}
        if stays(step.path):
            for subject, end in (pair for each in self._pairs.values() for pair in each):
                yield from ({**bound(step.start, one), **bound(step.end, one)} for one in (subject, end))

    def _starts(self, path: Path, backwards: bool = False) -> set[Term]:
        """The nodes from which the path leads over a triple that changed."""
        match path:
            case Predicate(iri):
                return {pair[backwards] for pair in self._pairs.get(iri, ())}
            case Inverse(inner):
                return self._starts(inner, not backwards)
            case SequencePath(parts):
                found: set[Term] = set()
                for part in parts if backwards else reversed(parts):
                    found = self._graph.along(part, found, not backwards) | self._starts(part, backwards)
                return found
            case Alternative(parts):
                return {node for part in parts for node in self._starts(part, backwards)}
            case Repeat(inner, sign):
                found = self._starts(inner, backwards)
                return found if sign == "?" else self._graph.along(Repeat(inner, "*"), found, not backwards)

    def _targeted(self, targets: Targets) -> set[Term]:
        """The nodes that targets pick out and did not, or no longer do."""
        found = {node for name in targets.classes for node in self._members(name)}
        for name in targets.subjects_of:
            found |= {subject for subject, _ in self._pairs.get(name.value, ())}
        for name in targets.objects_of:
            found |= {end for _, end in self._pairs.get(name.value, ())}
        return found

    def _members(self, name: ox.NamedNode) -> set[Term]:
        """The nodes that became instances of the class or are no longer."""
        if name not in self._classes:
            below = self._graph.below(name)
            found = {node for one in below if one in self._typed for node in self._typed[one]}
            for lower, upper in self._pairs.get(RDFS.subClassOf.value, ()):
                if upper in below and isinstance(lower, ox.NamedNode):
                    classes = self._graph.below(lower)
                    found |= self._graph.along(Predicate(RDF.type.value), classes, backwards=True)
                elif upper in below:
                    raise TooFar
            self._classes[name] = found
        return self._classes[name]


def _with(row: Row | None, place: Term | Variable, term: Term) -> Row | None:
    """The row in which this term stands at an end of a pattern; None where it cannot."""
    if row is None:
        return None
    if not isinstance(place, Variable):
        return row if stored(place) == term else None
    if row.get(place.name, term) != term:
        return None
    return {**row, place.name: term}


def _groups(group: Group, around: tuple[Step, ...]) -> Iterator[tuple[Group, tuple[Step, ...]]]:
    """A group and all within it, each with the patterns that hold wherever its own do."""
    yield group, around
    for part in group.parts:
        for inner in part.groups:
            yield from _groups(inner, (*around, *group.steps))
