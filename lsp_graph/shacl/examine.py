"""
Validate files against files.

    data files + shapes files  ->  Examination: results, and what to know before relying on them

A shape that was not tested is told: one that found no focus node, one without which nothing would be said at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from lsp_graph.errors import InputError, Problem, QueryRefused
from lsp_graph.shacl import exact
from lsp_graph.shacl.columns import Columns
from lsp_graph.shacl.files import SHAPES_GRAPH, Data, ShapesGraph, described, read_data, read_shapes_graph
from lsp_graph.shacl.model import Shape
from lsp_graph.shacl.results import ValidationResult, sort_key
from lsp_graph.shacl.terms import Node
from lsp_graph.shacl.validate import Validation
from lsp_graph.store.rows import Terms, table


@dataclass(frozen=True)
class Tested:
    """A shape with a target: what it is called, how many focus nodes it found, how many results it gave."""

    shape: str
    focus_nodes: int
    results: int


@dataclass(frozen=True)
class Examination:
    """What a validation of files found.

    `names` are what shapes are called, `notes` to be read with the results, `prefixes` those of the files.
    """

    results: tuple[ValidationResult, ...]
    tested: tuple[Tested, ...]
    names: Mapping[Node, str]
    notes: tuple[str, ...]
    prefixes: Mapping[str, str]

    @property
    def conforms(self) -> bool:
        """Whether there is no result, of whatever severity (§3.6.1.1)."""
        return not self.results


def examine(data_files: Sequence[Path], shapes_files: Sequence[Path]) -> Examination:
    """Validate the triples of all data files against the shapes of all shapes files.

    Raises `InputError` with the problems of all files, and where a shape cannot be asked of this data.
    """
    stated, data = _read(data_files, shapes_files)
    data.store.bulk_extend(_as_graph(stated))
    validation = Validation(stated.shapes, data.select, SHAPES_GRAPH, Columns(partial(table, data.store), Terms()))
    apart = exact.needing(stated.shapes, data.narrowed)
    names = {node: described(stated.graph, node) for node in stated.shapes.by_node}
    found = _asked(
        validation, names, [shape.node for shape in stated.shapes.targeted if shape not in apart], shapes_files
    )
    if apart:
        found += exact.results_of(data_files, stated, apart)
    given = Counter(result.root for result in found)
    tested = tuple(
        Tested(names[shape.node], len(validation.focus_nodes(shape.node)), given[shape.node])
        for shape in stated.shapes.targeted
    )
    return Examination(
        results=tuple(sorted(found, key=sort_key)),
        tested=tested,
        names=names,
        notes=tuple(_notes(data_files, data, stated, apart, tested)),
        prefixes=data.prefixes | stated.prefixes,
    )


def _read(data_files: Sequence[Path], shapes_files: Sequence[Path]) -> tuple[ShapesGraph, Data]:
    """Both, or the problems of both."""
    problems: list[Problem] = []
    stated: ShapesGraph | None = None
    try:
        stated = read_shapes_graph(shapes_files)
    except InputError as error:
        problems.extend(error.problems)
    try:
        data = read_data(data_files)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from error
    if stated is None:
        raise InputError(problems)
    return stated, data


def _as_graph(stated: ShapesGraph) -> Iterator[ox.Quad]:
    """The shapes in a named graph of the store, which no focus node and no value comes from."""
    for triple in stated.triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, SHAPES_GRAPH)


def _asked(
    validation: Validation, names: Mapping[Node, str], shapes: Iterable[Node], files: Sequence[Path]
) -> list[ValidationResult]:
    """The results of these shapes; what cannot be asked is told by the names of the shapes."""
    found: list[ValidationResult] = []
    problems: list[Problem] = []
    place = ", ".join(str(file) for file in files)
    for shape in shapes:
        try:
            found.extend(validation.results([shape]))
        except QueryRefused as error:
            problems.append(Problem(place, None, f"{names[shape]}: {error.reason}", "SPARQL that the store can answer"))
        except RecursionError:
            problems.append(Problem(place, None, f"{names[shape]}: shapes in shapes in shapes", "fewer levels of them"))
        except InputError as error:
            for problem in error.problems:
                value = f"{names[shape]}: {problem.value.removeprefix(f'{shape}: ')}"
                problems.append(Problem(place, None, value, problem.expected))
    if problems:
        raise InputError(problems)
    return found


def _notes(
    data_files: Sequence[Path], data: Data, stated: ShapesGraph, apart: Sequence[Shape], tested: Sequence[Tested]
) -> Iterator[str]:
    if not data.triples:
        yield f"{', '.join(str(file) for file in data_files)}: no triples"
    for shape in apart:
        name = described(stated.graph, shape.node)
        yield f"{name}: asked of pySHACL, since the store tells no datatype from xsd:integer that is derived from it"
    for one in tested:
        if not one.focus_nodes:
            yield f"{one.shape}: found no focus node"
    for ontology in stated.imports:
        yield f"owl:imports {ontology}: not followed; name its file with --shapes"
