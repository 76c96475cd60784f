"""/void describes the dataset that is served: its size, parts, licences, endpoint and files, as they are."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from rdflib import DCTERMS, RDF, VOID, URIRef

from lsp_graph.namespaces import BASE, GRAPH, ID, LSP
from lsp_graph.store import EmbeddedBackend, StoreDirectory, open_store

from .conftest import Server
from .linked import BROWSER, links, read, same
from .test_protocol import problem

DATASET = URIRef(f"{BASE}void#dataset")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")


@pytest.fixture(scope="module")
def described(linked: Server) -> rdflib.Graph:
    return read(linked.http.get("/void"))


@pytest.fixture(scope="module")
def graph(linked_store: Path) -> EmbeddedBackend:
    return open_store(linked_store)


def number(described: rdflib.Graph, subject: URIRef, predicate: URIRef) -> int:
    return int(str(described.value(subject, predicate, any=False)))


def test_the_totals_are_those_of_the_graph(described: rdflib.Graph, graph: EmbeddedBackend) -> None:
    triples = [quad.triple for quad in graph.view(None)]
    assert number(described, DATASET, VOID.triples) == len(triples)
    assert number(described, DATASET, VOID.distinctSubjects) == len({triple.subject for triple in triples})
    assert number(described, DATASET, VOID.distinctObjects) == len({triple.object for triple in triples})
    assert number(described, DATASET, VOID.properties) == len({triple.predicate for triple in triples})
    typed = {str(triple.subject) for triple in triples if triple.predicate.value == str(RDF.type)}
    assert number(described, DATASET, VOID.entities) == len([one for one in typed if one.startswith(f"<{ID}")])


def test_every_class_and_property_is_counted(described: rdflib.Graph, graph: EmbeddedBackend) -> None:
    triples = [quad.triple for quad in graph.view(None)]
    used = Counter(triple.predicate.value for triple in triples)
    told = {
        str(described.value(part, VOID.property)): number(described, URIRef(str(part)), VOID.triples)
        for part in described.objects(DATASET, VOID.propertyPartition)
    }
    assert told == dict(used)
    things = {(t.subject, t.object) for t in triples if t.predicate.value == str(RDF.type)}
    classes = {
        str(described.value(part, VOID["class"])): number(described, URIRef(str(part)), VOID.entities)
        for part in described.objects(DATASET, VOID.classPartition)
    }
    assert classes == dict(Counter(str(class_).strip("<>") for _, class_ in things))


def test_each_published_graph_is_a_part_with_its_source_and_licence(
    described: rdflib.Graph, linked_store: Path
) -> None:
    counted = StoreDirectory(linked_store).manifest("1").graphs
    unverified = GRAPH.unverified.value
    assert unverified in counted
    parts = {str(part): number(described, URIRef(str(part)), VOID.triples) for part in subsets(described)}
    assert parts == {iri: count for iri, count in counted.items() if iri != unverified}
    first = URIRef(GRAPH.first.value)
    by = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert described.value(first, DCTERMS.license) == by
    assert str(described.value(first, URIRef(f"{BASE}ont#attribution"))) == "Contains entries of a registrar."
    assert by in set(described.objects(DATASET, DCTERMS.license))
    assert (DATASET, SD.namedGraph, first) in described


def subsets(described: rdflib.Graph) -> list[rdflib.term.Node]:
    return list(described.objects(DATASET, VOID.subset))


def test_version_publisher_and_endpoint_are_told(linked: Server, described: rdflib.Graph, linked_store: Path) -> None:
    manifest = StoreDirectory(linked_store).manifest("1")
    assert str(described.value(DATASET, DCAT.version)) == "1"
    assert described.value(DATASET, DCTERMS.modified) == rdflib.Literal(manifest.created, datatype=rdflib.XSD.dateTime)
    publisher = described.value(DATASET, DCTERMS.publisher)
    assert str(described.value(publisher, rdflib.FOAF.name)) == "LSP Graph"
    assert described.value(DATASET, VOID.sparqlEndpoint) == URIRef(f"{linked.url}/sparql")
    assert str(described.value(DATASET, VOID.uriSpace)) == str(ID)
    vocabularies = {str(one) for one in described.objects(DATASET, VOID.vocabulary)}
    assert {str(RDF), str(rdflib.RDFS), str(rdflib.SKOS), str(LSP)} <= vocabularies


def test_each_file_is_as_large_and_has_the_checksum_that_is_told(linked: Server, described: rdflib.Graph) -> None:
    distributions = list(described.objects(DATASET, DCAT.distribution))
    assert len(distributions) == 3
    for distribution in distributions:
        url = described.value(distribution, DCAT.downloadURL)
        assert (DATASET, VOID.dataDump, url) in described
        content = linked.http.get(str(url)).content
        assert int(str(described.value(distribution, DCAT.byteSize))) == len(content)
        checksum = described.value(distribution, SPDX.checksum)
        told = described.value(checksum, SPDX.checksumValue)
        assert str(told) == hashlib.sha256(content).hexdigest()
        assert (described.value(distribution, DCAT.compressFormat) is None) == str(url).endswith(".nq")


@pytest.mark.parametrize(
    ("accept", "form"),
    [("application/ld+json", "json-ld"), ("application/rdf+xml", "xml"), ("application/n-triples", "nt")],
)
def test_it_says_the_same_in_every_format_and_at_its_well_known_place(
    linked: Server, described: rdflib.Graph, accept: str, form: str
) -> None:
    response = linked.http.get("/.well-known/void", headers={"accept": accept})
    assert response.headers["content-type"] == accept
    assert same(described, read(response, form))
    assert links(response)["canonical", None] == f"{linked.url}/void"


def test_people_get_a_page_and_suffixes_force_a_format(linked: Server) -> None:
    page = linked.http.get("/void", headers={"accept": BROWSER})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Contains entries of a registrar." in page.text
    assert linked.http.get("/void.ttl").headers["content-type"] == "text/turtle"
    problem(linked.http.get("/void.exe"), 404)
    problem(linked.http.get("/void", headers={"accept": "image/png"}), 406)
