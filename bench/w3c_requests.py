"""
Make the requests that the W3C's tests of the two protocols state, one after the other, and look at each response.

    case + service  ->  what is amiss in the responses (nothing, where it passes)

Requests and responses are stated in the W3C's vocabularies "HTTP in RDF 1.0" and "Representing Content in RDF 1.0",
their expectations in that of the suite's manifests, whose comments say what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import httpx
from rdflib import Namespace as Vocabulary
from rdflib.term import Node

from bench.w3c_manifest import MF, UT, Case
from bench.w3c_results import MEDIA_TYPES, outcome
from bench.w3c_service import GRAPHS, QUERY, UPDATE, Service, said

HT: Final = Vocabulary("http://www.w3.org/2011/http#")
CNT: Final = Vocabulary("http://www.w3.org/2011/content#")

_STATUS: Final = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
_LOCATION: Final = "$LOCATION$"
_FORMATS: Final[Mapping[str, frozenset[str]]] = {
    "boolean": frozenset({MEDIA_TYPES[".srx"], MEDIA_TYPES[".srj"]}),
    "tabular": frozenset(MEDIA_TYPES[ending] for ending in (".srx", ".srj", ".csv", ".tsv")),
    "RDF": frozenset(MEDIA_TYPES[ending] for ending in (".ttl", ".nt", ".rdf")),
}


@dataclass(frozen=True)
class Request:
    """A request as a test states it, and the node of the response that is expected. `path` has a `?` part, too."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    response: Node

    @property
    def writes(self) -> bool:
        """Whether it is meant for the address of updates; in the tests one address takes both."""
        typed = self.headers.get("content-type", "").startswith("application/sparql-update")
        return typed or "update=" in self.path.partition("?")[2] or self.body.startswith(b"update=")


def conversed(case: Case, service: Service) -> str:
    """Make the requests of a case, of which each must be answered as expected."""
    service.load(case.dataset(case.node, UT))
    service.touched()
    location = ""
    for number, request in enumerate(requests(case), 1):
        reply = service.http.request(
            request.method,
            _address(case, request).replace(_LOCATION, quote(location, safe="")),
            content=request.body.replace(_LOCATION.encode(), location.encode()) or None,
            headers={**request.headers, **service.authority},
        )
        amiss = "; ".join(_amiss(case, request.response, reply, str(reply.request.url)))
        if amiss:
            return f"request {number}, {request.method} {request.path}: {amiss}"
        location = reply.headers.get("location", location)
    return ""


def requests(case: Case) -> Iterator[Request]:
    """The requests of a case, in their order."""
    for node in case.each(case.one(case.node, MF.action), HT.requests):
        headers = {
            str(case.one(header, HT.fieldName)).lower(): str(case.one(header, HT.fieldValue))
            for header in case.each(node, HT.headers)
        }
        response = case.one(node, HT.resp)
        assert response is not None
        yield Request(
            str(case.one(node, HT.methodName)),
            str(case.one(node, HT.absolutePath)),
            headers,
            _content(case, case.one(node, HT.body)),
            response,
        )


def _address(case: Case, request: Request) -> str:
    """Where the service takes what the tests send to `/sparql/` and `/gsp`."""
    path, mark, query = request.path.partition("?")
    if path.startswith("/gsp"):
        return f"{GRAPHS}{path.removeprefix('/gsp')}{mark}{query}"
    return f"{UPDATE if request.writes or case.name.startswith('bad_update') else QUERY}{mark}{query}"


def _amiss(case: Case, expected: Node, reply: httpx.Response, base: str) -> Iterator[str]:
    """Each way in which a response is another than expected."""
    statuses = {str(status).rpartition("#")[2] for status in case.manifest.objects(expected, MF.expectedStatus)}
    if not any(_is(reply.status_code, status) for status in statuses):
        yield f"{said(reply)}, expected {' or '.join(sorted(statuses))}"
        return
    got = reply.headers.get("content-type", "").partition(";")[0]
    wanted = case.one(expected, MF.expectedFormat)
    if wanted is not None and got not in _FORMATS[str(wanted)]:
        yield f"content type {got!r}, expected one for {wanted}"
    truth = case.one(expected, MF.expectedBoolean)
    if truth is not None and outcome(reply.content, got, base=base, ordered=False) != (str(truth) == "true"):
        yield f"expected {truth}"
    for header in case.each(expected, HT.headers):
        name, value = case.one(header, HT.fieldName), case.one(header, HT.fieldValue)
        if str(name).lower() == "content-type" and got != str(value).partition(";")[0]:
            yield f"content type {got!r}, expected {str(value)!r}"
    if case.one(expected, MF.expectedLocation) is not None and "location" not in reply.headers:
        yield "no Location"
    content = _content(case, case.one(expected, HT.body))
    if content and outcome(reply.content, got, base=base, ordered=False) != outcome(
        content, MEDIA_TYPES[".ttl"], base=base, ordered=False
    ):
        yield "another graph"


def _is(status: int, expected: str) -> bool:
    """Whether a status is the one expected, or of the class that is (`StatusCode4xx`)."""
    if expected.startswith("StatusCode"):
        return expected.removeprefix("StatusCode").startswith(str(status // 100))
    return status == _STATUS[expected]


def _content(case: Case, node: Node | None) -> bytes:
    text = case.one(node, CNT.chars)
    return b"" if text is None else str(text).encode(str(case.one(node, CNT.characterEncoding)))
