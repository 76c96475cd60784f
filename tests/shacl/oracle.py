"""
The oracle: what pySHACL makes of the same data and shapes.

    data + shapes  ->  findings (shape, component, focus, value, path, severity), counted
"""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef
from rdflib.term import Node

from lsp_graph.namespaces import SH
from lsp_graph.shacl import ValidationResult
from lsp_graph.shacl.paths import read, text
from lsp_graph.shacl.terms import graph_of, to_oxigraph

Finding = tuple[str, str, str, str, str, str]


@contextmanager
def quiet() -> Iterator[None]:
    """rdflib tells of every ill-formed literal; here they are meant."""
    logger = logging.getLogger("rdflib.term")
    before = logger.disabled
    logger.disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logger.disabled = before


def plain_findings(data: Sequence[ox.Triple], shapes: Sequence[ox.Triple]) -> Counter[Finding]:
    """What pySHACL finds."""
    with quiet():
        _, report, told = pyshacl.validate(
            graph_of(data),
            shacl_graph=graph_of(shapes),
            inference="none",
            advanced=False,
            meta_shacl=False,
            inplace=True,
            do_owl_imports=False,
        )
    assert isinstance(report, Graph), told
    return Counter(_finding(report, node) for node in report.objects(None, URIRef(SH.result.value)))


def finding(result: ValidationResult) -> Finding:
    """A result of the project's engine in the oracle's form."""
    return (
        str(result.shape),
        str(result.component),
        str(result.focus),
        "" if result.value is None else str(result.value),
        "" if result.path is None else text(result.path),
        str(result.severity),
    )


def _finding(report: Graph, node: Node) -> Finding:
    def one(name: str) -> str:
        value = report.value(node, URIRef(SH[name].value))
        return "" if value is None else str(to_oxigraph(value))

    path = report.value(node, URIRef(SH.resultPath.value))
    return (
        one("sourceShape"),
        one("sourceConstraintComponent"),
        one("focusNode"),
        one("value"),
        "" if path is None else text(read(report, path)),
        one("resultSeverity"),
    )
