"""The oracle: what pySHACL finds with the same shapes, over the triples that a shape can look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef

from lsp_graph.namespaces import RDF, RDFS, SH
from lsp_graph.shacl.terms import graph_of

_IRI = re.compile(r"<([^<>\s]+)>")
_DEFAULT = ox.DefaultGraph()


def found(view: ox.Store, shapes: Graph) -> set[tuple[str, str]]:
    """Shape and focus node of each result."""
    _, report, text = pyshacl.validate(
        visible(view, shapes), shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False, inplace=True
    )
    assert isinstance(report, Graph), text
    return {
        (str(report.value(node, URIRef(SH + "sourceShape"))), str(report.value(node, URIRef(SH + "focusNode"))))
        for node in report.objects(None, URIRef(SH + "result"))
    }


def visible(view: ox.Store, shapes: Graph) -> Graph:
    """The part of the view that these shapes can look at, as an rdflib graph.

    A triple is taken where a shape mentions its predicate; a type, where a shape mentions the class or one above it.
    The rest (evidence, claims, texts: most of the graph) cannot change a result.
    """
    mentioned = set(_mentioned(shapes))
    classes = mentioned | set(_below(view, mentioned))
    triples: list[ox.Triple] = []
    for predicate in sorted(mentioned - {RDF.type.value, RDFS.subClassOf.value}):
        for quad in view.quads_for_pattern(None, ox.NamedNode(predicate), None, _DEFAULT):
            triples.append(quad.triple)
    for name in sorted(classes):
        for relation in (RDF.type, RDFS.subClassOf):
            for quad in view.quads_for_pattern(None, relation, ox.NamedNode(name), _DEFAULT):
                triples.append(quad.triple)
    return graph_of(triples)


def _mentioned(shapes: Graph) -> Iterator[str]:
    """Every IRI that stands as an object among the shapes, or in the SPARQL of one."""
    declared = {
        str(prefix): str(base)
        for node, prefix in shapes.subject_objects(URIRef(SH + "prefix"))
        for base in shapes.objects(node, URIRef(SH + "namespace"))
    }
    for value in set(shapes.objects()):
        if isinstance(value, URIRef):
            yield str(value)
    for name in ("select", "ask"):
        for query in shapes.objects(None, URIRef(SH + name)):
            yield from _IRI.findall(str(query))
            for prefix, base in declared.items():
                yield from (base + local for local in re.findall(rf"\b{prefix}:([\w-]+)", str(query)))


def _below(view: ox.Store, classes: Iterable[str]) -> Iterator[str]:
    """The subclasses of these classes, however far below."""
    seen = set(classes)
    pending = list(seen)
    while pending:
        for quad in view.quads_for_pattern(None, RDFS.subClassOf, ox.NamedNode(pending.pop()), _DEFAULT):
            name = getattr(quad.subject, "value", "")
            if isinstance(quad.subject, ox.NamedNode) and name not in seen:
                seen.add(name)
                pending.append(name)
                yield name
