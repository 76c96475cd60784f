"""
What a worker does for linked data.

    path of a document, Accept, day  ->  the document about a thing, or why there is none

The files of the ontology and of the shapes are documents too: about all the terms they define.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from lsp_graph.layout import ONTOLOGY, SHAPES
from lsp_graph.namespaces import BASE, DCTERMS, OWL, RDF, RDFS, XSD
from lsp_graph.serve import jsonld, problems, protocol
from lsp_graph.serve.addresses import DOCUMENTS, FORMATS, candidates, document_path, encoded, links
from lsp_graph.serve.description import Description, Period, called, describe, known, period
from lsp_graph.serve.documents import Document, write
from lsp_graph.serve.negotiate import choose
from lsp_graph.serve.prefixes import FOAF, VOID
from lsp_graph.serve.readable import Names
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend

DATASET: Final = NamedNode(f"{BASE}void#dataset")
"""The IRI of the whole graph as a dataset."""

_MOST_POINTING: Final = 1000
"""So many statements that point to a thing are in its document at most."""

_ARTLESS: Final = frozenset({"text/csv", "text/html"})
_VOCABULARIES: Final = {"ont": ONTOLOGY, "shapes": SHAPES}


def description(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The document about a thing.

    Refused: 400 for a day that is none, 404 for what the graph does not speak of or had not begun on that day, 406 for
    formats that are not offered, 410 for what had ended by that day.
    """
    head = request.head
    thing, suffix = _found(backend, head["path"])
    as_of = None if head["asOf"] is None else protocol.day(head["asOf"])
    media_type = media_type_of(suffix, head["accept"])
    stood = period(backend, thing)
    if as_of is not None:
        _refuse_outside(backend, thing, stood, as_of)
    told = describe(backend, thing, as_of, min(_MOST_POINTING, max_rows))
    if not told.said and not told.pointing:
        raise problems.Refusal(problems.NOT_FOUND.reply(f"{thing.value}: nothing is known of it as of {as_of}"))
    query = "" if as_of is None else f"?as-of={as_of.isoformat()}"
    path = document_path(thing.value)
    document = Document(
        template="thing.html",
        title=Names(told.triples).name(thing),
        path=encoded(path),
        query=query,
        base=head["base"],
        topics=(told,),
        about=tuple(_about(NamedNode(f"{BASE}{path[1:]}{query}"), told, as_of)),
        as_of=as_of,
        more={
            "begins": stood.begins,
            "ends": stood.ends,
            "successors": _successors(stood),
            "truncated": bool(told.totals),
        },
    )
    reply = replied(document, media_type, suffix, describes=thing.value)
    if told.totals:
        reply.head["headers"]["lsp-graph-truncated"] = f"incoming={len(told.pointing)}"
    return reply


def vocabulary(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The ontology or the shapes, as a document about their terms; or one file of the shapes by its name.

    Refused: 404 for a file or version that there is not, 406 for formats that are not offered.
    """
    head = request.head
    name, suffix, part = head["name"], head["suffix"], head["part"]
    files = _files(name, part)
    media_type = media_type_of(suffix, head["accept"])
    topics = _terms(files)
    names = Names(triple for topic in topics for triple in topic.said)
    path = f"/{name}" + ("" if part is None else f"/{part}")
    iri = NamedNode(f"{BASE}{path[1:]}")
    document = Document(
        template="things.html",
        title=names.label(iri) or f"LSP Graph: {name}",
        path=path,
        base=head["base"],
        topics=topics,
    )
    return replied(document, media_type, suffix)


def context(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The context of the JSON-LD documents."""
    headers = {"content-type": jsonld.MEDIA_TYPE, "cache-control": "public, max-age=86400"}
    return Message({"status": 200, "headers": headers}, jsonld.published())


def prepare() -> None:
    """Read what documents need, so that workers are born with it."""
    jsonld.context()
    for name in _VOCABULARIES:
        _terms(_files(name, None))


def _found(backend: EmbeddedBackend, path: str) -> tuple[NamedNode, str | None]:
    """The thing that a path is about, and the suffix of a format. Raises `Refusal` (404)."""
    possible = list(candidates(path))
    there = known(backend, [one.thing for one in possible]) if possible else set()
    for one in possible:
        if one.thing in there:
            return one.thing, one.suffix
    raise problems.Refusal(problems.NOT_FOUND.reply(f"{DOCUMENTS}{path}: the graph does not speak of such a thing"))


def media_type_of(suffix: str | None, accept: str | None) -> str:
    """What a suffix says, else the best of what the client accepts. Raises `Refusal` (406)."""
    if suffix is not None:
        return FORMATS[suffix]
    media_type = choose(accept, tuple(FORMATS.values()))
    if media_type is None:
        raise problems.Refusal(problems.NOT_ACCEPTABLE.reply(f"{accept!r} is not offered; there are {_offered()}"))
    return media_type


def _offered() -> str:
    return ", ".join(f"{media_type} (.{suffix})" for suffix, media_type in FORMATS.items())


def _refuse_outside(backend: EmbeddedBackend, thing: NamedNode, stood: Period, day: date) -> None:
    """Raise `Refusal` for a day on which the thing was not: 404 before it began, 410 after it had ended."""
    name = Names(called(backend, [thing], None)).name(thing)
    iso = day.isoformat()
    if stood.ends is not None and stood.ends < iso:
        successors = _successors(stood)
        after = f"; succeeded by {', '.join(one['label'] for one in successors)}" if successors else ""
        detail = f"{name} ended on {stood.ends}, before {iso}{after}; without as-of it is described for all periods"
        raise problems.Refusal(problems.GONE.reply(detail, ends=stood.ends, successors=successors))
    if stood.begins is not None and stood.begins > iso:
        detail = f"{name} began on {stood.begins}, after {iso}; without as-of it is described for all periods"
        raise problems.Refusal(problems.NOT_FOUND.reply(detail, begins=stood.begins))


def _successors(stood: Period) -> list[dict[str, Any]]:
    return [{"iri": iri, "label": label or iri} for iri, label in stood.successors]


def _about(document: NamedNode, told: Description, as_of: date | None) -> Iterable[Triple]:
    """What is said about the document itself; if anything was cut, how much."""
    yield Triple(document, RDF.type, FOAF.Document)
    yield Triple(document, FOAF.primaryTopic, told.thing)
    yield Triple(document, VOID.inDataset, DATASET)
    if as_of is not None:
        yield Triple(document, DCTERMS.valid, Literal(as_of.isoformat(), datatype=XSD.date))
    shown = dict.fromkeys(told.totals, 0)
    for triple in told.pointing:
        if triple.predicate in shown:
            shown[triple.predicate] += 1
    for property_, total in told.totals.items():
        note = f"Cut: {shown[property_]:,} of {total:,} statements that point here by <{property_.value}>"
        yield Triple(document, RDFS.comment, Literal(note, language="en"))


def replied(document: Document, media_type: str, suffix: str | None, describes: str | None = None) -> Message:
    """The document as a reply, with the headers that lead to its other formats and to the thing it describes."""
    ending = next(end for end, type_ in FORMATS.items() if type_ == media_type)
    headers = {
        "content-type": f"{media_type}; charset=utf-8" if media_type in _ARTLESS else media_type,
        "content-location": f"{document.base}{document.path}.{ending}{document.query}",
        "link": links(document.path, document.query, document.base, describes),
    }
    if suffix is None:
        headers["vary"] = "Accept"
    return Message({"status": 200, "headers": headers}, write(document, media_type))


def _files(name: str, part: str | None) -> tuple[Path, ...]:
    """The files of a vocabulary: all of them, or what a path below it names. Raises `Refusal` (404)."""
    files = {path.stem: path for path in sorted(_VOCABULARIES[name].glob("*.ttl"))}
    if part is None:
        return tuple(files.values())
    if name == "shapes" and part in files:
        return (files[part],)
    every = tuple(files.values())
    said = (triple for topic in _terms(every) for triple in topic.said if triple.predicate == OWL.versionIRI)
    if f"<{BASE}{name}/{part}>" in {str(triple.object) for triple in said}:
        return every
    raise problems.Refusal(problems.NOT_FOUND.reply(f"/{name}/{part}: there is no such part or version"))


@cache
def _terms(files: tuple[Path, ...]) -> tuple[Description, ...]:
    """What these files say about each thing that has an IRI; blank nodes are named alike each time they are read."""
    read = Dataset(Quad(*quad.triple) for path in files for quad in parse(path=path, format=RdfFormat.TURTLE))
    read.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    by_subject: dict[Any, list[Triple]] = {}
    for triple in sorted((quad.triple for quad in read), key=str):
        by_subject.setdefault(triple.subject, []).append(triple)
    unnamed = {node: triples for node, triples in by_subject.items() if not isinstance(node, NamedNode)}
    described = []
    for node, triples in by_subject.items():
        if isinstance(node, NamedNode):
            described.append(Description(node, tuple(triples), around=tuple(_below(triples, unnamed))))
    reached = {triple for one in described for triple in one.around}
    loose = [triple for triples in unnamed.values() for triple in triples if triple not in reached]
    if loose:  # axioms that no term leads to, such as owl:AllDisjointClasses
        first = described[0]
        described[0] = Description(first.thing, first.said, around=(*first.around, *loose))
    return tuple(described)


def _below(triples: Iterable[Triple], unnamed: dict[Any, list[Triple]]) -> Iterable[Triple]:
    """What is said about the blank nodes that triples lead to."""
    for triple in triples:
        if triple.object in unnamed:
            yield from unnamed[triple.object]
            yield from _below(unnamed[triple.object], unnamed)
