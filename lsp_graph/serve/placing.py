"""
What a worker does for the areas of the API.

    graph + request  ->  the areas there are, or one of them with what is recorded of it

However much is asked for, a request takes a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pyoxigraph import NamedNode

from lsp_graph import areas
from lsp_graph.errors import UnknownName
from lsp_graph.names import Kept
from lsp_graph.namespaces import ID, LSP, RDFS
from lsp_graph.search import search
from lsp_graph.serve import paging
from lsp_graph.serve import place_models as models
from lsp_graph.serve.recorded import Row, about, areas_told, counted, day_of, local, place, rows, thing
from lsp_graph.serve.wire import Message
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend

_EVERY: Final = 2**31
"""More hits than there can be."""


FILTERS: Final = ("text", "type", "tier", "region", "level", "funding")
"""What areas can be chosen by."""


@dataclass(frozen=True)
class Listed:
    """An area of a list, in the shape of the API, and the IRI of its region."""

    told: dict[str, Any]
    region: str | None

    @property
    def levels(self) -> set[str]:
        """How sure it is that there were its partnerships."""
        return {one["evidenceLevel"] for one in self.told["partnerships"] if one["evidenceLevel"]}


_AREAS: Final = Kept[Mapping[str, Listed]]()


def prepare(backend: EmbeddedBackend) -> None:
    """Read the areas of the usual day, so that workers are born knowing them."""
    listed(backend, DEFAULT_AS_OF)
    areas.prepare(backend)


def list_areas(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The areas of a day that fit the filters, by page. Raises `UnknownName` for a type or region that no area has."""
    head = request.head
    found = chosen(backend, head, day_of(request))
    page = paging.page(found, head, max_rows)
    told = {"facets": facets(found), "areas": [one.told for one in page.shown]}
    return paging.reply(models.Areas.model_validate(told | about(request, page)), page.headers())


def chosen(backend: EmbeddedBackend, filters: Mapping[str, str | None], day: date) -> list[Listed]:
    """The areas of a day that fit all of `FILTERS`, by code; by how well they fit where a text is given.

    Raises `UnknownName` for a value that no area has.
    """
    known = listed(backend, day)
    by_text = _by_text(backend, filters["text"], "area", day)
    found = [known[iri] for iri in by_text if iri in known] if by_text is not None else list(known.values())
    for name, what in (("type", "area type"), ("tier", "tier")):
        if (text := filters[name]) is not None:
            wanted = _one_of(what, text, (one.told[name] for one in known.values()))
            found = [one for one in found if one.told[name] == wanted]
    if (text := filters["funding"]) is not None:
        stream = _one_of("funding stream", text, (each for one in known.values() for each in one.told["funding"]))
        found = [one for one in found if stream in one.told["funding"]]
    if (text := filters["region"]) is not None:
        region = areas.resolve(backend, text, day).value
        if region not in {one.region for one in known.values()}:
            raise UnknownName("region", text, _regions(known))
        found = [one for one in found if one.region == region]
    if (level := filters["level"]) is not None:
        found = [one for one in found if level in one.levels]
    return found


def facets(found: Sequence[Listed]) -> dict[str, dict[str, int]]:
    """How many of these areas there are of each kind."""
    return {
        "type": counted(one.told["type"] for one in found),
        "tier": counted(one.told["tier"] for one in found),
        "region": counted(one.told["region"] and one.told["region"]["code"] for one in found),
        "evidenceLevel": counted(level for one in found for level in one.levels),
        "funding": counted(stream for one in found for stream in one.told["funding"]),
    }


def one_area(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """What is recorded of one area. Raises `UnknownName` and `AmbiguousName`."""
    head, day = request.head, day_of(request)
    area = areas.resolve(backend, head["code"], day)
    told = described(backend, area, day)
    known_by = told["code"] or area.value
    told["links"] = {
        "accountability": paging.link(head, "/api/v1/accountability", area=known_by),
        "bodies": paging.link(head, "/api/v1/bodies", area=known_by),
        "gaps": paging.link(head, "/api/v1/gaps", area=known_by),
        "audit": paging.link(head, "/api/v1/audits/latest", area=known_by),
        "partners": paging.link(head, "/api/v1/questions/Q03", area=known_by),
        "subPartnerships": paging.link(head, "/api/v1/questions/Q12", area=known_by),
        "document": f"{head['base']}/doc/{area.value.removeprefix(str(ID))}",
    }
    return paging.reply(models.Area.model_validate(told | about(request)))


def described(backend: EmbeddedBackend, area: NamedNode, day: date) -> dict[str, Any]:
    """What is recorded of an area in any period, and for it on a day, in the shape of the API."""
    given = {"_area": area}
    said: dict[str, list[Row]] = {}
    for row in rows(backend, "area", given, None):
        said.setdefault(row["property"], []).append(row)
    stood = areas.standing(backend, area, day)

    def first(prop: NamedNode) -> str | None:
        return next((row["value"] for row in said.get(prop.value, ())), None)

    def things(prop: NamedNode) -> list[dict[str, str | None]]:
        return [place(row) for row in said.get(prop.value, ())]

    return {
        "iri": area.value,
        "code": first(LSP.gssCode),
        "label": first(RDFS.label),
        "onsCodes": [row["value"] for row in said.get(LSP.onsCode.value, ())],
        "laterCodes": [row["value"] for row in said.get(LSP.laterCode.value, ())],
        "type": local(first(LSP.areaType)),
        "region": next(iter(things(LSP.region)), None),
        "county": next(iter(things(LSP.county) or things(LSP.metropolitanCounty)), None),
        "latitude": first(LSP.latitude),
        "longitude": first(LSP.longitude),
        "from": first(LSP["from"]),
        "until": first(LSP.until),
        "stood": area in stood,
        "standing": areas_told(backend, [one.value for one in stood if one != area]),
        "predecessors": things(LSP.succeeds),
        "successors": things(LSP.succeededBy),
        "partnerships": _partnerships(rows(backend, "area-partnerships", given, day)),
        "agreements": _agreements(rows(backend, "area-agreements", given, day)),
        "recorded": {row["kind"]: int(row["number"]) for row in rows(backend, "area-counts", given, day)},
    }


def listed(backend: EmbeddedBackend, day: date) -> Mapping[str, Listed]:
    """All areas of a day by IRI, in the order of their codes."""
    return _AREAS.of(backend, (backend.version, day), lambda: _read_areas(backend, day))


def _read_areas(backend: EmbeddedBackend, day: date) -> dict[str, Listed]:
    areas_: dict[str, Row] = {}
    partnerships: dict[str, list[dict[str, str | None]]] = {}
    for row in rows(backend, "areas", {}, day):
        if "partnership" in row:
            partnership = {"iri": row["partnership"], "label": row["partnershipLabel"]}
            level = {"evidenceLevel": local(row.get("level"))}
            partnerships.setdefault(row["area"], []).append({**partnership, **level})
        else:
            areas_.setdefault(row["area"], row)
    tiers: dict[str, str | None] = {}
    funding: dict[str, list[str | None]] = {}
    for row in rows(backend, "area-traits", {}, None):
        if "tier" in row:
            tiers[row["area"]] = local(row["tier"])
        else:
            funding.setdefault(row["area"], []).append(local(row["stream"]))
    return {
        iri: Listed(
            told={
                "iri": iri,
                **place(row),
                "type": local(row.get("type")),
                "tier": tiers.get(iri),
                "funding": funding.get(iri, []),
                "region": place(areas_[row["region"]]) if row.get("region") in areas_ else None,
                "from": row.get("from"),
                "until": row.get("until"),
                "partnerships": partnerships.get(iri, []),
            },
            region=row.get("region"),
        )
        for iri, row in sorted(areas_.items(), key=lambda item: (item[1].get("code", ""), item[0]))
    }


def _by_text(backend: EmbeddedBackend, text: str | None, kind: str, day: date) -> list[str] | None:
    """What goes by a text, the best first; None where there is no text."""
    return [hit.iri for hit in search(backend, text, (kind,), _EVERY, day)] if text else None


def _regions(listed: Mapping[str, Listed]) -> list[str]:
    regions = {one.region for one in listed.values()} & listed.keys()
    return sorted(listed[iri].told["label"] for iri in regions if iri is not None)


def _one_of(kind: str, text: str, known: Iterable[str | None]) -> str:
    """The one of these local names that is meant: written with spaces or hyphens, in any case."""
    names = {name for name in known if name}
    wanted = text.strip().lower().replace(" ", "-")
    if wanted not in names:
        raise UnknownName(kind, text, sorted(names))
    return wanted


def _partnerships(found: Iterable[Row]) -> list[dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    for row in found:
        one = told.setdefault(
            row["partnership"],
            {
                "iri": row["partnership"],
                "label": row["label"],
                "evidenceLevel": local(row.get("level")),
                "councils": [],
                "completeFor": [],
            },
        )
        _add(one["councils"], thing(row, "council"))
        _add(one["completeFor"], row["complete"].removeprefix(str(LSP)) if "complete" in row else None)
    return list(told.values())


def _agreements(found: Iterable[Row]) -> list[dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    for row in found:
        one = told.setdefault(
            row["agreement"],
            {
                "iri": row["agreement"],
                "label": row["label"],
                "area": {"code": row.get("code"), "label": row["coveredLabel"]},
                "authorities": [],
                "from": row.get("from"),
                "until": row.get("until"),
            },
        )
        _add(one["authorities"], thing(row, "authority"))
    return list(told.values())


def _add(known: list[Any], new: Any) -> None:
    if new is not None and new not in known:
        known.append(new)
