"""
/sparql for people: a query to be written, and what came of it.

    request  ->  the editor, with examples;  with a query  ->  its results as a table, or what is wrong with it
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, Triple

from lsp_graph import questions
from lsp_graph.errors import LspGraphError
from lsp_graph.namespaces import XSD
from lsp_graph.serve import html, problems, protocol, querying, results
from lsp_graph.serve.description import called
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.page import Page
from lsp_graph.serve.prefixes import curie
from lsp_graph.serve.readable import Names
from lsp_graph.serve.wire import Message
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.worlds import WORLDS

_SHOWN: Final = 500
"""So many rows stand on a page."""

_LONGEST: Final = 6000
"""Characters of an address that everything on its way takes."""

_FIRST: Final = """\
PREFIX lsp: <https://w3id.org/lsp/ont#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?duty ?label
WHERE {
    ?duty a lsp:Duty ;
        rdfs:label ?label
}
ORDER BY ?label
LIMIT 20
"""

_TABLES: Final = (("CSV", "csv"), ("TSV", "tsv"), ("JSON", "srj"), ("XML", "srx"))
_GRAPHS: Final = (("Turtle", "ttl"), ("N-Triples", "nt"), ("JSON-LD", "jsonld"), ("RDF/XML", "rdf"))
_PLAIN: Final = frozenset({XSD.string, XSD.integer, XSD.decimal, XSD.date, XSD.boolean})


@dataclass(frozen=True)
class Cell:
    """One term as it is shown: its text, what stands softly behind it, and where its IRI leads."""

    text: str
    aside: str = ""
    iri: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Results:
    """What a query came to: rows under columns, or yes or no. `cut` says that there were more rows."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell | None, ...], ...] = ()
    cut: bool = False
    verdict: bool | None = None
    forms: tuple[tuple[str, str], ...] = _TABLES


def page(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The editor; with a query, its results or its error, and the status that a program would have been told."""
    head = request.head
    told: dict[str, Any] = {"query": _FIRST, "as_of": "", "chosen_world": "", "results": None, "problem": None}
    status, version, retire = 200, backend.version, False
    try:
        pairs = _parameters(head, request.body)
        told |= {"as_of": pairs.get("as-of", ""), "chosen_world": pairs.get("world", "")}
        if "example" in pairs:
            told |= _example(backend, pairs["example"])
        elif "query" in pairs:
            told["query"] = pairs["query"]
            operation = protocol.operation(head["method"], head["queryString"], head["contentType"], request.body)
            with querying.evaluated(backend, operation, head["store"], strict=head["strict"]) as found:
                read = _read(found.answer, min(_SHOWN, max_rows))
                version, retire = found.version, found.retire
            told["results"] = _named(backend, read)
    except problems.Refusal as refusal:
        status, told["problem"] = refusal.reply.head["status"], _problem(refusal.reply)
    except LspGraphError as error:
        reply = problems.of_error(error)
        status, told["problem"] = reply.head["status"], _problem(reply)
    asked = Asked(
        base=head["address"].removesuffix("/sparql"),
        path="/sparql",
        key="",
        given=(),
        as_of=DEFAULT_AS_OF,
        world=told["chosen_world"] if told["chosen_world"] in WORLDS else None,
        most=max_rows,
        store=Path(head["store"]),
        version=version,
    )
    shown = Page(
        "editor.html",
        "SPARQL",
        told
        | {
            "worlds": list(WORLDS),
            "themes": _examples(),
            "most": _SHOWN,
            "address": _address(asked, told),
        },
        dated=False,
    )
    headers = {"content-type": f"{html.MEDIA_TYPE}; charset=utf-8", "vary": "Accept"}
    return Message({"status": status, "headers": headers, "version": version, "retire": retire}, shown.html(asked))


def _parameters(head: dict[str, Any], body: bytes) -> dict[str, str]:
    """What the address and the form say; of a parameter that is given twice the last, as the protocol refuses it."""
    pairs = protocol.parameters(head["queryString"].encode("latin-1"))
    media_type = protocol.media_type_of(head["contentType"]) if head["method"] == "POST" else ""
    if media_type == protocol.FORM:
        pairs += protocol.parameters(body)
    elif media_type == protocol.QUERY:
        pairs.append(("query", protocol.text_of(body)))
    return {name: value for name, value in pairs if value}


def _problem(reply: Message) -> problems.ProblemDocument:
    return problems.ProblemDocument.model_validate_json(reply.body)


def _examples() -> dict[str, list[questions.Question]]:
    """The questions of the library by theme."""
    found: dict[str, list[questions.Question]] = {}
    for question in questions.library().values():
        found.setdefault(question.theme, []).append(question)
    return found


def _example(backend: EmbeddedBackend, name: str) -> dict[str, str]:
    """A question of the library as a query, its parameters filled in as its header shows."""
    question = questions.find(name)
    arguments = {one.name: one.example for one in question.parameters if one.example is not None}
    as_of = DEFAULT_AS_OF.isoformat() if question.view == questions.AS_OF else ""
    return {"query": questions.bound(backend, question, arguments), "as_of": as_of, "chosen_world": ""}


def _address(asked: Asked, told: dict[str, Any]) -> str | None:
    """Where the same query is answered again; None where nothing was asked, or the address would be too long."""
    if told["results"] is None:
        return None
    given = {"query": told["query"], "as-of": told["as_of"], "world": told["chosen_world"]}
    address = f"{asked.base}/sparql?{urlencode({name: value for name, value in given.items() if value})}"
    return address if len(address) <= _LONGEST else None


@dataclass(frozen=True)
class _Read:
    """What a query came to, as terms."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    cut: bool = False
    verdict: bool | None = None
    forms: tuple[tuple[str, str], ...] = _TABLES


def _read(answer: Any, most: int) -> _Read:
    """The answer, read where it is due: in the confinement of a stranger's query."""
    if isinstance(answer, QueryBoolean):
        return _Read(verdict=bool(answer))
    if isinstance(answer, QuerySolutions):
        columns, rows, cut = results.first_rows(answer, most)
        return _Read(columns, tuple(rows), cut)
    triples = [(triple.subject, triple.predicate, triple.object) for triple in islice(answer, most + 1)]
    return _Read(("subject", "predicate", "object"), tuple(triples[:most]), len(triples) > most, None, _GRAPHS)


def _named(backend: EmbeddedBackend, read: _Read) -> Results:
    """The same with the names of things."""
    iris = {term for row in read.rows for term in row if isinstance(term, NamedNode)}
    names = Names(called(backend, sorted(iris, key=str), None) if iris else ())
    rows = tuple(tuple(_cell(term, names) for term in row) for row in read.rows)
    return Results(read.columns, rows, read.cut, read.verdict, read.forms)


def _cell(term: Any, names: Names) -> Cell | None:
    if isinstance(term, NamedNode):
        label, short = names.label(term), curie(term.value)
        return Cell(label, short or "", term.value) if label else Cell(short or term.value, "", term.value)
    if isinstance(term, Literal):
        aside = "" if term.language or term.datatype in _PLAIN else curie(term.datatype.value) or term.datatype.value
        return Cell(term.value, term.language or aside, None, term.language)
    if isinstance(term, BlankNode):
        return Cell(str(term))
    if isinstance(term, Triple):
        return Cell(str(term))
    return None
