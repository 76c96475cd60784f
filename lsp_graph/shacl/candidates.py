"""
Sets of nodes as SPARQL patterns: what is validated, without naming it node by node.

    targets of a shape | nodes given | where a path leads from such a set   ->   a pattern that binds a variable

Every pattern is a sub-select (docs/decisions/0003) or a single triple pattern.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from lsp_graph.namespaces import RDF, RDFS
from lsp_graph.shacl.paths import Path, Sequence, single, sparql


@dataclass(frozen=True)
class Given:
    """These nodes. A blank node cannot be given: SPARQL has no name for it."""

    nodes: tuple[ox.NamedNode | ox.Literal, ...]


@dataclass(frozen=True)
class Instances:
    """The instances of any of these classes; `classes` is None where a class above has no name."""

    of: ox.NamedNode
    classes: tuple[ox.NamedNode, ...] | None


@dataclass(frozen=True)
class SubjectsOf:
    """What has this property."""

    name: ox.NamedNode


@dataclass(frozen=True)
class ObjectsOf:
    """What is a value of this property."""

    name: ox.NamedNode


@dataclass(frozen=True)
class Union:
    """What is in any of these sets."""

    parts: tuple[Candidates, ...]


@dataclass(frozen=True)
class Along:
    """Where a path leads from these."""

    start: Candidates
    path: Path


Candidates = Given | Instances | SubjectsOf | ObjectsOf | Union | Along


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
        case Union(parts):
            return " UNION ".join(f"{{ {_matching(part, variable)} }}" for part in parts)
        case Along(start, path):
            return f"{pattern(start, f'{variable}_')} ?{variable}_ {sparql(path)} ?{variable} ."
        case _:
            return pattern(candidates, variable)


def pairs(candidates: Candidates, path: Path | None, only: str = "") -> str:
    """The pattern that binds ?this to each candidate and ?value to each of its values, each pair once.

    Without a path the candidate itself is the value. `only` is a pattern that narrows ?value.
    """
    if path is None:
        return f"{only} {pattern(candidates, 'value')} BIND (?value AS ?this)"
    step = f"{only} {pattern(candidates, 'this')} ?this {sparql(path)} ?value ."
    return step if single(path) else f"{{ SELECT DISTINCT ?this ?value WHERE {{ {step} }} }}"
