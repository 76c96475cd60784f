"""
Constraints in SPARQL: `sh:sparql` (SHACL §5), and constraint components that a shapes graph declares itself (§6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib.term import Node as RdflibNode

from lsp_graph.errors import QueryRefused
from lsp_graph.namespaces import OWL, SH, XSD
from lsp_graph.shacl.ask import probe
from lsp_graph.shacl.body import Body, Kind, read_body
from lsp_graph.shacl.model import Sparql
from lsp_graph.shacl.paths import Path
from lsp_graph.shacl.source import Source, instances, rdf
from lsp_graph.shacl.terms import Term, to_oxigraph

_PREBOUND = frozenset({"this", "shapesGraph", "currentShape", "PATH"})


@dataclass(frozen=True)
class _Parameter:
    """A parameter of a component: its property, the variable that holds its value, whether it may be left out."""

    predicate: URIRef
    variable: str
    optional: bool


@dataclass(frozen=True)
class _Component:
    """A declared component."""

    node: RdflibNode
    name: ox.NamedNode
    parameters: tuple[_Parameter, ...]


class CustomComponents:
    """The components that a shapes graph declares, and `sh:sparql`."""

    def __init__(self, source: Source) -> None:
        self._source = source
        nodes = sorted(instances(source.graph, SH.ConstraintComponent), key=str)
        self._components = [self._component(node) for node in nodes if not str(node).startswith(SH)]

    def users(self) -> Iterator[RdflibNode]:
        """The nodes that have a value of every mandatory parameter of a component: they are shapes by that."""
        for component in self._components:
            for parameter in component.parameters:
                if not parameter.optional:
                    yield from self._source.graph.subjects(parameter.predicate)

    def constraints(self, node: RdflibNode, path: Path | None) -> Iterator[Sparql]:
        """The constraints in SPARQL that a shape states."""
        for value in sorted(self._source.graph.objects(node, rdf(SH.sparql)), key=str):
            constraint = self._stated(node, value, path)
            if constraint is not None:
                yield constraint
        for component in self._components:
            yield from self._of_component(component, node, path)

    def _stated(self, shape: RdflibNode, node: RdflibNode, path: Path | None) -> Sparql | None:
        name = to_oxigraph(node)
        if isinstance(name, ox.Literal):
            self._source.refuse(shape, f"sh:sparql {name}", "a constraint with sh:select")
            return None
        if self._source.flag(node, "deactivated"):
            return None
        body = self._body(node, "select", _PREBOUND, path)
        if body is None:
            return None
        return Sparql(name, body, (), self._source.messages(node))

    def _component(self, node: RdflibNode) -> _Component:
        graph = self._source.graph
        parameters = []
        for one in sorted(graph.objects(node, rdf(SH.parameter)), key=str):
            predicate = graph.value(one, rdf(SH.path), any=True)
            if not isinstance(predicate, URIRef):
                self._source.refuse(node, f"parameter {one.n3()}", "a parameter whose sh:path is an IRI")
                continue
            parameters.append(_Parameter(predicate, _local(predicate), self._source.flag(one, "optional")))
        name = to_oxigraph(node)
        if not isinstance(name, ox.NamedNode) or not any(not one.optional for one in parameters):
            self._source.refuse(node, "a constraint component", "an IRI and at least one mandatory parameter")
            name = SH.ConstraintComponent
        return _Component(node, name, tuple(sorted(parameters, key=lambda one: one.variable)))

    def _of_component(self, component: _Component, node: RdflibNode, path: Path | None) -> Iterator[Sparql]:
        graph = self._source.graph
        stated = {
            one: sorted((to_oxigraph(value) for value in graph.objects(node, one.predicate)), key=str)
            for one in component.parameters
        }
        if not all(stated[one] or one.optional for one in component.parameters):
            return
        if len(component.parameters) > 1 and any(len(values) > 1 for values in stated.values()):
            self._source.refuse(
                node, f"several values of a parameter of {component.name}", "one value of each parameter"
            )
            return
        validator = self._validator(component, node, path)
        if validator is None:
            return
        validator_node, body = validator
        name = to_oxigraph(validator_node)
        messages = self._source.messages(validator_node) or self._source.messages(component.node)
        given: list[tuple[_Parameter, list[Term]]] = [(one, values) for one, values in stated.items() if values]
        for terms in product(*(values for _, values in given)):
            named = tuple((one.variable, term) for (one, _), term in zip(given, terms, strict=True))
            if any(isinstance(term, ox.BlankNode) and variable in body.mentions for variable, term in named):
                self._source.refuse(node, f"a blank node as a parameter of {component.name}", "a term a query can name")
            if not isinstance(name, ox.Literal):
                yield Sparql(name, body, named, messages, component.name)

    def _validator(self, component: _Component, node: RdflibNode, path: Path | None) -> tuple[RdflibNode, Body] | None:
        """The validator that fits the shape (§6.2.3): the one for its kind of shape, else the general one."""
        graph = self._source.graph
        for role in ("nodeValidator" if path is None else "propertyValidator", "validator"):
            for validator in sorted(graph.objects(component.node, rdf(SH[role])), key=str):
                kind: Kind = "ask" if (validator, rdf(SH.ask), None) in graph else "select"
                prebound = _PREBOUND | {one.variable for one in component.parameters}
                body = self._body(validator, kind, prebound | {"value"} if kind == "ask" else prebound, path)
                return None if body is None else (validator, body)
        self._source.refuse(
            node, f"constraint component {component.name}", "a validator in SPARQL for this kind of shape"
        )
        return None

    def _body(self, node: RdflibNode, kind: Kind, prebound: frozenset[str], path: Path | None) -> Body | None:
        texts = [value for value in self._source.values(node, kind) if isinstance(value, ox.Literal)]
        if len(texts) != 1 or texts[0].datatype != XSD.string:
            self._source.refuse(node, f"{len(texts)} values of sh:{kind}", f"one text in sh:{kind}")
            return None
        try:
            body = read_body(texts[0].value, kind, sorted(self._prefixes(node).items()), prebound)
            if path is None and "PATH" in body.mentions:
                raise ValueError("a query without $PATH, for a node shape has no path")
            probe(body)
        except ValueError as error:
            self._source.refuse(node, f"sh:{kind}", str(error))
            return None
        except QueryRefused as error:
            self._source.refuse(node, f"sh:{kind}: {error.reason}", "SPARQL 1.1")
            return None
        return body

    def _prefixes(self, node: RdflibNode) -> dict[str, str]:
        """The prefixes that the node's text is written with (§5.2.1)."""
        found: dict[str, str] = {}
        for prefix, namespace in sorted(_declared(self._source.graph, node)):
            if found.setdefault(prefix, namespace) != namespace:
                self._source.refuse(node, f"prefix {prefix} of {found[prefix]} and of {namespace}", "one namespace")
        return found


def _declared(graph: Graph, node: RdflibNode) -> set[tuple[str, str]]:
    """Prefixes and namespaces declared by what sh:prefixes names, and by what that imports."""
    pending, seen = list(graph.objects(node, rdf(SH.prefixes))), set()
    found = set()
    while pending:
        one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        pending.extend(graph.objects(one, rdf(OWL.imports)))
        for declaration in graph.objects(one, rdf(SH.declare)):
            prefix = graph.value(declaration, rdf(SH.prefix), any=True)
            namespace = graph.value(declaration, rdf(SH.namespace), any=True)
            if prefix is not None and namespace is not None:
                found.add((str(prefix), str(namespace)))
    return found


def _local(iri: str) -> str:
    """The part of the IRI that names the variable (§6.2.1): what stands after the last `/` or `#`."""
    return iri.replace("#", "/").rpartition("/")[2]
