"""
Read the manifests of the W3C SPARQL 1.1 test suite.

    folder  ->  cases

A case is known by its suite (a folder) and its name there. Its IRIs are those under which the suite is published,
wherever its files lie: nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import RDF, RDFS, BNode, Graph, URIRef
from rdflib import Namespace as Vocabulary
from rdflib.collection import Collection
from rdflib.term import Node

from bench.w3c_results import MEDIA_TYPES

MF: Final = Vocabulary("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT: Final = Vocabulary("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT: Final = Vocabulary("http://www.w3.org/2009/sparql/tests/test-update#")
DAWG: Final = Vocabulary("http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#")

PUBLISHED: Final = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"


@dataclass(frozen=True)
class Case:
    """One test: its suite and name, its kind, and its node in the graph of its manifest."""

    suite: str
    name: str
    kind: str
    folder: Path
    manifest: Graph
    node: Node

    def one(self, node: Node | None, term: URIRef) -> Node | None:
        """The value of a property that has one at most."""
        return self.manifest.value(node, term) if node is not None else None

    def each(self, node: Node | None, term: URIRef) -> list[Node]:
        """The members of a list that a property leads to."""
        head = self.one(node, term)
        return [] if head is None else list(Collection(self.manifest, head))

    def path(self, iri: Node) -> Path:
        """The file that an IRI of the suite stands for."""
        return self.folder / str(iri).removeprefix(PUBLISHED)

    def text(self, iri: Node) -> str:
        """The text of a file, with the IRI that its relative IRIs start from."""
        return f"BASE <{iri}>\n{self.path(iri).read_text(encoding='utf-8')}"

    def dataset(self, node: Node | None, terms: Vocabulary) -> Iterator[ox.Quad]:
        """The quads that `data` and `graphData` of a node name (in `qt:` or `ut:`)."""
        if node is None:
            return
        for iri in self.manifest.objects(node, terms.data):
            yield from self._triples(iri, ox.DefaultGraph())
        for named in self.manifest.objects(node, terms.graphData):
            file = self.one(named, terms.graph) if isinstance(named, BNode) else named
            assert file is not None
            yield from self._triples(file, ox.NamedNode(str(self.one(named, RDFS.label) or file)))

    def _triples(self, iri: Node, graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
        path = self.path(iri)
        form = ox.RdfFormat.from_media_type(MEDIA_TYPES[path.suffix])
        assert form is not None
        for quad in ox.parse(path=path, format=form, base_iri=str(iri), rename_blank_nodes=True):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def cases(folder: Path, suite: str) -> list[Case]:
    """The cases of a suite, in the order of its manifest. Raises `FileNotFoundError` where it has none."""
    found: list[Case] = []
    waiting = [f"{PUBLISHED}{suite}/manifest.ttl"]
    for iri in waiting:
        path = folder / iri.removeprefix(PUBLISHED)
        manifest = Graph().parse(data=path.read_text(encoding="utf-8"), format="turtle", publicID=iri)
        for entries in manifest.objects(URIRef(iri), MF.entries):
            for node in Collection(manifest, entries):
                kind = str(manifest.value(node, RDF.type)).rpartition("#")[2]
                found.append(Case(suite, str(node).rpartition("#")[2], kind, folder, manifest, node))
        for included in manifest.objects(URIRef(iri), MF.include):
            waiting += [str(one) for one in Collection(manifest, included)]
    return found
