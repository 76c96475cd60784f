"""
RDF files as data and as shapes.

    files  ->  Data: all their triples in one graph;   files  ->  ShapesGraph: the shapes of all of them

A shapes graph that says nothing that could be tested is an error here, never a graph that everything conforms to.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import BNode
from rdflib.term import Node as RdflibNode

from lsp_graph.errors import InputError, Problem, QueryRefused
from lsp_graph.namespaces import OWL, RDF, SH, XSD
from lsp_graph.shacl.guard import parse
from lsp_graph.shacl.limits import beyond
from lsp_graph.shacl.model import Shapes
from lsp_graph.shacl.read import read_shapes
from lsp_graph.shacl.source import rdf
from lsp_graph.shacl.terms import Node, graph_of, to_rdflib

SHAPES_GRAPH: Final = ox.NamedNode("urn:lsp-graph:shapes")
"""The graph of the store that has the shapes, for queries that look at $shapesGraph."""

NARROWED: Final = frozenset(
    XSD[name]
    for name in (
        "byte",
        "short",
        "int",
        "long",
        "unsignedByte",
        "unsignedShort",
        "unsignedInt",
        "unsignedLong",
        "nonNegativeInteger",
        "nonPositiveInteger",
        "positiveInteger",
        "negativeInteger",
    )
)
"""Datatypes that the store does not tell from `xsd:integer`."""

_TYPES: Final = (
    "NodeShape",
    "PropertyShape",
    "Shape",
    "ConstraintComponent",
    "Parameter",
    "Parameterizable",
    "PropertyGroup",
    "PrefixDeclaration",
    "SPARQLConstraint",
    "SPARQLAskValidator",
    "SPARQLSelectValidator",
    "SPARQLExecutable",
    "SPARQLAskExecutable",
    "SPARQLSelectExecutable",
    "Validator",
    "Severity",
    "NodeKind",
    "ResultAnnotation",
)
"""The classes of SHACL Core and SHACL-SPARQL of which a shapes graph has instances (§2, §5, §6)."""

_NODE: Final = re.compile(r"(<[^>]*>|_:\S+?): ")


@dataclass(frozen=True)
class Data:
    """The triples of some files. `narrowed` are the properties with values of a datatype that the store forgets."""

    store: ox.Store
    triples: int
    narrowed: frozenset[str]
    prefixes: dict[str, str]

    def select(self, query: str) -> ox.QuerySolutions:
        """The rows of a SELECT query.

        Raises `QueryRefused` where a text of the shapes is none that the store answers.
        """
        try:
            rows = self.store.query(query)
        except (SyntaxError, RuntimeError) as error:
            raise QueryRefused(str(error)) from error
        if not isinstance(rows, ox.QuerySolutions):
            raise TypeError("shapes are compiled to SELECT queries")
        return rows


@dataclass(frozen=True)
class ShapesGraph:
    """The shapes of some files, and the graph that states them. `imports` are the ontologies that it imports."""

    graph: Graph
    triples: tuple[ox.Triple, ...]
    shapes: Shapes
    imports: tuple[str, ...]
    prefixes: dict[str, str]


def read_data(files: Iterable[Path]) -> Data:
    """Read the triples of all files, of whatever named graph, into the default graph of a store.

    Raises `InputError` with the problem of every file that cannot be read.
    """
    store, narrowed, prefixes = ox.Store(), set[str](), dict[str, str]()
    problems: list[Problem] = []
    for file in files:
        try:
            store.bulk_extend(_merged(file, narrowed, prefixes))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return Data(store, len(store), frozenset(narrowed), prefixes)


def _merged(file: Path, narrowed: set[str], prefixes: dict[str, str]) -> Iterator[ox.Quad]:
    for quad in parse(file, prefixes):
        if isinstance(quad.object, ox.Literal):
            if quad.object.datatype in NARROWED:
                narrowed.add(quad.predicate.value)
        elif isinstance(quad.object, ox.Triple):
            raise InputError([Problem(str(file), None, f"{quad.predicate} with a triple term", "RDF 1.1")])
        yield ox.Quad(quad.subject, quad.predicate, quad.object)


def read_shapes_graph(files: Sequence[Path]) -> ShapesGraph:
    """Read the shapes of all files as one graph.

    Raises `InputError` with every problem: of the files, of shapes, of terms that SHACL does not have; and where there
    is nothing to test: no shape, or none with a target.
    """
    problems: list[Problem] = []
    stated: dict[Path, Graph] = {}
    triples: list[ox.Triple] = []
    prefixes: dict[str, str] = {}
    with quiet():
        for file in files:
            try:
                held = [quad.triple for quad in parse(file, prefixes)]
                stated[file] = graph_of(held)
                triples.extend(held)
            except InputError as error:
                problems.extend(error.problems)
            except ValueError as error:
                problems.append(Problem(str(file), None, str(error), "RDF 1.1"))
        if problems:
            raise InputError(problems)
        whole = Graph()
        for graph in stated.values():
            whole += graph
        names = ", ".join(str(file) for file in files)
        shapes = _shapes(whole, names, stated)
    if not shapes.by_node:
        raise InputError([Problem(names, None, "no shape", "at least one sh:NodeShape or sh:PropertyShape")])
    if not shapes.targeted:
        raise InputError([Problem(names, None, "no active shape has a target", "sh:targetClass or another target")])
    imports = sorted({str(one) for one in whole.objects(None, rdf(OWL.imports)) if not isinstance(one, BNode)})
    return ShapesGraph(whole, tuple(triples), shapes, tuple(imports), prefixes)


def _shapes(whole: Graph, names: str, stated: Mapping[Path, Graph]) -> Shapes:
    problems: list[Problem] = []
    for file, graph in stated.items():
        if not any(_of_shacl(term) for triple in graph for term in triple):
            problems.append(Problem(str(file), None, "no shape", "a file that says something of shapes"))
        problems.extend(_strangers(file, graph))
    excess = [Problem(names, None, f"{node.n3()}: {value}", expected) for node, value, expected in beyond(whole)]
    if excess:
        raise InputError([*problems, *(_placed(problem, whole, stated) for problem in excess)])
    try:
        shapes = read_shapes(whole, names)
    except InputError as error:
        raise InputError([*problems, *(_placed(problem, whole, stated) for problem in error.problems)]) from error
    if problems:
        raise InputError(problems)
    return shapes


def _strangers(file: Path, graph: Graph) -> Iterator[Problem]:
    """Classes of the SHACL namespace that are none: what is meant to be a shape would be none, and nothing said."""
    for kind in sorted(set(graph.objects(None, rdf(RDF.type))), key=str):
        name = str(kind).removeprefix(SH)
        if _of_shacl(kind) and name not in _TYPES:
            near = get_close_matches(name, _TYPES, 1)
            hint = f"; nearest: sh:{near[0]}" if near else ""
            yield Problem(str(file), None, f"sh:{name}", f"a class of SHACL Core or SHACL-SPARQL{hint}")


def _of_shacl(term: RdflibNode) -> bool:
    return str(term).startswith(SH) and not isinstance(term, BNode)


def _placed(problem: Problem, whole: Graph, stated: Mapping[Path, Graph]) -> Problem:
    """The problem of a shape with the file that it stands in, the shape named where it has no name."""
    found = _NODE.match(problem.value)
    if found is None:
        return problem
    subjects = {node.n3(): node for node in whole.subjects()}
    node = subjects.get(found[1])
    if node is None:
        return problem
    files = [str(file) for file, graph in stated.items() if (node, None, None) in graph]
    return Problem(
        files[0] if files else problem.file,
        problem.line,
        f"{described(whole, node)}: {problem.value[found.end() :]}",
        problem.expected,
    )


def described(graph: Graph, node: RdflibNode | Node) -> str:
    """A shape in words: its IRI, or the named thing that it stands in, with its path."""
    start = node if isinstance(node, RdflibNode) else to_rdflib(node)
    seen, pending = {start}, [start]
    while pending:
        one = pending.pop(0)
        if not isinstance(one, BNode):
            path = graph.value(start, rdf(SH.path), any=True)
            told = f" with sh:path {path.n3()}" if path is not None and not isinstance(path, BNode) else ""
            return one.n3() if one == start else f"a shape in {one.n3()}{told}"
        above = [parent for parent in sorted(graph.subjects(None, one), key=str) if parent not in seen]
        seen.update(above)
        pending.extend(above)
    return start.n3()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep rdflib from printing a traceback for each ill-formed literal: to a validator they are data."""
    logger = logging.getLogger("rdflib.term")
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before
