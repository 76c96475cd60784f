"""
Run the W3C SHACL test suite, or cases in the same form, over the project's validator.

    folder with manifest.ttl  ->  cases;   case  ->  what differs from what it expects (nothing, where it passes)

The suite is at https://github.com/w3c/data-shapes, folder data-shapes-test-suite/tests.
Usage: python -m bench.w3c_shacl FOLDER
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlparse

import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib.term import Node

from lsp_graph.errors import InputError
from lsp_graph.namespaces import RDF, SH, Namespace
from lsp_graph.shacl import Select, ValidationResult, read_shapes, validate
from lsp_graph.shacl.lists import members
from lsp_graph.shacl.paths import read, text
from lsp_graph.shacl.terms import Term, graph_of, to_oxigraph

_MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
_SHT: Final = Namespace("http://www.w3.org/ns/shacl-test#")
_FAILURE: Final = URIRef(_SHT.Failure.value)

Row = tuple[str, ...]
"""A result as it is compared: focus, path, value, shape, component, severity, and messages where they are expected."""


@dataclass(frozen=True)
class Case:
    """One test: its name, and the files of its entry, data and shapes. `node` is the entry."""

    name: str
    file: Path
    node: Node
    data: Path
    shapes: Path


@dataclass(frozen=True)
class Opened:
    """A case's entry and shapes as graphs, and what asks its data; `name` is the graph that has the shapes there."""

    entry: Graph
    shapes: Graph
    select: Select
    name: ox.NamedNode


def cases(folder: Path) -> list[Case]:
    """All cases that the manifest of a folder reaches."""
    found = {case.name: case for case in _reached(folder / "manifest.ttl", folder.resolve(), set())}
    return [found[name] for name in sorted(found)]


def cases_in(file: Path, root: Path) -> Iterator[Case]:
    """The cases that a file states."""
    graph = graph_of(_triples(file))
    for entries in graph.objects(None, URIRef(_MF.entries.value)):
        for node in members(graph, entries):
            action = _one(graph, node, _MF.action)
            data, shapes = (_path(_one(graph, action, term)) for term in (_SHT.dataGraph, _SHT.shapesGraph))
            name = f"{file.resolve().parent.relative_to(root.resolve()) / _path(node).name}"
            yield Case(name, file, node, data, shapes)


def opened(case: Case) -> Opened:
    """Read the files of a case: the shapes are also in a named graph of the data."""
    read_once = {file: _triples(file) for file in {case.file, case.data, case.shapes}}
    name = ox.NamedNode(case.shapes.as_uri())
    store = ox.Store()
    store.extend(ox.Quad(one.subject, one.predicate, one.object) for one in read_once[case.data])
    store.extend(ox.Quad(one.subject, one.predicate, one.object, name) for one in read_once[case.shapes])

    def select(query: str) -> ox.QuerySolutions:
        found = store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        return found

    return Opened(graph_of(read_once[case.file]), graph_of(read_once[case.shapes]), select, name)


def difference(case: Case) -> str:
    """What the validator makes of a case other than it expects; empty where it passes."""
    files = opened(case)
    entry, expected = files.entry, _one(files.entry, case.node, _MF.result)
    try:
        results = validate(read_shapes(files.shapes), files.select, files.name)
    except InputError as error:
        return "" if expected == _FAILURE else str(error)
    if expected == _FAILURE:
        return "validated, where shapes were to be refused"
    stated = list(entry.objects(expected, URIRef(SH.result.value)))
    spoken = any((node, URIRef(SH.resultMessage.value), None) in entry for node in stated)
    local = case.file in (case.data, case.shapes)
    wanted = Counter(_expected(entry, node, spoken, local) for node in stated)
    got = Counter(_row(result, spoken, local) for result in results)
    lines = [f"missing {row}" for row in (wanted - got).elements()] + [
        f"surplus {row}" for row in (got - wanted).elements()
    ]
    return "\n".join(lines)


def _reached(manifest: Path, root: Path, seen: set[Path]) -> Iterator[Case]:
    if manifest in seen:
        return
    seen.add(manifest)
    yield from cases_in(manifest, root)
    graph = graph_of(_triples(manifest))
    for included in graph.objects(None, URIRef(_MF.include.value)):
        yield from _reached(_path(included), root, seen)


def _triples(file: Path) -> list[ox.Quad]:
    return list(ox.parse(path=file, format=ox.RdfFormat.TURTLE, base_iri=file.resolve().as_uri()))


def _one(graph: Graph, node: Node, term: ox.NamedNode) -> Node:
    (value,) = graph.objects(node, URIRef(term.value))
    return value


def _path(iri: Node) -> Path:
    return Path(unquote(urlparse(str(iri)).path))


def _expected(graph: Graph, node: Node, spoken: bool, local: bool) -> Row:
    def value(name: str) -> Term | None:
        found = graph.value(node, URIRef(SH[name].value))
        return None if found is None else to_oxigraph(found)

    path = graph.value(node, URIRef(SH.resultPath.value))
    row = (
        _shown(value("focusNode"), local),
        "" if path is None else text(read(graph, path)),
        _shown(value("value"), local),
        _shown(value("sourceShape"), local),
        _shown(value("sourceConstraintComponent"), local),
        _shown(value("resultSeverity"), local),
    )
    said = sorted(str(to_oxigraph(one)) for one in graph.objects(node, URIRef(SH.resultMessage.value)))
    return (*row, *said) if spoken else row


def _row(result: ValidationResult, spoken: bool, local: bool) -> Row:
    row = (
        _shown(result.focus, local),
        "" if result.path is None else text(result.path),
        _shown(result.value, local),
        _shown(result.shape, local),
        str(result.component),
        str(result.severity),
    )
    return (*row, *sorted(str(one) for one in result.messages)) if spoken else row


def _shown(term: Term | None, local: bool) -> str:
    """The term as the store holds it; blank nodes of another file are all alike."""
    if isinstance(term, ox.BlankNode) and not local:
        return "_:"
    if not isinstance(term, ox.Literal):
        return str(term)
    store = ox.Store()
    store.add(ox.Quad(RDF.nil, RDF.value, term))
    (quad,) = store
    return str(quad.object)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; the exit status is 1 where a case fails."""
    parser = argparse.ArgumentParser(prog="python -m bench.w3c_shacl", description="Run the W3C SHACL test suite.")
    parser.add_argument("folder", type=Path, help="the suite's folder with manifest.ttl")
    options = parser.parse_args(arguments)
    told = {case.name: difference(case) for case in cases(options.folder)}
    failed = {name: text for name, text in told.items() if text}
    for name, lines in failed.items():
        print(f"{name}\n  " + lines.replace("\n", "\n  "))
    print(f"{len(told) - len(failed)} of {len(told)} cases pass")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
