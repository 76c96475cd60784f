"""
`/areas.csv`: the areas that the page `/areas` would show, all of them, as a table for other programs.

    filters + order  ->  CSV (RFC 4180)
"""

from __future__ import annotations

import csv
import io
from typing import Final

from lsp_graph.serve import placing
from lsp_graph.serve.pages.areas import sort
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.page import Data
from lsp_graph.store import EmbeddedBackend

COLUMNS: Final = (
    "code",
    "label",
    "iri",
    "type",
    "tier",
    "regionCode",
    "region",
    "from",
    "until",
    "partnership",
    "partnershipIri",
    "evidenceLevel",
    "funding",
)


def page(backend: EmbeddedBackend, asked: Asked) -> Data:
    """A line for each partnership of an area, and for each area without one."""
    filters = {name: asked.one(name) for name in placing.FILTERS}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    nobody: dict[str, str] = {}
    for one in sort(placing.chosen(backend, filters, asked.as_of), asked):
        told, region = one.told, one.told["region"] or {}
        for partnership in told["partnerships"] or (nobody,):
            writer.writerow(
                (
                    *(told[name] for name in ("code", "label", "iri", "type", "tier")),
                    *(region.get("code"), region.get("label")),
                    *(told["from"], told["until"]),
                    *(partnership.get(name) for name in ("label", "iri", "evidenceLevel")),
                    " ".join(told["funding"]),
                )
            )
    return Data(out.getvalue().encode(), "text/csv; charset=utf-8")
