"""
What an endpoint replied, as the answer that the embedded store would have given.

    reply + form of the query  ->  QuerySolutions, QueryBoolean or QueryTriples

A reply that is not whole is no answer. Virtuoso has a dialect of the JSON results, which is put into the standard's
words (SPARQL 1.1 Query Results JSON Format, section 3).
"""

from __future__ import annotations

import json
from typing import Any, Final

from pyoxigraph import (
    DefaultGraph,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from lsp_graph.errors import StoreUnavailable
from lsp_graph.layout import QUERIES
from lsp_graph.literals import in_graph
from lsp_graph.namespaces import GEO, XSD
from lsp_graph.store.backend import Answer
from lsp_graph.store.endpoint import Reply

FORMS: Final = {
    "SELECT": QuerySolutions,
    "ASK": QueryBoolean,
    "CONSTRUCT": QueryTriples,
    "DESCRIBE": QueryTriples,
}
"""The forms of a query, and what answers them."""

RESULTS: Final = ("application/sparql-results+json",)
_GRAPHS: Final = ("application/n-triples", "text/turtle")

_CUT: Final = ("lsp-graph-truncated", "x-sparql-maxrows", "x-sql-state")
"""Headers by which a server says that it left out a part of the answer: this service's own, and those of Virtuoso."""

_DIALECT: Final = b'"typed-literal"'
"""What Virtuoso calls a literal with a datatype, and the standard does not."""

_ASKED: Final = "__ASK_RETVAL"
"""Virtuoso answers ASK by one row with this variable."""

_BOOLEANS: Final = {"1": "true", "0": "false"}
_DATATYPES: Final = {"http://www.openlinksw.com/schemas/virtrdf#Geometry": GEO.wktLiteral.value}
_BLANK: Final = "nodeID://"


def accepted(form: str) -> tuple[str, ...]:
    """The media types in which an answer to a query of this form can be read."""
    return _GRAPHS if FORMS[form] is QueryTriples else RESULTS


def read(reply: Reply, form: str, address: str) -> Answer:
    """The answer that a reply holds, as the embedded store would have given it.

    Raises `StoreUnavailable` where the reply is no whole answer to a query of this form.
    """
    for name in _CUT:
        if name in reply.headers:
            raise StoreUnavailable(
                f"{address}: left out a part of the answer ({name}: {reply.headers[name]}); ask for less, "
                "or have the limit raised there"
            )
    try:
        answer = _graph(reply) if FORMS[form] is QueryTriples else _results(reply)
    except (SyntaxError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise StoreUnavailable(f"{address}: the answer is damaged or cut short ({error})") from error
    if not isinstance(answer, FORMS[form]):
        raise StoreUnavailable(f"{address}: the answer is not one to {form}")
    return answer


def _results(reply: Reply) -> QuerySolutions | QueryBoolean:
    body = _standard(reply.body)
    answer = parse_query_results(body, format=QueryResultsFormat.JSON)
    if isinstance(answer, QueryBoolean):
        json.loads(body)  # the parser stops at the value, before it can see whether the end is there
        return answer
    answer.serialize(format=QueryResultsFormat.TSV)  # reads to the end, and raises where that is missing
    rows = parse_query_results(body, format=QueryResultsFormat.JSON)
    assert isinstance(rows, QuerySolutions)  # noqa: S101  # the same bytes as before
    return rows


def _graph(reply: Reply) -> QueryTriples:
    if not reply.ended:
        raise ValueError("the server does not mark its end")
    form = RdfFormat.from_media_type(reply.media_type)
    held = Store()
    held.extend(in_graph(quad.triple, DefaultGraph()) for quad in parse(reply.body, format=form))
    answer = held.query((QUERIES / "lookup" / "triples.rq").read_text(encoding="utf-8"))
    assert isinstance(answer, QueryTriples)  # noqa: S101  # the file holds a CONSTRUCT
    return answer


def _standard(body: bytes) -> bytes:
    """The results in the standard's words."""
    if _DIALECT not in body:
        return body
    said = json.loads(body)
    rows = said["results"]["bindings"]
    if said["head"]["vars"] == [_ASKED]:
        return json.dumps({"head": {}, "boolean": any(row[_ASKED]["value"] != "0" for row in rows)}).encode()
    for row in rows:
        for term in row.values():
            _mend(term)
    return json.dumps(said).encode()


def _mend(term: dict[str, Any]) -> None:
    if term["type"] == "bnode":
        term["value"] = term["value"].removeprefix(_BLANK)
    if term["type"] == "typed-literal":
        term["type"] = "literal"
        term["datatype"] = _DATATYPES.get(term["datatype"], term["datatype"])
        if term["datatype"] == XSD.boolean.value:
            term["value"] = _BOOLEANS.get(term["value"], term["value"])
