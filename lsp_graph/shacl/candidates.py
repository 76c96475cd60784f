"""
Sets of nodes as SPARQL patterns: what is validated, without naming it node by node.

    targets of a shape | nodes given | where a path leads from such a set   ->   a pattern that binds a variable

Every pattern is a sub-select (docs/decisions/0003) or a single triple pattern. Where a path of several steps is walked
from many nodes, each later step is a sub-select too: a store then joins by hashing instead of looking up one node after
the other, which takes long at nodes of which much is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from lsp_graph.namespaces import RDF, RDFS
from lsp_graph.shacl.paths import Alternative, Inverse, Path, Predicate, Sequence, single, sparql, stays

MANY: Final = 4000
"""From so many nodes on, a path is walked from all of them at once."""


@dataclass(frozen=True)
class Given:
    """These nodes. A blank node cannot be given: SPARQL has no name for it."""

    nodes: tuple[ox.NamedNode | ox.Literal, ...]


@dataclass(frozen=True)
class Instances:
    """The instances of any of these classes; `classes` is None where a class above has no name.

    `size` is about how many there are, as far as that was asked.
    """

    of: ox.NamedNode
    classes: tuple[ox.NamedNode, ...] | None
    size: int = field(default=0, compare=False)


@dataclass(frozen=True)
class SubjectsOf:
    """What has this property."""

    name: ox.NamedNode


@dataclass(frozen=True)
class ObjectsOf:
    """What is a value of this property."""

    name: ox.NamedNode


@dataclass(frozen=True)
class Along:
    """Where a path leads from these."""

    start: Candidates
    path: Path


Candidates = Given | Instances | SubjectsOf | ObjectsOf | Along


def along(start: Candidates, path: Path | None) -> Candidates:
    """Where the path leads from these, by steps, so that each step begins from distinct nodes."""
    if path is None:
        return start
    if isinstance(path, Sequence):
        for part in path.parts:
            start = along(start, part)
        return start
    return Along(start, path)


def values(variable: str, terms: Iterable[ox.NamedNode | ox.Literal]) -> str:
    """A VALUES block of one variable."""
    return f"VALUES ?{variable} {{ {' '.join(str(term) for term in terms)} }}"


def pattern(candidates: Candidates, variable: str) -> str:
    """The pattern that binds the variable to each candidate, once."""
    match candidates:
        case Given(nodes):
            return values(variable, nodes)
        case Instances(_, (name,)):
            return f"?{variable} {RDF.type} {name} ."
        case _:
            return f"{{ SELECT DISTINCT ?{variable} WHERE {{ {_matching(candidates, variable)} }} }}"


def _matching(candidates: Candidates, variable: str) -> str:
    """A pattern that binds the variable to each candidate, perhaps more than once."""
    match candidates:
        case Instances(of, None):
            return f"?{variable} {RDF.type}/{RDFS.subClassOf}* {of} ."
        case Instances(_, classes) if classes is not None and len(classes) != 1:
            return f"{values('class', classes)} ?{variable} {RDF.type} ?class ."
        case SubjectsOf(name):
            return f"?{variable} {name} ?any ."
        case ObjectsOf(name):
            return f"?any {name} ?{variable} ."
        case Along(start, path):
            inner = f"{variable}_"
            found = pattern(start, inner)
            return with_itself(start, path, found, f"{found} ?{inner} {sparql(path)} ?{variable} .", inner, variable)
        case _:
            return pattern(candidates, variable)


def pairs(candidates: Candidates, path: Path | None, only: str = "") -> str:
    """The pattern that binds ?this to each candidate and ?value to each of its values, each pair once.

    Without a path the candidate itself is the value. `only` is a pattern that narrows ?value.
    """
    if path is None:
        return f"{only} {pattern(candidates, 'value')} BIND (?value AS ?this)"
    found = pattern(candidates, "this")
    step = f"{only} {with_itself(candidates, path, found, f'{found} {walk(candidates, path)}')}"
    return step if single(path) else f"{{ SELECT DISTINCT ?this ?value WHERE {{ {step} }} }}"


def with_itself(
    candidates: Candidates, path: Path, found: str, walked: str, start: str = "this", end: str = "value"
) -> str:
    """The pattern `walked`, which begins with `found`, for candidates of which some may not be in the data.

    By a path without a step such a node is a value of itself (SHACL §2.3.1: the focus node is bound first); a store
    that joins the path with it finds nothing, for it walks between nodes of the graph (SPARQL 1.1 §9.3).
    """
    if not (stays(path) and _foreign(candidates)):
        return walked
    return f"{{ {walked} }} UNION {{ {found} BIND (?{start} AS ?{end}) }}"


def _foreign(candidates: Candidates) -> bool:
    """Whether a candidate may be a node that the data does not have."""
    match candidates:
        case Given():
            return True
        case Along(start, path):
            return stays(path) and _foreign(start)
        case _:
            return False


def walk(candidates: Candidates, path: Path) -> str:
    """The pattern of a path from ?this, which is one of the candidates, to ?value; perhaps in several ways."""
    if not isinstance(path, Sequence) or size_of(candidates) < MANY:
        return f"?this {sparql(path)} ?value ."
    places = ["?this", *(f"?step{number}" for number in range(1, len(path.parts))), "?value"]
    steps = []
    for begin, part, end in zip(places, path.parts, places[1:], strict=False):
        step = f"{begin} {sparql(part)} {end} ."
        apart = begin != "?this" and _bounded(part)
        steps.append(f"{{ SELECT {begin} {end} WHERE {{ {step} }} }}" if apart else step)
    return " ".join(steps)


def size_of(candidates: Candidates) -> int:
    """About how many there are, as far as is known; else 0."""
    match candidates:
        case Instances(size=size):
            return size
        case Along(start, _):
            return size_of(start)
        case _:
            return 0


def _bounded(path: Path) -> bool:
    """Whether all that the path leads to from anywhere is no more than the triples of a few properties."""
    match path:
        case Predicate(iri):
            return iri != RDF.type.value
        case Inverse(inner):
            return _bounded(inner)
        case Alternative(parts):
            return all(isinstance(part, Predicate | Inverse) and _bounded(part) for part in parts)
        case _:
            return False
