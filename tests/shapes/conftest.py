"""Audit the graph of a case: its Turtle, and the types that follow from the subclasses of the ontology."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from lsp_graph.audit import AuditReport, audit
from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import RDF, RDFS
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend, in_memory


@cache
def above(name: str) -> frozenset[str]:
    """The classes right above one."""
    return frozenset(higher for lower, higher in _steps() if lower == name)


@cache
def _steps() -> frozenset[tuple[str, str]]:
    return frozenset(
        (quad.subject.value, quad.object.value)
        for file in sorted(ONTOLOGY.glob("*.ttl"))
        for quad in ox.parse(path=file, format=ox.RdfFormat.TURTLE)
        if quad.predicate == RDFS.subClassOf
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode)
    )


def quads(case: Path) -> set[ox.Quad]:
    """The triples of a case with the types that follow."""
    stated = set(ox.parse(path=case, format=ox.RdfFormat.TURTLE))
    pending = [quad for quad in stated if quad.predicate == RDF.type]
    while pending:
        quad = pending.pop()
        names = above(quad.object.value) if isinstance(quad.object, ox.NamedNode) else ()
        inferred = {ox.Quad(quad.subject, RDF.type, ox.NamedNode(name)) for name in names} - stated
        stated |= inferred
        pending.extend(inferred)
    return stated


@pytest.fixture
def audited() -> Callable[..., AuditReport]:
    """Audit the graph of a case by all rules, or by those named."""

    def run(case: Path, *rules: str) -> AuditReport:
        return audit(in_memory(quads(case)), as_of=DEFAULT_AS_OF, rules=rules)

    return run


@pytest.fixture
def merged() -> EmbeddedBackend:
    """All cases in one graph, which breaks every rule."""
    return in_memory(quad for case in sorted(Path(__file__).parent.glob("*/*.ttl")) for quad in quads(case))
