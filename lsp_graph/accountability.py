"""
Answers with proof: who is accountable for what, to whom, on what basis, and who says so.

    text or IRI, area, body, counterpart, date  ->  accountabilities, leads first, each with its evidence
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from lsp_graph import areas
from lsp_graph.binding import Term, bind
from lsp_graph.errors import UnknownName
from lsp_graph.headers import read_query
from lsp_graph.layout import QUERIES
from lsp_graph.names import Index, Kept, Thing
from lsp_graph.namespaces import ID, LSP, expand
from lsp_graph.proof import ALL, BEST, NEWEST, RANKS, Accountabilities, Accountability, Cited, Named, by_policy
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Backend

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
    "matters",
    "told",
    "who",
]

_KEPT: Final = Kept()
_ALTERNATIVES: Final = 5
_MANY: Final = 20
"""From more matters than so many on, one query for all that is owed in a place is quicker than one for each."""

Row = Mapping[str, Term]


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
    Raises `UnknownName` when a text means nothing that is known here, `AmbiguousName` when it means several things.
    """
    understood = matters(backend, text, as_of) if text else ()
    here = _here(backend, area, as_of) if area is not None else []
    places = _places(backend, here, as_of)
    bearer = body(backend, by, as_of) if by else None
    counterpart = body(backend, to, as_of) if to else None
    meant = {matter.iri for matter in understood}
    found: dict[str, tuple[bool, int]] = {}
    for place in places or (None,):
        for matter in understood if 0 < len(understood) <= _MANY else (None,):
            for row in _found(backend, matter, place, bearer, counterpart, as_of):
                if understood and row["matter"].value not in meant:
                    continue
                leads = "lead" in row and row["lead"].value == "true"
                found[row["accountability"].value] = (not leads, int(row["number"].value) if "number" in row else 0)
    # Leads first, then in the order in which the law lists the duties; sorting keeps the area before its county.
    chosen = sorted(found, key=lambda iri: found[iri])[:limit]
    missing = tuple(_missing(backend, understood, places, as_of)) if not bearer else ()
    completeness = "not-recorded" if not found else "lower-bound" if missing else "complete"
    return Accountabilities(
        as_of=as_of,
        understood=understood,
        completeness=completeness,
        missing=missing,
        total=len(found),
        answers=by_policy(told(backend, chosen, as_of), policy),
        areas=tuple(_named_areas(backend, here)),
        alternatives=_alternatives(backend, text, understood, as_of) if text else (),
    )


def matters(backend: Backend, text: str, as_of: date) -> tuple[Named, ...]:
    """What is meant by a text or an IRI: the matters of accountability that go by it.

    They are those with just this name, else those whose names have all its words; a word also stands for one that is
    nearly the same. `kind` is the IRI of the class of bearers that a duty is laid on.
    Raises `UnknownName` with the nearest names when there is none.
    """
    index = _matters(backend, as_of)
    by_iri = [thing for thing in index.things if thing.iri == text]
    found = by_iri or index.called(text) or [match.thing for match in index.find(text)]
    if not found:
        raise UnknownName("matter of accountability", text, index.nearest(text))
    return tuple(Named(thing.iri, thing.label, thing.kind or None) for thing in found)


def body(backend: Backend, text: str, as_of: date) -> NamedNode:
    """The body of this IRI or name.

    Raises `UnknownName` with the nearest names when there is none.
    """
    index = _KEPT.index(backend, ("bodies", backend.version, as_of), lambda: _bodies(backend, as_of))
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

    return _KEPT.index(backend, ("matters", backend.version, as_of), things)


def _bodies(backend: Backend, as_of: date) -> Iterator[Thing]:
    for row in _rows(backend, _LOOKUP / "bodies.rq", {}, as_of):
        yield Thing(row["body"].value, row["label"].value, "body", frozenset({row["label"].value}))


def _alternatives(backend: Backend, text: str, understood: Sequence[Named], as_of: date) -> tuple[Named, ...]:
    taken = {matter.iri for matter in understood}
    others = [match.thing for match in _matters(backend, as_of).find(text) if match.thing.iri not in taken]
    return tuple(Named(thing.iri, thing.label, thing.kind or None) for thing in others[:_ALTERNATIVES])


def _here(backend: Backend, area: str, as_of: date) -> list[NamedNode]:
    """The area meant, or those that stood in its place on the day; itself, where nothing is recorded of that."""
    meant = areas.resolve(backend, area, as_of)
    return list(areas.standing(backend, meant, as_of)) or [meant]


def _named_areas(backend: Backend, here: Sequence[NamedNode]) -> Iterator[Named]:
    if here:
        given = {"_areas": here}
        for row in _rows(backend, _LOOKUP / "area-names.rq", given, None):
            yield Named(row["area"].value, row["label"].value, row["code"].value if "code" in row else None)


def _places(backend: Backend, here: Sequence[NamedNode], as_of: date) -> list[NamedNode]:
    """The areas themselves, then what they lie in that has accountabilities of its own."""
    around = (
        row["county"].value for area in here for row in _rows(backend, _LOOKUP / "county.rq", {"_area": area}, as_of)
    )
    return list(dict.fromkeys([*here, *map(NamedNode, around)]))


def _found(
    backend: Backend,
    matter: Named | None,
    place: NamedNode | None,
    bearer: NamedNode | None,
    counterpart: NamedNode | None,
    as_of: date,
) -> Iterator[Row]:
    given = {
        "_matter": NamedNode(matter.iri) if matter else None,
        "_area": place,
        "_by": bearer,
        "_to": counterpart,
    }
    query = "accountabilities-to.rq" if counterpart else "accountabilities.rq"
    return _rows(backend, _LOOKUP / query, {name: term for name, term in given.items() if term}, as_of)


def _missing(backend: Backend, understood: Sequence[Named], places: Sequence[NamedNode], as_of: date) -> Iterator[str]:
    """What is known to be absent among the bearers of these matters, here or (without a place) anywhere.

    The queries in `queries/missing/` say in their header for which class of bearer they know it.
    """
    if not places:
        yield "bodies that no source lists or places; ask for one area to see which"
        return
    wanted = {matter.kind for matter in understood}
    for query in sorted(_MISSING.glob("*.rq")):
        header, _ = read_query(query)
        if "bearerClass" in header and (not wanted or expand(header["bearerClass"]).value in wanted):
            for row in _rows(backend, query, {"_area": places[0]}, as_of):
                yield row["missing"].value


def told(backend: Backend, iris: Sequence[str], as_of: date) -> Iterator[Accountability]:
    """The accountabilities of these IRIs in full, in the order given."""
    if not iris:
        return
    given = {"_accountabilities": [NamedNode(iri) for iri in iris]}
    described: dict[str, list[Row]] = {iri: [] for iri in iris}
    for row in _rows(backend, _LOOKUP / "accountability.rq", given, as_of):
        described[row["accountability"].value].append(row)
    said: dict[str, dict[str, dict[str, str]]] = {iri: {} for iri in iris}
    for row in _rows(backend, _LOOKUP / "accountability-evidence.rq", given, as_of):
        parts = said[row["accountability"].value].setdefault(row["evidence"].value, {})
        parts.setdefault(row["part"].value, row["value"].value)
    for iri, rows in described.items():
        evidence = said[iri].values()
        yield _accountability(iri, rows, sorted(set(_cited(evidence)), key=_of_document), _confidence(evidence))


def _cited(said: Iterable[Mapping[str, str]]) -> Iterator[Cited]:
    """What is said of evidence (with its file and row) and of rules (without a row) as citations."""
    for parts in said:
        where = [parts[part] for part in ("place",) if part in parts]
        where += [f"{parts['file']}:{parts['row']}"] if "file" in parts and "row" in parts else []
        if "source" in parts and where:
            yield Cited(parts["source"], "; ".join(where), parts.get("date"))


def _confidence(said: Iterable[Mapping[str, str]]) -> str | None:
    """The best that evidence says of how firmly something is known."""
    levels = {parts["confidence"].rpartition("/")[2] for parts in said if "confidence" in parts}
    return min(levels & RANKS.keys(), key=lambda level: RANKS[level], default=None)


def _of_document(cited: Cited) -> tuple[str, str]:
    return cited.source, cited.place


def _accountability(iri: str, rows: Sequence[Row], cited: Sequence[Cited], stated: str | None) -> Accountability:
    values: dict[NamedNode, dict[str, Row]] = {}
    for row in rows:
        said = values.setdefault(NamedNode(row["property"].value), {})
        said.setdefault(row["value"].value, row)

    def things(prop: NamedNode) -> tuple[Named, ...]:
        return tuple(
            Named(value, row["label"].value if "label" in row else value, _kind(row))
            for value, row in values.get(prop, {}).items()
        )

    def text(prop: NamedNode) -> str | None:
        return next(iter(values.get(prop, {})), None)

    def local(prop: NamedNode) -> str | None:
        value = text(prop)
        return value.rpartition("/")[2] if value else None

    nobody = Named("", "not recorded")
    lead = text(LSP.lead)
    return Accountability(
        iri=iri,
        accountable=next(iter(things(LSP.accountable)), nobody),
        to=things(LSP.accountableTo),
        matter=next(iter(things(LSP.accountableFor)), nobody),
        area=next(iter(things(LSP.area)), nobody),
        direction=local(LSP.direction),
        lead=None if lead is None else lead == "true",
        basis=things(LSP.basis),
        concerns=things(LSP.concerns),
        approved_by=things(LSP.approvedBy),
        since=text(LSP["from"]),
        until=text(LSP.until),
        resources=text(LSP.resources),
        timescale=text(LSP.timescale),
        monitoring=text(LSP.monitoring),
        confidence=local(LSP.confidence) or stated,
        evidence=tuple(cited),
        derived_by=(text(LSP.derivedBy) or "").removeprefix(f"{ID}rule/") or None,
    )


def _kind(row: Row) -> str | None:
    """The code of an area; of anything else its class by its local name."""
    if "code" in row:
        return row["code"].value
    return row["class"].value.removeprefix(str(LSP)) if "class" in row else None


def _rows(
    backend: Backend, query: Path, given: Mapping[str, Term | Sequence[Term]], as_of: date | None
) -> Iterator[Row]:
    """The solutions of a SELECT in a file; a variable that is unbound is not in its row."""
    answer = backend.query(bind(query.read_text(encoding="utf-8"), given), as_of=as_of)
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    names = [variable.value for variable in answer.variables]
    for solution in answer:
        yield {name: term for name in names if isinstance(term := solution[name], NamedNode | Literal)}
