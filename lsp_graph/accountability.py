"""
Answers with proof: who is accountable for what, to whom, on what basis, and who says so.

    text or IRI, area, body, counterpart, date  ->  accountabilities, leads first, each with its evidence
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, QuerySolutions
from rapidfuzz import fuzz, process, utils

from lsp_graph import areas
from lsp_graph.binding import Term, bind
from lsp_graph.errors import UnknownName
from lsp_graph.headers import read_query
from lsp_graph.layout import QUERIES
from lsp_graph.namespaces import ID, LSP, expand
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Backend

_LOOKUP: Final = QUERIES / "lookup"
_MISSING: Final = QUERIES / "missing"
_TYPOS: Final = 85
"""From this score on (of 100) two words that differ are taken for the same word misspelt."""

Row = Mapping[str, Term]


@dataclass(frozen=True)
class Named:
    """A thing and what it is called; `kind` is its class or code in words where that is asked for."""

    iri: str
    label: str
    kind: str | None = None


@dataclass(frozen=True)
class Cited:
    """Who says so: the document and the place in it, with the file and row of the record."""

    source: str
    place: str


@dataclass(frozen=True)
class Accountability:
    """One bearer answering to someone for something in one place and period.

    Dates are ISO dates, both days included; None is "not recorded".
    """

    iri: str
    accountable: Named
    to: tuple[Named, ...]
    matter: Named
    area: Named
    direction: str | None
    lead: bool | None
    basis: tuple[Named, ...]
    concerns: tuple[Named, ...]
    approved_by: tuple[Named, ...]
    since: str | None
    until: str | None
    resources: str | None
    timescale: str | None
    monitoring: str | None
    confidence: str | None
    evidence: tuple[Cited, ...]
    derived_by: str | None

    def as_json(self) -> dict[str, Any]:
        """The answer in the shape of the API."""

        def named(things: Iterable[Named]) -> list[dict[str, str]]:
            return [{"iri": thing.iri, "label": thing.label} for thing in things]

        return {
            "iri": self.iri,
            "accountable": {
                "iri": self.accountable.iri,
                "label": self.accountable.label,
                "class": self.accountable.kind,
            },
            "to": named(self.to),
            "for": {"iri": self.matter.iri, "label": self.matter.label, "kind": self.matter.kind},
            "area": {"code": self.area.kind, "label": self.area.label},
            "direction": self.direction,
            "lead": self.lead,
            "basis": named(self.basis),
            "concerns": named(self.concerns),
            "approvedBy": named(self.approved_by),
            "from": self.since,
            "until": self.until,
            "resources": self.resources,
            "timescale": self.timescale,
            "monitoring": self.monitoring,
            "confidence": self.confidence,
            "evidence": [{"source": cited.source, "place": cited.place} for cited in self.evidence],
            "derivedBy": self.derived_by,
        }


@dataclass(frozen=True)
class Accountabilities:
    """The answer: what was understood of the question, how complete it is, and the accountabilities found.

    `total` counts what was found, of which `answers` holds the first ones. `completeness` is "complete",
    "lower-bound" (`missing` says what is known to be absent) or "not-recorded".
    """

    as_of: date
    understood: tuple[Named, ...]
    completeness: str
    missing: tuple[str, ...]
    total: int
    answers: tuple[Accountability, ...]

    def as_json(self) -> dict[str, Any]:
        """The answer in the shape of the API."""
        return {
            "asOf": self.as_of.isoformat(),
            "understood": [{"iri": matter.iri, "label": matter.label} for matter in self.understood],
            "completeness": self.completeness,
            "missing": list(self.missing),
            "total": self.total,
            "answers": [answer.as_json() for answer in self.answers],
        }


def who(
    backend: Backend,
    *,
    text: str | None = None,
    area: str | None = None,
    by: str | None = None,
    to: str | None = None,
    as_of: date = DEFAULT_AS_OF,
    limit: int = 100,
) -> Accountabilities:
    """Who is accountable for what is called `text` (a text or an IRI; None: for anything).

    `area` is a code, name or IRI: accountabilities for it, and for the county it lies in, are found. `by` and `to`
    are the IRIs or names of the body accountable and of the counterpart. At most `limit` answers are told in full.
    Raises `UnknownName` when a text means nothing that is known here, `AmbiguousName` when it means several things.
    """
    understood = matters(backend, text, as_of) if text else ()
    places = _places(backend, area, as_of)
    bearer = body(backend, by, as_of) if by else None
    counterpart = body(backend, to, as_of) if to else None
    found: dict[str, tuple[bool, int]] = {}
    for place in places or (None,):
        for matter in understood or (None,):
            for row in _found(backend, matter, place, bearer, counterpart, as_of):
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
        answers=tuple(_told(backend, chosen, as_of)),
    )


def matters(backend: Backend, text: str, as_of: date) -> tuple[Named, ...]:
    """What is meant by a text or an IRI: the matters of accountability that go by it.

    They are those with just this name, else those whose names have all its words; a word also stands for one that is
    nearly the same. `kind` is the IRI of the class of bearers that a duty is laid on.
    Raises `UnknownName` with the nearest names when there is none.
    """
    known: dict[str, Named] = {}
    names: dict[str, set[str]] = {}
    for row in _rows(backend, _LOOKUP / "matters.rq", {}, as_of):
        iri = row["matter"].value
        known[iri] = Named(iri, row["label"].value, row["bearerClass"].value if "bearerClass" in row else None)
        names.setdefault(iri, set()).add(utils.default_process(row["name"].value))
    if text in known:
        return (known[text],)
    wanted = utils.default_process(text)
    whole = [iri for iri, called in names.items() if wanted in called]
    found = whole or [iri for iri, called in names.items() if wanted and _says(wanted.split(), called)]
    if not found:
        everything = sorted({name for called in names.values() for name in called})
        near = process.extract(wanted, everything, scorer=fuzz.WRatio, limit=5)
        raise UnknownName("matter of accountability", text, [name for name, _, _ in near])
    return tuple(known[iri] for iri in found)


def body(backend: Backend, text: str, as_of: date) -> NamedNode:
    """The body of this IRI or name.

    Raises `UnknownName` with the nearest names when there is none.
    """
    called: dict[str, str] = {}
    for row in _rows(backend, _LOOKUP / "bodies.rq", {}, as_of):
        if text == row["body"].value:
            return NamedNode(text)
        called[row["label"].value] = row["body"].value
    for label, iri in called.items():
        if utils.default_process(label) == utils.default_process(text):
            return NamedNode(iri)
    near = process.extract(text, called.keys(), scorer=fuzz.WRatio, processor=utils.default_process, limit=5)
    raise UnknownName("body", text, [label for label, _, _ in near])


def _says(wanted: Sequence[str], names: Iterable[str]) -> bool:
    """Whether the names have all the wanted words."""
    words = {word for name in names for word in name.split()}
    return all(word in words or process.extractOne(word, words, score_cutoff=_TYPOS) for word in wanted)


def _places(backend: Backend, area: str | None, as_of: date) -> list[NamedNode]:
    """The area itself, then what it lies in that has accountabilities of its own."""
    if area is None:
        return []
    here = areas.resolve(backend, area, as_of)
    around = _rows(backend, _LOOKUP / "county.rq", {"_area": here}, as_of)
    return [here, *(NamedNode(row["county"].value) for row in around)]


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


def _told(backend: Backend, iris: Sequence[str], as_of: date) -> Iterator[Accountability]:
    """The accountabilities in full, in the order given."""
    if not iris:
        return
    given = {"_accountabilities": [NamedNode(iri) for iri in iris]}
    described: dict[str, list[Row]] = {iri: [] for iri in iris}
    for row in _rows(backend, _LOOKUP / "accountability.rq", given, as_of):
        described[row["accountability"].value].append(row)
    cited: dict[str, list[Cited]] = {iri: [] for iri in iris}
    for row in _rows(backend, _LOOKUP / "accountability-evidence.rq", given, as_of):
        cited[row["accountability"].value].append(Cited(row["source"].value, row["place"].value))
    for iri, rows in described.items():
        yield _accountability(iri, rows, cited[iri])


def _accountability(iri: str, rows: Sequence[Row], cited: Sequence[Cited]) -> Accountability:
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
        confidence=local(LSP.confidence),
        evidence=tuple(cited),
        derived_by=(text(LSP.derivedBy) or "").removeprefix(f"{ID}rule/") or None,
    )


def _kind(row: Row) -> str | None:
    """The code of an area; of anything else its class by its local name."""
    if "code" in row:
        return row["code"].value
    return row["class"].value.removeprefix(str(LSP)) if "class" in row else None


def _rows(backend: Backend, query: Path, given: Mapping[str, Term | Sequence[Term]], as_of: date) -> Iterator[Row]:
    """The solutions of a SELECT in a file; a variable that is unbound is not in its row."""
    answer = backend.query(bind(query.read_text(encoding="utf-8"), given), as_of=as_of)
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    names = [variable.value for variable in answer.variables]
    for solution in answer:
        yield {name: term for name in names if isinstance(term := solution[name], NamedNode | Literal)}
