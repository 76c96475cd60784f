"""What fits the OpenAPI document is answered as the document says, and what is SPARQL by well-formed results."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pyoxigraph import RdfFormat, parse
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lsp_graph.settings import Settings

from .conftest import Server, running
from .grammar import queries

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
BOUNDED = settings(
    max_examples=12,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ROWS: dict[str, Callable[[bytes], object]] = {
    "application/sparql-results+json": json.loads,
    "application/sparql-results+xml": ElementTree.fromstring,
    "text/csv": lambda body: list(csv.reader(io.StringIO(body.decode()), strict=True)),
    "text/tab-separated-values": lambda body: [line.split("\t") for line in body.decode().splitlines()],
}
GRAPHS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}


@pytest.fixture(scope="module")
def api(small: Settings) -> Iterator[Server]:
    """A server under whose limits what is asked here is answered."""
    with running(replace(small, timeout=10.0, worker_memory_mb=500)) as one:
        yield one


def test_the_service_keeps_to_its_openapi_document(api: Server) -> None:
    document = schemathesis.openapi.from_url(f"{api.url}/api/openapi.json")
    operations = [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 10
    for operation in operations:

        @BOUNDED
        @given(case=operation.as_strategy())
        def keeps(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(checks=CHECKS, timeout=20)

        keeps()


@given(query=queries())
@settings(BOUNDED, max_examples=150)
def test_a_query_of_the_grammar_is_answered_well_formed_in_every_format(api: Server, query: str) -> None:
    for accept in (next(iter(ROWS)), ", ".join([*list(ROWS)[1:], *GRAPHS])):
        well_formed(api.http.post("/sparql", data={"query": query}, headers={"accept": f"{accept}, */*;q=0.1"}))


def well_formed(reply: httpx.Response) -> None:
    """The answer can be read by who knows its format; a query that takes too much is told so."""
    media_type = reply.headers["content-type"].partition(";")[0]
    if reply.status_code != httpx.codes.OK:
        assert reply.status_code in (400, 403, 503, 504, 507), reply.text
        assert media_type == "application/problem+json"
        assert reply.json()["detail"]
    elif media_type in ROWS:
        ROWS[media_type](reply.content)
    else:
        list(parse(reply.content, GRAPHS[media_type]))


def test_the_document_describes_every_path_that_is_not_for_operators(api: Server) -> None:
    told = set(api.http.get("/api/openapi.json").json()["paths"])
    assert {"/sparql", "/api/v1/accountability", "/doc/{key}", "/void", "/health"} <= told
