"""
Answers with proof: who is accountable for what, to whom, on what basis, and who says so.

    text or IRI, area, body, counterpart, date  ->  accountabilities, leads first, each with its evidence
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from lsp_graph import areas
from lsp_graph.binding import Term, bind
from lsp_graph.errors import InputError, Problem, UnknownName
from lsp_graph.headers import read_query
from lsp_graph.layout import QUERIES
from lsp_graph.names import Index, Kept, Thing
from lsp_graph.namespaces import DCTERMS, ID, LSP, PROV, RDF, RDFS, SKOS, expand
from lsp_graph.proof import ALL, BEST, NEWEST, RANKS, Accountabilities, Accountability, Cited, Named, by_policy
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Backend
from lsp_graph.store.facts import Facts, Value

_LOOKUP: Final = QUERIES / "lookup"
_MISSING: Final = QUERIES / "missing"
__all__ = [
    "ALL",
    "BEST",
    "NEWEST",
    "Accountabilities",
    "Accountability",
    "Cited",
    "Named",
    "body",
    "cited",
    "in_area",
    "matters",
    "told",
    "who",
]

_KEPT: Final = Kept[Index]()
_Meaning = tuple[tuple[Named, ...], tuple[Named, ...]]
_MEANINGS: Final = Kept[dict[str, _Meaning]]()
_TEXTS: Final = 100
"""Of how many texts it is kept what they mean in one view."""

_ABSENT: Final = Kept[dict[tuple[Path, NamedNode], tuple[str, ...]]]()
_ALTERNATIVES: Final = 5
_MANY: Final = 20
"""From more matters than so many on, one query for all that is owed is quicker than one for each."""

_FROM: Final = LSP["from"]
_AREA, _BEARER, _TO, _MATTER, _LEAD = LSP.area, LSP.accountable, LSP.accountableTo, LSP.accountableFor, LSP.lead
_THINGS: Final = (_BEARER, _TO, _MATTER, _AREA, LSP.basis, LSP.concerns, LSP.approvedBy)
_SAID: Final = (
    *(_LEAD, LSP.direction, LSP.confidence, LSP.derivedBy, _FROM, LSP.until),
    *(LSP.resources, LSP.timescale, LSP.monitoring),
)
_OF_EVIDENCE: Final = {
    "place": (LSP.place,),
    "row": (LSP.row,),
    "file": (LSP.file,),
    "confidence": (LSP.confidence,),
    "source": (LSP.document, RDFS.label),
    "date": (LSP.document, DCTERMS.date),
}
"""What is told of evidence (or of a rule), and the path to it."""

_Place = tuple[bool, int, int, int, str]
"""Where an answer stands among others: leads first, then in the order in which the law lists the duties, then of
the area before its county, by how well the matter fits the text, and by IRI."""


def who(
    backend: Backend,
    *,
    text: str | None = None,
    area: str | None = None,
    by: str | None = None,
    to: str | None = None,
    as_of: date = DEFAULT_AS_OF,
    limit: int = 100,
    policy: str = ALL,
) -> Accountabilities:
    """Who is accountable for what is called `text` (a text or an IRI; None: for anything).

    `area` is a code, name, point or IRI: accountabilities for it, and for the county it lies in, are found; where it
    did not stand on the date, those for the areas that stood in its place. `by` and `to` are the IRIs or names of the
    body accountable and of the counterpart. At most `limit` answers are told in full. `policy` says what to do where
    sources disagree (`ALL`, `BEST`, `NEWEST`, or a document).
    Raises `UnknownName` when a text means nothing that is known here, `AmbiguousName` when it means several things,
    `InputError` for a limit below 1.
    """
    if limit < 1:
        raise InputError([Problem("limit", None, str(limit), "a number of answers, 1 or more")])
    understood, alternatives = _meaning(backend, text, as_of) if text else ((), ())
    here = _here(backend, area, as_of) if area is not None else []
    facts = Facts(backend, as_of)
    # The areas themselves, then what they lie in that has accountabilities of its own.
    places = list(dict.fromkeys([*here, *facts.nodes(here, LSP.county)]))
    bearer = body(backend, by, as_of) if by else None
    counterpart = body(backend, to, as_of) if to else None
    meant = {NamedNode(matter.iri): number for number, matter in enumerate(understood)}
    if places:
        found = dict(_found_in(facts, places, meant, bearer, counterpart))
    else:
        found = dict(_found_anywhere(backend, meant, bearer, counterpart, as_of))
    chosen = sorted(found, key=lambda one: found[one])[:limit]
    missing = tuple(_missing(backend, understood, places, as_of)) if not bearer else ()
    completeness = "not-recorded" if not found else "lower-bound" if missing else "complete"
    return Accountabilities(
        as_of=as_of,
        understood=understood,
        completeness=completeness,
        missing=missing,
        total=len(found),
        answers=by_policy(told(backend, [one.value for one in chosen], as_of), policy),
        areas=tuple(_named_areas(backend, here)),
        alternatives=alternatives,
    )


def in_area(backend: Backend, area: str, as_of: date) -> list[NamedNode]:
    """All accountabilities for an area and for the county it lies in, in the order in which `who` tells them."""
    facts = Facts(backend, as_of)
    here = _here(backend, area, as_of)
    found = dict(_found_in(facts, [*here, *facts.nodes(here, LSP.county)], {}, None, None))
    return sorted(found, key=lambda one: found[one])


def cited(facts: Facts, things: Iterable[NamedNode]) -> dict[NamedNode, tuple[Cited, ...]]:
    """Who says so, of each thing: its own evidence, that of the facts that a rule took, and the rule."""
    chosen = list(things)
    _read_evidence(facts, chosen)
    parts = cache(partial(_parts, facts))  # what rests on one rule rests on the same evidence
    return {one: _citations(map(parts, _evidence(facts, one))) for one in chosen}


def matters(backend: Backend, text: str, as_of: date) -> tuple[Named, ...]:
    """What is meant by a text or an IRI: the matters of accountability that go by it.

    They are those with just this name, else those whose names have all its words; a word also stands for one that is
    nearly the same. `kind` is the IRI of the class of bearers that a duty is laid on.
    Raises `UnknownName` with the nearest names when there is none.
    """
    return _meaning(backend, text, as_of)[0]


def _meaning(backend: Backend, text: str, as_of: date) -> _Meaning:
    """What is meant by a text, and a few other things that go by it."""
    known = _MEANINGS.of(backend, (backend.version, as_of), dict)
    if text not in known:
        index = _matters(backend, as_of)
        going_by = [match.thing for match in index.find(text)]
        meant = [thing for thing in index.things if thing.iri == text] or index.called(text) or going_by
        if not meant:
            raise UnknownName(f"matter of accountability of {as_of}", text, index.nearest(text))
        taken = {thing.iri for thing in meant}
        others = [thing for thing in going_by if thing.iri not in taken]
        known[text] = _as_named(meant), _as_named(others[:_ALTERNATIVES])
        for oldest in list(known)[:-_TEXTS]:
            del known[oldest]
    return known[text]


def _as_named(things: Iterable[Thing]) -> tuple[Named, ...]:
    return tuple(Named(thing.iri, thing.label, thing.kind or None) for thing in things)


def body(backend: Backend, text: str, as_of: date) -> NamedNode:
    """The body of this IRI or name.

    Raises `UnknownName` with the nearest names when there is none.
    """
    index = _KEPT.of(backend, ("bodies", backend.version, as_of), lambda: Index(_bodies(backend, as_of)))
    found = [thing.iri for thing in index.things if thing.iri == text] or [thing.iri for thing in index.called(text)]
    if not found:
        raise UnknownName("body", text, index.nearest(text))
    return NamedNode(found[0])


def _matters(backend: Backend, as_of: date) -> Index:
    """What somebody is accountable for; the kind of each is the class of its bearers."""

    def things() -> Iterator[Thing]:
        called: dict[tuple[str, str, str], set[str]] = {}
        for row in _rows(backend, _LOOKUP / "matters.rq", {}, as_of):
            kind = row["bearerClass"].value if "bearerClass" in row else ""
            called.setdefault((row["matter"].value, row["label"].value, kind), set()).add(row["name"].value)
        return (Thing(iri, label, kind, frozenset(names)) for (iri, label, kind), names in called.items())

    return _KEPT.of(backend, ("matters", backend.version, as_of), lambda: Index(things()))


def _bodies(backend: Backend, as_of: date) -> Iterator[Thing]:
    for row in _rows(backend, _LOOKUP / "bodies.rq", {}, as_of):
        yield Thing(row["body"].value, row["label"].value, "body", frozenset({row["label"].value}))


def _here(backend: Backend, area: str, as_of: date) -> list[NamedNode]:
    """The area meant, or those that stood in its place on the day; itself, where nothing is recorded of that."""
    meant = areas.resolve(backend, area, as_of)
    return list(areas.standing(backend, meant, as_of)) or [meant]


def _named_areas(backend: Backend, here: Sequence[NamedNode]) -> Iterator[Named]:
    """The areas by name, in the order of their codes."""
    ever = Facts(backend, None)
    ever.read(here, RDFS.label, LSP.gssCode)
    named = [Named(one.value, _first(ever, one, RDFS.label) or "", _first(ever, one, LSP.gssCode)) for one in here]
    yield from sorted((one for one in named if one.label), key=lambda one: (one.kind or "", one.iri))


def _found_in(
    facts: Facts,
    places: Sequence[NamedNode],
    meant: Mapping[NamedNode, int],
    bearer: NamedNode | None,
    counterpart: NamedNode | None,
) -> Iterator[tuple[NamedNode, _Place]]:
    """The accountabilities for these places: for what is meant, or for anything where nothing is named."""
    for number, place in reversed([*enumerate(places)]):  # one that stands in several counts for the first
        there = facts.holders(_AREA, place)
        facts.read(there, _MATTER, _BEARER, _TO, _LEAD)
        for one in there:
            matters = [matter for matter in facts.nodes([one], _MATTER) if not meant or matter in meant]
            bearers = facts.values(one, _BEARER) if matters else ()
            if not bearers or (bearer and bearer not in bearers):
                continue
            if counterpart and counterpart not in facts.values(one, _TO):
                continue
            leads = [lead.value for lead in facts.values(one, _LEAD)] == ["true"]
            listed = (int(value.value) for matter in matters for value in facts.values(matter, LSP.dutyNumber))
            fits = min(meant.get(matter, 0) for matter in matters)
            yield one, (not leads, max(listed, default=0), number, fits, one.value)


def _found_anywhere(
    backend: Backend,
    meant: Mapping[NamedNode, int],
    bearer: NamedNode | None,
    counterpart: NamedNode | None,
    as_of: date,
) -> Iterator[tuple[NamedNode, _Place]]:
    """The same wherever they are: then a query for each matter, or one for all, is quicker than looking around."""
    query = _LOOKUP / ("accountabilities-to.rq" if counterpart else "accountabilities.rq")
    for matter in meant if 0 < len(meant) <= _MANY else (None,):
        given = {"_matter": matter, "_by": bearer, "_to": counterpart}
        for row in _rows(backend, query, {name: term for name, term in given.items() if term}, as_of):
            one, what = row["accountability"], row["matter"]
            if not isinstance(one, NamedNode) or not isinstance(what, NamedNode) or (meant and what not in meant):
                continue
            leads = "lead" in row and row["lead"].value == "true"
            listed = int(row["number"].value) if "number" in row else 0
            yield one, (not leads, listed, 0, meant.get(what, 0), one.value)


def _missing(backend: Backend, understood: Sequence[Named], places: Sequence[NamedNode], as_of: date) -> Iterator[str]:
    """What is known to be absent among the bearers of these matters, here or (without a place) anywhere.

    The queries in `queries/missing/` say in their header for which class of bearer they know it.
    """
    if not places:
        yield "bodies that no source lists or places; ask for one area to see which"
        return
    wanted = {matter.kind for matter in understood}
    known = _ABSENT.of(backend, (backend.version, as_of), dict)
    for query, bearers in _known_absent():
        if not wanted or bearers in wanted:
            if (query, places[0]) not in known:
                rows = _rows(backend, query, {"_area": places[0]}, as_of)
                known[query, places[0]] = tuple(row["missing"].value for row in rows)
            yield from known[query, places[0]]


@cache
def _known_absent() -> tuple[tuple[Path, str], ...]:
    """The queries of `queries/missing/` that are about a class of bearers, with its IRI."""
    headers = ((query, read_query(query)[0]) for query in sorted(_MISSING.glob("*.rq")))
    return tuple((query, expand(said["bearerClass"]).value) for query, said in headers if "bearerClass" in said)


def told(backend: Backend, iris: Sequence[str], as_of: date) -> Iterator[Accountability]:
    """The accountabilities of these IRIs in full, in the order given."""
    chosen = [NamedNode(iri) for iri in iris]
    facts = Facts(backend, as_of)
    facts.read(chosen, *_THINGS, *_SAID)
    things = [thing for one in _THINGS for thing in facts.nodes(chosen, one)]
    facts.read(things, RDFS.label, SKOS.prefLabel, LSP.gssCode, RDF.type)
    facts.read(facts.nodes(things, RDF.type), RDFS.subClassOf)
    _read_evidence(facts, chosen)
    named = cache(partial(_named, facts))  # many answers name the same things, and rest on the same evidence
    parts = cache(partial(_parts, facts))
    return (_accountability(facts, one, named, parts) for one in chosen)


def _read_evidence(facts: Facts, things: Sequence[NamedNode]) -> None:
    """Read all on which these things rest, a kind at a time."""
    facts.read(things, LSP.evidence, PROV.wasDerivedFrom, LSP.derivedBy)
    premises = facts.nodes(things, PROV.wasDerivedFrom)
    facts.read(premises, LSP.evidence, PROV.wasDerivedFrom)
    facts.read(facts.nodes(premises, PROV.wasDerivedFrom), LSP.evidence)
    evidence = [said for one in things for said in _evidence(facts, one)]
    facts.read(evidence, *dict.fromkeys(path[0] for path in _OF_EVIDENCE.values()))
    facts.read(facts.nodes(evidence, LSP.document), RDFS.label, DCTERMS.date)


def _evidence(facts: Facts, accountability: NamedNode) -> list[NamedNode]:
    """On what an accountability rests: its own evidence, that of the facts that a rule took, and the rule."""
    premises = facts.nodes([accountability], PROV.wasDerivedFrom)
    resting = [accountability, *premises, *facts.nodes(premises, PROV.wasDerivedFrom)]
    said = [*facts.nodes(resting, LSP.evidence), *facts.nodes([accountability], LSP.derivedBy)]
    return sorted(set(said), key=lambda one: one.value)


def _parts(facts: Facts, evidence: NamedNode) -> dict[str, str]:
    """What is told of evidence."""
    found = {}
    for part, path in _OF_EVIDENCE.items():
        at = [evidence]
        for step in path[:-1]:
            at = facts.nodes(at, step)
        if values := [value.value for node in at for value in facts.values(node, path[-1])]:
            found[part] = min(values)
    return found


def _cited(said: Iterable[Mapping[str, str]]) -> Iterator[Cited]:
    """What is said of evidence (with its file and row) and of rules (without a row) as citations."""
    for parts in said:
        where = [parts[part] for part in ("place",) if part in parts]
        where += [f"{parts['file']}:{parts['row']}"] if "file" in parts and "row" in parts else []
        if "source" in parts and where:
            yield Cited(parts["source"], "; ".join(where), parts.get("date"))


def _citations(said: Iterable[Mapping[str, str]]) -> tuple[Cited, ...]:
    """The citations, each once, by document and place."""
    return tuple(sorted(set(_cited(said)), key=_of_document))


def _confidence(said: Iterable[Mapping[str, str]]) -> str | None:
    """The best that evidence says of how firmly something is known."""
    levels = {parts["confidence"].rpartition("/")[2] for parts in said if "confidence" in parts}
    return min(levels & RANKS.keys(), key=lambda level: RANKS[level], default=None)


def _of_document(cited: Cited) -> tuple[str, str]:
    return cited.source, cited.place


def _accountability(
    facts: Facts,
    iri: NamedNode,
    named: Callable[[Value], Named],
    parts: Callable[[NamedNode], Mapping[str, str]],
) -> Accountability:
    def things(prop: NamedNode) -> tuple[Named, ...]:
        return tuple(map(named, facts.values(iri, prop)))

    def text(prop: NamedNode) -> str | None:
        return _first(facts, iri, prop)

    def local(prop: NamedNode) -> str | None:
        value = text(prop)
        return value.rpartition("/")[2] if value else None

    nobody = Named("", "not recorded")
    lead = text(_LEAD)
    said = [parts(evidence) for evidence in _evidence(facts, iri)]
    return Accountability(
        iri=iri.value,
        accountable=next(iter(things(_BEARER)), nobody),
        to=things(_TO),
        matter=next(iter(things(_MATTER)), nobody),
        area=next(iter(things(_AREA)), nobody),
        direction=local(LSP.direction),
        lead=None if lead is None else lead == "true",
        basis=things(LSP.basis),
        concerns=things(LSP.concerns),
        approved_by=things(LSP.approvedBy),
        since=text(_FROM),
        until=text(LSP.until),
        resources=text(LSP.resources),
        timescale=text(LSP.timescale),
        monitoring=text(LSP.monitoring),
        confidence=local(LSP.confidence) or _confidence(said),
        evidence=_citations(said),
        derived_by=(text(LSP.derivedBy) or "").removeprefix(f"{ID}rule/") or None,
    )


def _named(facts: Facts, value: Value) -> Named:
    """A thing by its label; its kind is the code of an area, of anything else the local name of its narrowest class."""
    if isinstance(value, Literal):
        return Named(value.value, value.value)
    return Named(value.value, facts.label(value), _first(facts, value, LSP.gssCode) or _class(facts, value))


def _class(facts: Facts, thing: NamedNode) -> str | None:
    classes = facts.nodes([thing], RDF.type)
    wider = {above for one in classes for above in facts.nodes([one], RDFS.subClassOf) if above != one}
    own = (one.value for one in classes if one not in wider and one.value.startswith(LSP))
    return next((iri.removeprefix(LSP) for iri in own), None)


def _first(facts: Facts, thing: NamedNode, one: NamedNode) -> str | None:
    return next((value.value for value in facts.values(thing, one)), None)


def _rows(
    backend: Backend, query: Path, given: Mapping[str, Term | Sequence[Term]], as_of: date | None
) -> Iterator[Mapping[str, Term]]:
    """The solutions of a SELECT in a file; a variable that is unbound is not in its row."""
    answer = backend.query(bind(query.read_text(encoding="utf-8"), given), as_of=as_of)
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    names = [variable.value for variable in answer.variables]
    for solution in answer:
        yield {name: term for name in names if isinstance(term := solution[name], NamedNode | Literal)}
