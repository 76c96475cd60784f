"""
Find the area that is meant.

    code, name or IRI + date  ->  the area's IRI

A name may have meant different areas at different times (Cornwall was a county until 2009 and has been a unitary area
since): the one that stood on the date wins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions
from rapidfuzz import process

from lsp_graph.binding import bind
from lsp_graph.errors import AmbiguousName, UnknownName
from lsp_graph.layout import QUERIES
from lsp_graph.store import Backend

KIND: Final = "area"
_NEAREST = 5
_WORDS = re.compile(r"[^\W_]+")
_INVERTED = re.compile(r"(?P<name>.+), (?P<prefix>(?:city|county|isles?) of)", re.IGNORECASE)


@dataclass(frozen=True)
class Area:
    """An area and what it goes by: its name and that of its council, folded (`names`)."""

    iri: str
    label: str
    type: str
    code: str
    names: frozenset[str]
    since: date
    until: date

    def stood(self, day: date) -> bool:
        """Whether the area stood on a day; a side that is not recorded is open."""
        return self.since <= day <= self.until


def resolve(backend: Backend, text: str, as_of: date | None = None) -> NamedNode:
    """The area that a GSS code, an old ONS code, a later code, a name or an IRI stands for.

    Names are compared without case, accents and punctuation; the name of a council stands for its area. Where a name
    fits several areas, those that stood on `as_of` come first, then those whose own name it is.
    Raises `AmbiguousName` when several are left, `UnknownName` (with the nearest names) when there is none.
    """
    wanted = text.strip()
    coded = _by_code(backend, wanted.upper())
    if len(coded) == 1:
        return coded[0]
    areas = known(backend)
    found = [area for area in areas if area.iri == wanted or NamedNode(area.iri) in coded]
    found = found or [area for area in areas if _folded(wanted) in area.names]
    if not found:
        raise UnknownName(KIND, text, _nearest(wanted, areas))
    if as_of is not None:
        found = _preferred(found, lambda area: area.stood(as_of))
    found = _preferred(found, lambda area: _folded(area.label) == _folded(wanted))
    if len(found) > 1:
        raise AmbiguousName(KIND, text, [(area.code, area.label, area.type) for area in found])
    return NamedNode(found[0].iri)


def _by_code(backend: Backend, code: str) -> list[NamedNode]:
    """The area whose GSS code this is; else those that had or were to have the code."""
    query = (QUERIES / "lookup" / "area-by-code.rq").read_text(encoding="utf-8")
    answer = backend.query(bind(query, {"_code": Literal(code)}))
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    found = [(solution["own"], solution["area"]) for solution in answer]
    return [area for own, area in found if isinstance(area, NamedNode) and own == found[0][0]]


def known(backend: Backend) -> list[Area]:
    """All areas of all periods, ordered by code (`queries/lookup/areas.rq`)."""
    answer = backend.query((QUERIES / "lookup" / "areas.rq").read_text(encoding="utf-8"))
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    rows: dict[str, list[dict[str, str]]] = {}
    names = [variable.value for variable in answer.variables]
    for solution in answer:
        row = {name: term.value for name in names if isinstance(term := solution[name], NamedNode | Literal)}
        rows.setdefault(row["area"], []).append(row)
    return [_area(iri, described) for iri, described in rows.items()]


def _area(iri: str, rows: list[dict[str, str]]) -> Area:
    first = rows[0]
    names = {name for row in rows for key in ("label", "council") if key in row for name in _spellings(row[key])}
    return Area(
        iri=iri,
        label=first["label"],
        type=first.get("type", "").rpartition("/")[2].replace("-", " "),
        code=first.get("code", ""),
        names=frozenset(names),
        since=date.fromisoformat(first["from"]) if "from" in first else date.min,
        until=date.fromisoformat(first["until"]) if "until" in first else date.max,
    )


def _spellings(name: str) -> Iterator[str]:
    """A name folded, and the forms it takes when a register turns it round ("Hull, City of")."""
    yield _folded(name)
    if inverted := _INVERTED.fullmatch(name):
        yield _folded(inverted["name"])
        yield _folded(f"{inverted['prefix']} {inverted['name']}")


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("'", "")).casefold()
    return " ".join(_WORDS.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))


def _preferred(areas: list[Area], wanted: Callable[[Area], bool]) -> list[Area]:
    """The wanted ones; all, when none is wanted."""
    return [area for area in areas if wanted(area)] or areas


def _nearest(text: str, areas: Iterable[Area]) -> list[str]:
    shown = {f"{area.label} ({area.code})": _folded(area.label) for area in areas}
    near = process.extract(_folded(text), shown, limit=_NEAREST, score_cutoff=60)
    return [key for _, _, key in near]
