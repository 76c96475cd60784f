"""/void tells who made which version, when, and from which one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import rdflib
from rdflib import FOAF, PROV, RDF, RDFS, XSD, Literal, URIRef

from lsp_graph.namespaces import BASE
from lsp_graph.store import StoreDirectory

from .writable import Writable, fresh, triple, writable


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    with writable(tmp_path_factory.mktemp("history")) as one:
        yield one


def described(service: Writable) -> rdflib.Graph:
    reply = service.http.get("/void", headers={"accept": "text/turtle"})
    return rdflib.Graph().parse(data=reply.raise_for_status().content, format="turtle")


def version(number: int | str) -> URIRef:
    return URIRef(f"{BASE}void#version-{number}")


def test_each_write_is_an_activity_with_its_agent_time_and_origin(service: Writable) -> None:
    written = service.put(fresh(), triple(1), "eve").headers["lsp-graph-version"]
    manifest = StoreDirectory(service.store).manifest(written)

    told = described(service)
    entity = version(written)
    activity = told.value(entity, PROV.wasGeneratedBy, any=False)
    agent = told.value(activity, PROV.wasAssociatedWith, any=False)
    assert (entity, RDF.type, PROV.Entity) in told
    assert (activity, RDF.type, PROV.Activity) in told
    assert (agent, RDF.type, PROV.Agent) in told
    assert told.value(agent, FOAF.name) == Literal("eve")
    assert told.value(activity, PROV.endedAtTime) == Literal(manifest.created, datatype=XSD.dateTime)
    assert told.value(activity, RDFS.comment) == Literal("PUT: 1 added, 0 removed")
    assert told.value(entity, PROV.wasDerivedFrom) == version(int(written) - 1)


def test_the_versions_lead_back_to_one_that_was_derived_from_none(service: Writable) -> None:
    service.put(fresh(), triple(1))
    service.put(fresh(), triple(2))

    told = described(service)
    versions = set(told.subjects(RDF.type, PROV.Entity))
    first = {one for one in versions if told.value(one, PROV.wasDerivedFrom) is None}
    assert len(versions) == service.versions()
    assert first == {version(1)}
    assert {str(name) for name in told.objects(None, FOAF.name)} >= {"ann", "lsp-graph"}
