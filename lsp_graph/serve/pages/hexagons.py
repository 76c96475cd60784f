"""
`/map`: every area as a cell of the same size, coloured by a measure, with the same as a table.

    measure + day  ->  hexagon map, legend in words, table
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup
from pyoxigraph import QuerySolutions

from lsp_graph.layout import QUERIES
from lsp_graph.names import Kept
from lsp_graph.pictures.hexagons import Tile, cells, hexagon_map
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.concepts import concepts
from lsp_graph.serve.pages.measures import MEASURES, Measure, Scale
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.recorded import Row, local
from lsp_graph.store import EmbeddedBackend

USUAL: Final = "evidence"
_COUNTY: Final = "county"
_KEPT: Final = Kept[Sequence[Row]]()


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The map of a day by a measure."""
    measure = MEASURES[asked.choice("measure", MEASURES) or USUAL]
    formats = (Format("Areas as JSON", asked.url("/api/v1/areas", limit="1000"), "application/json"),)
    areas = areas_of(backend, asked)
    return shown(backend, asked, areas, measure, "hexagons.html", formats, measures=MEASURES.values())


def shown(
    backend: EmbeddedBackend,
    asked: Asked,
    areas: Sequence[Row],
    measure: Measure,
    template: str,
    formats: tuple[Format, ...],
    **more: Any,
) -> Page:
    """The page of a map by a measure; `more` is what its template shows besides."""
    scale = measure.scale(backend, areas, concepts(backend), asked.as_of)
    return Page(
        template=template,
        title=f"Map: {measure.title}",
        shown={
            "measure": measure,
            "scale": scale,
            "drawn": drawn(asked, areas, scale, measure.title),
            "elsewhere": sum(row.get("code") not in cells() for row in areas),
            "areas": table(asked, areas, scale, concepts(backend).labels("area-type")),
            **more,
        },
        formats=formats,
    )


def fragment(
    backend: EmbeddedBackend, asked: Asked, after: str, among: Collection[str] | None = None
) -> dict[str, Any]:
    """What `pages/map.html` shows on another page: the map of evidence, where any area has a place on it.

    `after` is where a reader goes who passes it over; it shows the areas `among` these IRIs (None: all of them).
    """
    areas = [row for row in areas_of(backend, asked) if among is None or row["area"] in among]
    measure = MEASURES[USUAL]
    scale = measure.scale(backend, areas, concepts(backend), asked.as_of)
    return {
        "map_drawn": drawn(asked, areas, scale, measure.title),
        "map_scale": scale,
        "map_after": after,
        "map_empty": "that was not there on this day" if among is None else "that does not fit or was not there",
    }


def areas_of(backend: EmbeddedBackend, asked: Asked) -> Sequence[Row]:
    """The areas of a day that had a council: area, label, code, type, region and county of each."""
    return _KEPT.of(backend, (backend.version, asked.as_of), lambda: _read(backend, asked))


def drawn(asked: Asked, areas: Sequence[Row], scale: Scale, title: str) -> Markup | None:
    """The map; None where none of these areas has a place on it."""
    tiles = [_tile(asked, row, scale) for row in areas]
    if not any(tile.code in cells() for tile in tiles):
        return None
    regions = {row["region"]: row["regionLabel"] for row in areas if "regionLabel" in row}
    label = f"Map of England on which each area is a hexagon of the same size. {title}, as of {asked.as_of.isoformat()}"
    return Markup(hexagon_map(tiles, label, regions, scale.palette))  # noqa: S704  # made of escaped elements


def table(
    asked: Asked, areas: Sequence[Row], scale: Scale, types: Mapping[str, str]
) -> list[tuple[str | None, str, str, str | None, str, str]]:
    """The same as rows, by region and name: address, name, type, region, class of the colour, what it says."""
    rows = sorted(areas, key=lambda row: (row.get("regionLabel", ""), row["label"], row["area"]))
    return [
        (
            asked.to(row["area"]),
            row["label"],
            types.get(local(row.get("type")) or "", "") or (local(row.get("type")) or ""),
            row.get("regionLabel"),
            scale.of(row["area"]).colour,
            scale.of(row["area"]).words,
        )
        for row in rows
    ]


def _tile(asked: Asked, row: Row, scale: Scale) -> Tile:
    said = scale.of(row["area"])
    is_county = local(row.get("type")) == _COUNTY
    return Tile(
        code=row.get("code", ""),
        label=row["label"] + (" (county)" if is_county else ""),
        colour=said.colour,
        says=said.words,
        href=asked.to(row["area"]),
        region=row.get("region"),
        county=row["area"] if is_county else row.get("county"),
        ring=is_county,
    )


def _read(backend: EmbeddedBackend, asked: Asked) -> list[Row]:
    text = (QUERIES / "picture" / "map-areas.rq").read_text(encoding="utf-8")
    found = backend.query(text, as_of=asked.as_of)
    assert isinstance(found, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    names = [variable.value for variable in found.variables]
    return [{name: term.value for name in names if (term := row[name]) is not None} for row in found]
