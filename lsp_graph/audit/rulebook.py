"""
The rulebook: the shapes, read once, with what each says about itself.

    shapes/*.ttl  ->  Rulebook: rules by code, each with its shapes

A shape that has a target is part of a rule and carries its code. Shapes without a target are conditions that others
refer to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path as File
from typing import Final

from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse
from pyoxigraph import Literal as OxLiteral
from rapidfuzz import process
from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from lsp_graph.audit.findings import LEVELS, Level
from lsp_graph.errors import InputError, Problem, UnknownName
from lsp_graph.layout import SHAPES, shown
from lsp_graph.namespaces import BASE, DCTERMS, LSP, SH, Namespace
from lsp_graph.shacl import Shapes, read_shapes
from lsp_graph.shacl.local import Parted, parted
from lsp_graph.shacl.paths import Path, read
from lsp_graph.shacl.terms import graph_of, to_oxigraph

VOCABULARY: Final = "vocabulary.ttl"
"""Checks the ontology, not the data: no part of the rulebook."""

_PARTS: Final = 16
"""So many parts of a rulebook are kept as they were read."""

TARGETS: Final = tuple(
    URIRef(SH + term) for term in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
)


def term(namespace: Namespace, local: str) -> URIRef:
    """A term as rdflib writes it."""
    return URIRef(namespace + local)


@dataclass(frozen=True)
class Shape:
    """One shape of a rule.

    `scope` is the shape that a focus node conforms to where the rule applies to it at all; `all_periods` says that the
    rule looks at what is recorded of any day, not of the day audited.
    """

    iri: URIRef
    code: str
    level: Level
    name: str
    message: str
    fix: str | None
    basis: tuple[str, ...]
    aspect: str | None
    begins: date | None
    ends: date | None
    scope: Node | None
    all_periods: bool
    path: Path | None

    def __hash__(self) -> int:
        return hash(self.iri)

    @cached_property
    def node(self) -> NamedNode:
        """The shape as the validator knows it."""
        return NamedNode(str(self.iri))

    @cached_property
    def within(self) -> NamedNode | BlankNode | None:
        """The scope as the validator knows it."""
        scope = None if self.scope is None else to_oxigraph(self.scope)
        return None if isinstance(scope, OxLiteral) else scope

    def in_force(self, day: date) -> bool:
        """Whether the rule bound on that day."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


@dataclass(frozen=True)
class Part:
    """Some shapes of the rulebook, read by the validator with all that they refer to."""

    rules: tuple[Shape, ...]
    shapes: Shapes
    parted: Parted


@dataclass(frozen=True)
class Rulebook:
    """All rules; `graph` holds the shapes as they are written."""

    graph: Graph
    shapes: tuple[Shape, ...]
    _read: dict[tuple[Shape, ...], Part] = field(default_factory=dict, repr=False, compare=False)

    def read(self, shapes: Sequence[Shape]) -> Part:
        """These shapes as the validator needs them. Raises `InputError` for those that it cannot use."""
        chosen = tuple(shapes)
        if chosen not in self._read:
            if len(self._read) >= _PARTS:
                self._read.clear()
            known = read_shapes(self.part(chosen))
            self._read[chosen] = Part(chosen, known, parted(known))
        return self._read[chosen]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all rules, in order."""
        return tuple(sorted({shape.code for shape in self.shapes}))

    @cached_property
    def subjects(self) -> dict[str, str]:
        """What the rules of each letter are about: `A` has "the Local Area Agreement"."""
        found = {}
        for letter in sorted({code[0] for code in self.codes}):
            title = self.graph.value(URIRef(f"{BASE}shapes/{letter}"), term(DCTERMS, "title"))
            found[letter] = str(title or letter).removeprefix(f"{letter}: ")
        return found

    def part(self, shapes: Iterable[Shape]) -> Graph:
        """These shapes, with all that they refer to."""
        part: Graph = Graph()
        pending: list[Node] = [shape.iri for shape in shapes]
        while pending:
            node = pending.pop()
            for triple in self.graph.triples((node, None, None)):
                if triple not in part:
                    part.add(triple)
                    pending.append(triple[2])
        return part

    def chosen(self, codes: Iterable[str]) -> tuple[Shape, ...]:
        """The shapes of the rules with these codes; of all rules where none is named.

        Raises `UnknownName` for a code that no rule has.
        """
        wanted = {code.strip().upper() for code in codes}
        for code in sorted(wanted - set(self.codes)):
            nearest = process.extract(code, self.codes, limit=3, score_cutoff=50)
            raise UnknownName("rule", code, [name for name, _, _ in nearest] or self.codes)
        return tuple(shape for shape in self.shapes if not wanted or shape.code in wanted)


def read_rulebook(folder: File = SHAPES) -> Rulebook:
    """Read all shapes of a folder; one whose files are as they were is not read again.

    Raises `InputError` with every problem: a file that is no Turtle (file and line), a shape with a target but
    without code, level or message; and when the folder holds no rule at all, for nothing then would be checked.
    """
    files = sorted(folder.glob("*.ttl"))
    return _read_files(folder, tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=4)
def _read_files(folder: File, files: tuple[tuple[File, int, int], ...]) -> Rulebook:
    """Read the shapes of files; when and how long they were written tells whether they are as they were."""
    graph, problems = Graph(), []
    places: dict[Node, str] = {}
    for file, _, _ in files:
        if file.name == VOCABULARY:
            continue
        try:
            for quad in list(parse(path=file, format=RdfFormat.TURTLE, rename_blank_nodes=True)):
                for triple in graph_of([quad]):
                    graph.add(triple)
                    places.setdefault(triple[0], shown(file))
        except SyntaxError as error:
            problems.append(Problem(shown(file), error.lineno, error.msg, "Turtle"))
    shapes = []
    for node in sorted(set(_targeted(graph)), key=str):
        try:
            shapes.append(_shape(graph, node))
        except ValueError as error:
            problems.append(Problem(places[node], None, str(node), str(error)))
    if not shapes and not problems:
        problems.append(Problem(shown(folder), None, "no shape that has a target", "the shapes of the rulebook"))
    if problems:
        raise InputError(problems)
    return Rulebook(graph, tuple(sorted(shapes, key=lambda shape: (shape.code, shape.iri))))


def _targeted(graph: Graph) -> Iterator[Node]:
    for target in TARGETS:
        yield from graph.subjects(target)


def _shape(graph: Graph, node: Node) -> Shape:
    if not isinstance(node, URIRef):
        raise ValueError("a shape with a target that has a name")
    level = str(_stated(graph, node, term(LSP, "ruleLevel"), "a level (lsp:ruleLevel)")).rpartition("/")[2]
    known = [name for name in LEVELS if name == level]
    if not known:
        raise ValueError(f"a level that is one of {', '.join(LEVELS)}")
    return Shape(
        iri=node,
        code=str(_stated(graph, node, term(LSP, "ruleCode"), "the code of its rule (lsp:ruleCode)")),
        level=known[0],
        name=str(_stated(graph, node, term(SH, "name"), "a name (sh:name)")),
        message=str(_stated(graph, node, term(SH, "message"), "a message (sh:message)")),
        fix=_text(graph.value(node, term(LSP, "fix"))),
        basis=tuple(sorted(str(basis) for basis in graph.objects(node, term(LSP, "basis")))),
        aspect=_text(graph.value(node, term(LSP, "aspect"))),
        begins=_day(graph.value(node, term(LSP, "from"))),
        ends=_day(graph.value(node, term(LSP, "until"))),
        scope=graph.value(node, term(LSP, "ruleScope")),
        all_periods=graph.value(node, term(LSP, "allPeriods")) == Literal(True),
        path=_path(graph, node),
    )


def _stated(graph: Graph, node: Node, predicate: URIRef, expected: str) -> Node:
    values = list(graph.objects(node, predicate))
    if len(values) != 1:
        raise ValueError(expected if not values else f"{expected}, just one")
    return values[0]


def _path(graph: Graph, node: Node) -> Path | None:
    """What the shape asks about: its own path, or that of the alternatives (`sh:or`) that have one."""
    own = graph.value(node, term(SH, "path"))
    if own is not None:
        return read(graph, own)
    choices = graph.value(node, term(SH, "or"))
    for choice in Collection(graph, choices) if choices is not None else ():
        path = graph.value(choice, term(SH, "path"))
        if path is not None:
            return read(graph, path)
    return None


def _text(value: Node | None) -> str | None:
    return None if value is None else str(value)


def _day(value: Node | None) -> date | None:
    return date.fromisoformat(str(value)) if isinstance(value, Literal) else None
