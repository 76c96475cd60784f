"""
`/areas`: the areas of a day, chosen by facets, sorted, a part at a time.

    filters + order  ->  table of areas, how many there are of each kind, and the same as CSV
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from lsp_graph.serve import placing
from lsp_graph.serve.pages import hexagons
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.concepts import Concept, Concepts, concepts
from lsp_graph.serve.pages.listing import Listing, Option, in_order
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.placing import Listed
from lsp_graph.store import EmbeddedBackend

SHOWN: Final = 100
"""Areas that one page shows."""

SORTS: Final[dict[str, Callable[[Listed], Any]]] = {
    "name": lambda one: one.told["label"],
    "code": lambda one: one.told["code"],
    "type": lambda one: one.told["type"],
    "region": lambda one: one.told["region"] and one.told["region"]["label"],
    "partnership": lambda one: one.told["partnerships"] and one.told["partnerships"][0]["label"],
    "level": lambda one: min(one.levels, default=None),
}
"""What the table can be sorted by."""

_FACETS: Final = {
    "region": ("region", "Region"),
    "type": ("type", "Type of area"),
    "tier": ("tier", "Tier of its council"),
    "level": ("evidenceLevel", "How sure there was a partnership"),
    "funding": ("funding", "Funding it received"),
}
"""The filters that offer choices: the facet that counts them, and what they are called."""

_SCHEMES: Final = {
    "type": "area-type",
    "tier": "tier",
    "level": "evidence-level",
    "funding": "funding-stream",
}


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The areas that fit. Raises `UnknownName` for a type, tier, region or stream that no area has."""
    filters = {name: asked.one(name) for name in placing.FILTERS}
    found = sort(placing.chosen(backend, filters, asked.as_of), asked)
    known = concepts(backend)
    given = {name: value for name, value in filters.items() if value is not None}
    if filters["region"]:  # which may be named, and is offered by its code
        filters["region"] = next((one.told["region"]["code"] for one in found), filters["region"])
    return Page(
        template="areas.html",
        title="Areas",
        shown={
            "filters": filters,
            "choices": [(name, title, _options(backend, asked, filters, name)) for name, (_, title) in _FACETS.items()],
            "listing": Listing.of(asked, found, SHOWN),
            "partnered": sum(bool(one.told["partnerships"]) for one in found),
            **hexagons.fragment(backend, asked, "#t-areas", {one.told["iri"] for one in found} if given else None),
            "rows": lambda shown: [_row(one, known) for one in shown],
        },
        formats=(
            Format("CSV", asked.url("/areas.csv", **given), "text/csv"),
            Format("JSON", asked.url("/api/v1/areas", **given), "application/json"),
        ),
    )


def sort(found: Sequence[Listed], asked: Asked) -> list[Listed]:
    """The areas in the order that is asked for; by name, or by how well a text fits, where none is."""
    if asked.one("sort") is None and asked.one("text"):
        return list(found)
    return in_order(found, asked, SORTS)


def _options(backend: EmbeddedBackend, asked: Asked, filters: dict[str, str | None], name: str) -> list[Option]:
    """What a filter offers, and how many areas would be left by each choice."""
    counts = placing.facets(placing.chosen(backend, {**filters, name: None}, asked.as_of))[_FACETS[name][0]]
    if name == "region":
        labels = {one.told["region"]["code"]: one.told["region"]["label"] for one in _regional(backend, asked)}
    else:
        known = concepts(backend)
        labels = {value: _label(known.of(_SCHEMES[name], value)) for value in counts}
    return sorted(((value, labels[value], number) for value, number in counts.items()), key=lambda one: one[1])


def _regional(backend: EmbeddedBackend, asked: Asked) -> list[Listed]:
    return [one for one in placing.listed(backend, asked.as_of).values() if one.told["region"]]


def _label(concept: Concept | None) -> str:
    return concept.label if concept else ""


def _row(one: Listed, known: Concepts) -> dict[str, Any]:
    """What the table tells of an area."""
    return {
        **one.told,
        "type": known.of("area-type", one.told["type"]),
        "levels": [known.of("evidence-level", level) for level in sorted(one.levels)],
        "funding": [known.of("funding-stream", stream) for stream in one.told["funding"]],
    }
