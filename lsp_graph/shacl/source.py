"""
A shapes graph while it is read: values by parameter, and what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib.term import Node as RdflibNode

from lsp_graph.errors import Problem
from lsp_graph.namespaces import RDF, RDFS, SH, XSD
from lsp_graph.shacl import lists
from lsp_graph.shacl.terms import Term, to_oxigraph

TEXT = (XSD.string, RDF.langString)


def rdf(term: ox.NamedNode) -> URIRef:
    """The term as rdflib writes it."""
    return URIRef(term.value)


def instances(graph: Graph, name: ox.NamedNode) -> set[RdflibNode]:
    """The SHACL instances of a class: of it or of a class below it (§1.1)."""
    found: set[RdflibNode] = set()
    for below in graph.transitive_subjects(rdf(RDFS.subClassOf), rdf(name)):
        found.update(graph.subjects(rdf(RDF.type), below))
    return found


class Source:
    """The graph, and the problems found in it so far."""

    def __init__(self, graph: Graph, name: str) -> None:
        self.graph, self._name = graph, name
        self.problems: list[Problem] = []

    def refuse(self, node: RdflibNode, value: str, expected: str) -> None:
        """Note a problem of a shape."""
        problem = Problem(self._name, None, f"{node.n3()}: {value}", expected)
        if problem not in self.problems:
            self.problems.append(problem)

    def values(self, node: RdflibNode, name: str) -> list[Term]:
        """The values of a term of the SHACL namespace, sorted."""
        return sorted((to_oxigraph(value) for value in self.graph.objects(node, rdf(SH[name]))), key=str)

    def one(self, node: RdflibNode, name: str, expected: str, kind: type[Term] | None = None) -> Term | None:
        """The only value, if there is any; a second one and one of another kind are problems."""
        found = self.values(node, name)
        if len(found) > 1 or (found and kind is not None and not isinstance(found[0], kind)):
            self.refuse(node, f"sh:{name} {' '.join(str(value) for value in found)}", expected)
            return None
        return found[0] if found else None

    def literal(
        self, node: RdflibNode, name: str, expected: str, datatypes: Iterable[ox.NamedNode] = ()
    ) -> ox.Literal | None:
        """The only value, a literal of one of the datatypes (of any, where none is said)."""
        found = self.one(node, name, expected, ox.Literal)
        if not isinstance(found, ox.Literal):
            return None
        if (allowed := tuple(datatypes)) and found.datatype not in allowed:
            self.refuse(node, f"sh:{name} {found}", expected)
            return None
        return found

    def number(self, node: RdflibNode, name: str) -> int | None:
        """The only value, an integer."""
        found = self.literal(node, name, "one xsd:integer", [XSD.integer])
        try:
            return None if found is None else int(found.value)
        except ValueError:
            self.refuse(node, f"sh:{name} {found}", "one xsd:integer")
            return None

    def flag(self, node: RdflibNode, name: str) -> bool:
        """Whether the value is `true`; the suite of the Recommendation takes `1` for something else."""
        found = self.literal(node, name, "true or false", [XSD.boolean])
        return found is not None and found.value == "true"

    def iris(self, node: RdflibNode, name: str) -> tuple[ox.NamedNode, ...]:
        """The values, all of them IRIs."""
        found = self.values(node, name)
        for value in found:
            if not isinstance(value, ox.NamedNode):
                self.refuse(node, f"sh:{name} {value}", "an IRI")
        return tuple(value for value in found if isinstance(value, ox.NamedNode))

    def lists(self, node: RdflibNode, name: str) -> list[tuple[Term, ...]]:
        """The values, all of them lists, as their members."""
        found = []
        for head in sorted(self.graph.objects(node, rdf(SH[name])), key=str):
            try:
                found.append(tuple(to_oxigraph(member) for member in lists.members(self.graph, head)))
            except ValueError:
                self.refuse(node, f"sh:{name} {head.n3()}", "a well-formed list")
        return found

    def members(self, node: RdflibNode, name: str) -> tuple[Term, ...] | None:
        """The members of the only value, a list."""
        found = self.lists(node, name)
        if len(found) > 1:
            self.refuse(node, f"sh:{name} with {len(found)} lists", "one list")
        return found[0] if found else None

    def messages(self, node: RdflibNode) -> tuple[ox.Literal, ...]:
        """The values of sh:message."""
        found = self.values(node, "message")
        for value in found:
            if not isinstance(value, ox.Literal) or value.datatype not in TEXT:
                self.refuse(node, f"sh:message {value}", "a text")
        return tuple(value for value in found if isinstance(value, ox.Literal))

    def unknown(self, node: RdflibNode, known: Iterable[str]) -> list[str]:
        """The terms of the SHACL namespace that are said of a node and not known."""
        said = {
            str(predicate).removeprefix(SH)
            for predicate in self.graph.predicates(node)
            if str(predicate).startswith(SH)
        }
        return sorted(said - set(known))
