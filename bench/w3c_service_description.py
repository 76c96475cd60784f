"""
Look at what a SPARQL service says of itself, as the W3C's tests of service descriptions ask.

    case + service  ->  what is amiss (nothing, where it passes)

These tests are stated in words only: RDF is returned, it tells the address that was asked, and it follows the
vocabulary. Source: SPARQL 1.1 Service Description, sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import httpx
import pyoxigraph as ox
from rdflib import Graph

from bench.w3c_manifest import Case
from bench.w3c_service import QUERY, Service, said
from lsp_graph.namespaces import Namespace
from lsp_graph.shacl import read_shapes, validate

_SHAPES: Final = Path(__file__).with_name("service-description.ttl")
_SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")


def described(case: Case, service: Service) -> str:
    """Ask the service nothing, and look at what it says."""
    reply = service.http.get(QUERY)
    form = ox.RdfFormat.from_media_type(reply.headers.get("content-type", ""))
    if reply.status_code != httpx.codes.OK or form is None:
        return f"{said(reply)}, {reply.headers.get('content-type')}"
    store = ox.Store()
    store.load(reply.content, format=form, base_iri=str(reply.request.url))
    return _ASKED[case.name](store, str(reply.request.url))


def _is_rdf(store: ox.Store, address: str) -> str:
    return "" if len(store) else "no triples"


def _tells_its_address(store: ox.Store, address: str) -> str:
    told = [quad.object for quad in store.quads_for_pattern(None, _SD.endpoint, None)]
    return "" if ox.NamedNode(address) in told else f"sd:endpoint {told}, expected {address}"


def _follows_the_vocabulary(store: ox.Store, address: str) -> str:
    def select(query: str) -> ox.QuerySolutions:
        found = store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        return found

    shapes = read_shapes(Graph().parse(_SHAPES, format="turtle"))
    results = validate(shapes, select, ox.NamedNode(_SHAPES.as_uri()))
    return "\n".join(f"{one.focus} {one.path} {one.value}: {one.component}" for one in results)


_ASKED: Final[Mapping[str, Callable[[ox.Store, str], str]]] = {
    "returns-rdf": _is_rdf,
    "has-endpoint-triple": _tells_its_address,
    "conforms-to-schema": _follows_the_vocabulary,
}
